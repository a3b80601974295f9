"""Step 26. The whole model: stop today, go on tomorrow.

Parameters alone need the program that made the network. And training can't go on from
them as if nothing had happened: Adam would have lost its means, the learning rate would
start again, and the images would be shuffled in another order. So we save all of it:
which layers and with which numbers, the loss, the optimizer and its memory, the epoch,
and the state of the random numbers.

The output trains five epochs, saves, loads, and trains five more. The lines of all ten
are those of step 24, to the last digit. The book saves with pickle; but whoever loads a
pickle runs any code that somebody has put into it. Our file has arrays and a text,
which can't run. Called with a file name, the script trains five more epochs each time.

New: Model.save, Model.load, describe, check_arrays, restore
Changed: Model.__init__ and Model.train count the epochs that are done
Try: call it twice with model.npz: python nnfs_steps/26_nnfs_save-and-load.py model.npz.
    Together they print what step 24 prints.
Book: chapter 21, saving and loading the model
"""

import gzip
import json
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

import nnfs
import numpy as np


def exp(x):
    """e ** x, with the same digits on every processor.

    The last digit of NumPy's float32 exp depends on the processor. So we compute in
    float64, with twice the digits, and round back: the difference disappears.
    """
    x = np.asarray(x)
    result = np.exp(x, dtype="float64")
    return result.astype("float32") if x.dtype == "float32" else result


def log(x):
    """The natural logarithm, computed as exp is, for the same reason."""
    x = np.asarray(x)
    result = np.log(x, dtype="float64")
    return result.astype("float32") if x.dtype == "float32" else result


class Layer_Dense:
    """A layer in which every neuron is connected to every input."""

    def __init__(
        self,
        n_inputs,
        n_neurons,
        weight_scale=0.01,
        weight_regularizer_l1=0,
        weight_regularizer_l2=0,
        bias_regularizer_l1=0,
        bias_regularizer_l2=0,
    ):
        # A column for each neuron, so that forward needs no transpose
        self.weights = weight_scale * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))
        self.weight_regularizer_l1 = weight_regularizer_l1
        self.weight_regularizer_l2 = weight_regularizer_l2
        self.bias_regularizer_l1 = bias_regularizer_l1
        self.bias_regularizer_l2 = bias_regularizer_l2

    def forward(self, inputs):
        self.inputs = inputs  # for backward
        # (N, n_inputs) times (n_inputs, n_neurons) gives (N, n_neurons)
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        # (n_inputs, N) times (N, n_neurons) adds up the gradients of all samples
        self.dvalues = dvalues  # for dinputs
        self.dweights = np.dot(self.inputs.T, dvalues)  # (n_inputs, n_neurons)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)  # (1, n_neurons)
        # The slopes of the penalties: l1 or -l1, and 2 * l2 times the parameter
        if self.weight_regularizer_l1 > 0:
            signs = np.where(self.weights >= 0, 1, -1)
            self.dweights += self.weight_regularizer_l1 * signs
        if self.weight_regularizer_l2 > 0:
            self.dweights += 2 * self.weight_regularizer_l2 * self.weights
        if self.bias_regularizer_l1 > 0:
            signs = np.where(self.biases >= 0, 1, -1)
            self.dbiases += self.bias_regularizer_l1 * signs
        if self.bias_regularizer_l2 > 0:
            self.dbiases += 2 * self.bias_regularizer_l2 * self.biases

    def get_parameters(self):
        return self.weights, self.biases

    def set_parameters(self, weights, biases):
        self.weights = weights
        self.biases = biases

    @property
    def dinputs(self):
        # As a property it is worked out when asked for: nobody asks in the first layer
        return np.dot(self.dvalues, self.weights.T)  # (N, n_inputs)


class Layer_Dropout:
    """Sets a share of its inputs to 0 at random, and scales the others up."""

    def __init__(self, rate):
        if not 0 <= rate < 1:
            raise ValueError(f"dropout rate must be at least 0 and below 1, not {rate}")
        self.rate = 1 - rate  # of those that stay, as in the book

    def forward(self, inputs):
        if not self.training:  # set by the model
            self.output = inputs
            return
        # Divided by the share that stays, so that the mean stays too
        self.binary_mask = (
            np.random.binomial(1, self.rate, size=inputs.shape) / self.rate
        )  # same shape as inputs
        self.output = inputs * self.binary_mask

    def backward(self, dvalues):
        self.dinputs = dvalues * self.binary_mask


class Layer_Pixels:
    """Images of bytes become rows of numbers from -1 to 1; nothing to learn here."""

    def forward(self, inputs):
        rows = inputs.reshape(len(inputs), -1)  # (N, pixels)
        self.output = (rows.astype("float32") - 127.5) / 127.5


class Activation_ReLU:
    """Rectified linear unit: negative values become 0, the others stay."""

    def forward(self, inputs):
        self.inputs = inputs  # for backward
        self.output = np.maximum(0, inputs)  # same shape as inputs

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()  # same shape as inputs
        self.dinputs[self.inputs <= 0] = 0  # the slope is 1 above 0, and 0 elsewhere


class Activation_Softmax:
    """Exponentials divided by their sum: each row becomes probabilities."""

    def forward(self, inputs):
        # We subtract each row's largest value m, so that exp can't get too large. Since
        # exp(z - m) is exp(z) / exp(m), the division by the sum cancels exp(m) again
        exp_values = exp(inputs - np.max(inputs, axis=1, keepdims=True))  # (N, C)
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)

    def backward(self, dvalues):
        # With S for a sample's output, its Jacobian (concept 07) has the elements
        #     dS[j] / dinputs[k] = S[j] * (1 if j == k else 0) - S[j] * S[k]
        # and the chain rule multiplies it by the gradient that comes in:
        #     dinputs[k] = sum over j of dvalues[j] * dS[j] / dinputs[k]
        #                = S[k] * dvalues[k] - S[k] * sum over j of dvalues[j] * S[j]
        # The last sum is one number for each sample, so we need no Jacobian
        weighted = np.sum(dvalues * self.output, axis=1, keepdims=True)  # (N, 1)
        self.dinputs = self.output * (dvalues - weighted)  # (N, C)

    def predictions(self, outputs):
        return np.argmax(outputs, axis=1)  # (N,): class numbers


class Activation_Sigmoid:
    """1 / (1 + e ** -x): any number becomes a probability."""

    def forward(self, inputs):
        # Beyond 88 the power is too large for a float32, and nothing changes any more
        self.output = 1 / (1 + exp(-np.clip(inputs, -88, 88)))  # same shape as inputs

    def backward(self, dvalues):
        self.dinputs = dvalues * (1 - self.output) * self.output

    def predictions(self, outputs):
        return (outputs > 0.5) * 1  # 0 or 1, same shape as outputs


class Activation_Linear:
    """Passes on what it gets: the outputs are the predictions themselves."""

    def forward(self, inputs):
        self.output = inputs

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()

    def predictions(self, outputs):
        return outputs


def check_labels(y_pred, y_true):
    """Return the labels as an array; ValueError if they or the predictions are bad."""
    y_pred, y_true, shape = np.asarray(y_pred), np.asarray(y_true), np.shape(y_pred)
    if len(shape) != 2 or 0 in shape or y_true.shape not in [shape, shape[:1]]:
        wrong = f"predictions {shape} and labels {y_true.shape} do not fit: "
        raise ValueError(wrong + "they are (N, C) and (N,) or (N, C), N at least 1")
    if not abs(y_pred.sum() / len(y_pred) - 1) < 0.001 or y_pred.min() < 0:
        raise ValueError("predictions must be probabilities, as softmax makes them")
    if y_true.ndim == 2:  # one-hot: N numbers that are not 0, and each row adds up to 1
        if np.count_nonzero(y_true) != len(y_true) or (y_true.sum(axis=1) != 1).any():
            raise ValueError("one-hot labels must have a single 1 in each row, else 0")
    elif y_true.dtype.kind not in "iu" or y_true.min() < 0 or y_true.max() >= shape[1]:
        wrong = f"{y_true.dtype} from {y_true.min()} to {y_true.max()}"
        raise ValueError(f"class numbers are integers 0 to {shape[1] - 1}, not {wrong}")
    return y_true


def check_shapes(y_pred, y_true):
    """Raise ValueError unless there is a target for each output, in the same shape."""
    if np.shape(y_true) != np.shape(y_pred):
        wrong = f"targets {np.shape(y_true)}, predictions {np.shape(y_pred)}"
        raise ValueError(f"{wrong}: both need one shape, a row for each sample")


class Loss:
    """What every loss has in common: the mean of the sample losses."""

    def calculate(self, output, y):
        sample_losses = self.forward(output, y)  # (N,); each kind of loss has its own
        return np.mean(sample_losses)

    def regularization_loss(self, layer):
        """The penalty for the weights and biases of a layer, as a float."""
        penalty = 0.0
        penalty += layer.weight_regularizer_l1 * float(np.sum(np.abs(layer.weights)))
        penalty += layer.weight_regularizer_l2 * float(np.sum(layer.weights**2))
        penalty += layer.bias_regularizer_l1 * float(np.sum(np.abs(layer.biases)))
        penalty += layer.bias_regularizer_l2 * float(np.sum(layer.biases**2))
        return penalty


class Loss_CategoricalCrossentropy(Loss):
    """-log of the probability that was predicted for the true class."""

    def forward(self, y_pred, y_true):
        y_true = check_labels(y_pred, y_true)
        # log(0) is minus infinity: keep away from 0 (and from 1, only for symmetry)
        y_pred_clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)  # (N, C)
        if y_true.ndim == 1:  # class numbers: in row 0 column y_true[0], and so on
            correct_confidences = y_pred_clipped[range(len(y_pred)), y_true]  # (N,)
        else:  # one-hot: in each row the column with the 1
            correct_confidences = y_pred_clipped[y_true == 1]  # (N,)
        return -log(correct_confidences)  # (N,)

    def backward(self, y_pred, y_true):
        # The loss comes last: no gradient comes in, so it starts from the predictions
        if np.ndim(y_true) == 1:  # one-hot: row 2 of eye has its 1 in column 2
            y_true = np.eye(y_pred.shape[1])[y_true]  # (N, C)
        y_true = np.asarray(y_true, dtype=y_pred.dtype)
        # Clipped as in forward, since 0 can't be divided by
        y_pred_clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)  # (N, C)
        # The loss is a mean: each sample has 1 / N of the gradient
        self.dinputs = -y_true / y_pred_clipped / len(y_pred)  # (N, C)


class Loss_BinaryCrossentropy(Loss):
    """-log of the probability of what is true, for outputs that say yes or no."""

    def forward(self, y_pred, y_true):
        check_shapes(y_pred, y_true)
        # As in the categorical loss, log(0) would be minus infinity
        y_pred_clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)  # (N, outputs)
        sample_losses = -(
            y_true * log(y_pred_clipped) + (1 - y_true) * log(1 - y_pred_clipped)
        )
        return np.mean(sample_losses, axis=-1)  # (N,)

    def backward(self, y_pred, y_true):
        samples, outputs = y_pred.shape
        y_pred_clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)  # (N, outputs)
        self.dinputs = (
            -(y_true / y_pred_clipped - (1 - y_true) / (1 - y_pred_clipped))
            / outputs
            / samples
        )


class Loss_MeanSquaredError(Loss):
    """The square of the difference: large errors count most."""

    def forward(self, y_pred, y_true):
        check_shapes(y_pred, y_true)
        return np.mean((y_true - y_pred) ** 2, axis=-1)  # (N,)

    def backward(self, y_pred, y_true):
        samples, outputs = y_pred.shape
        self.dinputs = -2 * (y_true - y_pred) / outputs / samples  # (N, outputs)


class Loss_MeanAbsoluteError(Loss):
    """The size of the difference: all errors count alike."""

    def forward(self, y_pred, y_true):
        check_shapes(y_pred, y_true)
        return np.mean(np.abs(y_true - y_pred), axis=-1)  # (N,)

    def backward(self, y_pred, y_true):
        samples, outputs = y_pred.shape
        self.dinputs = np.sign(y_pred - y_true) / outputs / samples  # (N, outputs)


class Activation_Softmax_Loss_CategoricalCrossentropy:
    """Softmax and cross-entropy in one: together they have a simpler gradient."""

    def __init__(self):
        self.activation = Activation_Softmax()
        self.loss = Loss_CategoricalCrossentropy()

    def forward(self, inputs, y_true):
        self.activation.forward(inputs)
        self.output = self.activation.output  # (N, C)
        return self.loss.calculate(self.output, y_true)

    def backward(self, y_pred, y_true):
        if np.ndim(y_true) == 1:  # one-hot: row 2 of eye has its 1 in column 2
            y_true = np.eye(y_pred.shape[1])[y_true]  # (N, C)
        y_true = np.asarray(y_true, dtype=y_pred.dtype)
        # The product of both gradients is y_hat - y (concept 11); 1 / N as in the loss
        self.dinputs = (y_pred - y_true) / len(y_pred)  # (N, C)


class Optimizer_Adam:
    """Momentum, and a rate for each parameter from a memory that fades."""

    def __init__(
        self, learning_rate=0.001, decay=0.0, epsilon=1e-7, beta_1=0.9, beta_2=0.999
    ):
        if not learning_rate > 0:
            raise ValueError(f"learning_rate must be above 0, not {learning_rate}")
        if not decay >= 0:
            raise ValueError(f"decay must be 0 or more, not {decay}")
        if not (0 <= beta_1 < 1 and 0 <= beta_2 < 1):
            raise ValueError(f"betas must be at least 0, below 1: {beta_1}, {beta_2}")
        self.learning_rate = learning_rate
        self.current_learning_rate = learning_rate
        self.decay = decay
        self.iterations = 0
        self.epsilon = epsilon  # keeps from dividing by 0
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def pre_update_params(self):
        decayed = 1.0 / (1.0 + self.decay * self.iterations)
        self.current_learning_rate = self.learning_rate * decayed

    def update_params(self, layer):
        if not hasattr(layer, "weight_cache"):
            layer.weight_momentums = np.zeros_like(layer.weights)
            layer.bias_momentums = np.zeros_like(layer.biases)
            layer.weight_cache = np.zeros_like(layer.weights)
            layer.bias_cache = np.zeros_like(layer.biases)
        layer.weight_momentums = (
            self.beta_1 * layer.weight_momentums + (1 - self.beta_1) * layer.dweights
        )
        layer.bias_momentums = (
            self.beta_1 * layer.bias_momentums + (1 - self.beta_1) * layer.dbiases
        )
        layer.weight_cache = (
            self.beta_2 * layer.weight_cache + (1 - self.beta_2) * layer.dweights**2
        )
        layer.bias_cache = (
            self.beta_2 * layer.bias_cache + (1 - self.beta_2) * layer.dbiases**2
        )
        # Both start at 0, which pulls the first ones towards 0; this makes up for it
        momentum_correction = 1 - self.beta_1 ** (self.iterations + 1)
        cache_correction = 1 - self.beta_2 ** (self.iterations + 1)
        weight_momentums = layer.weight_momentums / momentum_correction
        bias_momentums = layer.bias_momentums / momentum_correction
        weight_sizes = np.sqrt(layer.weight_cache / cache_correction) + self.epsilon
        bias_sizes = np.sqrt(layer.bias_cache / cache_correction) + self.epsilon
        layer.weights += -self.current_learning_rate * weight_momentums / weight_sizes
        layer.biases += -self.current_learning_rate * bias_momentums / bias_sizes

    def post_update_params(self):
        self.iterations += 1


class Accuracy:
    """What every accuracy has in common: the share of right predictions."""

    def init(self, y):
        """Look at the targets before the training; most kinds need nothing of them."""

    def calculate(self, predictions, y):
        right = self.compare(predictions, y)
        check_shapes(predictions, right)  # a row beside a column would make a table
        return np.mean(right)


class Accuracy_Categorical(Accuracy):
    """Right is the right class, also where there are only two (binary)."""

    def __init__(self, *, binary=False):
        self.binary = binary

    def compare(self, predictions, y):
        if not self.binary and np.ndim(y) == 2:
            y = np.argmax(y, axis=1)  # one-hot
        return predictions == y


class Accuracy_Regression(Accuracy):
    """Right is what lies within a 250th of the targets' standard deviation."""

    def init(self, y):
        self.precision = np.std(y) / 250

    def compare(self, predictions, y):
        return np.absolute(predictions - y) < self.precision


class Model:
    """A network and its training: layers in a row, a loss and an optimizer."""

    def __init__(self):
        self.layers = []
        self.trainable = []  # those of them that have weights
        self.epoch = 0  # how many are done

    def add(self, *layers):
        for layer in layers:
            self.layers.append(layer)
            if hasattr(layer, "weights"):
                self.trainable.append(layer)

    def set(self, *, loss, optimizer, accuracy):
        self.loss = loss
        self.optimizer = optimizer
        self.accuracy = accuracy

    def forward(self, X, training):
        for layer in self.layers:
            layer.training = training  # only dropout asks
            layer.forward(X)
            X = layer.output
        return X

    def backward(self, output, y):
        layers, after = self.layers, self.loss
        ends = type(layers[-1]), type(after)
        if ends == (Activation_Softmax, Loss_CategoricalCrossentropy):
            # Where these two meet, the two in one have the simpler gradient
            layers = layers[:-1]
            after = Activation_Softmax_Loss_CategoricalCrossentropy()
        after.backward(output, y)
        for layer in reversed(layers):
            if not hasattr(layer, "backward"):
                break  # nothing before it learns
            layer.backward(after.dinputs)
            after = layer

    def update(self):
        self.optimizer.pre_update_params()
        for layer in self.trainable:
            self.optimizer.update_params(layer)
        self.optimizer.post_update_params()

    def measure(self, output, y):
        """Return the loss without penalties, and the accuracy."""
        predictions = self.layers[-1].predictions(output)
        loss = self.loss.calculate(output, y)
        return loss, self.accuracy.calculate(predictions, y)

    def report(self, epoch, data_loss, accuracy, decimals):
        regularization_loss = 0.0
        for layer in self.trainable:
            regularization_loss += self.loss.regularization_loss(layer)
        loss = data_loss + regularization_loss
        print(
            f"epoch: {epoch}, acc: {accuracy:.3f}, loss: {loss:.{decimals}f} "
            f"(data_loss: {data_loss:.{decimals}f}, "
            f"reg_loss: {regularization_loss:.{decimals}f}), "
            f"lr: {self.optimizer.current_learning_rate}"
        )

    def train(
        self,
        X,
        y,
        *,
        epochs=1,
        batch_size=128,
        print_every=1,
        validation_data=None,
        decimals=3,
    ):
        self.accuracy.init(y)
        size = batch_size or len(X)  # without one all at once, in their order

        for epoch in range(self.epoch + 1, self.epoch + epochs + 1):
            order = np.random.permutation(len(X)) if batch_size else np.arange(len(X))
            totals = np.zeros(2, dtype="float64")
            for start in range(0, len(X), size):
                batch = order[start : start + size]
                output = self.forward(X[batch], training=True)
                totals += len(batch) * np.array(self.measure(output, y[batch]))

                self.backward(output, y[batch])
                self.update()
            if not epoch % print_every:
                self.report(epoch, *totals / len(X), decimals)
                if validation_data:
                    self.evaluate(
                        *validation_data, batch_size=batch_size, decimals=decimals
                    )
            self.epoch = epoch

    def get_parameters(self):
        """Return the weights and biases of all layers, one after the other."""
        return [array for layer in self.trainable for array in layer.get_parameters()]

    def set_parameters(self, parameters):
        """Take parameters; ValueError, and all stay as they were, if they don't fit."""
        own = [array.shape for array in self.get_parameters()]
        others = [array.shape for array in parameters]
        if own != others:
            raise ValueError(f"parameters {others} do not fit this model: {own}")
        for layer, place in zip(self.trainable, range(0, len(own), 2)):
            layer.set_parameters(*parameters[place : place + 2])

    def save_parameters(self, path):
        write_arrays(path, {str(n): a for n, a in enumerate(self.get_parameters())})

    def load_parameters(self, path):
        self.set_parameters(list(read_arrays(path).values()))

    def save(self, path):
        """Write all that the training needs to go on to an .npz file."""
        _, words, *numbers = np.random.get_state()
        about = {"version": 1, "epoch": self.epoch, "random numbers": numbers}
        about["layers"] = [describe(layer) for layer in self.layers]
        for name in "loss", "optimizer", "accuracy":
            about[name] = describe(getattr(self, name))
        arrays = {"about": np.array(json.dumps(about)), "random words": words}
        for number, layer in enumerate(self.layers):
            for name, value in vars(layer).items():
                # weights, weight_cache, ...; what forward and backward keep can go
                if name.startswith(("weight", "bias")) and np.ndim(value) == 2:
                    arrays[f"{number} {name}"] = value
        write_arrays(path, arrays)

    @staticmethod
    def load(path):
        """Return the model that a file has; ValueError if it has none."""
        arrays = read_arrays(path)
        model = Model()
        try:
            about = json.loads(str(arrays["about"]))
            if about["version"] != 1:
                raise ValueError(f"its version is {about['version']}, not 1")
            for number, description in enumerate(about["layers"]):
                layer = restore(description, ("Layer_", "Activation_"))
                for name in (n for n in arrays if n.startswith(f"{number} ")):
                    setattr(layer, name.split()[1], arrays[name])
                model.add(layer)
            for layer in model.trainable:
                check_arrays(layer)
            for name in "loss", "optimizer", "accuracy":
                setattr(model, name, restore(about[name], name.capitalize()))
            model.epoch = about["epoch"]
            # A pass forward finds arrays that are missing or don't fit
            inputs = len(model.trainable[0].weights)
            model.forward(np.zeros((1, inputs)), training=False)
            state = "MT19937", arrays["random words"], *about["random numbers"]
            np.random.RandomState().set_state(state)  # an error here changes nothing
            if not 0 <= state[2] <= 624:
                raise ValueError(f"its random numbers stand at {state[2]} of 624")
            np.random.set_state(state)
        except Exception as error:  # a file can be wrong in many ways
            raise ValueError(f"{path} has no whole model: {error}") from None
        return model

    def evaluate(self, X, y, *, batch_size=128, decimals=3):
        size = batch_size or len(X)
        totals = np.zeros(2, dtype="float64")
        for start in range(0, len(X), size):
            batch = slice(start, start + size)
            output = self.forward(X[batch], training=False)
            totals += len(output) * np.array(self.measure(output, y[batch]))
        loss, accuracy = totals / len(X)
        print(f"validation, acc: {accuracy:.3f}, loss: {loss:.{decimals}f}")


def describe(thing):
    """Return the name of an object's class and its numbers, for a JSON text."""
    numbers = {k: v for k, v in vars(thing).items() if isinstance(v, int | float)}
    return {"class": type(thing).__name__, "numbers": numbers}


def check_arrays(layer):
    """Raise ValueError unless the arrays of a layer belong together."""
    arrays = {name: a for name, a in vars(layer).items() if isinstance(a, np.ndarray)}
    for name, array in arrays.items():
        shape = (
            len(layer.weights) if name.startswith("weight") else 1,
            layer.biases.size,
        )
        if array.shape != shape or array.dtype.kind != "f":
            raise ValueError(f"{name} is {array.shape}, not {shape} floats")
    if len(arrays) not in (2, 6):  # with momentums and caches, or before the first step
        raise ValueError(f"of a layer's arrays it has only {list(arrays)}")


def restore(description, kinds):
    """Return the object that was described; ValueError if its class is unknown."""
    name = description["class"]
    if name not in globals() or not name.startswith(kinds):
        raise ValueError(f"there is no class {name} to restore")
    thing = object.__new__(globals()[name])  # without __init__: no new weights
    vars(thing).update(description["numbers"])
    return thing


def write_arrays(path, arrays):
    """Write arrays to an .npz file. Until it is whole, an old file stays as it is."""
    temporary = Path(f"{path}.tmp")
    with temporary.open("wb") as file:
        np.savez(file, **arrays)
    temporary.replace(path)


def read_arrays(path):
    """Return the arrays in an .npz file by name; ValueError if they can't be read."""
    try:
        with open(path, "rb") as file:
            if not zipfile.is_zipfile(file):
                raise ValueError("it is something else, or not whole")
            # A pickle could run any code; without it, a file has only numbers and text
            arrays = np.load(file, allow_pickle=False)
            return {name: np.asarray(array) for name, array in arrays.items()}
    except Exception as error:  # a damaged file can fail in many ways
        reason = str(error).partition("\n")[0]
        raise ValueError(f"can't read {path}, an .npz file: {reason}") from None


def load_data(folder, kind):
    """Return images (N, 28, 28) and labels (N,) of kind "train" or "t10k" (test)."""
    arrays = []
    for name, axes in [("images-idx3", 3), ("labels-idx1", 1)]:
        path = Path(folder, f"{kind}-{name}-ubyte.gz")
        try:
            with gzip.open(path) as file:
                data = file.read()
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"can't unpack {path}: {error}") from None
        # Two zeros, 8 for bytes, the number of axes; the length of each, in 4 bytes
        head, content = data[: 4 + 4 * axes], data[4 + 4 * axes :]
        shape = [int.from_bytes(head[n : n + 4]) for n in range(4, len(head), 4)]
        if head[:4] != bytes([0, 0, 8, axes]) or len(content) != np.prod(shape):
            raise ValueError(f"{path} is no whole idx file of bytes with {axes} axes")
        arrays.append(np.frombuffer(content, "uint8").reshape(shape))
    if len(arrays[0]) != len(arrays[1]):
        wrong = f"{len(arrays[0])} images, but {len(arrays[1])} labels"
        raise ValueError(f"{folder} has {wrong} of kind {kind}")
    return arrays


def create_model():
    model = Model()
    model.add(Layer_Pixels())
    model.add(Layer_Dense(784, 128, weight_scale=0.1), Activation_ReLU())
    model.add(Layer_Dense(128, 128, weight_scale=0.1), Activation_ReLU())
    model.add(Layer_Dense(128, 10, weight_scale=0.1), Activation_Softmax())
    adam, accuracy = Optimizer_Adam(0.001, decay=1e-3), Accuracy_Categorical()
    model.set(loss=Loss_CategoricalCrossentropy(), optimizer=adam, accuracy=accuracy)
    return model


# Seeds the random numbers with 0, so that they are the same in every run, and makes
# float32 (7 digits) the default. np.dot then computes with 16 digits, rounds to 7, and
# wants arrays, not lists
nnfs.init()

folder = Path(__file__).resolve().parents[1] / "assets" / "mnist"
X, y = load_data(folder, "train")
X_test, y_test = load_data(folder, "t10k")

try:
    with tempfile.TemporaryDirectory() as temporary:
        paths = [Path(temporary, "model.npz")] * 2
        if len(sys.argv) > 1:
            paths = [Path(sys.argv[1])]
        for path in paths:
            model = Model.load(path) if path.exists() else create_model()
            model.train(X, y, validation_data=(X_test, y_test), epochs=5)
            model.save(path)
            print("saved")
except (OSError, ValueError) as error:
    sys.exit(str(error))

# Output:
# epoch: 1, acc: 0.714, loss: 0.908 (data_loss: 0.908, reg_loss: 0.000), lr: 0.0009416195856873823
# validation, acc: 0.856, loss: 0.463
# ...
# epoch: 5, acc: 0.944, loss: 0.202 (data_loss: 0.202, reg_loss: 0.000), lr: 0.00076103500761035
# validation, acc: 0.912, loss: 0.299
# saved
# epoch: 6, acc: 0.948, loss: 0.179 (data_loss: 0.179, reg_loss: 0.000), lr: 0.0007262164124909223
# validation, acc: 0.922, loss: 0.260
# ...
# epoch: 10, acc: 0.974, loss: 0.102 (data_loss: 0.102, reg_loss: 0.000), lr: 0.0006138735420503376
# validation, acc: 0.941, loss: 0.211
# saved

"""Step 25. Parameters: keep what was learned.

When step 24 ends, all that it has learned is gone. What a network knows is in its
weights and biases and nowhere else, so we write these to a file, in NumPy's own format.
A second network of the same form reads them. The output shows it: with the parameters
it has the same loss and accuracy as the one that has learned.

get_parameters returns copies, which stay as they are while the training goes on. So we
can stop early (concept 16). Hold some images back as X_valid, y_valid:

    best, waited = np.inf, 0
    while waited < 3:  # epochs without a better loss
        model.train(X, y, epochs=1)
        loss, _ = model.measure(model.forward(X_valid, training=False), y_valid)
        waited += 1
        if loss < best:
            best, waited, parameters = loss, 0, model.get_parameters()
    model.set_parameters(parameters)

To keep what it learns, name a file: python nnfs_steps/25_nnfs_parameters.py FILE.npz

New: Layer_Dense.get_parameters, Layer_Dense.set_parameters, Model.get_parameters,
    Model.set_parameters, Model.save_parameters, Model.load_parameters, create_model
Differs: weights and images, as in step 24; the book saves parameters with pickle
Try: load what does not fit: Model().load_parameters(path) in place of
    other.load_parameters(path). The error names the shapes of both.
Book: chapter 21, saving and loading models and their parameters
"""

import gzip
import sys
import tempfile
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
        return self.weights.copy(), self.biases.copy()

    def set_parameters(self, weights, biases):
        self.weights = weights.copy()
        self.biases = biases.copy()

    @property
    def dinputs(self):
        # As a property it is worked out when asked for: nobody asks in the first layer
        return np.dot(self.dvalues, self.weights.T)  # (N, n_inputs)


class Layer_Pixels:
    """Images of bytes become rows of numbers from -1 to 1; nothing to learn here."""

    def forward(self, inputs):
        if inputs.dtype != "uint8":
            mend = "(255 * X).astype('uint8') if they go to 1, else X.astype('uint8')"
            raise ValueError(f"pixels are {inputs.dtype}, not bytes: {mend}")
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
        # exp(z - m) is exp(z) / exp(m), the division by the sum cancels exp(m) again.
        # keepdims leaves a column, (N, 1): (N,) would be laid along the columns
        exp_values = exp(inputs - np.max(inputs, axis=1, keepdims=True))  # (N, C)
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)

    def backward(self, dvalues):
        # With S for a sample's output, its Jacobian (concept 07) has the elements
        #     dS[j] / dz[k] = S[j] * (1 if j == k else 0) - S[j] * S[k]
        # and the chain rule multiplies it by the gradient that comes in:
        #     dinputs[k] = sum over j of dvalues[j] * dS[j] / dz[k]
        #                = S[k] * dvalues[k] - S[k] * sum over j of dvalues[j] * S[j]
        # The last sum is one number for each sample, so we need no Jacobian
        weighted = np.sum(dvalues * self.output, axis=1, keepdims=True)  # (N, 1)
        self.dinputs = self.output * (dvalues - weighted)  # (N, C)

    def predictions(self, outputs):
        return np.argmax(outputs, axis=1)  # (N,): class numbers


def check_labels(y_pred, y_true):
    """Return the labels as an array; ValueError if they or predictions don't fit."""
    y_pred, y_true = np.asarray(y_pred), np.asarray(y_true)
    shapes = f"labels {y_true.shape}, predictions {y_pred.shape}"
    low, high, last = np.min(y_true), np.max(y_true), y_pred.shape[-1] - 1
    if y_true.shape not in [y_pred.shape, y_pred.shape[:1]]:
        raise ValueError(f"{shapes}: each sample needs a class number or one-hot row")
    if low < 0 or high > last:
        raise ValueError(f"labels go from {low} to {high}, but must be 0 to {last}")
    if np.isnan(y_pred).any():
        raise ValueError("predictions are nan: the training has diverged, or X has nan")
    if not np.max(np.abs(np.sum(y_pred, axis=1) - 1)) < 0.001:
        raise ValueError("predictions must add up to 1 for each sample: no softmax?")
    return y_true


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
        # log(0) is minus infinity: one such sample spoils the mean. Clipped at 1e-7 it
        # costs 16.1, and 1 is clipped too, for balance (in float32 1 - 1e-8 would be 1)
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
        return np.mean(self.compare(predictions, y))


class Accuracy_Categorical(Accuracy):
    """Right is the right class."""

    def compare(self, predictions, y):
        if np.ndim(y) == 2:
            y = np.argmax(y, axis=1)  # one-hot
        return predictions == y


class Model:
    """A network and its training: layers in a row, a loss and an optimizer."""

    def __init__(self):
        self.layers = []
        self.trainable = []  # the layers that have weights

    def add(self, *layers):
        for layer in layers:
            if layer in self.layers:
                raise ValueError(f"{type(layer).__name__} added twice: make a new one")
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

    def report(self, epoch, data_loss, accuracy):
        regularization_loss = sum(map(self.loss.regularization_loss, self.trainable))
        loss = data_loss + regularization_loss
        print(
            f"epoch: {epoch}, acc: {accuracy:.3f}, loss: {loss:.3f} "
            f"(data_loss: {data_loss:.3f}, "
            f"reg_loss: {regularization_loss:.3f}), "
            f"lr: {self.optimizer.current_learning_rate}"
        )

    def train(
        self, X, y, *, epochs=1, batch_size=128, print_every=1, validation_data=None
    ):
        X, y = np.asarray(X), np.asarray(y)
        self.accuracy.init(y)

        for epoch in range(1, epochs + 1):
            # Without a batch_size all at once, in their order
            order = np.random.permutation(len(X)) if batch_size else np.arange(len(X))
            totals = np.zeros(2, dtype="float64")
            for batch in batches(order, batch_size):
                output = self.forward(X[batch], training=True)
                totals += len(batch) * np.array(self.measure(output, y[batch]))

                self.backward(output, y[batch])
                self.update()
            if not epoch % print_every:
                self.report(epoch, *totals / len(X))
                if validation_data:
                    self.evaluate(*validation_data, batch_size=batch_size)

    def get_parameters(self):
        """Return copies of the weights and biases of all layers, in their order."""
        return [array for layer in self.trainable for array in layer.get_parameters()]

    def set_parameters(self, parameters):
        """Copy parameters; ValueError, and all stay as they were, if they don't fit."""
        own = [array.shape for array in self.get_parameters()]
        others = [array.shape for array in parameters]
        if own != others:
            raise ValueError(f"parameters {others} do not fit this model: {own}")
        for layer, place in zip(self.trainable, range(0, len(own), 2)):
            layer.set_parameters(*parameters[place : place + 2])

    def save_parameters(self, path):
        np.savez(path, *self.get_parameters())

    def load_parameters(self, path):
        with np.load(path) as file:
            self.set_parameters(list(file.values()))

    def evaluate(self, X, y, *, batch_size=128):
        X, y = np.asarray(X), np.asarray(y)
        totals = np.zeros(2, dtype="float64")
        for batch in batches(np.arange(len(X)), batch_size):
            output = self.forward(X[batch], training=False)
            totals += len(output) * np.array(self.measure(output, y[batch]))
        loss, accuracy = totals / len(X)
        print(f"validation, acc: {accuracy:.3f}, loss: {loss:.3f}")


def batches(order, size):
    """Return parts of an order, each of a size (the last may be shorter), or all."""
    if size is not None and size < 1:
        raise ValueError(f"a batch_size is above 0, or None, not {size}")
    size = size or len(order)
    return [order[start : start + size] for start in range(0, len(order), size)]


def load_data(folder, kind):
    """Return images (N, 28, 28) and labels (N,) of kind "train" or "t10k" (test)."""
    arrays = []
    for name, axes in [("images", 3), ("labels", 1)]:
        path = Path(folder, f"{kind}-{name}-idx{axes}-ubyte.gz")
        data = gzip.decompress(path.read_bytes())
        # Two zeros, 8 for bytes, the number of axes; the length of each, in 4 bytes
        start = 4 + 4 * axes
        shape = [int.from_bytes(data[n : n + 4], "big") for n in range(4, start, 4)]
        arrays.append(np.frombuffer(data, "uint8", offset=start).reshape(shape))
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


# Seeds the random numbers with 0, so that they are the same in every run. From then on
# zeros, eye and randn give float32 (7 digits), and np.dot computes with 16 digits,
# rounds to 7, and wants arrays, not lists
nnfs.init()

folder = Path(__file__).resolve().parents[1] / "assets" / "mnist"
X, y = load_data(folder, "train")
X_test, y_test = load_data(folder, "t10k")

with tempfile.TemporaryDirectory() as temporary:
    path = Path(temporary, "parameters.npz")
    if len(sys.argv) > 1:
        path = Path(sys.argv[1]).with_suffix(".npz")
    if path.exists():
        sys.exit(f"{path} is there already: name a new file")

    model = create_model()
    model.train(X, y, validation_data=(X_test, y_test), epochs=10)
    other = create_model()
    print("another model, as it begins:")
    other.evaluate(X_test, y_test)
    model.save_parameters(path)
    other.load_parameters(path)
    print("with the parameters of the first:")
    other.evaluate(X_test, y_test)

# Output:
# epoch: 1, acc: 0.714, loss: 0.908 (data_loss: 0.908, reg_loss: 0.000), lr: 0.0009416195856873823
# validation, acc: 0.856, loss: 0.463
# epoch: 2, acc: 0.893, loss: 0.371 (data_loss: 0.371, reg_loss: 0.000), lr: 0.0008888888888888888
# validation, acc: 0.897, loss: 0.349
# epoch: 3, acc: 0.916, loss: 0.290 (data_loss: 0.290, reg_loss: 0.000), lr: 0.0008417508417508418
# ...
# validation, acc: 0.941, loss: 0.211
# another model, as it begins:
# validation, acc: 0.114, loss: 3.795
# with the parameters of the first:
# validation, acc: 0.941, loss: 0.211

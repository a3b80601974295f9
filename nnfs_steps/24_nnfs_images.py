"""Step 24. Real images: handwriting, a batch at a time.

Spirals are toys. Here are 8,000 handwritten digits to learn, and 2,000 to test. An
image has 28 by 28 pixels; to the network it is a row of 784 numbers. They come as bytes
from 0 to 255, and with weights of 0.1 these would make logits in the hundreds: softmax
would be sure of everything before it has learned anything. So a first layer scales them
to -1 to 1 (concept 22).

All images at once would be one step for each pass. Instead we shuffle them and take 128
at a time: each batch gives a rough gradient, but an epoch now makes 63 steps (concept
21). After ten epochs 0.941 of the test images are read right (0.932 to 0.942 on ten
seeds). The model tests itself after each epoch, and we see a gap grow: the loss on the
training data falls faster than the one on the test data. (In the first epoch the test
is ahead: the training's numbers are means over the epoch, and its first batches met a
network that knew nothing.)

Give the script a folder with the four files of the full set, packed or unpacked, and it
learns that: Fashion-MNIST, which is the book's, from data/fashion in
https://github.com/zalandoresearch/fashion-mnist, or MNIST, train-images-idx3-ubyte.gz
and so on, from https://ossci-datasets.s3.amazonaws.com/mnist/.

New: Layer_Pixels, Layer_Dense.dinputs, batches, load_data
Changed: Model.train goes through batches, takes validation_data and counts epochs from
    1; Model.evaluate goes through batches; Model.backward stops where there is nothing
    to learn; Layer_Dense.backward works dinputs out only when asked
Differs: the book's print_every counts batches; its images are PNG files in folders,
    read with OpenCV
Try: a batch_size of None, which is all images at once. Ten epochs are ten steps then,
    and the last line says 0.636 (0.535 to 0.715 on ten seeds).
Book: chapter 19, a real dataset
Concepts: 21, 22
"""

import gzip
import sys
import zlib
from pathlib import Path

import matplotlib.pyplot as plt
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

    @property
    def dinputs(self):
        # As a property it is worked out when asked for: nobody asks in the first layer
        return np.dot(self.dvalues, self.weights.T)  # (N, n_inputs)


class Layer_Dropout:
    """Sets a share of its inputs to 0 at random, and scales the others up."""

    def __init__(self, rate):
        if not 0 <= rate < 1:
            raise ValueError(f"dropout rate must be at least 0 and below 1, not {rate}")
        self.rate = 1 - rate  # the share that stays, as in the book

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
        mend = "(255 * X).astype('uint8') if they go to 1, else X.astype('uint8')"
        require(inputs.dtype == "uint8", f"no bytes but {inputs.dtype}: {mend}")
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
        # keepdims leaves a column, (N, 1): a number for each row. Without it NumPy
        # would lay (N,) along the columns: an error, or wrong numbers where N is C
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
    """Return the labels as an array; ValueError if they or predictions don't fit."""
    y_pred, y_true = np.asarray(y_pred), np.asarray(y_true)
    if y_true.shape not in [y_pred.shape, y_pred.shape[:1]] or np.min(y_true) < 0:
        raise ValueError(f"labels {y_true.shape}: below 0, or don't fit {y_pred.shape}")
    if np.isnan(y_pred).any():
        raise ValueError("predictions are nan: the training has diverged, or X has nan")
    if not np.max(np.abs(np.sum(y_pred, axis=1) - 1)) < 0.001:
        raise ValueError("predictions must add up to 1 for each sample: no softmax?")
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
        # log(0) is minus infinity: one such sample would spoil the mean. Clipped at
        # 1e-7 it costs 16.1. Less would be lost at the other end: in float32 1 - 1e-8
        # is 1. (This loss needs no upper end; that of step 20 does)
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
        self.precision = np.std(y, axis=0) / 250

    def compare(self, predictions, y):
        return np.absolute(predictions - y) < self.precision


class Model:
    """A network and its training: layers in a row, a loss and an optimizer."""

    def __init__(self):
        self.layers = []
        self.trainable = []  # the layers that have weights

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
        regularization_loss = sum(map(self.loss.regularization_loss, self.trainable))
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
        X, y = check_data(self, X, y)
        unseen = validation_data and check_data(self, *validation_data)
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
                self.report(epoch, *totals / len(X), decimals)
                if unseen:
                    self.evaluate(*unseen, batch_size=batch_size, decimals=decimals)

    def evaluate(self, X, y, *, batch_size=128, decimals=3):
        X, y = check_data(self, X, y)
        totals = np.zeros(2, dtype="float64")
        for batch in batches(np.arange(len(X)), batch_size):
            output = self.forward(X[batch], training=False)
            totals += len(output) * np.array(self.measure(output, y[batch]))
        loss, accuracy = totals / len(X)
        print(f"validation, acc: {accuracy:.3f}, loss: {loss:.{decimals}f}")


def require(fits, sentence):
    if not fits:
        raise ValueError(sentence)


def numbers(name, data):
    """Return data as an array of finite numbers; ValueError if it has anything else."""
    data = np.asarray(data)  # of pandas by position, never by label
    data = np.array(data.tolist()) if data.dtype.kind == "O" else data
    mend = "np.unique(texts, return_inverse=True)[1] numbers texts"
    require(data.dtype.kind in "biuf", f"{name} is {data.dtype}, not numbers: {mend}")
    require(data.size and np.isfinite(data).all(), f"{name} is empty, or has nan, inf")
    return data


def check_data(model, X, y=None):
    """Return X and y as arrays; ValueError says what does not fit the model, and why.

    Both are looked at as a whole, before the first batch. X has a row for each sample;
    for a softmax y has class numbers (N,) or one-hot rows, else the outputs' shape.
    """
    last, loss = (model.layers or [None])[-1], getattr(model, "loss", None)
    require(loss and hasattr(last, "predictions"), "end with an activation; set a loss")
    softmax = isinstance(last, Activation_Softmax)
    binary = isinstance(loss, Loss_BinaryCrossentropy)
    fits = not binary or isinstance(last, Activation_Sigmoid)
    fits = fits and getattr(model.accuracy, "binary", not binary)
    require(softmax or fits, "no softmax: needs sigmoid and binary=True, or regression")
    X = numbers("X", X)
    require(X.ndim > 1, f"X {X.shape} needs a row a sample: np.reshape(X, (-1, 1))?")
    try:
        shape = len(X), *model.forward(X[:1], training=False).shape[1:]
    except ValueError as error:
        raise ValueError(f"X {X.shape} does not fit the layers: {error}") from None
    if y is None:
        return X, y
    y = numbers("y", y)
    require(y.shape[:1] == X.shape[:1], f"no pairs: X is {X.shape}, and y is {y.shape}")
    fits = y.shape == shape and (np.isin(y, [0, 1]).all() or not (softmax or binary))
    need = f"{'0 or 1, ' * binary}{shape}{': np.reshape(y, (-1, 1))' * (y.ndim < 2)}"
    if softmax:
        whole = y.shape == shape[:1] and y.dtype.kind in "iu" and y.min() >= 0
        fits = (whole and y.max() < shape[1]) or (fits and (y.sum(axis=1) == 1).all())
        mend = f"np.ravel(y).astype(int){' - 1' * int(y.min() == 1)}"
        need = f"class numbers from 0 to {shape[1] - 1} ({mend}?), or one-hot rows"
    require(fits, f"y is {y.dtype} {y.shape}, {y.min()} to {y.max()}; it needs {need}")
    return X, y


def batches(order, size):
    """Return parts of an order, each of a size (the last may be shorter), or all."""
    require(size is None or size > 0, f"a batch_size is above 0, or None, not {size}")
    size = size or len(order)
    return [order[start : start + size] for start in range(0, len(order), size)]


def load_data(folder, kind):
    """Return images (N, 28, 28) and labels (N,) of kind "train" or "t10k" (test)."""
    arrays = []
    for name, axes in [("images", 3), ("labels", 1)]:
        # Unpacked they have no .gz, and some tools write a dot for a dash
        pattern = f"{kind}-{name}[-.]idx{axes}-ubyte*"
        paths = [path for path in Path(folder).glob(pattern) if path.is_file()]
        require(paths, f"no {Path(folder, f'{kind}-{name}-idx{axes}-ubyte.gz')}")
        try:
            with paths[0].open("rb") as file:
                packed = file.peek(2)[:2] == b"\x1f\x8b"
                data = (gzip.GzipFile(fileobj=file) if packed else file).read()
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"can't unpack {paths[0]}: {error}") from None
        # Two zeros, 8 for bytes, the number of axes; the length of each, in 4 bytes
        head, start = data[:4], 4 + 4 * axes
        shape = [int.from_bytes(data[n : n + 4], "big") for n in range(4, start, 4)]
        whole = head == bytes([0, 0, 8, axes]) and len(data) - start == np.prod(shape)
        require(whole, f"{paths[0]} is no whole idx file of bytes with {axes} axes")
        arrays.append(np.frombuffer(data, "uint8", offset=start).reshape(shape))
    require(len(arrays[0]) == len(arrays[1]), f"{folder} lacks images or labels")
    return arrays


# Seeds the random numbers with 0, so that they are the same in every run, and makes
# float32 (7 digits) the default. np.dot then computes with 16 digits, rounds to 7, and
# wants arrays, not lists
nnfs.init()

folder = Path(__file__).resolve().parents[1] / "assets" / "mnist"
folder = sys.argv[1] if len(sys.argv) > 1 else folder

model = Model()
model.add(Layer_Pixels())
model.add(Layer_Dense(784, 128, weight_scale=0.1), Activation_ReLU())
model.add(Layer_Dense(128, 128, weight_scale=0.1), Activation_ReLU())
model.add(Layer_Dense(128, 10, weight_scale=0.1), Activation_Softmax())
adam, accuracy = Optimizer_Adam(0.001, decay=1e-3), Accuracy_Categorical()
model.set(loss=Loss_CategoricalCrossentropy(), optimizer=adam, accuracy=accuracy)
try:
    X, y = load_data(folder, "train")
    X_test, y_test = load_data(folder, "t10k")
    model.train(X, y, validation_data=(X_test, y_test), epochs=10, batch_size=128)
except ValueError as error:
    sys.exit(str(error))

figure, panels = plt.subplots(4, 8, figsize=(8, 4.6), layout="constrained")
for axes, image, label in zip(panels.flat, X, y):
    axes.imshow(image, cmap="gray")
    axes.set_title(label)
    axes.axis("off")
plt.show()

# Output:
# epoch: 1, acc: 0.714, loss: 0.908 (data_loss: 0.908, reg_loss: 0.000), lr: 0.0009416195856873823
# validation, acc: 0.856, loss: 0.463
# epoch: 2, acc: 0.893, loss: 0.371 (data_loss: 0.371, reg_loss: 0.000), lr: 0.0008888888888888888
# validation, acc: 0.897, loss: 0.349
# epoch: 3, acc: 0.916, loss: 0.290 (data_loss: 0.290, reg_loss: 0.000), lr: 0.0008417508417508418
# validation, acc: 0.898, loss: 0.326
# epoch: 4, acc: 0.932, loss: 0.240 (data_loss: 0.240, reg_loss: 0.000), lr: 0.0007993605115907275
# validation, acc: 0.913, loss: 0.286
# epoch: 5, acc: 0.944, loss: 0.202 (data_loss: 0.202, reg_loss: 0.000), lr: 0.00076103500761035
# validation, acc: 0.912, loss: 0.299
# epoch: 6, acc: 0.948, loss: 0.179 (data_loss: 0.179, reg_loss: 0.000), lr: 0.0007262164124909223
# validation, acc: 0.922, loss: 0.260
# epoch: 7, acc: 0.958, loss: 0.154 (data_loss: 0.154, reg_loss: 0.000), lr: 0.0006944444444444445
# validation, acc: 0.923, loss: 0.246
# epoch: 8, acc: 0.964, loss: 0.132 (data_loss: 0.132, reg_loss: 0.000), lr: 0.000665335994677312
# validation, acc: 0.933, loss: 0.237
# epoch: 9, acc: 0.969, loss: 0.114 (data_loss: 0.114, reg_loss: 0.000), lr: 0.0006385696040868455
# validation, acc: 0.932, loss: 0.237
# epoch: 10, acc: 0.974, loss: 0.102 (data_loss: 0.102, reg_loss: 0.000), lr: 0.0006138735420503376
# validation, acc: 0.941, loss: 0.211

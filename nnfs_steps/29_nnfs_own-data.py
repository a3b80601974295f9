"""Step 29. Your own data: from a table to predictions.

A table of your own is no spiral. It has texts, holes, and columns of every size. Here
is the whole way, with the penguins of three islands: which species is it, by its bill,
its flipper and its weight? A network wants numbers, so the species get 0, 1 and 2, and
their names back in the answers. Rows with a hole go; so do columns of text, and one
that numbers the rows, since in a sorted table it gives the class away. The output says
what went, then how many rows each class has: a model has to be right more often than
one that always names the largest class.

A penguin weighs 4,000 grams, its bill is 17 millimetres deep: raw, the grams drown the
rest (concept 22). So the first layer takes the mean off each column and divides by its
spread. Both come from the rows for training alone: the test rows stand for penguins
that we have not met. On ten seeds, scaled columns get 0.971 to 1.000 of the test rows
right, raw ones 0.206 to 0.868. The layer is saved with the model, and so are all names:
a new row goes in as it was measured, and "Gentoo" comes out. The output shows the five
answers that the model is least sure of. It is sure or not among its classes only: a
duck would be one of the three too.

Your table is next: python nnfs_steps/29_nnfs_own-data.py TABLE.csv COLUMN
COLUMN is what to predict. Name more columns after it to learn from these alone, and a
file that ends in .npz to keep the model. For a program of your own, copy this file up
to the line "# Seeds ..." as own.py (a name that begins with a digit can't be imported):

    from own import *

    nnfs.init()
    model = Model.load("penguins.npz")
    print(answers(model, [[39.6, 18.1, 186, 4450]]))

A row has its numbers in the order of model.layers[0].columns; the columns of a
DataFrame are found by their names.

From: step 27 (what is only for images is gone)
New: Layer_Scale, read_table, is_hole, is_useful, read_data, class_numbers, answers
Changed: create_model has an input for each column and an output for each class
Try: self.output = inputs.astype("float32") in Layer_Scale, which leaves the columns
    raw. The last validation line says 0.544.
Book: none, it is what comes after the last chapter
Concepts: 22, 15
"""

import contextlib
import csv
import json
import os
import sys
import tempfile
import zipfile
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


class Layer_Scale:
    """Columns of any size become numbers around 0, as the rows for training have them.

    X is (N, columns). With the model it keeps the names, means and spreads of columns.
    """

    def __init__(self, X, columns):
        self.columns, self.mean = columns, np.mean(X, axis=0)
        # What never changes has a spread of 0, and we can't divide by that
        self.spread = np.where(np.ptp(X, axis=0) > 0, np.std(X, axis=0), 1)

    def forward(self, inputs):
        require(inputs.shape[1:] == self.mean.shape, f"needs {', '.join(self.columns)}")
        self.output = ((inputs - self.mean) / self.spread).astype("float32")


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
        self.epoch = 0  # how many are done
        self.random = None  # the state in which to go on, if the model was loaded
        self.sample = np.zeros(0)  # zeros in the form of a sample, once one was seen

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
        self.sample = np.zeros_like(X[:1])
        if self.random:
            np.random.set_state(self.random)
            self.random = None
        self.accuracy.init(y)

        for epoch in range(self.epoch + 1, self.epoch + epochs + 1):
            # Without a batch_size all at once, in their order
            order = np.random.permutation(len(X)) if batch_size else np.arange(len(X))
            totals = np.zeros(2, dtype="float64")
            for batch in batches(order, batch_size):
                output = self.forward(X[batch], training=True)
                totals += len(batch) * np.array(self.measure(output, y[batch]))

                self.backward(output, y[batch])
                self.update()
            self.epoch = epoch
            if not epoch % print_every:
                self.report(epoch, *totals / len(X), decimals)
                if unseen:
                    self.evaluate(*unseen, batch_size=batch_size, decimals=decimals)

    def get_parameters(self):
        """Return copies of the weights and biases of all layers, in their order."""
        return [array for layer in self.trainable for array in layer.get_parameters()]

    def set_parameters(self, parameters):
        """Copy parameters; ValueError, and all stay as they were, if they don't fit."""
        own = [array.shape for array in self.get_parameters()]
        others = [array.shape for array in parameters]
        require(own == others, f"parameters {others} do not fit this model: {own}")
        for layer, place in zip(self.trainable, range(0, len(own), 2)):
            layer.set_parameters(*parameters[place : place + 2])

    def save_parameters(self, path):
        arrays = {str(n): array for n, array in enumerate(self.get_parameters())}
        write_arrays(path, arrays, read_arrays)

    def load_parameters(self, path):
        arrays = read_arrays(path)
        alone = all(name.isdecimal() for name in arrays)
        require(alone, f"{path} has more than parameters: {', '.join(arrays)}")
        self.set_parameters(list(arrays.values()))

    def save(self, path):
        """Write all that the training needs to go on to an .npz file."""
        _, words, *numbers = self.random or np.random.get_state()
        arrays = {"random words": words, "sample": self.sample}
        about = {"version": 2, "epoch": self.epoch, "random numbers": numbers}
        layers = enumerate(self.layers)
        about["layers"] = [describe(layer, number, arrays) for number, layer in layers]
        for name in "loss", "optimizer", "accuracy":
            about[name] = describe(getattr(self, name), name, arrays)
        arrays["about"] = np.array(json.dumps(about))
        write_arrays(path, arrays, Model.load)

    @staticmethod
    def load(path):
        """Return the model that a file has; ValueError if it has none."""
        arrays, model = read_arrays(path), Model()
        try:
            require("about" in arrays, "it has parameters alone, or something else")
            about = json.loads(str(arrays["about"]))
            require(about["version"] == 2, f"its version is {about['version']}, not 2")
            for number, description in enumerate(about["layers"]):
                model.add(restore(description, number, arrays))
            for name in "loss", "optimizer", "accuracy":
                setattr(model, name, restore(about[name], name, arrays))
            model.epoch, model.sample = about["epoch"], arrays["sample"]
            model.random = "MT19937", arrays["random words"], *about["random numbers"]
            if model.sample.size:  # a pass forward finds what is missing
                model.forward(model.sample, training=False)
        except Exception as error:  # a file can be wrong in many ways
            raise ValueError(f"{path} has no whole model: {error}") from None
        return model

    def predict(self, X, *, batch_size=128):
        X, _ = check_data(self, X)
        parts = batches(X, batch_size)
        return np.vstack([self.forward(part, training=False) for part in parts])

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


def describe(thing, place, arrays):
    """Return an object's class and plain values, and put its arrays into arrays.

    NumPy's numbers count as arrays. What forward and backward leave behind is left out.
    """
    left = ["training", "inputs", "output", "binary_mask", "dvalues", "dinputs"]
    left += [f"d{name}" for name in vars(thing)]  # dweights, dbiases, ...
    values = {}
    for name, value in vars(thing).items():
        if isinstance(value, np.ndarray | np.generic) and name not in left:
            arrays[f"{place} {name}"] = value
        elif name not in left:
            plain = isinstance(value, int | float | str | list | dict | None)
            require(plain, f"a file can't hold {name}, a {type(value).__name__}")
            values[name] = value
    return {"class": type(thing).__name__, "values": values}


def restore(description, place, arrays):
    """Return the object that was described; ValueError if its class is not in here."""
    kind = globals().get(description["class"])
    require(isinstance(kind, type), f"there is no class {description['class']}")
    thing = object.__new__(kind)  # without __init__: no new weights
    vars(thing).update(description["values"])
    for name in [name for name in arrays if name.startswith(f"{place} ")]:
        setattr(thing, name.split()[1], arrays[name][()])  # numbers are arrays there
    return thing


def check_place(path):
    """Raise ValueError or OSError unless an .npz file can be written at this path."""
    fits = Path(path).suffix == ".npz" and not str(path).startswith("-")
    require(fits, f"{path} does not end in .npz, or begins with a dash")
    require(not Path(path).is_dir(), f"{path} is a folder")
    require(Path(path).parent.is_dir(), f"there is no folder {Path(path).parent}")
    with tempfile.TemporaryFile(dir=Path(path).parent):
        pass  # here one can write


def write_arrays(path, arrays, read):
    """Write arrays to an .npz file. Until read can read it, an old one stays."""
    check_place(path)
    temporary = Path(f"{path}.{os.getpid()}.tmp")  # our own: two may save at once
    try:
        with temporary.open("wb") as file:
            np.savez(file, **arrays)
        read(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_arrays(path):
    """Return the arrays in an .npz file by name; ValueError if they can't be read."""
    try:
        with open(path, "rb") as file:
            require(zipfile.is_zipfile(file), "it is something else, or not whole")
            # A pickle could run any code; without it, a file has only numbers and text
            arrays = np.load(file, allow_pickle=False)
            return {name: np.asarray(array) for name, array in arrays.items()}
    except Exception as error:  # a damaged file can fail in many ways
        reason = str(error).partition("\n")[0]
        raise ValueError(f"can't read {path}, an .npz file: {reason}") from None


def read_table(path):
    """Return the names and rows of a CSV file, all text; ValueError if it has none."""
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").split("\n")
        table = csv.reader(lines, delimiter=max(",;\t", key=lines[0].count))
        names, *rows = [[text.strip() for text in row] for row in table if row]
    except (ValueError, csv.Error):
        raise ValueError(f"{path} is no table: save it as CSV, in UTF-8") from None
    wrong = [n for n, row in enumerate(rows, start=1) if len(row) != len(names)]
    require(not wrong, f"{path} has {len(names)} columns, but not in rows {wrong[:3]}")
    once = len(set(names)) == len(names)
    require(once, f"two columns of {path} have one name: {', '.join(names)}")
    return names, rows


def is_hole(text):
    return text.lower().strip("-#?") in ["", "na", "n/a", "nan", "none", "null", "inf"]


def is_useful(name, texts, wanted):
    """Return True if we can learn from a column of texts, or print why not."""
    try:
        values = np.array([float(text) for text in texts if not is_hole(text)])
        require(len(values), "empty")
        require(not wanted or name in wanted, "not asked for")
        # Whole numbers that run, or did before the rows were shuffled, number the rows
        ints = len(np.unique(values)) == len(values) and not np.mod(values, 1).any()
        running = ints and (np.all(np.diff(values) > 0) or np.ptp(values) < len(values))
        index = running or name.lower() in ["", "id", "index", "unnamed: 0"]
        require(wanted or not index, "it numbers the rows")
        return True
    except ValueError as error:
        print(f"left out: {name or 'a column without a name'} ({error!s:.60})")


def read_data(path, target, wanted=()):
    """Return inputs (N, F), the names of their columns, and the target's texts (N,).

    Prints what it leaves out. Without wanted names it takes all columns of numbers.
    """
    names, rows = read_table(path)
    for name in [target, *wanted]:
        require(name in names, f"no column {name} in {path}, but {', '.join(names)}")
    table = dict(zip(names, zip(*rows)))
    used = [n for n in table if n != target and is_useful(n, table[n], wanted)]
    require(used, f"{path} has no rows, or no numbers from which to learn {target}")
    asked = [*used, target]
    kept = [row for row in zip(*map(table.get, asked)) if not any(map(is_hole, row))]
    print(f"rows: {len(kept)}, and {len(rows) - len(kept)} with holes left out")
    most = max(asked, key=lambda name: sum(map(is_hole, table[name])))
    require(len(kept) >= 10, f"too few rows; do without {most}, which has most holes")
    X = np.array([[float(text) for text in row[:-1]] for row in kept])
    return X, used, [row[-1] for row in kept]


def class_numbers(target, texts):
    """Return the names of classes, and y (N,); ValueError if they can't be classes."""
    classes, y = np.unique(texts, return_inverse=True)
    require(len(classes) > 1, f"{target} has one class only, {classes[0]}")
    number = set("".join(classes)) <= set("0123456789+-.e")
    hint = "that looks like a number: see step 30" if number else "too many"
    many = f"{target} has {len(classes)} different values in {len(y)} rows: {hint}"
    require(len(classes) <= min(20 if number else len(y), len(y) / 2), many)
    return classes.tolist(), y


def create_model(scale, classes):
    model = Model()
    model.add(scale, Layer_Dense(len(scale.columns), 16, 0.1), Activation_ReLU())
    model.add(Layer_Dense(16, len(classes), 0.1), Activation_Softmax())
    model.layers[-1].classes = classes  # what a layer has is saved with it
    adam, accuracy = Optimizer_Adam(0.01), Accuracy_Categorical()
    model.set(loss=Loss_CategoricalCrossentropy(), optimizer=adam, accuracy=accuracy)
    return model


def answers(model, X):
    """Return a class and how sure it is for each row (as measured, in X's columns)."""
    X = X[model.layers[0].columns] if hasattr(X, "columns") else X  # pandas: by name
    classes, probabilities = model.layers[-1].classes, model.predict(X)
    return [(classes[np.argmax(row)], float(np.max(row))) for row in probabilities]


# Seeds the random numbers with 0, so that they are the same in every run, and makes
# float32 (7 digits) the default. np.dot then computes with 16 digits, rounds to 7, and
# wants arrays, not lists
nnfs.init()

penguins = Path(__file__).resolve().parents[1] / "assets" / "penguins" / "penguins.csv"
measured = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
files = [word for word in sys.argv[1:] if word.endswith(".npz")]
words = [word for word in sys.argv[1:] if word not in files]

try:
    require(len(words) != 1, "name a table and the column to predict: TABLE.csv COLUMN")
    path, target, *wanted = words or [penguins, "species", *measured]
    with tempfile.TemporaryDirectory() as temporary:
        file = [*files, f"{temporary}/model.npz"][0]
        check_place(file)  # now, and not after the training
        X, columns, texts = read_data(path, target, wanted)
        classes, y = class_numbers(target, texts)
        print(f"{target}:", *(f"{name} {texts.count(name)}" for name in classes))

        order = np.random.permutation(len(X))
        test, training = np.split(order, [len(X) // 5])
        X_test, y_test = X[test], y[test]
        model = create_model(Layer_Scale(X[training], columns), classes)
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C keeps what was learned
            model.train(
                X[training],
                y[training],
                validation_data=(X_test, y_test),
                epochs=100,
                print_every=25,
            )
        model.save(file)
        loaded = Model.load(file)
except (OSError, ValueError) as error:
    sys.exit(str(error))

found = answers(model, X_test)
for n in sorted(range(len(found)), key=lambda n: found[n][1])[:5]:
    name, certainty = found[n]
    print(f"{name} ({certainty:.2f}), and it is {classes[y_test[n]]}")

print("the file asks for", ", ".join(loaded.layers[0].columns))
[(name, certainty)] = answers(loaded, X_test[:1])
print(*X_test[0], f"is {name} ({certainty:.2f})")

# Output:
# left out: island (could not convert string to float: 'Torgersen')
# left out: sex (could not convert string to float: 'male')
# left out: year (not asked for)
# rows: 342, and 2 with holes left out
# species: Adelie 151 Chinstrap 68 Gentoo 123
# epoch: 25, acc: 0.985, loss: 0.046 (data_loss: 0.046, reg_loss: 0.000), lr: 0.01
# validation, acc: 1.000, loss: 0.030
# epoch: 50, acc: 0.985, loss: 0.024 (data_loss: 0.024, reg_loss: 0.000), lr: 0.01
# validation, acc: 1.000, loss: 0.013
# epoch: 75, acc: 1.000, loss: 0.016 (data_loss: 0.016, reg_loss: 0.000), lr: 0.01
# validation, acc: 1.000, loss: 0.007
# epoch: 100, acc: 1.000, loss: 0.013 (data_loss: 0.013, reg_loss: 0.000), lr: 0.01
# validation, acc: 1.000, loss: 0.004
# Chinstrap (0.86), and it is Chinstrap
# Chinstrap (0.93), and it is Chinstrap
# Adelie (0.96), and it is Adelie
# Adelie (0.98), and it is Adelie
# Adelie (1.00), and it is Adelie
# the file asks for bill_length_mm, bill_depth_mm, flipper_length_mm, body_mass_g
# 39.6 18.1 186.0 4450.0 is Adelie (1.00)

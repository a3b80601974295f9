"""Step 29. Your own data: columns of one size, from a table to predictions.

A penguin weighs 4,000 grams, and its bill is 17 millimetres deep. Which species is it?
From such columns a network learns little: the grams are large, and all of them far from
0 (concept 22). So a new first layer, Layer_Scale, takes the mean off each column and
divides by the spread. Both come from the rows for training alone, since the test rows
stand for penguins that we have not met. The model keeps both, so that a new row can be
given as it was measured. On ten seeds it gets 0.206 to 0.868 of the test rows right
with raw columns, 0.926 to 1.000 with the means taken off, 0.971 to 1.000 with scaled
columns. These penguins are easy: it is 0.971 to 1.000 without a hidden layer, too.

The output begins with what each column has. Look at the smallest and the largest: in
many tables -9999 stands for "not measured". A row with a hole (empty, NA, NaN) is left
out. The last lines show what the model gets right, and how sure it is. To compare: the
most frequent species has 0.442 of all rows. Shown a duck, the model still picks one.

Now your table. The first command shows its columns. The second learns the column TARGET
from those after it, and keeps the model in MODEL.npz. If that exists, training goes on
from it until epoch 100. A new table needs a new file, or else rows that it has learned
become test rows. The third makes own.py, with Model and answers for your programs:

    python nnfs_steps/29_nnfs_own-data.py TABLE.csv
    python nnfs_steps/29_nnfs_own-data.py TABLE.csv TARGET COLUMN COLUMN MODEL.npz
    python -c "import re; open('own.py', 'w').write(re.split('(?m)^# Seeds',
        open('nnfs_steps/29_nnfs_own-data.py').read())[0])"

From: step 27 (images and pictures are gone, and the methods for parameters)
New: Layer_Scale, require, read_table, is_hole, number, show_columns, read_columns,
    class_numbers, answers
Changed: create_model has an input for each column and an output for each class
Try: self.output = rows.astype("float32") in Layer_Scale, which leaves the columns raw.
    The last validation line says 0.544.
Book: none, it is what comes after the last chapter
Concepts: 22, 15
"""

import csv
import json
import os
import re
import shlex
import sys
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

    @property
    def dinputs(self):
        # As a property it is worked out when asked for: nobody asks in the first layer
        return np.dot(self.dvalues, self.weights.T)  # (N, n_inputs)


class Layer_Scale:
    """Columns of any size become numbers around 0, by the means and spreads in X."""

    def __init__(self, X, columns):
        self.columns = columns  # their names
        self.mean = np.mean(X, axis=0)  # (columns,)
        # A column that never changes has no spread, and we can't divide by 0
        self.spread = np.where(np.ptp(X, axis=0) > 0, np.std(X, axis=0), 1)

    def forward(self, inputs):
        rows = np.asarray(inputs, float)  # (N, columns)
        fits = rows.shape[1:] == self.mean.shape and np.isfinite(rows).all()
        require(fits, f"a row needs {len(self.mean)} finite numbers: {self.columns}")
        self.output = ((rows - self.mean) / self.spread).astype("float32")


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
        self.epoch = 0  # how many are done
        self.random = None  # the state in which to go on, if the model was loaded

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
                self.report(epoch, *totals / len(X))
                if validation_data:
                    self.evaluate(*validation_data, batch_size=batch_size)

    def save(self, path):
        """Write all that the training needs to go on to an .npz file."""
        _, words, *numbers = self.random or np.random.get_state()
        about = {"epoch": self.epoch, "random numbers": numbers, "layers": []}
        arrays = {"random words": words}
        for number, layer in enumerate(self.layers):
            about["layers"].append(describe(layer, number, arrays))
        for name in "loss", "optimizer", "accuracy":
            about[name] = describe(getattr(self, name), name, arrays)
        new = f"{path}.new.npz"
        np.savez(new, about=json.dumps(about), **arrays)
        os.replace(new, path)  # so the file is whole, or not there

    @staticmethod
    def load(path):
        """Return the model that a file has."""
        model = Model()
        with np.load(path) as file:  # numbers and texts: no code can run
            arrays = dict(file)
        about = json.loads(str(arrays["about"]))
        for number, description in enumerate(about["layers"]):
            model.add(restore(description, number, arrays))
        for name in "loss", "optimizer", "accuracy":
            setattr(model, name, restore(about[name], name, arrays))
        model.epoch = about["epoch"]
        model.random = "MT19937", arrays["random words"], *about["random numbers"]
        return model

    def predict(self, X, *, batch_size=128):
        X = np.asarray(X)
        parts = batches(X, batch_size)
        return np.vstack([self.forward(part, training=False) for part in parts])

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


def describe(thing, place, arrays):
    """Return the class and the plain values of an object; its arrays go into arrays.

    What forward and backward leave behind is left out: they make it anew.
    """
    left = ["training", "inputs", "output", "dvalues", "dinputs"]
    left += [f"d{name}" for name in vars(thing)]  # dweights, dbiases, ...
    kind, values = type(thing).__name__, {}
    for name in [name for name in vars(thing) if name not in left]:
        value = getattr(thing, name)
        if isinstance(value, np.ndarray | np.generic) and not value.dtype.hasobject:
            arrays[f"{place} {name}"] = value
            continue
        values[name] = value
        back = json.loads(json.dumps(value, default=repr, skipkeys=True))
        if repr(back) != repr(value):  # a tuple, for one, would become a list
            raise ValueError(f"{kind}.{name} can't be saved as it is: {value!r:.60}")
    return {"class": kind, "values": values}


def restore(description, place, arrays):
    """Return the object that was described."""
    kind = globals()[description["class"]]
    thing = object.__new__(kind)  # without __init__: no new weights
    vars(thing).update(description["values"])
    for name in arrays:
        owner, _, attribute = name.partition(" ")
        if owner == str(place):
            setattr(thing, attribute, arrays[name][()])  # [()]: a number is no array
    return thing


def require(fits, sentence):
    if not fits:
        raise ValueError(sentence)


def read_table(path):
    """Return the columns of a CSV file, {name: texts}; ValueError if it is no table."""
    text = Path(path).read_text(encoding="utf-8-sig", errors="replace")
    require("\ufffd" not in text, "the table is not UTF-8: save it as CSV in UTF-8")
    require(text.count('"') % 2 == 0, "the table has a quote that is not closed")
    lines = text.rstrip("\n").split("\n")
    header = re.sub('"[^"]*"', "", lines[0])  # in quotes nothing ends a cell
    delimiter = max("\t;,", key=header.count)
    rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    names, *rows = [[text.strip() for text in row] for row in rows]
    for place, row in enumerate(rows, start=2):
        require(len(row) == len(names), f"row {place} needs {len(names)} cells: {row}")
    require(len({*names}) == len(names), f"two columns have the same name: {names}")
    return {name: [row[n] for row in rows] for n, name in enumerate(names)}


def is_hole(text):
    return text in ["", "NA", "NaN", "nan"]


def number(text):
    """Return a cell's number, nan if it is a hole, and None if it is neither."""
    if is_hole(text):
        return np.nan
    # Digits, perhaps with a point and an exponent; beyond 1e100 squares get too large
    digits = re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text)
    return float(text) if digits and abs(float(text)) < 1e100 else None


def show_columns(table, names):
    """Print what columns have; return the names of those that have only numbers."""
    numeric = []
    for name in names:
        known = [text for text in table[name] if not is_hole(text)]
        holes = [text for text in table[name] if is_hole(text)]
        kind, size = "text", str
        if known and None not in map(number, known):
            kind, size = "numbers", number
            numeric.append(name)
        ends = sorted(known, key=size) or ["-"]
        counts = f"{len({*known})} different, {len(holes)} holes {sorted({*holes})}"
        print(f"{name}: {kind}, {ends[0]:.20} to {ends[-1]:.20}, {counts}")
    return numeric


def read_columns(table, names):
    """Return numbers (N, columns), nan for holes; ValueError names what is neither."""
    mend = "is no number and no hole (empty, NA, NaN). First clean 1,5 and 1,500, %, "
    mend += "units, dates, yes/no, True/False: pandas.read_csv has decimal=, thousands="
    mend += ", and get_dummies has dtype=int"
    for name in names:
        for place, text in enumerate(table[name], start=2):
            require(number(text) is not None, f"row {place}, {name}: {text!r} {mend}")
    return np.array([[number(text) for text in table[name]] for name in names]).T


def class_numbers(target, texts):
    """Return the names of classes, and y (N,); ValueError if they can't be classes."""
    classes = sorted({*texts})
    if len(classes) > 20 and None not in map(number, classes):
        raise ValueError(f"{target} has {len(classes)} different numbers: see step 30")
    require(len(classes) > 1, f"{target} needs two classes: these rows have {classes}")
    for name in classes:
        rows = texts.count(name)
        require(rows >= 5, f"class {name} needs 5 rows, and has {rows}: leave it out")
    print(f"{target}:", *(f"{name} {texts.count(name)}" for name in classes))
    return classes, np.array([classes.index(text) for text in texts])


def create_model(scale, target, classes):
    model = Model()
    model.add(scale, Layer_Dense(len(scale.columns), 16, 0.1), Activation_ReLU())
    model.add(Layer_Dense(16, len(classes), 0.1), Activation_Softmax())
    model.layers[-1].names = [target, *classes]  # what a layer has is saved with it
    adam, accuracy = Optimizer_Adam(0.01), Accuracy_Categorical()
    model.set(loss=Loss_CategoricalCrossentropy(), optimizer=adam, accuracy=accuracy)
    return model


def answers(model, X):
    """Return a list: for each row of X, or for a single row, its class and how sure."""
    if hasattr(X, "loc"):  # a DataFrame, or a row of one: its columns by their names
        X = X[model.layers[0].columns]
    classes = model.layers[-1].names[1:]
    probabilities = model.predict(np.atleast_2d(X))  # (N, C)
    return [(classes[np.argmax(row)], float(np.max(row))) for row in probabilities]


# Seeds the random numbers with 0, so that they are the same in every run. From then on
# zeros, eye and randn give float32 (7 digits), and np.dot computes with 16 digits,
# rounds to 7, and wants arrays, not lists
nnfs.init()

penguins = Path(__file__).resolve().parents[1] / "assets" / "penguins" / "penguins.csv"
measured = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
files = [word for word in sys.argv[1:] if word.endswith(".npz")]
words = [word for word in sys.argv[1:] if word not in files]
path, *names = words or [penguins, "species", *measured]

try:
    table = read_table(path)
    for name in names:
        require(name in table, f"there is no column {name}, but {[*table]}")
        require(names.count(name) == 1, f"{name} is named twice, or is also the target")
    if len(names) < 2:
        command = ["python", sys.argv[0], path, "TARGET", *show_columns(table, table)]
        print("Take out what numbers the rows or tells the answer in other words:")
        print(shlex.join(command))
        sys.exit()

    target, *columns = names
    show_columns(table, names)
    X = read_columns(table, columns)
    known = np.array([not is_hole(text) for text in table[target]], bool)
    kept = known & np.isfinite(X).all(axis=1)
    X, texts = X[kept], np.array(table[target])[kept].tolist()
    print(f"rows: {len(X)}, and {sum(~kept)} with holes left out")
    classes, y = class_numbers(target, texts)
    test, training = np.split(np.random.permutation(len(X)), [len(X) // 5])
    X_test, y_test = X[test], y[test]
    model = create_model(Layer_Scale(X[training], columns), target, classes)
    if files and Path(files[0]).exists():
        model = Model.load(files[0])
        learned = model.layers[0].columns + model.layers[-1].names
        same = learned == [*columns, target, *classes]
        require(same, f"{files[0]} has learned other columns or classes: {learned}")
    if files:
        model.save(files[0])  # what can't be saved is said now, not after the training
except KeyError as error:
    sys.exit(f"{files[0]} is no model of this program: {error}")
except Exception as error:  # files can be damaged in many ways
    sys.exit(f"can't learn from {' '.join(sys.argv[1:])}: {error}")

rows = X[training], y[training]
left = 100 - model.epoch  # epochs
try:
    model.train(*rows, validation_data=(X_test, y_test), epochs=left, print_every=25)
except KeyboardInterrupt:
    print(f"stopped after epoch {model.epoch}")
if files:
    model.save(files[0])
    print("saved", files[0])

found = answers(model, X_test)
results = [(sure, name, classes[n]) for (name, sure), n in zip(found, y_test)]
for name in classes:
    given = [answer for _, answer, true in results if true == name]
    print(f"{name}: {given.count(name)} of {len(given)} found")
print(f"always the largest class: right for {max(np.bincount(y)) / len(y):.3f} of all")
for sure, name, true in sorted(results)[:5]:
    print(f"{name} ({sure:.2f}), and it is {true}")
[(name, sure)] = answers(model, X_test[0])
print(*X_test[0], f"is {name} ({sure:.2f})")

# Output:
# species: text, Adelie to Gentoo, 3 different, 0 holes []
# bill_length_mm: numbers, 32.1 to 59.6, 164 different, 2 holes ['NA']
# ...
# rows: 342, and 2 with holes left out
# species: Adelie 151 Chinstrap 68 Gentoo 123
# ...
# validation, acc: 1.000, loss: 0.004
# Adelie: 35 of 35 found
# Chinstrap: 13 of 13 found
# Gentoo: 20 of 20 found
# always the largest class: right for 0.442 of all
# ...
# 39.6 18.1 186.0 4450.0 is Adelie (1.00)

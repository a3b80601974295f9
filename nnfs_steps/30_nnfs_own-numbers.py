"""Step 30. Your own numbers: predict a weight, a price, a duration.

Now the column to predict is a number: how heavy is a penguin, by its bill and flipper?
The network of step 21 had targets between -1 and 1. With weights of 0.1 and steps of
0.01 it is a long way to 4,000 grams: after 100 epochs the answers are still 3,690 off.
So we scale the targets as we scale the columns, and scale the answers back to grams.
The last layer keeps the mean and the spread for that, and is saved with the model.

How good is it? The book's accuracy counts what lies within a 250th of the spread, 3
grams here. Real data is never so exact: on ten seeds it ends at 0.000 to 0.029. So the
output ends with how far the answers are off in grams, 262, and compares: on ten seeds
the network is 229 to 300 off, a straight line (the network without its hidden layer)
293 to 340, and the mean as the answer to every row 616 to 732. The share of variance
that is left is the squared error, divided by that of always answering with the mean of
the test rows: 21 % here, 13 to 25 on ten seeds.

A table of your own works as in step 29, and TARGET is now a column of numbers:

    python nnfs_steps/30_nnfs_own-numbers.py TABLE.csv TARGET COLUMN COLUMN MODEL.npz

New: Activation_Scaled; back from step 23 are Activation_Linear, check_shapes,
    Loss_MeanSquaredError and Accuracy_Regression
Changed: create_model has one output, perhaps no hidden layer, and squared error as its
    loss; Model.backward needs no softmax; answers are numbers
Try: np.zeros(1), np.ones(1) in place of mean and spread in Activation_Scaled, which
    leaves the targets raw. The network is off by 3689.63.
Book: none, it is what comes after the last chapter
Concepts: 20, 22
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


class Activation_Linear:
    """Passes on what it gets: the outputs are the predictions themselves."""

    def forward(self, inputs):
        self.output = inputs

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()

    def predictions(self, outputs):
        return outputs


class Activation_Scaled(Activation_Linear):
    """Linear, for scaled targets; keeps the column's name, mean and spread."""

    def __init__(self, y, column):
        self.column = column
        self.mean, self.spread = np.mean(y, axis=0), np.std(y, axis=0)  # (1,) each

    def scale(self, y):
        return ((y - self.mean) / self.spread).astype("float32")

    def scale_back(self, outputs):
        return outputs * self.spread + self.mean


def check_shapes(y_pred, y_true):
    """Raise ValueError unless shapes are the same, and predictions are finite."""
    shapes = f"targets {np.shape(y_true)}, predictions {np.shape(y_pred)}"
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError(f"{shapes}: both need one shape, a row for each sample")
    if not np.isfinite(y_pred).all():
        raise ValueError("predictions not finite: training diverged, or nan in X or y")


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


class Loss_MeanSquaredError(Loss):
    """The square of the difference: large errors count most."""

    def forward(self, y_pred, y_true):
        check_shapes(y_pred, y_true)
        return np.mean((y_true - y_pred) ** 2, axis=-1)  # (N,)

    def backward(self, y_pred, y_true):
        samples, outputs = y_pred.shape
        self.dinputs = -2 * (y_true - y_pred) / outputs / samples  # (N, outputs)


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
        after = self.loss
        after.backward(output, y)
        for layer in reversed(self.layers):
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


def create_model(scale, last, neurons=16):
    model, inputs = Model(), len(scale.columns)
    model.add(scale)
    if neurons:
        model.add(Layer_Dense(inputs, neurons, 0.1), Activation_ReLU())
        inputs = neurons
    model.add(Layer_Dense(inputs, 1, 0.1), last)
    adam, accuracy = Optimizer_Adam(0.01), Accuracy_Regression()
    model.set(loss=Loss_MeanSquaredError(), optimizer=adam, accuracy=accuracy)
    return model


def answers(model, X):
    """Return a list: for each row of X, or for a single row, the predicted number."""
    if hasattr(X, "loc"):  # a DataFrame, or a row of one: its columns by their names
        X = X[model.layers[0].columns]
    outputs = model.predict(np.atleast_2d(X))  # (N, 1)
    return model.layers[-1].scale_back(outputs)[:, 0].tolist()


# Seeds the random numbers with 0, so that they are the same in every run. From then on
# zeros, eye and randn give float32 (7 digits), and np.dot computes with 16 digits,
# rounds to 7, and wants arrays, not lists
nnfs.init()

penguins = Path(__file__).resolve().parents[1] / "assets" / "penguins" / "penguins.csv"
measured = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"]
files = [word for word in sys.argv[1:] if word.endswith(".npz")]
words = [word for word in sys.argv[1:] if word not in files]
path, *names = words or [penguins, "body_mass_g", *measured]

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
    data = read_columns(table, [*columns, target])
    kept = np.isfinite(data).all(axis=1)
    X, y = data[kept, :-1], data[kept, -1:]  # (N, columns) and (N, 1)
    print(f"rows: {len(X)}, and {sum(~kept)} with holes left out")
    require(len(X) >= 10, "ten rows are needed: do without the column with most holes")
    test, training = np.split(np.random.permutation(len(X)), [len(X) // 5])
    X_test, y_test = X[test], y[test]
    require(np.ptp(y[training]) > 0, f"{target} is always {y[0, 0]}")
    last = Activation_Scaled(y[training], target)
    model = create_model(Layer_Scale(X[training], columns), last)
    if files and Path(files[0]).exists():
        model = Model.load(files[0])
        learned = [*model.layers[0].columns, model.layers[-1].column]
        same = learned == [*columns, target]
        require(same, f"{files[0]} has learned other columns: {learned}")
    if files:
        model.save(files[0])  # what can't be saved is said now, not after the training
except KeyError as error:
    sys.exit(f"{files[0]} is no model of this program: {error}")
except Exception as error:  # files can be damaged in many ways
    sys.exit(f"can't learn from {' '.join(sys.argv[1:])}: {error}")

scale, last = model.layers[0], model.layers[-1]
rows, test_data = (X[training], last.scale(y[training])), (X_test, last.scale(y_test))
left = 100 - model.epoch  # epochs
try:
    model.train(*rows, validation_data=test_data, epochs=left, print_every=25)
except KeyboardInterrupt:
    print(f"stopped after epoch {model.epoch}")
if files:
    model.save(files[0])
    print("saved", files[0])

line = create_model(scale, last, neurons=0)
line.train(*rows, epochs=100, print_every=101)  # prints nothing
found, true = answers(model, X_test), y_test[:, 0]
for answer, right in zip(found[:3], true):
    print(f"{answer:.6g}, and it is {right:.6g}")
print(f"always the mean: off by {np.mean(np.abs(last.mean - true)):.6g}")
print(f"a straight line: off by {np.mean(np.abs(answers(line, X_test) - true)):.6g}")
print(f"the network: off by {np.mean(np.abs(found - true)):.6g}")
print(f"variance left: {np.mean((found - true) ** 2) / np.var(true):.0%}")
[answer] = answers(model, X_test[0])
print(*X_test[0], f"is {answer:.6g}")

# Output:
# body_mass_g: numbers, 2700 to 6300, 94 different, 2 holes ['NA']
# bill_length_mm: numbers, 32.1 to 59.6, 164 different, 2 holes ['NA']
# ...
# rows: 342, and 2 with holes left out
# epoch: 25, acc: 0.015, loss: 0.170 (data_loss: 0.170, reg_loss: 0.000), lr: 0.01
# validation, acc: 0.000, loss: 0.178
# ...
# epoch: 100, acc: 0.007, loss: 0.156 (data_loss: 0.156, reg_loss: 0.000), lr: 0.01
# validation, acc: 0.015, loss: 0.180
# 3659.45, and it is 4450
# 3524.87, and it is 3250
# 3825.91, and it is 4475
# always the mean: off by 629.857
# a straight line: off by 310.817
# the network: off by 261.519
# variance left: 21%
# 39.6 18.1 186.0 is 3659.45

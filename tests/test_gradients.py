"""Every backward of every step is the gradient of its forward, every loss its formula.

Everything is in float64 unless it says otherwise.
"""

import math
import re

import numpy as np
import pytest

from conftest import each
from programs import one_line

H = 1e-6  # of the central differences


def central_differences(function, array):
    """The gradient of a number for an array, which is put back as it was."""
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        value = array[index]
        array[index] = value + H
        above = function()
        array[index] = value - H
        below = function()
        array[index] = value
        gradient[index] = (above - below) / (2 * H)
    return gradient


def check(value, backward, *named):
    """What backward leaves is the gradient of a value, and it changes nothing given.

    named are the owner of each gradient, the gradient's name, and of which array it is.
    """
    for writeable in False, True:
        for *_, array in named:
            array.flags.writeable = writeable
        value()
        backward()
    for owner, name, array in named:
        found, expected = getattr(owner, name), central_differences(value, array)
        assert found.shape == expected.shape
        # The differences have an error of about 1e-10, so 1e-8 is the least to ask for
        limit = max(1e-6 * np.linalg.norm(expected), 1e-8)
        assert np.linalg.norm(found - expected) <= limit


def parameters(*layers):
    for layer in layers:
        for name in {"weights", "biases"} & vars(layer).keys():
            yield layer, f"d{name}", getattr(layer, name)


def forward(layer, inputs):
    layer.forward(inputs)
    return layer.output


# ---- Every backward


def away_from_zero(rng, *shape):
    """Where max(0, x) and abs(x) have a bend."""
    return rng.choice([-1, 1], shape) * rng.uniform(0.01, 3, shape)


def dense(module, rng, n_inputs, n_neurons):
    """A layer that pays all penalties that there are."""
    layer = module.Layer_Dense(n_inputs, n_neurons)
    for name in [name for name in vars(layer) if name.endswith(("_l1", "_l2"))]:
        setattr(layer, name, rng.uniform(0, 0.1))
    layer.weights = away_from_zero(rng, n_inputs, n_neurons)
    layer.biases = away_from_zero(rng, 1, n_neurons)
    return layer


def penalty(module, *layers):
    if hasattr(layers[0], "weight_regularizer_l1"):
        return sum(map(module.Loss().regularization_loss, layers))
    return 0


def categorical(rng, n, c):
    """Probabilities and labels, in one of the forms that these may have."""
    exp_values = np.exp(rng.uniform(-3, 3, (n, c + 1)))
    labels = rng.integers(c + 1, size=n)
    rows = np.eye(c + 1)[labels]
    forms = [labels, labels.astype("uint8"), rows, rows.astype("float32")]
    forms += [labels.tolist(), rows.tolist()]
    y_true = forms[rng.integers(len(forms))]
    return exp_values / exp_values.sum(axis=1, keepdims=True), y_true


def binary(rng, n, c):
    return rng.uniform(0.05, 0.95, (n, c)), rng.integers(2, size=(n, c))


def numbers(rng, n, c):
    y_true = rng.normal(size=(n, c))
    return y_true + away_from_zero(rng, n, c), y_true


# Predictions and targets of each loss
LOSSES = {
    "Loss_CategoricalCrossentropy": categorical,
    "Loss_BinaryCrossentropy": binary,
    "Loss_MeanSquaredError": numbers,
    "Loss_MeanAbsoluteError": numbers,
}
LAST_LAYERS = {
    "Loss_CategoricalCrossentropy": "Activation_Softmax",
    "Loss_BinaryCrossentropy": "Activation_Sigmoid",
    "Loss_MeanSquaredError": "Activation_Linear",
}


def check_layer(module, name, rng, n, c):
    if name == "Layer_Dense":
        layer = dense(module, rng, c, rng.integers(1, 7))
    elif name == "Layer_Dropout":
        layer = module.Layer_Dropout(0.5)
    else:
        layer = getattr(module, name)()
    layer.training = True  # a dropout asks
    inputs = away_from_zero(rng, n, c)
    dvalues = rng.normal(size=forward(layer, inputs).shape)
    dvalues.flags.writeable = False

    def value():
        np.random.seed(0)  # it drops the same again
        return np.sum(forward(layer, inputs) * dvalues) + penalty(module, layer)

    places = (layer, "dinputs", inputs), *parameters(layer)
    check(value, lambda: layer.backward(dvalues), *places)


def check_loss(module, name, rng, n, c):
    loss, (y_pred, y_true) = getattr(module, name)(), LOSSES[name](rng, n, c)

    def backward():
        loss.backward(y_pred, y_true)

    check(lambda: loss.calculate(y_pred, y_true), backward, (loss, "dinputs", y_pred))


def check_joined(module, name, rng, n, c):
    """The gradient of the loss of a softmax, for the inputs of the softmax."""
    softmax, loss = module.Activation_Softmax(), module.Loss_CategoricalCrossentropy()
    both, (_, y_true) = getattr(module, name)(), categorical(rng, n, c)
    logits = rng.uniform(-3, 3, (n, c + 1))

    def value():
        return loss.calculate(forward(softmax, logits), y_true)

    def backward():
        assert not hasattr(both, "forward") or both.forward(logits, y_true) == value()
        both.backward(softmax.output, y_true)

    check(value, backward, (both, "dinputs", logits))


def check_model(module, name, rng, n, c):
    """The gradient of a model's loss for all its weights and biases."""
    kind = rng.choice(sorted(LAST_LAYERS.keys() & vars(module).keys()))
    loss, (y_pred, y_true) = getattr(module, kind)(), LOSSES[kind](rng, n, c)
    layers = dense(module, rng, 3, 4), dense(module, rng, 4, y_pred.shape[1])
    layers[1].weights *= 0.1
    model, X = module.Model(), rng.normal(size=(n, 3))
    model.add(*layers, getattr(module, LAST_LAYERS[kind])())
    model.loss = loss

    def value():
        output = X
        for layer in model.layers:
            output = forward(layer, output)
        return loss.calculate(output, y_true) + penalty(module, *layers)

    def backward():
        model.backward(model.layers[-1].output, y_true)

    check(value, backward, *parameters(*layers))


CHECKS = {"Model": check_model} | dict.fromkeys(LOSSES, check_loss)
CHECKS["Activation_Softmax_Loss_CategoricalCrossentropy"] = check_joined


@each("[^.]+", ".backward")
def test_backward_is_the_gradient_of_forward(module, name):
    rng = np.random.default_rng(0)
    for n, c in rng.integers(1, 7, (20, 2)):
        CHECKS.get(name, check_layer)(module, name, rng, n, c)


# ---- Single layers and losses


@each("exp|log")
def test_exp_and_log_of_float32_are_those_of_float64_rounded(module, name):
    values = np.random.default_rng(0).uniform(0.1, 20, (100, 100)).astype("float32")
    expected = [[getattr(math, name)(x) for x in row] for row in values.tolist()]
    found = getattr(module, name)(values)
    assert found.dtype == "float32" and np.array_equal(found, np.float32(expected))


@each("Activation_Softmax")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_softmax_rows_are_probabilities(module, name, dtype):
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(200, 4)) * 10.0 ** rng.integers(-30, 31, size=(200, 1))
    rows = forward(module.Activation_Softmax(), logits.astype(dtype))
    assert rows.dtype == dtype and (rows >= 0).all()
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=4 * np.finfo(dtype).eps)


@each("Activation_ReLU", ".backward")
def test_relu_has_no_gradient_at_its_kink(module, name):
    activation = module.Activation_ReLU()
    activation.forward(np.array([[-1.0, 0.0, 1.0]]))
    activation.backward(np.array([[5.0, 5.0, 5.0]]))
    assert activation.dinputs.tolist() == [[0, 0, 5]]


@each("Activation_Sigmoid")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sigmoid_of_large_numbers(module, name, dtype):
    largest = np.finfo(dtype).max
    values = [-largest, -1000, -88, 0, 1.5, 88, 1000, largest]
    layer = module.Activation_Sigmoid()
    with np.errstate(all="raise", under="ignore"):
        output = forward(layer, np.array([values], dtype))
        layer.backward(np.ones(output.shape, dtype))
    assert output.dtype == layer.dinputs.dtype == dtype
    assert output == pytest.approx(np.array([[0, 0, 0, 0.5, 0.8175745, 1, 1, 1]]))
    assert np.isfinite(layer.dinputs).all()


# Predictions and targets, first wrong, then right; the loss and the gradient, by hand
BOTH = [[0, 1], [0, 1]]  # where probabilities are 0 and 1 they are clipped
BY_HAND = {
    "Loss_CategoricalCrossentropy": (BOTH, [0, 1], 16.118, [[-5e6, 0], [0, -0.5]]),
    "Loss_BinaryCrossentropy": ([[0], [1]], [[1], [1]], 16.118, [[-5e6], [-0.5]]),
    "Loss_MeanSquaredError": ([[3], [5]], [[5], [5]], 4, [[-2], [0]]),
    "Loss_MeanAbsoluteError": ([[3], [5]], [[5], [5]], 2, [[-0.5], [0]]),
}


@each("|".join(LOSSES), ".backward")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_losses_by_hand(module, name, dtype):
    y_pred, y_true, wrong, dinputs = BY_HAND[name]
    y_pred, y_true = np.array(y_pred, dtype), np.array(y_true)
    loss = getattr(module, name)()
    found = loss.forward(y_pred, y_true)
    assert found == pytest.approx([wrong, 0], rel=1e-4, abs=1.5e-7)
    loss.backward(y_pred, y_true)
    assert loss.dinputs == pytest.approx(np.array(dinputs), rel=1e-6)


# ---- What does not fit is refused in one line


PREDICTIONS = np.array([[0.7, 0.1, 0.2], [0.2, 0.5, 0.3]])
SHAPES, SOFTMAX = "each sample needs a class number", "no softmax"
REFUSED = {
    "three for two": (PREDICTIONS, [0, 1, 2], rf"\(3,\).*{SHAPES}"),
    "a column": (PREDICTIONS, [[0], [1]], SHAPES),
    "one row": (PREDICTIONS, [[0, 0, 1]], SHAPES),
    "class -1": (PREDICTIONS, [-1, 0], "go from -1 to 0, but must be 0 to 2"),
    "class 3": (PREDICTIONS, [0, 3], "go from 0 to 3, but must be 0 to 2"),
    "no softmax": (np.array([[2.0, 1, 0], [0, 1, 2]]), [0, 1], SOFTMAX),
    "a little off": (PREDICTIONS * [[1], [1.003]], [0, 1], SOFTMAX),
    "NaN": (PREDICTIONS * [[1], [np.nan]], [0, 1], "the training has diverged"),
}


@each("Loss_CategoricalCrossentropy")
@pytest.mark.parametrize("case", REFUSED)
def test_labels_and_predictions(module, name, case):
    y_pred, y_true, message = REFUSED[case]
    loss = module.Loss_CategoricalCrossentropy()
    for labels in y_true, np.array(y_true):
        with one_line(message):
            loss.calculate(y_pred, labels)
    # Lists may come too, and mere rounding is no mistake
    found = loss.calculate((PREDICTIONS * [[1], [1.0009]]).tolist(), [0, 0])
    assert found == pytest.approx(-np.log([0.7, 0.20018]).mean())


@each("Loss_(Binary|Mean)[^.]*")
def test_targets_and_predictions(module, name):
    y_pred, loss = np.full((4, 1), 0.5), getattr(module, name)()
    loss.calculate(y_pred.tolist(), np.ones((4, 1)))
    for shape in (4,), (1, 4), (3, 1), ():
        message = f"{re.escape(f'{shape}')}.*{re.escape('(4, 1)')}"
        with one_line(message):
            loss.calculate(y_pred, np.zeros(shape))
    for value in np.nan, np.inf:
        y_pred[2] = value
        with one_line("not finite: training diverged, or nan in X"):
            loss.calculate(y_pred, np.ones((4, 1)))

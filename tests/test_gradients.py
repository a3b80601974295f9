"""Every backward of every step is the gradient of its forward, every loss its formula.

Everything is in float64 unless it says otherwise.
"""

import inspect
import itertools
import math
import re
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from conftest import each
from parts import classes
from tour.project import STEPS

H = 1e-6  # of the central differences

sizes = st.integers(1, 6)


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


def assert_close(gradient, expected):
    """Relative error, of the gradient as a whole, below 1e-6."""
    assert gradient.shape == expected.shape
    error = np.linalg.norm(gradient - expected)
    # The differences have an error of about 1e-10, so 1e-8 is the least to ask for
    assert error <= max(1e-6 * np.linalg.norm(expected), 1e-8)


def forward(layer, inputs):
    layer.forward(inputs)
    return layer.output


# ---- Every backward


def away_from_zero(rng, *shape):
    """Where max(0, x) and abs(x) have a bend."""
    return rng.choice([-1, 1], shape) * rng.uniform(0.01, 3, shape)


def make_dense(module, rng, n_inputs):
    n_neurons = rng.integers(1, 7)
    accepted = inspect.signature(module.Layer_Dense).parameters
    penalties = [name for name in accepted if name.endswith(("_l1", "_l2"))]
    factors = {name: rng.uniform(0, 0.1) for name in penalties}
    layer = module.Layer_Dense(n_inputs, n_neurons, **factors)
    layer.weights = away_from_zero(rng, n_inputs, n_neurons)
    layer.biases = away_from_zero(rng, 1, n_neurons)
    return layer


def categorical(rng, n, c):
    exp_values, labels = (
        np.exp(rng.uniform(-3, 3, (n, c + 1))),
        rng.integers(c + 1, size=n),
    )
    forms = [labels, labels.tolist(), np.eye(c + 1)[labels]]
    return exp_values / exp_values.sum(axis=1, keepdims=True), forms[rng.integers(3)]


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
}


def check_layer(layer, module, rng, inputs):
    dvalues = None

    def value():
        np.random.seed(0)  # a dropout drops the same again
        output = forward(layer, inputs)
        nonlocal dvalues
        if dvalues is None:
            dvalues = rng.normal(size=output.shape)
        penalty = 0
        if any(name.endswith(("_l1", "_l2")) for name in vars(layer)):
            penalty = module.Loss().regularization_loss(layer)
        return np.sum(output * dvalues) + penalty

    value()
    layer.backward(dvalues)
    assert_close(layer.dinputs, central_differences(value, inputs))
    for parameter in {"weights", "biases"} & set(vars(layer)):
        gradient = getattr(layer, f"d{parameter}")
        assert_close(gradient, central_differences(value, getattr(layer, parameter)))


def check_loss(loss, y_pred, y_true):
    loss.backward(y_pred, y_true)
    expected = central_differences(lambda: loss.calculate(y_pred, y_true), y_pred)
    assert_close(loss.dinputs, expected)


def check_joined(both, module, rng, n, c):
    """The gradient of the loss of a softmax, for the inputs of the softmax."""
    _, y_true = categorical(rng, n, c)
    softmax = module.Activation_Softmax()
    loss = module.Loss_CategoricalCrossentropy()
    logits = rng.uniform(-3, 3, (n, c + 1))

    def value():
        return loss.calculate(forward(softmax, logits), y_true)

    if hasattr(both, "forward"):
        assert both.forward(logits, y_true) == value()
    both.backward(forward(softmax, logits), y_true)
    assert_close(both.dinputs, central_differences(value, logits))


def check_model(module, rng, n, c):
    """The gradient of a model's loss for all its weights and biases."""
    losses = sorted(LOSSES.keys() & vars(module).keys())
    name = losses[rng.integers(len(losses))]
    y_pred, y_true = LOSSES[name](rng, n, c)
    last = LAST_LAYERS.get(name, "Activation_Linear")
    model, dense = module.Model(), make_dense(module, rng, 3)
    after = make_dense(module, rng, len(dense.biases[0]))
    after.weights = 0.3 * rng.normal(size=(len(dense.biases[0]), y_pred.shape[1]))
    after.biases = rng.normal(size=(1, y_pred.shape[1]))
    model.add(dense, module.Activation_ReLU(), after, getattr(module, last)())
    model.loss = getattr(module, name)()
    settings = {"training"} & inspect.signature(model.forward).parameters.keys()
    X = rng.normal(size=(n, 3))

    def value():
        output = model.forward(X, **dict.fromkeys(settings, True))
        loss = model.loss.calculate(output, y_true)
        if hasattr(model.loss, "regularization_loss"):
            loss += sum(map(model.loss.regularization_loss, [dense, after]))
        return loss

    value()
    assume(np.abs(dense.output).min() > 1e-4)  # away from the kink of ReLU
    output = model.layers[-1].output
    assume(name != "Loss_MeanAbsoluteError" or np.abs(output - y_true).min() > 1e-4)
    model.backward(output, y_true)
    for layer in dense, after:
        for parameter in "weights", "biases":
            expected = central_differences(value, getattr(layer, parameter))
            assert_close(getattr(layer, f"d{parameter}"), expected)


@each("[^.]+", ".backward")
@given(seed=st.integers(0, 2**32 - 1), n=sizes, c=sizes)
@settings(max_examples=30)
def test_backward_is_the_gradient_of_forward(module, name, seed, n, c):
    rng = np.random.default_rng(seed)
    if name == "Layer_Dense":
        check_layer(make_dense(module, rng, c), module, rng, rng.normal(size=(n, c)))
    elif name == "Layer_Dropout":
        layer = module.Layer_Dropout(0.5)
        layer.training = True
        check_layer(layer, module, rng, rng.normal(size=(n, c)))
    elif name in LOSSES:
        check_loss(getattr(module, name)(), *LOSSES[name](rng, n, c))
    elif name == "Model":
        check_model(module, rng, n, c)
    elif name == "Activation_Softmax_Loss_CategoricalCrossentropy":
        check_joined(getattr(module, name)(), module, rng, n, c)
    elif name.startswith("Activation_"):
        check_layer(getattr(module, name)(), module, rng, away_from_zero(rng, n, c))
    else:
        pytest.fail(f"say in {__file__} what {name} is given")


# ---- Softmax and cross-entropy, in the last step with the two in one

JOINED = "Activation_Softmax_Loss_CategoricalCrossentropy.forward"
[*_, LAST] = [s for s in STEPS if {JOINED, "Layer_Dense.backward"} <= s.parts.keys()]
nn = classes(LAST)


def matrices(rows, columns, limit=3.0):
    return arrays("float64", (rows, columns), elements=st.floats(-limit, limit))


@given(st.data(), sizes, sizes, st.sampled_from(["float32", "float64"]))
def test_softmax_rows_are_probabilities(data, n, c, dtype):
    logits = data.draw(matrices(n, c, 1e30)).astype(dtype)
    rows = forward(nn.Activation_Softmax(), logits)
    assert rows.dtype == dtype
    assert np.isfinite(rows).all() and (rows >= 0).all()
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=4 * np.finfo(dtype).eps)


@each("Activation_ReLU", ".backward")
def test_relu_has_no_gradient_at_its_kink(module, name):
    activation = module.Activation_ReLU()
    activation.forward(np.array([[-1.0, 0.0, 1.0]]))
    activation.backward(np.array([[5.0, 5.0, 5.0]]))
    assert activation.dinputs.tolist() == [[0, 0, 5]]


def test_softmax_of_integers_and_lists():
    [row] = forward(nn.Activation_Softmax(), [[1, 2, 3]])
    np.testing.assert_allclose(row, [0.09003057, 0.24472847, 0.66524096], rtol=1e-7)


def test_float32_softmax_and_loss_round_float64_values():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(10_000, 3)).astype("float32")
    logits -= logits.max(axis=1, keepdims=True)
    exp_values = np.float32([[math.exp(x) for x in row] for row in logits.tolist()])
    expected = exp_values / np.sum(exp_values, axis=1, keepdims=True)
    assert np.array_equal(forward(nn.Activation_Softmax(), logits), expected)

    loss, labels = nn.Loss_CategoricalCrossentropy(), np.zeros(10_000, int)
    losses = loss.forward(expected, labels)
    logs = np.float32([math.log(x) for x in expected[:, 0].tolist()])
    assert np.array_equal(losses, -logs)
    both = nn.Activation_Softmax_Loss_CategoricalCrossentropy()
    for part, y_true in itertools.product([loss, both], [labels, np.eye(3)[labels]]):
        part.backward(expected, y_true)
        assert part.dinputs.dtype == losses.dtype == "float32"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("y_true", [np.array([0, 1]), np.array([[1, 0], [0, 1]])])
def test_loss_and_gradient_are_finite_at_0_and_1(dtype, y_true):
    y_pred = np.array([[0, 1], [0, 1]], dtype)  # first wrong, then right
    loss = nn.Loss_CategoricalCrossentropy()
    wrong, right = loss.forward(y_pred, y_true)
    assert wrong == pytest.approx(-np.log(1e-7), rel=1e-6)
    assert right == pytest.approx(1e-7, rel=0.2)  # float32 has 1 - 1.2e-7 beside 1
    loss.backward(y_pred, y_true)
    assert loss.dinputs == pytest.approx(np.array([[-5e6, 0], [0, -0.5]]), rel=1e-6)


def test_nothing_that_is_given_is_changed():
    def read_only(array):
        array.flags.writeable = False
        return array

    rng = np.random.default_rng(0)
    dvalues, labels = read_only(rng.normal(size=(5, 3))), read_only(np.arange(5) % 3)
    layer = nn.Layer_Dense(4, 3)
    layer.forward(read_only(rng.normal(size=(5, 4))))
    layer.backward(dvalues)
    for activation in nn.Activation_ReLU(), nn.Activation_Softmax():
        read_only(forward(activation, dvalues))
        activation.backward(dvalues)
    loss = nn.Loss_CategoricalCrossentropy()
    both = nn.Activation_Softmax_Loss_CategoricalCrossentropy()
    for y_true in labels, read_only(np.eye(3)[labels]):
        loss.calculate(activation.output, y_true)
        loss.backward(activation.output, y_true)
        both.forward(dvalues, y_true)
        both.backward(read_only(both.output), y_true)


# ---- Labels and predictions

each_guard = each("Loss_CategoricalCrossentropy", ".backward")

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


def refuses(module, y_pred, y_true, message):
    for labels in y_true, np.array(y_true):
        with pytest.raises(ValueError, match=message) as error:
            module.Loss_CategoricalCrossentropy().calculate(y_pred, labels)
        assert "\n" not in str(error.value)


@each("Loss_CategoricalCrossentropy")
@pytest.mark.parametrize("case", REFUSED)
def test_wrong_labels_and_predictions_are_refused(module, name, case):
    refuses(module, *REFUSED[case])


@each_guard
@pytest.mark.parametrize("labels", [[0, 2], [[1, 0, 0], [0, 0, 1]]])
@pytest.mark.parametrize("kind", [list, np.array, np.float32, np.uint8])
def test_labels_may_be_arrays_and_lists(module, name, kind, labels):
    if kind is np.float32 and np.ndim(labels) == 1:
        return  # class numbers are integers
    y_true, loss = kind(labels), module.Loss_CategoricalCrossentropy()
    expected = -np.log([0.7, 0.3])
    np.testing.assert_allclose(loss.forward(PREDICTIONS, y_true), expected)
    assert loss.calculate(PREDICTIONS, y_true) == pytest.approx(expected.mean())
    loss.calculate((PREDICTIONS * [[1], [1.0009]]).tolist(), y_true)  # mere rounding
    loss.backward(PREDICTIONS, y_true)
    expected = [[-1 / 0.7 / 2, 0, 0], [0, 0, -1 / 0.3 / 2]]
    np.testing.assert_allclose(loss.dinputs, expected)
    both = module.Activation_Softmax_Loss_CategoricalCrossentropy()
    both.forward(np.log(PREDICTIONS), y_true)
    both.backward(both.output, y_true)
    expected = [[-0.15, 0.05, 0.1], [0.1, 0.25, -0.35]]
    np.testing.assert_allclose(both.dinputs, expected)


# ---- The sigmoid and the losses of numbers


@each("Activation_Sigmoid")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sigmoid_of_large_numbers(module, name, dtype):
    values = [-1000.0, -100.0, -88.0, 0.0, 1.5, 88.0, 100.0, 1000.0]
    largest = [-np.finfo(dtype).max, np.finfo(dtype).max]
    layer = module.Activation_Sigmoid()
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        [output] = forward(layer, np.array([values + largest], dtype))
        layer.backward(np.ones((1, len(output)), dtype))
    assert output.dtype == layer.dinputs.dtype == dtype
    assert output[:3] == pytest.approx(0, abs=1e-37)
    assert output[3:5] == pytest.approx([0.5, 1 / (1 + math.exp(-1.5))], rel=1e-6)
    assert output[5:-2] == pytest.approx(1, rel=1e-6)
    assert output[-2:] == pytest.approx([0, 1], abs=1e-37)
    assert np.isfinite(layer.dinputs).all()


def cross_entropy(p, y):
    p = min(max(p, 1e-7), 1 - 1e-7)
    slope = -(y / p - (1 - y) / (1 - p))
    return -(y * math.log(p) + (1 - y) * math.log(1 - p)), slope


# The loss of one number, and its slope
OF_NUMBERS = {
    "Loss_BinaryCrossentropy": cross_entropy,
    "Loss_MeanSquaredError": lambda p, y: ((y - p) ** 2, -2 * (y - p)),
    "Loss_MeanAbsoluteError": lambda p, y: (abs(y - p), (p > y) - (p < y)),
}
loss_of_numbers = each("|".join(OF_NUMBERS))


@loss_of_numbers
@pytest.mark.parametrize("shape", [(7, 1), (5, 3)])
def test_loss_and_gradient_are_their_formulas(module, name, shape):
    outputs = shape[1]
    y_pred, y_true = LOSSES[name](np.random.default_rng(4), *shape)
    # And where it is clipped, and where it is exactly right
    y_pred = np.concatenate([y_pred, np.zeros((1, outputs)), np.ones((1, outputs))])
    y_true = np.concatenate([y_true, np.ones((2, outputs), y_true.dtype)])
    pairs = zip(y_pred.tolist(), y_true.tolist())
    rows = np.array(
        [[OF_NUMBERS[name](*both) for both in zip(*pair)] for pair in pairs]
    )
    means, slopes = rows[..., 0].mean(axis=1), rows[..., 1] / outputs / len(rows)
    loss = getattr(module, name)()
    np.testing.assert_allclose(loss.forward(y_pred, y_true), means, rtol=1e-12)
    found = loss.calculate(y_pred, y_true)
    assert found == pytest.approx(means.mean(), rel=1e-12)
    loss.backward(y_pred, y_true)
    np.testing.assert_allclose(loss.dinputs, slopes, rtol=1e-12)


@loss_of_numbers
def test_what_does_not_fit_the_predictions_is_refused(module, name):
    y_pred, loss = np.full((4, 1), 0.5), getattr(module, name)()
    loss.calculate(y_pred.tolist(), np.ones((4, 1)))
    for shape in (4,), (1, 4), (3, 1), ():
        message = f"{re.escape(f'{shape}')}.*{re.escape('(4, 1)')}"
        with pytest.raises(ValueError, match=message) as error:
            loss.calculate(y_pred, np.zeros(shape))
        assert "\n" not in str(error.value)
    for value in np.nan, np.inf:
        y_pred[2] = value
        message = "not finite: training diverged, or nan in X"
        with pytest.raises(ValueError, match=message):
            loss.calculate(y_pred, np.ones((4, 1)))

"""Every backward of every step is the gradient of its forward, and what else holds for
all inputs. Everything is in float64 unless it says otherwise.
"""

import inspect
import math
import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from project import STEPS, classes

H = 1e-6  # of the central differences

# The same examples in every run, and no file that remembers them
settings.register_profile("tests", deadline=None, derandomize=True, database=None)
settings.load_profile("tests")

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


def one_hot(labels, classes):
    return np.eye(classes)[labels]


# ---- Every backward


def words(text):
    return set(re.findall(r"\w+", text))


def parts(name, step):
    """The source of a class and of all that it uses; a penalty is in the class Loss."""
    texts = {name: part.text for name, part in step.parts.items() if part.place}
    found, new = set(), {name, "Loss"} & texts.keys()
    while new:
        found |= new
        methods = {n for n in texts if n.partition(".")[0] in new}
        used = {word for part in new | methods for word in words(texts[part])}
        new = (methods | used & texts.keys()) - found
    return tuple(texts[name] for name in sorted(found))


def variants():
    """The classes with a backward, each wording once: the first step that has it."""
    found = {}
    for step in STEPS:
        for name in step.parts:
            if f"{name}.backward" in step.parts:
                found.setdefault(parts(name, step), (step, name))
    return list(found.values())


def away_from_zero(rng, *shape):
    """Where max(0, x) and abs(x) have a bend."""
    return rng.choice([-1, 1], shape) * rng.uniform(0.01, 3, shape)


def probabilities(rng, *shape):
    exp_values = np.exp(rng.uniform(-3, 3, shape))
    return exp_values / exp_values.sum(axis=1, keepdims=True)


def make_dense(module, rng, n_inputs):
    n_neurons = rng.integers(1, 7)
    accepted = inspect.signature(module.Layer_Dense).parameters
    penalties = [name for name in accepted if name.endswith(("_l1", "_l2"))]
    layer = module.Layer_Dense(
        n_inputs, n_neurons, **{name: rng.uniform(0, 0.1) for name in penalties}
    )
    layer.weights = away_from_zero(rng, n_inputs, n_neurons)
    layer.biases = away_from_zero(rng, 1, n_neurons)
    return layer


def make_dropout(module, rng, n_inputs):
    layer = module.Layer_Dropout(0.5)
    layer.training = True
    return layer


LAYERS = {"Layer_Dense": make_dense, "Layer_Dropout": make_dropout}


def categorical(rng, n, c):
    y_pred, labels = probabilities(rng, n, c + 1), rng.integers(c + 1, size=n)
    forms = [labels, labels.tolist(), one_hot(labels, c + 1)]
    return y_pred, forms[rng.integers(len(forms))]


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

    both.backward(forward(softmax, logits), y_true)
    assert_close(both.dinputs, central_differences(value, logits))


def check_model(module, rng, n, c):
    """The gradient of a model's loss for all its weights and biases."""
    losses = sorted(LOSSES.keys() & vars(module).keys())
    name = losses[rng.integers(len(losses))]
    y_pred, y_true = LOSSES[name](rng, n, c)
    last = {
        "Loss_CategoricalCrossentropy": "Activation_Softmax",
        "Loss_BinaryCrossentropy": "Activation_Sigmoid",
    }.get(name, "Activation_Linear")
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


@pytest.mark.parametrize(
    "step, name",
    [pytest.param(*pair, id=f"{pair[0].number:02}-{pair[1]}") for pair in variants()],
)
@given(seed=st.integers(0, 2**32 - 1), n=sizes, c=sizes)
@settings(max_examples=50)
def test_backward_is_the_gradient_of_forward(step, name, seed, n, c):
    module, rng = classes(step), np.random.default_rng(seed)
    if name in LAYERS:
        layer = LAYERS[name](module, rng, c)
        check_layer(layer, module, rng, rng.normal(size=(n, c)))
    elif name in LOSSES:
        check_loss(getattr(module, name)(), *LOSSES[name](rng, n, c))
    elif name == "Activation_Softmax_Loss_CategoricalCrossentropy":
        check_joined(
            module.Activation_Softmax_Loss_CategoricalCrossentropy(), module, rng, n, c
        )
    elif name == "Model":
        check_model(module, rng, n, c)
    elif name.startswith("Activation_"):
        layer = getattr(module, name)()
        check_layer(layer, module, rng, away_from_zero(rng, n, c))
    else:
        pytest.fail(f"say in {__file__} what {name} is given: in LAYERS or LOSSES")


# ---- What else holds for all inputs, in the last step with all these

JOINED = "Activation_Softmax_Loss_CategoricalCrossentropy.forward"
[*_, LAST] = [
    step
    for step in STEPS
    if {JOINED, "Layer_Dense.backward", "Activation_ReLU.backward"} <= step.parts.keys()
]
nn = classes(LAST)


def matrices(rows, columns, limit=3.0):
    return arrays("float64", (rows, columns), elements=st.floats(-limit, limit))


@st.composite
def logits_and_labels(draw, limit=3.0):
    """Logits (N, C) and class numbers (N,)."""
    n, c = draw(sizes), draw(sizes)
    labels = draw(arrays("int64", n, elements=st.integers(0, c - 1)))
    return draw(matrices(n, c, limit)), labels


@st.composite
def dense_layers(draw):
    n, inputs, neurons = draw(sizes), draw(sizes), draw(sizes)
    layer = nn.Layer_Dense(inputs, neurons)
    layer.weights = draw(matrices(inputs, neurons))
    layer.biases = draw(matrices(1, neurons))
    return layer, draw(matrices(n, inputs)), draw(matrices(n, neurons))


def test_relu_has_no_gradient_at_the_kink():
    activation = nn.Activation_ReLU()
    activation.forward(np.array([[-1.0, 0.0, 1.0]]))
    activation.backward(np.array([[5.0, 5.0, 5.0]]))
    assert activation.dinputs.tolist() == [[0, 0, 5]]


@given(logits_and_labels())
def test_softmax_is_the_jacobian_times_the_gradient(drawn):
    inputs, _ = drawn
    dvalues = np.cos(np.arange(inputs.size)).reshape(inputs.shape)
    activation = nn.Activation_Softmax()
    activation.forward(inputs)
    activation.backward(dvalues)
    for output, gradient, dinputs in zip(
        activation.output, dvalues, activation.dinputs
    ):
        jacobian = np.diagflat(output) - np.outer(output, output)  # as in concept 07
        np.testing.assert_allclose(dinputs, jacobian @ gradient, rtol=0, atol=1e-14)


@given(logits_and_labels())
def test_joined_gradient_is_the_product_of_the_two(drawn):
    logits, labels = drawn
    both = nn.Activation_Softmax_Loss_CategoricalCrossentropy()
    loss = nn.Loss_CategoricalCrossentropy()
    activation = nn.Activation_Softmax()

    both.forward(logits, labels)
    both.backward(both.output, labels)

    activation.forward(logits)
    assert loss.calculate(activation.output, labels) == both.forward(logits, labels)
    loss.backward(activation.output, labels)
    activation.backward(loss.dinputs)
    # The clipping of a probability of 1 leaves 1e-7 for a single class
    atol = 1e-14 if logits.shape[1] > 1 else 1e-6
    np.testing.assert_allclose(activation.dinputs, both.dinputs, rtol=0, atol=atol)


@given(st.integers(0, 2**32 - 1), sizes, sizes, sizes, st.integers(2, 6))
@settings(max_examples=50)
def test_whole_network(seed, n, inputs, neurons, classes):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, inputs)), rng.integers(classes, size=n)
    dense1, dense2 = (nn.Layer_Dense(inputs, neurons), nn.Layer_Dense(neurons, classes))
    activation1 = nn.Activation_ReLU()
    loss_activation = nn.Activation_Softmax_Loss_CategoricalCrossentropy()
    for dense in dense1, dense2:
        # Small enough to keep clear of probabilities below 1e-7, which the loss clips
        dense.weights = 0.5 * rng.normal(size=dense.weights.shape)
        dense.biases = 0.5 * rng.normal(size=dense.biases.shape)

    def loss():
        hidden = forward(activation1, forward(dense1, X))
        return loss_activation.forward(forward(dense2, hidden), y)

    loss()
    loss_activation.backward(loss_activation.output, y)
    dense2.backward(loss_activation.dinputs)
    activation1.backward(dense2.dinputs)
    dense1.backward(activation1.dinputs)

    assume(np.abs(dense1.output).min() > 1e-4)  # away from the kink of ReLU
    for gradient, parameter in [
        (dense1.dinputs, X),
        (dense1.dweights, dense1.weights),
        (dense1.dbiases, dense1.biases),
        (dense2.dweights, dense2.weights),
        (dense2.dbiases, dense2.biases),
    ]:
        assert_close(gradient, central_differences(loss, parameter))


@given(logits_and_labels(limit=1e30), st.sampled_from(["float32", "float64"]))
def test_softmax_rows_are_probabilities(drawn, dtype):
    logits = drawn[0].astype(dtype)
    probabilities = forward(nn.Activation_Softmax(), logits)
    assert probabilities.dtype == dtype
    assert np.isfinite(probabilities).all()
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(
        probabilities.sum(axis=1), 1, rtol=4 * np.finfo(dtype).eps
    )


@given(logits_and_labels(), st.floats(-100, 100))
def test_softmax_does_not_mind_a_constant(drawn, constant):
    logits, _ = drawn
    np.testing.assert_allclose(
        forward(nn.Activation_Softmax(), logits + constant),
        forward(nn.Activation_Softmax(), logits),
        rtol=1e-12,
    )


def test_float32_softmax_and_loss_round_float64_values():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(10_000, 3)).astype("float32")
    logits -= logits.max(axis=1, keepdims=True)
    exp_values = np.float32([[math.exp(x) for x in row] for row in logits.tolist()])
    expected = exp_values / np.sum(exp_values, axis=1, keepdims=True)
    assert np.array_equal(forward(nn.Activation_Softmax(), logits), expected)

    losses = nn.Loss_CategoricalCrossentropy().forward(expected, np.zeros(10_000, int))
    logs = np.float32([math.log(x) for x in expected[:, 0].tolist()])
    assert np.array_equal(losses, -logs)


def test_softmax_of_integers_and_lists():
    [row] = forward(nn.Activation_Softmax(), [[1, 2, 3]])
    np.testing.assert_allclose(row, [0.09003057, 0.24472847, 0.66524096], rtol=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("y_true", [np.array([0, 1]), np.array([[1, 0], [0, 1]])])
def test_loss_and_gradient_are_finite_at_0_and_1(dtype, y_true):
    y_pred = np.array(
        [[0, 1], [0, 1]], dtype
    )  # wrong for the first sample, right after
    loss = nn.Loss_CategoricalCrossentropy()
    wrong, right = loss.forward(y_pred, y_true)
    assert wrong == pytest.approx(-np.log(1e-7), rel=1e-6)
    assert right == pytest.approx(1e-7, rel=0.2)  # float32 has 1 - 1.2e-7 beside 1
    loss.backward(y_pred, y_true)
    assert loss.dinputs == pytest.approx(np.array([[-5e6, 0], [0, -0.5]]), rel=1e-6)


@given(
    logits_and_labels(limit=200.0),
    st.sampled_from(["float32", "float64"]),
    st.sampled_from(["int64", "uint8", "float32"]),
)
def test_one_hot_and_class_numbers_are_the_same(drawn, dtype, label_dtype):
    logits, labels = drawn[0].astype(dtype), drawn[1]
    hot = one_hot(labels, logits.shape[1]).astype(label_dtype)
    loss = nn.Loss_CategoricalCrossentropy()
    both = nn.Activation_Softmax_Loss_CategoricalCrossentropy()
    results = []
    for y in labels, labels.astype("uint8"), hot:
        value = both.forward(logits, y)
        both.backward(both.output, y)
        loss.backward(both.output, y)
        assert value.dtype == both.dinputs.dtype == loss.dinputs.dtype == dtype
        results.append([value, both.dinputs.tolist(), loss.dinputs.tolist()])
    assert results[0] == results[1] == results[2]


def read_only(array):
    array.flags.writeable = False
    return array


@given(dense_layers())
def test_nothing_that_is_given_is_changed(drawn):
    layer, inputs, dvalues = drawn
    n, neurons = dvalues.shape
    y = read_only(np.arange(n) % neurons)
    hot = read_only(one_hot(y, neurons))
    read_only(inputs), read_only(dvalues)
    layer.forward(inputs)
    layer.backward(dvalues)
    for activation in nn.Activation_ReLU(), nn.Activation_Softmax():
        activation.forward(dvalues)
        read_only(activation.output)
        activation.backward(dvalues)
    loss = nn.Loss_CategoricalCrossentropy()
    both = nn.Activation_Softmax_Loss_CategoricalCrossentropy()
    for labels in y, hot:
        loss.calculate(activation.output, labels)
        loss.backward(activation.output, labels)
        both.forward(dvalues, labels)
        both.backward(read_only(both.output), labels)


# ---- Labels and predictions

GUARDS = {s.parts["check_labels"].text: s for s in STEPS if "check_labels" in s.parts}
each_guard = pytest.mark.parametrize(
    "module", [pytest.param(classes(s), id=s.name) for s in GUARDS.values()]
)

PREDICTIONS = np.array([[0.7, 0.1, 0.2], [0.2, 0.5, 0.3]])
SHAPES, NUMBERS, SOFTMAX = "do not fit", "class numbers", "no softmax|as softmax makes"
REFUSED = {
    "three for two": (PREDICTIONS, [0, 1, 2], rf"\(3,\).*{SHAPES}"),
    "one for two": (PREDICTIONS, [0], SHAPES),
    "a number": (PREDICTIONS, 0, SHAPES),
    "a column": (PREDICTIONS, [[0], [1]], SHAPES),
    "two columns": (PREDICTIONS, [[0, 1], [1, 0]], SHAPES),
    "one row": (PREDICTIONS, [[0, 0, 1]], SHAPES),
    "three axes": (PREDICTIONS, [[[0, 0, 1], [1, 0, 0]]], SHAPES),
    "class -1": (PREDICTIONS, [-1, 0], f"-1 .*{NUMBERS}|{NUMBERS} .*-1"),
    "no softmax": (np.array([[2.0, 1, 0], [0, 1, 2]]), [0, 1], SOFTMAX),
    "a little off": (PREDICTIONS * [[1], [1.003]], [0, 1], SOFTMAX),
    "zeros": (np.zeros((2, 3)), [0, 1], SOFTMAX),
    "NaN": (PREDICTIONS * [[1], [np.nan]], [0, 1], "diverged|as softmax makes"),
}

# What the last step does not take either
ONE_HOT, PROBABILITIES = "a single 1 in each row", "predictions must be probabilities"
STRICT = {
    "flat predictions": (PREDICTIONS[0], [0, 1, 2], SHAPES),
    "no samples": (np.zeros((0, 3)), np.zeros(0, int), "N at least 1"),
    "class 3 of 3": (PREDICTIONS, [0, 3], f"{NUMBERS} .*0 to 2, not .*3"),
    "class 255": (PREDICTIONS, np.uint8([0, 255]), f"{NUMBERS} .*255"),
    "floats": (PREDICTIONS, [0.0, 1.0], f"{NUMBERS} .*float64"),
    "NaN as class": (PREDICTIONS, [0, np.nan], NUMBERS),
    "booleans": (PREDICTIONS, [True, False], f"{NUMBERS} .*bool"),
    "row of zeros": (PREDICTIONS, [[0, 0, 0], [0, 1, 0]], ONE_HOT),
    "two ones": (PREDICTIONS, [[1, 0, 1], [0, 1, 0]], ONE_HOT),
    "a two": (PREDICTIONS, [[2, 0, 0], [0, 1, 0]], ONE_HOT),
    "one minus one": (PREDICTIONS, [[1, 1, -1], [0, 1, 0]], ONE_HOT),
    "soft": (PREDICTIONS, [[0.9, 0.1, 0], [0, 1, 0]], ONE_HOT),
    "NaN as label": (PREDICTIONS, [[1, 0, 0], [np.nan, 0, 0]], ONE_HOT),
    "negative": (np.array([[1.5, -0.5, 0], [1, 0, 0]]), [0, 1], PROBABILITIES),
}


def refuses(module, y_pred, y_true, message):
    for labels in y_true, np.array(y_true):
        with pytest.raises(ValueError, match=message) as error:
            module.Loss_CategoricalCrossentropy().calculate(y_pred, labels)
        assert "\n" not in str(error.value)


@each_guard
@pytest.mark.parametrize("name", REFUSED)
def test_wrong_labels_and_predictions_are_refused(module, name):
    refuses(module, *REFUSED[name])


@pytest.mark.parametrize("name", STRICT)
def test_the_last_step_refuses_more(name):
    refuses(nn, *STRICT[name])


@each_guard
def test_rounding_and_the_first_class_are_no_mistake(module):
    y_pred = PREDICTIONS * [[1], [1.0009]]
    module.Loss_CategoricalCrossentropy().calculate(y_pred, [0, 0])
    module.Loss_CategoricalCrossentropy().calculate(y_pred.tolist(), [2, 2])


@each_guard
@pytest.mark.parametrize("labels", [[0, 2], [[1, 0, 0], [0, 0, 1]]])
@pytest.mark.parametrize("kind", [list, np.array, np.float32, np.uint8])
def test_labels_may_be_arrays_and_lists(module, kind, labels):
    if kind is np.float32 and np.ndim(labels) == 1:
        return  # class numbers are integers
    y_true = kind(labels)
    loss = module.Loss_CategoricalCrossentropy()
    expected = -np.log([0.7, 0.3])
    np.testing.assert_allclose(loss.forward(PREDICTIONS, y_true), expected)
    assert loss.calculate(PREDICTIONS, y_true) == pytest.approx(expected.mean())
    loss.backward(PREDICTIONS, y_true)
    expected = [[-1 / 0.7 / 2, 0, 0], [0, 0, -1 / 0.3 / 2]]
    np.testing.assert_allclose(loss.dinputs, expected)
    both = module.Activation_Softmax_Loss_CategoricalCrossentropy()
    both.forward(np.log(PREDICTIONS), y_true)
    both.backward(both.output, y_true)
    expected = [[-0.15, 0.05, 0.1], [0.1, 0.25, -0.35]]
    np.testing.assert_allclose(both.dinputs, expected)

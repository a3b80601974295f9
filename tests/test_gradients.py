"""Every backward of step 10 is the gradient of its forward, and what else holds for all
inputs. Everything is in float64 unless it says otherwise.
"""

import math

import numpy as np
import pytest
import step10
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

H = 1e-6  # of the central differences

# The same examples in every run, and no file that remembers them
settings.register_profile("tests", deadline=None, derandomize=True, database=None)
settings.load_profile("tests")

sizes = st.integers(1, 6)


def matrices(rows, columns, limit=3.0):
    return arrays("float64", (rows, columns), elements=st.floats(-limit, limit))


@st.composite
def logits_and_labels(draw, limit=3.0):
    """Logits (N, C) and class numbers (N,)."""
    n, c = draw(sizes), draw(sizes)
    labels = draw(arrays("int64", n, elements=st.integers(0, c - 1)))
    return draw(matrices(n, c, limit)), labels


def central_differences(function, array):
    """The gradient of a number with respect to an array, which is put back as it was."""
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
    # The differences have an error of about 1e-10, so no less than 1e-8 can be asked for
    assert np.linalg.norm(gradient - expected) <= max(1e-6 * np.linalg.norm(expected), 1e-8)


def forward(layer, inputs):
    layer.forward(inputs)
    return layer.output


def one_hot(labels, classes):
    return np.eye(classes)[labels]


@st.composite
def dense_layers(draw):
    n, inputs, neurons = draw(sizes), draw(sizes), draw(sizes)
    layer = step10.Layer_Dense(inputs, neurons)
    layer.weights = draw(matrices(inputs, neurons))
    layer.biases = draw(matrices(1, neurons))
    return layer, draw(matrices(n, inputs)), draw(matrices(n, neurons))


@given(dense_layers())
def test_dense(drawn):
    layer, inputs, dvalues = drawn
    layer.forward(inputs)
    layer.backward(dvalues)

    def value():
        return np.sum(forward(layer, inputs) * dvalues)

    assert_close(layer.dinputs, central_differences(value, inputs))
    assert_close(layer.dweights, central_differences(value, layer.weights))
    assert_close(layer.dbiases, central_differences(value, layer.biases))


@given(dense_layers())
def test_relu(drawn):
    _, inputs, _ = drawn
    inputs[np.abs(inputs) < 2 * H] = 0.5  # away from the kink
    dvalues = np.cos(np.arange(inputs.size)).reshape(inputs.shape)
    activation = step10.Activation_ReLU()
    activation.forward(inputs)
    activation.backward(dvalues)
    assert_close(activation.dinputs, central_differences(
        lambda: np.sum(forward(activation, inputs) * dvalues), inputs))


def test_relu_has_no_gradient_at_the_kink():
    activation = step10.Activation_ReLU()
    activation.forward(np.array([[-1.0, 0.0, 1.0]]))
    activation.backward(np.array([[5.0, 5.0, 5.0]]))
    assert activation.dinputs.tolist() == [[0, 0, 5]]


@given(logits_and_labels())
def test_softmax(drawn):
    inputs, _ = drawn
    dvalues = np.cos(np.arange(inputs.size)).reshape(inputs.shape)
    activation = step10.Activation_Softmax()
    activation.forward(inputs)
    activation.backward(dvalues)
    assert_close(activation.dinputs, central_differences(
        lambda: np.sum(forward(activation, inputs) * dvalues), inputs))


@given(logits_and_labels())
def test_softmax_is_the_jacobian_times_the_gradient(drawn):
    inputs, _ = drawn
    dvalues = np.cos(np.arange(inputs.size)).reshape(inputs.shape)
    activation = step10.Activation_Softmax()
    activation.forward(inputs)
    activation.backward(dvalues)
    for output, gradient, dinputs in zip(activation.output, dvalues, activation.dinputs):
        jacobian = np.diagflat(output) - np.outer(output, output)  # as in concept 07
        np.testing.assert_allclose(dinputs, jacobian @ gradient, rtol=0, atol=1e-14)


@pytest.mark.parametrize("form", ["class numbers", "one-hot"])
@given(drawn=logits_and_labels())
def test_loss(form, drawn):
    logits, labels = drawn
    y_pred = forward(step10.Activation_Softmax(), logits)
    y_true = labels if form == "class numbers" else one_hot(labels, logits.shape[1])
    # A single class has probability 1, where the loss is clipped
    y_pred = y_pred * 0.9
    loss = step10.Loss_CategoricalCrossentropy()
    loss.backward(y_pred, y_true)
    assert_close(loss.dinputs,
                 central_differences(lambda: loss.calculate(y_pred, y_true), y_pred))


@pytest.mark.parametrize("form", ["class numbers", "one-hot"])
@given(drawn=logits_and_labels())
def test_softmax_and_loss_joined(form, drawn):
    logits, labels = drawn
    y_true = labels if form == "class numbers" else one_hot(labels, logits.shape[1])
    both = step10.Activation_Softmax_Loss_CategoricalCrossentropy()
    both.forward(logits, y_true)
    both.backward(both.output, y_true)
    assert_close(both.dinputs,
                 central_differences(lambda: both.forward(logits, y_true), logits))


@given(logits_and_labels())
def test_joined_gradient_is_the_product_of_the_two(drawn):
    logits, labels = drawn
    both = step10.Activation_Softmax_Loss_CategoricalCrossentropy()
    loss = step10.Loss_CategoricalCrossentropy()
    activation = step10.Activation_Softmax()

    both.forward(logits, labels)
    both.backward(both.output, labels)

    activation.forward(logits)
    assert loss.calculate(activation.output, labels) == both.forward(logits, labels)
    loss.backward(activation.output, labels)
    activation.backward(loss.dinputs)
    # The clipping of a probability of 1 leaves 1e-7 for a single class
    atol = 1e-14 if logits.shape[1] > 1 else 1e-6
    np.testing.assert_allclose(activation.dinputs, both.dinputs, rtol=0, atol=atol)


@given(st.integers(0, 2 ** 32 - 1), sizes, sizes, sizes, st.integers(2, 6))
@settings(max_examples=50)
def test_whole_network(seed, n, inputs, neurons, classes):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, inputs)), rng.integers(classes, size=n)
    dense1, dense2 = (step10.Layer_Dense(inputs, neurons),
                      step10.Layer_Dense(neurons, classes))
    activation1 = step10.Activation_ReLU()
    loss_activation = step10.Activation_Softmax_Loss_CategoricalCrossentropy()
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
            (dense1.dinputs, X), (dense1.dweights, dense1.weights),
            (dense1.dbiases, dense1.biases), (dense2.dweights, dense2.weights),
            (dense2.dbiases, dense2.biases)]:
        assert_close(gradient, central_differences(loss, parameter))


# ---- What holds for all inputs

@given(logits_and_labels(limit=1e30), st.sampled_from(["float32", "float64"]))
def test_softmax_rows_are_probabilities(drawn, dtype):
    logits = drawn[0].astype(dtype)
    probabilities = forward(step10.Activation_Softmax(), logits)
    assert probabilities.dtype == dtype
    assert np.isfinite(probabilities).all()
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=4 * np.finfo(dtype).eps)


@given(logits_and_labels(), st.floats(-100, 100))
def test_softmax_does_not_mind_a_constant(drawn, constant):
    logits, _ = drawn
    np.testing.assert_allclose(forward(step10.Activation_Softmax(), logits + constant),
                               forward(step10.Activation_Softmax(), logits), rtol=1e-12)


def test_float32_softmax_and_loss_round_float64_values():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(10_000, 3)).astype("float32")
    logits -= logits.max(axis=1, keepdims=True)
    exp_values = np.float32([[math.exp(x) for x in row] for row in logits.tolist()])
    expected = exp_values / np.sum(exp_values, axis=1, keepdims=True)
    assert np.array_equal(forward(step10.Activation_Softmax(), logits), expected)

    losses = step10.Loss_CategoricalCrossentropy().forward(expected, np.zeros(10_000, int))
    logs = np.float32([math.log(x) for x in expected[:, 0].tolist()])
    assert np.array_equal(losses, -logs)


def test_softmax_of_integers_and_lists():
    [row] = forward(step10.Activation_Softmax(), [[1, 2, 3]])
    np.testing.assert_allclose(row, [0.09003057, 0.24472847, 0.66524096], rtol=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("y_true", [np.array([0, 1]), np.array([[1, 0], [0, 1]])])
def test_loss_and_gradient_are_finite_at_0_and_1(dtype, y_true):
    y_pred = np.array([[0, 1], [0, 1]], dtype)  # wrong for the first sample, right after
    loss = step10.Loss_CategoricalCrossentropy()
    wrong, right = loss.forward(y_pred, y_true)
    assert wrong == pytest.approx(-np.log(1e-7), rel=1e-6)
    assert right == pytest.approx(1e-7, rel=0.2)  # float32 has 1 - 1.2e-7 beside 1
    loss.backward(y_pred, y_true)
    assert loss.dinputs == pytest.approx(np.array([[-5e6, 0], [0, -0.5]]), rel=1e-6)


@given(logits_and_labels(limit=200.0), st.sampled_from(["float32", "float64"]),
       st.sampled_from(["int64", "uint8", "float32"]))
def test_one_hot_and_class_numbers_are_the_same(drawn, dtype, label_dtype):
    logits, labels = drawn[0].astype(dtype), drawn[1]
    hot = one_hot(labels, logits.shape[1]).astype(label_dtype)
    loss = step10.Loss_CategoricalCrossentropy()
    both = step10.Activation_Softmax_Loss_CategoricalCrossentropy()
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
    for activation in step10.Activation_ReLU(), step10.Activation_Softmax():
        activation.forward(dvalues)
        read_only(activation.output)
        activation.backward(dvalues)
    loss = step10.Loss_CategoricalCrossentropy()
    both = step10.Activation_Softmax_Loss_CategoricalCrossentropy()
    for labels in y, hot:
        loss.calculate(activation.output, labels)
        loss.backward(activation.output, labels)
        both.forward(dvalues, labels)
        both.backward(read_only(both.output), labels)


# ---- Bad labels

PREDICTIONS = np.full((2, 3), 1 / 3)


@pytest.mark.parametrize("labels, message", [
    ([0, 1, 2], r"labels (3,) do not fit predictions (2, 3)"),
    ([0], r"labels (1,) do not fit predictions (2, 3)"),
    (0, r"labels () do not fit predictions (2, 3)"),
    ([[0], [1]], r"labels (2, 1) do not fit predictions (2, 3)"),
    ([[0, 1], [1, 0]], r"labels (2, 2) do not fit predictions (2, 3)"),
    ([[0, 0, 1]], r"labels (1, 3) do not fit predictions (2, 3)"),
    ([[[0, 0, 1], [1, 0, 0]]], r"labels (1, 2, 3) do not fit predictions (2, 3)"),
    ([0, 3], "class number 3 is not in 0 .. 2"),
    ([-1, 0], "class number -1 is not in 0 .. 2"),
    ([0, 255], "class number 255 is not in 0 .. 2"),
])
@pytest.mark.parametrize("calculate", [
    step10.Loss_CategoricalCrossentropy().calculate,
    step10.Activation_Softmax_Loss_CategoricalCrossentropy().forward])
def test_bad_labels(calculate, labels, message):
    with pytest.raises(ValueError) as error:
        calculate(PREDICTIONS, np.array(labels))
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_good_labels():
    loss = step10.Loss_CategoricalCrossentropy()
    for labels in [0, 2], [[1, 0, 0], [0, 0, 1]]:
        assert loss.calculate(PREDICTIONS, np.array(labels)) == pytest.approx(np.log(3))

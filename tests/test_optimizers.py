"""Optimizers, penalties, dropout and the losses of numbers are what their formulas say.

The formulas are written again in plain Python floats, and everything is in float64
unless it says otherwise.
"""

import inspect
import math
import re
import warnings

import numpy as np
import pytest

from project import STEPS, classes
from test_gradients import LOSSES, forward, parts

STEPS_TO_TAKE = 10


def having(pattern):
    """The classes of that name, each wording once, as parameters of a test."""
    found = {}
    for step in STEPS:
        for name in step.parts:
            if re.fullmatch(pattern, name):
                found.setdefault(parts(name, step), (step, name))
    assert found
    return [
        pytest.param(classes(step), name, id=f"{step.number:02}-{name}")
        for step, name in found.values()
    ]


def each(pattern):
    return pytest.mark.parametrize("module, name", having(pattern))


def accepted(kind):
    return inspect.signature(kind).parameters


# ---- Every optimizer

# The settings that are tried, as far as an optimizer takes them
SETTINGS = {"learning_rate": 0.3, "decay": 0.07, "momentum": 0.8}
SETTINGS |= {"rho": 0.7, "beta_1": 0.85, "beta_2": 0.95, "epsilon": 1e-7}


def sgd(parameter, gradients, rates, momentum=0.0):
    step = 0.0
    for gradient, rate in zip(gradients, rates):
        step = momentum * step - rate * gradient
        parameter += step
        yield parameter


def adagrad(parameter, gradients, rates, epsilon):
    cache = 0.0
    for gradient, rate in zip(gradients, rates):
        cache += gradient**2
        parameter += -rate * gradient / (math.sqrt(cache) + epsilon)
        yield parameter


def rmsprop(parameter, gradients, rates, epsilon, rho):
    cache = 0.0
    for gradient, rate in zip(gradients, rates):
        cache = rho * cache + (1 - rho) * gradient**2
        parameter += -rate * gradient / (math.sqrt(cache) + epsilon)
        yield parameter


def adam(parameter, gradients, rates, epsilon, beta_1, beta_2):
    mean = cache = 0.0
    for n, (gradient, rate) in enumerate(zip(gradients, rates), start=1):
        mean = beta_1 * mean + (1 - beta_1) * gradient
        cache = beta_2 * cache + (1 - beta_2) * gradient**2
        size = math.sqrt(cache / (1 - beta_2**n)) + epsilon
        parameter += -rate * (mean / (1 - beta_1**n)) / size
        yield parameter


FORMULAS = {
    "Optimizer_SGD": sgd,
    "Optimizer_Adagrad": adagrad,
    "Optimizer_RMSprop": rmsprop,
    "Optimizer_Adam": adam,
}


def decayed(learning_rate, decay=0.0):
    return [learning_rate * (1.0 / (1.0 + decay * n)) for n in range(STEPS_TO_TAKE)]


def layers_of(module, rng):
    """Two layers, so that an update of one is not a step of the optimizer."""
    layers = module.Layer_Dense(3, 2), module.Layer_Dense(2, 1)
    for layer in layers:
        layer.weights = rng.normal(size=layer.weights.shape)
        layer.biases = rng.normal(size=layer.biases.shape)
    return layers


def parameters_of(layers):
    return np.concatenate(
        [array.ravel() for layer in layers for array in (layer.weights, layer.biases)]
    )


def taken(optimizer, layers, gradients):
    """The rates and the parameters of all steps; gradients: a row for each step."""
    rates, parameters = [], []
    for row in gradients:
        place = 0
        for layer in layers:
            for name in "weights", "biases":
                array = getattr(layer, name)
                part = row[place : place + array.size].reshape(array.shape)
                setattr(layer, f"d{name}", part.copy())
                place += array.size
        assert place == len(row)
        if hasattr(optimizer, "pre_update_params"):
            optimizer.pre_update_params()
        for layer in layers:
            optimizer.update_params(layer)
        name = "current_learning_rate"
        rates.append(getattr(optimizer, name, optimizer.learning_rate))
        if hasattr(optimizer, "post_update_params"):
            optimizer.post_update_params()
        parameters.append(parameters_of(layers))
    return rates, np.array(parameters)


def gradients_for(layers, rng):
    """Some of them 0, and of very different sizes."""
    gradients = rng.normal(size=(STEPS_TO_TAKE, len(parameters_of(layers))))
    gradients *= 10.0 ** rng.integers(-3, 4, size=gradients.shape[1])
    gradients[:3, 0] = 0
    return gradients


@each("Optimizer_[^.]*")
@pytest.mark.parametrize("left_out", [(), ("decay",), ("momentum", "rho", "beta_1")])
def test_update_is_its_formula(module, name, left_out):
    assert name in FORMULAS, f"write its formula in {__file__}"
    rng, kind = np.random.default_rng(0), getattr(module, name)
    layers = layers_of(module, rng)
    gradients, before = gradients_for(layers, rng), parameters_of(layers)
    known = SETTINGS.keys() & accepted(kind).keys() - {*left_out}
    assert accepted(kind).keys() <= SETTINGS.keys(), f"give it a value in {__file__}"
    own = {setting: SETTINGS[setting] for setting in known}
    found_rates, found = taken(kind(**own), layers, gradients)

    # A setting that is left out has its default
    used = {n: p.default for n, p in accepted(kind).items()} | own
    rates = decayed(used.pop("learning_rate"), used.pop("decay", 0.0))
    assert found_rates == pytest.approx(rates, rel=1e-15)
    columns = [
        [*FORMULAS[name](parameter, column, rates, **used)]
        for parameter, column in zip(before.tolist(), gradients.T.tolist())
    ]
    np.testing.assert_allclose(found, np.transpose(columns), rtol=1e-12)


@each("Optimizer_[^.]*")
def test_update_is_that_of_pytorch(module, name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    rng, kind = np.random.default_rng(1), getattr(module, name)
    layers = layers_of(module, rng)
    gradients, before = gradients_for(layers, rng), parameters_of(layers)
    # PyTorch decays in another way, if at all; epsilon stands beside the root in both
    known = SETTINGS.keys() & accepted(kind).keys() - {"decay"}
    own = {setting: SETTINGS[setting] for setting in known}
    _, found = taken(kind(**own), layers, gradients)

    same = {"learning_rate": "lr", "rho": "alpha", "epsilon": "eps"}
    theirs = {same.get(n, n): v for n, v in own.items() if not n.startswith("beta")}
    if "beta_1" in own:
        theirs["betas"] = own["beta_1"], own["beta_2"]
    parameter = torch.tensor(before, requires_grad=True)
    kind = getattr(torch.optim, name.removeprefix("Optimizer_"))
    optimizer = kind([parameter], **theirs)
    expected = []
    for row in gradients:
        parameter.grad = torch.tensor(row)
        optimizer.step()
        expected.append(parameter.detach().numpy().copy())
    np.testing.assert_allclose(found, expected, rtol=1e-9)


# ---- Settings that make no sense

NAN = math.nan
BAD = {"learning_rate": [0, -1.0, NAN], "decay": [-1e-3, NAN]}
BAD |= {name: [1, 1.5, -0.1, NAN] for name in ("momentum", "rho", "beta_1", "beta_2")}


GUARDED = [p for p in having("Optimizer_[^.]*") if hasattr(p.values[0], "Accuracy")]


@pytest.mark.parametrize("module, name", GUARDED)  # from step 23 on
def test_bad_settings_are_refused(module, name):
    kind = getattr(module, name)
    tried = [(s, v) for s in BAD if s in accepted(kind) for v in BAD[s]]
    for setting, value in tried:
        with pytest.raises(ValueError, match=setting.partition("_")[0]) as error:
            kind(**{setting: value})
        assert "\n" not in str(error.value)
        assert str(value) in str(error.value)
    assert tried
    kind(**{s: 0 for s in BAD if s in accepted(kind) and s != "learning_rate"})


@each("Layer_Dropout")
def test_bad_dropout_rate_is_refused(module, name):
    for rate in 1, 1.5, -0.1, NAN:
        with pytest.raises(ValueError, match=f"dropout rate .*{rate}") as error:
            module.Layer_Dropout(rate)
        assert "\n" not in str(error.value)


# ---- Penalties

PENALTIES = [
    f"{what}_regularizer_{n}" for what in ("weight", "bias") for n in ("l1", "l2")
]


def dense_with(module, **penalties):
    rng = np.random.default_rng(2)
    layer = module.Layer_Dense(3, 2, **penalties)
    layer.weights = rng.normal(size=(3, 2))
    layer.biases = rng.normal(size=(1, 2))
    return layer


def with_penalties():
    return [
        p for p in having("Loss") if hasattr(p.values[0].Loss, "regularization_loss")
    ]


@pytest.mark.parametrize("module, name", with_penalties())
@pytest.mark.parametrize("chosen", [[], *([p] for p in PENALTIES), PENALTIES])
def test_penalty_is_its_formula(module, name, chosen):
    factors = {p: 0.1 + 0.2 * PENALTIES.index(p) for p in chosen}
    layer = dense_with(module, **factors)
    expected = 0.0
    for penalty, factor in factors.items():
        array = layer.weights if penalty.startswith("weight") else layer.biases
        values = array.ravel().tolist()
        expected += factor * math.fsum(
            abs(x) if penalty.endswith("l1") else x * x for x in values
        )
    found = module.Loss().regularization_loss(layer)
    assert type(found) is float
    assert found == pytest.approx(expected, rel=1e-14)
    assert (found == 0) is (not chosen)


@pytest.mark.parametrize("module, name", with_penalties())
@pytest.mark.parametrize("what", ["weight", "bias"])
def test_slope_of_l1_at_0_is_l1(module, name, what):
    layer = dense_with(module, **{f"{what}_regularizer_l1": 0.3})
    array = layer.weights if what == "weight" else layer.biases
    array.flat[:2] = 0.0, -0.0
    signs = [1, 1] + [math.copysign(1, x) for x in array.ravel().tolist()[2:]]
    layer.forward(np.zeros((4, 3)))
    layer.backward(np.zeros((4, 2)))  # so that the penalty alone has a slope
    found = layer.dweights if what == "weight" else layer.dbiases
    assert found.ravel().tolist() == [0.3 * sign for sign in signs]


# ---- Dropout


@each("Layer_Dropout")
@pytest.mark.parametrize("rate", [0, 0.1, 0.5, 0.9])
def test_dropout(module, name, rate):
    np.random.seed(0)
    layer, rng = module.Layer_Dropout(rate), np.random.default_rng(3)
    layer.training = True  # some steps don't ask
    inputs, dvalues = rng.uniform(1, 2, (100, 100)), rng.uniform(1, 2, (100, 100))
    mask = forward(layer, inputs) / inputs
    stay = mask != 0
    assert mask[stay] == pytest.approx(1 / (1 - rate), rel=1e-12)
    # Five times the standard deviation of the share that stays
    spread = math.sqrt(rate * (1 - rate) / mask.size)
    assert np.mean(stay) == pytest.approx(1 - rate, abs=5 * spread)
    layer.backward(dvalues)
    np.testing.assert_allclose(layer.dinputs, dvalues * mask, rtol=1e-12)
    # It draws anew, and each number by itself
    if rate:
        assert (stay != (forward(layer, inputs) != 0)).any()
        assert len({row.tobytes() for row in stay}) > 1
        assert len({column.tobytes() for column in stay.T}) > 1


@pytest.mark.parametrize(
    "module, name",
    [p for p in having("Layer_Dropout") if hasattr(p.values[0], "Model")],
)
def test_dropout_in_use_passes_everything(module, name):
    layer, inputs = module.Layer_Dropout(0.5), np.random.default_rng(5).normal(size=99)
    layer.training = False
    state = np.random.get_state()[1].tolist()
    assert forward(layer, inputs).tolist() == inputs.tolist()
    assert np.random.get_state()[1].tolist() == state  # it draws nothing
    model = module.Model()
    model.add(layer)
    assert model.forward(inputs, training=False).tolist() == inputs.tolist()
    assert (model.forward(inputs, training=True) == 0).any()
    assert model.forward(inputs, training=False).tolist() == inputs.tolist()


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


def binary(p, y):
    p = min(max(p, 1e-7), 1 - 1e-7)
    slope = -(y / p - (1 - y) / (1 - p))
    return -(y * math.log(p) + (1 - y) * math.log(1 - p)), slope


def squared(p, y):
    return (y - p) ** 2, -2 * (y - p)


def absolute(p, y):
    return abs(y - p), (p > y) - (p < y)


# The loss of one number, and its slope
OF_NUMBERS = {
    "Loss_BinaryCrossentropy": binary,
    "Loss_MeanSquaredError": squared,
    "Loss_MeanAbsoluteError": absolute,
}
loss_of_numbers = each("|".join(OF_NUMBERS))


@loss_of_numbers
@pytest.mark.parametrize("shape", [(1, 1), (7, 1), (5, 3)])
def test_loss_and_gradient_are_their_formulas(module, name, shape):
    outputs = shape[1]
    y_pred, y_true = LOSSES[name](np.random.default_rng(4), *shape)
    # And where it is clipped, and where it is exactly right
    y_pred = np.concatenate([y_pred, np.zeros((1, outputs)), np.ones((1, outputs))])
    y_true = np.concatenate([y_true, np.ones((2, outputs), y_true.dtype)])
    loss = getattr(module, name)()
    rows = [
        [OF_NUMBERS[name](p, y) for p, y in zip(*pair)]
        for pair in zip(y_pred.tolist(), y_true.tolist())
    ]
    means = [math.fsum(value for value, _ in row) / outputs for row in rows]
    assert loss.forward(y_pred, y_true) == pytest.approx(means, rel=1e-12)
    mean = math.fsum(means) / len(means)
    assert loss.calculate(y_pred, y_true) == pytest.approx(mean, rel=1e-12)
    loss.backward(y_pred, y_true)
    slopes = [[slope / outputs / len(rows) for _, slope in row] for row in rows]
    np.testing.assert_allclose(loss.dinputs, slopes, rtol=1e-12)


@loss_of_numbers
@pytest.mark.parametrize(
    "shape", [(4,), (1, 4), (4, 2), (3, 1), (1, 1), (), (4, 1, 1), (0, 1)]
)
def test_targets_of_another_shape_are_refused(module, name, shape):
    y_pred = np.full((4, 1), 0.5)
    message = re.escape(f"{shape}") + ".*" + re.escape(f"{y_pred.shape}")
    for how in "forward", "calculate":
        with pytest.raises(ValueError, match=message) as error:
            getattr(getattr(module, name)(), how)(y_pred, np.zeros(shape))
        assert "\n" not in str(error.value)

"""Optimizers, penalties and dropout are what their formulas say.

The formulas are written again in plain Python floats, and everything is in float64.
"""

import inspect
import math

import numpy as np
import pytest

from conftest import each

STEPS_TO_TAKE = 10


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


def parameters_of(layers):
    found = [array for layer in layers for array in (layer.weights, layer.biases)]
    return np.concatenate([array.ravel() for array in found])


def dense(module, *shape, **settings):
    """A layer with numbers in its biases too."""
    rng, layer = np.random.default_rng(2), module.Layer_Dense(*shape, **settings)
    layer.weights = rng.normal(size=shape)
    layer.biases = rng.normal(size=(1, shape[1]))
    return layer


def taken(module, name, left_out):
    """What an optimizer does, and with which settings: the parameters before, the
    gradients, a row for each step, then the rates and the parameters of all steps.
    """
    # Two layers, so that an update of one is not a step of the optimizer
    layers = dense(module, 3, 2), dense(module, 2, 1)
    rng, kind, before = (
        np.random.default_rng(0),
        getattr(module, name),
        parameters_of(layers),
    )
    # Some of them 0, and of very different sizes
    gradients = rng.normal(size=(STEPS_TO_TAKE, len(before)))
    gradients *= 10.0 ** rng.integers(-3, 4, size=gradients.shape[1])
    gradients[:3, 0] = 0
    assert accepted(kind).keys() <= SETTINGS.keys(), f"give it a value in {__file__}"
    own = {n: SETTINGS[n] for n in accepted(kind) if n not in left_out}
    optimizer, rates, found = kind(**own), [], []
    for row in gradients.copy():
        parts = np.split(row, [6, 8, 10])
        for layer in layers:
            layer.dweights = parts.pop(0).reshape(layer.weights.shape)
            layer.dbiases = parts.pop(0).reshape(layer.biases.shape)
        getattr(optimizer, "pre_update_params", int)()
        for layer in layers:
            optimizer.update_params(layer)
        rate = optimizer.learning_rate
        rates.append(getattr(optimizer, "current_learning_rate", rate))
        getattr(optimizer, "post_update_params", int)()
        found.append(parameters_of(layers))
    return own, before, gradients, rates, np.array(found)


@each("Optimizer_[^.]*")
@pytest.mark.parametrize("left_out", [(), ("decay",), ("momentum", "rho", "beta_1")])
def test_update_is_its_formula(module, name, left_out):
    assert name in FORMULAS, f"write its formula in {__file__}"
    own, before, gradients, found_rates, found = taken(module, name, left_out)
    # A setting that is left out has its default
    used = {n: p.default for n, p in accepted(getattr(module, name)).items()} | own
    rate, decay = used.pop("learning_rate"), used.pop("decay", 0.0)
    rates = [rate * (1.0 / (1.0 + decay * n)) for n in range(STEPS_TO_TAKE)]
    assert found_rates == pytest.approx(rates, rel=1e-15)
    columns = [
        [*FORMULAS[name](parameter, column, rates, **used)]
        for parameter, column in zip(before.tolist(), gradients.T.tolist())
    ]
    np.testing.assert_allclose(found, np.transpose(columns), rtol=1e-12)


@each("Optimizer_[^.]*")
def test_update_is_that_of_pytorch(module, name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    # PyTorch decays in another way, if at all; epsilon stands beside the root in both
    own, before, gradients, _, found = taken(module, name, ["decay"])
    same = {"learning_rate": "lr", "rho": "alpha", "epsilon": "eps"}
    theirs = {same.get(n, n): v for n, v in own.items() if not n.startswith("beta")}
    if "beta_1" in own:
        theirs["betas"] = own["beta_1"], own["beta_2"]
    parameter = torch.tensor(before, requires_grad=True)
    optimizer = getattr(torch.optim, name.removeprefix("Optimizer_"))(
        [parameter], **theirs
    )
    for row, expected in zip(gradients, found):
        parameter.grad = torch.tensor(row)
        optimizer.step()
        np.testing.assert_allclose(expected, parameter.detach().numpy(), rtol=1e-9)


# ---- Penalties

PENALTIES = [
    f"{what}_regularizer_{n}" for what in ("weight", "bias") for n in ("l1", "l2")
]
each_with_penalties = each("Loss", ".regularization_loss")


@each_with_penalties
@pytest.mark.parametrize("chosen", [[], *([p] for p in PENALTIES), PENALTIES])
def test_penalty_is_its_formula(module, name, chosen):
    factors = {p: 0.1 + 0.2 * PENALTIES.index(p) for p in chosen}
    layer, expected = dense(module, 3, 2, **factors), 0.0
    for penalty, factor in factors.items():
        array = layer.weights if penalty.startswith("weight") else layer.biases
        expected += factor * np.sum(abs(array) if "l1" in penalty else array * array)
    found = module.Loss().regularization_loss(layer)
    assert type(found) is float
    assert found == pytest.approx(expected, rel=1e-14)
    assert (found == 0) is (not chosen)


@each_with_penalties
@pytest.mark.parametrize("what, array", [("weight", "weights"), ("bias", "biases")])
def test_slope_of_l1_at_0_is_l1(module, name, what, array):
    layer = dense(module, 3, 2, **{f"{what}_regularizer_l1": 0.3})
    getattr(layer, array).flat[:2] = 0.0, -0.0
    layer.forward(np.zeros((4, 3)))
    layer.backward(np.zeros((4, 2)))  # so that the penalty alone has a slope
    signs = [1 if x >= 0 else -1 for x in getattr(layer, array).flat]
    found = getattr(layer, f"d{array}")
    assert found.ravel().tolist() == [0.3 * sign for sign in signs]


# ---- Dropout


@each("Layer_Dropout")
@pytest.mark.parametrize("rate", [0, 0.1, 0.5, 0.9])
def test_dropout(module, name, rate):
    np.random.seed(0)
    layer, rng = module.Layer_Dropout(rate), np.random.default_rng(3)
    layer.training = True  # some steps don't ask
    inputs, dvalues = rng.uniform(1, 2, (2, 100, 100))
    layer.forward(inputs)
    mask = layer.output / inputs
    stay = mask != 0
    assert mask[stay] == pytest.approx(1 / (1 - rate), rel=1e-12)
    # Five times the standard deviation of the share that stays
    spread = math.sqrt(rate * (1 - rate) / mask.size)
    assert np.mean(stay) == pytest.approx(1 - rate, abs=5 * spread)
    layer.backward(dvalues)
    np.testing.assert_allclose(layer.dinputs, dvalues * mask, rtol=1e-12)
    # It draws anew, and each number by itself
    if rate:
        layer.forward(inputs)
        assert (stay != (layer.output != 0)).any()
        assert len({row.tobytes() for row in stay}) > 1
        assert len({column.tobytes() for column in stay.T}) > 1
    for wrong in 1, -0.1:
        with pytest.raises(ValueError, match=f"rate.*{wrong}"):
            module.Layer_Dropout(wrong)


@each("Layer_Dropout", where=lambda module: hasattr(module, "Model"))
def test_dropout_in_use_passes_everything(module, name):
    inputs, model = np.random.default_rng(5).normal(size=99), module.Model()
    model.add(module.Layer_Dropout(0.5))
    for training in False, True, False:
        state = np.random.get_state()[1].tolist()
        output = model.forward(inputs, training=training)
        assert ((output == 0).any(), (output != inputs).any()) == (training, training)
        drawn = np.random.get_state()[1].tolist() != state
        assert drawn <= training  # in use it draws nothing

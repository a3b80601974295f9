"""Optimizers, penalties and dropout are what their formulas say, in float64."""

import inspect

import numpy as np
import pytest

from conftest import each
from test_gradients import dense

# ---- Every optimizer

# What is tried, as far as an optimizer takes it: everything, and what it can do without
SETTINGS = {"learning_rate": 0.3, "decay": 0.07, "momentum": 0.8}
SETTINGS |= {"rho": 0.7, "beta_1": 0.85, "beta_2": 0.95, "epsilon": 1e-7}
BARE = SETTINGS | {"decay": 0.0, "momentum": 0.0}


def sgd(gradients, rates, momentum=0.0):
    step = 0.0
    for gradient, rate in zip(gradients, rates):
        step = momentum * step - rate * gradient
        yield step


def adagrad(gradients, rates, epsilon):
    cache = 0.0
    for gradient, rate in zip(gradients, rates):
        cache = cache + gradient**2
        yield -rate * gradient / (np.sqrt(cache) + epsilon)


def rmsprop(gradients, rates, epsilon, rho):
    cache = 0.0
    for gradient, rate in zip(gradients, rates):
        cache = rho * cache + (1 - rho) * gradient**2
        yield -rate * gradient / (np.sqrt(cache) + epsilon)


def adam(gradients, rates, epsilon, beta_1, beta_2):
    mean = cache = 0.0
    for n, (gradient, rate) in enumerate(zip(gradients, rates), start=1):
        mean = beta_1 * mean + (1 - beta_1) * gradient
        cache = beta_2 * cache + (1 - beta_2) * gradient**2
        size = np.sqrt(cache / (1 - beta_2**n)) + epsilon
        yield -rate * (mean / (1 - beta_1**n)) / size


FORMULAS = {
    "Optimizer_SGD": sgd,
    "Optimizer_Adagrad": adagrad,
    "Optimizer_RMSprop": rmsprop,
    "Optimizer_Adam": adam,
}


def parameters_of(layers):
    found = [array for layer in layers for array in (layer.weights, layer.biases)]
    return np.concatenate([array.ravel() for array in found])


def taken(kind, module, settings):
    """The settings that an optimizer takes, and what it does with them: parameters
    before, gradients (a row for each step), rates, and the parameters of all steps.
    """
    own = {n: settings[n] for n in inspect.signature(kind).parameters}
    optimizer, rng = kind(**own), np.random.default_rng(0)
    # Two layers, so that an update of one is not a step of the optimizer
    layers = dense(module, rng, 3, 2), dense(module, rng, 2, 1)
    before, rates, found = parameters_of(layers), [], []
    # Some of them 0, and of very different sizes
    gradients = rng.normal(size=(10, 11)) * 10.0 ** rng.integers(-3, 4, size=11)
    gradients[:3, 0] = 0
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
    return own, before, gradients, rates, found


@each("Optimizer_[^.]*")
@pytest.mark.parametrize("settings", [SETTINGS, BARE], ids=["all", "bare"])
def test_update_is_its_formula(module, name, settings):
    kind = getattr(module, name)
    own, before, gradients, found_rates, found = taken(kind, module, settings)
    rate, decay = own.pop("learning_rate"), own.pop("decay", 0.0)
    rates = [rate * (1.0 / (1.0 + decay * n)) for n in range(len(gradients))]
    assert found_rates == pytest.approx(rates, rel=1e-15)
    assert name in FORMULAS, "FORMULAS of this file has no formula for it: add it"
    steps = [*FORMULAS[name](gradients, rates, **own)]
    np.testing.assert_allclose(found, before + np.cumsum(steps, axis=0), rtol=1e-12)


@each("Optimizer_[^.]*")
def test_update_is_that_of_pytorch(module, name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    # PyTorch decays in another way, if at all; epsilon stands beside the root in both
    settings = SETTINGS | {"decay": 0.0}
    own, before, gradients, _, found = taken(getattr(module, name), module, settings)
    same = {"learning_rate": "lr", "rho": "alpha", "epsilon": "eps"}
    same["momentum"] = "momentum"
    theirs = {same[n]: value for n, value in own.items() if n in same}
    if "beta_1" in own:
        theirs["betas"] = own["beta_1"], own["beta_2"]
    parameter = torch.tensor(before, requires_grad=True)
    kind = getattr(torch.optim, name.removeprefix("Optimizer_"))
    optimizer = kind([parameter], **theirs)
    for row, expected in zip(gradients, found):
        parameter.grad = torch.tensor(row)
        optimizer.step()
        np.testing.assert_allclose(expected, parameter.detach().numpy(), rtol=1e-9)


# ---- Penalties

PENALTIES = [f"{w}_regularizer_l{n}" for w in ("weight", "bias") for n in (1, 2)]


@each("Loss", ".regularization_loss")
@pytest.mark.parametrize("own", PENALTIES)
def test_penalty_is_its_formula(module, name, own):
    layer = dense(module, np.random.default_rng(2), 3, 2)
    vars(layer).update(dict.fromkeys(PENALTIES, 0) | {own: 0.3})
    kind = "weights" if own.startswith("weight") else "biases"
    array = getattr(layer, kind)
    array.flat[:2] = 0.0, -0.0  # where L1 has a slope too
    expected = 0.3 * np.sum(abs(array) if own.endswith("1") else array**2)
    found = module.Loss().regularization_loss(layer)
    assert type(found) is float and found == pytest.approx(expected, rel=1e-14)
    layer.forward(np.zeros((4, 3)))
    layer.backward(np.zeros((4, 2)))  # so that the penalty alone has a slope
    slope = np.where(array >= 0, 0.3, -0.3) if own.endswith("1") else 0.6 * array
    np.testing.assert_allclose(getattr(layer, f"d{kind}"), slope, rtol=1e-14)


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
    assert np.mean(stay) == pytest.approx(1 - rate, abs=0.025)  # 5 standard deviations
    layer.backward(dvalues)
    np.testing.assert_allclose(layer.dinputs, dvalues * mask, rtol=1e-12)
    if rate:  # it draws anew, and each number by itself
        layer.forward(inputs)
        assert (stay != (layer.output != 0)).any()
        assert (stay != stay[0]).any() and (stay.T[0] != stay.T).any()
    for wrong in 1, -0.1:
        with pytest.raises(ValueError, match=f"rate.*{wrong}"):
            module.Layer_Dropout(wrong)

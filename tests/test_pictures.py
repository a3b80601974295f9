"""The pictures are what assets/draw.py draws; their formulas are what steps compute."""

import ast
import json
import re
import runpy

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from project import ROOT, STEPS, classes

ASSETS = ROOT / "assets"
DRAW = runpy.run_path(ASSETS / "draw.py")
DERIVATIONS = DRAW["DERIVATIONS"]
nn = classes(next(s for s in STEPS if "Activation_Softmax_Loss" in s.text))


def test_no_picture_is_missing_or_left_over():
    measured = {"growth.png"}  # by tests/benchmark.py
    found = {path.name for path in ASSETS.glob("*.[pP][nN][gG]")}
    assert found == {*DRAW["PICTURES"], *measured}


def description(file):
    with Image.open(file) as picture:
        return json.loads(picture.info["Description"])


def leaves(value, place=""):
    """The texts and arrays of a description: {where it is: what it is}."""
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list) and any(isinstance(x, dict | str) for x in value):
        inside = enumerate(value, start=1)
    else:
        return {place.strip(): value}
    return {k: v for key, x in inside for k, v in leaves(x, f"{place} {key}").items()}


def same(old, new):
    if old == new or isinstance(old, str) or isinstance(new, str):
        return old == new
    old, new = np.array(old, float), np.array(new, float)
    if old.shape != new.shape:
        return False
    atol = 1e-6 * np.nanmax(np.abs(old), initial=0)
    return np.allclose(old, new, rtol=1e-6, atol=atol, equal_nan=True)


def differences(committed, drawn):
    """What differs between two descriptions, in words."""
    old, new = leaves(committed), leaves(drawn)
    return [
        f"{place}: {old.get(place)} in the picture, {new.get(place)} drawn now"
        for place in old | new
        if (place in old) != (place in new) or not same(old[place], new[place])
    ]


def coarse(picture):
    """The mean colours, from 0 to 1, of squares of 20 by 20 pixels."""
    height, width = np.array(picture.shape[:2]) // 20
    squares = picture[: height * 20, : width * 20, :3]
    return squares.reshape(height, 20, width, 20, 3).mean(axis=(1, 3))


@pytest.mark.parametrize("name", DRAW["PICTURES"])
def test_picture_is_as_drawn(name, tmp_path):
    DRAW["draw"](name, tmp_path / name)
    found = differences(description(ASSETS / name), description(tmp_path / name))
    assert found == [], "run python assets/draw.py"

    # Letters and lines are a little different in each version of matplotlib: the most
    # that was measured, between 3.8 and 3.11, is 0.038
    committed, drawn = plt.imread(ASSETS / name), plt.imread(tmp_path / name)
    assert drawn.shape == committed.shape
    difference = coarse(drawn) - coarse(committed)
    assert np.sqrt(np.mean(difference**2)) < 0.05


def test_animation_is_what_step_16_does(tmp_path):
    DRAW["draw"]("training.gif", tmp_path / "training.gif")
    seen = []
    for path in ASSETS / "training.gif", tmp_path / "training.gif":
        with Image.open(path) as animation:
            frames = range(animation.n_frames)
            durations = [
                animation.seek(n) or animation.info["duration"] for n in frames
            ]
            seen.append((animation.size, durations, animation.info["comment"]))
            assert animation.info["loop"] == 0
            assert durations[-1] >= 3000 and sum(durations) < 12_000
            assert path.stat().st_size < 1_500_000
    assert seen[0] == seen[1], "run python assets/draw.py training.gif"
    numbers = {int(epoch): values for epoch, *values in json.loads(seen[0][2])}
    [step] = [step for step in STEPS if step.number == 16]
    printed = dict(re.findall(r"epoch: (\d+), (acc.*), lr", "\n".join(step.output)))
    shared = [epoch for epoch in numbers if str(epoch) in printed]
    assert {0, 10_000} <= set(shared)
    for epoch in shared:
        accuracy, loss = numbers[epoch]
        assert printed[str(epoch)] == f"acc: {accuracy:.3f}, loss: {loss:.3f}"


# ---- The formulas


@pytest.mark.parametrize(
    "expression, mathtext",
    [
        ("a + b - c", r"a + b - c"),
        ("-(a / b)", r"-\dfrac{a}{b}"),
        ("a * (b - c)", r"a\,\left(b - c\right)"),
        ("-a * b", r"\left(-a\right)\,b"),
        ("(a) ** 2", r"\left(a\right)^{2}"),
        ("y_hat[i, j] * delta[j, k]", r"\hat{y}_{i,j}\,\delta_{j,k}"),
        ("exp(z[i, j])", r"e^{z_{i,j}}"),
        ("log(y_hat[i, k])", r"\log \hat{y}_{i,k}"),
        ("max(0, z)", r"\max(0,z)"),
        ("ReLU(z)", r"\mathrm{ReLU}(z)"),
        ("sum(exp(z[i, l]) for l in L)", r"\sum_{l=1}^{L} e^{z_{i,l}}"),
        ("sum(a - b for j in classes)", r"\sum_{j} \left(a - b\right)"),
        ("d(L[i], z[i, k])", r"\dfrac{\partial L_{i}}{\partial z_{i,k}}\,"),
        ("d(exp(z[i]), z[k])", r"\dfrac{\partial e^{z_{i}}}{\partial z_{k}}\,"),
        ("d(-a, z[k])", r"\dfrac{\partial }{\partial z_{k}}\,\left(-a\right)"),
        ("d(z, z)", r"\dfrac{d}{dz}\,z"),
        (
            "1 if z > 0 else 2",
            r"\left\{\genfrac{}{}{0}{0}{1\quad\mathrm{if}\ z > 0}"
            r"{2\quad\mathrm{if}\ z \leq 0}\right.",
        ),
    ],
)
def test_formula_is_drawn_as_it_is_written(expression, mathtext):
    assert DRAW["formula"](expression) == mathtext


STEP = 1e-6  # of the central differences; their error is about 1e-10


class Variable:
    """An array that is computed when it is asked for, and can be nudged."""

    def __init__(self, compute):
        self.compute, self.nudge = compute, 0

    def values(self):
        return self.compute() + self.nudge

    def __getitem__(self, index):
        return self.values()[index]


def difference(function, variable, index=None):
    """The derivative of a function for a number or an element of an array."""
    if index is None:
        return (function(variable + STEP) - function(variable - STEP)) / (2 * STEP)
    results = []
    for step in STEP, -STEP:
        variable.nudge = np.zeros_like(variable.values())
        variable.nudge[index] = step
        results.append(function())
    variable.nudge = 0
    return (results[0] - results[1]) / (2 * STEP)


class Derivatives(ast.NodeTransformer):
    """Turn d(value, z[i, k]) into d(lambda: value, z, (i, k)), and d(value, z) into
    d(lambda z: value, z)."""

    def visit_Call(self, node):
        self.generic_visit(node)
        if node.func.id == "d":
            value, variable = map(ast.unparse, node.args)
            call = f"d(lambda {variable}: {value}, {variable})"
            if isinstance(node.args[1], ast.Subscript):
                array, _, index = variable.rstrip("]").partition("[")
                call = f"d(lambda: {value}, {array}, ({index}))"
            return ast.parse(call, mode="eval").body
        return node


def evaluate(expression, **names):
    tree = Derivatives().visit(ast.parse(expression, mode="eval"))
    return eval(
        compile(ast.fix_missing_locations(tree), expression, "eval"),
        {"d": difference, "exp": np.exp, "log": np.log, **names},
    )


def softmax(z):
    activation = nn.Activation_Softmax()
    activation.forward(z)
    return activation


def relu(z):
    activation = nn.Activation_ReLU()
    activation.forward(np.array([z]))
    activation.backward(np.array([1.0]))
    return activation


rng = np.random.default_rng(0)
N, C = 4, 3
Z = rng.normal(size=(N, C))
CLASS_NUMBERS = np.array([0, 2, 1, 1])
NAMES = {
    "L": range(C),
    "classes": range(C),
    "delta": np.eye(C),
    "y": np.eye(C)[CLASS_NUMBERS],
}


def check(name, names, expected, **indices):
    """Each line of a derivation is the derivative, and what the classes compute."""
    derived, lines = DERIVATIONS[name]
    for expression in [derived, *(line for line, _ in lines)]:
        assert evaluate(expression, **NAMES | names | indices) == pytest.approx(
            expected, rel=1e-6, abs=1e-8
        ), expression


@pytest.mark.parametrize("z", [-2.5, -0.1, 0.1, 2.5])
def test_relu(z):
    check(
        "relu_derivative",
        {"ReLU": lambda z: relu(z).output[0]},
        relu(z).dinputs[0],
        z=z,
    )


def test_relu_at_zero():
    result, _ = DERIVATIONS["relu_derivative"][1][-1]
    assert evaluate(result, z=0) == relu(0.0).dinputs[0] == 0


@pytest.mark.parametrize("i, j", list(np.ndindex(N, C)))
def test_cross_entropy(i, j):
    loss = nn.Loss_CategoricalCrossentropy()
    y_hat = Variable(lambda: softmax(Z).output)
    losses = Variable(lambda: loss.forward(y_hat.values(), NAMES["y"]))
    loss.backward(y_hat.values(), CLASS_NUMBERS)
    check(
        "cross_categorical_derivative",
        {"y_hat": y_hat, "L": losses},
        loss.dinputs[i, j] * N,
        i=i,
        j=j,
    )


@pytest.mark.parametrize("i, j, k", list(np.ndindex(N, C, C)))
def test_softmax(i, j, k):
    z = Variable(lambda: Z)
    S = Variable(lambda: softmax(z.values()).output)
    activation = softmax(Z)
    activation.backward(
        np.eye(C)[[j] * N]
    )  # 1 for output j picks row j of the Jacobian
    check(
        "softmax_derivative", {"z": z, "S": S}, activation.dinputs[i, k], i=i, j=j, k=k
    )


@pytest.mark.parametrize("i, k", list(np.ndindex(N, C)))
def test_cross_entropy_of_softmax(i, k):
    z = Variable(lambda: Z)
    S = Variable(lambda: softmax(z.values()).output)
    loss = nn.Loss_CategoricalCrossentropy()
    losses = Variable(lambda: loss.forward(S.values(), NAMES["y"]))
    both = nn.Activation_Softmax_Loss_CategoricalCrossentropy()
    both.backward(softmax(Z).output, CLASS_NUMBERS)
    check(
        "cross_categorical_softmax_derivative",
        {"z": z, "S": S, "y_hat": S, "L": losses},
        both.dinputs[i, k] * N,
        i=i,
        k=k,
    )

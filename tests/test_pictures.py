"""The pictures are what assets/draw.py draws, and their formulas are what step 10 does."""

import ast
import platform
import runpy
import subprocess
import sys

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import step10
from matplotlib import ft2font
from PIL import Image
from project import ROOT

ASSETS = ROOT / "assets"
PICTURES = sorted(path.name for path in ASSETS.iterdir() if path.suffix != ".py")
DRAW = runpy.run_path(ASSETS / "draw.py")
DERIVATIONS = DRAW["DERIVATIONS"]


@pytest.fixture(scope="module")
def redrawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    subprocess.run([sys.executable, ASSETS / "draw.py", folder], check=True, timeout=100)
    return folder


def test_no_picture_is_missing_or_left_over(redrawn):
    assert sorted(path.name for path in redrawn.iterdir()) == PICTURES


def drawn_here(name):
    """Whether what drew a picture is what draws here: else letters differ a little."""
    with Image.open(ASSETS / name) as picture:
        software = picture.info["Software"]
    return (f"version{matplotlib.__version__}," in software
            and ft2font.__freetype_build_type__ == "local"
            and (sys.platform, platform.machine()) == ("linux", "x86_64"))


def coarse(picture):
    """The mean colours, from 0 to 1, of squares of 20 by 20 pixels."""
    height, width = np.array(picture.shape[:2]) // 20
    squares = picture[:height * 20, :width * 20, :3].reshape(height, 20, width, 20, 3)
    return squares.mean(axis=(1, 3))


@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_as_drawn(name, redrawn):
    committed, drawn = plt.imread(ASSETS / name), plt.imread(redrawn / name)
    assert drawn.shape == committed.shape
    if drawn_here(name):
        assert np.array_equal(drawn, committed)
    else:  # the most that was measured, between matplotlib 3.8 and 3.11, is 0.038
        difference = coarse(drawn) - coarse(committed)
        assert np.sqrt(np.mean(difference ** 2)) < 0.05


# ---- The formulas

@pytest.mark.parametrize("expression, mathtext", [
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
    ("1 if z > 0 else 2", r"\left\{\genfrac{}{}{0}{0}{1\quad\mathrm{if}\ z > 0}"
                          r"{2\quad\mathrm{if}\ z \leq 0}\right."),
])
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
    """The derivative of a function with respect to a number or an element of an array."""
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
    return eval(compile(ast.fix_missing_locations(tree), expression, "eval"),
                {"d": difference, "exp": np.exp, "log": np.log, **names})


def softmax(z):
    activation = step10.Activation_Softmax()
    activation.forward(z)
    return activation


def relu(z):
    activation = step10.Activation_ReLU()
    activation.forward(np.array([z]))
    activation.backward(np.array([1.0]))
    return activation


rng = np.random.default_rng(0)
N, C = 4, 3
Z = rng.normal(size=(N, C))
CLASS_NUMBERS = np.array([0, 2, 1, 1])
NAMES = {"L": range(C), "classes": range(C), "delta": np.eye(C),
         "y": np.eye(C)[CLASS_NUMBERS]}


def check(name, names, expected, **indices):
    """Each line of a derivation is the derivative, and that is what step 10 computes."""
    derived, lines = DERIVATIONS[name]
    for expression in [derived, *(line for line, _ in lines)]:
        assert evaluate(expression, **NAMES | names | indices) == pytest.approx(
            expected, rel=1e-6, abs=1e-8), expression


@pytest.mark.parametrize("z", [-2.5, -0.1, 0.1, 2.5])
def test_relu(z):
    check("relu_derivative", {"ReLU": lambda z: relu(z).output[0]}, relu(z).dinputs[0], z=z)


def test_relu_at_zero():
    result, _ = DERIVATIONS["relu_derivative"][1][-1]
    assert evaluate(result, z=0) == relu(0.0).dinputs[0] == 0


@pytest.mark.parametrize("i, j", list(np.ndindex(N, C)))
def test_cross_entropy(i, j):
    loss = step10.Loss_CategoricalCrossentropy()
    y_hat = Variable(lambda: softmax(Z).output)
    losses = Variable(lambda: loss.forward(y_hat.values(), NAMES["y"]))
    loss.backward(y_hat.values(), CLASS_NUMBERS)
    check("cross_categorical_derivative", {"y_hat": y_hat, "L": losses},
          loss.dinputs[i, j] * N, i=i, j=j)


@pytest.mark.parametrize("i, j, k", list(np.ndindex(N, C, C)))
def test_softmax(i, j, k):
    z = Variable(lambda: Z)
    S = Variable(lambda: softmax(z.values()).output)
    activation = softmax(Z)
    activation.backward(np.eye(C)[[j] * N])  # 1 for output j picks row j of the Jacobian
    check("softmax_derivative", {"z": z, "S": S}, activation.dinputs[i, k], i=i, j=j, k=k)


@pytest.mark.parametrize("i, k", list(np.ndindex(N, C)))
def test_cross_entropy_of_softmax(i, k):
    z = Variable(lambda: Z)
    S = Variable(lambda: softmax(z.values()).output)
    loss = step10.Loss_CategoricalCrossentropy()
    losses = Variable(lambda: loss.forward(S.values(), NAMES["y"]))
    both = step10.Activation_Softmax_Loss_CategoricalCrossentropy()
    both.backward(softmax(Z).output, CLASS_NUMBERS)
    check("cross_categorical_softmax_derivative", {"z": z, "S": S, "y_hat": S, "L": losses},
          both.dinputs[i, k] * N, i=i, k=k)

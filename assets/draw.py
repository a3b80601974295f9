"""Draw the README's pictures into this folder: python assets/draw.py [overview.png ...]

Each picture says in its metadata what it shows, for the tests. The derivations are
written as Python expressions, which are drawn as formulas here and worked out with
numbers in tests/test_pictures.py, line by line.
"""

import ast
import functools
import gzip
import itertools
import json
import os
import re
import sys
import tempfile
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("agg")
import matplotlib.pyplot as plt
from matplotlib.colors import to_hex, to_rgba_array
from matplotlib.contour import ContourSet
from matplotlib.legend import Legend
from matplotlib.ticker import FixedLocator
from PIL import Image
from PIL.PngImagePlugin import PngInfo

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from project import ROOT, SCRIPTS, STEPS, Mistake, command, run
from tour import curves
from tour.scripts import Script, chapter
from tour.trainings import Training, trainings

ASSETS = ROOT / "assets"
BLUE, RED, GREEN, INK = "#1f5fbf", "#d03030", "#1d8a4a", "#202020"

STYLE = {
    "font.family": "STIXGeneral",  # comes with matplotlib: the same on every machine
    "mathtext.fontset": "stix",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.dpi": 200,
    "savefig.dpi": 200,
    "savefig.facecolor": "white",  # also on a dark page
}

# What a derivation derives, then its lines: an expression, and why it equals the line
# before. d(a, b) is the derivative of a with respect to b.
EXP_SUM = "sum(exp(z[i, l]) for l in L)"
DERIVATIONS = {
    "relu_derivative": [
        "d(ReLU(z), z)",
        ("d(max(0, z), z)", "definition"),
        ("d(z, z) if z > 0 else d(0, z)", "each side on its own"),
        ("1 if z > 0 else 0", "no slope at $z = 0$:\n0 by convention"),
    ],
    "cross_categorical_derivative": [
        "d(L[i], y_hat[i, j])",
        (
            "d(-sum(y[i, k] * log(y_hat[i, k]) for k in classes), y_hat[i, j])",
            "definition",
        ),
        (
            "-sum(y[i, k] * d(log(y_hat[i, k]), y_hat[i, j]) for k in classes)",
            "$y$ is constant",
        ),
        ("-(y[i, j] * d(log(y_hat[i, j]), y_hat[i, j]))", r"0 for $k \neq j$"),
        ("-(y[i, j] * (1 / y_hat[i, j]))", "derivative of log"),
        ("-(y[i, j] / y_hat[i, j])", "simplified"),
    ],
    "softmax_derivative": [
        "d(S[i, j], z[i, k])",
        (f"d(exp(z[i, j]) / {EXP_SUM}, z[i, k])", "definition"),
        (
            f"(d(exp(z[i, j]), z[i, k]) * {EXP_SUM}"
            f" - exp(z[i, j]) * d({EXP_SUM}, z[i, k])) / ({EXP_SUM}) ** 2",
            "quotient rule",
        ),
        (
            f"(delta[j, k] * exp(z[i, j]) * {EXP_SUM}"
            f" - exp(z[i, j]) * exp(z[i, k])) / ({EXP_SUM}) ** 2",
            "derivative of exp;\nin the sum only $l = k$",
        ),
        (
            f"delta[j, k] * (exp(z[i, j]) / {EXP_SUM})"
            f" - (exp(z[i, j]) / {EXP_SUM}) * (exp(z[i, k]) / {EXP_SUM})",
            "split; one sum cancels",
        ),
        ("delta[j, k] * S[i, j] - S[i, j] * S[i, k]", "definition of S"),
        ("S[i, j] * (delta[j, k] - S[i, k])", r"$S_{i,j}$ factored out"),
    ],
    "cross_categorical_softmax_derivative": [
        "d(L[i], z[i, k])",
        (
            "sum(d(L[i], y_hat[i, j]) * d(S[i, j], z[i, k]) for j in classes)",
            r"chain rule; $\hat{y} = S$",
        ),
        (
            "sum(-(y[i, j] / y_hat[i, j])"
            " * (y_hat[i, j] * (delta[j, k] - y_hat[i, k])) for j in classes)",
            "the two derived above",
        ),
        (
            "-sum(y[i, j] * (delta[j, k] - y_hat[i, k]) for j in classes)",
            r"$\hat{y}_{i,j}$ cancels",
        ),
        (
            "-sum(y[i, j] * delta[j, k] for j in classes)"
            " + y_hat[i, k] * sum(y[i, j] for j in classes)",
            "two sums",
        ),
        ("-y[i, k] + y_hat[i, k]", "first: $j = k$ is left,\nsecond adds up to 1"),
        ("y_hat[i, k] - y[i, k]", "reordered"),
    ],
}


def formula(node):
    """Render an expression, as text or parsed by ast, in matplotlib's mathtext."""
    match node:
        case str():
            return formula(ast.parse(node, mode="eval").body)
        case ast.Constant():
            return str(node.value)
        case ast.Name():
            return {
                "y_hat": r"\hat{y}",
                "delta": r"\delta",
                "max": r"\max",
                "ReLU": r"\mathrm{ReLU}",
            }.get(node.id, node.id)
        case ast.Tuple():
            return ",".join(map(formula, node.elts))
        case ast.Subscript():
            return f"{formula(node.value)}_{{{formula(node.slice)}}}"
        case ast.UnaryOp(ast.USub()):
            return f"-{formula(node.operand)}"
        case ast.BinOp(left, ast.Add(), right):
            return f"{formula(left)} + {formula(right)}"
        case ast.BinOp(left, ast.Sub(), right):
            return f"{formula(left)} - {formula(right)}"
        case ast.BinOp(left, ast.Mult(), right):
            return rf"{factor(left)}\,{factor(right)}"
        case ast.BinOp(left, ast.Div(), right):
            return rf"\dfrac{{{formula(left)}}}{{{formula(right)}}}"
        case ast.BinOp(left, ast.Pow(), right):
            return rf"\left({formula(left)}\right)^{{{formula(right)}}}"
        case ast.IfExp(ast.Compare(left, [ast.Gt()], [right]), yes, no):
            yes, no, left, right = map(formula, (yes, no, left, right))
            yes = rf"{yes}\quad\mathrm{{if}}\ {left} > {right}"
            no = rf"{no}\quad\mathrm{{if}}\ {left} \leq {right}"
            return rf"\left\{{\genfrac{{}}{{}}{{0}}{{0}}{{{yes}}}{{{no}}}\right."
        case ast.Call(ast.Name("exp"), [power]):
            return f"e^{{{formula(power)}}}"
        case ast.Call(ast.Name("log"), [value]):
            return rf"\log {formula(value)}"
        case ast.Call(ast.Name("sum"), [ast.GeneratorExp(term, [loop])]):
            limits = {"L": "_{{{0}=1}}^{{L}}", "classes": "_{{{0}}}"}[loop.iter.id]
            return rf"\sum{limits.format(loop.target.id)} {factor(term)}"
        case ast.Call(ast.Name("d"), [value, variable]):
            d = r"\partial " if isinstance(variable, ast.Subscript) else "d"
            above, beside = "", formula(value)
            if isinstance(value, ast.Subscript) or beside.startswith("e^"):
                above, beside = beside, ""
            elif isinstance(value, ast.BinOp | ast.UnaryOp):
                beside = rf"\left({beside}\right)"
            return rf"\dfrac{{{d}{above}}}{{{d}{formula(variable)}}}\,{beside}"
        case ast.Call(function, arguments):
            return f"{formula(function)}({formula(ast.Tuple(arguments))})"
    raise ValueError(f"can't draw {ast.unparse(node)}")


def factor(node):
    """A factor of a product, or what a sum adds up: in brackets if it has a sign."""
    match node:
        case ast.BinOp(_, ast.Add() | ast.Sub(), _) | ast.UnaryOp():
            return rf"\left({formula(node)}\right)"
    return formula(node)


# Each derivation has a plot beside it that shows what its result says.


def plot_relu(axes):
    z = np.array([-2, 0, 2])
    axes.plot(z, np.maximum(0, z), color=BLUE, linewidth=3)
    axes.text(1.3, 1.7, "ReLU(z)", color=BLUE, ha="right")
    axes.plot([-2, 0], [0, 0], [0, 2], [1, 1], color=RED, linestyle="--")
    axes.text(-2, 0.14, "slope 0", color=RED)
    axes.text(-0.15, 0.94, "slope 1", color=RED, ha="right")
    axes.set(xlabel="$z$", yticks=[0, 1, 2])


def plot_cross_entropy(axes):
    y_hat = np.linspace(0.02, 1, 400)
    axes.plot(y_hat, -1 / y_hat, color=RED)
    axes.set_xlabel(r"$\hat{y}$ of the true class")
    axes.set_ylabel(r"$-y\,/\,\hat{y}$ for $y = 1$")
    axes.set(xticks=[0, 0.5, 1], xlim=(0, 1.02), ylim=(-50, 0))
    style = {"color": RED, "arrowprops": {"arrowstyle": "->", "color": RED}}
    axes.annotate("without\nbound", (0.03, -46), (0.3, -42), **style)


def plot_softmax(axes):
    S = np.array([0.7, 0.1, 0.2])
    jacobian = np.diagflat(S) - np.outer(S, S)
    axes.imshow(jacobian, cmap="RdBu_r", vmin=-0.3, vmax=0.3)
    for j, k in np.ndindex(3, 3):
        axes.text(k, j, f"{jacobian[j, k]:.2f}", ha="center", va="center")
    axes.set(title="S = [0.7, 0.1, 0.2]", xlabel="$k$")
    axes.set_xticks(range(3), [1, 2, 3])
    axes.set_yticks(range(3), [1, 2, 3])
    axes.set_ylabel("$j$", rotation=0, labelpad=8)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def plot_both(axes):
    y_hat, y = np.array([0.7, 0.1, 0.2]), np.array([1, 0, 0])
    bars = axes.bar(range(3), y_hat - y, color=[RED, BLUE, BLUE])
    axes.bar_label(bars, fmt="%.1f", padding=2)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_title("$\\hat{y}$ = [0.7, 0.1, 0.2]\n$y$ = [1, 0, 0]")
    axes.set_xticks(range(3), [1, 2, 3])
    axes.set(xlabel="$k$", ylabel=r"$\hat{y} - y$")
    axes.set(yticks=[-0.3, 0, 0.3], ylim=(-0.42, 0.42))
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="x", length=0)


# The plot of a derivation, and the heights of its lines in inches
LOOKS = {
    "relu_derivative": (plot_relu, 0.7, 1, 0.7),
    "cross_categorical_derivative": (plot_cross_entropy, 0.6, 0.6, 0.6, 0.6, 0.6),
    "softmax_derivative": (plot_softmax, 0.9, 1.15, 1.1, 0.9, 0.45, 0.45),
    "cross_categorical_softmax_derivative": (plot_both, 0.6, 0.6, 0.5, 0.5, 0.45, 0.45),
}


def draw_derivation(name):
    """A derivation line by line, with the reasons and a plot beside it."""
    derived, *lines = DERIVATIONS[name]
    plot, *heights = LOOKS[name]
    # Python's own sum rounds differently since 3.12
    width, height = 6.4, np.sum(heights) + 0.2
    figure = plt.figure(figsize=(width, height))

    def put(x, y, text, **style):
        return figure.text(x / width, y / height, text, va="center", **style)

    middles = height - 0.1 - np.cumsum(heights) + np.array(heights) / 2
    left_side = put(0.1, middles[0], f"${formula(derived)}$", fontsize=13)
    x = 0.2 + left_side.get_window_extent().width / figure.dpi
    for y, (line, reason) in zip(middles, lines, strict=True):
        right_side = put(x, y, f"$= {formula(line)}$", fontsize=13)
        put(3.15, y, reason, color="#505050", fontsize=10.5, linespacing=1.1)
    right_side.set_bbox({"boxstyle": "round,pad=0.25", "color": "#dfeaff"})
    place = [4.95 / width, 0.5 - 0.75 / height, 1.3 / width, 1.5 / height]
    plot(figure.add_axes(place))
    return figure


# What the steps have in their variables, and what they print.

VALUES_OF_STEP = """\
import runpy, sys
import numpy as np
step, file, *expressions = sys.argv[1:]
variables = runpy.run_path(step)
np.savez(file, *[eval(text, {"np": np} | variables) for text in expressions])
"""


def values_of(step, *expressions):
    """What expressions are when a step ends."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "values.npz")
        run(step, folder, "-c", VALUES_OF_STEP, step.path, file, *expressions)
        with np.load(file) as values:
            return [value.astype("float64") for value in values.values()]


def changed(step, folder, *changes):
    """Write a step into a folder, with new text for old in (old, new)."""
    text = step.text
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = Path(folder, step.path.name)
    path.write_text(text, encoding="utf-8")
    return Script(path)


def training_of(step):
    """[(epoch, accuracy, loss), ...] of a step, as it prints them."""
    [training] = trainings(step.output)[0]
    lines = training.epochs.items()
    return [(epoch, float(x["acc"]), float(x["loss"])) for epoch, x in lines]


def draw_comparison():
    """How fast each method of steps 09 and 11 to 16 learns the spiral."""
    found = spiral_trainings()
    figure = curves.draw({x.heading.partition(":")[0]: x.epochs for x in found})
    loss, accuracy = figure.axes
    loss.set_ylim(0, 1.15)
    accuracy.set_ylim(0.3, 1)
    return figure


def spiral_trainings():
    """The trainings of steps 11 to 16, and as many tries of a random search.

    That is step 09's, on the spiral, with as many neurons as the others have.
    """
    with tempfile.TemporaryDirectory() as folder:
        search = changed(
            STEPS[8],
            folder,
            ("Layer_Dense(2, 3)", "Layer_Dense(2, 64)"),
            ("Layer_Dense(3, 3)", "Layer_Dense(64, 3)"),
            ('"Vertical data": vertical_data, ', ""),
        )
        lines = "\n".join(run(search, folder))
    found = re.findall(r"iteration: (\d+) loss: (\S+) acc: (\S+)", lines)
    epochs = {}
    for epoch in range(0, 10_001, 100):
        loss, accuracy = [line[1:] for line in found if int(line[0]) <= epoch][-1]
        values = {"loss": loss, "acc": accuracy}
        epochs[epoch] = {name: f"{float(x):.3f}" for name, x in values.items()}
    steps = [trainings(x.output, x.name, x.idea)[0][0] for x in STEPS[10:16]]
    return [*steps, Training("Step 09", "Random search", epochs, {})]


# Many at first, when the network changes most
FRAMES = sorted({round(10_000 * (number / 64) ** 2.5) for number in range(65)})
START = """\
side = np.linspace(-1.1, 1.1, 140)
points = np.dstack(np.meshgrid(side, side)).reshape(-1, 2)
seen, regions = [], []
for epoch in range(10001):
"""
WATCH = f"""\
    # What forward keeps is not needed any more before the next forward
    if epoch in {FRAMES}:
        dense1.forward(points)
        activation1.forward(dense1.output)
        dense2.forward(activation1.output)
        regions.append(np.argmax(dense2.output, axis=1).reshape(140, 140))
        seen.append((epoch, accuracy, loss))
    optimizer.pre_update_params()
"""


def draw_animation(file):
    """The spiral while step 16 learns it, and the loss that falls."""
    with tempfile.TemporaryDirectory() as folder:
        changes = [(text.splitlines()[-1], text) for text in (START, WATCH)]
        step = changed(STEPS[15], folder, *changes)
        numbers, all_regions, X, y = values_of(step, "seen", "regions", "X", "y")
    epochs, accuracies, losses = numbers.T
    pictures = []
    for frame, regions in enumerate(all_regions):
        size = {"figsize": (8, 4), "dpi": 100}
        figure, (left, right) = plt.subplots(1, 2, layout="constrained", **size)
        sides = [-1.1, 1.1, -1.1, 1.1]
        left.imshow(regions, extent=sides, origin="lower", alpha=0.5, vmin=0, vmax=2)
        left.scatter(*X.T, c=y, s=14, edgecolors="black", linewidths=0.5)
        left.set(xticks=[], yticks=[])
        left.set_title(f"accuracy {accuracies[frame]:.2f}", fontsize=16)
        right.plot(epochs[: frame + 1], losses[: frame + 1], color=INK, linewidth=2)
        right.plot(epochs[frame], losses[frame], "o", color=RED)
        right.set(xlim=(-200, 10_200), ylim=(0, 1.15))
        right.set_xlabel("epoch", fontsize=13)
        right.set_title(f"loss {losses[frame]:.2f}", fontsize=16)
        figure.canvas.draw()
        pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3]
        picture = Image.fromarray(pixels)
        pictures.append(picture.quantize(64, dither=Image.Dither.NONE))
        plt.close(figure)
    pictures[0].save(
        file,
        save_all=True,
        append_images=pictures[1:],
        duration=[110] * (len(pictures) - 1) + [3500],
        loop=0,
        comment=json.dumps(numbers.round(3).tolist()).encode(),
    )


def draw_digit():
    """A five for step 27, small and in a corner, as MNIST never has one."""
    corners = [(62, 88), (44, 87), (42, 87), (40, 70), (46, 72)]
    corners += [(56, 69), (60, 60), (56, 50), (46, 46), (38, 50)]
    places, mean = np.linspace(0, 9, 300), np.ones(25) / 25
    lines = [np.interp(places, range(10), values) for values in zip(*corners)]
    # A mean over 25 points makes strokes of the straight lines
    ends = [np.pad(values, 12, mode="edge") for values in lines]
    stroke = [np.convolve(values, mean, mode="valid") for values in ends]
    figure = plt.figure(figsize=(0.9, 0.9))
    axes = figure.add_axes([0, 0, 1, 1])
    axes.plot(*stroke, color="black", linewidth=1.8, solid_capstyle="round")
    axes.set(xlim=(0, 100), ylim=(0, 100))
    axes.axis("off")
    return figure


# The picture at the top of the README: a panel for each step.


def draw_network(axes, step, *weights, colour=BLUE, arrow="-"):
    """Neurons in columns; a weight (inputs, neurons) is a line, thicker if larger."""
    weights = values_of(step, *weights)
    sizes = [len(weights[0])] + [matrix.shape[1] for matrix in weights]
    places = [
        [(column, row - (size - 1) / 2) for row in range(size)]
        for column, size in enumerate(sizes)
    ]
    for column, matrix in enumerate(weights):
        for (j, k), weight in np.ndenumerate(matrix / np.abs(matrix).max()):
            style = {"arrowstyle": arrow, "color": colour, "shrinkA": 4, "shrinkB": 5}
            style["linewidth"] = 0.4 + 1.4 * abs(weight)
            start, end = places[column][j], places[column + 1][k]
            axes.annotate("", start, end, arrowprops=style)
    x, y = np.concatenate(places).T
    axes.scatter(x, y, s=70, color="white", edgecolors=INK, zorder=3)
    axes.set(xlim=(-0.4, len(sizes) - 0.6), ylim=(-2.4, 2.4))


def draw_matrices(axes, step, *matrices):
    """A product of matrices, as fields of colour."""
    left = 0
    for matrix in values_of(step, *matrices):
        if left:
            axes.text(left - 0.4, 0, r"$\times$", ha="center", va="center", fontsize=13)
        rows, columns = matrix.shape
        place = (left, left + columns, -rows / 2, rows / 2)
        axes.imshow(matrix, cmap="RdBu_r", vmin=-3, vmax=3, extent=place)
        left += columns + 0.8
    axes.set(xlim=(-0.2, left - 0.6), ylim=(-left / 2, left / 2))


def draw_function(axes, step, function, low, high):
    z = np.linspace(low, high, 200)
    axes.plot(z, function(z), color=BLUE, linewidth=2.5)
    axes.margins(0.1, 0.2)


def draw_probabilities(axes, step):
    axes.bar(range(3), [0.7, 0.1, 0.2], color=[BLUE, RED, GREEN], width=0.6)
    axes.set(xlim=(-0.8, 2.8), ylim=(0, 0.8))


def draw_regions(axes, step):
    image = "plt.gcf().axes[1].images[0]"  # of the step's picture
    regions, extent, X, y = values_of(
        step, f"{image}.get_array()", f"{image}.get_extent()", "X", "y"
    )
    axes.scatter(*X.T, c=y, s=3)
    axes.imshow(regions, extent=extent, origin="lower", alpha=0.4)


def draw_loss(axes, step):
    epochs, _, losses = zip(*training_of(step))
    axes.fill_between(epochs, losses, color=BLUE, alpha=0.2)
    axes.plot(epochs, losses, color=BLUE, linewidth=1.5)
    axes.set(ylim=(0, 1.2))


def draw_accuracies(axes, step):
    """Of the last epoch, and of the test data."""
    found = re.findall(r"acc: (\S+),", "\n".join(step.output))[-2:]
    heights = list(map(float, found))
    bars = axes.bar(["training", "test"], heights, color=[BLUE, RED])
    axes.bar_label(bars, fmt="%.2f", fontsize=10)
    axes.set(ylim=(0, 1.2), xlim=(-0.8, 1.8))


def draw_dropout(axes, step):
    places = np.arange(20)
    colours = np.where(np.isin(places, [3, 11]), "white", BLUE)  # a tenth is out
    axes.scatter(places % 5, places // 5, s=40, c=colours, edgecolors=INK)
    axes.set(xlim=(-0.8, 4.8), ylim=(-0.8, 3.8))


def draw_prediction(axes, step):
    X, y, predictions = values_of(step, "X", "y", "activation3.output")
    axes.plot(X, y, color="#bbbbbb", linewidth=6)
    axes.plot(X, predictions, color=INK, linestyle="--")


def draw_boxes(axes, step, *texts):
    """Boxes from top to bottom, with arrows between them."""
    axes.set(xlim=(-1, 1), ylim=(-2.6, 0.6))
    for row, text in enumerate(texts):
        box = {"boxstyle": "round,pad=0.3", "facecolor": "#e8eefb", "edgecolor": BLUE}
        axes.text(0, -row, text, ha="center", va="center", fontsize=10, bbox=box)
        if row:
            arrow = {"arrowstyle": "->", "color": INK}
            axes.annotate("", (0, -row + 0.3), (0, -row + 0.7), arrowprops=arrow)


def draw_images(axes, step):
    """The first nine of the test data."""
    packed = (ASSETS / "mnist" / "t10k-images-idx3-ubyte.gz").read_bytes()
    pixels = np.frombuffer(gzip.decompress(packed), "uint8", offset=16)
    rows = pixels.reshape(-1, 28, 28)[:9].reshape(3, 3, 28, 28)
    axes.imshow(np.vstack([np.hstack(row) for row in rows]), cmap="gray")


def draw_answer(axes, step):
    [answer] = re.findall(r"digit.png, centred: (\w+)", "\n".join(step.output))
    axes.imshow(plt.imread(ASSETS / "digit.png")[..., 0], cmap="gray")
    axes.set_xlabel(answer, fontsize=13)


def draw_times(axes, step):
    """As the README says that they were measured."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [ratio] = re.findall(r"step 28 \(tuned\) / step 16 \| ([\d.]+) ", readme)
    bars = axes.barh(["28", "16"], [float(ratio), 1], color=[GREEN, BLUE])
    axes.bar_label(bars, ["28", "16"], fontsize=11, padding=3)
    axes.set(xlim=(0, 1.3), ylim=(-1, 2))
    axes.set_xlabel("time", fontsize=13)


draw_gradients = functools.partial(draw_network, colour=RED, arrow="->")

# The title of each step's panel, and what draws it, with expressions of the step's
PANELS = {
    1: ("a layer", draw_network, "np.array(weights).T"),
    2: ("NumPy", draw_matrices, "np.array(weights)", "np.array([inputs]).T"),
    3: ("a batch", draw_matrices, "np.array(inputs)", "np.array(weights).T"),
    4: ("two layers", draw_network, "np.array(weights).T", "np.array(weights2).T"),
    5: ("a class", draw_network, "dense1.weights", "dense2.weights"),
    6: ("ReLU", draw_function, lambda z: np.maximum(0, z), -1, 1),
    7: ("softmax", draw_probabilities),
    8: ("loss", draw_function, lambda y_hat: -np.log(y_hat), 0.01, 1),
    9: ("random search", draw_regions),
    10: ("gradients", draw_gradients, "dense1.dweights", "dense2.dweights"),
    11: ("descent", draw_loss),
    12: ("decay", draw_loss),
    13: ("momentum", draw_loss),
    14: ("AdaGrad", draw_loss),
    15: ("RMSProp", draw_loss),
    16: ("Adam", draw_loss),
    17: ("test data", draw_accuracies),
    18: ("L1 and L2", draw_accuracies),
    19: ("dropout", draw_dropout),
    20: ("two classes", draw_function, lambda z: 1 / (1 + np.exp(-z)), -6, 6),
    21: ("regression", draw_prediction),
    22: ("a model", draw_boxes, "dense", "ReLU", "dense"),
    23: ("any task", draw_boxes, "classes", "yes, no", "numbers"),
    24: ("images", draw_images),
    25: ("parameters", draw_boxes, "weights", "biases", ".npz"),
    26: ("save, go on", draw_boxes, "epoch 5", ".npz", "epoch 6"),
    27: ("prediction", draw_answer),
    28: ("tuned", draw_times),
    29: ("own data", draw_boxes, ".csv", "network", "Gentoo"),
    30: ("own numbers", draw_boxes, ".csv", "network", "3,659 g"),
}


def draw_overview(steps=STEPS):
    for step in steps:
        if step.number not in PANELS:
            raise Mistake(f"{step.name} has no panel in the overview; see PANELS")
    rows = -(-len(steps) // 7)
    size = (10, 1.65 * rows)
    figure, panels = plt.subplots(rows, 7, figsize=size, layout="constrained")
    for axes in panels.flat:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    for axes, step in zip(panels.flat, steps):
        title, draw_panel, *values = PANELS[step.number]
        above = f"{step.number:02}" + f"  chapter {chapter(step)}" * bool(chapter(step))
        axes.set_title(f"{above}\n{title}", fontsize=13, linespacing=1.3)
        draw_panel(axes, step, *values)
    return figure


# What a picture shows, in its metadata: all words, and of all numbers enough to notice
# that one has changed. Not what matplotlib chooses by itself, in each version its own.

KINDS = "lines", "collections", "images", "patches", "texts"
WORDS = "text", "cmap", "color", "facecolor", "linestyle", "marker"
NUMBERS = "points position xydata offsets xy width height extent array clim"
NUMBERS += " linewidth alpha"


def value_of(artist, name):
    contours = isinstance(artist, ContourSet)
    if name == "points" and hasattr(artist, "get_paths"):
        paths = [path for path in artist.get_paths() if len(path)]
        # Contours may begin anywhere: take the boxes around them
        boxes = [path.get_extents().get_points() for path in paths]
        return np.concatenate(boxes if contours else [path.vertices for path in paths])
    if name == "text" and contours:
        return None  # it is a label's
    getter = getattr(artist, f"get_{name}", None)
    return getter() if getter else getattr(artist, name, None)


def words_of(name, artist):
    """What a property of an artist is called."""
    value = value_of(artist, name)
    mapped = value_of(artist, "array") is not None  # to colours
    if name == "cmap" and mapped and value.name not in matplotlib.colormaps:
        name, value, mapped = "colors", value([0.0, 0.5, 1.0]), False
    if "color" in name and value is not None and not mapped:
        return [to_hex(colour, keep_alpha=True) for colour in to_rgba_array(value)]
    value = getattr(value, "name", value)
    return [value] if isinstance(value, str) and (mapped or name != "cmap") else []


def summary(values):
    """The largest size in each column, and a mean in which each number has a weight."""
    values = [np.asarray(value, "float64") for value in values]
    pairs = values[0].shape[-1:] == (2,)  # as points are
    numbers = np.nan_to_num(np.concatenate([*map(np.ravel, values)]))
    for column in numbers.reshape(-1, 1 + pairs).T:
        size = np.abs(column).max(initial=0)
        weights = 1 + np.cos(np.arange(len(column)))
        mean = np.sum(column * weights) / len(column) / size if size else 0
        yield from [float(f"{number:.7g}") for number in (size, mean)]


def describe_artists(artists):
    """How many there are, their words, and a summary of their numbers."""
    words = [word for name in WORDS for x in artists for word in words_of(name, x)]
    runs = itertools.groupby(words)
    found = [len(artists), *(f"{len([*group])} {word}" for word, group in runs)]
    for name in NUMBERS.split():
        values = [value_of(artist, name) for artist in artists]
        if values := [value for value in values if value is not None]:
            found += summary(values)
    return found


def describe_axis(axis, automatic):
    found = [axis.get_label_text(), axis.get_scale()]
    if not automatic:
        found += map(float, axis.get_view_interval())
    if isinstance(axis.get_major_locator(), FixedLocator):
        found += map(float, axis.get_major_locator().locs)
        found += [label.get_text() for label in axis.get_ticklabels()]
    return found


def describe(figure):
    """What a figure shows: {part of it: [words and numbers]}."""
    legends = [text for x in figure.findobj(Legend) for text in x.get_texts()]
    texts = [text.get_text() for text in [*figure.texts, *legends]]
    found = {"figure": [*map(float, figure.get_size_inches()), *texts]}
    for number, axes in enumerate(figure.axes, start=1):
        panel = f"panel {number}"
        found[panel] = [axes.get_title(place) for place in ("left", "center", "right")]
        found[f"{panel} x"] = describe_axis(axes.xaxis, axes.get_autoscalex_on())
        found[f"{panel} y"] = describe_axis(axes.yaxis, axes.get_autoscaley_on())
        arrows = [getattr(text, "arrow_patch", None) for text in axes.texts]
        groups = {kind: list(getattr(axes, kind)) for kind in KINDS}
        for kind, artists in {**groups, "arrows": [*filter(None, arrows)]}.items():
            if artists:
                found[f"{panel} {kind}"] = describe_artists(artists)
    return found


def save(figure, file):
    info = PngInfo()
    info.add_text("Description", json.dumps(describe(figure)), zip=True)
    figure.savefig(file, format="png", pil_kwargs={"pnginfo": info})


SCRIPT_PICTURES = {  # what scripts show: 06.png, concept-10.png
    f"{'concept-' * (script.kind == 'Concept')}{script.number:02}.png": script
    for script in SCRIPTS
    if "plt.show()" in script.text
}
PICTURES = {
    "overview.png": draw_overview,
    "comparison.png": draw_comparison,
    "digit.png": draw_digit,
    **{f"{x}.PNG": functools.partial(draw_derivation, x) for x in DERIVATIONS},
}

SHOW_SCRIPT = """\
import runpy, sys
script, file, assets = sys.argv[1:]
sys.path.insert(0, assets)
import draw
draw.plt.show = lambda: draw.save(draw.plt.gcf(), file)
sys.argv[1:] = []
runpy.run_path(script, run_name="__main__")
"""


def run_with_picture(script, cwd, file):
    """Run a script, save what it shows, and return the lines that it prints."""
    return run(script, cwd, "-c", SHOW_SCRIPT, script.path, file, ASSETS)


def draw(name, file):
    """Draw a picture into a file."""
    if name in SCRIPT_PICTURES:
        with tempfile.TemporaryDirectory() as folder:
            run_with_picture(SCRIPT_PICTURES[name], folder, file)
        return
    with plt.rc_context(STYLE):
        if name == "training.gif":
            draw_animation(file)
            return
        figure = PICTURES[name]()
        save(figure, file)
        plt.close(figure)


def main(names, folder=ASSETS):
    known = [*PICTURES, *SCRIPT_PICTURES, "training.gif"]
    if unknown := set(names) - {*known}:
        raise Mistake(f"no picture {min(unknown)}; there are {', '.join(known)}")
    for name in names or known:
        with tempfile.TemporaryDirectory(dir=folder) as own:
            draw(name, Path(own, name))
            os.replace(Path(own, name), folder / name)
        print(name)


if __name__ == "__main__":
    command(main)

"""Draw the README's pictures into this folder: python assets/draw.py [overview.png ...]

Each picture says in its metadata what it shows, for tests/test_pictures.py. The
derivations are written as Python expressions, which are drawn as formulas here and
worked out with numbers in that test, line by line.
"""

import ast
import functools
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FixedLocator
from PIL import Image
from PIL.PngImagePlugin import PngInfo

ROOT = Path(__file__).parents[1]
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
    "relu_derivative": (
        "d(ReLU(z), z)",
        [
            ("d(max(0, z), z)", "definition"),
            ("d(z, z) if z > 0 else d(0, z)", "each side on its own"),
            ("1 if z > 0 else 0", "no slope at $z = 0$:\n0 by convention"),
        ],
    ),
    "cross_categorical_derivative": (
        "d(L[i], y_hat[i, j])",
        [
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
    ),
    "softmax_derivative": (
        "d(S[i, j], z[i, k])",
        [
            (f"d(exp(z[i, j]) / {EXP_SUM}, z[i, k])", "definition"),
            (
                f"(d(exp(z[i, j]), z[i, k]) * {EXP_SUM}"
                f" - exp(z[i, j]) * d({EXP_SUM}, z[i, k]))"
                f" / ({EXP_SUM}) ** 2",
                "quotient rule",
            ),
            (
                f"(delta[j, k] * exp(z[i, j]) * {EXP_SUM}"
                " - exp(z[i, j]) * exp(z[i, k]))"
                f" / ({EXP_SUM}) ** 2",
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
    ),
    "cross_categorical_softmax_derivative": (
        "d(L[i], z[i, k])",
        [
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
    ),
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
    axes.plot([-2, 0], [0, 0], color=RED, linestyle="--")
    axes.plot([0, 2], [1, 1], color=RED, linestyle="--")
    axes.text(-2, 0.14, "slope 0", color=RED)
    axes.text(-0.15, 0.94, "slope 1", color=RED, ha="right")
    axes.set(xlabel="$z$", yticks=[0, 1, 2])


def plot_cross_entropy(axes):
    y_hat = np.linspace(0.02, 1, 400)
    axes.plot(y_hat, -1 / y_hat, color=RED)
    axes.set(
        xlabel=r"$\hat{y}$ of the true class",
        ylabel=r"$-y\,/\,\hat{y}$ for $y = 1$",
        xticks=[0, 0.5, 1],
        xlim=(0, 1.02),
        ylim=(-50, 0),
    )
    axes.annotate(
        "without\nbound",
        (0.03, -46),
        (0.3, -42),
        color=RED,
        arrowprops={"arrowstyle": "->", "color": RED},
    )


def plot_softmax(axes):
    S = np.array([0.7, 0.1, 0.2])
    jacobian = np.diagflat(S) - np.outer(S, S)
    axes.imshow(jacobian, cmap="RdBu_r", vmin=-0.3, vmax=0.3)
    for j, k in np.ndindex(3, 3):
        axes.text(k, j, f"{jacobian[j, k]:.2f}", ha="center", va="center")
    axes.set(
        title="S = [0.7, 0.1, 0.2]",
        xticks=range(3),
        xticklabels=[1, 2, 3],
        yticks=range(3),
        yticklabels=[1, 2, 3],
    )
    axes.set_xlabel("$k$")
    axes.set_ylabel("$j$", rotation=0, labelpad=8)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def plot_both(axes):
    y_hat, y = np.array([0.7, 0.1, 0.2]), np.array([1, 0, 0])
    bars = axes.bar(range(3), y_hat - y, color=[RED, BLUE, BLUE])
    axes.bar_label(bars, fmt="%.1f", padding=2)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set(
        title="$\\hat{y}$ = [0.7, 0.1, 0.2]\n$y$ = [1, 0, 0]",
        xlabel="$k$",
        xticks=range(3),
        xticklabels=[1, 2, 3],
        ylabel=r"$\hat{y} - y$",
        yticks=[-0.3, 0, 0.3],
        ylim=(-0.42, 0.42),
    )
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="x", length=0)


def draw_derivation(name, heights, plot):
    """A derivation line by line, with the reasons and a plot beside it."""
    derived, lines = DERIVATIONS[name]
    # In inches. (Python's own sum rounds differently since 3.12)
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
    plot(
        figure.add_axes([4.95 / width, 0.5 - 0.75 / height, 1.3 / width, 1.5 / height])
    )
    return figure


# The picture at the top of the README: a panel for each step.

VALUES_OF_STEP = """\
import runpy, sys
import numpy as np
step, file, *expressions = sys.argv[1:]
variables = runpy.run_path(step)
np.savez(file, *[eval(text, variables) for text in expressions])
"""


RUN = "import runpy, sys; runpy.run_path(sys.argv[1])"


def step_path(number):
    [path] = (ROOT / "nnfs_steps").glob(f"{number:02}_*.py")
    return path


def run_python(code, path, *arguments):
    """Run code on a script and return what it prints, in a process of its own.

    What nnfs.init() does stays in that process.
    """
    settings = {
        "MPLBACKEND": "agg",
        "PYTHONWARNINGS": "ignore",
        "OPENBLAS_NUM_THREADS": "1",
    }
    return subprocess.run(
        [sys.executable, "-c", code, path, *arguments],
        check=True,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ).stdout


def values_of(step, *expressions):
    """What expressions are when a step ends."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "values.npz")
        run_python(VALUES_OF_STEP, step_path(step), file, *expressions)
        with np.load(file) as values:
            return [value.astype("float64") for value in values.values()]


def draw_network(axes, *weights, colour=BLUE, arrow="-"):
    """Neurons in columns; a weight (inputs, neurons) is a line, thicker if larger."""
    sizes = [len(weights[0])] + [matrix.shape[1] for matrix in weights]
    places = [
        [(column, row - (size - 1) / 2) for row in range(size)]
        for column, size in enumerate(sizes)
    ]
    for column, matrix in enumerate(weights):
        for (j, k), weight in np.ndenumerate(matrix / np.abs(matrix).max()):
            axes.annotate(
                "",
                places[column][j],
                places[column + 1][k],
                arrowprops={
                    "arrowstyle": arrow,
                    "color": colour,
                    "shrinkA": 4,
                    "shrinkB": 5,
                    "linewidth": 0.4 + 1.4 * abs(weight),
                },
            )
    x, y = np.concatenate(places).T
    axes.scatter(x, y, s=70, color="white", edgecolors=INK, zorder=3)
    axes.set(xlim=(-0.4, len(sizes) - 0.6), ylim=(-2.4, 2.4))


def draw_matrices(axes, *matrices):
    """A product of matrices, as fields of colour."""
    left = 0
    for matrix in matrices:
        if left:
            axes.text(left - 0.4, 0, r"$\times$", ha="center", va="center", fontsize=13)
        rows, columns = matrix.shape
        axes.imshow(
            matrix,
            cmap="RdBu_r",
            vmin=-3,
            vmax=3,
            extent=(left, left + columns, -rows / 2, rows / 2),
        )
        left += columns + 0.8
    axes.set(xlim=(-0.2, left - 0.6), ylim=(-left / 2, left / 2))


def draw_comparison():
    """How fast each method of steps 09 and 11 to 16 learns the spiral."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for (name, lines), style in zip(training_curves().items(), LINE_STYLES):
        epochs, accuracies, losses = zip(*lines)
        left.plot(epochs, losses, label=name, **style)
        right.plot(epochs, accuracies, **style)
    left.set(title="loss", xlabel="epoch", ylim=(0, 1.15))
    right.set(title="accuracy", xlabel="epoch", ylim=(0.3, 1))
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    return figure


# Colours of different lightness, and different dashes
LINE_STYLES = [
    {"color": "#999999", "linestyle": ":"},
    {"color": "#e69f00", "linestyle": "--"},
    {"color": "#d55e00", "linestyle": "-."},
    {"color": "#cc79a7", "linestyle": "-"},
    {"color": "#56b4e9", "linestyle": "--"},
    {"color": "#0072b2", "linestyle": "-."},
    {"color": "#000000", "linestyle": "-"},
]


@functools.cache
def training_curves():
    """{method: [(epoch, accuracy, loss), ...]}, from what the steps print.

    Random search is step 09's, on the spiral, with as many neurons as the others have.
    """
    text = step_path(9).read_text(encoding="utf-8")
    for old, new in [
        ("Layer_Dense(2, 3)", "Layer_Dense(2, 64)"),
        ("Layer_Dense(3, 3)", "Layer_Dense(64, 3)"),
        ('"Vertical data": vertical_data, ', ""),
    ]:
        assert text.count(old) == 1
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "search.py").write_text(text, encoding="utf-8")
        search = run_python(RUN, Path(folder, "search.py"))
    best = re.findall(r"iteration: (\d+) loss: (\S+) acc: (\S+)", search)
    curves = {"random search": []}
    for epoch in range(0, 10_001, 100):
        loss, accuracy = [line[1:] for line in best if int(line[0]) <= epoch][-1]
        curves["random search"].append((epoch, float(accuracy), float(loss)))
    for number in range(11, 17):
        path = ROOT / "nnfs_steps" / "outputs" / f"{number}.txt"
        lines = re.findall(
            r"epoch: (\d+), acc: (\S+), loss: ([\d.]+)",
            path.read_text(encoding="utf-8"),
        )
        name = step_path(number).stem.partition("nnfs_")[2].replace("-", " ")
        curves[name] = [(int(a), float(b), float(c)) for a, b, c in lines]
    return curves


# What step 16 has at these epochs: many at first, when it changes most
FRAMES = sorted({round(10_000 * (number / 64) ** 2.5) for number in range(65)})
WATCH_STEP_16 = """\
import copy, sys
import numpy as np
path, file, *frames = sys.argv[1:]
source = open(path, encoding="utf-8").read().rpartition("\\ndraw_regions(")[0]
place = "    # Backward, from the last to the first"
assert source.count(place) == 1
source = source.replace(place, "    watch(epoch, accuracy, loss)\\n" + place)
side = np.linspace(-1.1, 1.1, 140)
x, y = np.meshgrid(side, side)
points, seen = np.c_[x.ravel(), y.ravel()], []

def watch(epoch, accuracy, loss):
    if str(epoch) not in frames:
        return
    # Copies of the step's layers: the training has to stay as it is
    hidden, activation, out = map(
        copy.copy, [step["dense1"], step["activation1"], step["dense2"]]
    )
    hidden.forward(points)
    activation.forward(hidden.output)
    out.forward(activation.output)
    regions = np.argmax(out.output, axis=1).reshape(x.shape)
    seen.append((epoch, float(accuracy), float(loss), regions.astype("uint8")))

step = {"watch": watch, "__name__": "step"}
exec(compile(source, path, "exec"), step)
numbers = np.array([line[:3] for line in seen], dtype="float64")
regions = np.array([line[3] for line in seen])
np.savez(file, numbers=numbers, regions=regions, X=step["X"], y=step["y"])
"""


@functools.cache
def watch_training():
    """Epochs, accuracies, losses (frames, 3); regions (frames, 140, 140); X and y."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "frames.npz")
        run_python(WATCH_STEP_16, step_path(16), file, *map(str, FRAMES))
        with np.load(file) as values:
            return [values[name] for name in ("numbers", "regions", "X", "y")]


def draw_animation(file):
    """The spiral while step 16 learns it, and the loss that falls."""
    numbers, all_regions, X, y = watch_training()
    epochs, accuracies, losses = numbers.T
    pictures = []
    for frame, regions in enumerate(all_regions):
        figure, (left, right) = plt.subplots(
            1, 2, figsize=(8, 4), dpi=100, layout="constrained"
        )
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
    places = np.linspace(0, 1, 300)
    x, y = [
        np.interp(places, np.linspace(0, 1, len(corners)), values)
        for values in zip(*corners)
    ]
    # A mean over 25 points makes strokes of the straight lines
    stroke = [
        np.convolve(np.pad(values, 12, mode="edge"), np.ones(25) / 25, mode="valid")
        for values in (x, y)
    ]
    figure = plt.figure(figsize=(0.9, 0.9))
    axes = figure.add_axes([0, 0, 1, 1])
    axes.plot(*stroke, color="black", linewidth=1.8, solid_capstyle="round")
    axes.set(xlim=(0, 100), ylim=(0, 100))
    axes.axis("off")
    return figure


# The steps by the chapters of the book; a "|" breaks a line
TITLES = {
    2: ["a layer", "NumPy", "a batch"],
    3: ["two layers", "a class"],
    4: ["ReLU", "softmax"],
    5: ["loss"],
    6: ["random search"],
    9: ["gradients"],
    10: ["descent", "decay", "momentum", "AdaGrad", "RMSProp", "Adam"],
    11: ["test data"],
    14: ["L1 and L2"],
    15: ["dropout"],
    16: ["two classes"],
    17: ["regression"],
    18: ["a model", "any task"],
    19: ["images"],
    20: ["parameters"],
    21: ["save, go on"],
    22: ["prediction"],
    0: ["tuned"],
}


def draw_overview():
    figure, panels = plt.subplots(4, 7, figsize=(10, 6.6), layout="constrained")
    titles = [(chapter, name) for chapter, names in TITLES.items() for name in names]
    for number, (axes, (chapter, name)) in enumerate(zip(panels.flat, titles), start=1):
        above = f"{number:02}  chapter {chapter}" if chapter else f"{number:02}"
        axes.set_title(f"{above}\n{name}", fontsize=13, linespacing=1.3)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    draw_panels_to_10(panels.flat[:10])
    draw_panels_from_11(panels.flat[10:])
    return figure


def draw_panels_to_10(panels):
    one, two, three, four, five, six, seven, eight, nine, ten = panels
    inputs, weights, weights2 = values_of(
        4, "inputs", "np.array(weights).T", "np.array(weights2).T"
    )
    draw_network(one, weights)
    draw_matrices(two, weights.T, inputs[:1].T)
    draw_matrices(three, inputs, weights)
    draw_network(four, weights, weights2)
    draw_network(five, *values_of(5, "dense1.weights", "dense2.weights"))

    image = "plt.gcf().axes[1].images[0]"  # of step 09's picture
    regions, extent, X, y = values_of(
        9, f"{image}.get_array()", f"{image}.get_extent()", "X", "y"
    )
    six.plot([-1, 0, 1], [0, 0, 1], color=BLUE, linewidth=3)
    six.set(ylim=(-0.3, 1.2))
    nine.scatter(*X.T, c=y, s=3)
    nine.imshow(regions, extent=extent, origin="lower", alpha=0.4)

    seven.bar(range(3), [0.7, 0.1, 0.2], color=[BLUE, RED, GREEN], width=0.6)
    seven.set(xlim=(-0.8, 2.8), ylim=(0, 0.8))
    probability = np.linspace(0.01, 1, 200)
    eight.plot(probability, -np.log(probability), color=RED, linewidth=2)
    eight.set(xlim=(-0.1, 1.1), ylim=(-0.3, 4.8))
    gradients = values_of(10, "dense1.dweights", "dense2.dweights")
    draw_network(ten, *gradients, colour=RED, arrow="->")


def draw_panels_from_11(panels):
    for axes, (_, lines) in zip(panels, [*training_curves().items()][1:]):
        epochs, _, losses = zip(*lines)
        axes.fill_between(epochs, losses, color=BLUE, alpha=0.2)
        axes.plot(epochs, losses, color=BLUE, linewidth=1.5)
        axes.set(ylim=(0, 1.2))
    for axes, step in zip(panels[6:8], [17, 18]):
        *_, training, test = accuracies_of(step)
        bars = axes.bar(["training", "test"], [training, test], color=[BLUE, RED])
        axes.bar_label(bars, fmt="%.2f", fontsize=10)
        axes.set(ylim=(0, 1.2), xlim=(-0.8, 1.8))
    dropout, sigmoid, sine, model, tasks, images, parameters, save, predict, tuned = (
        panels[8:]
    )
    places = np.arange(24)
    dropped = np.isin(places, [3, 8, 13, 22])
    dropout.scatter(
        places % 6,
        places // 6,
        s=40,
        c=np.where(dropped, "white", BLUE),
        edgecolors=INK,
    )
    dropout.set(xlim=(-0.7, 5.7), ylim=(-0.8, 3.8))
    z = np.linspace(-6, 6, 100)
    sigmoid.plot(z, 1 / (1 + np.exp(-z)), color=BLUE, linewidth=2)
    sine.plot(z, np.sin(z), color="#bbbbbb", linewidth=6)
    sine.plot(z, np.sin(z), color=INK, linestyle="--")
    draw_boxes(model, ["dense", "ReLU", "dense"])
    draw_boxes(tasks, ["classes", "yes, no", "numbers"])
    digits, digit = first_digits()
    images.imshow(digits, cmap="gray")
    draw_boxes(parameters, ["weights", "biases", ".npz"])
    draw_boxes(save, ["epoch 5", ".npz", "epoch 6"])
    predict.imshow(digit, cmap="gray")
    predict.set_xlabel("five", fontsize=13)
    bars = tuned.barh(["28", "16"], [0.4, 1], color=[GREEN, BLUE])
    tuned.bar_label(bars, ["28", "16"], fontsize=11, padding=3)
    tuned.set(xlim=(0, 1.3), ylim=(-1, 2))


def draw_boxes(axes, texts):
    """Boxes from top to bottom, with arrows between them."""
    axes.set(xlim=(-1, 1), ylim=(-2.6, 0.6))
    for row, text in enumerate(texts):
        box = {"boxstyle": "round,pad=0.3", "facecolor": "#e8eefb", "edgecolor": BLUE}
        axes.text(0, -row, text, ha="center", va="center", fontsize=10, bbox=box)
        if row:
            arrow = {"arrowstyle": "->", "color": INK}
            axes.annotate("", (0, -row + 0.3), (0, -row + 0.7), arrowprops=arrow)


def accuracies_of(step):
    """All accuracies that a step prints."""
    path = ROOT / "nnfs_steps" / "outputs" / f"{step}.txt"
    return [float(x) for x in re.findall(r"acc: (\S+),", path.read_text("utf-8"))]


def first_digits():
    """Nine images of the test set side by side, and the digit of step 27."""
    path = ROOT / "assets" / "mnist" / "t10k-images-idx3-ubyte.gz"
    pixels = np.frombuffer(gzip.decompress(path.read_bytes()), "uint8", offset=16)
    rows = pixels.reshape(-1, 28, 28)[:9].reshape(3, 3, 28, 28)
    digits = np.concatenate(np.concatenate(rows, axis=1), axis=1)
    return digits, plt.imread(ROOT / "assets" / "digit.png")[..., 0]


# What a picture shows, in its metadata.

SHOWN = (
    "text",
    "position",
    "xydata",
    "offsets",
    "array",
    "extent",
    "clim",
    "cmap",
    "xy",
    "width",
    "height",
    "color",
    "facecolor",
    "linewidth",
    "linestyle",
    "marker",
    "alpha",
)


def plain(value):
    """A value as JSON can have it."""
    if value is None or isinstance(value, str):
        return value
    return getattr(value, "name", None) or np.asarray(value).tolist()


def describe_artist(artist):
    found = {"kind": type(artist).__name__}
    contours = isinstance(artist, matplotlib.contour.ContourSet)
    for name in SHOWN:
        if contours and name == "text":  # of one label, if it is told which
            continue
        if get := getattr(artist, f"get_{name}", None):
            found[name] = plain(get())
    if isinstance(artist, matplotlib.text.Annotation):
        found["xy"] = plain(artist.xy)
        if artist.arrow_patch:
            found["arrow"] = describe_artist(artist.arrow_patch)
    elif contours:
        # Its points may begin anywhere
        found["box"] = [plain(path.get_extents()) for path in artist.get_paths()]
    elif isinstance(artist, matplotlib.collections.PolyCollection):
        found["points"] = [path.vertices.tolist() for path in artist.get_paths()]
    return found


def describe_axis(axis, limits):
    found = {
        "label": axis.get_label_text(),
        "scale": axis.get_scale(),
        "limits": limits,
    }
    locator = axis.get_major_locator()
    if isinstance(locator, FixedLocator):
        found["ticks"] = plain(locator.locs)
        found["tick labels"] = [label.get_text() for label in axis.get_ticklabels()]
    return found


def describe(figure):
    """All texts and data of a figure, without what matplotlib chooses by itself."""
    found = {
        "size": plain(figure.get_size_inches()),
        "texts": [text.get_text() for text in figure.texts],
    }
    for number, axes in enumerate(figure.axes, start=1):
        artists = [
            *axes.lines,
            *axes.collections,
            *axes.images,
            *axes.patches,
            *axes.texts,
        ]
        legend = axes.get_legend()
        x_limits, y_limits = (
            None if automatic else plain(limits)
            for automatic, limits in [
                (axes.get_autoscalex_on(), axes.get_xlim()),
                (axes.get_autoscaley_on(), axes.get_ylim()),
            ]
        )
        found[f"panel {number}"] = {
            "titles": [axes.get_title(loc) for loc in ("left", "center", "right")],
            "x": describe_axis(axes.xaxis, x_limits),
            "y": describe_axis(axes.yaxis, y_limits),
            "legend": [text.get_text() for text in legend.get_texts()]
            if legend
            else [],
            "artists": list(map(describe_artist, artists)),
        }
    return found


def save(figure, file):
    info = PngInfo()
    info.add_text("Description", json.dumps(describe(figure)), zip=True)
    figure.savefig(file, format="png", pil_kwargs={"pnginfo": info})


DERIVATION_PICTURES = {
    "relu_derivative": ([0.7, 1.0, 0.7], plot_relu),
    "cross_categorical_derivative": ([0.6, 0.6, 0.6, 0.6, 0.6], plot_cross_entropy),
    "softmax_derivative": ([0.9, 1.15, 1.1, 0.9, 0.45, 0.45], plot_softmax),
    "cross_categorical_softmax_derivative": (
        [0.6, 0.6, 0.5, 0.5, 0.45, 0.45],
        plot_both,
    ),
}
SCRIPT_PICTURES = {  # what scripts show: 06.png, concept-10.png
    prefix + path.name[:2] + ".png": path
    for folder, prefix in [("nnfs_steps", ""), ("concepts", "concept-")]
    for path in sorted((ROOT / folder).glob("[0-9][0-9]_*.py"))
    if "plt.show()" in path.read_text(encoding="utf-8")
}
PICTURES = {
    "overview.png": draw_overview,
    "comparison.png": draw_comparison,
    "digit.png": draw_digit,
    **{
        f"{name}.PNG": functools.partial(draw_derivation, name, *how)
        for name, how in DERIVATION_PICTURES.items()
    },
    **SCRIPT_PICTURES,
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


def draw(name, file):
    """Draw a picture into a file."""
    if name in SCRIPT_PICTURES:
        run_python(SHOW_SCRIPT, SCRIPT_PICTURES[name], file, Path(__file__).parent)
        return
    if name == "training.gif":
        with plt.rc_context(STYLE):
            draw_animation(file)
        return
    with plt.rc_context(STYLE):
        figure = PICTURES[name]()
        save(figure, file)
        plt.close(figure)


def main(names):
    if unknown := set(names) - {*PICTURES, "training.gif"}:
        print(
            f"no picture {min(unknown)}: training.gif, {', '.join(PICTURES)}",
            file=sys.stderr,
        )
        return 2
    for name in names or [*PICTURES, "training.gif"]:
        draw(name, Path(__file__).with_name(name))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Draw the pictures into this folder: python assets/draw.py [overview.png ...]

Each picture says in its metadata what it shows, for the tests. The derivations are
written as Python expressions, which are drawn as formulas here and worked out with
numbers in tests/test_pictures.py, line by line.
"""

import ast
import functools
import gzip
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import matplotlib
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

matplotlib.use("agg")
import matplotlib.pyplot as plt
from matplotlib.collections import Collection
from matplotlib.colors import Colormap, to_rgb
from matplotlib.contour import ContourSet
from matplotlib.legend import Legend
from matplotlib.ticker import FixedLocator
from PIL import Image
from PIL.PngImagePlugin import PngInfo

ASSETS = Path(__file__).resolve().parent
sys.path.insert(0, str(ASSETS.with_name("nnfs_steps")))
from tour.curves import STYLES  # noqa: E402
from tour.scripts import Mistake, chapter, lines_of, scripts_in  # noqa: E402

STEPS, CONCEPTS = (
    [*scripts_in(ASSETS.with_name(folder)).values()]
    for folder in ("nnfs_steps", "concepts")
)

# Okabe and Ito's colours, which colour-blind people can tell apart
BLUE, RED, GREEN, INK, GRAY = "#0072b2", "#d55e00", "#009e73", "#202020", "#909090"
# A method has its own, here as in what `compare` draws and on the page
METHODS = {number: style["color"] for number, style in enumerate(STYLES[:6], start=11)}
CLASSES = plt.get_cmap("viridis", 3)(range(3))[:, :3]  # as the steps have them
PALE = 1 - 0.28 * (1 - CLASSES)
COLOURS = BLUE, RED, GREEN, GRAY
STYLE = {
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
    width, height = 6.7, np.sum(heights) + 0.2
    figure = plt.figure(figsize=(width, height))

    def put(x, y, text, **style):
        return figure.text(x / width, y / height, text, va="center", **style)

    middles = height - 0.1 - np.cumsum(heights) + np.array(heights) / 2
    left_side = put(0.1, middles[0], f"${formula(derived)}$", fontsize=11.5)
    x = 0.2 + left_side.get_window_extent().width / figure.dpi
    for y, (line, reason) in zip(middles, lines, strict=True):
        right_side = put(x, y, f"$= {formula(line)}$", fontsize=11.5)
        put(3.15, y, reason, color="#505050", fontsize=10.5, linespacing=1.1)
    right_side.set_bbox({"boxstyle": "round,pad=0.25", "color": "#dfeaff"})
    place = [5.25 / width, 0.5 - 0.75 / height, 1.3 / width, 1.5 / height]
    plot(figure.add_axes(place))
    return figure


# What the steps have in their variables, and what they print.


def run(code, *words, cwd=None, text=""):
    """Run code in a process of its own, return the lines that it prints."""
    no_warning = "-W", "error", "-W", "ignore:FigureCanvasAgg is non-interactive"
    result = subprocess.run(
        [sys.executable, *no_warning, "-c", code, *words],
        cwd=cwd,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"},
        input=text.encode(),
        capture_output=True,
    )
    if result.returncode:
        raise Mistake(result.stderr.decode(errors="replace"))
    return lines_of(result.stdout.decode())


VALUES_OF_STEP = """\
import sys
import numpy as np
file, step, *expressions = sys.argv[1:]
variables = {"np": np, "__file__": step}
sys.argv[1:] = []
exec(sys.stdin.read(), variables)
np.savez(file, *[eval(text, variables) for text in expressions])
"""


def values_of(step, *expressions, added=()):
    """What expressions are when the program of a step ends.

    added has what it does besides, each before the line that is its last.
    """
    text = step.text
    for lines in added:
        last = lines.splitlines()[-1] + "\n"
        assert text.count(last) == 1, last
        text = text.replace(last, lines)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "values.npz")
        words = VALUES_OF_STEP, file, step.path, *expressions
        run(*words, cwd=folder, text=text)
        with np.load(file) as values:
            return [value.astype("float64") for value in values.values()]


# Many at first, when a network changes most; then such that the steps print
EPOCHS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 300]
EPOCHS += [100 * int(100 * (number / 40) ** 2.5) for number in range(12, 41)]
SIDE = 160  # points of a grid over the spiral, in each direction

# What a step of chapter 10 does besides
START = f"""\
side = np.linspace(-1.1, 1.1, {SIDE})
grid = np.dstack(np.meshgrid(side, -side)).reshape(-1, 2)  # from the top down
seen, regions = [], []
losses = []
"""
WATCH = f"""\
    seen.append((loss, accuracy))
    # backward is over: it does not need any more what forward keeps
    if epoch in {EPOCHS}:
        dense1.forward(grid)
        activation1.forward(dense1.output)
        dense2.forward(activation1.output)
        regions.append(np.argmax(dense2.output, axis=1).reshape({SIDE}, {SIDE}))
    optimizer.update_params(dense1)
"""


@functools.cache
def recording(number):
    """Of a step of chapter 10: loss and accuracy at each epoch, the regions at EPOCHS,
    X and y.
    """
    expressions = "seen", "regions", "X", "y"
    seen, *others = values_of(STEPS[number - 1], *expressions, added=(START, WATCH))
    return *seen.T, *others


TOP = 1.2  # of the losses that are drawn


def draw_losses(axes, losses, **style):
    """The loss at each epoch; where it leaves the picture, its peaks are marked.

    Returns the epochs of these peaks.
    """
    axes.plot(losses, **style)
    axes.set(ylim=(0, TOP), xlabel="epoch", ylabel="loss")
    above = np.flatnonzero(losses > TOP)
    # What is less than 60 epochs apart is one peak
    ranges = np.split(above, np.flatnonzero(np.diff(above) >= 60) + 1)
    peaks = [epochs[np.argmax(losses[epochs])] for epochs in ranges if len(epochs)]
    marks = {"color": style["color"], "markersize": 4, "clip_on": False}
    for peak in peaks:
        axes.plot(peak, TOP, "^", **marks)
    return peaks


def draw_comparison():
    """How fast each method of steps 11 to 16 learns the spiral."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.8), layout="constrained")
    for number, color in METHODS.items():
        losses, accuracies, *_ = recording(number)
        draw_losses(left, losses, color=color, linewidth=0.8, alpha=0.3)
        right.plot(accuracies, color=color, linewidth=0.8, alpha=0.3)
        name = STEPS[number - 1].idea.partition(":")[0].rstrip(".")
        for axes, values in (left, losses), (right, accuracies):
            medians = np.median(sliding_window_view(values, 100), axis=1)
            epochs = np.arange(50, 50 + len(medians))
            axes.plot(epochs, medians, color=color, label=f"{number} {name}")
    right.set(xlabel="epoch", ylabel="accuracy", ylim=(0.3, 1))
    words = f"pale: at each epoch; triangle: a peak above {TOP}"
    figure.suptitle(f"{words}; strong: the median of 100 epochs", fontsize=11)
    handles, _ = left.get_legend_handles_labels()
    style = {"loc": "outside lower center", "ncols": 3, "frameon": False}
    figure.legend(handles=handles, fontsize=11, **style)
    return figure


def as_bytes(colours):
    return (np.array(colours) * 255).round().astype("uint8").tobytes()


CELL = SIDE // 2  # pixels of one picture in regions.png


def draw_all_regions(file):
    """regions.png and regions.json: a row for each of EPOCHS, a column for each method.

    "points" are the spiral's, [x, y, class] with x and y in pixels of a cell.
    """
    losses, accuracies, regions, *_ = zip(*map(recording, METHODS))
    cells = np.stack(regions, axis=1)[..., ::2, ::2]  # (epochs, methods, CELL, CELL)
    whole = cells.swapaxes(1, 2).reshape(len(EPOCHS) * CELL, len(METHODS) * CELL)
    picture = Image.fromarray(whole.astype("uint8"), "P")
    picture.putpalette(as_bytes(PALE))
    picture.save(file, optimize=True)
    at_epochs = (np.array(values)[:, EPOCHS].T for values in (losses, accuracies))
    loss, accuracy = (values.round(3).tolist() for values in at_epochs)
    _, _, _, X, y = recording(11)
    places = (CELL * (X * [1, -1] + 1.1) / 2.2).round(1)
    found = {"epochs": EPOCHS, "steps": [*METHODS], "size": CELL, "loss": loss}
    points = [[*place, int(number)] for place, number in zip(places.tolist(), y)]
    found |= {"acc": accuracy, "points": points}
    file.with_suffix(".json").write_text(json.dumps(found) + "\n", encoding="utf-8")


def draw_animation(file):
    """The spiral while step 16 learns it, and the loss that falls."""
    losses, accuracies, regions, X, y = recording(16)
    pictures = []
    for epoch, cells in zip(EPOCHS, regions.astype(int)):
        size = {"figsize": (8, 4), "dpi": 100}
        figure, (left, right) = plt.subplots(1, 2, layout="constrained", **size)
        left.imshow(PALE[cells], extent=[-1.1, 1.1, -1.1, 1.1])
        left.scatter(*X.T, c=y, s=14, edgecolors="black", linewidths=0.5)
        left.set(xticks=[], yticks=[])
        left.set_title(
            f"epoch {epoch:,}: accuracy {accuracies[epoch]:.2f}", fontsize=14
        )
        for peak in draw_losses(right, losses[: epoch + 1], color=METHODS[16]):
            right.text(peak, 1.02 * TOP, f"{losses[peak]:.1f}", ha="center", fontsize=8)
        right.plot(epoch, losses[epoch], "o", color=RED)
        right.set_xscale("symlog", linthresh=1)  # logarithmic, and with a place for 0
        right.set_xlim(-0.1, 12_000)
        right.set_xticks([0, 1, 10, 100, 1000, 10_000])
        right.xaxis.set_major_formatter("{x:,.0f}")
        right.set_title(f"loss {losses[epoch]:.2f}", fontsize=14, pad=18)
        figure.canvas.draw()
        pictures.append(
            Image.fromarray(np.asarray(figure.canvas.buffer_rgba())[..., :3])
        )
        plt.close(figure)
    # One palette for all frames: the colours of the drawing, and grays for its edges
    grays = np.linspace(0, 1, 20)[:, np.newaxis].repeat(3, axis=1)
    palette = Image.new("P", (1, 1))
    palette.putpalette(as_bytes([*CLASSES, *PALE, to_rgb(RED), *grays]))
    pictures = [x.quantize(palette=palette, dither=0) for x in pictures]
    pictures[0].save(
        file,
        save_all=True,
        append_images=pictures[1:],
        duration=[180] * (len(pictures) - 1) + [3500],
        loop=0,
    )


def softmax_of_the_book():
    """The book's three outputs, exp of them, and their probabilities, by step 07."""
    outputs = "np.array([[4.8, 1.21, 2.385]])"
    softmax = f"[activation2.forward({outputs}), activation2.output][1]"
    return [row for [row] in values_of(STEPS[6], outputs, f"exp({outputs})", softmax)]


def draw_softmax():
    """What softmax makes of the book's three outputs."""
    figure, axes = plt.subplots(1, 3, figsize=(8, 3), layout="constrained")
    titles = "outputs", "exp(outputs)", "divided by their sum"
    for panel, title, values in zip(axes, titles, softmax_of_the_book()):
        bars = panel.bar(range(3), values, color=[BLUE, RED, GREEN], width=0.6)
        panel.bar_label(bars, [f"{value:.4g}" for value in values.round(3)])
        panel.set(xticks=[], yticks=[], ylim=(0, 1.15 * max(values)))
        panel.spines["left"].set_visible(False)
        panel.set_title(title)
        panel.set_xlabel(f"sum {sum(values):.4g}")
    return figure


def draw_own_numbers():
    """What step 30 predicts for the penguins of its test data, and what they weigh."""
    predicted, true = values_of(STEPS[29], "np.ravel(found)", "np.ravel(y_test)")
    figure, axes = plt.subplots(figsize=(5, 4.5), layout="constrained")
    ends = [true.min(), true.max()]
    axes.plot(ends, ends, color=GRAY, linestyle="--", label="predicted = true")
    axes.scatter(true, predicted, color=BLUE, s=18)
    off = np.mean(np.abs(predicted - true))
    axes.set_title(f"{len(true)} penguins, mean error {off:.0f} g")
    axes.set(xlabel="true body mass in g", ylabel="predicted body mass in g")
    axes.set_aspect("equal")
    axes.legend(frameon=False)
    return figure


# Step 10's arrays: what forward keeps, its gradient below, and where both stand
ARRAYS = [
    (0, "X", "dense1.dinputs"),
    (2, "dense1.output", "activation1.dinputs"),
    (3, "activation1.output", "dense2.dinputs"),
    (5, "dense2.output", "loss_activation.dinputs"),
]
PARAMETERS = [
    (0.75, "dense1.weights", "dense1.dweights"),
    (1.4, "dense1.biases", "dense1.dbiases"),
    (3.75, "dense2.weights", "dense2.dweights"),
    (4.4, "dense2.biases", "dense2.dbiases"),
]


def draw_backpropagation():
    """Step 10: each array with its shape, and right below it its gradient."""
    pairs = [*ARRAYS, *PARAMETERS]
    names = [name for _, *both in pairs for name in both]
    shapes = values_of(STEPS[9], *(f"{name}.shape" for name in names))
    shapes = {name: shape.astype(int) for name, shape in zip(names, shapes)}
    figure, axes = plt.subplots(figsize=(10, 6.4), layout="constrained")
    axes.set(xlim=(-0.5, 6.6), ylim=(-4.3, 4.3))
    axes.axis("off")
    axes.set_title("Below each array stands its gradient, of the same shape")

    def put(x, y, name, colour, side):
        rows, columns = shapes[name]
        width, height = 0.09 * columns, 0.09 * min(rows, 14)
        place = x - width / 2, y - height / 2
        box = plt.Rectangle(place, width, height, facecolor=colour, alpha=0.35)
        axes.add_patch(box)
        words = name.replace(".", "\n.") + f"\n({rows}, {columns})"
        style = {"ha": "center", "va": ["top", "bottom"][side > 0], "color": colour}
        axes.text(x, y + side * (height / 2 + 0.1), words, fontsize=9.5, **style)

    def arrow(start, end, colour):
        style = {"arrowstyle": "->", "color": colour, "linewidth": 1.6}
        axes.annotate("", end, start, arrowprops=style)

    for x, forward, backward in ARRAYS:
        put(x, 1, forward, BLUE, 1)
        put(x, -1, backward, RED, -1)
    for x, forward, backward in PARAMETERS:
        put(x, 3, forward, BLUE, 1)
        put(x, -3, backward, RED, -1)
        arrow((x, 2.7), (x, 1.1), BLUE)
        arrow((x, -1.1), (x, -2.7), RED)
    for (left, *_), (right, *_) in pairwise(ARRAYS):
        arrow((left + 0.2, 1), (right - 0.2, 1), BLUE)
        arrow((right - 0.2, -1), (left + 0.2, -1), RED)
    arrow((5.2, 1), (6, 1), BLUE)
    axes.text(6.05, 1, "loss", va="center", color=BLUE, fontsize=12)
    arrow((6.15, 0.75), (5.2, -0.9), RED)
    axes.text(6.6, 3.6, "forward", ha="right", color=BLUE, fontsize=14)
    axes.text(6.6, -3.8, "backward", ha="right", color=RED, fontsize=14)
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
    axes.bar(range(3), softmax_of_the_book()[-1], color=[BLUE, RED, GREEN], width=0.6)
    axes.set(xlim=(-0.8, 2.8), ylim=(0, 1.05))


def draw_regions(axes, step):
    image = "plt.gcf().axes[1].images[0].get_array()"  # of the step's picture
    regions, X, y = values_of(step, image, "X", "y")
    (left, bottom), (right, top) = X.min(axis=0) - 0.1, X.max(axis=0) + 0.1
    sides = [left, right, bottom, top]
    axes.imshow(PALE[regions.astype(int)], extent=sides, origin="lower")
    axes.scatter(*X.T, c=y, s=3)


def draw_loss(axes, step):
    losses, color = recording(step.number)[0], METHODS[step.number]
    draw_losses(axes, losses, color=color, linewidth=0.8)
    axes.set(xlabel="", ylabel="")


def draw_accuracies(axes, step):
    """Of the last epoch, and of the test data."""
    found = re.findall(r"acc: (\S+),", "\n".join(step.output))[-2:]
    heights = list(map(float, found))
    bars = axes.bar(["training", "test"], heights, color=[BLUE, RED])
    axes.bar_label(bars, fmt="%.2f", fontsize=11)
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
        axes.text(0, -row, text, ha="center", va="center", fontsize=11, bbox=box)
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
    digit = Image.open(ASSETS / "digit.png").convert("L")
    axes.imshow(np.asarray(digit)[:120], cmap="gray")
    axes.set_xlabel(answer, fontsize=13)


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
    28: ("tuned", draw_boxes, "16", "profile", "28"),
    29: ("own data", draw_boxes, ".csv", "network", "Gentoo"),
    30: ("own numbers", draw_boxes, ".csv", "network", "grams"),
}


def draw_overview(steps=STEPS):
    for step in steps:
        if step.number not in PANELS:
            raise Mistake(f"{step.name} has no panel in the overview; see PANELS")
    rows = -(-len(steps) // 6)
    size = (10, 1.75 * rows)
    figure, panels = plt.subplots(rows, 6, figsize=size, layout="constrained")
    for axes in panels.flat:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    for axes, step in zip(panels.flat, steps):
        title, draw_panel, *values = PANELS[step.number]
        numbers = [f"{step.number:02}", f"chapter {chapter(step)}"]
        above = "  ".join(numbers[: 1 + bool(chapter(step))])
        axes.set_title(f"{above}\n{title}", fontsize=12, linespacing=1.3, pad=9)
        draw_panel(axes, step, *values)
    return figure


# What a picture shows, in its metadata: all words, and of all numbers enough to notice
# that one has changed. Not what matplotlib chooses by itself, in each version its own.

KINDS = "lines", "collections", "images", "patches", "texts"
PROPERTIES = "text position xy color facecolor linestyle linewidth marker alpha xydata"
PROPERTIES += " offsets array clim cmap extent width height"


def described(value):
    """A property in words and numbers: of an array's columns the largest size, and a
    mean in which each number has a weight.
    """
    if isinstance(value, str):
        return [value]
    if isinstance(value, Colormap):
        return [value.name] * (value.name in matplotlib.colormaps)
    if not isinstance(value, int | float | np.ndarray | tuple):
        return []
    numbers = np.nan_to_num(np.array(value, "float64"))
    found = []
    for column in numbers.reshape(-1, 2 if numbers.shape[-1:] == (2,) else 1).T:
        size = np.abs(column).max(initial=0)
        weights = 1 + np.cos(np.arange(len(column)))
        mean = np.sum(column * weights) / max(len(column) * size, 1e-300)
        found += [float(f"{number:.7g}") for number in (size, mean)]
    return found


def describe_artist(artist):
    if isinstance(artist, ContourSet):  # its lines may begin anywhere
        return ["contours", *described(artist.levels)]
    values = []
    for name in PROPERTIES.split():
        getter = getattr(artist, f"get_{name}", None)
        values.append(getter() if getter else getattr(artist, name, None))
    if getattr(artist, "arrow_patch", None):
        values.append(artist.arrow_patch.get_edgecolor())
    if isinstance(artist, Collection):
        values.append(np.concatenate([path.vertices for path in artist.get_paths()]))
    return [type(artist).__name__, *(x for value in values for x in described(value))]


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
        for kind in KINDS:
            each = map(describe_artist, getattr(axes, kind))
            found[f"{panel} {kind}"] = [value for some in each for value in some]
    return found


def save(figure, file):
    info = PngInfo()
    info.add_text("Description", json.dumps(describe(figure)), zip=True)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    # 256 colours are enough, and the file is a third
    picture = Image.open(drawn).convert("RGB").quantize(dither=Image.Dither.NONE)
    picture.save(file, format="png", pnginfo=info, optimize=True)


SCRIPT_PICTURES = {  # what scripts show: 06.png, concept-10.png
    f"{'concept-' * (script.kind == 'Concept')}{script.number:02}.png": script
    for script in STEPS + CONCEPTS
    if "plt.show()" in script.text
}
FIGURES = {
    "overview.png": draw_overview,
    "comparison.png": draw_comparison,
    "07.png": draw_softmax,
    "10.png": draw_backpropagation,
    "30.png": draw_own_numbers,
    **{f"{x}.PNG": functools.partial(draw_derivation, x) for x in DERIVATIONS},
}
FILES = {"training.gif": draw_animation, "regions.png": draw_all_regions}

SHOW_SCRIPT = """\
import runpy, sys
script, file, assets, *colours = sys.argv[1:]
sys.path.insert(0, assets)
import draw
draw.plt.rcParams["axes.prop_cycle"] = draw.plt.cycler(color=colours)
draw.plt.show = lambda: draw.save(draw.plt.gcf(), file)
sys.argv[1:] = []
runpy.run_path(script, run_name="__main__")
"""


def run_with_picture(script, cwd, file):
    """Run a script, save what it shows, and return the lines that it prints."""
    own = [METHODS[script.number]] if script in STEPS[10:16] else []
    return run(SHOW_SCRIPT, script.path, file, ASSETS, *own, *COLOURS, cwd=cwd)


def draw(name, file):
    """Draw a picture into a file."""
    if name in SCRIPT_PICTURES:
        with tempfile.TemporaryDirectory() as folder:
            run_with_picture(SCRIPT_PICTURES[name], folder, file)
        return
    with plt.rc_context(STYLE):
        if name in FILES:
            FILES[name](file)
            return
        figure = FIGURES[name]()
        save(figure, file)
        plt.close(figure)


def main(names, folder=ASSETS):
    known = [*FIGURES, *SCRIPT_PICTURES, *FILES]
    if unknown := set(names) - {*known}:
        raise Mistake(f"no picture {min(unknown)}; there are {', '.join(known)}")
    for name in names or known:
        with tempfile.TemporaryDirectory(dir=folder) as own:
            draw(name, Path(own, name))
            for path in Path(own).iterdir():
                os.replace(path, folder / path.name)
        print(name)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (Mistake, OSError) as error:
        sys.exit(str(error))

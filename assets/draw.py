"""Draw the pictures into this folder: python assets/draw.py [overview.png ...]

Each picture says in its metadata what it shows, so that a test can tell when it is out
of date.
"""

import functools
import gzip
import io
import json
import math
import re
import sys
import tempfile
from itertools import pairwise
from multiprocessing.pool import ThreadPool
from pathlib import Path

import matplotlib
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

matplotlib.use("agg")
import matplotlib.pyplot as plt
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Text
from PIL import Image
from PIL.PngImagePlugin import PngInfo

ASSETS = Path(__file__).resolve().parent
sys.path.insert(0, str(ASSETS.with_name("nnfs_steps")))
from derivations import DERIVATIONS, formula  # noqa: E402
from tour.curves import STYLES  # noqa: E402
from tour.project import SCRIPTS, STEPS, Mistake, command, run  # noqa: E402
from tour.scripts import chapter, write  # noqa: E402

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
    sides = [0.5, 3.5, 3.5, 0.5]
    axes.imshow(jacobian, cmap="RdBu_r", vmin=-0.3, vmax=0.3, extent=sides)
    for j, k in np.ndindex(3, 3):
        axes.text(k + 1, j + 1, f"{jacobian[j, k]:.2f}", ha="center", va="center")
    axes.set(title="S = [0.7, 0.1, 0.2]", xlabel="$k$", xticks=[1, 2, 3])
    axes.set_yticks([1, 2, 3])
    axes.set_ylabel("$j$", rotation=0, labelpad=8)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def plot_both(axes):
    y_hat, y = np.array([0.7, 0.1, 0.2]), np.array([1, 0, 0])
    bars = axes.bar([1, 2, 3], y_hat - y, color=[RED, BLUE, BLUE])
    axes.bar_label(bars, fmt="%.1f", padding=2)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set(title="$\\hat{y}$ = [0.7, 0.1, 0.2]\n$y$ = [1, 0, 0]", ylim=(-0.42, 0.42))
    axes.set(xticks=[1, 2, 3], yticks=[-0.3, 0, 0.3])
    axes.set(xlabel="$k$", ylabel=r"$\hat{y} - y$")
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
    for y, line in zip(middles, lines, strict=True):
        expression, reason = line.split("  # ")
        right_side = put(x, y, f"$= {formula(expression)}$", fontsize=11.5)
        put(3.15, y, reason, color="#505050", fontsize=10.5, linespacing=1.1)
    right_side.set_bbox({"boxstyle": "round,pad=0.25", "color": "#dfeaff"})
    place = [5.25 / width, 0.5 - 0.75 / height, 1.3 / width, 1.5 / height]
    plot(figure.add_axes(place))
    return figure


VALUES_OF_STEP = """\
import sys
import numpy as np
file, step, *expressions = sys.argv[1:]
variables = {"np": np, "__file__": step}
sys.argv[1:] = []
exec(sys.stdin.read(), variables)
np.savez(file, *[eval(text, variables) for text in expressions])
"""


def values_of(step, *expressions, program=None):
    """What expressions are when a step ends, or a changed program of it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "values.npz")
        words = "-c", VALUES_OF_STEP, file, step.path, *expressions
        run(step, folder, *words, text=program or step.program)
        with np.load(file) as values:
            return [value.astype("float64") for value in values.values()]


# Many at first, when a network changes most; then such that the steps print
EPOCHS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 300]
EPOCHS += [100 * int(100 * (number / 40) ** 2.5) for number in range(12, 41)]
SIDE = 160  # points of a grid over the spiral, in each direction

# What a step of chapter 10 does besides: before it trains, and before each update, when
# backward doesn't need any more what forward has kept
START = f"""\
side = np.linspace(-1.1, 1.1, {SIDE})
grid = np.dstack(np.meshgrid(side, -side)).reshape(-1, 2)  # from the top down
seen, regions, losses = [], [], []
"""
WATCH = f"""\
    seen.append((loss, accuracy))
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
    step = STEPS[number - 1]
    program = step.program.replace("losses = []\n", START)
    program = program.replace("    optimizer.update_params(dense1)\n", WATCH)
    seen, *others = values_of(step, "seen", "regions", "X", "y", program=program)
    return *seen.T, *others


def recordings():
    """Those of all methods, which train at the same time."""
    with ThreadPool() as pool:
        return pool.map(recording, METHODS)


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
    for (number, color), found in zip(METHODS.items(), recordings()):
        losses, accuracies, *_ = found
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
    losses, _, regions, *_ = zip(*recordings())
    cells = np.stack(regions, axis=1)[..., ::2, ::2]  # (epochs, methods, CELL, CELL)
    whole = cells.swapaxes(1, 2).reshape(len(EPOCHS) * CELL, len(METHODS) * CELL)
    picture = Image.fromarray(whole.astype("uint8"), "P")
    picture.putpalette(as_bytes(PALE))
    save_image(picture, file)
    loss = np.array(losses)[:, EPOCHS].T.round(3).tolist()
    _, _, _, X, y = recording(11)
    places = (CELL * (X * [1, -1] + 1.1) / 2.2).round(1)
    points = [[*place, int(number)] for place, number in zip(places.tolist(), y)]
    found = {"epochs": EPOCHS, "steps": [*METHODS], "size": CELL, "loss": loss}
    found["points"] = points
    write(file.with_suffix(".json"), json.dumps(found) + "\n")


def draw_animation(file):
    """The spiral while step 16 learns it, and the loss that falls."""
    losses, accuracies, regions, X, y = recording(16)
    pictures = []
    for epoch, cells in zip(EPOCHS, regions.astype(int)):
        figure, (left, right) = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
        figure.set_dpi(100)
        left.imshow(PALE[cells], extent=[-1.1, 1.1, -1.1, 1.1])
        left.scatter(*X.T, c=y, s=14, edgecolors="black", linewidths=0.5)
        left.set(xticks=[], yticks=[])
        title = f"epoch {epoch:,}: accuracy {accuracies[epoch]:.2f}"
        left.set_title(title, fontsize=14)
        for peak in draw_losses(right, losses[: epoch + 1], color=METHODS[16]):
            right.text(peak, 1.02 * TOP, f"{losses[peak]:.1f}", ha="center", fontsize=8)
        right.plot(epoch, losses[epoch], "o", color=RED)
        right.set_xscale("symlog", linthresh=1)  # logarithmic, and with a place for 0
        right.set_xlim(-0.1, 12_000)
        right.set_xticks([0, 1, 10, 100, 1000, 10_000])
        right.xaxis.set_major_formatter("{x:,.0f}")
        right.set_title(f"loss {losses[epoch]:.2f}", fontsize=14, pad=18)
        figure.canvas.draw()
        pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3]
        pictures.append(Image.fromarray(pixels))
        plt.close(figure)
    # One palette for all frames: the colours of the drawing, and grays for its edges
    grays = np.linspace(0, 1, 20)[:, np.newaxis].repeat(3, axis=1)
    palette = Image.new("P", (1, 1))
    palette.putpalette(as_bytes([*CLASSES, *PALE, to_rgb(RED), *grays]))
    pictures = [x.quantize(palette=palette, dither=0) for x in pictures]
    times = [180] * (len(pictures) - 1) + [3500]  # milliseconds
    frames = {"save_all": True, "append_images": pictures[1:], "duration": times}
    save_image(pictures[0], file, loop=0, **frames)


def draw_bars(axes, heights, labels, top=1.15):
    colours = [BLUE, RED, GREEN][: len(heights)]
    bars = axes.bar(range(len(heights)), heights, color=colours, width=0.6)
    axes.bar_label(bars, labels, fontsize=11)
    axes.set(xticks=[], yticks=[], ylim=(0, top))
    axes.spines["left"].set_visible(False)


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
        labels = [f"{value:.4g}" for value in values.round(3)]
        draw_bars(panel, values, labels, top=1.15 * max(values))
        panel.set(title=title, xlabel=f"sum {sum(values):.4g}")
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


# Step 10: where an array stands, what forward has, and the gradient, which stands below
ARRAYS = [
    (0, 1, "X", "dense1.dinputs"),
    (0.75, 3, "dense1.weights", "dense1.dweights"),
    (1.4, 3, "dense1.biases", "dense1.dbiases"),
    (2, 1, "dense1.output", "activation1.dinputs"),
    (3, 1, "activation1.output", "dense2.dinputs"),
    (3.75, 3, "dense2.weights", "dense2.dweights"),
    (4.4, 3, "dense2.biases", "dense2.dbiases"),
    (5, 1, "dense2.output", "loss_activation.dinputs"),
]


def draw_backpropagation():
    """Step 10: each array with its shape, and right below it its gradient."""
    names = [name for _, _, *pair in ARRAYS for name in pair]
    shapes = values_of(STEPS[9], *(f"{name}.shape" for name in names))
    shapes = {name: shape.astype(int) for name, shape in zip(names, shapes)}
    figure, axes = plt.subplots(figsize=(10, 6.4), layout="constrained")
    axes.set(xlim=(-0.5, 6.6), ylim=(-4.3, 4.3))
    axes.axis("off")
    axes.set_title("Below each array stands its gradient, of the same shape")
    for x, y, *pair in ARRAYS:
        for name, side, colour in zip(pair, [1, -1], [BLUE, RED]):
            rows, columns = shapes[name]
            width, height = 0.09 * columns, 0.09 * min(rows, 14)
            place = x - width / 2, side * y - height / 2
            box = plt.Rectangle(place, width, height, facecolor=colour, alpha=0.35)
            axes.add_patch(box)
            words = name.replace(".", "\n.") + f"\n({rows}, {columns})"
            style = {"ha": "center", "va": ["top", "bottom"][side > 0], "fontsize": 9.5}
            place = x, side * (y + height / 2 + 0.1)
            axes.text(*place, words, color=colour, **style)
    middle = [x for x, y, *_ in ARRAYS if y == 1]
    arrows = [((left + 0.2, 1), (right - 0.2, 1)) for left, right in pairwise(middle)]
    arrows += [((x, 2.7), (x, 1.1)) for x, y, *_ in ARRAYS if y == 3]
    arrows += [((5.2, 1), (6.05, 0.2))]
    style = {"arrowstyle": "->", "linewidth": 1.6}
    for start, end in arrows:  # below, mirrored, the way back
        axes.annotate("", end, start, arrowprops=style | {"color": BLUE})
        ends = np.multiply(start, [1, -1]), np.multiply(end, [1, -1])
        axes.annotate("", *ends, arrowprops=style | {"color": RED})
    axes.text(6.05, 0, "loss", va="center", color=INK, fontsize=12)
    axes.text(6.6, 3.6, "forward", ha="right", color=BLUE, fontsize=14)
    axes.text(6.6, -3.8, "backward", ha="right", color=RED, fontsize=14)
    return figure


# The picture at the top of the README: a panel for each step.


def draw_network(axes, step, *weights, colour=BLUE, arrow="-"):
    """Neurons in columns; a weight (inputs, neurons) is a line, thicker if larger."""
    style = {"arrowstyle": arrow, "color": colour, "shrinkA": 4, "shrinkB": 5}
    for column, matrix in enumerate(values_of(step, *weights)):
        left, right = (np.arange(size) - (size - 1) / 2 for size in matrix.shape)
        for (j, k), weight in np.ndenumerate(matrix / np.abs(matrix).max()):
            ends = (column, left[j]), (column + 1, right[k])
            style["linewidth"] = 0.4 + 1.4 * abs(weight)
            axes.annotate("", *ends, arrowprops=style)
        for x, ys in (column, left), (column + 1, right):
            axes.scatter([x] * len(ys), ys, 70, "white", edgecolors=INK, zorder=3)
    axes.set(xlim=(-0.4, len(weights) + 0.4), ylim=(-2.4, 2.4))


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
    values = softmax_of_the_book()[-1]
    draw_bars(axes, values, [f"{value:.2f}" for value in values])


def draw_regions(axes, step):
    image = "plt.gcf().axes[1].images[0].get_array()"  # of the step's picture
    regions, X, y = values_of(step, image, "X", "y")
    (left, bottom), (right, top) = X.min(axis=0) - 0.1, X.max(axis=0) + 0.1
    sides = [left, right, bottom, top]
    axes.imshow(PALE[regions.astype(int)], extent=sides, origin="lower")
    axes.scatter(*X.T, c=y, s=3)


def draw_loss(axes, step):
    losses, color = recording(step.number)[0], METHODS.get(step.number, METHODS[16])
    draw_losses(axes, losses, color=color, linewidth=0.8)
    axes.set(xlabel="", ylabel="")


def draw_accuracies(axes, step):
    """Of the last epoch, and of the test data."""
    found = re.findall(r"acc: (\S+),", "\n".join(step.output))[-2:]
    training, test = map(float, found)
    labels = [f"training\n{training:.2f}", f"test\n{test:.2f}"]
    draw_bars(axes, [training, test], labels, top=1.4)


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


def draw_overview():
    recordings()
    rows = math.ceil(len(PANELS) / 6)
    size = 10, 1.75 * rows
    figure, panels = plt.subplots(rows, 6, figsize=size, layout="constrained")
    for axes in panels.flat[len(PANELS) :]:
        axes.remove()
    for axes, number in zip(panels.flat, PANELS):
        title, draw_panel, *values = PANELS[number]
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        step = STEPS[number - 1]
        above = f"{number:02}"
        if chapter(step):
            above += f"  chapter {chapter(step)}"
        axes.set_title(f"{above}\n{title}", fontsize=12, linespacing=1.3, pad=9)
        draw_panel(axes, step, *values)
    return figure


def average(array):
    """One number that tells whether any number of an array has changed.

    Each has a weight of its own, so that two can't change places unseen either.
    """
    values = np.nan_to_num(np.array(array, "float64").ravel())
    return round(float(np.average(values, weights=2 + np.cos(range(len(values))))), 6)


def shown(figure):
    """The titles, words, colours and numbers of a figure that is not yet drawn."""
    arrays, colours = [figure.get_size_inches()], []
    for axes in figure.axes:
        arrays += [axes.get_xlim(), axes.get_ylim()]
        arrays += [text.get_position() for text in axes.texts]
        arrays += [line.get_xydata() for line in axes.lines]
        arrays += [points.get_offsets() for points in axes.collections]
        arrays += [each.get_array() for each in [*axes.collections, *axes.images]]
        for patch in axes.patches:
            corners = patch.get_path().vertices
            arrays.append(patch.get_patch_transform().transform(corners))
        colours += [to_hex(line.get_color()) for line in axes.lines]
        colours += [to_hex(patch.get_facecolor()) for patch in axes.patches]
    return {
        "titles": [axes.get_title() for axes in figure.axes if axes.get_title()],
        "words": [x.get_text() for x in figure.findobj(Text) if x.get_text()],
        "colours": colours,
        "numbers": [average(x) for x in arrays if x is not None and np.size(x)],
    }


def save_image(picture, file, **options):
    """Write a picture into a file, as a whole or not at all."""
    content, kind = io.BytesIO(), Path(file).suffix[1:]
    picture.save(content, format=kind, optimize=True, **options)
    write(Path(file), content.getvalue())


def save(figure, file):
    info, drawn = PngInfo(), io.BytesIO()
    info.add_text("Shows", json.dumps(shown(figure)), zip=True)
    figure.savefig(drawn, format="png")
    plt.close(figure)
    # 256 colours are enough, and the file is a third
    picture = Image.open(drawn).convert("RGB").quantize(dither=Image.Dither.NONE)
    save_image(picture, file, pnginfo=info)


SCRIPT_PICTURES = {  # what scripts show: 06.png, concept-10.png
    f"{script.picture}.png": script for script in SCRIPTS if "plt.show()" in script.text
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


def colours_of(script):
    """Those of a script's picture; a method's own comes first."""
    own = [METHODS[script.number]] if script in STEPS[10:16] else []
    return [*own, *COLOURS]


def run_with_picture(script, cwd, file):
    """Run a script and save what it shows."""
    words = "-c", SHOW_SCRIPT, script.path, file, ASSETS, *colours_of(script)
    run(script, cwd, *words)


def draw(name, file):
    """Draw a picture into a file."""
    if name in SCRIPT_PICTURES:
        with tempfile.TemporaryDirectory() as folder:
            run_with_picture(SCRIPT_PICTURES[name], folder, file)
        return
    with plt.rc_context(STYLE):
        if name in FILES:
            FILES[name](file)
        else:
            save(FIGURES[name](), file)


def main(names):
    known = [*FIGURES, *SCRIPT_PICTURES, *FILES]
    for name in names or known:
        if name not in known:
            raise Mistake(f"no picture {name}; there are {', '.join(known)}")
        draw(name, ASSETS / name)
        print(name)


if __name__ == "__main__":
    command(main)

"""Draw every picture of the README into this folder: python assets/draw.py

The derivations are written as Python expressions, which are drawn as formulas here and
worked out with numbers in tests/test_pictures.py, line by line.
"""

import ast
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402

ROOT = Path(__file__).parents[1]
BLUE, RED, GREEN, INK = "#1f5fbf", "#d03030", "#1d8a4a", "#202020"

STYLE = {
    "font.family": "STIXGeneral",  # comes with matplotlib: the same on every machine
    "mathtext.fontset": "stix",
    "font.size": 10,
    "text.color": INK, "axes.edgecolor": INK, "axes.labelcolor": INK,
    "axes.spines.top": False, "axes.spines.right": False,
    "figure.dpi": 200, "savefig.dpi": 200,
    "savefig.facecolor": "white",  # also on a dark page
}

# What a derivation derives, then its lines: an expression, and why it equals the line
# before. d(a, b) is the derivative of a with respect to b.
EXP_SUM = "sum(exp(z[i, l]) for l in L)"
DERIVATIONS = {
    "relu_derivative": ("d(ReLU(z), z)", [
        ("d(max(0, z), z)", "definition"),
        ("d(z, z) if z > 0 else d(0, z)", "each side on its own"),
        ("1 if z > 0 else 0", "no slope at $z = 0$:\n0 by convention"),
    ]),
    "cross_categorical_derivative": ("d(L[i], y_hat[i, j])", [
        ("d(-sum(y[i, k] * log(y_hat[i, k]) for k in classes), y_hat[i, j])", "definition"),
        ("-sum(y[i, k] * d(log(y_hat[i, k]), y_hat[i, j]) for k in classes)",
         "$y$ is constant"),
        ("-(y[i, j] * d(log(y_hat[i, j]), y_hat[i, j]))", r"0 for $k \neq j$"),
        ("-(y[i, j] * (1 / y_hat[i, j]))", "derivative of log"),
        ("-(y[i, j] / y_hat[i, j])", "simplified"),
    ]),
    "softmax_derivative": ("d(S[i, j], z[i, k])", [
        (f"d(exp(z[i, j]) / {EXP_SUM}, z[i, k])", "definition"),
        (f"(d(exp(z[i, j]), z[i, k]) * {EXP_SUM} - exp(z[i, j]) * d({EXP_SUM}, z[i, k]))"
         f" / ({EXP_SUM}) ** 2", "quotient rule"),
        (f"(delta[j, k] * exp(z[i, j]) * {EXP_SUM} - exp(z[i, j]) * exp(z[i, k]))"
         f" / ({EXP_SUM}) ** 2", "derivative of exp;\nin the sum only $l = k$"),
        (f"delta[j, k] * (exp(z[i, j]) / {EXP_SUM})"
         f" - (exp(z[i, j]) / {EXP_SUM}) * (exp(z[i, k]) / {EXP_SUM})",
         "split; one sum cancels"),
        ("delta[j, k] * S[i, j] - S[i, j] * S[i, k]", "definition of S"),
        ("S[i, j] * (delta[j, k] - S[i, k])", r"$S_{i,j}$ factored out"),
    ]),
    "cross_categorical_softmax_derivative": ("d(L[i], z[i, k])", [
        ("sum(d(L[i], y_hat[i, j]) * d(S[i, j], z[i, k]) for j in classes)",
         r"chain rule; $\hat{y} = S$"),
        ("sum(-(y[i, j] / y_hat[i, j]) * (y_hat[i, j] * (delta[j, k] - y_hat[i, k]))"
         " for j in classes)", "the two derived above"),
        ("-sum(y[i, j] * (delta[j, k] - y_hat[i, k]) for j in classes)",
         r"$\hat{y}_{i,j}$ cancels"),
        ("-sum(y[i, j] * delta[j, k] for j in classes)"
         " + y_hat[i, k] * sum(y[i, j] for j in classes)", "two sums"),
        ("-y[i, k] + y_hat[i, k]", "first: $j = k$ is left,\nsecond adds up to 1"),
        ("y_hat[i, k] - y[i, k]", "reordered"),
    ]),
}


def formula(node):
    """Render an expression, as text or parsed by ast, in matplotlib's mathtext."""
    match node:
        case str():
            return formula(ast.parse(node, mode="eval").body)
        case ast.Constant():
            return str(node.value)
        case ast.Name():
            return {"y_hat": r"\hat{y}", "delta": r"\delta", "max": r"\max",
                    "ReLU": r"\mathrm{ReLU}"}.get(node.id, node.id)
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
            yes = rf"{formula(yes)}\quad\mathrm{{if}}\ {formula(left)} > {formula(right)}"
            no = rf"{formula(no)}\quad\mathrm{{if}}\ {formula(left)} \leq {formula(right)}"
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
    axes.set(xlabel=r"$\hat{y}$ of the true class", ylabel=r"$-y\,/\,\hat{y}$ for $y = 1$",
             xticks=[0, 0.5, 1], xlim=(0, 1.02), ylim=(-50, 0))
    axes.annotate("without\nbound", (0.03, -46), (0.3, -42), color=RED,
                  arrowprops={"arrowstyle": "->", "color": RED})


def plot_softmax(axes):
    S = np.array([0.7, 0.1, 0.2])
    jacobian = np.diagflat(S) - np.outer(S, S)
    axes.imshow(jacobian, cmap="RdBu_r", vmin=-0.3, vmax=0.3)
    for j, k in np.ndindex(3, 3):
        axes.text(k, j, f"{jacobian[j, k]:.2f}", ha="center", va="center")
    axes.set(title="S = [0.7, 0.1, 0.2]", xticks=range(3), xticklabels=[1, 2, 3],
             yticks=range(3), yticklabels=[1, 2, 3])
    axes.set_xlabel("$k$")
    axes.set_ylabel("$j$", rotation=0, labelpad=8)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def plot_both(axes):
    y_hat, y = np.array([0.7, 0.1, 0.2]), np.array([1, 0, 0])
    bars = axes.bar(range(3), y_hat - y, color=[RED, BLUE, BLUE])
    axes.bar_label(bars, fmt="%.1f", padding=2)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set(title="$\\hat{y}$ = [0.7, 0.1, 0.2]\n$y$ = [1, 0, 0]",
             xlabel="$k$", xticks=range(3), xticklabels=[1, 2, 3],
             ylabel=r"$\hat{y} - y$", yticks=[-0.3, 0, 0.3], ylim=(-0.42, 0.42))
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
    plot(figure.add_axes([4.95 / width, 0.5 - 0.75 / height, 1.3 / width, 1.5 / height]))
    return figure


# The picture at the top of the README: a panel for each step.

RUN_STEP = """\
import runpy, sys
import numpy as np
step, file, *names = sys.argv[1:]
variables = runpy.run_path(step)
np.savez(file, **{name: eval(name, variables) for name in names})
"""


def values_of(step, *names):
    """What variables of a step hold when it ends; nnfs.init() stays in its process."""
    [path] = (ROOT / "nnfs_steps").glob(f"{step:02}_*.py")
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "values.npz")
        subprocess.run([sys.executable, "-c", RUN_STEP, path, file, *names], check=True,
                       env=os.environ | {"MPLBACKEND": "agg", "PYTHONWARNINGS": "ignore"},
                       stdout=subprocess.DEVNULL)
        with np.load(file) as values:
            return [value.astype("float64") for value in values.values()]


def draw_network(axes, *weights, colour=BLUE, arrow="-"):
    """Neurons in columns; each weight (inputs, neurons) is a line, thicker if larger."""
    sizes = [len(weights[0])] + [matrix.shape[1] for matrix in weights]
    places = [[(column, row - (size - 1) / 2) for row in range(size)]
              for column, size in enumerate(sizes)]
    for column, matrix in enumerate(weights):
        for (j, k), weight in np.ndenumerate(matrix / np.abs(matrix).max()):
            axes.annotate("", places[column][j], places[column + 1][k], arrowprops={
                "arrowstyle": arrow, "color": colour, "shrinkA": 4, "shrinkB": 5,
                "linewidth": 0.4 + 1.4 * abs(weight)})
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
        axes.imshow(matrix, cmap="RdBu_r", vmin=-3, vmax=3,
                    extent=(left, left + columns, -rows / 2, rows / 2))
        left += columns + 0.8
    axes.set(xlim=(-0.2, left - 0.6), ylim=(-left / 2, left / 2))


def draw_overview():
    figure, panels = plt.subplots(2, 5, figsize=(10, 4.5), layout="constrained")
    titles = ["a layer", "NumPy", "a batch", "two layers", "classes", "ReLU",
              "softmax", "loss", "random search", "backpropagation"]
    for number, (axes, title) in enumerate(zip(panels.flat, titles), start=1):
        axes.set_title(f"{number:02}  {title}", fontsize=15, pad=8)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    one, two, three, four, five, six, seven, eight, nine, ten = panels.flat

    inputs, weights, weights2 = values_of(
        4, "inputs", "np.array(weights).T", "np.array(weights2).T")
    draw_network(one, weights)
    draw_matrices(two, weights.T, inputs[:1].T)
    draw_matrices(three, inputs, weights)
    draw_network(four, weights, weights2)
    draw_network(five, *values_of(5, "dense1.weights", "dense2.weights"))

    grid_x, grid_y, regions, X, y = values_of(9, "grid_x", "grid_y", "regions", "X", "y")
    for axes in six, nine:
        axes.scatter(*X.T, c=y, cmap="brg", s=5, alpha=0.3 if axes is six else 1)
        axes.set_aspect("equal")
    six.plot([-1, 0, 1], [0, 0, 1], color=INK, linewidth=3)
    nine.contourf(grid_x, grid_y, regions, levels=[-0.5, 0.5, 1.5, 2.5],
                  colors=["blue", "red", "lime"], alpha=0.25, zorder=0)

    seven.bar(range(3), [0.7, 0.1, 0.2], color=[BLUE, RED, GREEN], width=0.6)
    seven.set(xlim=(-0.8, 2.8), ylim=(0, 0.8))
    probability = np.linspace(0.01, 1, 200)
    eight.plot(probability, -np.log(probability), color=RED, linewidth=2)
    eight.set(xlim=(-0.1, 1.1), ylim=(-0.3, 4.8))
    draw_network(ten, *values_of(10, "dense1.dweights", "dense2.dweights"), colour=RED,
                 arrow="->")
    return figure


def main():
    plt.rcParams.update(STYLE)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, heights, plot in [
            ("relu_derivative", [0.7, 1.0, 0.7], plot_relu),
            ("cross_categorical_derivative", [0.6, 0.6, 0.6, 0.6, 0.6],
             plot_cross_entropy),
            ("softmax_derivative", [0.9, 1.15, 1.1, 0.9, 0.45, 0.45], plot_softmax),
            ("cross_categorical_softmax_derivative", [0.6, 0.6, 0.5, 0.5, 0.45, 0.45],
             plot_both)]:
        figure = draw_derivation(name, heights, plot)
        figure.savefig(folder / f"{name}.PNG", format="png")
    draw_overview().savefig(folder / "overview.png")
    subprocess.run([sys.executable, ROOT / "nnfs_steps", "6", "9", "--figures", folder],
                   check=True, stdout=subprocess.DEVNULL)
    os.replace(folder / "06.png", folder / "spiral_data.png")
    os.replace(folder / "09.png", folder / "random_search.png")


if __name__ == "__main__":
    main()

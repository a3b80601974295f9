"""The pictures are what assets/draw.py draws; their formulas are what steps compute."""

import ast
import json
import re
import zlib

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

import draw
from conftest import description, differences
from draw import ASSETS, DERIVATIONS
from parts import classes
from tour.project import STEPS, Mistake
from tour.scripts import Script

nn = classes(next(s for s in STEPS if "Activation_Softmax_Loss" in s.text))


def test_no_picture_is_missing_or_left_over():
    drawn = {*draw.FIGURES, *draw.SCRIPT_PICTURES}
    others = {"digit.png", "training.gif", "regions.png"}
    others |= {"growth.png"}  # by tests/benchmark.py
    patterns = "*.[pP][nN][gG]", "*.gif"
    assert {x.name for kind in patterns for x in ASSETS.glob(kind)} == drawn | others
    for name in drawn:  # what each says of itself is short
        text = json.dumps(description(ASSETS / name))
        assert 100 < len(zlib.compress(text.encode())) < 10_000
    sizes = {"overview.png": 300_000, "training.gif": 800_000, "regions.png": 70_000}
    for name, size in sizes.items():
        assert (ASSETS / name).stat().st_size < size


SLOW = "overview.png", "comparison.png"  # they train six networks


# Those of scripts are in test_steps.py
@pytest.mark.parametrize(
    "name",
    [pytest.param(x, marks=[pytest.mark.slow] * (x in SLOW)) for x in draw.FIGURES],
)
def test_picture_is_as_drawn(name, tmp_path):
    draw.draw(name, tmp_path / name)
    assert differences(ASSETS / name, tmp_path / name) == [], "run assets/draw.py"


def test_each_method_has_one_colour_in_all_pictures():
    compared = description(ASSETS / "comparison.png")["panel 1 lines"]
    for number, colour in draw.METHODS.items():
        own = description(ASSETS / f"{number}.png")["panel 2 lines"]
        assert colour in own and colour in compared
        assert not {*own} & {*draw.METHODS.values()} - {colour}


REGIONS = json.loads((ASSETS / "regions.json").read_text(encoding="utf-8"))


def test_recorded_numbers_are_those_that_the_steps_print():
    compared = []
    for column, number in enumerate(REGIONS["steps"]):
        text = "\n".join(STEPS[number - 1].output)
        printed = re.findall(r"epoch: (\d+), acc: ([\d.]+), loss: ([\d.]+)", text)
        printed = {int(epoch): tuple(map(float, values)) for epoch, *values in printed}
        for row, epoch in enumerate(REGIONS["epochs"]):
            if epoch in printed:
                found = REGIONS["acc"][row][column], REGIONS["loss"][row][column]
                compared.append(found == printed[epoch])
    assert all(compared) and len(compared) >= 30 * 6


def frames(path):
    """Each frame of an animation as (300, 600, 3), and for how long it is shown."""
    with Image.open(path) as animation:
        for number in range(animation.n_frames):
            animation.seek(number)
            duration = animation.info["duration"]
            yield np.array(animation.convert("RGB")), duration


def test_animation_ends_slowly_and_keeps_its_colours():
    red, durations = [0xD5, 0x5E, 0x00], []
    for pixels, duration in frames(ASSETS / "training.gif"):
        durations.append(duration)
        assert np.sum(np.all(pixels == red, axis=2)) > 20  # the dot on the curve
    assert len(durations) == len(draw.EPOCHS)
    assert durations[-1] >= 3000 and sum(durations) < 12_000


@pytest.mark.slow
def test_regions_and_animation_are_what_the_steps_do(tmp_path):
    for name in draw.FILES:
        draw.draw(name, tmp_path / name)
    assert json.loads((tmp_path / "regions.json").read_text("utf-8")) == REGIONS
    pictures = [Image.open(x / "regions.png") for x in (ASSETS, tmp_path)]
    assert pictures[0].tobytes() == pictures[1].tobytes()
    assert pictures[0].getpalette() == pictures[1].getpalette()
    pairs = zip(*(frames(x / "training.gif") for x in (ASSETS, tmp_path)), strict=True)
    for (old, duration), (new, new_duration) in pairs:
        assert duration == new_duration
        assert np.mean(np.abs(old - new.astype(int))) < 2, (
            "run python assets/draw.py training.gif"
        )


def example(file, change=None):
    """Save a picture with a bit of everything, and change something before."""
    figure, axes = plt.subplots(figsize=(3, 2))
    x = np.linspace(0, 1, 50)
    axes.plot(x, 1000 * x**2, "--", label="a line")
    axes.scatter(x, x, c=x, cmap="viridis")
    axes.imshow(np.outer(x, x), cmap="gray")
    axes.bar([0, 1, 2], [1, 2, 3], color=["red", "blue", "blue"])
    axes.annotate("there", (0.5, 0.5), (1, 1), arrowprops={"color": "red"})
    axes.set(title="title", xlabel="x", xlim=(0, 1), yticks=[0, 1, 2])
    axes.legend()
    if change:
        change(axes)
    draw.save(figure, file)
    plt.close(figure)


def line(axes):
    return axes.lines[0]


def move_a_point(axes):
    y = line(axes).get_ydata().copy()
    y[7] += 0.1  # of 1000
    line(axes).set_ydata(y)


CHANGES = {
    "title": lambda axes: axes.set_title("another"),
    "label": lambda axes: axes.set_xlabel("another"),
    "legend": lambda axes: axes.legend(["another"]),
    "text": lambda axes: axes.texts[0].set_text("here"),
    "limits": lambda axes: axes.set_xlim(0, 1.1),
    "tick labels": lambda axes: axes.set_yticks([0, 1, 2], ["0", "1", "two"]),
    "scale": lambda axes: axes.set_yscale("symlog"),
    "a point of a line": move_a_point,
    "style": lambda axes: line(axes).set_linestyle("-"),
    "width": lambda axes: line(axes).set_linewidth(3),
    "no line": lambda axes: line(axes).remove(),
    "colours of points": lambda axes: axes.collections[0].set_cmap("plasma"),
    "values of points": lambda axes: axes.collections[0].set_array(np.zeros(50)),
    "colour map": lambda axes: axes.images[0].set_cmap("Blues"),
    "pixels": lambda axes: axes.images[0].set_data(np.eye(50)),
    "height of a bar": lambda axes: axes.patches[1].set_height(2.01),
    "colour of an arrow": lambda axes: axes.texts[0].arrow_patch.set_color("blue"),
}


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    path = tmp_path_factory.mktemp("example") / "usual.png"
    example(path)
    return path


@pytest.mark.parametrize("change", ["none", *CHANGES])
def test_change_is_noticed(change, usual, tmp_path):
    example(tmp_path / "new.png", CHANGES.get(change))
    assert bool(differences(usual, tmp_path / "new.png")) is (change != "none")


def test_overview_has_a_panel_for_each_step(monkeypatch):
    added = Script(STEPS[1].path)
    added.number, added.name = 99, "Step 99"
    steps = [*STEPS[16:20], *STEPS[27:28], added]
    with pytest.raises(Mistake, match="Step 99 has no panel"):
        draw.draw_overview(steps)
    monkeypatch.setitem(draw.PANELS, 99, ("more", draw.draw_boxes, "a box"))
    figure = draw.draw_overview(steps)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[0] == "17  chapter 11\ntest data"
    assert titles[4:] == ["28\ntuned", "99  chapter 2\nmore"]
    plt.close(figure)


def test_interrupted_drawing_leaves_the_picture_as_it_was(monkeypatch, tmp_path):
    name = "relu_derivative.PNG"
    with pytest.raises(Mistake, match=r"no picture 99\.png; there are overview\.png,"):
        draw.main([name, "99.png"], tmp_path)
    assert not [*tmp_path.iterdir()]
    draw.main([name], tmp_path)
    before = (tmp_path / name).read_bytes()

    def stop(figure, file):
        file.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(draw, "save", stop)
    with pytest.raises(KeyboardInterrupt):
        draw.main([name], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == before


# ---- The formulas


@pytest.mark.parametrize(
    "expression, mathtext",
    [
        ("-(a / b)", r"-\dfrac{a}{b}"),
        ("a * (b - c)", r"a\,\left(b - c\right)"),
        ("-a * b", r"\left(-a\right)\,b"),
        ("y_hat[i, j] * delta[j, k]", r"\hat{y}_{i,j}\,\delta_{j,k}"),
        ("exp(z[i, j])", r"e^{z_{i,j}}"),
        ("max(0, z)", r"\max(0,z)"),
        ("sum(a - b for j in classes)", r"\sum_{j} \left(a - b\right)"),
        ("d(L[i], z[i, k])", r"\dfrac{\partial L_{i}}{\partial z_{i,k}}\,"),
        ("d(-a, z[k])", r"\dfrac{\partial }{\partial z_{k}}\,\left(-a\right)"),
        (
            "1 if z > 0 else 2",
            r"\left\{\genfrac{}{}{0}{0}{1\quad\mathrm{if}\ z > 0}"
            r"{2\quad\mathrm{if}\ z \leq 0}\right.",
        ),
    ],
)
def test_formula_is_drawn_as_it_is_written(expression, mathtext):
    assert draw.formula(expression) == mathtext


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


N, C = 4, 3
Z, CLASS_NUMBERS = np.random.default_rng(0).normal(size=(N, C)), np.array([0, 2, 1, 1])
NAMES = {"d": difference, "exp": np.exp, "log": np.log, "delta": np.eye(C)}
NAMES |= {"L": range(C), "classes": range(C), "y": np.eye(C)[CLASS_NUMBERS]}


def evaluate(expression, names):
    tree = Derivatives().visit(ast.parse(expression, mode="eval"))
    code = compile(ast.fix_missing_locations(tree), expression, "eval")
    return eval(code, NAMES | names)


def check(name, names, expected):
    """Each line of a derivation is the derivative, and what the classes compute.

    names["letters"] are those of the axes of expected.
    """
    derived, *lines = DERIVATIONS[name]
    for index, number in np.ndenumerate(expected):
        for expression in [derived, *(line for line, _ in lines)]:
            found = evaluate(expression, names | dict(zip(names["letters"], index)))
            assert found == pytest.approx(number, rel=1e-6, abs=1e-8), expression


def softmax(z):
    activation = nn.Activation_Softmax()
    activation.forward(z)
    return activation


def relu(z):
    activation = nn.Activation_ReLU()
    activation.forward(np.array([z]))
    activation.backward(np.array([1.0]))
    return activation


def test_relu():
    names = {"letters": "", "ReLU": lambda z: relu(z).output[0]}
    for z in -2.5, -0.1, 0.1, 2.5:
        check("relu_derivative", names | {"z": z}, relu(z).dinputs[0])
    result, _ = DERIVATIONS["relu_derivative"][-1]
    assert evaluate(result, {"z": 0}) == relu(0.0).dinputs[0] == 0


def test_cross_entropy():
    loss = nn.Loss_CategoricalCrossentropy()
    y_hat = Variable(lambda: softmax(Z).output)
    losses = Variable(lambda: loss.forward(y_hat.values(), NAMES["y"]))
    loss.backward(y_hat.values(), CLASS_NUMBERS)
    names = {"letters": "ij", "y_hat": y_hat, "L": losses}
    check("cross_categorical_derivative", names, loss.dinputs * N)


def test_softmax():
    z = Variable(lambda: Z)
    S = Variable(lambda: softmax(z.values()).output)
    expected, activation = np.empty((N, C, C)), softmax(Z)
    for j in range(C):  # 1 for output j picks row j of the Jacobian
        activation.backward(np.eye(C)[[j] * N])
        expected[:, j] = activation.dinputs
    check("softmax_derivative", {"letters": "ijk", "z": z, "S": S}, expected)


def test_cross_entropy_of_softmax():
    z = Variable(lambda: Z)
    S = Variable(lambda: softmax(z.values()).output)
    loss = nn.Loss_CategoricalCrossentropy()
    losses = Variable(lambda: loss.forward(S.values(), NAMES["y"]))
    both = nn.Activation_Softmax_Loss_CategoricalCrossentropy()
    both.backward(softmax(Z).output, CLASS_NUMBERS)
    names = {"letters": "ik", "z": z, "S": S, "y_hat": S, "L": losses}
    check("cross_categorical_softmax_derivative", names, both.dinputs * N)

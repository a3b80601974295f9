"""The pictures are what assets/draw.py draws; their formulas are what steps compute."""

import ast
import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

import draw
from conftest import shown
from derivations import DERIVATIONS
from draw import ASSETS
from parts import classes
from tour.project import STEPS, Mistake

nn = classes(next(s for s in STEPS if "Activation_Softmax_Loss" in s.text))


def test_no_picture_is_missing_or_left_over():
    expected = {*draw.FIGURES, *draw.SCRIPT_PICTURES, *draw.FILES}
    expected |= {"digit.png", "growth.png"}  # the second is by tests/tools/benchmark.py
    kinds = {".png", ".PNG", ".gif"}
    assert {x.name for x in ASSETS.iterdir() if x.suffix in kinds} == expected
    sizes = {"overview.png": 300_000, "training.gif": 800_000, "regions.png": 70_000}
    for name, size in sizes.items():
        assert (ASSETS / name).stat().st_size < size
    assert [*draw.PANELS] == [step.number for step in STEPS]
    with pytest.raises(Mistake, match=r"no picture 99\.png; there are overview\.png,"):
        draw.main(["99.png"])


SLOW = "overview.png", "comparison.png"  # they train six networks


# Those of scripts are in test_steps.py
@pytest.mark.parametrize(
    "name",
    [pytest.param(x, marks=[pytest.mark.slow] * (x in SLOW)) for x in draw.FIGURES],
)
def test_picture_is_as_drawn(name, tmp_path):
    draw.draw(name, tmp_path / name)
    there, now = shown(ASSETS / name), shown(tmp_path / name)
    assert there == now, f"run python assets/draw.py {name}"


def test_each_method_has_one_colour_in_all_pictures():
    compared = shown(ASSETS / "comparison.png")["colours"]
    for number, colour in draw.METHODS.items():
        own = shown(ASSETS / f"{number}.png")["colours"]
        assert {*own} & {*draw.METHODS.values()} == {colour}
        assert colour in compared


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


def example(change=lambda axes: None):
    """What a picture with a bit of everything shows, after a change."""
    figure, axes = plt.subplots(figsize=(3, 2))
    x = np.linspace(0, 1, 50)
    axes.plot(x, 1000 * x**2, label="a line")
    axes.scatter(x, x, c=x)
    axes.imshow(np.outer(x, x))
    axes.bar([0, 1, 2], [1, 2, 3], color=["red", "blue", "blue"])
    axes.annotate("there", (0.5, 0.5), (1, 1))
    axes.legend()
    axes.set(yticks=[0, 1, 2], yticklabels=["0", "1", "2"])
    change(axes)
    plt.close(figure)
    return draw.shown(figure)


def move_a_point(axes):
    y = axes.lines[0].get_ydata().copy()
    y[7] += 0.1  # of 1000
    axes.lines[0].set_ydata(y)


CHANGES = {
    "title": lambda axes: axes.set_title("another"),
    "legend": lambda axes: axes.legend(["another"]),
    "text": lambda axes: axes.texts[0].set_text("here"),
    "limits": lambda axes: axes.set_xlim(0, 1.1),
    "tick labels": lambda axes: axes.set_yticks([0, 1, 2], ["0", "1", "two"]),
    "a point of a line": move_a_point,
    "colour": lambda axes: axes.lines[0].set_color("red"),
    "values of points": lambda axes: axes.collections[0].set_array(np.zeros(50)),
    "pixels": lambda axes: axes.images[0].set_data(np.eye(50)),
    "height of a bar": lambda axes: axes.patches[1].set_height(2.01),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_change_is_noticed(change):
    assert example() == example()
    assert example(change) != example()


# ---- The formulas


STEP = 1e-6  # of the central differences; their error is about 1e-10
N, C = 4, 3
CLASS_NUMBERS = np.array([0, 2, 1, 1])


class Derivatives(ast.NodeTransformer):
    """Turn d(value, z[i, k]) into d(lambda: value, "z", (i, k))."""

    def visit_Call(self, node):
        self.generic_visit(node)
        if node.func.id != "d":
            return node
        value, variable = map(ast.unparse, node.args)
        name, _, index = variable.rstrip("]").partition("[")
        call = f"d(lambda: {value}, {name!r}, ({index}))"
        return ast.parse(call, mode="eval").body


def evaluate(expression, names, update):
    """What an expression is; update(names, name) computes what depends on a variable."""

    def difference(function, name, index):
        results = []
        for step in STEP, -STEP:
            nudged = {name: names[name].copy()}
            nudged[name][index] += step
            scope.update(names | nudged)
            update(scope, name)
            results.append(function())
        scope.update(names)
        return (results[0] - results[1]) / (2 * STEP)

    scope = {"d": difference, **names}
    tree = Derivatives().visit(ast.parse(expression, mode="eval"))
    return eval(compile(ast.fix_missing_locations(tree), expression, "eval"), scope)


def check(name, names, update, letters, expected):
    """Each line of a derivation is what the classes compute: the derivative.

    The letters are those of the axes of expected.
    """
    for index, number in np.ndenumerate(expected):
        for line in DERIVATIONS[name]:
            expression = line.partition("  # ")[0]
            values = names | dict(zip(letters, index))
            found = evaluate(expression, values, update)
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
    names = {"ReLU": lambda z: relu(z).output[0]}
    for z in -2.5, -0.1, 0.1, 2.5:
        names["z"] = np.array(z)
        update = lambda scope, name: None  # noqa: E731
        check("relu_derivative", names, update, "", relu(z).dinputs[0])
    result = DERIVATIONS["relu_derivative"][-1].partition("  # ")[0]
    assert eval(result, {"z": 0}) == relu(0.0).dinputs[0] == 0


loss = nn.Loss_CategoricalCrossentropy()


def update(scope, name):
    """Of z the outputs of softmax depend, and of these the losses."""
    if name == "z":
        scope["S"] = scope["y_hat"] = softmax(scope["z"]).output
    scope["L"] = loss.forward(scope["y_hat"], CLASS_NUMBERS)


def network():
    """What the letters of the derivations are, without the number of classes L."""
    names = {"exp": np.exp, "log": np.log, "delta": np.eye(C), "classes": range(C)}
    names["z"] = np.random.default_rng(0).normal(size=(N, C))
    names["y"] = np.eye(C)[CLASS_NUMBERS]
    update(names, "z")
    return names


def test_cross_entropy():
    names = network()
    loss.backward(names["y_hat"], CLASS_NUMBERS)
    check("cross_categorical_derivative", names, update, "ij", loss.dinputs * N)


def test_softmax():
    names = network()
    expected, activation = np.empty((N, C, C)), softmax(names["z"])
    for j in range(C):  # 1 for output j picks row j of the Jacobian
        activation.backward(np.eye(C)[[j] * N])
        expected[:, j] = activation.dinputs

    def update(scope, name):
        scope["S"] = softmax(scope["z"]).output

    check("softmax_derivative", names | {"L": range(C)}, update, "ijk", expected)


def test_cross_entropy_of_softmax():
    names = network()
    both = nn.Activation_Softmax_Loss_CategoricalCrossentropy()
    both.backward(names["S"], CLASS_NUMBERS)
    name = "cross_categorical_softmax_derivative"
    check(name, names, update, "ik", both.dinputs * N)

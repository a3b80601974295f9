"""The pictures are what assets/draw.py draws; their formulas are what steps compute."""

import ast

import numpy as np
import pytest
from PIL import Image

import draw
from conftest import shown
from derivations import DERIVATIONS
from draw import ASSETS
from parts import classes
from test_gradients import forward
from tour.project import STEPS, Mistake

nn = classes(next(s for s in STEPS if "Activation_Softmax_Loss" in s.text))


def test_no_picture_is_missing_or_left_over():
    expected = {*draw.FIGURES, *draw.SCRIPT_PICTURES, *draw.FILES}
    expected |= {"digit.png"}
    kinds = {".png", ".PNG", ".gif"}
    assert {x.name for x in ASSETS.iterdir() if x.suffix in kinds} == expected
    sizes = {"overview.png": 300_000, "training.gif": 800_000, "regions.png": 70_000}
    for name, size in sizes.items():
        assert (ASSETS / name).stat().st_size < size
    panels = "PANELS of assets/draw.py has one for each step"
    assert [*draw.PANELS] == [step.number for step in STEPS], panels
    with pytest.raises(Mistake, match=r"no picture 99\.png; there are overview\.png,"):
        draw.main(["99.png"])


# These show the trainings of chapter 10, which take their time: they are drawn together
TRAINED = "overview.png", "comparison.png", "regions.png", "training.gif"


# Those of scripts are in test_steps.py
@pytest.mark.parametrize("name", [x for x in draw.FIGURES if x not in TRAINED])
def test_picture_is_as_drawn(name, tmp_path):
    draw.draw(name, tmp_path / name)
    there, now = shown(ASSETS / name), shown(tmp_path / name)
    assert there == now, f"run python assets/draw.py {name}"


def frames(path):
    """Each frame of a picture as (height, width, 3), and for how long it is shown."""
    with Image.open(path) as animation:
        for number in range(animation.n_frames):
            animation.seek(number)
            pixels = np.array(animation.convert("RGB"), dtype="int16")
            yield pixels, animation.info.get("duration")


@pytest.mark.slow
def test_pictures_of_trainings_are_what_the_steps_do(tmp_path):
    for name in TRAINED:
        draw.draw(name, tmp_path / name)
    for name in TRAINED[:2]:
        assert shown(ASSETS / name) == shown(tmp_path / name), name
    # Letters differ a little from one matplotlib to the next
    for name, tolerance in ("regions.png", 0), ("training.gif", 2):
        pairs = zip(frames(ASSETS / name), frames(tmp_path / name), strict=True)
        for (old, duration), (new, new_duration) in pairs:
            assert duration == new_duration
            assert np.mean(np.abs(old - new)) <= tolerance, name
    [numbers] = tmp_path.glob("*.json")  # that the page shows
    assert numbers.read_text("utf-8") == (ASSETS / numbers.name).read_text("utf-8")


# ---- The formulas


STEP = 1e-6  # of the central differences; their error is about 1e-10
N, C = 4, 3
CLASS_NUMBERS = np.array([0, 2, 1, 1])
relu, softmax = nn.Activation_ReLU(), nn.Activation_Softmax()
loss = nn.Loss_CategoricalCrossentropy()
both = nn.Activation_Softmax_Loss_CategoricalCrossentropy()


def slopes(layer, *arrays):
    layer.backward(*arrays)
    return layer.dinputs


def update(names, changed):
    """The outputs of softmax depend on z, and the losses on these outputs."""
    if changed == "z":
        names["S"] = names["y_hat"] = forward(softmax, names["z"])
    names["L"] = loss.forward(names["y_hat"], CLASS_NUMBERS)


NAMES = {"exp": np.exp, "log": np.log, "numbers": range(C), "classes": range(C)}
NAMES |= {"delta": np.eye(C), "y": np.eye(C)[CLASS_NUMBERS], "update": update}
NAMES["z"] = np.random.default_rng(0).normal(size=(N, C))
update(NAMES, "z")


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


def evaluate(expression, names):
    def d(function, name, index):
        """The derivative, from a step up and a step down."""
        results = []
        for step in STEP, -STEP:
            scope[name] = names[name].copy()
            scope[name][index] += step
            names["update"](scope, name)
            results.append(function())
            scope.update(names)
        return (results[0] - results[1]) / (2 * STEP)

    scope = names | {"d": d}
    tree = Derivatives().visit(ast.parse(expression, mode="eval"))
    return eval(compile(ast.fix_missing_locations(tree), expression, "eval"), scope)


def cases():
    """Each derivation, letters for the axes of its values, these, and other names."""
    for z in map(np.array, [-2.5, -0.1, 0.1, 2.5]):
        names = {"ReLU": lambda z: forward(relu, z), "z": z, "update": lambda *_: None}
        forward(relu, z)
        yield "relu", "", slopes(relu, np.array(1.0)), names
    forward(softmax, NAMES["z"])
    # 1 for output j picks row j of the Jacobian
    rows = [slopes(softmax, np.eye(C)[[j] * N]) for j in range(C)]
    yield "softmax", "ijk", np.stack(rows, axis=1), NAMES
    expected = slopes(loss, NAMES["y_hat"], CLASS_NUMBERS) * N
    yield "cross_categorical", "ij", expected, NAMES
    expected = slopes(both, NAMES["S"], CLASS_NUMBERS) * N
    yield "cross_categorical_softmax", "ik", expected, NAMES


@pytest.mark.parametrize("name, letters, expected, names", [*cases()])
def test_each_line_is_what_the_classes_compute(name, letters, expected, names):
    for index, number in np.ndenumerate(expected):
        for line in DERIVATIONS[f"{name}_derivative"]:
            expression = line.partition("  # ")[0]
            found = evaluate(expression, names | dict(zip(letters, index)))
            assert found == pytest.approx(number, rel=1e-6, abs=1e-8), expression

"""python nnfs_steps check: what it says of right and of wrong code, in any spelling."""

import re
from pathlib import Path

import pytest

from conftest import STEP
from test_exercises import TASKS
from tour.judge.load import step
from tour.judge.names import LATEST
from tour.judge.report import check, verdicts
from tour.judge.things import settings
from tour.judge.verdict import judged, near
from tour.outputs import line_of
from tour.project import ROOT
from tour.scripts import Mistake, Script


@pytest.fixture
def judge(tmp_path):
    """The verdicts on a file with some text, by name."""

    def judge(text, *exercise):
        path = tmp_path / "mine.py"
        path.write_text(text)
        found = judged(Script(path), *exercise)
        return {verdict.name: verdict for verdict in found}

    return judge


# ---- solutions.txt


def solutions(number, kind):
    """Those in solutions.txt: (function, old, new) for each change, what check says."""
    text = (ROOT / "tests" / "solutions.txt").read_text()
    [block] = re.findall(rf"(?s)==== {number:02} {kind}\n(.*?)(?:\n\n|\Z)", text)
    for solution in re.split(r"\n(?! )", block.rstrip("\n")):
        changes, _, message = solution.partition(" >> ")
        pattern = r"(?m)^ *([\w.]+): (.*?) -> ?(.*)$"
        changes = re.findall(pattern, changes.replace("\\n", "\v"))
        yield [[x.replace("\v", "\n") for x in change] for change in changes], message


def changed(number, changes):
    """The text of a step with other text in some of its functions."""
    text = STEP[number].text
    for name, old, new in changes:
        part = text
        if name != "all":
            cls, _, method = name.rpartition(".")
            start = re.search(rf"(?m)^class {cls}\b", text).start() if cls else 0
            start = re.compile(rf"(?m)^ *def {method}\(").search(text, start).start()
            end = re.compile(r"\n\n *(def|class) |\n\n\n").search(text, start).start()
            part = text[start:end]
        assert old in part, (name, old)
        text = text.replace(part, part.replace(old, new))
    return text


@pytest.mark.parametrize("number", TASKS)
def test_solutions(number, judge):
    names = []
    for kind in "right", "wrong":
        for changes, message in solutions(number, kind):
            parts = {name.partition(".")[0] for name, _, _ in changes} - {"all"}
            found = judge(changed(number, changes), number, parts).values()
            wrong = [v.text for v in found if v.outcome != "agrees"]
            assert bool(wrong) == (kind == "wrong"), (changes, found)
            assert message in "\n".join(wrong), (changes, found)
            names += [changes[0][0]] if wrong else []
    assert {*names} == TASKS[number].keys()
    assert not [name for name in names if names.count(name) < 3]


@pytest.mark.parametrize("number", [6, 8, 10, 13, 14, 16, 19])
def test_files(number, judge):
    for changes, message in solutions(number, "file"):
        found = judge(changed(number, changes)).values()
        assert message in "\n".join(verdict.text for verdict in found), (changes, found)


# ---- Files of any form


@pytest.mark.parametrize("number", [13, 14, 15, 23])
def test_the_steps_agree(number, judge):
    for name, verdict in judge(STEP[number].text).items():
        assert re.fullmatch(rf"{name}: agrees with step \d\d", verdict.text)


SPELLING = """Layer_Dense DenseLayer, Optimizer_Adam adam_optimizer,
Activation_ReLU Relu, Loss_MeanSquaredError MSE, dweights dWeights, weights W,
dbiases grad_b, biases b,
dinputs d_inputs, update_params step, pre_update_params before, learning_rate lr"""


def test_other_names(judge):
    text = STEP[23].text
    for pair in SPELLING.split(","):
        old, new = pair.split()
        text = re.sub(rf"\b{old}\b", new, text)
    found = judge(text)
    assert {"DenseLayer", "adam_optimizer", "Relu", "MSE"} < {*found}
    assert {verdict.outcome for verdict in found.values()} == {"agrees"}


RELU = """
class Activation_ReLU:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs){}
    def backward(self, dvalues):
        self.dinputs = dvalues * (self.inputs > 0)
"""
RIGHT = RELU.format("")
BOOK = """
class Loss:
    def remember_trainable_layers(self, trainable_layers):
        self.trainable_layers = trainable_layers
    def regularization_loss(self):
        loss = 0
        for layer in self.trainable_layers:
            for name, values in ("weight", layer.weights), ("bias", layer.biases):
                l1 = getattr(layer, name + "_regularizer_l1")
                l2 = getattr(layer, name + "_regularizer_l2")
                loss += np.sum(l1 * np.abs(values) + l2 * values ** 2)
        return loss
    def calculate(self, output, y, *, include_regularization=False):
        losses = self.forward(output, y)
        self.total += np.sum(losses)
        return np.mean(losses)
    def new_pass(self):
        self.total = 0
class Loss_MeanAbsoluteError(Loss):
    def forward(self, y_pred, y_true):
        return np.mean(np.abs(y_true - y_pred), axis=-1)
    def backward(self, dvalues, y_true):
        self.dinputs = np.sign(y_true - dvalues) / len(dvalues) / len(dvalues[0])
class Loss_CategoricalCrossentropy(Loss):
    def forward(self, y_pred, y_true):
        return -np.log(np.sum(np.clip(y_pred, 1e-7, 1 - 1e-7) * y_true, axis=1))
    def backward(self, dvalues, y_true):
        self.dinputs = -y_true / dvalues / len(dvalues)
class Dropout:
    def __init__(self, rate):
        self.rate = 1 - rate
    def forward(self, inputs, _training):
        self.output = inputs.copy()
        self.mask = np.random.rand(*inputs.shape) < self.rate
        if _training:
            self.output = inputs * self.mask / self.rate
    def backward(self, dvalues):
        self.dinputs = dvalues * self.mask / self.rate
class Layer_Input:
    def forward(self, inputs, training):
        self.output = inputs
"""
SGD = STEP[13].text.replace("layer.weights +=", "layer.weights -=")
OWN_WAY = """
class Dense:
    def __init__(self, n_in, n_out):
        self.w, self.b = 0.01 * np.random.randn(n_in, n_out), np.zeros(n_out)
        self.g_w, self.g_b = np.zeros((n_in, n_out)), np.zeros(n_out)
    def fwd(self, x):
        self.x = x
        return x @ self.w + self.b
    def bwd(self, g):
        self.g_w[:], self.g_b[:] = self.x.T @ g, g.sum(axis=0)
        return g @ self.w.T
class SGD:
    def __init__(self, lr=1.0, decay=0.0):
        self.lr, self.decay, self.t = lr, decay, 0
    def step(self, *layers):
        for layer in layers:
            layer.w -= self.lr / (1 + self.decay * self.t) * layer.g_w
            layer.b -= self.lr / (1 + self.decay * self.t) * layer.g_b
        self.t += 1
class SoftmaxCE:
    def fwd(self, x, labels):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p, self.one_hot = e / e.sum(axis=1, keepdims=True), np.eye(4)[labels]
        return -np.log((self.p * self.one_hot).sum(axis=1)).mean()
    def bwd(self):
        return (self.p - self.one_hot) / len(self.p)
"""
TRUE_FIRST = """
class MSE:
    def forward(self, y_true, y_pred):
        return np.mean((y_true - y_pred) ** 2, axis=-1), 0
    def backward(self, y_true, y_pred):
        self.dinputs = 2 * (y_pred - y_true) / y_pred.size
"""
KEEPS_LABELS = OWN_WAY.replace("self.p,", "self.y, self.p,").replace(
    "= e", "= labels, e"
)
GERMAN = OWN_WAY.replace("n_in", "eins").replace("n_out", "zwei")
IN_TRY = """
try:
    import cupy as np
except ImportError:
    import numpy as np
if 1:""" + RIGHT.replace("\n", "\n    ")
OTHER_FORM = RIGHT.replace("self, inputs", "self, inputs, size")
NOT_RUN = (
    "open('made', 'w')\nx = np.random.rand()\nlogger = print(1)\nx.layer = 1\nexit()\n"
)


@pytest.mark.parametrize(
    "text, words",
    [
        (SGD, "update_params(layer with dweights [["),
        (BOOK, "Loss: agrees with step 18"),
        (BOOK, "Loss_MeanAbsoluteError: differs from step 21, in backward"),
        (BOOK, "the sign is turned, as in the book; the loss grows"),
        (BOOK, "agrees with step 10, with one-hot labels, as the book has it"),
        (BOOK, "Dropout: agrees with step 19"),
        (BOOK.replace("1 - rate", "0.95 - rate"), "Dropout: differs"),
        (BOOK, "Layer_Input: not judged, no step has it"),
        (OWN_WAY, "Dense: agrees with step 10"),
        (OWN_WAY, "SGD: agrees with step 12"),
        (OWN_WAY, "SoftmaxCE: agrees with step 10, with class numbers"),
        (OWN_WAY.replace("g_w", "g_kernel"), "Dense: agrees with step 10"),
        (KEEPS_LABELS, "SoftmaxCE: agrees"),
        (OWN_WAY.replace("self.t += 1", "self.t += 2"), "SGD: differs from step 12"),
        (OWN_WAY.replace("(self.p -", "2 * (self.p -"), "yours is 2 times the step's"),
        (OWN_WAY.replace("(self.p -", "0 * (self.p -"), "yours is 0"),
        ("class SGD:\n def __init__(self):\n  raise ValueError", "SGD: not judged"),
        (TRUE_FIRST, "MSE: agrees with step 21"),
        (GERMAN, "Dense: agrees with step 10"),
        # Who asks for the form has to know both
        (OWN_WAY.replace("e = np", "e = np.ndim(labels) and np"), "SoftmaxCE: differs"),
        (IN_TRY, "agrees with step 10"),
        ("import lost", "lost: not judged, line 2 ends with ModuleNotFoundError"),
        (NOT_RUN + RIGHT, "agrees with step 10"),
        # What the reader's own program may not meet
        (NOT_RUN + RELU.format("; logger.info(1)"), "logger is not there: line 4"),
        (NOT_RUN + RELU.format("; self.layer"), "not judged, layer is not there: line"),
        (OTHER_FORM, "the call does not fit: Activation_ReLU.forward() missing 1"),
        ("import lost" + RELU.format("; lost.x"), "lost is not there: line 2 ends"),
        ("class Relu(nowhere.Base): pass", "not judged, line 2 ends with NameError"),
        # Relative and absolute differences, of float64 and of float32
        (RELU.format(" * (1 + 0.5e-6)"), "agrees"),
        (RELU.format(" * (1 + 5e-6)"), "differs"),
        (RELU.format(" + 0.5e-10"), "agrees"),
        (RELU.format(" + 5e-10"), "differs"),
        (RELU.format(".astype('float32') * np.float32(1 + 0.5e-4)"), "agrees"),
        (RELU.format(".astype('float32') * np.float32(1 + 5e-4)"), "differs"),
        (RELU.format(".astype('float32') + np.float32(0.5e-6)"), "agrees"),
        (RELU.format(".astype('float32') + np.float32(5e-6)"), "differs"),
    ],
)
def test_forms(text, words, judge):
    found = judge(f"import numpy as np\n{text}").values()
    assert words in "\n".join(verdict.text for verdict in found)


def test_what_another_class_hides(judge):
    """As in the book, each forward is told whether it is in training."""
    text = STEP[23].text.replace("layer.forward(X)", "layer.forward(X, training)")
    text = text.replace("forward(self, inputs)", "forward(self, inputs, training)")
    wrong = text.replace("np.dot(self.inputs.T", "2 * np.dot(self.inputs.T")
    assert "mend Layer_Dense" in judge(wrong)["Model"].text
    text = SGD.replace("layer.weights -=", "layer.weights +=")  # right
    wrong = text.replace("np.dot(self.inputs.T", "2 * np.dot(self.inputs.T")
    assert "differs only through Layer_Dense" in judge(wrong)["Optimizer_SGD"].text


def test_classes_are_held_against_their_fullest_form():
    for kind, latest in LATEST.items():
        if kind and kind[0].isupper():
            forms = [step(n)[kind] for n in range(5, 24) if kind in step(n)]
            has = [{*vars(cls), *settings(cls)} for cls in forms]
            assert has[-1] <= {*vars(step(latest)[kind]), *settings(step(latest)[kind])}


LOSS = "import numpy as np\nclass Loss:\n    def calculate(self, output, y):\n"
LOSS += "        return np.mean(self.forward(output, y))\n"
OWN = "class LossBase(Loss): pass"
NAMED = "class LossBase(b.Loss): pass"
NAMESAKE = {"nn/__init__.py": "", "nn/nn.py": LOSS}


@pytest.mark.parametrize(
    "files, text, words",
    [
        ({"nn/base.py": LOSS}, f"from .base import Loss\n{OWN}", "LossBase: agrees"),
        ({"above.py": LOSS}, f"from above import *\n{OWN}", "LossBase: agrees"),
        ({"nn/base.py": LOSS}, f"from . import base as b\n{NAMED}", "LossBase: agrees"),
        ({"nn/base.py": LOSS}, f"import nn.base as b\n{NAMED}", "LossBase: agrees"),
        ({"nn/__init__.py": LOSS}, f"from . import Loss\n{OWN}", "LossBase: agrees"),
        ({"above.py": LOSS}, "import above", "1 more in its modules: Loss"),
        # Its folder is a package that it names
        (NAMESAKE, f"from nn.nn import Loss\n{OWN}", "LossBase: agrees"),
    ],
)
def test_modules(files, text, words, tmp_path):
    (tmp_path / "nn").mkdir()
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    path = tmp_path / "nn" / "mine.py"
    path.write_text(text)
    assert words in "\n".join(verdict.text for verdict in verdicts(path))


@pytest.mark.parametrize(
    "old, new, right",
    [
        ("acc: 0.360, lr: 1.0", "acc: 0.362, lr: 1.0", True),
        ("acc: 0.360, lr: 1.0", "acc: 0.364, lr: 1.0", False),
        ("[0.33333334 1.5e-04]", "[0.33333316  1.5e-04]", True),
        ("[0.33333334 1.5e-04]", "[0.33433334 1.5e-04]", False),
        ("loss: 0.496439", "loss: 0.496", False),
        ("epoch: 1", "epoch: 2", False),
    ],
)
def test_last_digits_of_a_line(old, new, right):
    assert near(line_of(old), line_of(new)) == right


# ---- The command


def test_status(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("right.py").write_text("import numpy as np" + RIGHT)
    Path("wrong.py").write_text("import numpy as np" + RELU.format(" + 1"))
    Path("none.py").write_text("x = 1\n%matplotlib inline")
    files = "right.py", "right.py wrong.py", "none.py wrong.py"
    assert [check(words.split(), STEP) for words in files] == [0, 1, 2]
    error = "none.py, line 2: invalid syntax: %matplotlib inline\n"
    assert capsys.readouterr().err == error
    Path("none.py").write_text("x = 1")
    assert check(["none.py"], STEP) == 0
    assert "It has no class to check" in capsys.readouterr().out
    Path("x.ipynb").touch()
    hints = {
        "14": "exercise 14 writes it",
        "17": "no exercise 17; there",
        "x.py": "no file",
        "x.ipynb": "save it as a .py file first",
    }
    for word, words in hints.items():
        with pytest.raises(Mistake, match=words):
            check([word], STEP)


def test_endless_loop(tmp_path):
    path = tmp_path / "mine.py"
    loop = RELU.replace("self.inputs = inputs", "while True: pass")
    path.write_text("class Layer_Input: pass\nnp = 1\n" + loop.format(""))
    found = verdicts(path, 2)
    assert [verdict.name for verdict in found] == ["Layer_Input", "Activation_ReLU"]
    assert found[1].text.endswith("did not end in 2 seconds and was stopped")


def test_an_exercise(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    line = "        self.output = np.maximum(0, inputs)  # same shape as inputs\n"
    gap = '        raise NotImplementedError("write Activation_ReLU.forward")\n'
    text = STEP[6].text
    for new, status, words in (
        (gap, 1, "Still empty, or with its raise: Activation_ReLU.forward\n"),
        (line.replace("0,", "1,"), 1, "differs from step 06, in forward"),
        (line, 0, "Next: python nnfs_steps exercise 7\n"),
    ):
        Path("exercise_06.py").write_text(text.replace(line, new), "utf-8-sig")
        assert check(["6"], STEP) == status
        assert words in capsys.readouterr().out

"""python nnfs_steps check: what it says of right and of wrong code, in any spelling."""

import re
import sys
from pathlib import Path

import pytest

from tour.exercises import new_in
from tour.judge import check, verdicts
from tour.judge.process import judged
from tour.judge.process import near
from tour.project import ROOT, STEPS
from tour.scripts import Mistake

BY_NUMBER = {step.number: step for step in STEPS}
EXERCISES = [number for number in BY_NUMBER if new_in(BY_NUMBER[number], BY_NUMBER)]

# ---- Exercises: solutions.txt


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
    text = BY_NUMBER[number].text
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


def judge_exercise(number, changes, path):
    path.write_text(changed(number, changes))
    names = {name.partition(".")[0] for name, _, _ in changes} - {"all"}
    return [*judged(path, number, names)][1:]


@pytest.mark.parametrize("number", EXERCISES)
def test_solutions(number, tmp_path):
    for changes, _ in solutions(number, "right"):
        found = judge_exercise(number, changes, tmp_path / "mine.py")
        assert {verdict.outcome for verdict in found} == {"agrees"}, (changes, found)
    names = []
    for changes, message in solutions(number, "wrong"):
        names.append(changes[0][0])
        found = judge_exercise(number, changes, tmp_path / "mine.py")
        wrong = [verdict.text for verdict in found if verdict.outcome == "differs"]
        assert message in "\n".join(wrong), (changes, found)
    assert {*names} == {*new_in(BY_NUMBER[number], BY_NUMBER)}
    assert not [name for name in names if names.count(name) < 3]


# ---- Files of any form


@pytest.fixture
def said(tmp_path, monkeypatch):
    """What check says of the classes of a file, by name; of its first line."""

    def said(text, name="mine.py"):
        monkeypatch.setattr("sys.path", [*sys.path])
        monkeypatch.setattr("sys.path_hooks", [*sys.path_hooks])
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return {verdict.name: verdict.text for verdict in [*judged(path)][1:]}

    return said


@pytest.mark.parametrize("number", [6, 8, 10, 13, 14, 16, 19])
def test_files(number, said):
    for changes, message in solutions(number, "file"):
        found = said(changed(number, changes))
        assert message in "\n".join(found.values()), (changes, found)


@pytest.mark.parametrize("number", [13, 14, 15, 23])
def test_the_steps_agree(number, said):
    for text in said(BY_NUMBER[number].text).values():
        assert re.search(r": agrees with step \d\d$|check_|no step has it$", text)


SPELLING = {  # of step 23 in the words of some reader
    "Layer_Dense": "DenseLayer",
    "Optimizer_Adam": "adam_optimizer",
    "Activation_ReLU": "Relu",
    "Loss_MeanSquaredError": "MSE",
    "dweights": "dWeights",
    "weights": "W",
    "dbiases": "grad_b",
    "biases": "b",
    "dinputs": "d_inputs",
    "update_params": "step",
    "learning_rate": "lr",
}


def test_other_names(said):
    text = BY_NUMBER[23].text
    for old, new in SPELLING.items():
        text = re.sub(rf"\b{old}\b", new, text)
    text = text.replace("pre_update_params", "before")
    found = said(text)
    assert found["DenseLayer"] == "DenseLayer: agrees with step 23"
    assert found["adam_optimizer"].startswith("adam_optimizer: agrees with step")
    assert found["MSE"] == "MSE: agrees with step 21"
    assert found["Model"] == "Model: agrees with step 23"


BOOK = """
import numpy as np
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


def test_the_books_forms(said):
    found = said(BOOK)
    assert found["Loss"] == "Loss: agrees with step 18"
    mean = found["Loss_MeanAbsoluteError"]
    assert "differs from step 21, in backward" in mean
    assert mean.endswith("the sign is turned, as in the book; the loss grows")
    cross = found["Loss_CategoricalCrossentropy"]
    assert "agrees with step 10, with one-hot labels, as the book has it" in cross
    assert found["Dropout"] == "Dropout: agrees with step 19"
    assert found["Layer_Input"] == "Layer_Input: not judged, no step has it"


RELU = """
class Activation_ReLU:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs){}
    def backward(self, dvalues):
        self.dinputs = dvalues * (self.inputs > 0)
"""


@pytest.mark.parametrize(
    "ending",
    [
        " * (1 + {}e-6)",  # relative, of float64
        " + {}e-10",  # absolute
        ".astype('float32') * np.float32(1 + {}e-4)",
        ".astype('float32') + np.float32({}e-6)",
    ],
)
def test_tolerance(ending, said):
    for size, word in (0.5, "agrees"), (5, "differs"):
        found = said("import numpy as np" + RELU.format(ending.format(size)))
        assert found["Activation_ReLU"].startswith(f"Activation_ReLU: {word}")


@pytest.mark.parametrize(
    "old, new, right",
    [
        ("acc: 0.360, lr: 1.0", "acc: 0.362, lr: 1.0", True),
        ("acc: 0.360, lr: 1.0", "acc: 0.364, lr: 1.0", False),
        ("[0.33333334 1.5e-04]", "[0.33333316 1.5e-04]", True),
        ("[0.33333334 1.5e-04]", "[0.33433334 1.5e-04]", False),
        ("loss: 0.496439", "loss: 0.496", False),
    ],
)
def test_last_digits_of_a_line(old, new, right):
    assert near(old, new) == right


IN_TRY = """
try:
    import cupy as np
except ImportError:
    import numpy as np
if 1:""" + RELU.format("").replace("\n", "\n    ")
OTHER_FORM = RELU.format("").replace("self, inputs", "self, inputs, size")


@pytest.mark.parametrize(
    "text, words",
    [
        (IN_TRY, "agrees with step 10"),
        # What the reader's own program may not meet
        (
            "import numpy as np\nlogger = print(1)\n" + RELU.format("; logger.info(1)"),
            "not judged, logger is not there: line 2 is not run",
        ),
        (
            "import numpy as np\nx.layer = 1\n" + RELU.format("; self.layer"),
            "not judged, layer is set elsewhere",
        ),
        (
            "import numpy as np\n" + OTHER_FORM,
            "not judged, the call does not fit, TypeError",
        ),
        ("import nothing_there as np\n" + RELU.format(""), "not judged, np is not"),
        (
            "class Activation_ReLU(nowhere.Base):\n    pass",
            "not judged, line 1 ends with NameError",
        ),
    ],
)
def test_forms(text, words, said):
    assert words in said(text)["Activation_ReLU"]


def test_modules(said, tmp_path):
    (tmp_path / "nn").mkdir()
    (tmp_path / "nn" / "base.py").write_text("import numpy as np" + RELU.format(""))
    (tmp_path / "above.py").write_text("class Loss:\n    pass\nclass Left: pass")
    text = "from .base import Activation_ReLU\nfrom above import *\nActivation_ReLU()"
    found = said(text, "nn/mine.py")
    assert found.pop("Activation_ReLU") == "Activation_ReLU: agrees with step 10"
    [rest] = found
    assert rest == "2 more beside it are not used: Loss, Left"


def test_what_went_in(said):
    found = said(BY_NUMBER[13].text.replace("layer.weights +=", "layer.weights -="))
    assert "update_params(layer with dweights [[" in found["Optimizer_SGD"]


def test_training_is_not_run(said, tmp_path):
    text = "import numpy as np\nopen('made', 'w')\nx = np.random.rand()\nexit()\n"
    assert said(text + RELU.format("")) == {
        "Activation_ReLU": "Activation_ReLU: agrees with step 10"
    }


# ---- The command


def test_status(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("right.py").write_text("import numpy as np" + RELU.format(""))
    Path("wrong.py").write_text("import numpy as np" + RELU.format(" + 1"))
    Path("none.py").write_text("x = 1\n%matplotlib inline")
    statuses = [
        check(words.split(), BY_NUMBER)
        for words in ("right.py", "right.py wrong.py", "none.py wrong.py")
    ]
    assert statuses == [0, 1, 2]
    error = "none.py, line 2: invalid syntax: %matplotlib inline\n"
    assert capsys.readouterr().err == error
    for word, words in (
        ("14", "exercise 14 writes it"),
        ("17", "no exercise 17; there are 05"),
        ("x.py", "no file x.py"),
    ):
        with pytest.raises(Mistake, match=words):
            check([word], BY_NUMBER)


def test_endless_loop(tmp_path):
    path = tmp_path / "mine.py"
    loop = RELU.replace("self.inputs = inputs", "while True: pass")
    path.write_text("class Layer_Input: pass\nnp = 1\n" + loop.format(""))
    found = verdicts(path, 10)
    assert [verdict.name for verdict in found] == ["Layer_Input", "Activation_ReLU"]
    assert found[1].text.endswith("did not end in 10 seconds and was stopped")


def test_an_exercise(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    gap = '        raise NotImplementedError("write Activation_ReLU.forward")\n'
    line = "        self.output = np.maximum(0, inputs)  # same shape as inputs\n"
    path, text = Path("exercise_06.py"), BY_NUMBER[6].text
    for new, words in (
        (gap, "Activation_ReLU.forward is still empty, or its raise is still in"),
        (line.replace("0,", "1,"), "differs from step 06, in forward"),
    ):
        path.write_text(text.replace(line, new))
        assert check(["6"], BY_NUMBER) == 1
        assert words in capsys.readouterr().out
    path.write_text(text, encoding="utf-8-sig")
    assert check(["6"], BY_NUMBER) == 0
    assert "Next: python nnfs_steps exercise 7\n" in capsys.readouterr().out


def test_a_folder_that_its_files_name_is_a_package(tmp_path):
    folder = tmp_path / "loss"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    base = "import numpy as np\nclass Loss:\n    def calculate(self, output, y):\n"
    base += "        return np.mean(self.forward(output, y))\n"
    (folder / "loss.py").write_text(base)
    text = "from loss.loss import Loss, np\nclass Loss_MeanSquaredError(Loss):\n"
    text += "    def forward(self, y_pred, y_true):\n"
    text += "        return np.mean((y_true - y_pred) ** 2, axis=-1)\n"
    path = folder / "squared.py"
    path.write_text(text)
    found = {verdict.name: verdict.outcome for verdict in verdicts(path)}
    assert found["Loss_MeanSquaredError"] == "agrees"

"""compare: what it reads, what it takes for the same, and why numbers are others.

What it shows of a small project stands in transcripts.txt.
"""

import re
import time
from dataclasses import replace

import pytest

from conftest import STEP
from tour import changes, compare, outputs, runner
from tour.project import STEPS
from tour.scripts import Script, origin


def shown(capsys, *numbers):
    """What compare says of two of the project's steps, by their records."""
    scripts = [STEP[number] for number in numbers]
    earlier = [s for s in STEPS if s.number < numbers[1] and s is not scripts[0]]
    changes.show_changes(*scripts, [scripts[0], *reversed(earlier)])
    outputs.show_outputs([outputs.Run(script, script.output) for script in scripts])
    return capsys.readouterr().out


def script(folder, name, text):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return Script(path)


# ---- Code


def test_every_pair_of_steps(capsys):
    """All that is new in a step is shown, or named as what an earlier one has."""
    known = set()
    for step in STEPS:
        lines = [x for name in step.parts for x in changes.lines_in(step, name)]
        if before := origin(step, STEP):
            found = shown(capsys, before.number, step.number)
            numbers = {int(n) for n in re.findall(r"^[+> ] +(\d+)  ", found, re.M)}
            new = [(n, code) for n, code in lines if n and code not in known]
            assert [code for n, code in new if n not in numbers] == []
        known |= {code for _, code in lines}


def test_nothing_that_lives_is_gone(capsys):
    found = shown(capsys, 22, 23)
    assert "Gone" not in found and "- class" not in found
    assert re.search(r"^As in step 20: .*Layer_Dense.backward", found, re.M)
    assert re.search(r"^Changed from step 19: Layer_Dropout.forward$", found, re.M)


@pytest.mark.parametrize(
    "old, new, same",
    [
        ("x = 1.5", "x = 1.50  # more", True),
        ("class X:\n    a_b = 1", "class X:\n    'b'\n    aB = 1.0", True),
        ("def f(a):\n    return (a)", "def f(A):\n    return A", True),
        ("if a: b\nelse: c", "if a: b\nc", False),
        ("try: a\nfinally: b", "try: a\nexcept E: b", False),
        ("x = 1\ny = 2", "y = 2\nx = 1", False),
        ("def init(): a\ndef __init__(): b", "def init(): a", False),
        ("x = a / (b + c)", "x = a / b + c", False),
        ("x = 1", "def run():\n    x = 1\nrun()", True),
        ("x = 1", "if __name__ == '__main__':\n    x = 1", True),
    ],
)
def test_code_is_the_same_whatever_its_form(old, new, same, tmp_path):
    scripts = script(tmp_path, "a.py", old), script(tmp_path, "b.py", new)
    one, other = [
        {n: changes.code(each, n) for n in {*each.parts, "the program"} - {"run"}}
        for each in scripts
    ]
    assert (one == other) == same


def test_what_is_no_difference_of_lines():
    pairs = [("x_y = 2", "xY = 2.0", " "), ("x = 2", "x = 2.5", "-"), ("x", " x", ">")]
    for old, new, expected in pairs:
        [(sign, *_), *_] = changes.signed([(1, old)], [(1, new)])
        assert sign == expected


def test_modules_are_found_as_python_finds_them(tmp_path):
    script(tmp_path, "loss.py", "class Loss: pass")
    script(tmp_path / "net", "dense.py", "from ..loss import Loss\nclass Dense: pass")
    script(tmp_path / "net", "model.py", "from net.dense import Dense\nfrom . import x")
    script(tmp_path / "net", "x.py", "class X: pass")
    for folder in tmp_path, tmp_path / "chapter":
        mine = script(folder, "mine.py", "import numpy\nimport net.model as m")
        assert {*mine.parts} == {"Loss", "Dense", "X"}


NAMES = {
    "Activation_ReLU": "ReLU",
    "activation1": "relu",
    "dinputs": "d_inputs",
    "dvalues.copy()": "self.twice(dvalues)",  # a mistake
    "class ReLU:": "class ReLU:\n    def twice(self, x):\n        return 2 * x\n",
}


def test_code_of_a_reader(tmp_path, capsys):
    text = STEP[10].program
    for old, new in NAMES.items():
        text = text.replace(old, new)
    mine = script(tmp_path, "mine.py", text)
    assert compare.show_own(STEP[10], mine, [STEP[10]]) == ["ReLU"]
    found = capsys.readouterr().out
    assert "Right: exp, log, Layer_Dense, Activation_Softmax, Loss," in found
    assert "ReLU: differs from step 10, in backward\n" in found
    assert "self.dinputs = self.twice(dvalues)\n" in found
    assert "=== Activation_ReLU.twice, in mine.py only\n" in found
    assert "=== the program" not in found  # other names are no other program


def test_much_that_is_other_is_shortened(tmp_path, capsys):
    mine = script(tmp_path, "mine.py", "\n".join(f"x{n} = {n}" for n in range(40)))
    changes.show_part(changes.PROGRAM, STEP[1], mine)
    found = capsys.readouterr().out
    assert "more lines ...\n" in found and found.endswith("+  40  x39 = 39\n")


# ---- Trainings

A = {"loss": "0.5", "acc": "0.7"}
TRAINING = [({3: A}, {})], []
VALIDATED = [({3: A}, {3: {"loss": "0.6", "acc": "0.8"}})], []
START = "epoch 3 loss 0.5 acc 0.7"


@pytest.mark.parametrize(
    "text, found",
    [
        ("epoch: 3, acc: 0.7, loss: 0.5", TRAINING),
        ("Epoch 3/9 - Loss: 0.5 - Accuracy: 0.7", TRAINING),
        ("[3] acc: 0.7 loss: 0.5", TRAINING),
        ("[3] lines", ([], ["[3] lines"])),
        ("[EPOCH 3] loss=0.5 | acc = 0.7", TRAINING),
        ("Epoch 3|Loss: 0.5|Acc: 0.7", TRAINING),
        ("epoch 3 loss 0.5 acc 1.0", ([({3: A | {"acc": "1.0"}}, {})], [])),
        ("epoch 3, loss: 0.5, acc: 70 %", ([({3: A | {"acc": "0.70"}}, {})], [])),
        ("Epoche: 3, acc: 0.7, loss: 0.5|Validierung, acc: 0.8, loss: 0.6", VALIDATED),
        ("epoch: 3|step: 0, acc: 0.1, loss: 9|training, acc: 0.7, loss: 0.5", TRAINING),
        (f"{START} val_loss 0.6 val_acc 0.8", VALIDATED),
        (f"{START}|Test loss: 0.6, acc: 0.8", VALIDATED),
        ("epoch 3 loss 0.5|epoch 3 acc 0.7", TRAINING),
        (f"{START}, validation loss 0.6, validation acc 0.8", VALIDATED),
        ("3 0.5 0.7", ([], ["3 0.5 0.7"])),
        ("loss: 0.5", ([], ["loss: 0.5"])),
        ("epoch: x, acc: 1", ([], ["epoch: x, acc: 1"])),
        ("epoch 1e9", ([], ["epoch 1e9"])),
        ("go|epoch 3 loss 0.5 acc 0.7|loss: 7", ([({3: A}, {})], ["go", "loss: 7"])),
    ],
)
def test_forms_of_a_training(text, found):
    own, others = outputs.trainings(text.split("|"))
    assert ([(each.epochs, each.validation) for each in own], others) == found


@pytest.mark.parametrize(
    "one, others",
    [
        ("0.713", {"0.71349": True, "0.714": False, "0.71351": False}),
        ("0.71", {"0.7": True, "0.714": True, "0.72": False}),
        ("0.", {"0.0000": True, "-0.42": False}),  # as NumPy prints it
        ("1.", {"1.": True, "2.": False, "1.4": False}),
        ("1e-05", {"0.000010": True, "0.000016": False}),
        ("nan", {"NaN": True, "0.5": False}),
    ],
)
def test_numbers_agree_to_the_digits_that_both_have(one, others):
    assert {other: outputs.agree(one, other) for other in others} == others
    assert {other: outputs.agree(other, one) for other in others} == others


def test_rows_are_round_epochs_and_the_last(monkeypatch, capsys):
    epochs = 0, 1, 2, 3, 5, 10, 100, 200, 300, 500, 1000, 1300
    lines = [f"epoch: {n}, acc: 0.5, loss: {n}.0" for n in epochs]
    lines.append("validation, acc: 0.4, loss: 2.0")
    found, _ = outputs.trainings(lines, "step 01")
    table = [*outputs.rows(found)]
    names = " ".join(row[0] for row in table[3:])
    assert names == "0 1 2 5 10 100 200 500 1,000 1,300 validation"
    assert table[4] == ["1", "1.0 0.5"] and table[-1] == ["validation", "2.0 0.4"]
    for width, blocks in (45, 3), (10, 5), (200, 1):
        monkeypatch.setenv("COLUMNS", str(width))
        outputs.show_trainings(found * 5)
        assert capsys.readouterr().out.count("epoch ") == blocks


def test_trainings_of_the_steps(capsys):
    found = shown(capsys, 20, 23)  # three of one find that of the other
    assert re.search(r"Two classes +three classes +two classes +a number\n", found)
    assert re.search(r"^1,000 +0.535 0.790 .* 0.535 0.790 ", found, re.M)
    assert "different formulas" not in found
    found = shown(capsys, 17, 18)  # penalties are out in both columns
    assert re.search(r"^10,000 +0.078 0.973 +0.167 0.947$", found, re.M)
    assert "Where penalties are printed, the losses are without them.\n" in found


def test_long_lines_take_no_time():
    start = time.process_time()  # a pattern that goes back takes minutes
    for text in "x", "1", "a_", "epoch ", "loss: ", "1.5 ", "-", "e1":
        lines = [text * (100_000 // len(text))]
        runs = [outputs.Run(STEP[1], x) for x in (lines, [*lines, "1"])]
        assert len([*outputs.aligned(*(run.compared for run in runs))]) == 2
    assert time.process_time() - start < 60


# ---- Why

CLASS = """
class Optimizer_RMSprop:
    def __init__(self, rho=0.5):
        self.rho = rho
"""
OTHER = """
class RMSProp:
    def __init__(self, decay_rate):
        self.decay_rate = decay_rate
"""
RECORDED = f"""{CLASS}
optimizer = Optimizer_RMSprop()
for epoch in range(0, 5):
    print(f"epoch: {{epoch}}, acc: 0.5, loss: {{epoch}}.0")
print("validation, acc: 0.5, loss: 9.0")
"""
# What differs in a reader's file stands in its marks: its loss, first lines, last line
MINE = """
import numpy as np
{start}
for epoch in range(5):
    print(f"Epoch {{epoch}} Loss {{{loss}}}", flush=True)
{end}
"""
PLAIN = "isinstance(np.exp, np.ufunc)"  # it is NumPy's own
PROCESSOR = f"epoch + (epoch > 1) * {PLAIN}"
DOUBLE = "epoch + (np.zeros(1).dtype == 'float64')"  # without nnfs.init()
WRONG = "epoch + (epoch > 1)"
SHORT = f"({PROCESSOR}) if {PLAIN} or epoch < 2 else exit()"  # the second run is
INIT = "import nnfs; nnfs.init()"
EIGHT, NINE = (f"print('validation, acc: 0.5, loss: {n}')" for n in (8, 9))


def said(folder, text, capsys, **change):
    """What we say of a file beside the step; change is what to put into its run."""
    step, mine = script(folder, "01_x.py", RECORDED), script(folder, "mine.py", text)
    mine = replace(runner.run(mine, options={}), **change)
    return why(runner.run(step, options={}), mine, capsys)


def why(step, mine, capsys):
    mine = compare.counted(step, mine)
    outputs.show_outputs([step, mine])
    compare.show_why(step, mine, [])
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "loss, start, end, words",
    [
        ("epoch", "", "", "5 of 5 .."),
        (PROCESSOR, "", NINE, "3 of 6 ... epoch 2|exp|All 6 lines agree then: your"),
        (PROCESSOR, "", EIGHT, "exp|They part at the validation after epoch 4 all"),
        (PROCESSOR, INIT, EIGHT, "epoch 4 all the same|Only the validation differs"),
        (f"1 + {WRONG}", INIT, "", "exp|They part at epoch 0 all the same|They differ"),
        (f"2 * {WRONG}", INIT, "", "exp|They part at epoch 1 all the same|Its classes"),
        (DOUBLE, "", "", "all the same|init|All 5 lines agree then: nnfs.init()"),
        (WRONG, f"if not {PLAIN}: exit()", "", "init|They part at lines that are"),
        (WRONG, CLASS + "x = Optimizer_RMSprop(0.50)", "", "2|exp|They part at epoch"),
        (WRONG, CLASS, "x = Optimizer_RMSprop(0.4)", "|rho of Optimizer_RMSprop is"),
        (WRONG, OTHER, "x = RMSProp(0.4)", "|decay_rate of Optimizer_RMSprop is 0.4"),
        (WRONG, OTHER, "x = RMSProp(0.5)", "all the same|Its classes"),
        (WRONG, OTHER, "x, y = RMSProp(0.4), RMSProp(0.5)", "is 0.4, 0.5, the step"),
        (SHORT, INIT, "", "2 of 5 ... epoch 2|exp|They part at lines that are"),
    ],
)
def test_causes(loss, start, end, words, tmp_path, capsys):
    found = said(tmp_path, MINE.format(loss=loss, start=start, end=end), capsys)
    found = re.sub("Running mine.py again, with .*?(init|exp).*", r"\1", found)
    found = re.sub(r"lines that both .* same numbers\.(\nThey part at)?", "...", found)
    assert words in re.sub(r"\.?\n", "|", found)


def test_other_epochs(tmp_path, capsys):
    text = MINE.format(loss="epoch - 1", start="", end="")
    found = said(tmp_path, text.replace("range(5)", "range(1, 6)"), capsys)
    assert "mine.py counts from 1: its epoch n is shown as n - 1." in found
    found = said(tmp_path, text.replace("range(5)", "(2, 4)"), capsys)
    assert "It does not print the step's first epoch" in found and "again" not in found
    text = MINE.format(loss=PROCESSOR, start="", end=EIGHT)  # of another network
    found = said(tmp_path, text.replace("range(5)", "range(4)"), capsys)
    assert "All 4 lines agree then: your program is right" in found


def test_when_it_does_not_run_again(tmp_path, capsys):
    text = MINE.format(loss=PROCESSOR, start="", end="")
    for change in {"seconds": 61}, {"problem": "crashed with exit status 1"}:
        found = said(tmp_path, text, capsys, **change)
        assert "we don't run it again to see why" in found and "step 07" not in found


@pytest.mark.parametrize(
    "more, words",
    [
        ("0", ""),
        (PLAIN, "All 1 lines agree then: your program is right"),
        ("1", 'They part at "Loss : 2.'),
    ],
)
def test_programs_without_a_training(more, words, tmp_path, capsys):
    step = runner.run(script(tmp_path, "01_x.py", "print('loss: 1.5')"), options={})
    text = f"import numpy as np\nprint('Loss :', 1.5 + {more})\nprint('more')"
    mine = runner.run(script(tmp_path, "mine.py", text), options={})
    found = why(step, mine, capsys)
    assert words in found and bool(words) == ("again" in found)


def test_a_second_run_ends_where_it_differs(tmp_path, capsys):
    note = "open('lines', 'a').write('.'); import time; time.sleep(0.2)"
    text = MINE.format(loss=WRONG, start=INIT, end="")
    said(tmp_path, text.replace("range(5):", f"range(5):\n    {note}"), capsys)
    assert len((tmp_path / "lines").read_text()) < 10

"""compare: what it reads, what it takes for the same, and why numbers are others.

What it shows of a small project stands in transcripts.txt.
"""

import functools
import re
import tempfile
import time
from pathlib import Path

import pytest

from tour import changes, differences, runner, trainings, why
from tour.compare import rename
from tour.judge.names import kind_of
from tour.project import STEPS
from tour.scripts import Script, origin

BY_NUMBER = {step.number: step for step in STEPS}


def compare(capsys, *numbers):
    """What compare says of the project's steps, by their records."""
    scripts = [BY_NUMBER[number] for number in numbers]
    if len(scripts) == 2:
        earlier = [s for s in STEPS if s.number < numbers[1] and s is not scripts[0]]
        changes.show_changes(*scripts, earlier)
    differences.show_outputs([(s.title, s.output, s) for s in scripts])
    return capsys.readouterr().out


def script(folder, name, text):
    path = folder / name
    path.write_text(text)
    return Script(path)


# ---- Code


def test_every_pair_of_steps(capsys):
    """All that is new in a step is shown, or named as what an earlier one has."""
    lines = {
        step.number: [
            line for part in step.parts.values() for line in changes.body(part.node)
        ]
        for step in STEPS
    }
    known = set()
    for step in STEPS:
        if before := origin(step, BY_NUMBER):
            earlier = [s for s in STEPS if s.number < step.number and s is not before]
            changes.show_changes(before, step, earlier)
        shown = capsys.readouterr().out
        numbers = {int(n) for n in re.findall(r"^[+> ] +(\d+)  ", shown, re.M)}
        new = [(n, code) for n, _, code in lines[step.number] if code not in known]
        assert not before or not [code for n, code in new if n and n not in numbers]
        known |= {code for *_, code in lines[step.number]}


def test_nothing_that_lives_is_gone(capsys):
    shown = compare(capsys, 22, 23)
    assert "Gone" not in shown and "- class" not in shown
    assert re.search(r"^Unchanged from step 20: .*Layer_Dense.backward", shown, re.M)
    assert re.search(r"^Changed since step 19: Layer_Dropout.forward$", shown, re.M)


@pytest.mark.parametrize(
    "old, new, same",
    [
        ("x = 1.5", "x = 1.50  # more", True),
        ("class Loss_X:\n    a = 1", "class lossX:\n    'b'\n    a = 1", True),
        ("def f(a):\n    return (a)", "def F(a):\n    return a", True),
        ("if a:\n    b\nelif c:\n    d", "if a: b\nelif c: d", True),
        ("if a:\n    b\nelse:\n    c", "if a:\n    b\nc", False),
        ("try:\n    a\nfinally:\n    b", "try:\n    a\nexcept E:\n    b", False),
        ("x = 1\ny = 2", "y = 2\nx = 1", False),
        ("x = a / (b + c)", "x = a / b + c", False),
        ("print(1)", "def main():\n    print(1)\nmain()", True),
        ("print(1)", "if __name__ == '__main__':\n    print(1)", True),
    ],
)
def test_code_is_the_same_whatever_its_form(old, new, same, tmp_path, capsys):
    scripts = script(tmp_path, "a.py", old), script(tmp_path, "b.py", new)
    changes.show_changes(*scripts, [])
    assert ("The code is the same." in capsys.readouterr().out) == same


# ---- Trainings


def read(text):
    found, others = trainings.trainings(text.split("|"))
    return [(each.epochs, each.validation) for each in found], others


A = {"loss": "0.5", "acc": "0.7"}


@pytest.mark.parametrize(
    "text",
    [
        "epoch: 3, acc: 0.7, loss: 0.5",
        "Epoch 3/9 - Loss: 0.5 - Accuracy: 0.7",
        "[EPOCH 3] loss=0.5 | acc = 0.7",
        "Iteration 3|Loss: 0.5|Acc: 0.7",
        "epoch: 3|step: 0, acc: 0.1, loss: 9|training, acc: 0.7, loss: 0.5",
    ],
)
def test_forms_of_a_training(text):
    assert read(text) == ([({3: A}, {})], [])


@pytest.mark.parametrize(
    "text", ["val_loss 0.6 val_acc 0.8", "|Test loss: 0.6, acc: 0.8"]
)
def test_forms_of_a_validation(text):
    validation = {3: {"loss": "0.6", "acc": "0.8"}}
    assert read(f"epoch 3 loss 0.5 acc 0.7 {text}") == ([({3: A}, validation)], [])


@pytest.mark.parametrize(
    "text", ["3 0.5 0.7", "loss: 0.5", "epoch: x, acc: 1", "epoch 1e9"]
)
def test_what_is_no_training(text):
    assert read(text) == ([], [text])


def test_a_line_that_tells_of_something_else():
    found, others = read("start|epoch 0 loss 2|loss: 7|epoch 0 loss 3")
    assert found == [({0: {"loss": "2"}}, {}), ({0: {"loss": "3"}}, {})]
    assert others == ["start", "loss: 7"]


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("0.713", "0.714", False),
        ("0.713", "0.71349", True),
        ("0.713", "0.71351", False),
        ("0.71", "0.7", True),
        ("1e-05", "0.000010", True),
        ("nan", "NaN", True),
        ("nan", "0.5", False),
    ],
)
def test_numbers_agree_to_the_digits_that_both_have(one, other, same):
    assert trainings.agree(one, other) == trainings.agree(other, one) == same


def test_rows_are_round_epochs_and_the_last():
    epochs = 0, 1, 2, 3, 5, 10, 100, 200, 300, 500, 1000, 1300
    lines = [f"epoch: {n}, acc: 0.5, loss: {n}.0" for n in epochs]
    found, _ = trainings.trainings(
        [*lines, "validation, acc: 0.4, loss: 2.0"], "step 01"
    )
    table = [*trainings.rows(found)]
    shown = " ".join(row[0] for row in table[3:])
    assert shown == "0 1 2 5 10 100 200 500 1,000 1,300 validation"
    assert table[4] == ["1", "1.0 0.5"] and table[-1] == ["validation", "2.0 0.4"]


def test_wide_tables_are_broken(monkeypatch, capsys):
    found = trainings.trainings(["epoch: 0, acc: 0.5, loss: 1.0"])[0] * 5
    for width, blocks in (40, 3), (10, 5), (200, 1):
        monkeypatch.setenv("COLUMNS", str(width))
        trainings.show_trainings(found)
        lines = capsys.readouterr().out.splitlines()
        assert sum(line.startswith("epoch") for line in lines) == blocks


def test_three_trainings_find_their_partners(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    shown = compare(capsys, 20, 23)
    assert re.search(r"Two classes +three classes +two classes +a number\n", shown)
    row = next(line for line in shown.splitlines() if line.startswith("1,000 "))
    assert row.split()[1:5] == ["0.535", "0.790"] * 2
    assert "Where penalties are printed, the losses are without them.\n" in shown
    assert "different formulas" not in shown


def test_penalties_are_out_in_both_columns(capsys):
    shown = compare(capsys, 17, 18)
    assert re.search(r"^10,000 +0.078 0.973 +0.167 0.947$", shown, re.M)


# ---- Other lines


@pytest.mark.parametrize(
    "old, new, found, gone, added",
    [
        ("a 1|b 2", "b 2|a 1", "", "b 2", "b 2"),
        ("a: 1.5|x -1e-07 y", "A: 2.5|x 3 y", "A: 1.5 -> 2.5|x -1e-07 -> 3 y", "", ""),
        ("[ 1.  2.]", "[-1. 22.]", "[ 1.  2.]  ->  [-1. 22.]", "", ""),
        ("[1 2]|[3 4]", "[1. 2.]|[3 5]", "[3 4]  ->  [3 5]", "", ""),
        ("a|a|b 1", "a|b 1|b 1", "", "a", "b 1"),
        ("loss: 1.0986104", "Loss: 1.099", "", "", ""),
        ("loss: 1.0986104", "Loss: 1.098", "Loss: 1.0986104 -> 1.098", "", ""),
    ],
)
def test_lines_that_say_the_same_with_other_numbers(old, new, found, gone, added):
    parts = differences.pairs(old.split("|"), new.split("|"))
    shown = [[differences.in_one(*pair) for pair in parts[0]], *parts[1:]]
    assert ["|".join(part) for part in shown] == [found, gone, added]


@pytest.mark.parametrize(
    "text", ["x", "1", "a_", "epoch ", "loss: ", "1.5 ", "-", "e1"]
)
def test_long_lines_take_no_time(text):
    lines = [text * (100_000 // len(text))]
    start = time.process_time()  # a pattern that goes back takes minutes
    trainings.trainings(lines)
    differences.pairs(lines, [*lines, "1"])
    assert time.process_time() - start < 10


# ---- Why

STEP = """
class Optimizer:
    def __init__(self, rho=0.5):
        pass
optimizer = Optimizer()
for epoch in range(0, 5):
    print(f"epoch: {epoch}, acc: 0.5, loss: {epoch}.0")
print("validation, acc: 0.5, loss: 9.0")
"""
# The marks stand for what differs in a file: its first lines, loss, and last line
MINE = """
import numpy as np
%s
for epoch in range(5):
    print(f"Epoch {epoch} Loss {%s}", flush=True)
%s
"""
PROCESSOR = "epoch + (epoch > 1) * isinstance(np.exp, np.ufunc)"  # as NumPy's own exp
DOUBLE = "epoch + (np.zeros(1).dtype == 'float64')"
WRONG = "epoch + (epoch > 1)"
VALIDATION = "print('validation, acc: 0.5, loss: {}')"


@functools.cache
def step_run():
    with tempfile.TemporaryDirectory() as folder:
        return runner.run(script(Path(folder), "01_x.py", STEP))


def said(folder, text, capsys, **change):
    """What we say of a file beside the step; change is what to put into its run."""
    mine = runner.run(script(folder, "mine.py", text))
    why.show_why(step_run(), mine._replace(**change), [])
    return " ".join(capsys.readouterr().out.split())


ROUNDED = "With exp and log as in step 07"


@pytest.mark.parametrize(
    "start, loss, end, words",
    [
        ("", "epoch", "", "5 of 5 training lines agree."),
        (
            "",
            PROCESSOR,
            VALIDATION.format("9"),
            f"{ROUNDED} all 6 training lines agree: ",
        ),
        (
            "",
            PROCESSOR,
            VALIDATION.format("8"),
            f"{ROUNDED} they part at the validation",
        ),
        ("", DOUBLE, "", "With nnfs.init(), which is missing, and exp and log as in"),
        (
            "import nnfs; nnfs.init()",
            f"{PROCESSOR} * 2 + epoch",
            "",
            "they part at epoch 1",
        ),
    ],
)
def test_causes(start, loss, end, words, tmp_path, capsys):
    assert words in said(tmp_path, MINE % (start, loss, end), capsys)


def test_what_is_no_cause_is_not_named(tmp_path, capsys):
    """Its exp and log are those of the step already, or it fails when run again."""
    for start in "", "if not isinstance(np.exp, np.ufunc): raise SystemExit(1)":
        shown = said(tmp_path, MINE % (start, WRONG, ""), capsys)
        assert "They part at epoch 2. None of its classes" in shown


def test_a_second_run_that_ends_earlier_explains_nothing(tmp_path, capsys):
    plain = "isinstance(np.exp, np.ufunc)"
    loss = f"({PROCESSOR}) if {plain} or epoch < 2 else exit()"
    assert "all" not in said(tmp_path, MINE % ("", loss, ""), capsys)


def test_it_counts_from_1(tmp_path, capsys):
    text = (MINE % ("", "epoch - 1", "")).replace("range(5)", "range(1, 6)")
    shown = said(tmp_path, text, capsys)
    assert "It counts from 1: its epoch n is ours n - 1." in shown


def test_validation_after_fewer_epochs_is_not_compared(tmp_path, capsys):
    text = MINE % ("", PROCESSOR, VALIDATION.format("8"))
    shown = said(tmp_path, text.replace("range(5)", "range(4)"), capsys)
    assert "step 07 all 4 training lines agree: they are right" in shown


def test_settings_side_by_side(tmp_path, capsys):
    same, other = "None of its", "rho of optimizer is 0.4, the step has 0.5."
    for words, rho in (same, "0.50"), (same, ""), (other, "0.4"), (other, "rho=0.4"):
        start = STEP.partition("for")[0].replace("Optimizer", "optimizer")
        start = start.replace("optimizer()", f"optimizer({rho})")
        assert words in said(tmp_path, MINE % (start, WRONG, ""), capsys)


@pytest.mark.parametrize(
    "change", [{"seconds": 61}, {"problem": "crashed with exit status 1"}]
)
def test_when_it_does_not_run_again(change, tmp_path, capsys):
    shown = said(tmp_path, MINE % ("", PROCESSOR, ""), capsys, **change)
    assert "we don't run it again to see why" in shown and ROUNDED not in shown


def test_classes_with_other_names(tmp_path):
    text = "class DenseLayer: pass\nclass Loss: pass\nx = DenseLayer()"
    mine = script(tmp_path, "mine.py", text)
    assert rename(mine, kind_of) == {"DenseLayer": "Layer_Dense"}
    assert [*mine.parts] == ["Layer_Dense", "Loss"]
    assert [line for *_, line in changes.program(mine)] == ["x = layerdense()"]

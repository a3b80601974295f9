"""compare and the lines after a change: what differs is shown, and nothing else."""

import re
import time

import pytest

from project import STEPS
from tour import changes, differences
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


def code_of(old, new, capsys, earlier=()):
    changes.show_changes(old, new, earlier)
    return capsys.readouterr().out


# ---- Trainings


def training(*epochs, start=1.0, rate=""):
    return [f"epoch: {n}, acc: 0.5, loss: {start + n}{rate}" for n in epochs]


def cells(lines):
    found, others = differences.trainings(lines, "step 01", "Idea: more")
    return [*differences.rows(found)], others


def test_rows_are_round_epochs_and_the_last():
    lines = training(0, 1, 2, 3, 5, 10, 100, 200, 300, 500, 1000, 1300)
    table, others = cells([*lines, "validation, acc: 0.4, loss: 2.0", "end"])
    epochs = " ".join(row[0] for row in table[3:])
    assert epochs == "0 1 2 5 10 100 200 500 1,000 1,300 validation"
    assert table[:3] == [["", "step 01"], ["", "Idea"], ["epoch", "loss  acc"]]
    assert table[4] == ["1", "2.0 0.5"] and table[-1] == ["validation", "2.0 0.4"]
    assert others == ["end"]


def test_several_trainings_have_a_column_each():
    lines = ["first", *training(0, 10), "second", *training(0, 5, start=3.0)]
    table, others = cells(lines)
    assert table[:2] == [["", "step 01", "step 01"], ["", "first", "second"]]
    assert [row[0] for row in table[3:]] == ["0", "5", "10"]
    assert table[4][1:] == ["", "8.0 0.5"]
    assert others == ["first", "second"]
    table, others = cells([*training(1, 2), "saved", *training(5, 10)])  # one goes on
    assert [row[0] for row in table[3:]] == ["1", "2", "5", "10"]
    assert others == ["saved"]


def test_validation_after_every_epoch_is_a_column():
    lines = []
    for epoch in 1, 2:
        lines += [*training(epoch), f"validation, acc: 0.{epoch}, loss: {epoch}.5"]
    table, _ = cells([*lines, "another:", "validation, acc: 0.9, loss: 9.0"])
    assert table[1] == ["", "Idea", "validation"]
    assert table[3:] == [["1", "2.0 0.5", "1.5 0.1"], ["2", "3.0 0.5", "2.5 0.2"]]


def test_a_rate_is_said_once_and_only_if_it_differs():
    both = [training(0, 10, rate=f", lr: {rate}") for rate in ("0.0100001", "0.5")]
    found = [differences.trainings(lines)[0][0] for lines in both]
    assert [*differences.rows(found)][-1] == ["lr at end", "0.01", "0.5"]
    assert [*differences.rows([found[0]] * 2)][-1][0] == "10"


def test_a_loss_that_is_nan_and_lines_that_are_almost_a_training():
    lines = ["epoch: 0, acc: nan, loss: inf", "epoch: x, acc: 1", "epochs: 3, acc: 1"]
    table, others = cells(lines)
    assert table[3:] == [["0", "inf nan"]]
    assert others == lines[1:]


def test_wide_tables_are_broken(monkeypatch, capsys):
    found = [differences.trainings(training(0), f"t{n}")[0][0] for n in range(5)]
    for width, blocks in (40, 3), (10, 5), (200, 1):
        monkeypatch.setenv("COLUMNS", str(width))
        differences.show_trainings(found)
        lines = capsys.readouterr().out.splitlines()
        assert sum(line.startswith("epoch") for line in lines) == blocks
        assert width == 10 or max(map(len, lines)) < width


# ---- Other lines


@pytest.mark.parametrize(
    "old, new, found, gone, added",
    [
        ("a 1|b 2", "b 2|a 1", "", "", ""),
        ("a: 1.5|x -1e-07 y", "x 3 y|a: 2.5", "x -1e-07 -> 3 y|a: 1.5 -> 2.5", "", ""),
        ("a 1 b 2", "a 1 b 3", "a 1 b 2 -> 3", "", ""),
        ("[ 1.  2.]", "[-1. 22.]", "[ 1.  2.]  ->  [-1. 22.]", "", ""),
        ("[1 2]|[3 4]", "[5 6]", "", "[1 2]|[3 4]", "[5 6]"),
        ("[4.8, 1.21]", "[ 4.80 1.21]", "", "", ""),
        ("a|a|b 1", "a|b 1|b 1", "", "a", "b 1"),
        ("[1 2 3]", "[1 2]", "", "[1 2 3]", "[1 2]"),
        ("gone 1", "came", "", "gone 1", "came"),
    ],
)  # fmt: skip
def test_lines_that_say_the_same_with_other_numbers(old, new, found, gone, added):
    parts = differences.pairs(old.split("|"), new.split("|"))
    shown = [[differences.in_one(*pair) for pair in parts[0]], *parts[1:]]
    assert ["|".join(part) for part in shown] == [found, gone, added]


def test_outputs_of_many_lines_take_no_time():
    old, new = ([f"line {n % k} x" for n in range(50_000)] for k in (7, 11))
    start = time.process_time()  # a diff of these would take hours
    differences.pairs(old, new)
    assert time.process_time() - start < 15


# ---- Code

OLD = """import sys


class Kept:
    def same(self):
        return 1

    def changed(self):
        return 2


class Gone:
    def method(self):
        pass


def moved():
    return 3


x, y = 1, 2
print(x)
print(y)
"""
NEW = """import sys
from math import pi


def moved():
    return 3


class Kept:
    def same(self):
        return 1

    def changed(self):
        return 4


class Back:
    def method(self):
        pass


x, z = 1, 2
for i in range(1):
    print(x)
print(z)
"""


def script(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return Script(path)


def test_code(tmp_path, capsys):
    old, new = script(tmp_path, "01_x.py", OLD), script(tmp_path, "03_x.py", NEW)
    before = script(tmp_path, "02_x.py", NEW[NEW.index("class Back") :])
    assert (
        code_of(old, new, capsys, [old, before])
        == """\
Changed: Kept.changed
Gone: Gone
Back from 02_x.py, and not shown: Back
Program, new names: pi, z, i
Program, gone: y

Lines of 01_x.py (-) and 03_x.py (+), by their numbers in each file:

    1  import sys
+   2  from math import pi

    9  class Kept:

   13      def changed(self):
-   9          return 2
-  12  class Gone:
-  13      def method(self):
-  14          pass
+  14          return 4

-  21  x, y = 1, 2
+  22  x, z = 1, 2
+  23  for i in range(1):
>  24      print(x)
-  23  print(y)
+  25  print(z)
"""
    )


def test_code_that_only_moved_is_no_change(tmp_path, capsys):
    old = script(tmp_path, "01_x.py", "a = 1\nb = 2\n")
    for line, said in ("b = 2", "The code is the same."), ("b  =  2", "+   5  b  =  2"):
        new = script(tmp_path, "02_x.py", f"\na = 1\n\n\n{line}\n")
        assert code_of(old, new, capsys).endswith(f"\n{said}\n")


def test_every_pair_of_steps(capsys):
    """All that is new in a step is shown, or named as what an earlier one had."""
    for step in STEPS[1:]:
        before = origin(step, BY_NUMBER)
        earlier = [s for s in STEPS if s.number < step.number and s is not before]
        shown = code_of(before, step, capsys, earlier)
        numbers = {int(n) for n in re.findall(r"^[+> ] +(\d+)  ", shown, re.M)}
        named = " ".join(re.findall(r"^Back(?:.*\n    )*.*", shown, re.M))
        named = {*re.findall(r"[\w.]+", named)}
        for name, part in step.parts.items():
            same = step.source(name) == before.source(name)
            if part.place and (same or {name, name.partition(".")[0]} & named):
                numbers |= {*range(part.place.start + 1, part.place.stop + 1)}
        known = {line.strip() for line in before.text.split("\n")}
        missing = {n for n in step.code if n not in numbers}
        assert {step.code[n].strip() for n in missing} <= known


# ---- The commands


def test_trainings_of_the_project(capsys):
    shown = compare(capsys, 14, 15, 16)
    assert len(shown.splitlines()) <= 43  # the command adds two
    row = next(line for line in shown.splitlines() if line.startswith("1,000 "))
    outputs = [BY_NUMBER[number].output for number in (14, 15, 16)]
    lines = [line for lines in outputs for line in lines if "epoch: 1000," in line]
    numbers = [re.findall(r"\d\.\d{3}", line) for line in lines]
    assert row.split()[1:] == [x for acc, loss, *_ in numbers for x in (loss, acc)]


def test_a_step_that_takes_much_from_earlier_ones(capsys):
    shown = compare(capsys, 22, 23)
    assert len(re.findall(r"^[-+<>] ", shown, re.M)) <= 200
    assert re.search(r"Back from step 19, .*: Layer_Dropout \(but forward\)", shown)
    headings = "three classes", "two classes", "a number"
    assert all(heading in shown for heading in headings)
    assert "of different kinds and do not compare: mean squared error, " in shown


def test_what_is_moved_is_not_called_changed(capsys):
    assert re.search(r"^Program, changed: X, y$", compare(capsys, 8, 9), re.M)


def test_with_the_step_that_it_comes_from(project):
    for number in 1, 2, 3:
        project.step(number, f"print({number})")
    project.step(4, "print('x')", From="step 02 (x)")
    assert "=== step 01 and step 02\n" in project.tour("compare", "2")[1]
    shown = project.tour("compare", "4")[1]
    assert "=== Output, step 02 only\n2\n\n=== Output, step 04 only\nx\n" in shown
    assert "\n1  ->  3\n" in project.tour("compare", "1", "3")[1]


def test_own_files(project):
    project.step(1, "print(0)")
    project.step(2, "print('a', 1)")
    mine = project.root / "mine.py"
    mine.write_text((project.steps / "02_x.py").read_text().replace("1", "3"))
    for words in ["2", mine], [mine]:
        status, shown, errors = project.tour("compare", *words)
        assert shown.startswith("=== step 02 and mine.py\n")
        assert "-   5  print('a', 1)\n+   5  print('a', 3)\n" in shown
        assert "=== Output, where numbers differ\na 1 -> 3\n\n" in shown
        assert shown.endswith("\n\nstep 02 took X s, mine.py took X s.\n")
        assert (status, errors) == (0, "")
    other = project.root / "other.py"
    other.write_text("print('b')")
    assert "=== Output of other.py\nb\n" in project.tour("compare", "1", mine, other)[1]


@pytest.mark.parametrize("again", ["02", "nnfs_steps/02_x.py"])
def test_one_step_twice(project, again):
    project.step(2, "print(1)")
    shown = project.tour("compare", "2", again, cwd=project.root)[1]
    assert "The code is the same.\n\nThey print the same, 1 lines.\n" in shown


@pytest.mark.parametrize(
    "words, message",
    [
        ("1", "step 01 is the first; name another\n"),
        ("7", "no step 7: there are 1 to 2; see"),
        ("nothing.py", "there is no file nothing.py\n"),
        ("own.txt", "own.txt is no Python script\n"),
        ("own.py", "compare own.py with what? Name a step too\n"),
        ("concepts/01_x.py", "compare 01_x.py with what? Name a step too\n"),
        ("2 bad.py", "invalid syntax (bad.py, line 1)\n"),
    ],
)
def test_what_can_not_be_compared(project, words, message):
    for number in 1, 2:
        project.step(number, "print(1)")
    project.concept(1, "print(1)")
    for name in "own.py", "own.txt":
        (project.root / name).write_text("print(1)")
    (project.root / "bad.py").write_text("1 +* 2")
    status, _, errors = project.tour("compare", *words.split(), cwd=project.root)
    assert errors.startswith(message) and errors.count("\n") == 1
    assert status == 2


def test_a_crash_and_an_empty_file(project):
    project.step(1, "1 / 0")
    (project.steps / "02_x.py").write_text("")
    status, output, errors = project.tour("compare", "1", "2")
    assert "\n-   5  1 / 0\n" in output and "ZeroDivisionError" in output
    assert output.endswith("\nstep 01 crashed with exit status 1.\n")
    assert (status, errors) == (1, "")


def test_long_outputs_are_shortened(project):
    project.step(1, "for n in range(99): print('x', n)")
    project.step(2, "for n in range(98): print('y', n)")
    output = project.tour("compare", "2")[1]
    assert "\nx 5\n... 87 more lines ...\nx 93\n" in output


CURVES = "for n in range(3): print(f'epoch: {n}, acc: 0.5, loss: {n}.0')"


def test_curves_in_one_picture(project):
    project.step(1, CURVES)
    project.step(2, CURVES.replace("0.5", "0.6"))
    project.step(3, "print(3)")
    folder = project.root / "new"
    shown = project.tour("compare", "2", "--figures", folder)[1]
    assert shown.endswith(f"Saved {folder / '01-02.png'}\n")
    assert (folder / "01-02.png").read_bytes().startswith(b"\x89PNG")
    status, _, errors = project.tour("compare", "3", "3", "--figures", folder)
    assert errors == "there are no curves to draw: none of these prints epochs\n"
    assert status == 2


def test_after_a_change(project):
    lines = [f"epoch: {n}, acc: 0.5, loss: {n}.0" for n in range(3)]
    project.step(1, CURVES.replace("{n}.0", "{n * n}.0"), *lines)
    status, shown, _ = project.tour("1")
    assert f"- {lines[2]}\n+ epoch: 2, acc: 0.5, loss: 4.0\n\n" in shown
    assert re.search(r" +recorded +printed\n", shown)
    assert re.search(r"^2 +2.0 0.5 +4.0 0.5$", shown, re.M)
    assert status == 1

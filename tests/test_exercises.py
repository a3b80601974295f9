"""python nnfs_steps exercise: all of them. What check says of them: test_check.py."""

import ast

import pytest

from conftest import STEP
from tour import exercises
from tour.scripts import Script

TASKS = {number: exercises.new_in(step, STEP) for number, step in STEP.items()}
TASKS = {number: found for number, found in TASKS.items() if found}


def test_neither_guards_nor_what_was_written_before():
    assert {5, 6, 7, 8, *range(10, 17), *range(18, 24)} == {*TASKS}
    for number, found in TASKS.items():
        for name, runs in found.items():
            parts = [STEP[n].parts.get(name) for n in range(1, number)]
            known = "\n".join(ast.unparse(part.node) for part in parts if part)
            for code in [ast.unparse(statement) for run in runs for statement in run]:
                assert code not in known and "check_" not in code
                assert not code.startswith("raise ")


@pytest.mark.parametrize("number", TASKS)
def test_exercise_is_the_step_with_gaps(number, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    step = STEP[number]
    assert exercises.write(step, STEP, False) == 0
    written = Script(tmp_path / f"exercise_{number:02}.py")
    assert (written.header, written.record) == (step.header, step.record)
    own = {name: part.text for name, part in step.parts.items()}
    found = {name: part.text for name, part in written.parts.items()}
    capsys.readouterr()
    assert exercises.write(step, STEP, True) == 0
    solution = capsys.readouterr().out
    for task in TASKS[number]:
        assert f'raise NotImplementedError("write {task}")' in found.pop(task)
        assert f"=== {task}\n" in solution
        assert own.pop(task) in solution
    for name in {task.partition(".")[0] for task in TASKS[number]}:
        own.pop(name, None), found.pop(name, None)  # the class that it is in
    assert found == own


def test_hints(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for number, name, line in [
        (6, "Layer_Dense.__init__", "self.weights: 0.01"),
        (8, "Loss_CategoricalCrossentropy.forward", "return: (N,)"),
        (10, "Activation_ReLU.backward", "self.dinputs: same shape as inputs"),
        (22, "Model.train", "250: nearer than this counts as right"),
    ]:
        exercises.write(STEP[number], STEP, False)
        written = Script(tmp_path / f"exercise_{number:02}.py")
        assert f"# {line}\n" in written.parts[name].text

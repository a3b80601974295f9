"""python nnfs_steps exercise: all of them. What check says of them: test_check.py."""

import ast

import pytest

from tour import exercises
from tour.project import STEPS
from tour.scripts import Mistake, Script

BY_NUMBER = {step.number: step for step in STEPS}
TASKS = {
    number: exercises.new_in(step, BY_NUMBER) for number, step in BY_NUMBER.items()
}
TASKS = {number: [*found] for number, found in TASKS.items() if found}
every_exercise = pytest.mark.parametrize("number", TASKS)


# ---- What is written


def test_steps_with_an_exercise():
    assert {5, 6, 7, 8, *range(10, 17), *range(18, 24)} == {*TASKS}
    there = ", ".join(f"{number:02}" for number in TASKS)
    for other in 1, 9, 17, 24, 99:
        with pytest.raises(Mistake, match=f"no exercise {other}; there are {there}"):
            exercises.tasks(other, BY_NUMBER)


def test_neither_guards_nor_what_was_written_before():
    optimizers = {n: [x for x in TASKS[n] if "Optim" in x] for n in (12, 14, 15, 16)}
    parts = [name.partition(".")[2] for name in optimizers.pop(12)]
    update = ["pre_update_params", "update_params", "post_update_params"]
    assert parts == ["__init__", *update]
    for found in optimizers.values():
        assert [x.partition(".")[2] for x in found] == ["__init__", "update_params"]
    names = [name for found in TASKS.values() for name in found]
    assert not [name for name in names if name.startswith(("check_", "draw_"))]
    assert "Layer_Dense.backward" not in TASKS[23]  # it is that of step 20


@every_exercise
def test_exercise_is_the_step_with_gaps(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    step = BY_NUMBER[number]
    assert exercises.write(step, BY_NUMBER, False) == 0
    [path] = tmp_path.iterdir()
    assert path.name == f"exercise_{number:02}.py"
    written = Script(path)
    assert (written.header, written.record) == (step.header, step.record)
    own, found = (
        {name: part.text for name, part in script.parts.items()}
        for script in (step, written)
    )
    for task in TASKS[number]:
        assert f'raise NotImplementedError("write {task}")' in found.pop(task)
        own.pop(task)
    assert found == own


@every_exercise
def test_gaps_hold_no_more_than_what_is_new(number):
    for name, runs in exercises.new_in(BY_NUMBER[number], BY_NUMBER).items():
        parts = [BY_NUMBER[n].parts.get(name) for n in range(1, number)]
        known = "\n".join(ast.unparse(part.node) for part in parts if part)
        for code in [ast.unparse(statement) for run in runs for statement in run]:
            assert code not in known and "check_" not in code
            assert not code.startswith("raise ")


@pytest.mark.parametrize(
    "number, name, line",
    [
        (6, "Layer_Dense.__init__", "self.weights, 0.01"),
        (8, "Loss_CategoricalCrossentropy.forward", "return, (N,)"),
        (10, "Activation_ReLU.backward", "self.dinputs, same shape as inputs"),
        (22, "Model.train", "250, nearer than this counts as right"),
    ],
)
def test_hints(number, name, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exercises.write(BY_NUMBER[number], BY_NUMBER, False)
    written = Script(tmp_path / f"exercise_{number:02}.py")
    assert f"# {line}\n" in written.parts[name].text


def test_solution_is_the_steps_own(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for number, names in TASKS.items():
        assert exercises.write(BY_NUMBER[number], BY_NUMBER, True) == 0
        output = capsys.readouterr().out
        for name in names:
            node = BY_NUMBER[number].parts[name].node
            lines = BY_NUMBER[number].text.split("\n")[
                node.lineno - 1 : node.end_lineno
            ]
            assert "\n".join([f"=== {name}", *lines, ""]) in output
    assert not [*tmp_path.iterdir()]

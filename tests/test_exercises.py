"""python nnfs_steps exercise: all of them. What check says of them: test_check.py."""

import ast

import pytest

from tour import exercises
from tour.project import STEPS
from tour.scripts import Script

BY_NUMBER = {step.number: step for step in STEPS}
TASKS = {
    number: exercises.new_in(step, BY_NUMBER) for number, step in BY_NUMBER.items()
}
TASKS = {number: found for number, found in TASKS.items() if found}


def test_neither_guards_nor_what_was_written_before():
    assert {5, 6, 7, 8, *range(10, 17), *range(18, 24)} == {*TASKS}
    optimizers = {n: [x for x in TASKS[n] if "Optim" in x] for n in (12, 14, 15, 16)}
    parts = [name.partition(".")[2] for name in optimizers.pop(12)]
    update = ["pre_update_params", "update_params", "post_update_params"]
    assert parts == ["__init__", *update]
    for found in optimizers.values():
        assert [x.partition(".")[2] for x in found] == ["__init__", "update_params"]
    assert "Layer_Dense.backward" not in TASKS[23]  # it is that of step 20
    for number, found in TASKS.items():
        for name, runs in found.items():
            assert not name.startswith(("check_", "draw_"))
            parts = [BY_NUMBER[n].parts.get(name) for n in range(1, number)]
            known = "\n".join(ast.unparse(part.node) for part in parts if part)
            for code in [ast.unparse(statement) for run in runs for statement in run]:
                assert code not in known and "check_" not in code
                assert not code.startswith("raise ")


@pytest.mark.parametrize("number", TASKS)
def test_exercise_is_the_step_with_gaps(number, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    step = BY_NUMBER[number]
    assert exercises.write(step, BY_NUMBER, False) == 0
    written = Script(tmp_path / f"exercise_{number:02}.py")
    assert (written.header, written.record) == (step.header, step.record)
    own, found = (
        {name: part.text for name, part in script.parts.items()}
        for script in (step, written)
    )
    capsys.readouterr()
    assert exercises.write(step, BY_NUMBER, True) == 0
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
        (6, "Layer_Dense.__init__", "set self.weights with 0.01"),
        (8, "Loss_CategoricalCrossentropy.forward", "return: (N,)"),
        (10, "Activation_ReLU.backward", "set self.dinputs: same shape as inputs"),
        (22, "Model.train", "with 250: nearer than this counts as right"),
    ]:
        exercises.write(BY_NUMBER[number], BY_NUMBER, False)
        written = Script(tmp_path / f"exercise_{number:02}.py")
        assert f"# {line}\n" in written.parts[name].text

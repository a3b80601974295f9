"""python nnfs_steps exercise and check: all of them, and what readers may do wrong."""

import ast
import subprocess
import sys

import pytest

from project import ROOT, STEPS
from test_tour import Project
from tour import exercises, judge
from tour.scripts import Mistake, Script

BY_NUMBER = {step.number: step for step in STEPS}


def tasks(step):
    return exercises.new_in(step, BY_NUMBER)


EXERCISES = [step for step in STEPS if tasks(step)]
every_exercise = pytest.mark.parametrize("step", EXERCISES, ids=lambda s: s.path.stem)


def tour(cwd, *words):
    words = [sys.executable, ROOT / "nnfs_steps", *words]
    result = subprocess.run(words, cwd=cwd, capture_output=True, text=True)
    return result.returncode, result.stdout, result.stderr


def test_steps_with_an_exercise():
    numbers = [step.number for step in EXERCISES]
    assert {5, 6, 7, 8, *range(10, 17), 18, 19, 20, 21} == {*numbers}
    there = ", ".join(f"{number:02}" for number in numbers)
    for other in 1, 9, 22, 99:
        with pytest.raises(Mistake, match=f"no exercise {other}; there are {there}"):
            exercises.tasks(other, BY_NUMBER)


@every_exercise
def test_unfilled_exercise_fails_with_its_own_messages(step, tmp_path):
    name = f"exercise_{step.number:02}.py"
    assert tour(tmp_path, "exercise", str(step.number))[::2] == (0, "")
    written = Script(tmp_path / name, step.number)
    assert (written.header, written.record) == (step.header, step.record)
    old, new = step.definitions(), written.definitions()
    for task in tasks(step):
        assert new.pop(task).endswith(f"raise NotImplementedError('write {task}')")
        old.pop(task)
    assert new == old
    status, output, errors = tour(tmp_path, "check", name)
    for task in tasks(step):
        assert f"\n{task} is still empty\n" in output
    assert (status, errors) == (1, "")


@every_exercise
def test_solution_is_the_steps_own(step, tmp_path):
    status, output, _ = tour(tmp_path, "exercise", str(step.number), "--solution")
    for task in tasks(step):
        node = step.functions()[task]
        lines = step.text.split("\n")[node.lineno - 1 : node.end_lineno]
        assert "\n".join([f"=== {task}", *lines, ""]) in output
    assert status == 0 and not [*tmp_path.iterdir()]


@every_exercise
def test_own_functions_agree(step):
    for task in tasks(step):
        assert judge.verdict(task, step.path, str(step.path)) == "agrees"


def breaks(node):
    """The bodies of a function with one result wrong, each as a list of statements."""
    yield ast.parse("pass").body
    returns = [part for part in ast.walk(node) if isinstance(part, ast.Return)]
    for part in returns:
        right = part.value
        part.value = ast.parse(f"({ast.unparse(right)}) * 1.001 + 0.001").body[0].value
        yield node.body
        part.value = right
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
            name = ast.unparse(part)
            more = ast.parse(f"{name} = {name} * 1.001 + 0.001").body
            last = [n for n in node.body if isinstance(n, ast.Return)]
            kept = [n for n in node.body if n not in last]
            yield [*kept, *more, *last]


@every_exercise
def test_every_wrong_result_is_reported(step, tmp_path):
    path = tmp_path / "exercise.py"
    for task in tasks(step):
        copy = Script(step.path)
        tree = ast.parse(copy.text)
        owner, _, name = task.rpartition(".")
        body = [n for n in tree.body if hasattr(n, "name")]
        if owner:
            [body] = [n.body for n in body if n.name == owner]
        [node] = [n for n in body if getattr(n, "name", "") == name]
        own = node.body
        for changed in breaks(node):
            node.body = changed
            path.write_text(ast.unparse(ast.fix_missing_locations(tree)))
            found = judge.verdict(task, step.path, str(path))
            assert found.startswith("differs\n"), ast.unparse(node)
            assert "yours" in found and "the step's" in found
            node.body = own


# ---- What a reader may do

OLD = "print('before')"
NEW = '''
import numpy as np


def scale(data):
    return 2 * data


class Activation_Double:
    """Twice."""

    def forward(self, inputs):
        # A hint
        self.output = 2 * inputs  # the answer

    def backward(self, dvalues):
        self.dinputs = 2 * dvalues


activation = Activation_Double()
activation.forward(np.array([[1, 2]]))
print(scale(activation.output))
print("end")
'''
RECORD = "[[4 8]]", "end"


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.step(1, OLD, "before")
    project.step(2, NEW, *RECORD)
    return project


def change(project, *pairs):
    """Write the exercise as the step with some changes; check it."""
    path = project.root / "mine.py"
    text = (project.steps / "02_x.py").read_text()
    for old, new in pairs:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text)
    return project.tour("check", path)


def test_exercise_is_what_is_new(project):
    status, output, errors = project.tour("exercise", "2", cwd=project.root)
    assert "\nscale\nActivation_Double.forward\nActivation_Double.backward\n" in output
    text = (project.root / "exercise_02.py").read_text()
    assert '    """Twice."""\n' in text and text.endswith("\n# [[4 8]]\n# end\n")
    assert (
        "    def forward(self, inputs):\n"
        "        # A hint\n"
        "        # Sets self.output\n"
        '        raise NotImplementedError("write Activation_Double.forward")\n'
        "\n"
        "    def backward(self, dvalues):\n"
    ) in text
    assert "answer" not in text
    assert (status, errors) == (0, "")


def test_never_overwrites(project):
    path = project.root / "exercise_02.py"
    path.write_text("mine")
    status, output, errors = project.tour("exercise", "2", cwd=project.root)
    assert errors == "exercise_02.py is there already, and stays as it is\n"
    assert (status, output, path.read_text()) == (2, "", "mine")


def test_all_is_well(project):
    status, output, errors = change(project)
    assert "scale is tested by the program only\n" in output
    assert "\nActivation_Double.forward agrees\n" in output
    assert "\nAs recorded, X s.\n" in output
    assert output.endswith("\n2 of 2 lines are as the step prints them.\n")
    assert (status, errors) == (0, "")


@pytest.mark.parametrize(
    "old, new, messages",
    [
        ("= 2 * dvalues", "= 3 * dvalues", ["self.dinputs after backward(", "2 of 2"]),
        ("2 * data", "3 * data", ["forward agrees", "1 of 2 lines", "+ [[ 6 12]]"]),
        ("= 2 * dvalues", "= self.x", ["AttributeError in line 21: ", "2 of 2"]),
        ("= 2 * dvalues", "= exit(0)", ["SystemExit in line 21: 0", "2 of 2"]),
        ("= 2 * dvalues", "= None", ["yours       None"]),
        ("self.dinputs =", "self.d =", ["yours       (not set)"]),
        ("self.dinputs =", "dvalues *= 2 #", ["dvalues after backward("]),
        ('print("end")', "1 / 0", ["ZeroDivisionError", "1 of 2 lines are"]),
        ("def backward", "def back", ["Activation_Double.backward is missing\n"]),
        ("class Act", "import nothing_there\nclass Act", ["No module named 'noth"]),
    ],
)
def test_mistakes_of_a_reader(project, old, new, messages):
    status, output, errors = change(project, (old, new))
    for message in messages:
        assert message in output
    assert "tour" not in output
    assert (status, errors) == (1, "")


def test_gradients_are_measured(project):
    text = (project.steps / "02_x.py").read_text()
    wrong = text.replace("2 * dvalues", "3 * dvalues")
    (project.steps / "02_x.py").write_text(wrong)
    status, output, _ = change(project)
    assert "self.dinputs after backward, by central differences\n" in output
    assert status == 1


def test_endless_loop(project):
    path = project.steps / "tour" / "exercises.py"
    path.write_text(path.read_text().replace("JUDGE_LIMIT = 20", "JUDGE_LIMIT = 2"))
    loop = "while True: pass"
    status, output, errors = change(project, ("self.dinputs = 2 * dvalues", loop))
    assert "\nActivation_Double.forward agrees\nActivation_Double.backward \n" in output
    assert output.endswith("The comparison did not end in 2 seconds and was stopped.\n")
    assert (status, errors) == (1, "")


def test_syntax_error(project):
    error = change(project, ("2 * dvalues", "2 * * dvalues"))
    assert error == (2, "", "invalid syntax (mine.py, line 21)\n")


@pytest.mark.parametrize(
    "text, message",
    [
        ("print(1)", "does not begin as an exercise does"),
        ('"""Step 01. x"""', "no exercise 1; there are 02"),
        ('"""Step 77. x"""', "no exercise 77; there are 02"),
        (None, "No such file or directory"),
    ],
)
def test_file_that_is_no_exercise(project, text, message):
    path = project.root / "mine.py"
    if text:
        path.write_text(text)
    status, output, errors = project.tour("check", path)
    assert message in errors
    assert (status, output, errors.count("\n")) == (2, "", 1)

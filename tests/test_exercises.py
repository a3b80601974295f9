"""python nnfs_steps exercise and check: all of them, and what readers may do wrong."""

import ast
import re
from pathlib import Path

import pytest

from project import ROOT, STEPS
from tour import exercises, judge
from tour.check import LAST_DIGITS, alike, far
from tour.scripts import Mistake, Script

BY_NUMBER = {step.number: step for step in STEPS}
TASKS = {
    number: exercises.new_in(step, BY_NUMBER) for number, step in BY_NUMBER.items()
}
TASKS = {number: [*found] for number, found in TASKS.items() if found}
every_exercise = pytest.mark.parametrize("number", TASKS)


@pytest.fixture
def judged(tmp_path):
    """What the judge says of a function in another text of a step."""

    def judged(number, text, name):
        path = tmp_path / "mine.py"
        path.write_text(text)
        return judge.verdict(BY_NUMBER[number], Script(path), name)

    return judged


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
    step = BY_NUMBER[number]
    for name, runs in exercises.new_in(step, BY_NUMBER).items():
        for statement in (statement for run in runs for statement in run):
            code = ast.unparse(statement)
            for earlier in range(1, number):
                part = BY_NUMBER[earlier].parts.get(name)
                assert not part or code not in ast.unparse(part.node), (name, code)
            assert "raise " not in code and "check_" not in code


@pytest.mark.parametrize(
    "number, name, lines",
    [
        (5, "Layer_Dense.__init__", ["Sets self.weights, self.biases", "Uses 0.10"]),
        (6, "Layer_Dense.__init__", ["Sets self.weights", "Uses 0.01"]),
        (8, "Loss_CategoricalCrossentropy.forward", ["Returns (N,)", "Uses 1e-7"]),
        (8, "Loss.calculate", ["Returns a number"]),
        (10, "Layer_Dense.forward", ["Sets self.inputs: for backward"]),
        (10, "Activation_ReLU.backward", ["Sets self.dinputs: same shape as inputs"]),
        (22, "Model.train", ["Uses 250"]),
    ],
)
def test_hints(number, name, lines, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exercises.write(BY_NUMBER[number], BY_NUMBER, False)
    written = Script(tmp_path / f"exercise_{number:02}.py")
    for line in lines:
        assert f"# {line}\n" in written.parts[name].text


def test_lines_that_stood_before_stay(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exercises.write(BY_NUMBER[15], BY_NUMBER, False)
    [init] = re.findall(
        r"(?s)self.epsilon = epsilon.*?raise NotImpl\w+",
        Path("exercise_15.py").read_text(),
    )
    assert "# Sets self.rho\n        raise" in init and "self.rho =" not in init


def test_full_disk_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write_bytes(path, content):
        path.write_text("half of it")
        raise OSError("No space left on device")

    monkeypatch.setattr(type(tmp_path), "write_bytes", write_bytes)
    with pytest.raises(OSError, match="No space"):
        exercises.write(BY_NUMBER[5], BY_NUMBER, False)
    assert not [*tmp_path.iterdir()]


def test_editors_that_begin_with_a_byte_order_mark(project):
    text = (project.steps / "02_x.py").read_text()
    (project.root / "mine.py").write_text(text, encoding="utf-8-sig")
    assert project.tour("check", project.root / "mine.py")[::2] == (0, "")


@every_exercise
def test_solution_is_the_steps_own(number, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    step = BY_NUMBER[number]
    assert exercises.write(step, BY_NUMBER, True) == 0
    output = capsys.readouterr().out
    for task in TASKS[number]:
        node = step.functions()[task].node
        lines = step.text.split("\n")[node.lineno - 1 : node.end_lineno]
        assert "\n".join([f"=== {task}", *lines, ""]) in output
    assert not [*tmp_path.iterdir()]


# ---- What is right and what is wrong


def solutions(number, kind):
    """Those in solutions.txt: (function, old, new) for each change, what check says."""
    text = (ROOT / "tests" / "solutions.txt").read_text()
    [block] = re.findall(rf"(?s)==== {number:02} {kind}\n(.*?)(?:\n\n|\Z)", text)
    for solution in re.split(r"\n(?! )", block.rstrip("\n")):
        changes, _, message = solution.partition(" >> ")
        pattern = r"(?m)^ *([\w.]+): (.*?) -> ?(.*)$"
        changes = re.findall(pattern, changes.replace("\\n", "\v"))
        yield [[x.replace("\v", "\n") for x in change] for change in changes], message


def changed(number, changes, path):
    """The text of a step with other text in some of its functions."""
    text = BY_NUMBER[number].text
    for name, old, new in changes:
        path.write_text(text)
        lines = text.split("\n")
        place = slice(0, None) if name == "all" else Script(path).parts[name].place
        part = "\n".join(lines[place])
        assert old in part, (name, old)
        lines[place] = part.replace(old, new).split("\n")
        text = "\n".join(lines)
    return text


@every_exercise
def test_right_solutions_agree(number, judged, tmp_path):
    found = [*solutions(number, "right")]
    assert len(found) >= 3
    for changes, _ in [([], ""), *found]:
        text = changed(number, changes, tmp_path / "changed.py")
        for name in {change[0] for change in changes} - {"all"} or TASKS[number]:
            assert judged(number, text, name).startswith("agrees"), changes


@every_exercise
def test_wrong_solutions_differ(number, judged, tmp_path):
    names = []
    for changes, message in solutions(number, "wrong"):
        text = changed(number, changes, tmp_path / "changed.py")
        names.append(changes[0][0])
        said = judged(number, text, names[-1])
        assert said.startswith("differs\n") and message in said, (changes, said)
    assert {*TASKS[number]} == {*names}
    assert not [name for name in names if names.count(name) < 3]


@every_exercise
def test_helpers_and_constants_of_the_module_agree(number, judged):
    """Each function calls one that has its code, and numbers have names."""
    step = BY_NUMBER[number]
    tree, more, constants = ast.parse(step.text), [], {}
    nodes = {ast.unparse(part.node): name for name, part in step.functions().items()}
    for node in ast.walk(tree):
        name = isinstance(node, ast.FunctionDef) and nodes.get(ast.unparse(node))
        if name not in TASKS[number]:
            continue
        for part in (part for line in node.body for part in ast.walk(line)):
            if isinstance(part, ast.Constant) and isinstance(part.value, float):
                constants[f"NUMBER_{len(constants)}"] = ast.unparse(part)
                more_name = [*constants][-1]
                part.__class__, part.id, part.ctx = ast.Name, more_name, ast.Load()
        helper = f"helper_{len(more)}"
        args = node.args
        words = [a.arg for a in args.posonlyargs + args.args + args.kwonlyargs]
        stars = f", *{args.vararg.arg}" if args.vararg else ""
        plain = ", ".join(words) + stars
        body = "\n    ".join("\n".join(map(ast.unparse, node.body)).split("\n"))
        more.append(f"def {helper}({plain}):\n    {body}\n")
        node.body = ast.parse(f"return {helper}({plain})").body
    text = ast.unparse(ast.fix_missing_locations(tree))
    text += "\n" + "\n".join(more)
    text += "\n".join(f"{name} = {value}" for name, value in constants.items())
    for name in TASKS[number]:
        assert judged(number, text, name) == "agrees"


def test_line_of_an_error(judged):
    """An error is told to its end, however long it is."""
    key = f"a key {'of many words ' * 9}and its end"
    text = BY_NUMBER[6].text.replace("np.maximum(0, inputs)", f"{{}}[{key!r}]")
    line = text[: text.index("{}[")].count("\n") + 1
    said = judged(6, text, "Activation_ReLU.forward")
    assert said.splitlines()[2:] == [f"    KeyError in line {line}: {key!r}"]


def test_changed_arguments_are_named_where_results_differ(judged, tmp_path):
    name = "Layer_Dense.backward"
    old = "self.dweights = "
    text = changed(10, [(name, old, f"dvalues *= 2; {old}")], tmp_path / "x.py")
    assert "    You changed dvalues, which you were given" in judged(10, text, name)
    text = changed(
        6, [(RELU, "(0, inputs)", "(0, inputs, out=inputs)")], tmp_path / "x.py"
    )
    assert judged(6, text, RELU) == (
        "agrees (but it changes inputs, which belongs to the caller: write .copy())"
    )


RELU = "Activation_ReLU.forward"


# ---- The commands, with a small step

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


inputs = np.array([[0.5, 1 / 3]])
activation = Activation_Double()
activation.forward(inputs)
activation.backward(activation.output)
print(inputs)
print(activation.output)
print(activation.dinputs)
print(scale(1))
'''
RECORD = (
    "[[0.5        0.33333333]]",
    "[[1.         0.66666667]]",
    "[[2.         1.33333333]]",
    "2",
)


@pytest.fixture
def project(project):
    project.step(1, OLD, "before")
    project.step(2, NEW, *RECORD)
    project.step(3, NEW + "\nactivation = Activation_Double()", *RECORD)
    project.step(4, NEW.replace("2 *", "4 *"), *RECORD)
    return project


def check(project, *pairs):
    """Write the exercise as the step with some changes; check it."""
    text = (project.steps / "02_x.py").read_text()
    for old, new in pairs:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (project.root / "exercise_02.py").write_text(text)
    return project.tour("check", "2", cwd=project.root)


def test_exercise_is_what_is_new(project):
    status, output, errors = project.tour("exercise", "2", cwd=project.root)
    assert "\nscale\nActivation_Double.forward\nActivation_Double.backward\n" in output
    assert output.endswith("To see how far you are: python nnfs_steps check 2\n")
    text = (project.root / "exercise_02.py").read_text()
    assert '    """Twice."""\n' in text and text.endswith("2\n")
    assert (
        "    def forward(self, inputs):\n"
        "        # A hint\n"
        "        # Sets self.output: the answer\n"
        '        raise NotImplementedError("write Activation_Double.forward")\n'
        "\n"
        "    def backward(self, dvalues):\n"
    ) in text
    assert (status, errors) == (0, "")
    status, output, errors = project.tour("check", "2", cwd=project.root)
    for name in "scale", "Activation_Double.forward", "Activation_Double.backward":
        assert f"\n{name} is still empty\n" in output
    assert (status, errors) == (1, "")


def test_never_overwrites(project):
    path = project.root / "exercise_02.py"
    path.write_text("mine")
    status, output, errors = project.tour("exercise", "2", cwd=project.root)
    assert errors == "exercise_02.py is there already, and stays as it is\n"
    assert (status, output, path.read_text()) == (2, "", "mine")


def test_all_is_well(project):
    status, output, errors = check(project)
    assert "scale is tested by the program only\n" in output
    assert "\nActivation_Double.forward agrees\n" in output
    assert "\nAs recorded, X s.\n" in output
    assert output.endswith("X s.\n\nNext: python nnfs_steps exercise 4\n")
    assert (status, errors) == (0, "")


def test_last_digits_are_success(project):
    text = (project.steps / "02_x.py").read_text()
    (project.steps / "02_x.py").write_text(text.replace("return 2 *", "return 2.0 *"))
    text = (project.steps / "01_x.py").read_text()
    scale = NEW[: NEW.index("class")].replace("2 *", "2.0 *")
    (project.steps / "01_x.py").write_text(text + scale)  # so it is no exercise
    status, output, errors = check(project, ("2 * inputs", "1.9999999999 * inputs"))
    assert output.endswith(
        f"\nDiffers from its record, X s.\n\n{LAST_DIGITS}\n"
        "Next: python nnfs_steps exercise 3\n"
    )
    assert "concept 08" in output
    assert (status, errors) == (0, "")


@pytest.mark.parametrize(
    "old, new, messages",
    [
        ("= 2 * dvalues", "= 3 * dvalues", ["self.dinputs: 21 of 21", "1.5 times"]),
        ("2 * data", "3 * data", ["forward agrees", "3 of 4 lines", "+ 3"]),
        ("= 2 * dvalues", "= self.x", ["AttributeError in line 21: "]),
        ("= 2 * dvalues", "= exit(0)", ["SystemExit in line 21: 0"]),
        ("= 2 * dvalues", "= None", ["yours       None"]),
        ("self.dinputs =", "self.d =", ["yours       (missing)"]),
        (
            "2 * inputs",
            "inputs; inputs *= 2",
            ["This may be why: Activation_Double.forward agrees (but it changes"],
        ),
        ("[[0.5, 1 / 3]]", "[[0.5, 2 / 3]]", ["is another in yours:\ninputs = "]),
        ("print(scale(1))", "1 / 0", ["ZeroDivisionError", "3 of 4 lines are"]),
        (
            "2 * inputs",
            "2 * inputs * (1 if len(inputs) > 1 else np.nan)",
            ["+ [[nan nan]]", "2 of 4 lines are"],
        ),
        ("def backward", "def back", ["Activation_Double.backward is missing\n"]),
        ("class Act", "import nothing_there\nclass Act", ["No module named 'noth"]),
    ],
)
def test_mistakes_of_a_reader(project, old, new, messages):
    status, output, errors = check(project, (old, new))
    for message in messages:
        assert message in output
    assert "tour" not in output and "Right" not in output and "Next" not in output
    assert (status, errors) == (1, "")


def test_more_lines_than_the_step_prints(project):
    doubled = "2 * inputs  # the answer"
    mine = f"{doubled}\n        print('shape', inputs.shape)"
    status, output, errors = check(project, (doubled, mine))
    assert "\nAll 4 lines are there; you print 1 more.\nNext: " in output
    assert (status, errors) == (0, "")


@pytest.mark.parametrize(
    "printed, right",
    [
        ("epoch: 0, acc: 0.003, loss: 1.099\nepoch: 100, acc: 0.5, loss: 0.8", True),
        ("epoch: 0, acc: 0.004, loss: 1.098\nepoch: 100, acc: 0.9, loss: 0.1", True),
        (
            "print\nepoch: 0, acc: 0.003, loss: 1.09\nepoch: 100, acc: 0.9, loss: 0.1",
            True,
        ),
        ("epoch: 0, acc: 0.003, loss: 1.099\nepoch: 100, acc: 0.9, loss: 0.1", False),
        ("epoch: 0, acc: 0.000, loss: 1.099\nepoch: 100, acc: 0.5, loss: 0.8", False),
        ("epoch: 0, acc: 0.020, loss: 1.099\nepoch: 100, acc: 0.5, loss: 0.8", False),
        ("epoch: 0, acc: 0.003, loss: 1.099\nepoch: 101, acc: 0.5, loss: 0.8", False),
        ("epoch: 0, acc: 0.003, loss: 1.099", False),
        ("epoch: 0, acc: 0.003, loss: nan\nepoch: 100, acc: 0.5, loss: nan", False),
    ],
)
def test_last_digits_grow_in_a_training(printed, right):
    step = ["epoch: 0, acc: 0.003, loss: 1.099", "epoch: 100, acc: 0.5, loss: 0.8"]
    assert far(step, alike(step, printed.split("\n"))) != right


def test_raise_that_is_left_below_code(project):
    left = "\n        raise NotImplementedError"
    status, output, errors = check(project, ("# the answer", left))
    assert "forward has code, but the raise is still in, line 19\n" in output
    assert "will run once all functions are written and agree.\n" in output
    assert (status, errors) == (1, "")


def test_errors_are_whole(judged):
    text = BY_NUMBER[6].text.replace("np.maximum(0, inputs)", f"inputs.{'x' * 99}")
    assert f"no attribute '{'x' * 99}'" in judged(6, text, "Activation_ReLU.forward")


def test_endless_loop(project):
    path = project.steps / "tour" / "check.py"
    path.write_text(path.read_text().replace("JUDGE_LIMIT = 20", "JUDGE_LIMIT = 3"))
    loop = "while True: pass"
    status, output, errors = check(project, ("self.dinputs = 2 * dvalues", loop))
    assert "\nActivation_Double.forward agrees\nActivation_Double.backward \n" in output
    assert output.endswith("The comparison did not end in 3 seconds and was stopped.\n")
    assert (status, errors) == (1, "")


def test_syntax_error(project):
    error = check(project, ("2 * dvalues", "2 * * dvalues"))
    assert error == (2, "", "invalid syntax (exercise_02.py, line 21)\n")


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

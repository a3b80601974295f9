"""Each step is the one that it comes from plus what its header names, and no more."""

import ast
import difflib
import re
import sys

import pytest

from project import STEPS, blocks, sources
from tour.scripts import origin

BY_NUMBER = {step.number: step for step in STEPS}
PAIRS = [(origin(step, BY_NUMBER), step) for step in STEPS[1:]]

each_pair = pytest.mark.parametrize(
    "before, after", PAIRS, ids=[step.path.stem for _, step in PAIRS]
)


def definitions(step):
    """Functions, methods (as Class.method), and what else a class has."""
    found = sources(step.text)
    places = blocks(step.text)
    for name in found:
        methods = [places[n] for n in found if n.startswith(f"{name}.")]
        if methods:
            inside = {n for block in methods for n in range(block.start, block.stop)}
            lines = step.text.split("\n")
            place = range(places[name].start, places[name].stop)
            found[name] = "\n".join(lines[n] for n in place if n not in inside).strip()
    return found


def names(step, *fields):
    """The names in fields of a header, such as Layer_Dense.forward, Loss, exp."""
    text = " ".join(step.header.get(field, "") for field in fields)
    return set(re.findall(r"[A-Za-z_]\w*(?:\.\w+)?", text))


@each_pair
def test_header_names_all_that_differs(before, after):
    old, new = definitions(before), definitions(after)

    def part_of(classes):
        return lambda name: "." in name and name.partition(".")[0] in classes

    added = {n for n in new if n not in old and not part_of(new.keys() - old.keys())(n)}
    gone = {
        n for n in old if n not in new and part_of(new)(n)
    }  # from a class that stays
    changed = {n for n in old if n in new and old[n] != new[n]}

    # Where a method is named, the docstring of its class may say the same
    named = names(after, "New", "Changed")
    changed -= {name.partition(".")[0] for name in named if "." in name}
    assert added <= named
    assert changed | gone <= names(after, "Changed")


@each_pair
def test_nothing_named_is_the_same(before, after):
    old, new = sources(before.text), sources(after.text)
    named = names(after, "New", "Changed") & (old.keys() | new.keys())
    # A small letter may begin a word of the text
    assert not [n for n in named if old.get(n) == new.get(n) and n[0].isupper()]
    assert not [n for n in names(after, "New") & old.keys() if n[0].isupper()]


def definition_lines(step):
    """The lines of classes and functions, without docstrings and comments."""
    lines, numbers = step.text.split("\n"), set()
    for node in ast.walk(ast.parse(step.text)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            numbers |= set(range(node.lineno - 1, node.end_lineno))
    for node in ast.walk(ast.parse(step.text)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            text = node.body[0]
            numbers -= set(range(text.lineno - 1, text.end_lineno))
    code = [lines[n].strip() for n in sorted(numbers)]
    return [line for line in code if line and not line.startswith("#")]


@each_pair
def test_step_adds_little(before, after):
    """A line that some step before has too is taken over, not added."""
    known = {line for s in STEPS[: STEPS.index(after)] for line in definition_lines(s)}
    changes = difflib.ndiff(definition_lines(before), definition_lines(after))
    added = [line[2:] for line in changes if line[0] == "+" and line[2:] not in known]
    assert len(added) <= 60, added


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.path.stem)
def test_step_imports_no_other(step):
    roots = set()
    for node in ast.walk(ast.parse(step.text)):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            roots.add(node.module.partition(".")[0])
    assert roots <= {"numpy", "nnfs", "matplotlib", "PIL"} | sys.stdlib_module_names

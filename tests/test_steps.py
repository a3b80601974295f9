"""Each step is the one that it comes from plus what its header names, and no more."""

import ast
import difflib
import re
import statistics
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


def added_lines(before, after):
    old, new = (
        [line for line in step.code().values() if not line.lstrip().startswith("#")]
        for step in (before, after)
    )
    return sum(line.startswith("+ ") for line in difflib.ndiff(old, new))


def test_steps_are_small():
    added = {after.name: added_lines(before, after) for before, after in PAIRS}
    assert statistics.median(added.values()) < 20, added
    assert max(added.values()) <= 60, added


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.path.stem)
def test_step_imports_no_other(step):
    roots = set()
    for node in ast.walk(ast.parse(step.text)):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            roots.add(node.module.partition(".")[0])
    assert roots <= {"numpy", "nnfs", "matplotlib"} | sys.stdlib_module_names

"""Each step is the one that it comes from plus what its header names, and no more."""

import ast
import difflib
import re
import sys
from collections import Counter

import pytest

from project import STEPS
from tour.scripts import origin

BY_NUMBER = {step.number: step for step in STEPS}
PAIRS = [(origin(step, BY_NUMBER), step) for step in STEPS[1:]]

each_pair = pytest.mark.parametrize(
    "before, after", PAIRS, ids=[step.path.stem for _, step in PAIRS]
)


def definitions(step):
    """The text of functions, methods (as Class.method), and what else a class has."""
    return {name: part.text for name, part in step.parts.items() if part.place}


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
    old, new = ([*definitions(s).items()] for s in (before, after))

    def whole(name, parts):  # a class with its methods
        return [(k, v) for k, v in parts if f"{k}.".startswith(f"{name}.")]

    # A small letter may begin a word of the text
    named = [n for n in names(after, "New", "Changed") if n[0].isupper()]
    named = [n for n in named if whole(n, old) or whole(n, new)]
    assert not [n for n in named if whole(n, old) == whole(n, new)]
    assert not [n for n in named if n in names(after, "New") and n in dict(old)]


@each_pair
def test_what_comes_back_is_as_it_was(before, after):
    """What the step before does not have, and an earlier one does."""
    new, changed = definitions(after), names(after, "Changed")
    earlier = STEPS[: STEPS.index(after)]
    old = {name: text for s in earlier for name, text in definitions(s).items()}
    back = new.keys() & old.keys() - definitions(before).keys() - changed
    assert not [name for name in back if new[name] != old[name]]


# How many lines of the functions that it changes a step has no more
REPLACED = {6: 1, 12: 4, 13: 4, 18: 1, 20: 2, 21: 2, 23: 14, 24: 9, 26: 1, 29: 6, 30: 8}


@each_pair
def test_lines_that_a_step_replaces(before, after):
    """A change that came to one of two steps only makes them more."""
    old, new = definitions(before), definitions(after)
    gone = [
        f"{name}: {line.strip()}"
        for name in old.keys() & new.keys()
        for line in (Counter(lines(old[name])) - Counter(lines(new[name]))).elements()
    ]
    expected = REPLACED.get(after.number, 0)
    assert len(gone) == expected, (
        f"{before.name} has these, and {after.name} does not: {gone}. If that is the "
        f"idea, and no change stopped between the two, say {len(gone)} in REPLACED"
    )


def lines(text):
    return [line.strip() for line in text.split("\n") if line.strip()]


def definition_lines(step):
    """The lines of classes and functions, without docstrings and comments."""
    found = []
    for part in step.parts.values():
        if part.place:
            docstring = ast.get_docstring(part.node, clean=False) or ""
            found += lines(part.text.replace(f'"""{docstring}"""', ""))
    return [line for line in found if not line.startswith("#")]


@each_pair
def test_step_adds_little(before, after):
    """A line that some step before has too is taken over, not added."""
    known = {line for s in STEPS[: STEPS.index(after)] for line in definition_lines(s)}
    changes = difflib.ndiff(definition_lines(before), definition_lines(after))
    added = [line[2:] for line in changes if line[0] == "+" and line[2:] not in known]
    limit = 90 if after.number == 23 else 60  # with the door to the reader's own data
    assert len(added) <= limit, added


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

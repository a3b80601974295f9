"""Each script prints and shows what is recorded, and its header is in form.

Each step is the one that it comes from plus what its header names, and no more.
"""

import ast
import re
import sys

import matplotlib.pyplot as plt
import pytest

import draw
from conftest import STEP, each_script, shown
from parts import missing
from programs import program
from record import fits
from tour.project import CONCEPTS, ROOT, SCRIPTS, STEPS, run
from tour.scripts import chapter, origin

FIELDS = ["Idea", "From", "New", "Changed", "Differs", "Try", "Needs", "Book", "Video"]
FIELDS += ["Concepts"]
PAIRS = [(origin(step, STEP), step) for step in STEPS[1:]]
PICTURES = {script.path: [name] for name, script in draw.SCRIPT_PICTURES.items()}

each_pair = pytest.mark.parametrize(
    "before, after", PAIRS, ids=[step.path.stem for _, step in PAIRS]
)


# ---- Outputs


@each_script
def test_output_and_picture(script, tmp_path):
    if missing(script):
        pytest.skip(f"{script.name} needs {missing(script)}, which is not installed")
    pictures, colours = [], plt.cycler(color=draw.colours_of(script))

    def show():
        pictures.append(draw.shown(plt.gcf()))

    with plt.rc_context({"axes.prop_cycle": colours}):
        status, output, errors = program(script, cwd=tmp_path, show=show)
    assert (status, errors, output.splitlines()) == (0, "", script.output)
    expected = [shown(draw.ASSETS / name) for name in PICTURES.get(script.path, [])]
    assert pictures == expected, f"run python assets/draw.py {script.picture}.png"
    assert [*tmp_path.iterdir()] == []


@pytest.mark.slow
@pytest.mark.parametrize("script", CONCEPTS, ids=lambda script: script.path.stem)
def test_concept_stands_alone(script, tmp_path):
    """In a process of its own, as the README's command runs the steps."""
    if missing(script):
        pytest.skip(f"{script.name} needs {missing(script)}, which is not installed")
    assert run(script, tmp_path) == script.output


@pytest.mark.skipif(sys.platform != "linux", reason="there is always a display")
def test_a_picture_needs_no_display(tmp_path):
    assert STEPS[5].path in PICTURES
    no_display = dict.fromkeys(["DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND"], "")
    assert run(STEPS[5], tmp_path, **no_display) == STEPS[5].output


def test_whole_outputs_are_those_of_shortened_records():
    short = [script for script in SCRIPTS if "..." in (script.record or [])]
    assert {*ROOT.glob("*/outputs/*")} == {script.whole_path for script in short}
    for script in short:
        assert fits(script.record, script.output), script.name
        assert "..." not in script.output


# ---- Headers


@each_script
def test_header_and_form(script):
    found = list(script.header)
    assert found == [field for field in FIELDS if field in found]
    assert {"Idea", "Book"} | ({"Try"} if script in STEPS else set()) <= {*found}
    assert script.text.startswith(f'"""{script.name}. {script.idea.split()[0]}')
    numbers = script.concepts  # in the order in which to read them
    assert len(numbers) == len({*numbers} & {concept.number for concept in CONCEPTS})
    block = script.text.rpartition("\n# Output:\n")[2]
    assert block == "".join(f"# {line}".rstrip() + "\n" for line in script.record)
    assert script.text.isascii()
    assert [line for line in script.program.split("\n") if len(line) > 88] == []


def test_numbers_and_chapters():
    for scripts in STEPS, CONCEPTS:
        assert [s.number for s in scripts] == [*range(1, len(scripts) + 1)]
    chapters = [chapter(step) for step in STEPS]
    assert [chapters[n - 1] for n in (1, 6, 10, 28)] == [2, 4, 9, None]
    known = [number for number in chapters if number]
    assert known == sorted(known) and len(known) > 20


# ---- What a step adds


def definitions(step):
    """The text of functions, methods (as Class.method), and what else a class has."""
    # A class is here without its methods
    return {
        name: re.split(r"\n\n?    def ", part.text)[0] if "." not in name else part.text
        for name, part in step.parts.items()
    }


def names(step, *fields):
    """The names in fields of a header, such as Layer_Dense.forward, Loss, exp."""
    text = " ".join(step.header.get(field, "") for field in fields)
    return {*re.findall(r"[A-Za-z_]\w*(?:\.\w+)?", text)}


@each_pair
def test_header_names_all_that_differs(before, after):
    old, new = definitions(before), definitions(after)
    added = new.keys() - old.keys()
    changed = {n for n in old if n in new and old[n] != new[n]}
    # Where a method is named, the docstring of its class may say the same
    named = names(after, "New", "Changed")
    changed -= {name.partition(".")[0] for name in named if "." in name}
    # And a new class brings its methods
    assert {n for n in added if n.rpartition(".")[0] not in added} <= named
    assert changed <= names(after, "Changed")


@each_pair
def test_nothing_named_is_the_same(before, after):
    def whole(name, step):  # a class with its methods
        parts = definitions(step).items()
        return [(k, v) for k, v in parts if f"{k}.".startswith(f"{name}.")]

    for name in names(after, "New", "Changed"):
        old, new = whole(name, before), whole(name, after)
        # A small letter may begin a word of the text
        assert not (old or new) or name[0].islower() or old != new, name
        assert not old or name[0].islower() or name not in names(after, "New"), name


@each_pair
def test_what_comes_back_is_as_it_was(before, after):
    """What the step before does not have, and an earlier one does."""
    new, changed = definitions(after), names(after, "Changed")
    earlier = STEPS[: STEPS.index(after)]
    old = {name: text for s in earlier for name, text in definitions(s).items()}
    back = new.keys() & old.keys() - definitions(before).keys() - changed
    assert not [name for name in back if new[name] != old[name]]


def definition_lines(step):
    """The lines of classes and functions, without docstrings and comments."""
    for name, part in step.parts.items():
        if "." not in name:  # a class has its methods
            source = "\n".join(step.text.split("\n")[part.place])
            lines = re.sub(r'(?s)""".*?"""', "", source).split("\n")
            lines = [line.strip() for line in lines if line.strip()]
            yield from [line for line in lines if line[0] != "#"]


@pytest.mark.parametrize("step", STEPS[1:], ids=lambda step: step.path.stem)
def test_step_adds_little(step):
    """A line that some step before has too is taken over, not added."""
    earlier = STEPS[: STEPS.index(step)]
    known = {line for other in earlier for line in definition_lines(other)}
    added = [line for line in definition_lines(step) if line not in known]
    # 23 has a class for each task, and 29 reads what somebody has written
    limit = 90 if step.number in [23, 24, 29, 30] else 60
    assert len(added) <= limit, added


def test_steps_import_no_other():
    known = {"numpy", "nnfs", "matplotlib", "PIL"} | sys.stdlib_module_names
    for step in STEPS:
        for node in ast.walk(ast.parse(step.text)):
            for alias in getattr(node, "names", []):
                name = getattr(node, "module", None) or alias.name
                assert name.partition(".")[0] in known, (step.name, name)

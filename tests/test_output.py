"""What each script prints and shows is what is recorded, and its header is in form."""

import pytest

import draw
from conftest import differences
from project import CONCEPTS, ROOT, SCRIPTS, STEPS, missing, run
from tour.scripts import chapter, kept

FIELDS = ["Idea", "From", "New", "Changed", "Differs", "Try", "Needs", "Book", "Video"]
FIELDS += ["Concepts"]

each_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.path.stem)
each_step = pytest.mark.parametrize("step", STEPS, ids=lambda s: s.path.stem)


@pytest.mark.parametrize("scripts", [STEPS, CONCEPTS], ids=["steps", "concepts"])
def test_numbers_are_consecutive(scripts):
    assert [s.number for s in scripts] == list(range(1, len(scripts) + 1))


PICTURES = {script: name for name, script in draw.SCRIPT_PICTURES.items()}


@each_script
def test_output_and_picture(script, tmp_path):
    if missing(script):
        pytest.skip(f"{script.name} needs {missing(script)}, which is not installed")
    folder, name = tmp_path / "empty", PICTURES.get(script)
    folder.mkdir()
    if not name:
        assert run(script, folder) == script.output
    else:
        output = draw.run_with_picture(script, folder, tmp_path / name)
        assert output == script.output
        found = differences(draw.ASSETS / name, tmp_path / name)
        assert found == [], f"run python assets/draw.py {name}"
    assert list(folder.iterdir()) == []


def test_a_picture_needs_no_display(tmp_path):
    step = STEPS[5]
    assert step in PICTURES
    assert run(step, tmp_path) == step.output


SHORTENED = [script for script in SCRIPTS if "..." in (script.record or [])]


@pytest.mark.parametrize("script", SHORTENED, ids=lambda s: s.path.stem)
def test_shortened_record_is_part_of_the_whole(script):
    assert any(kept(script.record, script.output))  # raises ValueError if it is not
    assert "..." not in script.output


def test_no_whole_output_is_left_over():
    found = set(ROOT.glob("*/outputs/*"))
    assert found == {script.whole_path for script in SHORTENED}


@each_script
def test_record_ends_the_script(script):
    block = script.text.rpartition("\n# Output:\n")[2]
    assert block == "".join(f"# {line}".rstrip() + "\n" for line in script.record)
    assert script.text.isascii()


@each_script
def test_header_has_these_fields_in_this_order(script):
    found = list(script.header)
    assert found == [field for field in FIELDS if field in found]
    assert {"Idea", "Book"} <= set(found)
    assert script.text.startswith(f'"""{script.name}. {script.idea.split()[0]}')
    numbers = script.concepts  # in the order in which to read them
    assert len(numbers) == len(set(numbers) & {concept.number for concept in CONCEPTS})


@pytest.mark.parametrize("number, expected", [(1, 2), (6, 4), (10, 9), (28, None)])
def test_chapter_is_the_first_that_is_named(number, expected):
    assert chapter(STEPS[number - 1]) == expected


def test_steps_follow_the_chapters():
    chapters = [chapter(step) for step in STEPS if chapter(step)]
    assert chapters == sorted(chapters) and len(chapters) > 20


@each_step
def test_step_says_what_to_try(step):
    assert "Try" in step.header


@pytest.mark.parametrize(
    "step", [s for s in STEPS if "From" in s.header], ids=lambda s: s.path.stem
)
def test_step_is_from_an_earlier_one(step):
    named = step.header["From"].removeprefix("step ")[:2]
    assert named in {f"{s.number:02}" for s in STEPS if s.number < step.number - 1}


@each_script
def test_lines_are_at_most_88_wide(script):
    too_wide = [line for line in script.program.split("\n") if len(line) > 88]
    assert too_wide == []

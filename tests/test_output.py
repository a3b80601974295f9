"""What each script prints is what its record says, to the letter."""

import pytest
from project import CONCEPTS, ROOT, SCRIPTS, STEPS, fields, record, run, whole_record


def test_every_script_is_there():
    assert [path.name[:2] for path in STEPS] == [f"{n:02}" for n in range(1, 11)]
    assert [path.name[:2] for path in CONCEPTS] == [f"{n:02}" for n in range(1, 9)]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_output(path, tmp_path):
    assert run(path, cwd=tmp_path) == whole_record(path)
    assert list(tmp_path.iterdir()) == []


SHORTENED = [path for path in SCRIPTS if "..." in record(path)]


@pytest.mark.parametrize("path", SHORTENED, ids=lambda path: path.stem)
def test_shortened_record_is_part_of_the_whole(path):
    recorded, whole = record(path), whole_record(path)
    assert "..." not in whole
    place = 0
    for line, following in zip(recorded, [*recorded[1:], None]):
        if line == "...":  # stands for one line or more
            place, left_out_from = whole.index(following, place), place
            assert place > left_out_from
        else:
            assert line == whole[place]
            place += 1
    assert place == len(whole)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_docstring_says_how_to_run_the_script(path):
    assert fields(path)["Run"] == f"python {path.relative_to(ROOT).as_posix()}"

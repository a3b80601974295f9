"""What each script prints is what its record says, to the letter."""

import pytest
from project import ROOT, SCRIPTS, STEPS, CONCEPTS, fields, record, run

WHOLE_OUTPUT = {"09_nnfs_random-optimization.py": ROOT / "tests" / "09_whole_output.txt"}


def test_every_script_is_there():
    assert [path.name[:2] for path in STEPS] == [f"{n:02}" for n in range(1, 11)]
    assert [path.name[:2] for path in CONCEPTS] == [f"{n:02}" for n in range(1, 8)]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_output(path, tmp_path):
    output = run(path, cwd=tmp_path)
    assert output.isascii()
    lines = output.splitlines()
    if path.name in WHOLE_OUTPUT:
        assert lines == WHOLE_OUTPUT[path.name].read_text().splitlines()
    else:
        assert lines == record(path)


@pytest.mark.parametrize("name", WHOLE_OUTPUT)
def test_shortened_record_is_part_of_the_whole_output(name):
    [path] = [path for path in SCRIPTS if path.name == name]
    whole = WHOLE_OUTPUT[name].read_text()
    blocks = "\n".join(record(path)).split("\n...\n")
    assert len(blocks) > 1
    assert whole.startswith(blocks[0]) and whole.endswith(blocks[-1] + "\n")
    places = [whole.index(block) for block in blocks]
    assert places == sorted(places)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_docstring_says_how_to_run_the_script(path):
    assert fields(path)["Run"] == f"python {path.relative_to(ROOT).as_posix()}"

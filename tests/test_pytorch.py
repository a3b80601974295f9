"""The concept that goes on in PyTorch: one process, two, and without PyTorch."""

import json

import numpy as np
import pytest

from parts import missing
from tour.project import CONCEPTS, STEPS, python

CONCEPT = next(script for script in CONCEPTS if "Needs" in script.header)
SAVE, PREDICT = (STEPS[number - 1].path for number in (26, 27))
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
WITHOUT = "import runpy, sys; sys.modules['torch'] = None; runpy.run_path(sys.argv[1])"
needs_pytorch = pytest.mark.skipif(
    bool(missing(CONCEPT)), reason=f"{missing(CONCEPT)} is not installed"
)


def lines_of(*words, status=0):
    """The lines of stdout, or of stderr if Python should fail."""
    result = python(*words)
    assert result.returncode == status, result.stderr.decode()
    return (result.stderr if status else result.stdout).decode().splitlines()


def test_without_pytorch_one_line_says_how_to_get_it():
    errors = lines_of("-c", WITHOUT, CONCEPT.path, status=2)
    assert errors == ["this concept needs PyTorch: pip install torch"]


def arrays_of(path):
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def close(array, other):
    return np.max(np.abs(array - other)) < 1e-4 * np.max(np.abs(other))


@needs_pytorch
def test_one_process_and_two_end_with_the_same_network(tmp_path):
    """Then step 27 predicts with it, and step 26 goes on."""
    paths = [tmp_path / f"{name}.npz" for name in ("saved", "one", "two")]
    lines_of(SAVE, paths[0])
    for path, command in zip(paths[1:], [[], [*TORCHRUN, "2"]]):
        path.write_bytes(paths[0].read_bytes())
        assert lines_of(*command, CONCEPT.path, path) == CONCEPT.record
    assert sorted(tmp_path.iterdir()) == sorted(paths)

    saved, one, two = map(arrays_of, paths)
    for name in saved.keys() - {"about", "sample"}:
        assert close(one[name], two[name]) and not close(one[name], saved[name]), name
    assert str(one["about"]) == str(two["about"])
    about = json.loads(str(one["about"]))
    assert (about["epoch"], about["optimizer"]["values"]["iterations"]) == (7, 7 * 63)

    accuracy = CONCEPT.record[-1].rpartition(" ")[2]
    for path in paths[1:]:
        assert lines_of(PREDICT, path)[0] == f"accuracy: {accuracy}"
    there = [line for line in STEPS[25].output if line != "saved"]
    here = lines_of(SAVE, paths[2])
    assert here[:6] == there[14:20]  # of epochs 8 to 10, and their validation
    more = [line.split(",")[0] for line in here[6::2]]
    assert more == ["epoch: 11", "epoch: 12", "saved"]


@needs_pytorch
@pytest.mark.parametrize("content", [None, b"text"], ids=["none", "text"])
def test_what_is_no_model_is_named_in_one_line(content, tmp_path):
    path = tmp_path / "model.npz"
    if content:
        path.write_bytes(content)
    (line,) = lines_of(CONCEPT.path, path, status=1)
    assert str(path) in line
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [content][: bool(content)]

"""The concept that goes on in PyTorch: one process, two, and without PyTorch."""

import json

import numpy as np
import pytest

from parts import missing
from tour.project import CONCEPTS, STEPS, python

CONCEPT = next(script for script in CONCEPTS if "Needs" in script.header)
SAVE, PREDICT = (STEPS[number - 1].path for number in (26, 27))
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
needs_pytorch = pytest.mark.skipif(
    bool(missing(CONCEPT)), reason=f"{missing(CONCEPT)} is not installed"
)


def lines_of(*words, status=0):
    """The lines of stdout, or of stderr if Python should fail."""
    result = python(*words)
    assert result.returncode == status, result.stderr.decode()
    return (result.stderr if status else result.stdout).decode().splitlines()


def test_without_pytorch_one_line_says_how_to_get_it():
    program = (
        "import runpy, sys; sys.modules['torch'] = None; runpy.run_path(sys.argv[1])"
    )
    errors = lines_of("-c", program, CONCEPT.path, status=2)
    assert errors == ["this concept needs PyTorch: pip install torch"]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Three copies of what step 26 saves; the second and third are trained on here."""
    folder = tmp_path_factory.mktemp("models")
    paths = [folder / f"{name}.npz" for name in ("saved", "one", "two")]
    lines_of(SAVE, paths[0])
    for path in paths[1:]:
        path.write_bytes(paths[0].read_bytes())
    assert lines_of(CONCEPT.path, paths[1]) == CONCEPT.record
    assert lines_of(*TORCHRUN, "2", CONCEPT.path, paths[2]) == CONCEPT.record
    assert sorted(folder.iterdir()) == sorted(paths)
    return paths


def arrays_of(path):
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def close(array, other):
    return np.max(np.abs(array - other)) < 1e-4 * np.max(np.abs(other))


@needs_pytorch
def test_one_process_and_two_end_with_the_same_network(models):
    saved, one, two = map(arrays_of, models)
    assert list(one) == list(two) == list(saved)
    for name, array in saved.items():
        if name not in ("about", "sample"):
            assert one[name].shape == two[name].shape == array.shape
            assert one[name].dtype == two[name].dtype == array.dtype
            assert close(one[name], two[name]) and not close(one[name], array), name
    assert str(one["about"]) == str(two["about"])
    about = json.loads(str(one["about"]))
    assert about["epoch"] == 7
    assert about["optimizer"]["values"]["iterations"] == 7 * 63


@needs_pytorch
def test_step_27_predicts_and_step_26_goes_on(models):
    accuracy = CONCEPT.record[-1].rpartition(" ")[2]
    for path in models[1:]:
        assert lines_of(PREDICT, path)[0] == f"accuracy: {accuracy}"
    there = [line for line in STEPS[25].output if line != "saved"]
    here = lines_of(SAVE, models[2])
    assert here[:6] == there[14:20]  # of epochs 8 to 10, and their validation
    assert [line.split(",")[0] for line in here[6::2]] == [
        "epoch: 11",
        "epoch: 12",
        "saved",
    ]


@needs_pytorch
@pytest.mark.parametrize("content", [None, b"", b"text"], ids=["none", "empty", "text"])
def test_what_is_no_model_is_named_in_one_line(content, tmp_path):
    path = tmp_path / "model.npz"
    if content is not None:
        path.write_bytes(content)
    (line,) = lines_of(CONCEPT.path, path, status=1)
    assert str(path) in line
    assert [content] == [p.read_bytes() for p in tmp_path.iterdir()] or not content

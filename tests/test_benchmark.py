"""The benchmark runs: each side of its rows once, for a moment. No speed is tested."""

import pytest

import benchmark

SIDES = sorted({side for _, *sides in benchmark.ROWS for side in sides})


@pytest.mark.parametrize("side", SIDES)
def test_each_side_is_timed(side):
    if "pytorch" in side:
        pytest.importorskip("torch", reason="PyTorch is not installed")
    seconds = benchmark.timed(side)
    assert len(seconds) == benchmark.LINES and min(seconds) > 0

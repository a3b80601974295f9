"""The benchmark runs: each side of its rows once, for a moment. No speed is tested."""

import re

import pytest

import benchmark

SIDES = sorted({side for _, *sides in benchmark.ROWS for side in sides})


@pytest.mark.parametrize("side", SIDES)
def test_each_side_is_timed(side):
    if "pytorch" in side:
        pytest.importorskip("torch", reason="PyTorch is not installed")
    seconds = benchmark.timed(side)
    assert len(seconds) == benchmark.LINES and min(seconds) > 0


def test_the_table_has_these_rows():
    start, end = benchmark.MARKS
    table = benchmark.README.read_text(encoding="utf-8").partition(start)[2]
    rows = re.findall(r"^\| (.*) \| [\d.]+ \(", table.partition(end)[0], re.M)
    assert rows == [title for title, *_ in benchmark.ROWS]

"""The benchmark runs: each of its rows once, for a moment. How fast is not tested."""

import ast
import importlib.util
import re

import benchmark
from tour.project import STEPS


def test_each_row_runs():
    sides = [words for group, _ in benchmark.GROUPS for words in group]
    assert {*sides} == {words for *pair, _ in benchmark.RATIOS for words in pair}
    if not importlib.util.find_spec("torch"):
        sides = [words for words in sides if "pytorch" not in words]
    found = benchmark.take_turns(dict.fromkeys(sides, 1), turns=1)
    assert [*found] == sides
    assert all(seconds > 0 for [seconds] in found.values())


def test_the_table_has_these_rows():
    start, end = benchmark.MARKS
    table = benchmark.README.read_text(encoding="utf-8").partition(start)[2]
    rows = re.findall(r"^\| (.*) \| [\d.]+ \(", table.partition(end)[0], re.M)
    assert sorted(rows) == sorted(title for *_, title in benchmark.RATIOS)


def test_what_is_timed_of_step_24_is_an_epoch_without_its_validation():
    before, loop = benchmark.pieces(STEPS[23])
    call = "model.train(X, y, epochs=1, batch_size=128)"
    assert [ast.unparse(part) for part in loop.body] == [call]
    assert ast.unparse(before[-1]).startswith("model.set(")

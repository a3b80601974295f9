"""What each Try says happens when its change is made: tries.txt has them."""

import re
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw

from conftest import BY_NAME
from programs import program
from tour.project import ROOT, SCRIPTS

pytestmark = pytest.mark.slow

TRIES = (ROOT / "tests" / "tries.txt").read_text().partition("\n\n")[2]
BLOCKS = [" ".join(block.split()) for block in re.split(r"\n(?=\S)", TRIES.strip())]
NAMES = {block.partition(" |")[0].partition(" in")[0] for block in BLOCKS}
AS_THEY_SAY = {"Step 26", "Step 27", "Concept 26"}  # below, and in test_pytorch.py
ON_TEN_SEEDS = {"Step 24": {0.535, 0.715}}  # measured, not run here


def numbers(text):
    """The numbers of a text, but not those of steps and concepts."""
    text = re.sub(r"(step|concept)s? \d+", "", text)
    found = re.findall(r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?", text)
    return [float(number.replace(",", "")) for number in found]


def every(lines):
    return np.array(numbers("\n".join(lines)))


def after(word, lines):
    return [float(n) for n in re.findall(rf"{word}: (-?[\d.]+)", "\n".join(lines))]


def gap(lines):
    training, test = after("acc", lines)[-2:]
    return training - test


def helps_at_first(new, old):
    """On step 09's first data set, by how low the loss is until an iteration."""
    stripes = [lines[: lines.index("Spiral data")] for lines in (new, old)]
    falls = [[*zip(after("iteration", s), after("loss", s))] for s in stripes]
    late = [sum(n > 1000 for n, _ in pairs) for pairs in falls]
    low = [[min(x for n, x in f if n <= m) for m in (50, 200)] for f in falls]
    return late[0] < 5 < late[1] and (np.array(low[0]) < low[1]).all()


# What is true of the changed script's lines and of its record, or a number worked out
CHECKS = {
    "columns": lambda new, old: [len(numbers(row)) for row in new] == [4, 4, 4],
    "half": lambda new, old: abs(float(new[-1]) - 0.5) < 0.1,
    "largest": lambda new, old: round(every(new).max(), 1),
    "at first": helps_at_first,
    "times": lambda new, old: round(np.median(every(new[7:]) / every(old[7:]))),
    "falls": lambda new, old: all(a >= b for a, b in pairwise(after("loss", new))),
    "nothing": lambda new, old: {*after("acc", new)[1:]} == {0.333},
    "gap": lambda new, old: abs(gap(new)) < 0.05 < 0.15 < gap(old),
    "larger": lambda new, old: all(
        after("loss", new)[n] > after("loss", old)[n] for n in (2, -1)
    ),
    "last": lambda new, old: after("acc", new[-1:])[0],
    "near": lambda new, old: np.allclose(
        every(new[22:27]), every(old[9:14]), rtol=1e-6
    ),
    "second": lambda new, old: (
        f"slope of the loss: {every(BY_NAME['Step 10'].output[7:])[1]:.4e}" in new
    ),
    "both high": lambda new, old: (
        min(after("training", new) + after("test", new)) > 1
        and np.ptp([after(word, new[1:-1]) for word in ("training", "test")]) < 0.01
    ),
    "all bad": lambda new, old: every(new[3:7]).reshape(4, 8)[:, 1:7].min() > 1.099,
    "sign": lambda new, old: every(new[4:5])[1] / every(new[4:5])[0],
    "quarters": lambda new, old: abs(after("masks", new)[-1] / 12 - 0.75) < 0.01,
    "six": lambda new, old: round(every(new[1:2])[-1] ** (1 / 6)) == 6,
    "orders": lambda new, old: len({*new[5:8]}) == 3 and len({*old[5:8]}) == 1,
}


def printed(script, text, *words, cwd="."):
    """What a script with this text prints where it lies; its errors come last."""
    _, output, errors = program(script, *words, cwd=cwd, code=text)
    return (output + errors).splitlines()


def follow(block):
    """Make the change of a block and look at what comes; return the numbers in it."""
    first, *parts = block.split(" | ")
    script, said = BY_NAME[first.rpartition("in ")[2]], set()
    header, program = script.text.split('"""\n', 1)
    for part in [part for part in parts if " => " in part or part.endswith(" =>")]:
        old, new = (x.strip().replace(r"\n", "\n") for x in part.split("=>"))
        assert program.count(old) == 1, f"{script.name} has this not once: {old}"
        program = program.replace(old, new)
        said |= {*numbers(f"{old} {new}")}
    lines = printed(script, f'{header}"""\n{program}')
    for kind, text in [(p[:2], p[2:]) for p in parts if p[:2] in ("> ", "< ", "? ")]:
        if kind == "? ":
            result = CHECKS[text](lines, script.output)
            assert result, text
            said |= set() if result is True else {float(result)}
        else:
            output = lines if kind == "> " else script.output
            assert text in " ".join(" ".join(output).split())
            said |= {*numbers(text)}
    return said


@pytest.mark.parametrize("name", sorted(NAMES))
def test_try(name):
    blocks = [b for b in BLOCKS if b.startswith((f"{name} |", f"{name} in"))]
    said = ON_TEN_SEEDS.get(name, set()).union(*map(follow, blocks))
    missing = {*numbers(BY_NAME[name].header["Try"])} - said
    assert not missing, "the Try has numbers that nothing bears out"


def test_each_try_is_tested():
    with_one = {script.name for script in SCRIPTS if "Try" in script.header}
    assert with_one == NAMES | AS_THEY_SAY
    assert not NAMES & AS_THEY_SAY


def test_a_model_goes_on_and_reads_a_digit(tmp_path):
    def call(name, *words):
        return printed(BY_NAME[name], BY_NAME[name].text, *words, cwd=tmp_path)

    lines = call("Step 26", "model.npz") + call("Step 26", "model.npz")
    assert [x for x in lines if x != "saved"] == BY_NAME["Step 24"].output
    picture = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(picture).line([(105, 30), (95, 170)], fill=0, width=16)
    picture.save(tmp_path / "one.png")
    answers = "\n".join(call("Step 27", "model.npz", "one.png"))
    assert "\none.png, centred: one (" in answers

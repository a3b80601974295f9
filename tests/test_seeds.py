"""The ten seeds: the file, what is counted in it, and what headers say of it."""

import platform
import re

import pytest

import seeds
from conftest import BY_NAME, STEP

TRAINED = seeds.read(seeds.FILE.read_text())


@pytest.mark.slow
@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="another kernel"
)
@pytest.mark.parametrize("number", seeds.TRAINED)
def test_the_file_has_what_the_steps_print(number):
    """A changed step prints other numbers from any seed: so one is trained here."""
    seed = 1 + number % 9
    found = seeds.results(*seeds.run(STEP[number], seed))
    assert found == TRAINED[number][seed], f"run python tests/tools/seeds.py {number}"


@pytest.mark.parametrize("number", seeds.TRAINED)
def test_seed_0_is_the_record(number):
    ends = seeds.results(STEP[number].output, [], [])
    for measure in seeds.MEASURES[:4]:
        assert TRAINED[number][0].get(measure) == ends.get(measure)


COUNTS = {5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
# How a header says a claim; {} is its count, and {other} that of the other seeds
SAID = {
    "12 lower loss than 11": "on {other} of ten it ends higher",
    "13 lower loss than 12": "On {} of ten seeds the loss ends lower than without",
    "14 lower loss than 12": "On all ten seeds its loss ends lower",
    "15 lower loss than 14": "on {} of ten seeds its loss ends lower than AdaGrad's",
    "15 two peaks above 1.2 or more": "twice or more on {} of ten seeds",
    "16 lower loss than 15": "loss ends lower than RMSProp's on {} of them",
    "17 less accurate than in training": "two accuracies is there on all ten seeds",
    "17 loss 7 % above its lowest": "On {} of ten seeds the test loss ends",
    "18 lower loss than 17": "and the test loss lower",
    "20 less accurate than in training": "on {} of ten the test is worse",
}


@pytest.mark.parametrize("name", SAID)
def test_headers_have_the_counts(name):
    [claim] = [c for c in seeds.CLAIMS if f"{c.row[0]} {c.words}" == name]
    count = seeds.count(claim, TRAINED)
    form = SAID[name]
    assert "{" in form or count == 10
    said = form.format(COUNTS.get(count), other=COUNTS.get(10 - count))
    assert said in " ".join(STEP[claim.row[0]].text.split())


def test_the_file_is_read_as_it_was_written():
    assert seeds.written(TRAINED) == seeds.FILE.read_text()


def test_the_concept_trains_step_16():
    output = "\n".join(BY_NAME["Concept 27"].output)
    [loss] = re.findall(r"^seed 0: (\S+) with", output, re.M)
    assert f"epoch: 1000, acc: 0.917, loss: {loss}, " in "\n".join(STEP[16].output)

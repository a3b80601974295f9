"""The ten seeds: the file, what is counted in it, and what headers say of it."""

import platform
import re

import pytest

import seeds
from tour.project import CONCEPTS, STEPS, Mistake
from tour.scripts import Script

BY_NUMBER = {step.number: step for step in STEPS}
TRAINED = seeds.read(seeds.FILE.read_text())
LINE = "epoch: {}, acc: 0.{}00, loss: {}, lr: 1.0"


@pytest.mark.slow
@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="another kernel"
)
@pytest.mark.parametrize("number", seeds.TRAINED)
def test_the_file_has_what_the_steps_print(number):
    """A step that changes prints other numbers from any seed: so one is trained here."""
    seed = 1 + number % 9
    found = seeds.results(*seeds.run(BY_NUMBER[number], seed))
    assert found == TRAINED[number][seed], f"run python tests/tools/seeds.py {number}"


@pytest.mark.parametrize("number", seeds.TRAINED)
def test_seed_0_is_the_record(number):
    ends = seeds.results(BY_NUMBER[number].output, [], [])
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
    assert said in " ".join(BY_NUMBER[claim.row[0]].text.split())


def test_results_and_their_summary():
    lines = [LINE.format(*x) for x in [(0, 5, 1.1), (100, 4, 1.35), (200, 6, "1.200")]]
    training = {"accuracy": "0.600", "loss": "1.200"}
    assert seeds.results(lines, [], []) == training
    moved = {"jump": "0.3000", "peaks": "0", "lowest": "0.500"}
    assert seeds.results(lines, [1, 0.6, 0.9], [0.7, 0.5, 0.6]) == training | moved
    # The loss of the data counts, with which that of the test compares
    lines[2] = lines[2].replace("1.200", "1.2 (data_loss: 0.9, reg_loss: 0.3)")
    test = {"test accuracy": "0.55", "test loss": "1.0"}
    lines.append("validation, acc: 0.55, loss: 1.0")
    assert seeds.results(lines, [], []) == training | test | {"loss": "0.9"}
    assert seeds.summary(["0.2", "0.1", "0.6"]) == "0.3, 0.1 to 0.6 (0.2)"
    assert seeds.summary(["9.5", "10.5"]) == "10.0, 9.5 to 10.5 (9.5)"


def test_peaks():
    def of(*places, height=1.3):
        losses = [1.0] * 1000
        for place in places:
            losses[place] = height + place / 10_000
        return seeds.peaks(losses)

    assert of(300) == 1 and of(300, height=1.1) == 0
    assert of(199) == 0 and of(200) == 1
    assert of(300, 549) == 1 and of(300, 551) == 2


def test_the_file_is_read_as_it_was_written():
    found = {11: [{"accuracy": "0.5", "loss": "1", "jump": "0.1", "peaks": "0"}] * 2}
    assert seeds.read(seeds.written(found)) == found
    assert seeds.written(TRAINED) == seeds.FILE.read_text()


def test_claims_are_counted():
    losses = {11: ["0.5", "0.5", "9.0"], 12: ["0.4", "0.5", "10.0"]}
    found = {n: [{"loss": loss} for loss in row] for n, row in losses.items()}
    claim = seeds.Claim((12, ""), "x", lambda s: s[12]["loss"] < s[11]["loss"])
    assert seeds.count(claim, found) == 1


def test_a_step_runs_from_a_seed(tmp_path):
    path = tmp_path / "11_x.py"
    path.write_text(
        "import sys\nimport numpy as np\nimport nnfs\nnnfs.init()\nlosses = [1, 2]\n"
        "print(np.random.randint(1000), len(sys.argv), np.zeros(1).dtype, __file__)\n"
    )
    for seed, number in (0, 684), (1, 37):
        end = f"{number} 1 float32 {path}"
        assert seeds.run(Script(path), seed) == ([end], [1, 2], [])
    path.write_text("print(1 / 0)\n")
    with pytest.raises(Mistake, match=r"11_x.py failed with seed 3:(.|\n)*ZeroDiv"):
        seeds.run(Script(path), 3)


def test_the_concept_trains_step_16():
    [concept] = [concept for concept in CONCEPTS if "Luck" in concept.idea]
    [loss] = re.findall(r"^seed 0: (\S+) with", "\n".join(concept.output), re.M)
    lines = BY_NUMBER[16].output
    assert f"epoch: 1000, acc: 0.917, loss: {loss}, " in "\n".join(lines)

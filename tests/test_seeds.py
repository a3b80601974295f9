"""The README's figures of ten seeds, and the concept of luck."""

import re

import pytest

import readme
import seeds
from project import CONCEPTS, ROOT, STEPS, Mistake
from tour.scripts import Script

README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE = README.partition("<!-- seeds -->\n")[2].partition("<!-- /seeds -->\n")[0]
BY_NUMBER = {step.number: step for step in STEPS}


def cells(name):
    """The cells of a row, by the link or the word that it starts with."""
    [row] = [row for row in TABLE.split("\n") if row.startswith(f"| {name} ")]
    return row.strip("| ").split(" | ")[1:]


@pytest.mark.slow
def test_table_is_what_the_steps_print():
    assert seeds.render(README) == README, "run python tests/seeds.py"


@pytest.mark.parametrize("number", seeds.STEPS)
def test_seed_0_is_the_record(number):
    step = BY_NUMBER[number]
    ends = seeds.results(step.output)
    expected = [ends[name] for name in seeds.COLUMNS if name in ends]
    assert re.findall(r"\(([\d.]+)\)", " ".join(cells(readme.link(step)))) == expected


def test_results_and_their_summary():
    line = "epoch: {}, acc: 0.{}00, loss: {}, lr: 1.0"
    lines = [line.format(*x) for x in [(0, 5, 1.1), (100, 4, 1.35), (200, 6, "1.200")]]
    training = {"accuracy": "0.600", "loss": "1.200", "largest jump": "0.250"}
    assert seeds.results(lines) == training
    # The loss of the data counts, with which that of the test compares
    lines[2] = lines[2].replace("1.200", "1.2 (data_loss: 0.9, reg_loss: 0.3)")
    test = {"test accuracy": "0.55", "test loss": "1.0"}
    lines.append("validation, acc: 0.55, loss: 1.0")
    assert seeds.results(lines) == training | test | {"loss": "0.9"}
    assert seeds.summary(["0.2", "0.1", "0.6"]) == "0.3, 0.1 to 0.6 (0.2)"
    assert seeds.summary(["9.5", "10.5"]) == "10.0, 9.5 to 10.5 (9.5)"


def test_claims_are_counted(monkeypatch):
    monkeypatch.setattr(seeds, "SEEDS", range(3))
    monkeypatch.setattr(seeds, "CLAIMS", [(12, "x", "test loss", 11, "test loss")])
    trained = {
        11: [{"test loss": "0.5"}, {"test loss": "0.5"}, {"test loss": "9.0"}],
        12: [{"test loss": "0.4"}, {"test loss": "0.5"}, {"test loss": "10.0"}],
    }
    last = list(seeds.table(BY_NUMBER, trained))[-1]
    assert last.endswith("| x: 1 |")


def test_a_step_runs_from_a_seed(tmp_path):
    path = tmp_path / "11_x.py"
    path.write_text(
        "import sys\nimport numpy as np\nimport nnfs\nnnfs.init()\n"
        "print(np.random.randint(1000), len(sys.argv), np.zeros(1).dtype, __file__)\n"
    )
    for seed, number in (0, 684), (1, 37):
        assert seeds.run(Script(path), seed) == [f"{number} 1 float32 {path}"]
    path.write_text("print(1 / 0)\n")
    with pytest.raises(Mistake, match=r"11_x.py failed with seed 3:(.|\n)*ZeroDiv"):
        seeds.run(Script(path), 3)


def test_the_concept_trains_step_16():
    [concept] = [concept for concept in CONCEPTS if "Luck" in concept.idea]
    [loss] = re.findall(r"^seed 0: (\S+) with", "\n".join(concept.output), re.M)
    lines = BY_NUMBER[16].output
    assert f"epoch: 1000, acc: 0.917, loss: {loss}, " in "\n".join(lines)

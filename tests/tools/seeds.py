"""Train steps from ten seeds: python tests/tools/seeds.py [N ...]

What comes out is written into tests/seeds.txt. The README's table comes from
there, and the counts in the headers are checked against it. All steps take some minutes.
"""

import itertools
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2] / "nnfs_steps"))

from tour.differences import trainings
from tour.project import ROOT, STEPS, Mistake, Parser, command, find, python
from tour.scripts import lines_of, write

SEEDS = range(10)
TRAINED = 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24
FILE = ROOT / "tests" / "seeds.txt"
MEASURES = "accuracy", "loss", "test accuracy", "test loss", "rises", "climbs"


class Claim(NamedTuple):
    """A measure of a step is lower than one of another step."""

    of: tuple  # where it stands: the step's number, and "test " or ""
    words: str
    measure: str
    other: int
    others: str


CLAIMS = [
    Claim((12, ""), "lower loss than 11", "loss", 11, "loss"),
    Claim((13, ""), "lower loss than 12", "loss", 12, "loss"),
    Claim((14, ""), "lower loss than 12", "loss", 12, "loss"),
    Claim((15, ""), "lower loss than 14", "loss", 14, "loss"),
    Claim((16, ""), "lower loss than 15", "loss", 15, "loss"),
    Claim(
        (17, "test "), "less accurate than in training", "test accuracy", 17, "accuracy"
    ),
    Claim((18, "test "), "lower loss than 17", "test loss", 17, "test loss"),
    Claim(
        (19, "test "), "more accurate than in training", "accuracy", 19, "test accuracy"
    ),
    Claim(
        (20, "test "), "less accurate than in training", "test accuracy", 20, "accuracy"
    ),
    Claim(
        (24, "test "), "less accurate than in training", "test accuracy", 24, "accuracy"
    ),
]

# The step as it is, but nnfs.init starts from another seed, and it prints each epoch
CHILD = """
import functools, sys, nnfs
nnfs.init = functools.partial(nnfs.init, random_seed=int(sys.argv.pop(1)))
__file__ = sys.argv.pop(1)
text = open(__file__, encoding="utf-8").read().replace("epoch % 100:", "epoch % 1:")
exec(compile(text, __file__, "exec"))
"""


def run(step, seed):
    """Return the lines that a step prints when it starts from a seed."""
    result = python("-c", CHILD, str(seed), step.path)
    if result.returncode:
        error = result.stderr.decode(errors="replace")
        raise Mistake(f"{step.path.name} failed with seed {seed}:\n{error}")
    return lines_of(result.stdout.decode())


def results(lines):
    """What a training ends with, as printed, with losses of the data alone, and how its
    loss moved: {"test loss": "0.981", ...}.

    rises is the number of epochs after which the loss is higher than before.
    """
    [training] = trainings(lines)[0]
    found, losses = {}, []
    for kind, epochs in ("", training.epochs), ("test ", training.validation):
        for fields in epochs.values():
            loss = fields.get("data_loss", fields["loss"])
            found |= {f"{kind}accuracy": fields["acc"], f"{kind}loss": loss}
            losses += [] if kind else [float(loss)]
    rises = sum(after > before for before, after in itertools.pairwise(losses))
    return found | {"rises": str(rises), "climbs": str(climbs(losses))}


def climbs(losses, height=0.5, within=30, after=200, apart=60):
    """How often the loss climbs by more than a height within so many epochs.

    Climbs less than so many epochs apart are one, and the first epochs do not count.
    """
    count, last = 0, -apart
    for epoch in range(after + 1, len(losses)):
        if losses[epoch] - min(losses[epoch - within : epoch]) > height:
            if epoch - last >= apart:
                count += 1
            last = epoch
    return count


def read(text):
    """{step: [results of seed 0, of seed 1, ...]} of what the file holds."""
    found = {}
    for line in text.splitlines()[1:]:
        number, _, *values = line.split()
        pairs = zip(MEASURES, values)
        runs = found.setdefault(int(number), [])
        runs.append({name: value for name, value in pairs if value != "-"})
    return found


def written(found):
    """The text of the file, a row for each step and seed."""
    names = "step", "seed", *(name.replace(" ", "-") for name in MEASURES)
    rows = [names]
    for number, runs in sorted(found.items()):
        for seed, values in enumerate(runs):
            rows.append(
                [f"{number}", f"{seed}", *(values.get(m, "-") for m in MEASURES)]
            )
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "".join(f"{line}\n" for line in lines)


def count(claim, found):
    """On how many seeds a claim is true."""
    pairs = zip(found[claim.of[0]], found[claim.other])
    return sum(float(a[claim.measure]) < float(b[claim.others]) for a, b in pairs)


def summary(texts):
    """0.905, 0.757 to 0.973 (0.973): mean, lowest to highest, and seed 0's."""
    decimals = len(texts[0].partition(".")[2])
    mean = sum(map(float, texts)) / len(texts)
    low, high = min(texts, key=float), max(texts, key=float)
    return f"{mean:.{decimals}f}, {low} to {high} ({texts[0]})"


def main(arguments):
    parser = Parser(description=__doc__)
    parser.add_argument("numbers", nargs="*", metavar="N", help="steps; usually all")
    steps = {step.number: step for step in STEPS if step.number in TRAINED}
    words = parser.parse_args(arguments).numbers
    chosen = [find(word, steps) for word in words] or [*steps.values()]
    found = read(FILE.read_text()) if FILE.exists() else {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {s.number: [pool.submit(run, s, seed) for seed in SEEDS] for s in chosen}
        for number, runs in jobs.items():
            found[number] = [results(job.result()) for job in runs]
    write(FILE, written(found))
    print("python tests/tools/update.py shows it in the READMEs")


if __name__ == "__main__":
    command(main)

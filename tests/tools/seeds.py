"""Train steps from ten seeds: python tests/tools/seeds.py [N ...]

TRAINED says which, CLAIMS what is said of them. What comes out is written into
tests/seeds.txt, from which the READMEs' table is made, and the counts in the headers
are checked. All steps take some minutes.
"""

import itertools
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2] / "nnfs_steps"))

from tour.outputs import trainings
from tour.project import ROOT, STEPS, Mistake, Parser, command, find, python
from tour.scripts import write

SEEDS = range(10)
TRAINED = 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24
FILE = ROOT / "tests" / "seeds.txt"
MEASURES = "accuracy", "loss", "test accuracy", "test loss", "jump", "peaks", "lowest"
# Over 10,000 epochs a last digit can grow to a printed one on another processor: it did
# in 1 of 120 trainings. With this kernel all of x86-64 have the same
KERNEL = {"OPENBLAS_CORETYPE": "Haswell"}


class Claim(NamedTuple):
    """What is said of a step: words, and a function of the results of one seed."""

    row: tuple  # of the table: the step's number, and "test " or ""
    words: str
    true: Callable  # of {step: {measure: value}}


CLAIMS = [
    Claim((12, ""), "jumps less than 11", lambda s: s[12]["jump"] < s[11]["jump"]),
    Claim((12, ""), "lower loss than 11", lambda s: s[12]["loss"] < s[11]["loss"]),
    Claim((13, ""), "lower loss than 12", lambda s: s[13]["loss"] < s[12]["loss"]),
    Claim((14, ""), "lower loss than 12", lambda s: s[14]["loss"] < s[12]["loss"]),
    Claim((15, ""), "lower loss than 14", lambda s: s[15]["loss"] < s[14]["loss"]),
    Claim((15, ""), "two peaks above 1.2 or more", lambda s: s[15]["peaks"] >= 2),
    Claim((16, ""), "lower loss than 15", lambda s: s[16]["loss"] < s[15]["loss"]),
    Claim((17, "test "), "less accurate than in training", lambda s: overfits(s[17])),
    Claim(
        (17, "test "),
        "loss 7 % above its lowest",
        lambda s: s[17]["test loss"] > 1.07 * s[17]["lowest"],
    ),
    Claim(
        (18, "test "),
        "lower loss than 17",
        lambda s: s[18]["test loss"] < s[17]["test loss"],
    ),
    Claim((19, "test "), "more accurate than in training", lambda s: better(s[19])),
    Claim((20, "test "), "less accurate than in training", lambda s: overfits(s[20])),
    Claim((24, "test "), "less accurate than in training", lambda s: overfits(s[24])),
]


def overfits(result):
    return result["test accuracy"] < result["accuracy"]


def better(result):
    return result["test accuracy"] > result["accuracy"]


# The step as it is, but nnfs.init starts from another seed; at the end it hands out the
# losses of all epochs, if it keeps them
CHILD = """
import functools, json, runpy, sys, nnfs
nnfs.init = functools.partial(nnfs.init, random_seed=int(sys.argv.pop(1)))
names = runpy.run_path(sys.argv.pop(1), run_name="__main__")
print(json.dumps([[*map(float, names.get(n, []))] for n in ("losses", "test_losses")]))
"""


def run(step, seed):
    """What a step prints when it starts from a seed, and two lists of losses."""
    result = python("-c", CHILD, str(seed), step.path, **KERNEL)
    if result.returncode:
        error = result.stderr.decode(errors="replace")
        raise Mistake(f"{step.path.name} failed with seed {seed}:\n{error}")
    *lines, losses = result.stdout.decode().splitlines()
    return lines, *json.loads(losses)


def results(lines, losses, test_losses):
    """What a training ends with, as printed, with losses of the data alone; its largest
    jump from one epoch to the next, its peaks, and the lowest test loss.
    """
    [training] = trainings(lines)[0]
    found = {}
    for kind, epochs in ("", training.epochs), ("test ", training.validation):
        for fields in epochs.values():
            accuracy, loss = fields["acc"], fields["loss"]
            found |= {f"{kind}accuracy": accuracy, f"{kind}loss": loss}
    if losses:
        jump = max(after - before for before, after in itertools.pairwise(losses))
        found |= {"jump": f"{jump:.4f}", "peaks": str(peaks(losses))}
    if test_losses:
        found["lowest"] = f"{min(test_losses):.3f}"
    return found


def peaks(losses, above=1.2, after=200, within=250):
    """How often a loss leaves the steps' pictures; near peaks are one, as there."""
    high = [n for n, loss in enumerate(losses) if loss > above and n >= after]
    near = {n: losses[max(0, n - within) : n + within] for n in high}
    return sum(losses[n] == max(near[n]) for n in high)


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
    of_seeds = [
        {n: {k: float(v) for k, v in run.items()} for n, run in zip(found, runs)}
        for runs in zip(*found.values())
    ]
    return sum(map(claim.true, of_seeds))


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
            found[number] = [results(*job.result()) for job in runs]
            write(FILE, written(found))
    print("python tests/tools/update.py shows it in the READMEs")


if __name__ == "__main__":
    command(main)

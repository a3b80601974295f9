"""Show in the README how much is luck: python tests/seeds.py

It trains steps from ten seeds, one on each processor at a time, and takes some minutes.
"""

import itertools
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import readme
from project import ROOT, TIME_LIMIT, Mistake, Parser, command, write
from tour.scripts import lines_of

SEEDS = range(10)
STEPS = 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24
COLUMNS = "training accuracy", "training loss", "test accuracy", "test loss"

# What is lower in one step than in another, if what the headers say holds for a seed
CLAIMS = [
    (12, "largest jump", 11, "largest jump"),
    (12, "training loss", 11, "training loss"),
    (13, "training loss", 12, "training loss"),
    (14, "training loss", 12, "training loss"),
    (15, "training loss", 14, "training loss"),
    (14, "largest jump", 15, "largest jump"),
    (16, "training loss", 15, "training loss"),
    (16, "largest jump", 15, "largest jump"),
    (17, "test accuracy", 17, "training accuracy"),
    (18, "test loss", 17, "test loss"),
    (17, "test accuracy", 18, "test accuracy"),
    (19, "training accuracy", 19, "test accuracy"),
    (20, "test accuracy", 20, "training accuracy"),
    (20, "training loss", 20, "test loss"),
    (24, "test accuracy", 24, "training accuracy"),
]

# The step as it is, but nnfs.init starts from another seed
CHILD = """
import functools, runpy, sys, nnfs
nnfs.init = functools.partial(nnfs.init, random_seed=int(sys.argv.pop(1)))
runpy.run_path(sys.argv.pop(1), run_name="__main__")
"""


def run(step, seed):
    """Return the lines that a step prints when it starts from a seed."""
    result = subprocess.run(
        [sys.executable, "-c", CHILD, str(seed), step.path],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"},
        capture_output=True,
        timeout=TIME_LIMIT,
    )
    if result.returncode:
        error = result.stderr.decode(errors="replace")
        raise Mistake(f"{step.path.name} failed with seed {seed}:\n{error}")
    return lines_of(result.stdout.decode())


def results(lines):
    """What a training ends with, as printed, with losses of the data alone; and the
    largest rise of its loss from one line to the next: {"test loss": "0.981", ...}.
    """
    pattern = (
        r"(epoch|validation).* acc: (\S+), loss: ([\d.]+)(?: .data_loss: ([\d.]+))?"
    )
    found, losses = {}, []
    for kind, accuracy, loss, data_loss in re.findall(pattern, "\n".join(lines)):
        name = "training" if kind == "epoch" else "test"
        found[f"{name} accuracy"] = accuracy
        found[f"{name} loss"] = data_loss or loss
        losses += [float(data_loss or loss)] if kind == "epoch" else []
    rises = [after - before for before, after in itertools.pairwise(losses)]
    return found | {"largest jump": f"{max(rises):.3f}"}


def train(steps):
    """Return the results from each seed, as a list for each step's number."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {n: [pool.submit(run, steps[n], seed) for seed in SEEDS] for n in STEPS}
        return {n: [results(job.result()) for job in jobs[n]] for n in STEPS}


def summary(values):
    """0.905, 0.757 to 0.973 (0.973): mean, lowest, highest, and seed 0's."""
    numbers = [float(value) for value in values]
    mean, decimals = sum(numbers) / len(numbers), len(values[0].partition(".")[2])
    low, high = min(values, key=float), max(values, key=float)
    return f"{mean:.{decimals}f}, {low} to {high} ({values[0]})"


def table(steps, trained):
    yield readme.row("step", *COLUMNS)
    yield "|---" * (1 + len(COLUMNS)) + "|"
    for n, runs in trained.items():
        values = [[run[name] for run in runs if name in run] for name in COLUMNS]
        yield readme.row(
            readme.link(steps[n]), *(summary(x) if x else "" for x in values)
        )
    yield from ["", readme.row("is lower", "than", "on seeds"), "|---|---|---|"]
    for n, name, m, other in CLAIMS:
        pairs = zip(trained[n], trained[m])
        wins = sum(float(a[name]) < float(b[other]) for a, b in pairs)
        ours, theirs = f"step {n}'s {name}", f"step {m}'s {other}"
        yield readme.row(ours, theirs, f"{wins} of {len(SEEDS)}")


def render(text):
    tables = {"seeds": lambda steps, concepts: table(steps, train(steps))}
    return readme.render(text, tables=tables)


def main(arguments):
    Parser(description=__doc__).parse_args(arguments)
    path = ROOT / "README.md"
    text = path.read_bytes().decode()
    new = render(text)
    write(path, new)
    print("README.md: " + ("nothing changed" if new == text else "new figures"))


if __name__ == "__main__":
    command(main)

"""Show in the README how much is luck: python tests/seeds.py

It trains steps from ten seeds, one on each processor at a time, and takes some minutes.
"""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor

import readme
from project import ROOT, Mistake, Parser, command, python, write
from tour.scripts import lines_of
from tour.trainings import trainings

SEEDS = range(10)
STEPS = 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24
COLUMNS = "accuracy", "loss", "test accuracy", "test loss"

# What the header of a step says, and what of it has to be lower than what of another
CLAIMS = [
    (12, "jumps less than 11", "largest jump", 11, "largest jump"),
    (12, "lower loss than 11", "loss", 11, "loss"),
    (13, "lower loss than 12", "loss", 12, "loss"),
    (14, "lower loss than 12", "loss", 12, "loss"),
    (15, "lower loss than 14", "loss", 14, "loss"),
    (15, "calmer than 14", "largest jump", 14, "largest jump"),
    (16, "lower loss than 15", "loss", 15, "loss"),
    (17, "worse on test data", "test accuracy", 17, "accuracy"),
    (18, "lower test loss than 17", "test loss", 17, "test loss"),
    (19, "better than its training lines", "accuracy", 19, "test accuracy"),
    (20, "worse on test data", "test accuracy", 20, "accuracy"),
    (24, "worse on test data", "test accuracy", 24, "accuracy"),
]

# The step as it is, but nnfs.init starts from another seed
CHILD = """
import functools, runpy, sys, nnfs
nnfs.init = functools.partial(nnfs.init, random_seed=int(sys.argv.pop(1)))
runpy.run_path(sys.argv.pop(1), run_name="__main__")
"""


def run(step, seed):
    """Return the lines that a step prints when it starts from a seed."""
    result = python("-c", CHILD, str(seed), step.path)
    if result.returncode:
        error = result.stderr.decode(errors="replace")
        raise Mistake(f"{step.path.name} failed with seed {seed}:\n{error}")
    return lines_of(result.stdout.decode())


def results(lines):
    """What a training ends with, as printed, with losses of the data alone; and the
    largest rise of its loss from one line to the next: {"test loss": "0.981", ...}.
    """
    [training] = trainings(lines)[0]
    found, losses = {}, []
    for kind, epochs in ("", training.epochs), ("test ", training.validation):
        for fields in epochs.values():
            loss = fields.get("data_loss", fields["loss"])
            found |= {f"{kind}accuracy": fields["acc"], f"{kind}loss": loss}
            losses += [] if kind else [float(loss)]
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
    yield readme.row("step", *COLUMNS, "of ten seeds")
    yield "|---" * (2 + len(COLUMNS)) + "|"
    for n, runs in trained.items():
        values = [[run[name] for run in runs if name in run] for name in COLUMNS]
        cells = [summary(x) if x else "" for x in values]
        counts = [
            f"{claim}: {sum(float(a[name]) < float(b[other]) for a, b in pairs)}"
            for step, claim, name, m, other in CLAIMS
            for pairs in [zip(trained[n], trained[m])]
            if step == n
        ]
        name = f"{readme.link(steps[n])} {steps[n].idea.partition(':')[0]}"
        yield readme.row(name, *cells, ", ".join(counts))


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

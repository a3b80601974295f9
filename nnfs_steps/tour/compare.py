"""Compares scripts: two by their code, any number by what they print.

Where a reader's training prints other numbers than the step's, it says why.
"""

import ast
import re
from collections import Counter
from pathlib import Path

from tour import runner
from tour.changes import PROGRAM, codes, show_changes
from tour.differences import show_outputs
from tour.judge.names import alias, kind_of
from tour.scripts import spelled
from tour.terminal import say, shortened
from tour.trainings import agreement, paired, same, trainings, without_penalties

LIMIT = 60  # seconds; what took longer is not run again
# What can explain other numbers, in the order in which we try it, with the words for
# sitecustomize.py
CAUSES = {
    "exp and log as in step 07": {"rounded": True},
    "nnfs.init(), which is missing, too": {"rounded": True, "init": True},
}
NO_REASON = (
    "None of its classes differs from the steps': look at the program, or your sums\n"
    "have another order (concept 08)."
)


def compare(scripts, steps, figures):
    """Show how scripts differ; return 1 if one did not run to its end, else 0."""
    titles, wrong = [script.title for script in scripts], []
    say(f"=== {', '.join(titles[:-1])} and {titles[-1]}")
    if len(scripts) == 2:
        wrong = compare_code(*scripts, steps)
    print(f"\nRunning {', '.join(titles)} ...")
    runs = [*runner.run_all(scripts, options={})]
    outputs = [(run.script.title, run.lines, run.script) for run in runs]
    show_outputs(outputs)
    print()
    for title, run in zip(titles, runs):
        took = f"{title} took {run.seconds:.1f} s"
        print(f"{took}, and {run.problem}." if run.problem else f"{took}.")
        for line in shortened(run.errors):
            print(line)
    if [script.ours for script in scripts] == [True, False]:
        show_why(*runs, wrong)
    if figures:
        from tour import curves  # matplotlib takes its time

        name = "-".join(script.path.stem[:2] for script in scripts)
        print(f"Saved {curves.save(outputs, Path(figures, f'{name}.png'))}")
    return int(any(run.problem for run in runs))


def compare_code(old, new, steps):
    """Show how code differs; return what check says of wrong classes that are used."""
    earlier = [step for step in steps.values() if step is not old]
    if new.ours:
        show_changes(old, new, [s for s in earlier if s.number < new.number])
        return []
    from tour.judge.report import verdicts  # NumPy takes its time

    print(f"Checking the classes of {new.title} ...")
    found = verdicts(new.path)
    names = rename(new)
    for name, ours in names.items():
        print(f"Your {name} is the step's {ours}.")
    right = [names.get(v.name, v.name) for v in found if v.outcome == "agrees"]
    show_changes(old, new, earlier, right)
    used = codes(new)[PROGRAM]
    wrong = [verdict for verdict in found if verdict.outcome == "differs"]
    return [v.text for v in wrong if spelled(names.get(v.name, v.name)) in used]


def rename(script):
    """Call a reader's classes as the steps do, in the trees; return {theirs: ours}."""
    nodes = [node for file in script.files for node in ast.walk(file.tree)]
    own = [node.name for node in nodes if isinstance(node, ast.ClassDef)]
    kinds = {kind_of(name): name for name in own if kind_of(name)}
    known = {spelled(name) for name in own}
    names = {kinds[kind]: kind for kind in kinds if spelled(kind) not in known}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            node.name = names.get(node.name, node.name)
        elif isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    return names


def read(run):
    return [without_penalties(training) for training in trainings(run.lines)[0]]


def show_why(step, mine, wrong_classes):
    """Print how far the trainings in the runs of a step and of a reader's file agree, and
    why not; wrong_classes is what check says of the classes that differ.
    """
    ours = read(step)
    for pair in paired(ours, read(mine)):
        lines = agreement(*pair)
        wrong = parting(lines)
        print(f"\n{sum(lines.values())} of {len(lines)} training lines agree", end="")
        print(f"; they part at {wrong}." if wrong else ".")
        if wrong:
            reasons = [*other_settings(step, mine)]
            if reasons or not explained(ours, pair[0], mine, len(lines)):
                print(*(reasons or wrong_classes or [NO_REASON]), sep="\n")
            return


def parting(lines):
    """The name of the first line that differs, of what agreement found, or None."""
    return next((name for name, fits in lines.items() if not fits), None)


def explained(ours, own, mine, count):
    """Whether one of our trainings, of so many lines, agrees when a reader's file is run
    again without a cause; say so.
    """
    if mine.seconds > LIMIT or mine.problem:
        print(f"It took {LIMIT} seconds or failed: we don't run it again to see why.")
        return False

    def parts(line):
        """Whether a line tells of an epoch in a way in which no training does."""
        for training in map(without_penalties, trainings([line])[0]):
            [(epoch, fields)] = training.epochs.items()
            there = [each.epochs[epoch] for each in ours if epoch in each.epochs]
            return bool(there) and not any(same(each, fields) for each in there)

    code = "".join(file.text for file in mine.script.files)
    for cause, options in CAUSES.items():
        if "init" in options and "nnfs.init" in code:
            continue
        print(f"Running {mine.script.title} again, with {cause} ...")
        again = runner.run(mine.script, options=options, limit=2 * LIMIT, until=parts)
        pairs = paired(ours, read(again))
        lines = next((agreement(*pair) for pair in pairs if pair[0] == own), {})
        if wrong := parting(lines):
            print(f"They part at {wrong} all the same.")
        elif len(lines) == count:
            print(f"All {count} agree: they are right, and concept 08 says why.")
            return True
        else:
            print("It does not print the whole training then.")
    if re.search(r"epoch\w* in range\(1,", code):
        print("It counts from 1: its epoch n is ours n - 1.")
    return False


def other_settings(step, mine):
    """Yield what a reader's objects are made with, where it is not as in the step."""
    ours, theirs = settings(step), settings(mine)
    for key in [key for key in ours if key in theirs]:
        (_, own), (cls, values) = ours[key], theirs[key]
        for name, value in own.items():
            other = alias(name, values)
            if other and values[other] != value:
                yield f"{other} of {cls} is {values[other]}, the step has {value}."


def settings(run):
    """What objects were made with: {(kind, which of them): (class, {name: value})}."""
    found, counts = {}, Counter()
    for cls, values in run.made:
        if kind := kind_of(cls):
            counts[kind] += 1
            found[kind, counts[kind]] = cls, values
    return found

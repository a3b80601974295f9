"""Compares scripts: two by their code, any number by what they print.

Where a reader's training prints other numbers than the step's, it says why.
"""

import ast
import re
from collections import Counter
from pathlib import Path

from tour import runner
from tour.changes import (
    PROGRAM,
    codes,
    program,
    show_changes,
    show_names,
    show_part,
    source,
)
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
    """Show how code differs; return the names of a reader's classes that are wrong."""
    earlier = [step for step in steps.values() if step is not old]
    if not new.ours:
        return compare_own(old, new, earlier)
    show_changes(old, new, [s for s in earlier if s.number < new.number])
    return []


def compare_own(old, new, earlier):
    """Show what check says of a reader's classes, then the code of those that may be
    wrong, and of the program; return the names of those that are.
    """
    from tour.judge.report import verdicts  # NumPy takes its time

    print(f"Checking the classes of {new.title} ...")
    found = verdicts(new.path)
    words = {*re.findall(r"\w+", "\n".join(map(ast.unparse, program(new))))}
    used = [verdict for verdict in found if verdict.name in words] or found
    names = rename(new)
    doubtful = [verdict for verdict in used if verdict.outcome != "agrees"]
    show_names("Right", [v.name for v in found if v.outcome == "agrees"])
    for verdict in doubtful:
        print(verdict.text)
    unused = [v.name for v in found if v.outcome == "differs" and v not in used]
    show_names("Different too, but not used here: check says how", unused)
    classes = [
        n for n, part in old.parts.items() if isinstance(part.node, ast.ClassDef)
    ]
    there = codes(new)
    show_names(f"Not in {new.title}", [n for n in classes if spelled(n) not in there])
    for verdict in doubtful:
        cls = names.get(verdict.name, verdict.name)
        for name in [name for name in new.parts if name.startswith(f"{cls}.")]:
            script, same = source(name, new, [old, *reversed(earlier)])
            asked = (
                verdict.outcome == "not judged"
                or name[len(cls) + 1 :] in verdict.methods
            )
            if script and not same and asked:
                show_part(name, script, new)
    show_part(PROGRAM, old, new)
    return [verdict.name for verdict in doubtful if verdict.outcome == "differs"]


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


def read(lines, start=0):
    """The trainings that lines tell of, with their epochs counted from 0, not from start."""
    found = map(without_penalties, trainings(lines)[0])
    return [
        x._replace(epochs={n - start: e for n, e in x.epochs.items()}) for x in found
    ]


def show_why(step, mine, wrong):
    """Print how far the trainings in the runs of a step and of a reader's file agree, and
    why not; wrong has the names of the classes that are.
    """
    ours, theirs, start = read(step.lines), read(mine.lines), 0
    firsts = [{min(each.epochs) for each in some} for some in (ours, theirs)]
    if firsts == [{0}, {1}]:
        print("\nIt counts from 1: its epoch n is ours n - 1.")
        start, theirs = 1, read(mine.lines, 1)
    for own, other in paired(ours, theirs):
        lines = agreement(own, other)
        first = parting(lines)
        print(f"\n{sum(lines.values())} of {len(lines)} training lines agree", end="")
        print(f"; they part at {first}." if first else ".")
        if first:
            reasons = [*other_settings(step, mine)] if len(ours) == 1 else []
            if reasons:
                print(*reasons, sep="\n")
            elif not explained(ours, own, mine, start, len(lines)):
                print(
                    f"Look at {' and '.join(wrong)}, see above." if wrong else NO_REASON
                )
            return


def parting(lines):
    """The name of the first line that differs, of what agreement found, or None."""
    return next((name for name, fits in lines.items() if not fits), None)


def explained(ours, own, mine, start, count):
    """Whether one of our trainings, of so many lines, agrees when a reader's file, which
    counts from start, is run again without a cause; say so.
    """
    if mine.seconds > LIMIT or mine.problem:
        print(f"It took {LIMIT} seconds or failed: we don't run it again to see why.")
        return False

    def parts(line):
        """Whether a line tells of an epoch in a way in which no training does."""
        for training in read([line], start):
            [(epoch, fields)] = training.epochs.items()
            there = [each.epochs[epoch] for each in ours if epoch in each.epochs]
            return bool(there) and not any(same(each, fields) for each in there)

    code = "".join(file.text for file in mine.script.files)
    for cause, options in CAUSES.items():
        if "init" in options and "nnfs.init" in code:
            continue
        print(f"Running {mine.script.title} again, with {cause} ...")
        again = runner.run(mine.script, options=options, limit=2 * LIMIT, until=parts)
        pairs = paired(ours, read(again.lines, start))
        lines = next((agreement(*pair) for pair in pairs if pair[0] == own), {})
        if first := parting(lines):
            print(f"They part at {first} all the same.")
        elif len(lines) == count:
            print(f"All {count} agree: they are right, and concept 08 says why.")
            return True
        else:
            print("It does not print the whole training then.")
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

"""Compares a reader's file with a step: what check says of its classes, where its code
differs, and why it prints other numbers.
"""

import ast
import re
from collections import Counter

from tour import runner
from tour.changes import PROGRAM, codes, program, show_names, show_part, source
from tour.differences import aligned, alike
from tour.judge.names import alias, kind_of
from tour.scripts import spelled
from tour.trainings import (
    NUMBER,
    VALIDATION,
    agreement,
    paired,
    same,
    trainings,
    without_penalties,
)

LIMIT = 60  # seconds; what took longer is not run again
# What can explain other numbers, in the order in which we try it, with the words for
# sitecustomize.py
CAUSES = {
    "exp and log as in step 07": {"rounded": True},
    "nnfs.init(), which is missing, too": {"rounded": True, "init": True},
}
NO_REASON = (
    "None of its classes differs from the steps'. If the numbers are near, your sums have\n"
    "another order (concept 08). If not, look at the program: what differs stands above."
)
VALIDATION_DIFFERS = (
    "Only the validation differs: is what goes through the network at the end the test\n"
    "data, and without dropout?"
)
FROM_THE_START = (
    "They differ before anything is learned: look at the data, at the first weights, and\n"
    "at the order in which random numbers are drawn."
)


def show_own(old, new, earlier):
    """Show what check says of a reader's classes, then the code of those that may be
    wrong, and of the program; return the names of those.
    """
    from tour.judge.report import verdicts  # NumPy takes its time

    print(f"Checking the classes of {new.title} ...")
    found = verdicts(new.path)
    words, wanted = words_of(program(new)), words_of(program(old))
    used = [verdict for verdict in found if verdict.name in words] or found
    names = rename(new)
    right = [v for v in found if v.outcome == "agrees" and not v.methods]
    doubtful = [verdict for verdict in used if verdict not in right]
    unused = [v.name for v in found if v.outcome == "differs" and v not in used]
    parts = [(n, p) for n, p in old.parts.items() if spelled(n) not in codes(new)]
    missing = [n for n, part in parts if isinstance(part.node, ast.ClassDef)]
    show_names("Right", [verdict.name for verdict in right])
    for verdict in doubtful:
        print(verdict.text)
    show_names("Different too, but not used here: check says how", unused)
    show_names(f"Not in {new.title}", [name for name in missing if name in wanted])
    for verdict in doubtful:
        cls = names.get(verdict.name, verdict.name)
        methods = [name for name in new.parts if name.startswith(f"{cls}.")]
        if verdict.outcome != "not judged":
            methods = [n for n in methods if n[len(cls) + 1 :] in verdict.methods]
        for name in methods:
            script, same = source(name, new, [old, *reversed(earlier)])
            if script and not same:
                show_part(name, script, new)
    show_part(PROGRAM, old, new)
    return [verdict.name for verdict in doubtful if verdict.outcome != "not judged"]


def words_of(nodes):
    return {*re.findall(r"\w+", "\n".join(map(ast.unparse, nodes)))}


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
    counted = [(x, {n - start: each for n, each in x.epochs.items()}) for x in found]
    return [training._replace(epochs=epochs) for training, epochs in counted]


def show_why(step, mine, doubtful):
    """Print how far the trainings in the runs of a step and of a reader's file agree, and
    why what they print differs; doubtful are the classes that may be the reason.
    """
    firsts = [{min(x.epochs) for x in read(run.lines)} for run in (step, mine)]
    start = 1 if firsts == [{0}, {1}] else 0
    if start:
        print("\nIt counts from 1: its epoch n is ours n - 1.")
    lines = shared_lines(step.lines, mine.lines, start)
    first = parting(lines)
    trained = bool(read(mine.lines))
    if trained and lines:
        print(f"\n{sum(lines.values())} of {len(lines)} training lines agree", end="")
        print(f"; they part at {first}." if first else ".")
    if first and not explained(step, mine, lines, start):
        reasons = [f"{name} may be why: see above." for name in doubtful]
        if len(read(step.lines)) == 1:
            reasons += other_settings(step, mine)
        other = NO_REASON
        if trained and first == next(iter(lines)):
            other = FROM_THE_START
        print(*(reasons or [other]), sep="\n")


def shared_lines(step, mine, start):
    """The lines that a step and a reader's file both print, and whether each agrees: those
    of their trainings, or all that have numbers.
    """
    found, ours, theirs = {}, read(step), read(mine, start)
    for number, pair in enumerate(paired(ours, theirs), 1):
        of = f" of training {number}" if number > 1 else ""
        found |= {f"{name}{of}": fits for name, fits in agreement(*pair).items()}
    if not theirs:
        both = [pair for pair in aligned(step, mine) if None not in pair]
        both = [pair for pair in both if re.search(NUMBER, pair[0])]
        found = {f'"{new.strip()[:40]}"': alike(old, new) for old, new in both}
    return found


def parting(lines):
    """The name of the first line that differs, or None."""
    return next((name for name, fits in lines.items() if not fits), None)


def explained(step, mine, lines, start):
    """Whether all lines agree when a reader's file, which counts from start, is run again
    without a cause; say so.
    """
    if mine.seconds > LIMIT or mine.problem:
        print(f"It took {LIMIT} seconds or failed: we don't run it again to see why.")
        return False
    ours = read(step.lines)

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
        found = shared_lines(step.lines, again.lines, start)
        if (first := parting(found)) == VALIDATION:
            print(VALIDATION_DIFFERS)
            return True
        if first:
            print(f"They part at {first} all the same.")
        elif len(found) == len(lines):
            print(f"All {len(lines)} lines agree then: your program is right.")
            print("Why its digits are others: python nnfs_steps concept 8")
            return True
        else:
            print("It does not print the same lines then.")
    return False


def other_settings(step, mine):
    """Yield what a reader's objects are made with, where it is not as in the step; if they
    are as many.
    """
    ours, theirs = settings(step), settings(mine)
    counts = [Counter(kind for kind, _ in found) for found in (ours, theirs)]
    for key in [x for x in ours if counts[0][x[0]] == counts[1][x[0]]]:
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

"""Compares scripts: by their code, by what they print, and of a reader's file also why."""

import ast
import re
from dataclasses import replace
from pathlib import Path

from tour import changes, runner
from tour.judge.names import alias, kind_of
from tour.outputs import VALIDATION, in_both, parting, show_outputs
from tour.terminal import shortened

LIMIT = 60  # seconds; what took longer is not run again
CAUSES = {  # what to run a file with, the options for it, and what it means if it helps
    "exp and log as in step 07": (
        {"rounded": True},
        "your program is right.\nWhy its digits are others: python nnfs_steps concept 8",
    ),
    "nnfs.init(), too": ({"rounded": True, "init": True}, "nnfs.init() is missing."),
}
NO_REASON = """\
Its classes are right, as far as check can say. So look at the program: what differs stands
above. If you find no mistake, your sums may have another order, and so other digits: see
concept 08."""
NO_FIRST = """\
It does not print the step's first epoch. Does it count from 1? Then its epoch 100 is the
step's epoch 99, and no line can be compared."""
FROM_THE_START = """\
They differ before anything is learned: look at the data, at the first weights, and at
the order in which random numbers are drawn."""
VALIDATION_DIFFERS = """\
Only the validation differs: does the test data go through the network at the end, and
without dropout?"""


def compare(scripts, steps, figures):
    """Show how scripts differ; return 1 if one did not run to its end, else 0."""
    titles, runs, doubtful = [script.title for script in scripts], [], []
    own = [script.ours for script in scripts] == [True, False]
    old, new = scripts[0], scripts[-1]
    known = [s for s in reversed(steps.values()) if own or s.number < new.number]
    if own:
        doubtful = show_own(old, new, [old, *known])
    elif len(scripts) == 2:
        changes.show_changes(old, new, [old, *known])
    print(f"\nRunning {', '.join(titles)} ...")
    for run in runner.run_all(scripts, options={}):
        ended = run.problem or f"{len(run.lines)} lines"
        print(f"{run.script.title}: {ended}, {run.seconds:.1f} s")
        for line in shortened(run.errors):
            print(line)
        runs.append(run)
    if own:
        runs[1] = counted(*runs)
    if all(run.lines for run in runs):
        show_outputs(runs)
        if own:
            show_why(*runs, doubtful)
    if figures:
        from tour import curves  # matplotlib takes its time

        name = "-".join(script.path.stem[:2] for script in scripts)
        print(f"Saved {curves.save(runs, Path(figures, f'{name}.png'))}")
    return int(any(run.problem for run in runs))


# ---- A reader's code


def show_own(old, new, known):
    """Show what check says of a reader's classes, and the code of those that may be
    wrong and of the program; return the names of those that differ and are used.
    """
    from tour.judge.report import verdicts  # NumPy takes its time

    print(f"Checking the classes of {new.title} ...")
    found, words = verdicts(new.path), rename(new, old)
    doubtful = [verdict for verdict in found if verdict.outcome != "agrees"]
    changes.show_names("Right", [v.name for v in found if v.outcome == "agrees"])
    for verdict in doubtful:
        print(verdict.text)
        own = words.get(verdict.name, verdict.name)
        for name in new.parts:
            cls, _, method = name.partition(".")
            script, _ = changes.source(name, new, known)
            if cls == own and script and method in (verdict.methods or [method]):
                changes.show_part(name, script, new)
            elif cls == own and method and not script and verdict.methods:
                title = f"{name}, in {new.title} only"
                changes.show_lines(title, [], changes.lines_in(new, name), brief=True)
    changes.show_part(changes.PROGRAM, old, new)
    text = "\n".join(file.text for file in new.files)
    names = [v.name for v in doubtful if v.outcome == "differs"]
    return [n for n in names if len(re.findall(rf"\b{n}\b", text)) > 1]  # it uses it


def rename(new, old):
    """Call a reader's classes, attributes, and what holds the objects, as a step does, in
    the trees; return {their name: ours}.
    """
    words, theirs = {}, variables(new)
    for kind, names in variables(old).items():
        words |= zip(theirs.get(kind, []), names)
    nodes = [node for file in new.files for node in ast.walk(file.tree)]
    classes = [node.name for node in nodes if isinstance(node, ast.ClassDef)]
    for name in classes:
        if kind_of(name) not in [None, *classes]:
            words[name] = kind_of(name)
    ours, other = [
        {node.attr for node in some if isinstance(node, ast.Attribute)}
        for some in (ast.walk(old.tree), nodes)
    ]
    free = sorted(other - ours)
    attributes = {alias(name, free): name for name in sorted(ours - other)}
    attributes.pop(None, None)
    both = ("id", words), ("attr", attributes), ("name", words | attributes)
    for node in nodes:
        for field, names in both:
            if getattr(node, field, None) in names:
                setattr(node, field, names[getattr(node, field)])
    return words


def variables(script):
    """What holds the objects in a program: {kind of class: [name, ...]}."""
    found, code = {}, "\n".join(map(ast.unparse, changes.program(script)))
    for name, cls in dict(re.findall(r"(?m)^(\w+) = (\w+)\(", code)).items():
        found.setdefault(kind_of(cls), []).append(name)
    found.pop(None, None)  # what no step has
    return found


# ---- A reader's numbers


def counted(step, mine):
    """A reader's run, with its epochs counted as in the step."""
    if (step.first, mine.first) != (0, 1):
        return mine
    print(f"{mine.script.title} counts from 1: its epoch n is shown as n - 1.")
    return replace(mine, start=1)


def show_why(step, mine, doubtful):
    """Say why a reader's run prints other numbers than that of a step."""
    pairs = in_both(step, mine)
    first = parting(pairs)
    if first and mine.first not in (None, step.first):
        print(NO_FIRST)
        return
    if first and (mine.seconds > LIMIT or mine.problem):
        print(
            f"It failed or took over {LIMIT} seconds: we don't run it again to see why."
        )
    elif first:
        first = parting_again(step, mine, len(pairs))
    if first is None:
        return
    reasons = [f"{name} may be why: see above." for name in doubtful]
    if len(step.trainings) == 1:
        reasons += other_settings(step, mine)
    reason = NO_REASON
    if first == "epoch 0":
        reason = FROM_THE_START
    if first.startswith(VALIDATION):
        reason = VALIDATION_DIFFERS
    print(*reasons or [reason], sep="\n")


def parting_again(step, mine, count):
    """What a reader's run and a step's part at when what most often makes other digits is
    mended, or None.
    """

    def differs(text):
        """Whether a line has the name of some of the step's, and agrees with none."""
        lines = replace(mine, lines=[text]).compared
        pairs = [(x, y) for x in lines for y in step.compared if x.name == y.name]
        return pairs and not any(x.agrees(y) for x, y in pairs)

    code = "\n".join(ast.unparse(file.tree) for file in mine.script.files)
    for what, (options, why) in CAUSES.items():
        if "init" in options and "nnfs.init" in code:
            continue
        print(f"Running {mine.script.title} again, with {what} ...")
        again = runner.run(mine.script, None, options, 2 * LIMIT, differs)
        pairs = in_both(step, replace(again, start=mine.start))
        first = parting(pairs)
        if not first and len(pairs) == count:
            print(f"All {count} lines agree then: {why}")
            return None
        print(f"They part at {first or 'lines that are missing'} all the same.")
    return first or ""


def other_settings(step, mine):
    """Yield what the objects of a reader's program have that is not as in the step."""
    ours, theirs = settings(step), settings(mine)
    for (kind, name), values in ours.items():
        other = alias(name, [word for own, word in theirs if own == kind])
        changing = name.startswith("current")  # and says no more than iterations
        if other and theirs[kind, other] != values and not changing:
            both = theirs[kind, other], values
            yours, own = [", ".join(sorted(map(str, each))) for each in both]
            yield f"{other} of {kind} is {yours}, the step has {own}."


def settings(run):
    """The plain values that objects have at the end: {(kind, name): {value, ...}}."""
    found = {}
    for cls, values in run.made:
        for name, value in values.items():
            found.setdefault((kind_of(cls), name), set()).add(value)
    return {key: found[key] for key in found if key[0]}  # of what the steps have

"""Compares scripts: by their code, by what they print, and of a reader's file also why."""

import ast
import re
from pathlib import Path

from tour import runner
from tour.changes import PROGRAM, program, show_changes, show_names, show_part, source
from tour.judge.names import alias, kind_of
from tour.outputs import VALIDATION, in_both, parting, read, show_outputs
from tour.scripts import spelled
from tour.terminal import say, shortened

LIMIT = 60  # seconds; what took longer is not run again
# What can explain other numbers, in the order in which we try it, with the words for
# sitecustomize.py
CAUSES = {
    "exp and log as in step 07": {"rounded": True},
    "nnfs.init(), which is missing, too": {"rounded": True, "init": True},
}
NO_REASON = """\
None of its classes differs from the steps'. If the numbers are near, your sums have
another order (concept 08). If not, look at the program: what differs stands above."""
VALIDATION_DIFFERS = """\
Only the validation differs: is what goes through the network at the end the test
data, and without dropout?"""
FROM_THE_START = """\
They differ before anything is learned: look at the data, at the first weights, and
at the order in which random numbers are drawn."""


def compare(scripts, steps, figures):
    """Show how scripts differ; return 1 if one did not run to its end, else 0."""
    titles, doubtful = [script.title for script in scripts], []
    say(f"=== {', '.join(titles[:-1])} and {titles[-1]}")
    if len(scripts) == 2:
        old, new = scripts
        earlier = [step for step in steps.values() if step is not old]
        if new.ours:
            show_changes(old, new, [s for s in earlier if s.number < new.number])
        else:
            doubtful = show_own(old, new, earlier)
    print(f"\nRunning {', '.join(titles)} ...\n")
    runs = [*runner.run_all(scripts, options={})]
    for title, run in zip(titles, runs):
        took = f"{title} took {run.seconds:.1f} s"
        print(f"{took}, and {run.problem}." if run.problem else f"{took}.")
        print(*shortened(run.errors), sep="\n", end="\n" if run.errors else "")
    outputs = [read(x) for x in runs if not f"{x.problem}".startswith("crashed")]
    own = [each.run.script.ours for each in outputs] == [True, False]
    if own:
        outputs[1] = counted(*outputs)
    if len(outputs) > 1:
        show_outputs(outputs)
    if own:
        show_why(*outputs, doubtful)
    if figures:
        from tour import curves  # matplotlib takes its time

        name = "-".join(script.path.stem[:2] for script in scripts)
        print(f"Saved {curves.save(outputs, Path(figures, f'{name}.png'))}")
    return int(any(run.problem for run in runs))


# ---- A reader's code


def show_own(old, new, earlier):
    """Show what check says of a reader's classes, then the code of those that may be
    wrong, and of the program; return the names of those that it uses.
    """
    from tour.judge.report import verdicts  # NumPy takes its time

    print(f"Checking the classes of {new.title} ...")
    found, names = verdicts(new.path), rename(new, old)
    right = [v.name for v in found if v.outcome == "agrees" and not v.methods]
    doubtful = [verdict for verdict in found if verdict.name not in right]
    show_names("Right", right)
    for verdict in doubtful:
        print(verdict.text)
    for verdict in doubtful:
        cls = names.get(verdict.name, verdict.name)
        methods = "|".join(verdict.methods) or r"\w+"
        for name in new.parts:
            if re.fullmatch(rf"{cls}\.({methods})", name):
                script, same = source(name, new, [old, *reversed(earlier)])
                if script and not same:
                    show_part(name, script, new)
    show_part(PROGRAM, old, new)
    code = "\n".join(map(ast.unparse, program(new)))
    wrong = [v.name for v in doubtful if v.outcome != "not judged"]
    return [name for name in wrong if re.search(rf"\b{names.get(name, name)}\b", code)]


def rename(new, old):
    """Call a reader's classes, attributes, and what holds the objects, as a step does, in
    the trees; return {their class: ours}.
    """
    nodes = [node for file in new.files for node in ast.walk(file.tree)]
    own = [node.name for node in nodes if isinstance(node, ast.ClassDef)]
    kinds = {kind_of(name): name for name in own if kind_of(name)}
    known = {spelled(name) for name in own}
    names = {kinds[kind]: kind for kind in kinds if spelled(kind) not in known}
    theirs, words = variables(new), dict(names)
    for key, name in variables(old).items():
        words[theirs.get(key)] = name
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    ours = {node.attr for node in ast.walk(old.tree) if isinstance(node, ast.Attribute)}
    for name in ours - attributes:
        words[alias(name, attributes - ours)] = name
    words.pop(None, None)
    for node in nodes:
        for field in "name", "id", "attr":
            if getattr(node, field, None) in words:
                setattr(node, field, words[getattr(node, field)])
    return names


def variables(script):
    """What holds the objects in a program: {(kind of class, which of them): name}."""
    found = {}
    for node in program(script):
        match node:
            case ast.Assign([ast.Name(name)], ast.Call(ast.Name(cls))):
                which = [kind for kind, _ in found].count(kind_of(cls))
                if kind_of(cls) and name not in found.values():
                    found[kind_of(cls), which] = name
    return found


# ---- A reader's numbers


def counted(step, mine):
    """What a reader's file prints, with its epochs counted as in the step."""
    firsts = [{min(x.epochs) for x in each.trainings} for each in (step, mine)]
    if firsts != [{0}, {1}]:
        return mine
    print(f"{mine.title} counts from 1: its epoch n is shown as n - 1.")
    return read(mine.run, start=1)


def show_why(step, mine, doubtful):
    """Say why a reader's file prints other numbers than a step, given their Outputs;
    doubtful are the classes that may be the reason.
    """
    pairs = in_both(step, mine)
    first = parting(pairs)
    if not first or explained(step, mine, len(pairs)):
        return
    reasons = [f"{name} may be why: see above." for name in doubtful]
    if len(step.trainings) == 1:
        reasons += other_settings(step.run, mine.run)
    if not reasons:
        reasons = [FROM_THE_START if first == pairs[0][0].name else NO_REASON]
    print(*reasons, sep="\n")


def explained(step, mine, count):
    """Whether all lines agree when a reader's file is run again without a cause."""
    run, known = mine.run, {}
    if run.seconds > LIMIT or run.problem:
        print(f"It took {LIMIT} seconds or failed: we don't run it again to see why.")
        return False
    for line in step.compared:
        known.setdefault(line.name, []).append(line)

    def parts(text):
        """Whether a line tells of what the step tells too, with other numbers."""
        lines = read(run._replace(lines=[text]), start=mine.start).compared
        lines = [line for line in lines if line.name in known]
        return any(not any(map(x.agrees, known[x.name])) for x in lines)

    code = "".join(file.text for file in run.script.files)
    for cause, options in CAUSES.items():
        if "init" in options and "nnfs.init" in code:
            continue
        print(f"Running {mine.title} again, with {cause} ...")
        again = runner.run(run.script, options=options, limit=2 * LIMIT, until=parts)
        pairs = in_both(step, read(again, start=mine.start))
        first = parting(pairs)
        if first and first.startswith(VALIDATION):
            print(VALIDATION_DIFFERS)
            return True
        if first:
            print(f"They part at {first} all the same.")
        elif len(pairs) == count:
            print(f"All {count} lines agree then: your program is right.")
            print("Why its digits are others: python nnfs_steps concept 8")
            return True
        else:
            print("It does not print the same lines then.")
    return False


def other_settings(step, mine):
    """Yield what the objects of a reader's program have that is not as in the step."""
    ours, theirs = settings(step), settings(mine)
    for (kind, name), values in ours.items():
        other = alias(name, [word for own, word in theirs if own == kind])
        if other and theirs[kind, other] != values:
            found, own = (
                ", ".join(sorted(map(str, x))) for x in (theirs[kind, other], values)
            )
            yield f"{other} of {kind} is {found}, the step has {own}."


def settings(run):
    """The plain values that objects have at the end: {(kind, name): {value, ...}}."""
    found = {}
    for cls, values in run.made:
        for name, value in values.items():
            if kind := kind_of(cls):
                found.setdefault((kind, name), set()).add(value)
    return found

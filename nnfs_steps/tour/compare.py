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
from tour.scripts import spelled
from tour.terminal import say, shortened
from tour.trainings import agreement, paired, trainings, without_penalties

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
    if [script.ours for script in scripts] == [True, False]:
        show_why(*runs, wrong)
    outputs = [(run.script.title, run.lines, run.script) for run in runs]
    show_outputs(outputs)
    print()
    for title, run in zip(titles, runs):
        took = f"{title} took {run.seconds:.1f} s"
        print(f"{took}, and {run.problem}." if run.problem else f"{took}.")
        for line in shortened(run.errors):
            print(line)
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
    from tour.judge import verdicts  # NumPy takes its time
    from tour.judge.names import kind_of

    print(f"Checking the classes of {new.title} ...")
    found = verdicts(new.path)
    names = rename(new, kind_of)
    for name, ours in names.items():
        print(f"Your {name} is the step's {ours}.")
    right = [names.get(v.name, v.name) for v in found if v.outcome == "agrees"]
    show_changes(old, new, earlier, right)
    used = codes(new)[PROGRAM]
    wrong = [verdict for verdict in found if verdict.outcome == "differs"]
    return [v.text for v in wrong if spelled(names.get(v.name, v.name)) in used]


def rename(script, kind_of):
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
    pairs = paired(read(step), read(mine))
    for own, training in pairs:
        lines = agreement(own, training)
        print(f"\n{how_far(lines, len(lines))}")
        if all(lines.values()):
            continue
        if not explained(step, mine, own, len(lines)):
            reasons = (
                other_settings(step.script, mine.script) if len(pairs) == 1 else []
            )
            print(*(reasons or wrong_classes or [NO_REASON]), sep="\n")
        return


def how_far(lines, count):
    """How many lines of a training agree, of so many, as agreement found."""
    text = f"{sum(lines.values())} of {count} training lines agree"
    wrong = [name for name, fits in lines.items() if not fits]
    return f"{text}; they part at {wrong[0]}." if wrong else f"{text}."


def explained(step, mine, own, count):
    """Whether a training of so many lines agrees when run again without a cause; say so."""
    if mine.seconds > LIMIT or mine.problem:
        print(f"It took {LIMIT} seconds or failed: we don't run it again to see why.")
        return False
    code = "".join(file.text for file in mine.script.files)
    for cause, options in CAUSES.items():
        if "init" in options and "nnfs.init" in code:
            continue
        print(f"Running {mine.script.title} again, with {cause} ...")
        again = read(runner.run(mine.script, options=options, limit=2 * LIMIT))
        pairs = paired(read(step), again)
        lines = next((agreement(*pair) for pair in pairs if pair[0] == own), {})
        print(how_far(lines, count))
        if sum(lines.values()) == count:
            print("So they are right, and concept 08 says why.")
            return True
    if re.search(r"epoch\w* in range\(1,", code):
        print("It counts from 1: its epoch n is ours n - 1.")
    return False


def other_settings(step, mine):
    """What a reader's objects are made with, where it is not as in the step, in words."""
    ours, theirs = settings(step), settings(mine)
    both = [(ours[key][1], *theirs[key]) for key in ours if key in theirs]
    return [f"{name} is {x}, the step has {own}." for own, name, x in both if x != own]


def settings(script):
    """What objects are made with: {(class, which of them, name): (name, value)}."""
    found, counts = {}, Counter()
    inits = {spelled(name): part.node for name, part in script.parts.items()}
    for node in [n for n in ast.walk(script.tree) if isinstance(n, ast.Call)]:
        kind = spelled(ast.unparse(node.func))
        if init := inits.get(f"{kind}.__init__"):
            counts[kind] += 1
            names = [each.arg for each in init.args.args]
            values = dict(zip(names[::-1], init.args.defaults[::-1]))
            values |= zip(names[1:], node.args)
            values |= {each.arg: each.value for each in node.keywords}
            for name, value in values.items():
                if isinstance(value, ast.Constant):
                    key = kind, counts[kind], spelled(name)
                    found[key] = f"{name} of {ast.unparse(node.func)}", value.value
    return found

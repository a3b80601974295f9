"""Says why a reader's training prints other numbers than the step's."""

import ast
import re
from collections import Counter
from itertools import chain
from textwrap import fill

from tour import runner
from tour.differences import read
from tour.scripts import spelled
from tour.terminal import pass_by
from tour.trainings import agreement, paired

LIMIT = 60  # seconds; what took longer is not run again

# What can explain other numbers, in the order in which we try it: options of inside.py,
# and what we say
CAUSES = [
    (
        {"rounded": True},
        "With exp and log as in step 07",
        ": they are right, and concept 08 says why",
    ),
    (
        {"rounded": True, "init": True},
        "With nnfs.init(), which is missing, and exp and log as in step 07",
        "",
    ),
]
NO_REASON = (
    "None of its classes differs from the steps': look at the program, or your sums\n"
    "have another order (concept 08)."
)


def show_why(step, mine, wrong_classes):
    """Print how far the trainings in the runs of a step and of a reader's file agree, and
    why not; wrong_classes is what check says of the classes that differ.
    """
    found, _ = read([step.output, mine.output])
    for own, training in paired(*found):
        lines = agreement(own, training)
        parted = first_wrong(lines)
        good = sum(fits for _, fits in lines)
        print(f"\n{good} of {len(lines)} training lines agree.")
        if parted:
            print(f"They part at {parted}.")
            if not explained(step, mine, own, len(lines)):
                alone = len(found[0]) == len(found[1]) == 1
                reasons = [*other_settings(step.script, mine.script)] if alone else []
                print(*(reasons or wrong_classes or [NO_REASON]), sep="\n")
            return


def first_wrong(lines):
    """The name of the first line that differs, of some that agreement found, or None."""
    return next((name for name, fits in lines if not fits), None)


def explained(step, mine, own, count):
    """Whether a training of so many lines agrees when run again without a cause; say so."""
    if mine.seconds > LIMIT or mine.problem:
        print(f"It took {LIMIT} seconds or failed: we don't run it again to see why.")
        return False
    code = "".join(each.text for each in mine.script.files)
    for options, start, end in CAUSES:
        if "init" in options and "nnfs.init" in code:
            continue
        pass_by(f"Running {mine.script.title} again, to see why ...")
        again = runner.run(mine.script, options=options, limit=2 * LIMIT)
        pass_by("")
        found, _ = read([step.output, again.output])
        found = [agreement(*pair) for pair in paired(*found) if pair[0] == own]
        lines = [*chain(*found)]
        if again.problem or len(lines) < count or again.lines == mine.lines:
            continue
        if wrong := first_wrong(lines):
            print(fill(f"{start} they part at {wrong} all the same.", 88))
        else:
            print(fill(f"{start} all {len(lines)} training lines agree{end}.", 88))
            return True
    if re.search(r"epoch\w* in range\(1,", code):
        print("It counts from 1: its epoch n is ours n - 1.")
    return False


def other_settings(step, mine):
    """Yield which settings that a step's program makes its objects with are others in
    that of a reader.
    """
    own, others = settings(step), settings(mine)
    for key in own:
        if key in others and own[key][1] != others[key][1]:
            name, value = others[key]
            yield f"{name} is {value}, the step has {own[key][1]}."


def settings(script):
    """What a script makes its objects with: {(class, which of them, name): (name, value)},
    the keys as if all spelled alike.
    """
    found, counts = {}, Counter()
    inits = {spelled(name): part.node for name, part in script.parts.items()}
    for node in [n for n in ast.walk(script.tree) if isinstance(n, ast.Call)]:
        kind = spelled(ast.unparse(node.func))
        if init := inits.get(f"{kind}.init"):
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

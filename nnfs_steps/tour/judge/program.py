"""The program of an exercise: its first epochs, run in the same process as the judge."""

import ast
import contextlib
import io
import re
from math import isclose

import numpy as np

from tour.judge.load import DEFINES
from tour.judge.verdict import AGREES, DIFFERS, Verdict, tree_of, step

EPOCHS = 21
FEW = {  # what makes a training short, and print each epoch
    r"range\(\d{3,}\)": f"range({EPOCHS})",
    r"\bepochs=\d+": f"epochs={EPOCHS}",
    r"% 1000?\b": "% 1",
    r"print_every=\d+": "print_every=1",
    r"samples=\d+": "samples=50",
    r"sine_data\(\)": "sine_data(50)",
}
NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
DIGITS = rf"\s|(?<!epoch: )(?<!\d){NUMBER}"


def first_lines(tree, space):
    """What a program prints in its first epochs, and the error that ends it, or None."""
    printed = io.StringIO()
    np.random.seed(0)
    with contextlib.redirect_stdout(printed):
        try:
            for node in tree.body:
                text = ast.unparse(node)
                if isinstance(node, DEFINES) or re.search("plt|draw_|nnfs.init", text):
                    continue
                for old, new in FEW.items():
                    text = re.sub(old, new, text)
                exec(text, space)
        except (Exception, SystemExit) as error:
            return printed.getvalue().splitlines(), error
    return printed.getvalue().splitlines(), None


def program_verdict(file, number):
    """Whether the program prints what the step prints, but for last digits."""
    name = f"The first {EPOCHS} epochs"
    lines, _ = first_lines(tree_of(number), dict(step(number)))
    printed, error = first_lines(file.tree, file.space)
    if error:
        text = f"{type(error).__name__}: {error}"
        return Verdict(name, DIFFERS, f"The program ends with {text}")
    for old, new in zip(lines, alike(lines, printed)):
        if new is None or far([old], [new]):
            text = f"The program prints another line in its first {EPOCHS} epochs"
            shown = new or "(no such line)"
            text += f"\n    yours       {shown}\n    the step's  {old}"
            return Verdict(name, DIFFERS, text)
        if old != new and old.startswith("epoch"):
            break
    return Verdict(name, AGREES, "")


def alike(lines, printed):
    """For each line the printed one that is the same, or else the same but for numbers
    other than epochs; None where there is none. Both keep their order.
    """
    for form in r"$^", DIGITS:
        rest = iter(printed)
        blank = [re.sub(form, "", line) for line in lines]
        found = [next((x for x in rest if re.sub(form, "", x) == y), None) for y in blank]
        if None not in found:
            break
    return found


def far(lines, printed):
    """Whether outputs differ by more than last digits do where they begin to differ."""
    for old, new in zip(lines, printed):
        if new is None:
            return True
        for pair in zip(re.findall(NUMBER, old), re.findall(NUMBER, new)):
            digits = max(3, *(len(text.partition(".")[2]) for text in pair))
            if not isclose(*map(float, pair), rel_tol=0.05, abs_tol=2.5 / 10**digits):
                return True
        if old != new and old.startswith("epoch"):
            break  # a training makes more of them
    return False

"""The program of an exercise: its first epochs, run in the same process as the judge."""

import ast
import contextlib
import io
import re
from itertools import zip_longest
from math import isclose

import numpy as np

from tour.judge.steps import DEFINES, IMPORTS, SCRIPTS, step
from tour.judge.verdict import AGREES, DIFFERS, Verdict

EPOCHS = 21
FEW = {  # what makes a training short, and prints often
    r"range\(\d{3,}\)": f"range({EPOCHS})",
    r"\bepochs=\d+": f"epochs={EPOCHS}",
    r"% 1000?\b": "% 5",
    r"print_every=\d+": "print_every=5",
    r"samples=\d+": "samples=50",
    r"sine_data\(\)": "sine_data(50)",
    r"_l2=5e-4": "_l2=0.05",  # so that its part of the loss can be seen
    r"(add\(Layer_Dense\(64, \d)\)": r"\1, weight_regularizer_l2=0.05)",
}
NAME = "the program"
NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
ANY = rf"\s|{NUMBER}"
DIGITS = rf"\s|(?<!epoch: )(?<!\d){NUMBER}"


def first_lines(tree, space):
    """What a program prints in its first epochs, and the error that ends it, or None."""
    printed, problem = io.StringIO(), None
    np.random.seed(0)
    with contextlib.redirect_stdout(printed):
        try:
            for node in tree.body:
                text, defines = ast.unparse(node), isinstance(node, DEFINES | IMPORTS)
                for old, new in FEW.items():
                    text = re.sub(old, new, text)
                if not defines and not re.search("plt|draw_|nnfs.init", text):
                    exec(text, space)
        except (Exception, SystemExit) as error:
            problem = f"{type(error).__name__}: {error}"
    return printed.getvalue().splitlines(), problem


def program_verdict(file, number, draws):
    """Whether the program prints what the step prints, but for last digits.

    draws says that a reader's own code draws random numbers: then only the form counts.
    """
    lines, _ = first_lines(SCRIPTS[number].tree, dict(step(number)))
    printed, problem = first_lines(file.tree, file.space)
    why = problem or difference(lines, printed, draws)
    if not why:
        return Verdict(NAME, AGREES, "")
    text = f"The program differs from step {number:02} in its first {EPOCHS} epochs"
    return Verdict(NAME, DIFFERS, f"{text}\n    {why}")


def difference(lines, printed, draws):
    """The words for the first line that differs, or None; what else is printed may be."""
    forms = [re.sub(ANY, "", line) for line in lines]
    printed = [line for line in printed if line and re.sub(ANY, "", line) in forms]
    lines = [line for line in lines if line]
    for old, new in zip_longest(lines, printed, fillvalue="nothing"):
        same = re.sub(DIGITS, "", old) == re.sub(DIGITS, "", new)
        if not same or not (draws or near(old, new)):
            return f"yours       {new}\n    the step's  {old}"
    return None


def near(old, new):
    """Whether two lines differ in no more than last digits."""
    for pair in zip(re.findall(NUMBER, old), re.findall(NUMBER, new)):
        digits = [len(text.partition(".")[2]) for text in pair]
        if digits[0] != digits[1] and max(digits) <= 6:
            return False
        last = 2.5 / 10 ** min(digits)
        if not isclose(*map(float, pair), rel_tol=1e-4, abs_tol=last):
            return False
    return True

"""The program of an exercise: its first epochs, run in the same process as the judge."""

import ast
import contextlib
import io
import re
from itertools import zip_longest
from math import isclose

import numpy as np

from tour.judge.steps import DEFINES, SCRIPTS, step
from tour.judge.verdict import AGREES, DIFFERS, Verdict

FEW = {  # what makes a training short, and prints often
    r"range\(\d{3,}\)": "range(21)",
    r"\bepochs=\d+": "epochs=21",
    r"% 1000?\b": "% 5",
    r"print_every=\d+": "print_every=5",
    r"samples=\d+": "samples=50",
    r"_l2=5e-4": "_l2=0.05",  # so that its part of the loss can be seen
    r"(add\(Layer_Dense\(64, \d)\)": r"\1, weight_regularizer_l2=0.05)",
}
NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"


def program_verdict(judge):
    """Whether the program prints what the step prints, but for last digits."""
    number = judge.number
    # With the step's own dropout it draws the same random numbers
    judge.load({"Layer_Dropout": step(number).get("Layer_Dropout")})
    try:
        printed = first_lines(judge.file.script, judge.file.spaces["reader"])
    except (Exception, SystemExit) as error:
        return differs(number, f"{type(error).__name__}: {error}")
    lines = first_lines(SCRIPTS[number], dict(step(number)))
    forms = [form(line) for line in lines]
    printed = [line for line in printed if form(line) in forms]  # there may be more
    for old, new in zip_longest(lines, printed, fillvalue="nothing"):
        if form(old) != form(new) or not near(old, new):
            return differs(number, f"yours       {new}", f"the step's  {old}")
    return Verdict("the program", AGREES, "")


def differs(number, *lines):
    words = f"The program differs from step {number:02} in its first 21 epochs"
    return Verdict("the program", DIFFERS, "\n    ".join([words, *lines]))


def first_lines(script, space):
    """What a program prints in its first epochs."""
    body = [node for node in script.tree.body if not isinstance(node, DEFINES)]
    codes = [ast.unparse(node) for node in body]
    code = "\n".join(x for x in codes if not re.search("plt|draw_|mark_|nnfs.init", x))
    for old, new in FEW.items():
        code = re.sub(old, new, code)
    np.random.seed(0)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, space)
    return [line for line in printed.getvalue().splitlines() if line]


def form(line):
    return re.sub(rf"\s|{NUMBER}", "", line)


def near(old, new):
    """Whether the numbers of two lines differ in no more than last digits."""
    for pair in zip(re.findall(NUMBER, old), re.findall(NUMBER, new)):
        fewer, more = sorted(len(text.partition(".")[2]) for text in pair)
        last = 2.5 / 10**fewer if fewer else 0
        same = isclose(*map(float, pair), rel_tol=1e-4, abs_tol=last)
        if fewer < more <= 6 or not same:
            return False
    return True

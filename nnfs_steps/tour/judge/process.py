"""What runs in a process of its own: judges a file, and prints a line of JSON for each
verdict, as soon as it is found.
"""

import ast
import contextlib
import io
import json
import re
import sys
import warnings
from itertools import zip_longest
from pathlib import Path

import numpy as np

from tour.differences import key
from tour.exercises import EMPTY
from tour.judge.load import DEFINES, SCRIPTS, File, step
from tour.judge.verdict import (
    AGREES,
    DIFFERS,
    NOT_JUDGED,
    Verdict,
    explained,
    says,
    verdict,
)
from tour.scripts import Script
from tour.trainings import NUMBER

FEW = {  # what makes a training short, and prints often
    r"range\(\d{3,}\)": "range(21)",
    r"\bepochs=\d+": "epochs=21",
    r"% 1000?\b": "% 5",
    r"print_every=\d+": "print_every=5",
    r"_l2=5e-4": "_l2=0.05",  # so that its part of the loss can be seen
    r"(add\(Layer_Dense\(64, \d)\)": r"\1, weight_regularizer_l2=0.05)",
}
PROGRAM, WHERE = "The program", " in its first lines"


def main(path, number=0, *names):
    out, sys.stdout = sys.stdout, io.StringIO()  # what a reader's code prints is lost
    for found in judged(Script(Path(path)), int(number), names):
        print(json.dumps(found), file=out, flush=True)


def judged(script, exercise=0, names=()):
    """Yield the verdicts on what a file defines.

    Of an exercise, only what stands under some names is judged, and then the program.
    """
    warnings.simplefilter("ignore")
    file, wrong = File(script, exercise), {}
    for code, why in file.lost:
        defines = re.match(r"class (\w+)|(?:from|import) .*", code)
        if defines and "ends with" in why:
            yield says(defines[1] or code, NOT_JUDGED, f", {why}")
    words = re.findall(r"\w+", script.text)
    used = [name for name in file.parts if name in words]
    for name in names or used:
        found = verdict(file, name)
        if found.outcome == DIFFERS:
            wrong[name] = found
        else:
            yield found
    for name in wrong:  # it may be another's mistake
        yield explained(file, wrong, name)
    if exercise and not wrong and EMPTY not in script.text:
        yield program_verdict(script, exercise)
    rest = [name for name in file.parts if name not in used]
    if rest and not exercise:
        text = f"{len(rest)} more in its modules: {', '.join(rest)}"
        yield Verdict(text, NOT_JUDGED, text)


# ---- The program of an exercise: its first epochs


def program_verdict(script, number):
    """Whether the program prints what the step prints, but for last digits."""
    # With the step's own dropout it draws the same random numbers
    dropout = {"Layer_Dropout": step(number).get("Layer_Dropout")}
    try:
        printed = first_lines(File(script, instead=dropout))
    except (Exception, SystemExit) as error:
        return says(PROGRAM, DIFFERS, WHERE, f"{type(error).__name__}: {error}")
    lines = first_lines(File(SCRIPTS[number]))
    forms = [key(line) for line in lines]
    printed = [line for line in printed if key(line) in forms]  # there may be more
    for old, new in zip_longest(lines, printed, fillvalue="nothing"):
        if not near(old, new):
            pair = f"yours       {new}", f"the step's  {old}"
            return says(PROGRAM, DIFFERS, WHERE, *pair)
    return says(PROGRAM, AGREES, WHERE)


def first_lines(file):
    """What a program prints in its first epochs."""
    body = [node for node in file.script.tree.body if not isinstance(node, DEFINES)]
    codes = [ast.unparse(node) for node in body]
    code = "\n".join(x for x in codes if not re.search("plt|draw_|mark_|nnfs.init", x))
    for old, new in FEW.items():
        code = re.sub(old, new, code)
    np.random.seed(0)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, file.space)
    return [line for line in printed.getvalue().splitlines() if line]


def near(old, new):
    """Whether two lines have the same words, and the same numbers but for last digits."""
    numbers = [np.array(re.findall(NUMBER, line), float) for line in (old, new)]
    return key(old) == key(new) and np.allclose(*numbers, 1e-4, 1e-6)

"""What runs in a process of its own: reads a file, judges it, prints a line of JSON each.

The first line has the names that will be judged, in the order of the file; the others a
verdict each, as soon as it is found.
"""

import ast
import contextlib
import functools
import io
import json
import re
import sys
import warnings
from itertools import zip_longest
from math import isclose
from pathlib import Path

import numpy as np

from tour.exercises import EMPTY
from tour.judge.load import DEFINES, SCRIPTS, File, step
from tour.judge.verdict import AGREES, DIFFERS, NOT_JUDGED, Judge, Verdict, says
from tour.outputs import NUMBER, line_of

FEW = {  # what makes a training short, and prints often
    r"range\(\d{3,}\)": "range(21)",
    r"\bepochs=\d+": "epochs=21",
    r"% 1000?\b": "% 5",
    r"print_every=\d+": "print_every=5",
    r"_l2=5e-4": "_l2=0.05",  # so that its part of the loss can be seen
    r"(add\(Layer_Dense\(64, \d)\)": r"\1, weight_regularizer_l2=0.05)",
}
NAME, WHERE = "The program", " in its first lines"


def main(path, number=0, *names):
    out, sys.stdout = sys.stdout, io.StringIO()  # what a reader's code prints is lost
    for found in judged(Path(path), int(number), names):
        print(json.dumps(found), file=out, flush=True)


def judged(path, number=0, names=()):
    """Yield the names of what a file defines, and then their verdicts.

    Of an exercise, only what stands under some names is judged, and then the program.
    """
    warnings.simplefilter("ignore")
    judge = Judge(File(path.resolve()), number)
    text, parts = judge.file.script.text, judge.parts
    words = {*re.findall(r"\w+", text)}
    used = [n for n in parts if parts[n].cls.__module__ == "reader" or n in words]
    rest = [name for name in parts if name not in used]
    imports = [
        x for x in judge.file.lost if isinstance(x[0], ast.Import | ast.ImportFrom)
    ]
    classes = {x.name: why for x, why in judge.file.lost if isinstance(x, ast.ClassDef)}
    classes |= {ast.unparse(node): why for node, why in imports}
    lost = {name: why for name, why in classes.items() if name not in parts}
    names = [name for name in used if name in (names or used)]
    yield [*lost, *names]
    for name in lost:
        yield says(name, NOT_JUDGED, f", {lost[name]}")
    for verdict in map(judge.verdict, names):
        noted = verdict.outcome == AGREES and ", " in verdict.text
        if number and noted:  # an exercise asks for the step's own
            yield verdict._replace(outcome=DIFFERS)
        elif verdict.outcome != DIFFERS:
            yield verdict
    yield from map(judge.explained, [*judge.wrong])  # it may be another's mistake
    if number and not judge.wrong and EMPTY not in text:
        yield program_verdict(judge)
    if rest and not number:
        text = f"{len(rest)} more in its modules: {', '.join(rest)}"
        yield Verdict(text, NOT_JUDGED, text)


# ---- The program of an exercise: its first epochs


def program_verdict(judge):
    """Whether the program prints what the step prints, but for last digits."""
    # With the step's own dropout it draws the same random numbers
    judge.load({"Layer_Dropout": step(judge.number).get("Layer_Dropout")})
    try:
        printed = first_lines(judge.file.script, judge.file.spaces["reader"])
    except (Exception, SystemExit) as error:
        return says(NAME, DIFFERS, WHERE, f"{type(error).__name__}: {error}")
    lines = first_lines_of_step(judge.number)
    forms = [line_of(line).name for line in lines]
    printed = [
        line for line in printed if line_of(line).name in forms
    ]  # there may be more
    for old, new in zip_longest(lines, printed, fillvalue="nothing"):
        if not near(old, new):
            pair = f"yours       {new}", f"the step's  {old}"
            return says(NAME, DIFFERS, WHERE, *pair)
    return says(NAME, AGREES, WHERE)


@functools.cache
def first_lines_of_step(number):
    return first_lines(SCRIPTS[number], dict(step(number)))


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


def near(old, new):
    """Whether two lines differ in no more than last digits."""
    for pair in zip(re.findall(NUMBER, old), re.findall(NUMBER, new)):
        fewer, more = sorted(len(text.partition(".")[2]) for text in pair)
        last = 2.5 / 10**fewer if fewer else 0
        same = isclose(*map(float, pair), rel_tol=1e-4, abs_tol=last)
        if not same or fewer < more <= 6:
            return False
    return line_of(old).name == line_of(new).name

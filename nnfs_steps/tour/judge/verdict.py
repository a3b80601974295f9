"""Says which classes of a file do what the steps' do, and how others differ.

It runs in a process of its own, and prints a line of JSON for each verdict, as soon as it
is found.
"""

import contextlib
import io
import json
import re
import sys
import warnings
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tour.differences import key
from tour.exercises import EMPTY
from tour.judge.calls import CALLS
from tour.judge.case import case_of
from tour.judge.load import SCRIPTS, File, step
from tour.judge.slips import BOOK
from tour.judge.things import short
from tour.scripts import Script
from tour.trainings import NUMBER

AGREES, DIFFERS, NOT_JUDGED = "agrees", "differs", "not judged"
PROGRAM, WHERE = "The program", " in its first lines"
FEW = {  # what makes a training short, and prints often
    r"range\(\d{3,}\)": "range(21)",
    r"\bepochs=\d+": "epochs=21",
    r"% 1000?\b": "% 5",
    r"print_every=\d+": "print_every=5",
    r"_l2=5e-4": "_l2=0.05",  # so that its part of the loss can be seen
    r"(add\(Layer_Dense\(64, \d)\)": r"\1, weight_regularizer_l2=0.05)",
}


class Verdict(NamedTuple):
    name: str
    outcome: str  # agrees, differs or not judged
    text: str  # one line or more, as check prints them
    methods: tuple | list = ()  # in which it differs


def says(name, outcome, words, *lines, methods=()):
    text = "\n    ".join([f"{name}: {outcome}{words}", *filter(None, lines)])
    return Verdict(name, outcome, text, methods)


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
    used = [name for name in file.parts if name in re.findall(r"\w+", script.text)]
    rest = [name for name in file.parts if name not in used]
    for name in sorted(
        names or used, key=lambda name: [*CALLS].index(file.kinds[name])
    ):
        found = verdict(file, name)
        if wrong and found.outcome == DIFFERS:  # again, with the others right
            found = verdict(File(script, exercise, wrong), name)
            if found.outcome == AGREES:
                yield says(name, DIFFERS, f" only through {' and '.join(wrong)}")
                continue
        if found.outcome == DIFFERS:
            wrong[name] = file.held(name)[1]
        yield found
    if exercise and not wrong and EMPTY not in script.text:
        yield program_verdict(script, exercise)
    if rest and not exercise:
        text = f"{len(rest)} more in its modules: {', '.join(rest)}"
        yield Verdict(text, NOT_JUDGED, text)


def verdict(file, name):
    """The verdict on a class; an exercise asks for the step's own."""
    if not file.held(name)[1]:
        return says(name, NOT_JUDGED, ", no step has it")
    case = case_of(file, name)
    slip = case.slip()
    if case.different and not slip.startswith(BOOK):
        return differs(name, case, slip)
    if case.unfit:
        return says(name, NOT_JUDGED, f", {case.unfit}")
    words = [f" with {case.first}", *case.form, *filter(None, [slip])]
    for ours, yours in case.notes:
        values = f"{short(yours.value)}, the step's {short(ours.value)}"
        words.append(f"but {ours.label} is {values}")
    found = says(name, AGREES, ", ".join(words))
    return found._replace(outcome=DIFFERS) if file.exercise and words[1:] else found


def differs(name, case, slip):
    """The verdict on a class with the first call that differs."""
    ours, yours = case.different[0]
    value = yours.value
    if isinstance(value, BaseException):  # the line of the file that has led to it
        line = case.file.frames(value)[-1].lineno
        value = f"{type(value).__name__} in line {line}: {value}"
    lines = [
        f"{yours.start}({', '.join(map(short, yours.given))}) {ours.label}",
        f"yours       {short(value)}",
        f"the step's  {short(ours.value)}",
        slip or factor(ours.value, yours.value),
    ]
    words = f" from {case.first}, in {', '.join(case.methods)}"
    return says(name, DIFFERS, words, *lines, methods=case.methods)


def factor(ours, yours):
    """The words for a factor, if the reader's values are the step's times one number."""
    if np.shape(yours) != ours.shape or ours.size < 2:
        return ""
    with np.errstate(all="ignore"):
        times = (yours / ours)[(ours != 0) | (yours != 0)]
    times = np.unique(np.round(times, 4) + 0.0)
    if len(times) != 1 or times[0] == 1:
        return ""
    return f"yours is {times[0]:.4g} times the step's"


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
            values = f"yours       {new}", f"the step's  {old}"
            return says(PROGRAM, DIFFERS, WHERE, *values)
    return says(PROGRAM, AGREES, WHERE)


def first_lines(file):
    """What a program prints in its first epochs."""
    codes = [x for x, _ in file.lost if not re.search("plt|draw_|mark_|nnfs.init", x)]
    code = "\n".join(codes)
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

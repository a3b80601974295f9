"""Says which classes of a file do what the steps' do, in a process of its own."""

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

from tour.exercises import EMPTY
from tour.judge.calls import CALLS, FEW, LEFT_OUT, NO_MISTAKE
from tour.judge.load import SCRIPTS, File, slipped, step
from tour.judge.names import LATEST, alias
from tour.judge.slips import BOOK, SLIPS
from tour.judge.things import Thing, settings, shared, short
from tour.outputs import line_of
from tour.scripts import Script

AGREES, DIFFERS, NOT_JUDGED = "agrees", "differs", "not judged"
FIRST = 5  # the first step that defines a class
PROGRAM, WHERE = "The program", " in its first lines"


class Verdict(NamedTuple):
    name: str
    outcome: str  # agrees, differs or not judged
    text: str  # one line or more, as check prints them
    methods: tuple | list = ()  # in which it differs


def says(name, outcome, words, *lines, methods=()):
    text = "\n    ".join([f"{name}: {outcome}{words}", *filter(None, lines)])
    return Verdict(name, outcome, text, methods)


# ---- A class beside the step's


class Row(NamedTuple):
    method: str
    start: str  # shows the call, with what is given
    given: list
    label: str  # of the value that the call has brought
    value: object


def alike(row, other):
    """Whether a reader's value is ours, but for last digits."""
    ours, yours = np.squeeze(row.value), np.squeeze(other.value)
    relative, absolute = (1e-4, 1e-6) if yours.dtype == "float32" else (1e-6, 1e-10)
    if yours.dtype == object or ours.shape != yours.shape:  # it may be an error
        return False
    absolute *= min(1, np.abs(ours).max(initial=0) or 1)
    return np.allclose(yours, ours, relative, absolute, equal_nan=True)


class Case:
    """A reader's class beside the step's, and what small programs find with both.

    pairs has the rows of both, different those that differ, notes those where this is no
    mistake; unfit says why a method that both have could not be compared.
    """

    def __init__(self, file, name, programs, form=()):
        self.file, self.programs, self.form = file, programs, form
        self.number, self.own = file.held(name)
        self.shared = shared(self.own, file.parts[name])
        known = [item for item in settings(self.own).items() if item[0] in self.shared]
        self.defaults = {k: v for k, v in known if isinstance(v, int | float)}
        ours, self.yours = self.rows(self.own), self.rows(file.parts[name])
        self.pairs = [pair for both in zip(ours, self.yours) for pair in zip(*both)]
        differ = [pair for pair in self.pairs if not alike(*pair)]
        self.notes = [x for x in differ if re.search(NO_MISTAKE, x[0].label)]
        self.different = [x for x in differ if not re.search(NO_MISTAKE, x[0].label)]
        self.crashed = any(yours.label == "" for _, yours in self.different)
        self.methods = [*dict.fromkeys(row.method for row, _ in self.different)]
        asked = {row.method for rows in ours for row in rows} & self.shared
        compared = {row.method for row, _ in self.pairs} - {"__init__"}
        fits = compared and asked <= compared
        self.unfit = None if fits else next(iter(self.excuses), "no call fits")

    @property
    def first(self):
        """The first step whose class has all that both have."""
        name = self.own.__name__
        steps = [n for n in range(FIRST, self.number + 1) if name in step(n)]
        has = {n: {*vars(step(n)[name]), *settings(step(n)[name])} for n in steps}
        wanted = self.shared & has[self.number]
        return next(f"step {n:02}" for n in steps if wanted <= has[n])

    def slip(self):
        """The words for the slip in the step's code that gives the reader's values."""
        for kinds, *slip, words in SLIPS:
            if self.different and re.match(kinds, self.own.__name__):
                for cls in slipped(self.number, self.own.__name__, *slip):
                    both = zip(self.rows(cls), self.yours)
                    same = [alike(*pair) for rows in both for pair in zip(*rows)]
                    if len(same) == len(self.pairs) and all(same):
                        return words
        return ""

    def rows(self, cls):
        """What each program shows of a class, as a list of rows."""
        self.cls, self.excuses, found = cls, [], []
        for program in self.programs:
            np.random.seed(0)
            self.seen, rows = [("__init__", cls.__name__, [])], []
            found.append(rows)
            try:
                for label, value in program(self):
                    value = np.array(value)  # as it is now: it may change in place
                    if value.dtype.kind not in "biuf":
                        raise ValueError(f"{label} is no number")
                    rows.append(Row(*self.seen[-1], label, value))
            except (Exception, SystemExit) as error:
                if excuse := self.file.excuse(error):
                    self.excuses.append(excuse)
                else:
                    rows.append(Row(*self.seen[-1], "", error))
        return found

    def make(self, **setup):
        """An object of the class that is judged."""
        setup = (self.defaults | setup).items()
        return Thing(self.cls, {k: v for k, v in setup if k in self.shared}, self.seen)

    def default(self, name):
        return settings(self.cls)[alias(name, settings(self.cls))]

    def other(self, kind, **setup):
        """An object of another class; the step's class has the step's own around it."""
        found = [self.file.parts[n] for n, k in self.file.kinds.items() if k == kind]
        ours = (step(LATEST["Model"]) | step(self.number))[kind]
        theirs = [*found, ours][0]
        words = shared(ours, theirs)
        cls = ours if issubclass(self.cls, self.own) else theirs
        return Thing(cls, {k: v for k, v in setup.items() if k in words}, [])


def case_of(file, name):
    """A class beside the step's, in the form that it takes."""
    programs = CALLS[file.kinds[name]]
    cases = [Case(file, name, programs)]
    for words, asks, setting, value in LEFT_OUT:
        if cases[0].different and not re.search(asks, file.code(file.parts[name])):
            fewer = [p for p in programs if p.keywords.get(setting) is not value]
            cases.append(Case(file, name, fewer, [words]))
    return min(cases, key=lambda case: (case.crashed, len(case.different)))


# ---- What is said of a file


def main(path, number=0, *names):
    out, sys.stdout = sys.stdout, io.StringIO()  # what a reader's code prints is lost
    for found in judged(Script(Path(path)), int(number), names):
        print(json.dumps(found), file=out, flush=True)


def judged(script, exercise=0, names=()):
    """Yield the verdicts on the classes of a file, and on an exercise's program."""
    warnings.simplefilter("ignore")
    file, wrong = File(script, exercise), {}
    for code, why in file.lost:
        defines = re.match(r"class (\w+)|(?:from|import) .*", code)
        if defines and "ends with" in why:
            yield says(defines[1] or code, NOT_JUDGED, f", {why}")
    wanted = names or re.findall(r"\w+", script.text)
    used = [name for name in file.parts if name in wanted]
    for name in sorted(used, key=lambda name: [*CALLS].index(file.kinds[name])):
        found = verdict(file, name)
        if wrong and found.outcome == DIFFERS:  # again, with the others right
            found = verdict(File(script, exercise, wrong), name)
            others = " and ".join(wrong)
            if found.outcome == AGREES:
                yield says(name, DIFFERS, f" only through {others}")
                continue
            if found.outcome == NOT_JUDGED:
                found = says(name, NOT_JUDGED, f", mend {others} first")
        if found.outcome == DIFFERS:
            wrong[name] = file.held(name)[1]
        yield found
    if exercise and not wrong and EMPTY not in script.text:
        yield program_verdict(script, exercise)
    rest = [name for name in file.parts if name not in used]
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
    words = [case.first, *case.form, *filter(None, [slip])]
    for ours, yours in case.notes:
        values = f"{short(yours.value)}, the step's {short(ours.value)}"
        words.append(f"but {ours.label} is {values}")
    if file.exercise and words[1:]:
        return says(name, DIFFERS, f" from {case.first}; it agrees {words[1]}")
    return says(name, AGREES, f" with {', '.join(words)}")


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
    if len(times) != 1 or times[0] == 1 or not np.isfinite(times[0]):
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
    forms = [line.name for line in lines]
    printed = [line for line in printed if line.name in forms]  # there may be more
    for ours, yours in zip_longest(lines, printed, fillvalue=line_of("nothing")):
        if not near(ours, yours):
            values = f"yours       {yours.text}", f"the step's  {ours.text}"
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
    return [line_of(line) for line in printed.getvalue().splitlines() if line]


def near(line, other):
    """Whether two lines have the same words, and the same numbers but for last digits."""
    texts = [[*x.values.values()] for x in (line, other)]
    digits = [max(len(x.partition(".")[2]) for x in pair) for pair in zip(*texts)]
    last = [2.5 / 10**count if count else 0 for count in digits]
    same = line.name == other.name
    return same and np.allclose(*np.array(texts, float), 1e-4, last)

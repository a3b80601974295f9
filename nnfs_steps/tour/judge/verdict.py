"""Runs small programs with a step's class and with a reader's, and compares."""

import re
from typing import NamedTuple

import numpy as np

from tour.judge.calls import CALLS, EXERCISES, LEFT_OUT, NO_MISTAKE
from tour.judge.load import File, slipped, step
from tour.judge.names import LATEST, alias
from tour.judge.slips import BOOK, SLIPS
from tour.judge.things import Thing, Trouble, settings, shared, short

AGREES, DIFFERS, NOT_JUDGED = "agrees", "differs", "not judged"
FIRST = 5  # the first step that defines a class


class Verdict(NamedTuple):
    name: str
    outcome: str  # agrees, differs or not judged
    text: str  # one line or more, as check prints them
    methods: tuple | list = ()  # in which it differs, or does what is no mistake


def says(name, outcome, words, *lines, methods=()):
    text = "\n    ".join([f"{name}: {outcome}{words}", *filter(None, lines)])
    return Verdict(name, outcome, text, methods)


class Row(NamedTuple):
    """What a call has given: start and given show the call, label says what value is."""

    method: str
    start: str
    given: list
    label: str
    value: object


def alike(row, other):
    """Whether a reader's value is ours, but for last digits."""
    ours, yours = np.squeeze(row.value), np.squeeze(other.value)
    relative, absolute = (1e-4, 1e-6) if yours.dtype == "float32" else (1e-6, 1e-10)
    if yours.dtype == object or ours.shape != yours.shape:
        return False
    absolute *= min(1, np.abs(ours).max(initial=0) or 1)
    return np.allclose(yours, ours, relative, absolute, equal_nan=True)


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


class Case:
    """A reader's class beside the step's, and what small programs find with both.

    shared has the methods and settings that both have; pairs the rows of both, different
    those that differ, and notes those where this is no mistake.
    """

    def __init__(self, file, name, programs, form=()):
        self.file, self.programs, self.form = file, programs, form
        self.number, self.own = file.held(name)
        self.shared = shared(self.own, file.parts[name])
        known = [item for item in settings(self.own).items() if item[0] in self.shared]
        self.defaults = {k: v for k, v in known if isinstance(v, int | float)}
        self.ours, self.yours = self.rows(self.own), self.rows(file.parts[name])
        self.pairs = self.beside(self.ours)
        differ = [pair for pair in self.pairs if not alike(*pair)]
        self.notes = [x for x in differ if re.search(NO_MISTAKE, x[0].label)]
        self.different = [x for x in differ if not re.search(NO_MISTAKE, x[0].label)]
        self.methods = [*dict.fromkeys(ours.method for ours, _ in self.different)]

    def beside(self, rows):
        return [pair for both in zip(rows, self.yours) for pair in zip(*both)]

    @property
    def crashes(self):
        return sum(
            isinstance(yours.value, BaseException) for _, yours in self.different
        )

    @property
    def unfit(self):
        """Why a method that both have could not be compared, or None."""
        asked = {row.method for rows in self.ours for row in rows} & self.shared
        compared = {ours.method for ours, _ in self.pairs} - {"__init__"}
        if compared and asked <= compared:
            return None
        return next(iter(self.excuses), "no call fits")

    @property
    def first(self):
        """The first step whose class has all that both have, by its name."""
        name = self.own.__name__
        steps = [n for n in range(FIRST, self.number + 1) if name in step(n)]
        has = {n: {*vars(step(n)[name]), *settings(step(n)[name])} for n in steps}
        found = min(n for n in steps if self.shared & has[self.number] <= has[n])
        return f"step {found:02}"

    def slip(self):
        """The words for the slip in the step's code that gives the reader's values."""
        for kinds, *slip, words in SLIPS:
            if self.different and re.match(kinds, self.own.__name__):
                for cls in slipped(self.number, self.own.__name__, *slip):
                    same = [alike(*pair) for pair in self.beside(self.rows(cls))]
                    if len(same) == len(self.pairs) and all(same):
                        return words
        return ""

    # ---- What the programs use

    def rows(self, cls):
        """What each program shows of a class, as a list of rows."""
        self.cls, self.excuses, found = cls, [], []
        for program in self.programs:
            np.random.seed(0)
            self.seen = [("__init__", cls.__name__, [])]
            found.append([*self.run(program)])
        return found

    def run(self, program):
        try:
            for label, value in program(self):
                value = np.array(value)  # as it is now: it may change in place
                if value.dtype.kind not in "biuf":
                    raise Trouble(f"{label} is no number")
                yield Row(*self.seen[-1], label, value)
        except (Exception, SystemExit) as error:
            if excuse := self.file.excuse(error):
                self.excuses.append(excuse)
            else:
                yield Row(*self.seen[-1], "", error)

    def make(self, **setup):
        """An object of the class that is judged."""
        setup = self.defaults | setup
        setup = {name: setup[name] for name in setup if name in self.shared}
        return Thing(self.cls, setup, self.seen)

    def other(self, kind, **setup):
        """An object of another class; the step's class has the step's own around it."""
        ours = (step(LATEST["Model"]) | step(self.number))[kind]
        theirs = self.file.kinds.get(kind, ours)
        words = shared(ours, theirs)
        cls = ours if issubclass(self.cls, self.own) else theirs
        return Thing(cls, {k: v for k, v in setup.items() if k in words}, [])

    def default(self, name):
        return settings(self.cls)[alias(name, settings(self.cls))]


def case_of(file, name):
    """A class beside the step's, in the form that it takes."""
    programs = CALLS[file.kind(name)]
    if file.exercise:
        programs = programs + EXERCISES.get(file.kind(name), [])
    cases = [Case(file, name, programs)]
    for words, asks, setting, value in LEFT_OUT:
        if cases[0].different and not re.search(asks, file.code(file.parts[name])):
            told = [getattr(program, "keywords", {}) for program in programs]
            fewer = [p for p, x in zip(programs, told) if x.get(setting) is not value]
            cases.append(Case(file, name, fewer, [words]))
    return min(cases, key=lambda case: (case.crashes, len(case.different)))


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
    words = [*case.form, *filter(None, [slip])]
    for ours, yours in case.notes:
        values = f"{short(yours.value)}, the step's {short(ours.value)}"
        words.append(f"but {ours.label} is {values}")
    methods = {ours.method for ours, _ in case.notes} - {"__init__"}
    text = ", ".join([f" with {case.first}", *words])
    found = says(name, AGREES, text, methods=[*methods])
    return found._replace(outcome=DIFFERS) if file.exercise and words else found


def differs(name, case, slip):
    """The verdict on a class with the first call that differs."""
    ours, yours = case.different[0]
    value = yours.value
    if isinstance(value, BaseException):  # the line of the file that has led to it
        line = case.file.frames(value)[-1].lineno
        value = f"{type(value).__name__} in line {line}: {value}"
    return says(
        name,
        DIFFERS,
        f" from {case.first}, in {', '.join(case.methods)}",
        f"{yours.start}({', '.join(map(short, yours.given))}) {ours.label}",
        f"yours       {short(value)}",
        f"the step's  {short(ours.value)}",
        slip or factor(ours.value, yours.value),
        methods=case.methods,
    )


def explained(file, wrong, name):
    """The verdict on a class that differs, by itself or only through others of these."""

    def with_right(*names):
        right = {other: file.held(other)[1] for other in names}
        return verdict(File(file.script, file.exercise, right), name)

    others = [other for other in wrong if other != name]
    found = with_right(*others)
    if found.outcome == AGREES:
        alone = [other for other in others if with_right(other).outcome == AGREES]
        return says(name, DIFFERS, f" only through {' and '.join(alone[:1] or others)}")
    return found if found.outcome == DIFFERS else wrong[name]

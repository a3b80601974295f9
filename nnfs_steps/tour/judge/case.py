"""Runs small programs with a step's class and with a reader's, and compares."""

import re
from collections import namedtuple

import numpy as np

from tour.judge.calls import CALLS, EXERCISES, LEFT_OUT, NO_MISTAKE
from tour.judge.load import slipped, step
from tour.judge.names import LATEST, alias
from tour.judge.slips import SLIPS
from tour.judge.things import Thing, settings, shared

FIRST = 5  # the first step that defines a class
# What a call has given: start and given show the call, label says what value is
Row = namedtuple("Row", "method start given label value")


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

    shared has the methods and settings that both have, first the first step that has them;
    pairs has the rows of both, different those that differ, notes those where this is no
    mistake; unfit says why a method could not be compared.
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

    # ---- What the programs use

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
    if file.exercise:
        programs = programs + EXERCISES.get(file.kinds[name], [])
    cases = [Case(file, name, programs)]
    for words, asks, setting, value in LEFT_OUT:
        if cases[0].different and not re.search(asks, file.code(file.parts[name])):
            told = [getattr(program, "keywords", {}) for program in programs]
            fewer = [p for p, x in zip(programs, told) if x.get(setting) is not value]
            cases.append(Case(file, name, fewer, [words]))
    return min(cases, key=lambda case: (case.crashed, len(case.different)))

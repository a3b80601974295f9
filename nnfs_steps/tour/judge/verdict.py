"""Says of a class whether it does what the step's does: runs the calls and compares."""

import ast
import inspect
import re
import traceback
from typing import NamedTuple

import numpy as np

from tour.judge.calls import CALLS, EXERCISES, FILES, LEFT_OUT, NO_MISTAKE
from tour.judge.load import as_class, first_step, slipped, step
from tour.judge.names import LATEST, alias, kind_of
from tour.judge.slips import BOOK, SLIPS
from tour.judge.things import Thing, Trouble, public, settings, shared, short

AGREES, DIFFERS, NOT_JUDGED = "agrees", "differs", "not judged"


class Verdict(NamedTuple):
    name: str
    outcome: str  # agrees, differs or not judged
    text: str  # one line or more, as check prints them
    methods: tuple | list = ()  # in which it differs, or what is no mistake does


def says(name, outcome, words, *lines):
    text = "\n    ".join([f"{name}: {outcome}{words}", *filter(None, lines)])
    return Verdict(name, outcome, text)


class Part(NamedTuple):
    """A class of a reader, and the class of a step that it is held against."""

    cls: type
    kind: str | None
    number: int
    own: type | None


class Row(NamedTuple):
    """What a call has given: start and given show the call, label says what value is."""

    method: str
    start: str
    given: list
    label: str
    value: object


def alike(ours, yours):
    """Whether a reader's value is the step's, but for last digits."""
    if isinstance(yours, Exception):
        return False
    relative, absolute = (1e-4, 1e-6) if yours.dtype == "float32" else (1e-6, 1e-10)
    ours, yours = np.squeeze(ours), np.squeeze(yours)
    absolute *= min(1, np.abs(ours).max(initial=0) or 1)
    same = ours.shape == yours.shape
    return same and np.allclose(yours, ours, relative, absolute, equal_nan=True)


def factor(ours, yours):
    """The words for a factor, if the reader's values are the step's times one number."""
    if np.shape(yours) != ours.shape or ours.size < 2:
        return ""
    with np.errstate(all="ignore"):
        times = (yours / ours)[(ours != 0) | (yours != 0)]
    same = times.size and np.allclose(times, times[0], 1e-5)
    same = same and not np.isclose(times[0], 1, 1e-3)
    if same and times[0] == 0:
        return "yours is 0"
    return f"yours is {times[0]:.4g} times the step's" if same else ""


class Case:
    """A reader's class beside the step's, and what the programs of its kind find.

    shared has the methods and settings that both have; compared the rows of both, in
    pairs; different those that differ, and notes those where this is no mistake; unfit
    for methods why others can't be compared.
    """

    def __init__(self, judge, part, programs, *words):
        self.part, self.programs, self.words = part, programs, [*words]
        self.steps = step(LATEST["Model"]) | step(part.number)
        self.classes, self.excuse = self.steps | judge.kinds, judge.excuse
        self.shared = shared(part.own, part.cls)
        known = {name: settings(part.own).get(name) for name in self.shared}
        self.defaults = {k: v for k, v in known.items() if isinstance(v, int | float)}
        self.ours, self.yours = [*self.rows(part.own)], [*self.rows(part.cls)]
        both = zip(self.ours, self.yours)
        self.compared = [pair for rows in both for pair in self.pairs(*rows)]
        differ = [x for x in self.compared if not alike(x[0].value, x[1].value)]
        self.notes = [x for x in differ if re.search(NO_MISTAKE, x[0].label)]
        self.different = [x for x in differ if not re.search(NO_MISTAKE, x[0].label)]
        rows = [row for rows in reversed(self.yours) for row in rows]
        rows = [row for row in rows if self.excuse(row.value)]
        self.unfit = {row.method: self.excuse(row.value) for row in rows}

    def pairs(self, ours, yours):
        """The rows of a program that can be compared, in pairs."""
        both = [pair for pair in zip(ours, yours) if not self.excuse(pair[1].value)]
        return [pair for pair in both if not isinstance(pair[0].value, Exception)]

    @property
    def methods(self):
        return [*dict.fromkeys(ours.method for ours, _ in self.different)]

    @property
    def crashes(self):
        return any(isinstance(yours.value, Exception) for _, yours in self.different)

    @property
    def left(self):
        """Why methods of which the step's class shows values could not be compared."""
        asked = {row.method for rows in self.ours for row in rows} - {"__init__"}
        asked -= {ours.method for ours, _ in self.compared}
        if {row.method for rows in self.yours for row in rows} == {"__init__"}:
            asked.add("__init__")  # no object could be made
        return [why for method, why in self.unfit.items() if method in asked]

    def slip(self):
        """The words for the slip in the step's code that gives the reader's values."""
        for kinds, method, old, new, words in SLIPS:
            if re.match(kinds, self.part.kind):
                for cls in slipped(self.part.kind, self.part.number, method, old, new):
                    if all(map(self.is_slip, self.rows(cls), self.ours, self.yours)):
                        return words
        return ""

    def is_slip(self, changed, ours, yours):
        pairs = self.pairs(changed, yours)
        fails = len(pairs) < len(self.pairs(ours, yours))
        return not fails and all(alike(a.value, b.value) for a, b in pairs)

    # ---- What the programs use

    def rows(self, cls):
        """Yield what each program shows of a class, as a list of rows."""
        for program in self.programs:
            np.random.seed(0)
            self.cls, self.seen = cls, [("__init__", cls.__name__, [])]
            yield [*self.run(program)]

    def run(self, program):
        try:
            for label, value in program(self):
                value = np.array(value)  # as it is now: it may change in place
                if value.dtype.kind not in "biuf":
                    raise Trouble(f"{label} is no number")
                yield Row(*self.seen[-1], label, value)
        except (Trouble, TypeError, ValueError) as error:
            yield Row(*self.seen[-1], "", error)

    def make(self, **setup):
        """An object of the class that is judged; functions become its methods."""
        setup = self.defaults | setup
        methods = {k: v for k, v in setup.items() if inspect.isfunction(v)}
        words = self.shared - methods.keys()
        cls = type(self.cls.__name__, (self.cls,), methods) if methods else self.cls
        return Thing(cls, {k: v for k, v in setup.items() if k in words}, self.seen)

    def other(self, kind, **setup):
        """An object of another class; the step's class has the step's own around it."""
        is_ours = issubclass(self.cls, self.part.own)
        cls = (self.steps if is_ours else self.classes)[kind]
        words = shared(self.steps[kind], self.classes[kind])
        return Thing(cls, {k: v for k, v in setup.items() if k in words}, [])

    def default(self, name):
        return settings(self.cls)[alias(name, settings(self.cls))]


class Judge:
    """Holds what a file defines against the steps, or against one step: an exercise's.

    wrong has the verdicts on what differs, right the step's classes of the same names.
    """

    def __init__(self, file, number=0):
        self.file, self.number, self.wrong, self.right = file, number, {}, {}
        self.load({})

    def load(self, instead):
        """Read the file, with the step's classes under some names."""
        self.file.load(instead)
        self.parts, self.kinds = {}, {}
        for name, part in self.file.parts.items():
            if inspect.isclass(part) or name in ("exp", "log"):
                cls = as_class(part)
                kind = kind_of(name, public(cls), settings(cls))
                number = self.number or LATEST[kind]
                self.parts[name] = Part(
                    cls, kind, number, as_class(step(number).get(kind))
                )
                self.kinds.setdefault(kind, cls)

    def case(self, part):
        """The class beside the step's, in the form that it takes."""
        more = EXERCISES if self.number else FILES
        programs = [*CALLS[part.kind], *more.get(part.kind, [])]
        cases = [Case(self, part, programs)]
        for words, asks, word, value in LEFT_OUT:
            fewer = [
                p for p in programs if getattr(p, "keywords", {}).get(word) is not value
            ]
            if len(fewer) < len(programs) and not re.search(asks, self.code(part.cls)):
                cases.append(Case(self, part, fewer, words))
        return min(cases, key=lambda x: (x.crashes, len(x.methods), len(x.different)))

    def verdict(self, name):
        part = self.parts[name]
        if not part.own:
            return says(name, NOT_JUDGED, ", no step has it")
        case = self.case(part)
        slip = case.slip() if case.different else ""
        first = self.first(name, case)
        if case.different and not slip.startswith(BOOK):
            self.wrong[name] = self.differs(name, first, case, slip)
            self.right[name] = part.own
            return self.wrong[name]
        if case.left or not case.compared:
            why = [*case.left, *case.unfit.values(), "no call fits"][0]
            return says(name, NOT_JUDGED, f", {why}")
        words = [f" with {first}", *case.words, *filter(None, [slip])]
        for ours, yours in case.notes:
            values = f"{short(yours.value)}, the step's {short(ours.value)}"
            words.append(f"but {ours.label} is {values}")
        # How it starts may be as in the program that is compared
        notes = [
            row for row, _ in case.notes if not re.search("first|default", row.label)
        ]
        methods = [row.method for row in notes]
        return says(name, AGREES, ", ".join(words))._replace(methods=methods)

    def first(self, name, case):
        part = self.parts[name]
        return f"step {first_step(part.kind, part.number, case.shared):02}"

    def differs(self, name, first, case, slip):
        ours, yours = case.different[0]
        value, words = yours.value, slip or factor(ours.value, yours.value)
        if isinstance(value, Trouble):  # the line of the file that has led to it
            [error] = value.args
            line = self.frames(error)[-1].lineno
            value = f"{type(error).__name__} in line {line}: {error}"
        verdict = says(
            name,
            DIFFERS,
            f" from {first}, in {', '.join(case.methods)}",
            f"{yours.start}({', '.join(map(short, yours.given))}) {ours.label}",
            f"yours       {short(value)}",
            f"the step's  {short(ours.value)}",
            words,
        )
        return verdict._replace(methods=case.methods)

    def explained(self, name):
        """The verdict on a class that differs, by itself or only through others."""
        others = {other: own for other, own in self.right.items() if other != name}
        alone = [{other: own} for other, own in others.items()]
        for some in filter(None, [*alone, others]):
            self.load(some)
            case = self.case(self.parts[name])
            if not case.different and not case.left:
                return says(name, DIFFERS, f" only through {' and '.join(some)}")
        if others and case.different:  # what is its own fault
            return self.differs(name, self.first(name, case), case, case.slip())
        return self.wrong[name]

    def code(self, cls):
        """The code of a class and its bases, without comments."""
        scripts = self.file.scripts.values()
        parts = [
            script.parts.get(k.__name__) for k in cls.__mro__ for script in scripts
        ]
        return "\n".join(ast.unparse(part.node) for part in parts if part)

    def frames(self, error):
        """Where an error went through the reader's files."""
        frames = traceback.extract_tb(error.__traceback__)
        return [frame for frame in frames if frame.filename in self.file.scripts]

    def excuse(self, value):
        """Why a call that gives no value is no mistake of the reader's, or None."""
        if not isinstance(value, Exception):
            return None
        error = value.args[0] if isinstance(value, Trouble) else f"{value}"
        if isinstance(error, str):
            return error
        words, own = f"{type(error).__name__}: {error}", self.frames(error)
        last = traceback.extract_tb(error.__traceback__)[-1]
        if not own or last.filename == "step":
            return f"the call does not fit, {words}"
        if last == own[-1] and last.line.startswith(("raise", "assert")):
            return f"it refuses the call: {error}"
        match error:
            case ImportError():
                return words
            case NameError() if why := self.file.why_lost(error.name):
                return f"{error.name} is not there: {why}"
            case AttributeError() if self.file.may_set(error.name, error.obj):
                return f"{error.name} is set elsewhere, {words}"
        return None

"""Says of a class whether it does what the step's does: runs the calls and compares."""

import inspect
import linecache
import re
import traceback
from typing import NamedTuple

import numpy as np

from tour.judge.calls import CALLS, FORMS
from tour.judge.names import LATEST, alias, kind_of
from tour.judge.slips import BOOK, SLIPS
from tour.judge.steps import first_step, slipped, step
from tour.judge.things import Bench, Failed, Trouble, names_of, public, settings, short

AGREES, DIFFERS, NOT_JUDGED = "agrees", "differs", "not judged"
TOLERANCE = {"float32": (1e-4, 1e-6), "float64": (1e-6, 1e-10)}  # relative, absolute
NOTHING = "it has none of the methods that check knows"


class Verdict(NamedTuple):
    name: str
    outcome: str  # agrees, differs or not judged
    text: str  # one line or more, as check prints them


# ---- Values


def numbers(value):
    """A value as an array of float64, or None if it is something else."""
    try:
        return np.squeeze(np.asarray(value, "float64"))
    except (TypeError, ValueError):
        return None


def alike(ours, yours):
    """Whether a reader's value is the step's, but for last digits."""
    if isinstance(ours, tuple):  # a shape
        return ours == yours
    single = getattr(yours, "dtype", None) == "float32"
    relative, absolute = TOLERANCE["float32" if single else "float64"]
    ours, yours = numbers(ours), numbers(yours)
    if yours is None or ours.shape != yours.shape:
        return False
    absolute *= min(1, np.abs(ours).max(initial=0) or 1)
    return np.allclose(yours, ours, relative, absolute, equal_nan=True)


def factor(ours, yours):
    """The words for a factor, if the reader's values are the step's times one number."""
    ours, yours = numbers(ours), numbers(yours)
    if yours is None or ours.shape != yours.shape:
        return None
    with np.errstate(all="ignore"):
        times = (yours / ours)[(ours != 0) | (yours != 0)]
    if ours.size < 2 or not times.size or not np.allclose(times, times[0], 1e-5):
        return None
    return f"yours is {times[0]:.4g} times the step's"


# ---- A class


class Case:
    """A reader's class beside the step's: what the calls of its kind have found.

    different are the rows that differ, as (number of the program, step's, reader's);
    unfit has for methods why they could not be compared, compared those that could.
    """

    def __init__(self, judge, part, kinds):
        self.judge, self.part, self.kind = judge, part, judge.kind(part)
        self.number = judge.number or LATEST[self.kind]
        self.own, self.programs = step(self.number)[self.kind], CALLS[self.kind]
        steps = step(LATEST["Layer_Dense"]) | step(self.number)
        self.bench = Bench(self.own, part, steps, kinds, bool(judge.number))
        self.ours = [*self.bench.rows(self.programs, self.own)]
        self.yours = [*self.bench.rows(self.programs, part)]
        self.different, self.unfit, self.compared = [], {}, set()
        self.fitting = [*range(len(self.programs))]  # the numbers of those that count
        for number, rows in enumerate(zip(self.ours, self.yours)):
            for ours, yours in zip(*rows):
                self.compare(number, ours, yours)

    def compare(self, number, ours, yours):
        if isinstance(ours.value, Trouble):
            return
        why = self.judge.excuse(yours.value)
        if why is None:
            self.compared.add(yours.method)
            if isinstance(yours.value, Failed) or not alike(ours.value, yours.value):
                self.different.append((number, ours, yours))
        elif why:  # the method is there
            self.unfit.setdefault(yours.method, why)

    def first_weights(self):
        """The words for weights that only start in another way: this is no mistake."""
        first = [each for each in self.different if "first" in each[1].label]
        self.different = [each for each in self.different if each not in first]
        for _, ours, yours in first[:1]:
            yours, old = short(yours.value), short(ours.value)
            yield f"but {ours.label} is {yours}, the step's {old}"

    def one_form(self):
        """The words for a class that takes one form of labels and asks for none."""
        given = [getattr(each, "keywords", {}).get("y") for each in self.programs]
        wrong = {}  # the methods that differ with each form
        for form, labels in FORMS.items():
            wrong[form] = {d[1].method for d in self.different if given[d[0]] is labels}
        for form, other in zip(FORMS, reversed(FORMS)):
            if wrong[form] - wrong[other] and not asks_form(self.part):
                self.fitting = [n for n in self.fitting if given[n] is not FORMS[form]]
                self.different = [d for d in self.different if d[0] in self.fitting]
                yield f"with {other}"

    def other_defaults(self):
        """The words for settings that have other defaults; in an exercise of methods too."""
        pairs = [(self.own, self.part)]
        if self.judge.number and inspect.isclass(self.own):
            shared = vars(self.own).keys() & {*public(self.part)}
            pairs += [(getattr(self.own, m), getattr(self.part, m)) for m in shared]
        for own, part in pairs:
            defaults = {word.name: word.default for word in settings(part)}
            for word in settings(own):
                theirs = defaults.get(alias(word.name, defaults))
                if isinstance(theirs, int | float) and theirs != word.default:
                    both = f"{theirs} by default, the step's {word.default}"
                    yield f"but its {word.name} is {both}"

    def slip(self):
        """The words for the slip in the step's code that gives the reader's values."""
        shows = self.different[0][0]  # this one comes first, to be fast
        order = [shows, *(number for number in self.fitting if number != shows)]
        programs = [self.programs[number] for number in order]
        for kinds, method, old, new, words in SLIPS:
            if re.match(kinds, self.kind):
                for cls in slipped(self.kind, self.number, method, old, new):
                    rows = self.bench.rows(programs, cls)
                    if all(map(self.is_slip, order, rows)):
                        return words
        return None

    def is_slip(self, number, rows):
        """Whether a program gives with a slip what it gives with the reader's class."""
        for ours, changed, yours in zip(self.ours[number], rows, self.yours[number]):
            excused = self.judge.excuse(yours.value) is not None
            if isinstance(ours.value, Trouble) or excused:
                return True
            if isinstance(changed.value, Trouble) or isinstance(yours.value, Trouble):
                return False
            if not alike(changed.value, yours.value):
                return False
        return True


def asks_form(cls):
    """Whether the code of a class asks which form labels have."""
    methods = [m for kind in cls.__mro__[:-1] for m in vars(kind).values()]
    names = [{*m.__code__.co_names} for m in methods if inspect.isfunction(m)]
    return any("ndim" in found or {"shape", "len"} <= found for found in names)


# ---- A file


class Judge:
    """Holds what a file defines against the steps, or against one step: an exercise's."""

    def __init__(self, file, number=0):
        self.file, self.number = file, number
        parts = file.found(inside=False) | file.found(inside=True)
        self.kinds = {self.kind(part): part for part in reversed(parts.values())}
        self.wrong = {}  # of classes that differ what there is to say, by class

    def kind(self, part):
        """What of the steps a class or function stands for, or None."""
        if inspect.isfunction(part):
            return part.__name__ if part.__name__ in ("exp", "log") else None
        return kind_of(part.__name__, public(part), names_of(part))

    def verdict(self, part):
        kind = self.kind(part)
        if not kind or kind not in step(self.number or LATEST[kind]):
            return self.says(part, NOT_JUDGED, "no step has it")
        case, words = Case(self, part, self.kinds), None
        notes = [*case.other_defaults()]
        if case.different and not self.number:
            notes += [*case.first_weights(), *case.one_form()]
        if case.different:
            words = case.slip()
            if words and words.startswith(BOOK) and not self.number:
                case.different = []
                notes.append(words)
        first = first_step(kind, case.number, case.bench.shared)
        if case.different:
            return self.differs(part, first, case, words)
        if self.number and notes:
            return self.says(part, DIFFERS, f"from step {first:02}, {', '.join(notes)}")
        unfit = {m: why for m, why in case.unfit.items() if m not in case.compared}
        if unfit or not case.compared - {"__init__"}:
            whys = (unfit or case.unfit).values()
            return self.says(part, NOT_JUDGED, next(iter(whys), NOTHING))
        words = [f"with step {first:02}", *notes]
        return self.says(part, AGREES, ", ".join(words))

    def says(self, part, outcome, words, lines=()):
        between = ", " if outcome == NOT_JUDGED else " "
        text = f"{part.__name__}: {outcome}{between}{words}"
        verdict = Verdict(part.__name__, outcome, "\n    ".join([text, *lines]))
        if outcome == DIFFERS:
            self.wrong[part] = verdict
        return verdict

    def differs(self, part, first, case, words):
        _, ours, yours = case.different[0]
        failed = isinstance(yours.value, Failed)
        if case.bench.unknown and not failed:
            words = f"check does not know its {' and '.join(case.bench.unknown)}"
            return self.says(part, NOT_JUDGED, words)
        methods = dict.fromkeys(ours.method for _, ours, _ in case.different)
        lines = [
            f"{yours.place} {ours.label}",
            f"yours       {self.shown(yours.value)}",
            f"the step's  {short(ours.value)}",
        ]
        words = words or (None if failed else factor(ours.value, yours.value))
        lines += [words] if words else []
        where = f"from step {first:02}, in {', '.join(methods)}"
        return self.says(part, DIFFERS, where, lines)

    def shown(self, value):
        """A value in a line; an error with the last line of the file that led to it."""
        if not isinstance(value, Failed):
            return short(value)
        [error] = value.args
        line = self.frames(error)[-1].lineno
        return f"{type(error).__name__} in line {line}: {error}"

    def frames(self, error):
        """Where an error went through the reader's files."""
        frames = traceback.extract_tb(error.__traceback__)
        return [frame for frame in frames if frame.filename in self.file.paths]

    def explained(self, part):
        """The verdict on a class that differs, by itself or only through others."""
        own = step(self.number or LATEST[self.kind(part)])
        bases, space = getattr(part, "__bases__", ()), self.file.spaces[part.__module__]
        others = [other for other in self.wrong if other is not part]
        for some in [*([other] for other in others), others]:
            # The same with the step's classes under the names of these
            right = {cls.__name__: own.get(self.kind(cls), cls) for cls in some}
            kinds = {kind: cls for kind, cls in self.kinds.items() if cls not in some}
            alone = part
            if {*bases} & {*some}:
                bases = tuple(right.get(base.__name__, base) for base in bases)
                alone = type(part.__name__, bases, dict(vars(part)))
            kept = dict(space)
            space |= right
            case = Case(self, alone, kinds)
            space |= kept
            if some and case.compared and not case.different and not case.unfit:
                return self.says(part, DIFFERS, f"only through {' and '.join(right)}")
        return self.wrong[part]

    def excuse(self, value):
        """Why a call that gives no value is no mistake of the reader's, or None."""
        if not isinstance(value, Failed):
            return str(value) if isinstance(value, Trouble) else None
        [error] = value.args
        words, own = f"{type(error).__name__}: {error}", self.frames(error)
        last = traceback.extract_tb(error.__traceback__)[-1]
        if not own or last.filename == "step":
            return f"the call does not fit, {words}"
        line = linecache.getline(own[-1].filename, own[-1].lineno).strip()
        if last == own[-1] and line.startswith(("raise", "assert")):
            return f"it refuses the call, {words}"
        match error:
            case ImportError():
                return words
            # An exercise's functions need no name of the program
            case NameError() if not self.number and (why := self.file.lost(error.name)):
                return f"{error.name} is not there: {why}"
            case AttributeError() if self.is_elsewhere(error.name, error.obj):
                return f"{error.name} is set elsewhere, {words}"
        return None

    def is_elsewhere(self, name, thing):
        """Whether a reader's program may give an attribute to what lacks it here."""
        if isinstance(thing, np.ndarray) or inspect.ismodule(thing):
            return False
        names = [cls.__name__ for cls in type(thing).__mro__]
        return type(thing).__module__ == "step" or self.file.sets(name, names)

"""Says of a class whether it does what the step's does: runs the calls and compares."""

import ast
import functools
import inspect
import linecache
import re
import sys
import traceback
from typing import NamedTuple

import numpy as np

from tour.judge.calls import CALLS, CLASS_NUMBERS, FORMS, ONE_HOT
from tour.judge.load import step_space
from tour.judge.names import LATEST, alias, kind_of
from tour.judge.slips import BOOK, SLIPS
from tour.judge.things import (
    Absent,
    Failed,
    Missing,
    Side,
    Trouble,
    Unfit,
    parameters,
    public,
    short,
)
from tour.scripts import STEPS

AGREES, DIFFERS, NOT_JUDGED = "agrees", "differs", "not judged"
TOLERANCE = {"float32": (1e-4, 1e-6), "float64": (1e-6, 1e-10)}  # relative, absolute
FIRST = 5  # the first step that defines a class


class Verdict(NamedTuple):
    name: str
    outcome: str  # agrees, differs or not judged
    text: str  # one line or more, as check prints them


class Found(NamedTuple):
    """What the comparison of two classes has found."""

    different: list  # (program, the step's row, the reader's)
    unfit: list  # why some calls could not be compared, as (method, words)
    compared: set  # the methods of which something was


@functools.cache
def tree_of(number):
    """A step as syntax tree."""
    return ast.parse(path_of(number).read_text("utf-8"))


@functools.cache
def code(number):
    """The classes and functions of a step as syntax trees, by name."""
    kinds = ast.ClassDef | ast.FunctionDef
    return {n.name: n for n in tree_of(number).body if isinstance(n, kinds)}


@functools.cache
def step(number):
    """What a step defines."""
    return step_space(path_of(number), tree_of(number).body)


def path_of(number):
    [path] = STEPS.glob(f"{number:02}_*.py")
    return path


def has(node):
    """The methods of a class, as syntax tree, and its settings."""
    methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
    inits = [m.args for m in methods if m.name == "__init__"]
    words = [w.arg for args in inits for w in [*args.args, *args.kwonlyargs]]
    return {*words, *(m.name for m in methods)}


def value_of(number):
    """A number as an array of numbers, or None if it is something else."""
    try:
        return np.squeeze(np.asarray(number, "float64"))
    except (TypeError, ValueError):
        return None


def alike(ours, yours):
    """Whether a reader's value is the step's, but for last digits."""
    if isinstance(ours, str | bool | tuple | np.bool_):
        return np.array_equal(ours, yours)
    kind = "float32" if getattr(yours, "dtype", "") == "float32" else "float64"
    relative, absolute = TOLERANCE[kind]
    ours, yours = value_of(ours), value_of(yours)
    if yours is None or ours.shape != yours.shape:
        return False
    scale = absolute * min(1, np.abs(ours).max(initial=0) or 1)
    return np.allclose(yours, ours, relative, scale, equal_nan=True)


def factor(ours, yours):
    """The words for a factor, if the reader's value is the step's times one number."""
    ours, yours = value_of(ours), value_of(yours)
    if yours is None or ours.shape != yours.shape or not np.all(np.isfinite(yours)):
        return []
    there = ours != 0
    times = yours[there] / ours[there] if ours.shape else []
    if (
        not np.size(times)
        or yours[~there].any()
        or not np.allclose(times, times[0], 1e-5)
    ):
        return []
    return [f"yours is {times[0]:.4g} times the step's"]


class Judge:
    """Holds what a file defines against the steps', or against one step."""

    def __init__(self, file, number=None):
        self.file, self.number = file, number
        self.parts = file.found(inside=False) | file.found(inside=True)
        self.kinds = {self.kind(part): part for part in reversed(self.parts.values())}
        self.unknown = []  # settings of the last class that no step has
        self.wrong, self.verdicts = {}, {}  # the classes that differ, by name

    def kind(self, part):
        if inspect.isfunction(part):
            return part.__name__ if part.__name__ in ("exp", "log") else None
        words = [w.name for w in parameters(part)]
        kind = kind_of(part.__name__, public(part), words)
        return (
            None
            if inspect.isabstract(part) and kind not in ("Loss", "Accuracy")
            else kind
        )

    def step_of(self, kind):
        return self.number or LATEST[kind]

    def first_step(self, kind, shared):
        """The first step whose class has all that a reader's shares with the latest."""
        shared = shared & has(code(self.step_of(kind))[kind])
        for number in range(FIRST, self.step_of(kind) + 1):
            node = code(number).get(kind)
            if node and shared <= has(node):
                return number
        return self.step_of(kind)

    # ---- Running

    def sides(self, kind, part, classes):
        """The step's side and the reader's, ready to run."""
        own = step(self.step_of(kind))
        steps = step(LATEST["Layer_Dense"]) | own
        needs = parameters(own[kind])
        takes = [w.name for w in parameters(part)]
        shared = {w.name for w in needs if alias(w.name, takes) or w.default is w.empty}
        shared |= {m for m in public(own[kind]) if alias(m, public(part))}
        dense = classes.get("Layer_Dense", steps["Layer_Dense"])
        takes = [w.name for w in parameters(dense)]
        penalties = {w for w in vars_of(steps["Layer_Dense"]) if alias(w, takes)}
        forward = getattr(part, "forward", None)
        forward = getattr(own[kind], "forward", None) if self.number else forward
        asks = inspect.isfunction(forward) and "training" in str(
            [*inspect.signature(forward).parameters, *forward.__code__.co_names]
        )
        found = Side({}, steps, penalties), Side(classes, steps, penalties)
        matched = {alias(w.name, takes_of(part)) for w in needs}
        unknown = [w for w in takes_of(part) if w not in matched]
        self.unknown = unknown if len(matched - {None}) < len(needs) else []
        for side in found:
            side.shared, side.asks_training = shared, asks
            side.defaults = {
                w.name: w.default for w in needs if w.default is not w.empty
            }
        return found

    def rows(self, kind, part, classes):
        """The step's side, and the rows of the step's class and of the reader's."""
        ours, yours = self.sides(kind, part, classes)
        own = step(self.step_of(kind))[kind]
        rows = [*ours.rows(CALLS[kind], own)], [*yours.rows(CALLS[kind], part)]
        self.changes = yours.changes - ours.changes
        return ours, *rows

    def compare(self, programs, ours, yours):
        found = Found([], [], set())
        for program, old, new in zip(programs, ours, yours):
            for a, b in zip(old, new):
                if isinstance(a.value, Trouble) or isinstance(b.value, Absent):
                    break
                why = self.excuse(b.value)
                if why:
                    found.unfit.append((b.method, why))
                elif isinstance(b.value, Failed) or not alike(a.value, b.value):
                    found.different.append((program, a, b))
                if not why:
                    found.compared.add(b.method)
        return found

    def excuse(self, trouble):
        """Why a call that has failed is no mistake, or None."""
        if isinstance(trouble, Absent | Missing | Unfit):
            return str(trouble)
        if not isinstance(trouble, Failed):
            return None
        [error] = trouble.args
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if f.filename in self.file.paths]
        words = f"{type(error).__name__}: {error}"
        if not own or frames[-1].filename.startswith(str(STEPS)):
            return f"the call does not fit, {words}"
        line = linecache.getline(own[-1].filename, own[-1].lineno).strip()
        if frames[-1] == own[-1] and line.startswith(("raise", "assert")):
            return f"it refuses the call, {words}"
        if isinstance(error, ImportError):
            return words
        if isinstance(error, NameError) and error.name in self.file.lost:
            return f"{error.name} is not there: {self.file.lost[error.name]}"
        if isinstance(error, AttributeError):
            of_step = getattr(type(error.obj), "__module__", "") in (
                "step",
                "tour.judge.things",
            )
            owners = ["", *(k.__name__ for k in type(error.obj).__mro__)]
            known = any(error.name in self.file.stored.get(o, ()) for o in owners)
            numpys = isinstance(error.obj, np.ndarray) or inspect.ismodule(error.obj)
            if of_step or known and not numpys:
                return f"{error.name} is set elsewhere, {words}"
        return None

    # ---- Saying

    def verdict(self, part):
        name, kind = part.__name__, self.kind(part)
        if not kind or kind not in step(self.step_of(kind)):
            return Verdict(name, NOT_JUDGED, f"{name}: not judged, no step has it")
        side, ours, yours = self.rows(kind, part, self.kinds)
        found = self.compare(CALLS[kind], ours, yours)
        first, notes, words = self.first_step(kind, side.shared), [], None
        if not self.number:
            notes = [*self.notes(kind, found), *other_defaults(side, part)]
        if found.different:
            words = self.slip(kind, found.different, ours, yours, side)
            if words and words.startswith(BOOK) and not self.number:
                notes, found.different[:] = [*notes, words], []
        elif self.number and (why := self.strictly(kind, side, part)):
            return self.says_differs(
                part, f"{name}: differs from step {first:02}, {why}"
            )
        failed = [d for d in found.different if isinstance(d[2].value, Trouble)]
        if found.different and self.unknown and not failed:
            why = f"check does not know what {' and '.join(self.unknown)} means"
            return Verdict(name, NOT_JUDGED, f"{name}: not judged, {why}")
        if found.different:
            return self.differs(name, kind, part, first, found, words)
        agrees = f"agrees with step {first:02}"
        lacking = {
            m: why for m, why in reversed(found.unfit) if m not in found.compared
        }
        if not found.compared - {"__init__"} or lacking:
            why = (
                found.unfit[0][1]
                if found.unfit
                else "it has none of the methods that check knows"
            )
            where = (
                f"in {' and '.join(lacking)}: " if found.compared - {"__init__"} else ""
            )
            return Verdict(name, NOT_JUDGED, f"{name}: not judged, {where}{why}")
        return Verdict(name, AGREES, f"{name}: {', '.join([agrees, *notes])}")

    def judges(self, part):
        return inspect.isclass(part) or self.kind(part) is not None

    def lost(self, name):
        """What to say of a class that could not be had."""
        return Verdict(name, NOT_JUDGED, f"{name}: not judged, {self.file.lost[name]}")

    def explained(self, part):
        """The verdict of a class that differs, by itself or only through others."""
        others = {n: p for n, p in self.wrong.items() if p is not part}
        alone = [{name: other} for name, other in others.items()]
        for some in [*alone, others] if others else []:
            if self.agrees_without(part, some):
                name, through = part.__name__, " and ".join(some)
                return Verdict(name, DIFFERS, f"{name}: differs only through {through}")
        return self.verdicts[part.__name__]

    def agrees_without(self, part, wrong):
        """Whether a class agrees with the step's classes in the place of wrong ones."""
        kind, steps = self.kind(part), step(self.step_of(self.kind(part)))
        right = {other: steps.get(self.kind(other), other) for other in wrong.values()}
        bases = tuple(right.get(base, base) for base in part.__bases__)
        if bases != part.__bases__:
            part = type(part.__name__, bases, dict(vars(part)))
        kinds = {k: other for k, other in self.kinds.items() if other not in right}
        space = self.file.space_of(part)
        kept = {name: space[name] for name in wrong if name in space}
        space |= {name: right[space[name]] for name in kept}
        _, ours, yours = self.rows(kind, part, kinds)
        space |= kept
        found = self.compare(CALLS[kind], ours, yours)
        return found.compared and not found.different and not found.unfit

    def notes(self, kind, found):
        """Take from what differs what is no mistake, and return the words for it."""
        notes, different = [], found.different
        if kind == "Layer_Dense":
            first = [d for d in different if d[1].method == "__init__"]
            rest = [d for d in different if d not in first]
            if first and all("shape" not in ours.label for _, ours, _ in first):
                [(_, ours, yours), *_] = first
                words = f"{ours.label}: {short(yours.value)}, the step's {short(ours.value)}"
                notes, different[:] = [f"but for {words}"], rest
        forms = {form(program) for program, _, _ in different}
        for one, other in (CLASS_NUMBERS, ONE_HOT), (ONE_HOT, CLASS_NUMBERS):
            part = self.kinds.get(kind)
            if forms == {one} and not asks_form(part):
                notes, different[:] = [*notes, f"with {other}"], []
        return notes

    def strictly(self, kind, side, part):
        """What an exercise asks for besides values, in words, or None."""
        if kind.startswith("Loss") and self.changes:
            return (
                f"{' and '.join(self.changes)} changes what it is given: write .copy()"
            )
        return next(iter(other_defaults(side, part)), None)

    def slip(self, kind, different, ours, yours, side):
        """The words for the slip that gives the reader's values, or None."""
        shows = CALLS[kind].index(different[0][0])  # first, to be fast
        order = [shows, *range(len(ours))]
        programs, ours, yours = (
            [rows[n] for n in order] for rows in (CALLS[kind], ours, yours)
        )
        for pattern, method, old, new, words in SLIPS:
            if re.match(pattern, kind):
                for cls in slipped(self.step_of(kind), kind, method, old, new):
                    if self.same_rows(ours, side.rows(programs, cls), yours):
                        return words
        return None

    def same_rows(self, ours, slipped, yours):
        """Whether a slip makes of the step's rows the reader's, and makes nothing fail."""
        for old, changed, new in zip(ours, slipped, yours):
            for a, b, c in zip(old, changed, new):
                if isinstance(b.value, Trouble) and not isinstance(a.value, Trouble):
                    return False
                if self.excuse(c.value):
                    continue
                if isinstance(c.value, Trouble) or not alike(b.value, c.value):
                    return False
        return True

    def differs(self, name, kind, part, first, found, words):
        methods = [*dict.fromkeys(ours.method for _, ours, _ in found.different)]
        _, ours, yours = found.different[0]
        lines = [f"{name}: differs from step {first:02}, in {', '.join(methods)}"]
        lines.append(f"    {yours.place}, {ours.label}".rstrip(", "))
        lines += [
            f"    yours       {self.shown(yours.value)}",
            f"    the step's  {short(ours.value)}",
        ]
        if words:
            lines.append(f"    {words}")
        elif not isinstance(yours.value, Trouble):
            lines += [f"    {words}" for words in factor(ours.value, yours.value)]
        return self.says_differs(part, "\n".join(lines))

    def says_differs(self, part, text):
        self.wrong[part.__name__] = part
        self.verdicts[part.__name__] = Verdict(part.__name__, DIFFERS, text)
        return self.verdicts[part.__name__]

    def shown(self, value):
        """A value in a line; of an error also the last line of the file that led to it."""
        if not isinstance(value, Failed):
            return short(value)
        [error] = value.args
        frames = traceback.extract_tb(error.__traceback__)
        at = [f" in line {f.lineno}" for f in frames if f.filename in self.file.paths]
        return f"{type(error).__name__}{''.join(at[-1:])}: {error}"


def takes_of(part):
    return [w.name for w in parameters(part)]


def vars_of(cls):
    return [w.name for w in parameters(cls) if "regularizer" in w.name]


def other_defaults(side, part):
    """Yield the words for each setting whose default is not the step's."""
    defaults = {w.name: w.default for w in parameters(part)}
    for name, own in side.defaults.items():
        theirs = defaults.get(alias(name, defaults), inspect.Parameter.empty)
        numbers = isinstance(theirs, int | float) and isinstance(own, int | float)
        if numbers and theirs != own:
            yield f"but its default {name} is {theirs}, the step's {own}"


def form(program):
    """Which form of labels a program has, or None."""
    y = getattr(program, "keywords", {}).get("y")
    return next((name for name, labels in FORMS.items() if labels is y), None)


def asks_form(cls):
    """Whether the code of a class asks which form labels have."""
    methods = [m for k in cls.__mro__[:-1] for m in vars(k).values()]
    names = [{*m.__code__.co_names} for m in methods if inspect.isfunction(m)]
    return any("ndim" in found or {"shape", "len"} <= found for found in names)


def slipped(number, kind, method, old, new):
    """Yield the step's class, or function, with a slip: everywhere, then in each place."""
    node = code(number)[kind]
    own = [node] if isinstance(node, ast.FunctionDef) else node.body
    for at, part in enumerate(own):
        if isinstance(part, ast.FunctionDef) and re.fullmatch(
            method or kind, part.name
        ):
            text = ast.unparse(part)
            places = [*re.finditer(old, text, re.M)]
            texts = [re.sub(old, new, text, flags=re.M)]
            if len(places) > 1:
                texts += [
                    text[: p.start()] + p.expand(new) + text[p.end() :] for p in places
                ]
            for changed in texts if places else []:
                if part is not node:
                    body = [
                        *node.body[:at],
                        *ast.parse(changed).body,
                        *node.body[at + 1 :],
                    ]
                    changed = ast.unparse(ast.ClassDef(kind, node.bases, [], body, []))
                names = dict(step(number))
                exec(changed, names)
                yield names[kind]

"""Objects of the step's and the reader's, both behind the names of the steps."""

import contextlib
import functools
import inspect
import io
import re
from typing import NamedTuple

import numpy as np

from tour.judge.names import alias, squeezed

METHODS = {
    "forward", "backward", "predictions", "calculate", "regularization_loss",
    "pre_update_params", "update_params", "post_update_params", "compare", "init",
    "add", "set", "finalize", "train",
}  # fmt: skip
ASKS = {"training": True, "reinit": True}  # what methods of the book take besides


class Trouble(Exception):
    """Why a program of calls can't go on."""


class Absent(Trouble):
    """There is no such method."""


class Missing(Trouble):
    """A method sets or returns nothing."""


class Unfit(Trouble):
    """The reader's class is called in another way."""


class Failed(Trouble):
    """A call of the reader's ended with an error."""


class Row(NamedTuple):
    """What a call has done."""

    method: str
    call: tuple  # the object and its method, and what went in
    label: str
    value: object

    @property
    def place(self):
        start, given = self.call
        return f"{start}({', '.join(map(short, given))})"


def public(thing):
    return [name for name in dir(thing) if name[:2] != "__"]


@functools.cache
def parameters(function):
    """What a function or a class takes, without *args and **kwargs."""
    try:
        words = inspect.signature(function).parameters.values()
    except ValueError:  # it is not written in Python
        return []
    return [w for w in words if w.kind not in (w.VAR_KEYWORD, w.VAR_POSITIONAL)]


class Thing:
    """An object that has the names of the steps, whatever names its class has."""

    def __init__(self, cls, setup, side=None):
        # A side, if there is one, notes what is called
        vars(self).update(side=side, mode={"training": True}, result=None, count=0)
        words = parameters(cls)
        names = [w.name for w in words]
        found = {name: alias(name, names) for name in setup}
        needed = [w.name for w in words if w.default is w.empty]
        free = iter([name for name in needed if name not in found.values()])
        given = {own or next(free, None): setup[name] for name, own in found.items()}
        given.pop(None, None)
        if left := [name for name in needed if name not in given]:
            raise Unfit(f"it can't be made: {' and '.join(left)} must be given")
        shown = ", ".join(f"{name}={value}" for name, value in given.items())
        vars(self)["made"] = f"{cls.__name__}({shown})"
        self.note("__init__", cls.__name__, [f"{k}={v}" for k, v in given.items()])
        vars(self)["own"] = attempt(cls, **given)

    def note(self, method, start, given):
        if self.side:
            self.side.seen = method, (start, given)

    def has(self, name):
        return alias(name, public(self.own)) is not None

    def __getattr__(self, name):
        if name in METHODS:
            return functools.partial(self.call, name)
        found = alias(name, public(self.own))
        value = attempt(getattr, self.own, found) if found else self.result
        if value is None:
            raise Missing(f"it sets no {name}")
        if name == "weights" and self.turned:
            return np.transpose(value)
        return np.reshape(value, (1, -1)) if name == "biases" else value

    def __setattr__(self, name, value):
        if name == "training":
            self.mode["training"] = value
            return
        found = [own for own in public(self.own) if alias(name, [own])]
        if not found:
            raise Unfit(f"check does not find its {name}")
        for own in found:
            old = getattr(self.own, own)
            if np.size(old) == np.size(value):
                turned = np.shape(old) == np.shape(value)[::-1] and np.ndim(old) == 2
                vars(self)["turned"] = turned and np.shape(old) != np.shape(value)
                new = (
                    np.transpose(value) if turned else np.reshape(value, np.shape(old))
                )
                setattr(self.own, own, np.array(new))

    turned = False  # whether weights have a row for each neuron

    def call(self, name, *given, **named):
        """Call a method with the arguments as the reader's takes them."""
        found = alias(name, public(self.own))
        if found is None:
            raise Absent(name)
        vars(self)["count"] += 1
        self.note(name, f"{self.made}, call {self.count}: {found}", given)
        method = getattr(self.own, found)
        given = [np.array(g) if isinstance(g, np.ndarray) else g for g in given]
        given = [getattr(value, "own", value) for value in given]
        named = {k: getattr(value, "own", value) for k, value in named.items()}
        with contextlib.suppress(AttributeError):
            self.own.training = self.mode["training"]
        given, named = fitted(self.own, name, method, given, named, self.mode)
        before = [np.array(g) for g in given if isinstance(g, np.ndarray)]
        result = prepared(method, given, named)
        after = [g for g in given if isinstance(g, np.ndarray)]
        if self.side and not all(map(np.array_equal, before, after)):
            self.side.changes.add(name)
        vars(self)["result"] = result[0] if isinstance(result, tuple) else result
        if name in ("calculate", "compare", "predictions", "regularization_loss"):
            if self.result is None:
                raise Missing(f"{found} returns nothing")
        return self.result


def fitted(own, name, method, given, named, mode):
    """The arguments of a call in the order, and under the names, of a reader's method."""
    words = parameters(method)
    extra = {}
    for asked in ASKS:
        if word := alias(asked, [w.name for w in words]):
            extra[word] = mode.get(asked, ASKS[asked])
    names = [w.name for w in words if w.name not in extra]
    if named:
        found = {alias(k, names): value for k, value in named.items()}
        found.pop(None, None)
        return (given, found | extra) if given or found else ([*named.values()], extra)
    if name == "regularization_loss" and not names:
        if word := alias("remember_trainable_layers", methods_of(own)):
            attempt(getattr(own, word), given)
            return [], extra
    if len(given) == 2 and names and alias("y_true", names[:1]):
        given = given[::-1]
    needed = [w for w in words if w.default is w.empty and w.name not in extra]
    stars = any(
        w.kind == w.VAR_POSITIONAL
        for w in inspect.signature(method).parameters.values()
    )
    if len(needed) > len(given) or (len(names) < len(given) and not stars):
        takes = ", ".join(names) or "nothing"
        raise Unfit(f"its {method.__name__} takes {takes}")
    return given, extra


def methods_of(own):
    kind = type(own)
    return [name for name in public(kind) if inspect.isfunction(getattr(kind, name))]


def prepared(method, given, named):
    """What a call returns; what it misses, another method may set, as new_pass does."""
    done = set()
    while True:
        try:
            return attempt(method, *given, **named)
        except Failed as failed:
            [error] = failed.args
            if not isinstance(error, AttributeError) or error.name in done:
                raise
            done.add(error.name)
            for name in methods_of(error.obj):
                setter = getattr(error.obj, name)
                words = parameters(setter)
                if error.name in setter.__code__.co_names and len(words) < 2:
                    with contextlib.suppress(Failed):
                        attempt(setter, *[[] for _ in words])


def attempt(function, *given, **named):
    """What a call returns; Failed if it ends with an error."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return function(*given, **named)
    except (Exception, SystemExit) as error:
        raise Failed(error) from None


def short(value):
    if isinstance(value, np.ndarray):
        text = np.array2string(value, 70, 6, threshold=12, separator=", ")
        return re.sub(r"\s+", " ", text)
    return "layer" if isinstance(value, Thing) else str(value)


class Side:
    """One of the two: its classes by kind, and the steps' for what it does not have.

    shared has the methods and settings that both have, penalties those that the layers
    of both take.
    """

    def __init__(self, classes, steps, penalties=()):
        self.classes, self.steps, self.penalties = classes, steps, penalties
        self.shared, self.defaults, self.asks_training = set(), {}, False
        self.changes = set()  # the methods that change what they are given
        self.borrowed = set()  # the kinds that it had to take from the steps

    def rows(self, programs, cls):
        """What each program shows of a class, as lists of rows."""
        self.cls = cls
        return ([*self.row_of(program)] for program in programs)

    def row_of(self, program):
        np.random.seed(0)
        self.seen = "__init__", (self.cls.__name__, ())
        try:
            for label, value in program(self):
                yield Row(*self.seen, label, value)
        except Trouble as trouble:
            yield Row(*self.seen, "", trouble)
        except Exception as error:  # the values are of no kind that numbers are
            yield Row(*self.seen, "", Unfit(f"its values can't be used: {error}"))

    def make(self, **setup):
        """An object of the class that is judged; functions become its methods."""
        methods = {k: v for k, v in setup.items() if inspect.isfunction(v)}
        cls = type(self.cls.__name__, (self.cls,), methods) if methods else self.cls
        kept = self.defaults | setup
        kept = {k: v for k, v in kept.items() if k in self.shared and k not in methods}
        return Thing(cls, kept, self)

    def call(self, *given):
        """What the function that is judged returns."""
        self.seen = self.cls.__name__, (self.cls.__name__, given)
        result = attempt(self.cls, *given)
        if result is None:
            raise Missing("it returns nothing")
        return result

    def part(self, kind, **setup):
        """An object of another class, of the side's own if it has one."""
        cls = self.classes.get(kind)
        if cls is None:
            self.borrowed.add(kind)
            cls = borrowed(self.steps[kind])
        takes = [w.name for w in parameters(cls)]
        if kind == "Layer_Dense":
            needs = {"n_inputs", "n_neurons", *self.penalties}
            setup = {k: v for k, v in setup.items() if k in needs}
        else:
            setup = {k: v for k, v in setup.items() if alias(k, takes)}
        return Thing(cls, setup)


def borrowed(cls):
    """A step's class whose attributes are there under other names too."""

    class Borrowed(cls):
        def __getattr__(self, name):
            names = [n for n in vars(self) if alias(n, [name])]
            if names and name[:2] != "__":
                return vars(self)[names[0]]
            raise AttributeError(f"{cls.__name__} has no {name}", name=name, obj=self)

        def __setattr__(self, name, value):
            names = [n for n in vars(self) if alias(n, [name]) and squeezed(n) != name]
            object.__setattr__(self, names[0] if names else name, value)

    Borrowed.__name__ = cls.__name__
    return Borrowed

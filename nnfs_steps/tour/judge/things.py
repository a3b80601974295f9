"""Objects of the step's and of the reader's, both behind the names of the steps."""

import contextlib
import functools
import inspect
import io
from typing import NamedTuple

import numpy as np

from tour.judge.names import METHODS, RETURN, alias

# ---- Why a program of calls can't go on


class Trouble(Exception):
    """The call gives no value."""


class Absent(Trouble):
    """There is no such method."""


class Missing(Trouble):
    """The method sets or returns nothing."""


class Unfit(Trouble):
    """The reader's class is used in another way."""


class Failed(Trouble):
    """The call has ended with an error, which is args[0]."""


def attempt(function, *given, **named):
    """What a call returns; what it prints is lost."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return function(*given, **named)
    except (Exception, SystemExit) as error:
        raise Failed(error) from None


def prepared(method, given, named):
    """What a call returns; what it misses, another method may set, as new_pass does."""
    called = set()
    while True:
        try:
            return attempt(method, *given, **named)
        except Failed as failed:
            [error] = failed.args
            if not isinstance(error, AttributeError) or error.name in called:
                raise
            called.add(error.name)
            for name in methods_of(type(error.obj)):
                setter = getattr(error.obj, name)
                words = settings(setter)
                if error.name in setter.__code__.co_names and len(words) < 2:
                    with contextlib.suppress(Failed):
                        attempt(setter, *[[] for _ in words])


# ---- What things have


def public(thing):
    return [name for name in dir(thing) if name[:2] != "__"]


def methods_of(cls):
    return [name for name in public(cls) if inspect.isfunction(getattr(cls, name))]


@functools.cache
def settings(function):
    """What a function or a class takes, without *args and **kwargs."""
    try:
        words = inspect.signature(function).parameters.values()
    except ValueError:  # it is not written in Python
        return []
    return [w for w in words if w.kind not in (w.VAR_KEYWORD, w.VAR_POSITIONAL)]


def names_of(function):
    return [word.name for word in settings(function)]


def short(value):
    """A value in a line."""
    if isinstance(value, np.ndarray):
        text = np.array2string(value, 70, 6, threshold=12, separator=", ")
        return " ".join(text.split())
    return "layer" if isinstance(value, Thing) else str(value)


# ---- An object


class Thing:
    """An object that has the names of the steps, whatever names its class has.

    vars(self) has own, the object; side, if its calls are what is judged; training, what
    methods are told that ask; turned, whether its weights have a row for each neuron.
    """

    def __init__(self, cls, setup, side=None):
        words = settings(cls)
        found = {name: alias(name, names_of(cls)) for name in setup}
        needed = [word.name for word in words if word.default is word.empty]
        free = iter([name for name in needed if name not in found.values()])
        given = {name or next(free, None): setup[ours] for ours, name in found.items()}
        given.pop(None, None)
        if left := [name for name in needed if name not in given]:
            raise Unfit(f"to make it, {' and '.join(left)} must be given")
        shown = [f"{name}={value}" for name, value in given.items()]
        vars(self).update(side=side, training=True, turned=False, count=0, result=None)
        vars(self)["made"] = f"{cls.__name__}({', '.join(shown)})"
        self.note("__init__", cls.__name__, shown)
        vars(self)["own"] = attempt(cls, **given)

    def note(self, method, start, given):
        if self.side:
            self.side.seen = method, start, given

    def has(self, name):
        return alias(name, public(self.own)) is not None

    def __getattr__(self, name):
        if name in METHODS:
            return functools.partial(self.call, name)
        found = alias(name, public(self.own))
        value = attempt(getattr, self.own, found) if found else self.result
        if value is None:
            raise Missing(f"it sets no {name}")
        if name == "biases":
            return np.reshape(value, (1, -1))
        turned = self.turned and name in ("weights", "dweights")
        return np.transpose(value) if turned else value

    def __setattr__(self, name, value):
        vars(self)[name] = value  # training is for methods that ask
        found = [own for own in public(self.own) if alias(name, [own])]
        if name == "training":
            return
        del vars(self)[name]
        if not found:
            raise Unfit(f"check does not find its {name}")
        shape = np.shape(getattr(self.own, found[0]))
        if name == "weights" and shape == value.shape[::-1]:
            vars(self)["turned"] = True
            value = value.T
        for own in found:
            setattr(self.own, own, np.array(np.reshape(value, shape)))

    def call(self, name, *given, **named):
        """Call a method with the arguments as the reader's takes them."""
        found = alias(name, public(self.own))
        if found is None:
            raise Absent(name)
        vars(self)["count"] += 1
        self.note(name, f"{self.made}, call {self.count}: {found}", given)
        given = [np.array(g) if isinstance(g, np.ndarray) else g for g in given]
        before = [np.array(g) for g in given if isinstance(g, np.ndarray)]
        after = [g for g in given if isinstance(g, np.ndarray)]
        given = [getattr(value, "own", value) for value in given]
        named = {word: getattr(value, "own", value) for word, value in named.items()}
        with contextlib.suppress(AttributeError):
            self.own.training = self.training
        method = getattr(self.own, found)
        given, named = self.fitted(name, method, given, named)
        result = prepared(method, given, named)
        if self.side and not all(map(np.array_equal, before, after)):
            self.side.changes.add(name)
        vars(self)["result"] = result[0] if isinstance(result, tuple) else result
        if name in RETURN and self.result is None:
            raise Missing(f"{found} returns nothing")
        return self.result

    def fitted(self, name, method, given, named):
        """The arguments in the order, and under the names, that a method takes."""
        asked = {"training": self.training, "reinit": True}
        extra = {alias(word, names_of(method)): value for word, value in asked.items()}
        extra.pop(None, None)
        words = [word for word in settings(method) if word.name not in extra]
        names = [word.name for word in words]
        if named:
            named = {alias(word, names): value for word, value in named.items()}
            named.pop(None, None)
            return given, named | extra
        remember = alias("remember_trainable_layers", methods_of(type(self.own)))
        if name == "regularization_loss" and not names and remember:
            attempt(getattr(self.own, remember), given)
            return [], extra
        if len(given) == 2 and alias("y_true", names[:1]):
            given = given[::-1]
        needed = [word for word in words if word.default is word.empty]
        most = len(given) if inspect.getfullargspec(method).varargs else len(names)
        if not len(needed) <= len(given) <= most:
            raise Unfit(f"its {method.__name__} takes ({', '.join(names)})")
        return given, extra


def borrowed(cls):
    """A step's class whose attributes are there under a reader's names too."""

    class Borrowed(cls):
        def __getattr__(self, name):
            found = [own for own in vars(self) if alias(own, [name])]
            if not found:
                raise AttributeError(f"the step has no {name}", name=name, obj=self)
            return vars(self)[found[0]]

        def __setattr__(self, name, value):
            found = [own for own in vars(self) if alias(own, [name])]
            object.__setattr__(self, found[0] if found else name, value)

    return Borrowed


# ---- One of the two


class Row(NamedTuple):
    """What a call has given."""

    method: str
    start: str
    given: list
    label: str
    value: object

    @property
    def place(self):
        return f"{self.start}({', '.join(map(short, self.given))})"


class Side:
    """The step's classes, or the reader's with the steps' for what it does not have.

    shared has the methods and settings that both have, unknown the settings that only the
    reader's has, if it lacks others: they may be the same under another name.
    """

    def __init__(self, kinds, steps, own, theirs, dense):
        self.kinds, self.steps, self.changes = kinds, steps, set()
        known = {
            word.name: alias(word.name, names_of(theirs)) for word in settings(own)
        }
        unknown = [name for name in names_of(theirs) if name not in known.values()]
        self.unknown = unknown if None in known.values() else []
        words = [word for word in settings(own) if known[word.name]]
        self.defaults = {w.name: w.default for w in words if w.default is not w.empty}
        needed = {word.name for word in settings(own) if word.default is word.empty}
        methods = {name for name in public(own) if alias(name, public(theirs))}
        self.shared = {*self.defaults, *needed, *methods}
        takes = names_of(dense or steps["Layer_Dense"])
        self.dense = {w for w in names_of(steps["Layer_Dense"]) if alias(w, takes)}
        self.dense |= {"n_inputs", "n_neurons"}

    def rows(self, programs, cls):
        """What each program shows of a class, as an iterator of lists of rows."""
        self.cls = cls
        return ([*self.run(program)] for program in programs)

    def run(self, program):
        np.random.seed(0)
        self.seen = "__init__", self.cls.__name__, []
        try:
            for label, value in program(self):
                yield Row(*self.seen, label, value)
        except Trouble as trouble:
            yield Row(*self.seen, "", trouble)
        except (TypeError, ValueError) as error:  # the values are no numbers
            yield Row(*self.seen, "", Unfit(f"its values can't be used: {error}"))

    def make(self, **setup):
        """An object of the class that is judged; functions become its methods."""
        methods = {k: v for k, v in setup.items() if inspect.isfunction(v)}
        cls = type(self.cls.__name__, (self.cls,), methods) if methods else self.cls
        setup = self.defaults | setup
        kept = {k: v for k, v in setup.items() if k in self.shared and k not in methods}
        return Thing(cls, kept, self)

    def part(self, kind, **setup):
        """An object of another class."""
        cls = self.kinds.get(kind) or borrowed(self.steps[kind])
        takes = names_of(cls)
        known = (
            self.dense
            if kind == "Layer_Dense"
            else {k for k in setup if alias(k, takes)}
        )
        return Thing(cls, {k: v for k, v in setup.items() if k in known})

    def call(self, *given):
        """What the function that is judged returns."""
        self.seen = self.cls.__name__, self.cls.__name__, given
        result = attempt(self.cls, *given)
        if result is None:
            raise Missing("it returns nothing")
        return result

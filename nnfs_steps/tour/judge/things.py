"""Objects of the step's and of the reader's, both behind the names of the steps."""

import contextlib
import functools
import inspect
from typing import NamedTuple

import numpy as np

from tour.judge.names import METHODS, RETURN, alias

# What a model calls before some methods, and what it gives
BEFORE = {"calculate": {"new_pass": [], "remember_trainable_layers": [[]]}}


class Trouble(Exception):
    """The call gives no value, and why; without words if there is no such method."""


class Failed(Trouble):
    """The call has ended with an error, which is args[0]."""


def attempt(function, *given, **named):
    try:
        return function(*given, **named)
    except (Exception, SystemExit) as error:
        raise Failed(error) from None


# ---- What things have


def public(thing):
    return [name for name in dir(thing) if name[:2] != "__"]


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


def needed(function):
    return [word.name for word in settings(function) if word.default is word.empty]


def shared_settings(own, theirs):
    """The settings that a step's class shares with a reader's, and those that it needs."""
    known = [name for name in names_of(own) if alias(name, names_of(theirs))]
    return {*known, *needed(own)}


def asks_training(cls):
    code = getattr(getattr(cls, "forward", None), "__code__", None)
    return code and any("training" in name for name in code.co_varnames + code.co_names)


def short(value):
    """A value in a line."""
    if isinstance(value, np.ndarray):
        text = np.array2string(value, 70, 6, threshold=12, separator=", ")
        return " ".join(text.split())
    return "layer" if isinstance(value, Thing) else str(value)


# ---- An object


class Thing:
    """An object that has the names of the steps, whatever names its class has.

    own is the object, training what its methods are told that ask, given what the last
    call was given; note is called before each, with the method, words and arguments.
    """

    def __init__(self, cls, setup, note):
        found = {name: alias(name, names_of(cls)) for name in setup}
        free = iter([name for name in needed(cls) if name not in found.values()])
        given = {name or next(free, None): setup[ours] for ours, name in found.items()}
        given.pop(None, None)
        if left := [name for name in needed(cls) if name not in given]:
            raise Trouble(f"to make it, {' and '.join(left)} must be given")
        shown = [f"{name}={value}" for name, value in given.items()]
        note("__init__", cls.__name__, shown)
        self.made = f"{cls.__name__}({', '.join(shown)})"
        self.note, self.training, self.count, self.result = note, True, 0, None
        self.own = attempt(cls, **given)

    def has(self, ours):
        """The name that the object has for one of ours, or None."""
        return alias(ours, public(self.own))

    def __getattr__(self, name):
        if name in METHODS:
            return functools.partial(self.call, name)
        found = self.has(name)
        value = attempt(getattr, self.own, found) if found else self.result
        if value is None:
            raise Trouble(f"it sets no {name}")
        return np.reshape(value, (1, -1)) if name == "biases" else value

    def put(self, **values):
        """Set attributes, in the shape that they have."""
        for ours, value in values.items():
            old = getattr(self, ours)
            if np.shape(old) != value.shape:
                raise Trouble(f"its {ours} have another shape")
            found = self.has(ours)
            shape = np.shape(getattr(self.own, found))
            setattr(self.own, found, np.array(np.reshape(value, shape)))

    def call(self, name, *given, **named):
        """Call a method with the arguments as the reader's takes them."""
        found = self.has(name)
        if found is None:
            raise Trouble
        self.count += 1
        shown = given
        if name == "update_params" and given[0].has("dweights"):
            shown = [f"layer with dweights {short(given[0].dweights)}"]
        self.note(name, f"{self.made}, call {self.count}: {found}", shown)
        self.given = [np.array(g) if isinstance(g, np.ndarray) else g for g in given]
        given = [getattr(value, "own", value) for value in self.given]
        named = {word: getattr(value, "own", value) for word, value in named.items()}
        with contextlib.suppress(AttributeError):
            self.own.training = self.training
        for earlier, words in BEFORE.get(name, {}).items():
            if there := self.has(earlier):
                with contextlib.suppress(Failed):
                    attempt(getattr(self.own, there), *words)
        method = getattr(self.own, found)
        given, named = self.fitted(name, method, given, named)
        result = attempt(method, *given, **named)
        self.result = result[0] if isinstance(result, tuple) else result
        if name in RETURN and self.result is None:
            raise Trouble(f"{found} returns nothing")
        return self.result

    def fitted(self, name, method, given, named):
        """The arguments in the order, and under the names, that a method takes."""
        asked = {"training": self.training, "reinit": True}
        extra = {alias(word, names_of(method)): value for word, value in asked.items()}
        extra.pop(None, None)
        names = [word for word in names_of(method) if word not in extra]
        if named:
            named = {alias(word, names): value for word, value in named.items()}
            named.pop(None, None)
            return given, named | extra
        remember = self.has("remember_trainable_layers")
        if name == "regularization_loss" and not names and remember:
            attempt(getattr(self.own, remember), given)
            return [], extra
        if len(given) == 2 and alias("y_true", names[:1]):
            given = given[::-1]
        least = [word for word in needed(method) if word in names]
        most = len(given) if inspect.getfullargspec(method).varargs else len(names)
        if not len(least) <= len(given) <= most:
            raise Trouble(f"its {method.__name__} takes ({', '.join(names)})")
        return given, extra


# ---- Where programs are run


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


class Bench:
    """Where programs are run with the step's class, and with the reader's.

    shared has the methods and settings that both have; unknown the settings that only the
    reader's has, if it lacks others: they may be the same under another name.
    """

    def __init__(self, own, theirs, steps, kinds, strict):
        self.own, self.steps, self.yours = own, steps, steps | kinds
        self.strict = strict
        self.asks_training = asks_training(own if strict else theirs)
        words = shared_settings(own, theirs)
        self.shared = words | {n for n in public(own) if alias(n, public(theirs))}
        defaults = {word.name: word.default for word in settings(own)}
        self.defaults = {n: defaults[n] for n in words if n not in needed(own)}
        known = [alias(name, names_of(theirs)) for name in names_of(own)]
        unknown = [name for name in names_of(theirs) if name not in known]
        self.unknown = unknown if None in known else []

    def rows(self, programs, cls):
        """What each program shows of a class, as an iterator of lists of rows."""
        self.cls = cls
        # A step's class has the step's own around it, with a slip too
        ours = inspect.isclass(cls) and issubclass(cls, self.own)
        self.classes = self.steps if ours else self.yours
        return ([*self.run(program)] for program in programs)

    def run(self, program):
        np.random.seed(0)
        self.note("__init__", self.cls.__name__, [])
        try:
            for label, value in program(self):
                yield Row(*self.seen, label, value)
        except Trouble as trouble:
            yield Row(*self.seen, "", trouble)
        except (TypeError, ValueError) as error:  # the values are no numbers
            yield Row(*self.seen, "", Trouble(f"its values can't be used: {error}"))

    def note(self, *seen):
        self.seen = seen

    def make(self, **setup):
        """An object of the class that is judged; functions become its methods."""
        methods = {k: v for k, v in setup.items() if inspect.isfunction(v)}
        cls = type(self.cls.__name__, (self.cls,), methods) if methods else self.cls
        setup = self.defaults | setup
        kept = {k: v for k, v in setup.items() if k in self.shared and k not in methods}
        return Thing(cls, kept, self.note)

    def part(self, kind, **setup):
        """An object of another class, with the settings that the reader's has too."""
        words = shared_settings(self.steps[kind], self.yours[kind])
        setup = {name: value for name, value in setup.items() if name in words}
        return Thing(self.classes[kind], setup, lambda *call: None)

    def call(self, *given):
        """What the function that is judged returns."""
        self.note(self.cls.__name__, self.cls.__name__, given)
        result = attempt(self.cls, *given)
        if result is None:
            raise Trouble("it returns nothing")
        return result

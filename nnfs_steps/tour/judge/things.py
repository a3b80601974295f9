"""An object of the step's or of the reader's, behind the names of the steps."""

import contextlib
import functools
import inspect

import numpy as np

from tour.judge.names import alias


@functools.cache
def settings(function):
    """What a function or a class takes, with the default of each, or Parameter.empty."""
    try:
        words = inspect.signature(function).parameters.values()
    except ValueError:  # it is not written in Python
        return {}
    return {word.name: word.default for word in words if "VAR" not in word.kind.name}


def needed(function):
    words = settings(function).items()
    return [word for word, default in words if default is inspect.Parameter.empty]


def public(thing):
    return [name for name in dir(thing) if name[:2] != "__"]


def shared(own, theirs):
    """The methods and settings that a reader's class has too, and what a step's needs."""
    pairs = (public(own), public(theirs)), (settings(own), settings(theirs))
    both = {name for ours, names in pairs for name in ours if alias(name, names)}
    return both | {*needed(own)}


def short(value):
    """A value in a line."""
    if isinstance(value, np.ndarray) and value.ndim:
        text = np.array2string(value, 70, 6, threshold=12, separator=", ")
        return " ".join(text.split())
    return "layer" if isinstance(value, Thing) else str(value)


class Thing:
    """An object that has the names of the steps, whatever names its class has.

    own is the object, training what its methods are told that ask, given what the last
    call was given; seen gets the method, words and arguments of each call.
    """

    def __init__(self, cls, setup, seen):
        self.seen, self.training, self.count, self.result = seen, True, 0, None
        names = {ours: alias(ours, settings(cls)) for ours in setup}
        free = iter([name for name in needed(cls) if name not in names.values()])
        given = {names[ours] or next(free, None): setup[ours] for ours in setup}
        given.pop(None, None)
        shown = [f"{name}={value}" for name, value in given.items()]
        self.made = f"{cls.__name__}({', '.join(shown)})"
        seen.append(("__init__", cls.__name__, shown))
        self.own = cls(**given)
        # What a model calls first, if it is there
        for ours, words in ("new_pass", []), ("remember_trainable_layers", [[]]):
            if name := self.has(ours):
                with contextlib.suppress(Exception):
                    getattr(self.own, name)(*words)

    def has(self, ours):
        """The name that the object has for one of ours, or None."""
        return alias(ours, public(self.own))

    def __getattr__(self, ours):
        name = self.has(ours)
        value = getattr(self.own, name) if name else None
        if callable(value):
            return functools.partial(self.call, ours, value)
        if value is None and ours in ("output", "dinputs"):
            value = self.result  # what forward and backward return
        if value is None:
            raise ValueError(f"it has no {ours}")
        return np.reshape(value, (1, -1)) if ours == "biases" else value

    def put(self, **values):
        """Set attributes, in the shape that they have."""
        for ours, value in values.items():
            if np.shape(getattr(self, ours)) != value.shape:
                raise ValueError(f"its {ours} have another shape")
            shape = np.shape(getattr(self.own, self.has(ours)))
            setattr(self.own, self.has(ours), np.array(np.reshape(value, shape)))

    def call(self, ours, method, *given, **named):
        """Call a method with the arguments as the reader's takes them."""
        several = "layers" in str(inspect.signature(method))
        if ours == "update_params" and len(given) > 1 and not several:
            for layer in given:
                self.call(ours, method, layer)
            return None
        self.count += 1
        shown = given
        if ours == "update_params":
            shown = [f"layer with dweights {short(given[0].dweights)}"]
        copies = [np.array(x) if isinstance(x, np.ndarray) else x for x in given]
        self.given = [getattr(value, "own", value) for value in copies]
        self.own.training = self.training
        given, named = self.fitted(ours, method, named)
        start = f"{self.made}, call {self.count}: {method.__name__}"
        self.seen.append((ours, start, shown))
        result = method(*given, **named)
        self.result = result[0] if isinstance(result, tuple) else result
        return self.result

    def fitted(self, ours, method, named):
        """The arguments in the order, and under the names, that a method takes."""
        told = {"training": self.training, "reinit": True, **named}
        named = {alias(word, settings(method)): value for word, value in told.items()}
        named.pop(None, None)
        named = {word: getattr(value, "own", value) for word, value in named.items()}
        free = [word for word in settings(method) if word not in named]
        if ours == "regularization_loss" and not free:
            self.remember_trainable_layers(self.given)
            return [], named
        if "layers" in free:
            return [self.given], named
        if alias("y_true", free[:1]) and len(free) > 1:
            return self.given[::-1], named
        if ours == "backward":  # it may have kept the predictions, or all
            return self.given[-len(free) :] if free else [], named
        return self.given, named

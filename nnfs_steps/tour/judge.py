"""Holds what a reader wrote against the step's own: judge.py STEP FILE FUNCTION...

Exit status: 0 if all agree, 3 if one differs.
"""

import ast
import copy
import inspect
import os
import sys
import traceback
import types
from contextlib import redirect_stdout
from operator import attrgetter
from textwrap import shorten

import numpy as np

H = 1e-6  # of the central differences
RESULT = "the result"


def load(path):
    """The classes and functions of a script as a module; its program does not run."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    kinds = ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef
    tree.body = [node for node in tree.body if isinstance(node, kinds)]
    module = types.ModuleType("step")
    exec(compile(tree, path, "exec"), vars(module))
    return module


def with_one(name, step, path):
    """The step's module with one function of the reader's, to judge it alone."""
    module, yours = load(step), load(path)
    owner, _, last = name.rpartition(".")
    function = attrgetter(name)(yours)
    setattr(attrgetter(owner)(module) if owner else module, last, function)
    vars(yours).update(vars(module))  # so what it calls is the step's own
    return module


def parameters(function):
    return [*inspect.signature(function).parameters]


def cases(module):
    """Values by parameter: labels in both forms, and what a guard should refuse."""
    rng = np.random.default_rng(0)
    x, numbers = rng.uniform(0.1, 2, (5, 3)), np.array([0, 2, 1, 1, 2])
    y_pred, one_hot = x / x.sum(axis=1, keepdims=True), np.eye(3)[numbers]
    usual = {"n_inputs": 3, "n_neurons": 4, "inputs": rng.normal(size=(5, 3)), "x": x}
    if hasattr(module, "Layer_Dense"):
        names = parameters(module.Layer_Dense)
        layer = module.Layer_Dense(*[usual.get(name, rng.uniform()) for name in names])
        for name in "weights", "biases":
            shape = getattr(layer, name).shape
            setattr(layer, name, rng.normal(size=shape))
            setattr(layer, f"d{name}", rng.normal(size=shape))
        usual["layer"] = layer
    clipped = np.eye(3)[[0, 2, 0, 1, 1]]
    good = (y_pred, numbers), (y_pred, one_hot), (clipped, numbers), (clipped, one_hot)
    bad = (y_pred, numbers + 1), (y_pred, numbers[1:]), (y_pred, 2 * one_hot)
    for p, y in [*good, *bad, (2 * y_pred, numbers)]:
        yield usual | {"y_pred": p, "output": p, "y_true": y, "y": y}
        usual["inputs"][0, 0] = 0  # from the second on: where ReLU has its bend


def outcome(function, names, values):
    np.random.seed(0)  # a dropout drops the same again
    try:
        return function(*[values[name] for name in names])
    except (Exception, SystemExit) as error:
        return error


def flat(name, value):
    """Values by name; an object gives way to its attributes."""
    if isinstance(value, BaseException) or not hasattr(value, "__dict__"):
        return {name: value}
    parts = [flat(f"{name}.{key}", part) for key, part in vars(value).items()]
    return {key: part for found in parts for key, part in found.items()}


def life(cls, plan, values, own=None):
    """Yield what each method of a class returns and sets; its arguments should stay.

    With own, the step's module, the gradients are measured instead of calculated.
    """
    rng, values = np.random.default_rng(1), copy.deepcopy(values)
    setup = plan.get("__init__", [])
    values = {name: rng.uniform(0.1, 0.9) for name in setup} | values
    # Where a prediction is 0, it gets clipped, and an input of 0 is in the bend of ReLU
    smooth = "forward" in plan and np.all(values.get(plan["forward"][0], 1))
    thing = outcome(cls, setup, values)
    error = thing if isinstance(thing, BaseException) else None
    yield "__init__()", {RESULT: error} | flat("self", thing)
    if hasattr(thing, "biases"):
        thing.weights = rng.normal(size=thing.weights.shape)
        thing.biases = rng.normal(size=thing.biases.shape)
    for name in [name for name in plan if name != "__init__"] * 2:  # Adam remembers
        if hasattr(thing, "output"):
            values["y_pred"] = thing.output
            values["dvalues"] = rng.normal(size=np.shape(thing.output))
        if {*plan[name]} <= values.keys():
            shapes = [f"{word} {np.shape(values[word])}" for word in plan[name]]
            result = outcome(getattr(thing, name), plan[name], values)
            after = types.SimpleNamespace(self=thing, **values)
            yield f"{name}({', '.join(shapes)})", {RESULT: result} | flat("", after)
        if name == "backward" and smooth:
            found = measured(thing, plan["forward"], values, own) if own else thing
            yield "backward, by central differences", flat(".self", found)


def measured(thing, names, values, own):
    """The gradients of forward by central differences, as attributes."""
    thing, gradients = copy.deepcopy(thing), types.SimpleNamespace()
    penalty = getattr(getattr(own, "Loss", None), "regularization_loss", None)

    def value():
        result = outcome(thing.forward, names, values)
        if result is not None:
            return np.mean(result)
        result = np.sum(thing.output * values["dvalues"])
        return (
            result + penalty(None, thing) if penalty and "weights" in arrays else result
        )

    arrays = {k: v for k, v in vars(thing).items() if k in ("weights", "biases")}
    for name, array in ({"inputs": values[names[0]]} | arrays).items():
        slopes = np.empty_like(array)
        for place in np.ndindex(array.shape):
            array[place] += H
            above = value()
            array[place] -= 2 * H
            slopes[place] = (above - value()) / (2 * H)
            array[place] += H
        setattr(gradients, f"d{name}", slopes)
    return gradients


def difference(yours, own):
    """What to show of two results, if they differ; of arrays only numbers that do."""
    if isinstance(yours, BaseException) or isinstance(own, BaseException):
        return () if type(yours) is type(own) else (yours, own)
    if own is None:  # returning more than the step does no harm
        return ()
    if yours is None or isinstance(yours, str):
        return yours, own
    try:
        if np.array_equal(yours, own):
            return ()
        if np.shape(yours) != np.shape(own):
            return f"shape {np.shape(yours)}", f"shape {np.shape(own)}"
        wrong = ~np.isclose(yours, own, 1e-4, 1e-7)
        return (np.array(yours)[wrong], np.array(own)[wrong]) if wrong.any() else ()
    except (TypeError, ValueError):  # not numbers
        return yours, own


def text(value, path):
    if isinstance(value, BaseException):
        frames = traceback.extract_tb(value.__traceback__)
        lines = [f" in line {f.lineno}" for f in frames if f.filename == path]
        value = f"{type(value).__name__}{''.join(lines[-1:])}: {value}"
    return shorten(" ".join(str(value).split()), 90, placeholder=" ...")


def events(name, own, module):
    """Yield what is called, and what comes of it in the reader's and the step's way."""
    owner = name.rpartition(".")[0]
    for number, values in enumerate(cases(own)):
        if not owner:
            names, both = parameters(getattr(own, name)), (module, own)
            if values.keys() >= {*names}:
                calls = [(getattr(m, name), names, copy.deepcopy(values)) for m in both]
                yield f"{name}()", *[{RESULT: outcome(*call)} for call in calls]
            continue
        classes = [c for c in vars(own).values() if inspect.isclass(c)]
        [*_, cls] = [c for c in classes if issubclass(c, getattr(own, owner))]
        plan = {}
        for part in cls.__mro__[:-1]:
            methods = {k: v for k, v in vars(part).items() if inspect.isfunction(v)}
            plan = {k: parameters(v)[1:] for k, v in methods.items()} | plan
        mine = life(getattr(module, cls.__name__), plan, values)
        for (event, yours), (_, right) in zip(mine, life(cls, plan, values, own)):
            if isinstance(right.get(RESULT), Exception):
                break  # a guard does its work; who leaves it out is right as well
            yield event, yours, right
        labels = {"y", "y_true"} & {word for words in plan.values() for word in words}
        if number and not labels:
            break  # the later cases differ in their labels only


def verdict(name, step, path):
    own, last, called = load(step), name.rpartition(".")[2], False
    for event, yours, right in events(name, own, with_one(name, step, path)):
        called |= event.startswith(f"{last}(")
        lines = []
        for what in right:
            given = yours.get(what, "(not set)")
            both = [text(value, path) for value in difference(given, right[what])]
            if both:
                lines.append(f"    {what.strip('.')} after {event}")
                lines += [
                    f"        yours       {both[0]}",
                    f"        the step's  {both[1]}",
                ]
            if both and isinstance(given, BaseException):
                break
        if lines:
            return "\n".join(["differs", *lines])
    return "agrees" if called else "is tested by the program only"


if __name__ == "__main__":
    status = 0
    for name in sys.argv[3:]:
        print(name, end=" ", flush=True)  # all that is seen of an endless loop
        with open(os.devnull, "w") as null, redirect_stdout(null):
            found = verdict(name, *sys.argv[1:3])
        print(found, flush=True)
        status |= 3 * found.startswith("differs")
    sys.exit(status)

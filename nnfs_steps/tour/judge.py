"""Holds what a reader wrote against the step's own: judge.py STEP FILE FUNCTION...

Exit status: 0 if all agree, 3 if one differs.
"""

import ast
import copy
import functools
import inspect
import io
import re
import sys
import traceback
import types
import warnings
from collections import Counter
from contextlib import redirect_stdout, suppress
from pathlib import Path
from textwrap import shorten

import numpy as np

sys.path[:1] = [str(Path(__file__).parents[1])]  # not this folder: it has a runner, too
from tour.exercises import DEFINES, EMPTY, program  # noqa: E402
from tour.scripts import Script  # noqa: E402

ROUNDS = 8  # calls of each method of an object
RESULT, PRINTED, UNSET = "the result", "what is printed", "(not set)"
MAY_CHANGE = "inputs", "dvalues"  # most programs need them no more


@functools.cache
def namespace(step, mine=None, keep=()):
    """What a reader's file defines, but of the step's functions only those in keep; or
    without a reader's file what the step defines.
    """
    mine = mine or step
    space = {"__name__": "tour"}

    def run(node, path, names=space):
        exec(compile(ast.Module([node], []), path, "exec"), space, names)
        return names

    for node in ast.parse(mine.text).body:
        if isinstance(node, DEFINES):
            run(node, mine.path)
        elif isinstance(node, ast.Assign) and ast.unparse(node) not in step.text:
            with suppress(Exception):  # it needs what the program makes
                run(node, mine.path)
    for name, part in step.parts.items():
        if isinstance(part.node, ast.ClassDef) and name not in space:
            run(part.node, step.path)
    for name, part in step.functions().items():
        owner, _, last = name.rpartition(".")
        if name not in keep and owner:
            setattr(space[owner], last, run(part.node, step.path, {})[last])
        elif name not in keep:
            run(part.node, step.path)
    return space


def outcome(function, *args, seed=0, **named):
    """What a call returns or raises."""
    np.random.seed(seed)
    try:
        with redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args, **named)
    except (Exception, SystemExit) as error:
        return error


# ---- The calls: what is called, its arguments by name, and by name what it returns and
# ---- sets and leaves of its arguments: the step's, and the reader's


def values(width, number, name):
    """Arguments by name: each call has inputs of its own, and labels in all forms."""
    rng, tame = np.random.default_rng([width, number]), number < ROUNDS // 2
    n, width = (60, 60) if "Dropout" in name else (7 + number, width)
    inputs, x = rng.normal(size=(n, width)), rng.uniform(0.1, 2, (n, width))
    inputs *= 1000 if number == 4 else 1
    classes, hits = rng.integers(width, size=(2, n))
    p = x / x.sum(axis=1, keepdims=True) if tame else np.eye(width)[hits]  # 0 and 1
    y = [classes, np.eye(width)[classes], rng.integers(2, size=(n, width))][number % 3]
    predictions = rng.integers(2, size=(n, width)) if number % 3 == 2 else hits
    if "Mean" in name or "Regression" in name:
        y = rng.normal(size=(n, width))
        p = predictions = y + rng.uniform(-1, 1, (n, width)) * (0.01 if tame else 1)
    named = {"inputs": inputs, "x": x.astype("float32") if number % 2 else x}
    named |= {"y_pred": p, "output": p, "outputs": p, "predictions": predictions}
    return named | {"y_true": y, "y": y, "dvalues": rng.normal(size=(n, width))}


def fill(layer, seed, prefix="", size=0.1):
    rng = np.random.default_rng(seed)
    for name in "weights", "biases":
        shape = np.shape(getattr(layer, name, 0))
        setattr(layer, prefix + name, size * rng.normal(size=shape))
    return layer


@functools.cache
def used(step, owner):
    """The attributes that the rest of the step reads of the objects of a class."""
    rest = [n for n in ast.parse(step.text).body if getattr(n, "name", "") != owner]
    nodes = [n for part in rest for n in ast.walk(part) if isinstance(n, ast.Attribute)]
    nodes = [n for n in nodes if isinstance(n.ctx, ast.Load)]
    names = {n.attr for n in nodes if ast.unparse(n.value) != "self"}
    return names | {"weights", "biases"}


def seen(thing, own, names, word="self"):
    names = [name for name in vars(own) if name in names]
    return {f"{word}.{name}": getattr(thing, name, UNSET) for name in names}


def mask_seen(thing, named, method):
    """Of a random mask not its draws count, but how many, and where they differ."""
    mask, rate = np.round(thing.output / named["inputs"], 6), named["rate"]
    if method == "backward":
        slopes = thing.dinputs / named["dvalues"]
        return {"self.dinputs has the mask of self.output": np.allclose(slopes, mask)}
    share, last, thing.tour = np.mean(mask == 0), vars(thing).get("tour"), mask
    return {
        "the share of 0 in self.output": rate if abs(share - rate) < 0.04 else share,
        "the factor of the inputs that stay": np.max(mask),
        "how many rows of the mask differ": len(np.unique(mask, axis=0)),
        "how many columns of the mask differ": len(np.unique(mask.T, axis=0)),
        "each call has a new mask": not np.array_equal(mask, last),
    }


def calls(step, both, name):
    """Yield the calls of a function, or of the methods of three objects of a class."""
    cls, names, plan = both[0][name], used(step, name), {}
    kinds = [kind for kind in both[0].values() if inspect.isclass(kind)]
    if inspect.isclass(cls):  # or the last that is made from it, such as a kind of loss
        cls = [kind for kind in kinds if issubclass(kind, cls)][-1]
        for kind in cls.__mro__[:-1]:
            found = {k: f for k, f in vars(kind).items() if inspect.isfunction(f)}
            found = {k: inspect.signature(f).parameters for k, f in found.items()}
            plan |= {k: [*words][1:] for k, words in found.items() if k not in plan}
        plan.pop("__init__", None)
    else:
        plan[name] = [*inspect.signature(cls).parameters]
    every = {word for words in plan.values() for word in words}
    if every - {"layer", *values(2, 0, "")}:
        yield from start_of_program(step, both)
        return
    for width in 3, 4, 2:
        things = [types.SimpleNamespace(**space) for space in both]
        made, setup = "", {}
        if inspect.isclass(cls):
            rng = np.random.default_rng(width)
            for word, p in inspect.signature(cls).parameters.items():
                if width != 3 or p.default is p.empty:  # with 3 it has its defaults
                    setup[word] = round(rng.uniform(0.1, 0.9), 2)
            sizes = {"n_inputs": width, "n_neurons": width + 2}
            setup |= {word: size for word, size in sizes.items() if word in setup}
            made = ", ".join(f"{word}={value}" for word, value in setup.items())
            made = f" of {cls.__name__}({made})"
            things = [outcome(space[cls.__name__], **setup) for space in both]
            if isinstance(things[1], BaseException):
                yield "__init__", made, {}, {}, {RESULT: things[1]}
                return
            yield "__init__", made, {}, *[seen(x, things[0], names) for x in things]
        if hasattr(things[0], "weights"):
            things = [fill(thing, width) for thing in things]
        make, sizes = types.SimpleNamespace, [(), ()]
        if "layer" in every:  # two of them take turns
            make = both[0]["Layer_Dense"]
            count = len(inspect.signature(make).parameters)
            sizes = [(3, n, 0.1, 0.2, 0.3, 0.4)[:count] for n in (2, 4)]
        layers = [[fill(make(*size), 0) for size in sizes] for _ in both]
        for number in range(ROUNDS):
            for method, words in plan.items():
                named = values(width, number, cls.__name__) | setup
                if np.ndim(getattr(things[0], "output", 0)):
                    shape = things[0].output.shape
                    named["dvalues"] = np.random.default_rng(number).normal(size=shape)
                sides = []
                for thing, held in zip(things, layers):
                    thing.training, given = number != 2, copy.deepcopy(named)
                    layer, small = held[number % 2], 1e-6 if number % 2 else 1
                    given["layer"] = fill(layer, number, "d", small)
                    args = [given[word] for word in words]
                    result = outcome(getattr(thing, method), *args, seed=number)
                    found = seen(thing, things[0], names)
                    with suppress(Exception):
                        if "Dropout" in name:
                            found = mask_seen(thing, named, method)
                    found |= seen(layer, layers[0][number % 2], names, "layer")
                    found |= {word: given[word] for word in words if word in named}
                    sides.append({RESULT: result} | found)
                if isinstance(sides[0][RESULT], BaseException):
                    break  # a guard does its work; who leaves it out is right as well
                yield method, made, {word: named.get(word) for word in words}, *sides


def start_of_program(step, both):
    """Yield the program with little data and few epochs; but pictures need all of it."""
    code, sides = "\n".join(x for x in program(step) if "nnfs.init" not in x), []
    for old, new in [
        (r"epochs=\d+", "epochs=3"),
        (r"print_every=\d+", "print_every=1"),
        (r"_data\((samples=\d+)?", "_data(samples=50"),
    ]:
        code = re.sub(old, new, code)
    for space in both if "epochs=" in code else ():
        lines = io.StringIO()
        space["print"] = functools.partial(print, file=lines)
        sides.append({RESULT: outcome(exec, code, space)})
        sides[-1][PRINTED] = lines.getvalue().splitlines()
    if sides and not isinstance(sides[0][RESULT], BaseException):
        yield "the program's first epochs", None, {}, *sides


# ---- What is said of them


def text(value, path=None):
    if isinstance(value, BaseException):
        frames = traceback.extract_tb(value.__traceback__)
        lines = [f" in line {f.lineno}" for f in frames if f.filename == str(path)]
        value = f"{type(value).__name__}{''.join(lines[-1:])}: {value}"
    return shorten(" ".join(str(value).split()), 90, placeholder=" ...")


def difference(yours, own, shape):
    """What to say of two values, and of both what differs; None if they agree."""
    if isinstance(own, list):  # of lines
        for count, (a, b) in enumerate(zip([*yours, *["(nothing)"] * len(own)], own)):
            if a != b:
                return f", line {count + 1}", a, b
    if not isinstance(own, np.ndarray | np.generic | float | int):
        return None  # returning more than the step does no harm
    if yours is None:
        return ": return is missing", yours, own
    try:
        loose = getattr(yours, "dtype", "") == "float32"
        yours, own = np.asarray(yours, "float64"), np.asarray(own, "float64")
    except (TypeError, ValueError):
        return "", yours, own
    if yours.shape != own.shape:
        return "", f"shape {yours.shape}", f"shape {own.shape}"
    few = (1e-6 if loose else 1e-10) * np.max(np.abs(own), initial=1e-6)
    wrong = ~np.isclose(yours, own, 1e-4 if loose else 1e-6, few, equal_nan=True)
    if not wrong.any():
        return None
    first = f", the first at {np.argwhere(wrong)[0].tolist()}" * bool(own.ndim)
    head = f": {wrong.sum()} of {own.size} numbers differ{first}" * (own.size > 1)
    if np.isnan(yours[wrong]).any():
        head += "; NaN, as from 0 / 0, log(-1) or inf - inf"
    ratios = yours[own != 0] / own[own != 0]
    same = not yours[own == 0].any() and np.allclose(ratios, ratios[:1], 1e-5)
    if ratios.size and same:
        sizes = dict(zip(("N", "the number of columns"), shape))
        sizes |= {f"1 / {word}": 1 / size for word, size in sizes.items()}
        near = [w for w, size in sizes.items() if np.isclose(abs(ratios[0]), size)]
        if near or own.size > 1:
            head += f"; yours is {ratios[0]:.4g} times the step's"
        head += "".join(f", and {word} is {sizes[word]:.4g}" for word in near)
    return (head, yours[wrong], own[wrong]) if own.ndim else (head, yours, own)


def first_difference(step, mine, name, keep):
    """The method and what to say of it; or None and what to say if all agree."""
    both = namespace(step), namespace(step, mine, keep)
    counts, changed = Counter(), set()
    for method, made, named, own, yours in calls(step, both, name):
        lines, shapes = [], {word: np.shape(value) for word, value in named.items()}
        shape, counts[made, method] = (
            [*shapes.values(), ()][0],
            counts[made, method] + 1,
        )
        if isinstance(yours.get(RESULT), BaseException):
            lines, own = [f"    {text(yours[RESULT], mine.path)}"], {}
        for what in own:
            differs = difference(yours.get(what, UNSET), own[what], shape)
            if differs and what in named:
                changed.add(what)
            if differs and what not in MAY_CHANGE:
                lines += [f"    {what}{differs[0]}"]
                lines += [f"        yours       {text(differs[1])}"]
                lines += [f"        the step's  {text(differs[2])}"]
        if lines:
            lines += [f"    You changed {w}, which you were given" for w in changed]
            words = ", ".join(f"{w} {s}" if s else w for w, s in shapes.items())
            where, count = f"    in {method}", counts[made, method]
            if made is not None:  # it is no program
                where += f"({words}){made}, call {count}"
            where += f"; the {count - 1} before agree" * (count > 1)
            return method, "\n".join(["differs", where, *lines])
    words = "agrees" if counts else "is tested by the program only"
    return None, words + f", if {' and '.join(changed)} may change" * bool(changed)


def verdict(step, mine, name):
    """What to say of a function: alone among the step's own, or else with its class."""
    owner, _, last = name.rpartition(".")
    method, alone = first_difference(step, mine, owner or name, (name,))
    if method:  # it may need what other functions of the class keep for it
        parts = [k for k, part in mine.functions().items() if EMPTY not in part.text]
        keep = tuple(k for k in parts if k.rpartition(".")[0] == owner)
        method, whole = first_difference(step, mine, owner or name, keep)
        if method is None or (method == last and "\n        yours" not in alone):
            return whole
    return alone


def main(step, path, *names):
    step, mine, status = Script(Path(step)), Script(Path(path)), 0
    sys.path.append(str(mine.path.parent))
    for name in names:
        print(name, end=" ", flush=True)  # all that is seen of an endless loop
        found = verdict(step, mine, name)
        print(found, flush=True)
        status |= 3 * found.startswith("differs")
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

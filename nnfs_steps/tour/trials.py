"""Calls a class of the step and the reader's with the same random arguments.

We make three objects of each, of other sizes and settings, and call their methods eight
times, with other arguments each time. What a call has done goes into a dictionary: what
it returns and prints, what it sets for the rest of the step, and the arguments as it
leaves them. A model takes objects, no numbers: we run the program's first epochs.
"""

import ast
import copy
import functools
import inspect
import io
import re
import warnings
from contextlib import redirect_stdout, suppress
from types import SimpleNamespace

import numpy as np

from tour.differences import key
from tour.exercises import DEFINES, program

ROUNDS = 8
RESULT, PRINTED = "the result", "what is printed"
FEW = {
    r"\bepochs=\d+": "epochs=3",
    r"print_every=\d+": "print_every=2",
    r"_data\((samples=\d+)?": "_data(samples=50",
}


@functools.cache
def namespace(step, mine, keep=()):
    """What a reader's file defines, but of the step's functions only those in keep."""
    space = {"__name__": "tour"}

    def run(node, script, names=space):
        exec(compile(ast.Module([node], []), script.path, "exec"), space, names)
        return names

    for node in ast.parse(mine.text).body:
        if isinstance(node, DEFINES):
            run(node, mine)
        elif isinstance(node, ast.Assign) and ast.unparse(node) not in step.text:
            with suppress(Exception):  # it needs what the program makes
                run(node, mine)
    for name, part in step.parts.items():
        if isinstance(part.node, ast.ClassDef) and name not in space:
            run(part.node, step)
    for name, part in step.functions().items():
        owner, _, last = name.rpartition(".")
        if name not in keep and owner:
            setattr(space[owner], last, run(part.node, step, {})[last])
        elif name not in keep:
            run(part.node, step)
    return space


@functools.cache
def used(step, owner):
    """The attributes that the rest of the step reads of the objects of a class."""
    names = {"weights"}  # they show first what __init__ does
    for part in ast.parse(step.text).body:
        for node in ast.walk(part) if getattr(part, "name", "") != owner else ():
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) != "self":
                names.add(node.attr)
    return sorted(names)


# ---- What is called


def classes(spaces, name):
    """The two classes of a name: of a base its last kind, of a function one around it."""
    base = spaces[0][name]
    if not inspect.isclass(base):
        return [type("", (), {name: staticmethod(space[name])}) for space in spaces]
    kinds = [kind for kind in spaces[0].values() if inspect.isclass(kind)]
    last = [kind.__name__ for kind in kinds if issubclass(kind, base)][-1]
    return [space[last] for space in spaces]


def methods(cls):
    """The methods of a class, then those of its base, each with what it takes."""
    found = {}
    for name in [name for kind in cls.__mro__[:-1] for name in vars(kind)]:
        method = getattr(cls, name)
        if callable(method) and not name.startswith("__"):
            words = inspect.signature(method).parameters
            found[name] = [word for word in words if word != "self"]
    return found


def settings(cls, width):
    """What an object is made with; that of width 3 has the defaults."""
    rng, sizes = np.random.default_rng(width), {"n_inputs": width}
    sizes["n_neurons"] = width + 2
    words = inspect.signature(cls).parameters.values()
    words = [w.name for w in words if width != 3 or w.default is w.empty]
    return {word: sizes.get(word, round(rng.uniform(0.1, 0.9), 2)) for word in words}


def parameters(seed, shape):
    rng = np.random.default_rng(seed)
    biases = 0.1 * rng.normal(size=(1, shape[1]))
    return {"weights": 0.1 * rng.normal(size=shape), "biases": biases}


def layer_for(number):
    """A layer for optimizers and penalties."""
    layer = SimpleNamespace(**parameters(number, (3, 2 + number)))
    layer.weight_regularizer_l1, layer.weight_regularizer_l2 = 0.1, 0.2
    layer.bias_regularizer_l1, layer.bias_regularizer_l2 = 0.3, 0.4
    return layer


def arguments(kind, width, number, output=None):
    """Arguments by name, the first tame, the last extreme; labels in all their forms."""
    rng, tame = np.random.default_rng([width, number]), number < ROUNDS // 2
    rows = 7 + number
    if "Dropout" in kind:
        rows = width = 60  # enough to see a share
    inputs, x = rng.normal(size=(rows, width)), rng.uniform(0.1, 2, (rows, width))
    labels, hits = rng.integers(width, size=(2, rows))
    table, other_table = rng.integers(2, size=(2, rows, width))
    one_hot = np.eye(width)[labels]
    y = [labels, one_hot, one_hot if "Categorical" in kind else table][number % 3]
    predictions = [hits, hits, other_table][number % 3]
    p = x / x.sum(axis=1, keepdims=True)
    if not tame and "Softmax_Loss" not in kind:  # its backward may go through both
        p = np.eye(width)[hits]
    if "Mean" in kind or "Regression" in kind:
        y = rng.normal(size=x.shape)
        p = predictions = y + rng.uniform(-1, 1, x.shape) * (0.01 if tame else 1)
    return {
        "x": x.astype("float32") if number % 2 else x,
        "inputs": inputs * (1000 if number == 4 else 1),
        "dvalues": rng.normal(size=np.shape(inputs if output is None else output)),
        "predictions": predictions,
        "layer": None,  # each side has its own
        **dict.fromkeys(("y_pred", "output", "outputs"), p),
        **dict.fromkeys(("y_true", "y"), y),
    }


# ---- What it does


def outcome(function, *args, seed=0, **named):
    """What a call returns or raises, and the lines that it prints, as a list."""
    np.random.seed(seed)
    printed = io.StringIO()
    with redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = function(*args, **named)
        except (Exception, SystemExit) as error:
            result = error
    return {RESULT: result, PRINTED: printed.getvalue().splitlines()}


class Side:
    """An object of the step's or the reader's, and in found what its last call did."""

    def __init__(self, cls, setup, names):
        self.setup, self.names, self.mask = setup, names, None
        self.layers = layer_for(0), layer_for(1)
        self.found = outcome(cls, **setup)
        self.thing = self.found[RESULT]
        self.found |= self.attributes()

    def call(self, method, number, given):
        given, self.thing.training = copy.deepcopy(given), number != 2
        if "layer" in given:  # two take turns, and keep what an optimizer sets
            layer = given["layer"] = self.layers[number % 2]
            for name, value in parameters([number, 1], layer.weights.shape).items():
                setattr(layer, f"d{name}", value * (1e-5 if number % 2 else 10))
        if "y_pred" in given and hasattr(self.thing, "activation"):
            self.thing.activation.output = given["y_pred"]  # forward has made it
        seed = [number, len(method)]  # backward can't draw again what forward drew
        self.found = outcome(getattr(self.thing, method), *given.values(), seed=seed)
        if "layer" in given:
            self.found |= {"layer.weights": layer.weights, "layer.biases": layer.biases}
        try:
            self.found |= given | self.dropped(method, given)
        except (AttributeError, KeyError, ValueError):
            self.found |= given | self.attributes()

    def attributes(self):
        names = [name for name in self.names if hasattr(self.thing, name)]
        return {f"self.{name}": getattr(self.thing, name) for name in names}

    def dropped(self, method, given):
        """Of a random mask not its draws count, but how many, and where they differ."""
        rate = self.setup["rate"]  # a KeyError if this is no dropout
        if method == "backward":
            mask = np.round(self.thing.dinputs / given["dvalues"], 6)
            same = np.array_equal(mask == 0, self.mask == 0)
            return {
                "self.dinputs has the mask of self.output": str(same),
                "the factor of the dvalues that stay": np.max(mask),
            }
        last, self.mask = self.mask, np.round(self.thing.output / given["inputs"], 6)
        share = np.mean(self.mask == 0)
        if abs(share - rate) < 0.04:  # as near as draws come
            share = rate
        return {
            "the share of 0 in self.output": share,
            "the factor of the inputs that stay": np.max(self.mask),
            "how many rows of the mask differ": len(np.unique(self.mask, axis=0)),
            "how many columns of the mask differ": len(np.unique(self.mask.T, axis=0)),
            "each call has a new mask": not np.array_equal(self.mask, last),
        }


def calls(step, spaces, name):
    """Yield the calls of a function, or of the methods of three objects of a class.

    Each is its method, the place in words, the number of samples, the arguments by name,
    and what the step's and the reader's have done.
    """
    (cls, mine), names = classes(spaces, name), used(step, name)
    plan, kind = methods(cls), cls.__name__
    if not {w for words in plan.values() for w in words} <= {*arguments(kind, 2, 0)}:
        yield from first_epochs(step, spaces)
        return
    for width in 3, 4, 2:
        setup = settings(cls, width)
        made = ", ".join(f"{word}={value}" for word, value in setup.items())
        made = f" of {kind}({made})" if kind else ""
        own, yours = Side(cls, setup, names), Side(mine, setup, names)
        yield "__init__", f"__init__(){made}", 0, {}, own.found, yours.found
        for number in range(ROUNDS):
            if number == 1 and hasattr(own.thing, "weights"):  # 0 has those of __init__
                for side in own, yours:
                    new = parameters(width, own.thing.weights.shape)
                    vars(side.thing).update(new)
            for method, words in plan.items():
                output = getattr(own.thing, "output", None)
                every = arguments(kind, width, number, output)
                every["layer"] = copy.deepcopy(vars(own.layers[number % 2]))
                given = {word: every[word] for word in words}
                own.call(method, number, given)
                yours.call(method, number, given)
                if isinstance(own.found[RESULT], BaseException):
                    break  # a guard does its work; who leaves it out is right as well
                shapes = [f"{word} {np.shape(x)}" for word, x in given.items()]
                place = f"{method}({', '.join(shapes)}){made}, call {number + 1}"
                place = place.replace(" ()", "") + "; those before agree" * (number > 0)
                yield method, place, len(every["x"]), given, own.found, yours.found


def first_epochs(step, spaces):
    """Yield the program with few epochs and samples, if it names their number."""
    code = "\n".join(line for line in program(step) if "nnfs.init" not in line)
    for old, new in FEW.items():
        code = re.sub(old, new, code)
    if "epochs=3" in code:
        own, yours = [outcome(exec, code, space) for space in spaces]
        kinds = {key(line) for line in own[PRINTED]}
        for found in own, yours:  # without a reader's own prints
            lines = [line for line in found[PRINTED] if key(line) in kinds]
            lines = [*enumerate(lines or found[PRINTED], 1)]
            found |= {f"line {n} of {PRINTED}": line for n, line in lines}
            found["the number of lines"] = len(lines)
        yield "", "the program's first epochs", 0, {}, own, yours

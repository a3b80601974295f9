"""What a script is run with: Python imports a module of this name before the script.

TOUR in the environment says in JSON what to do: "figures" is the folder for what is shown,
as "picture"; "made" is the file for what the program's objects are made with; "rounded"
gives exp and log the digits of steps 07 and 08; "init" calls nnfs.init() first.
"""

import atexit
import builtins
import functools
import inspect
import json
import os
import sys
from itertools import count
from pathlib import Path

import numpy as np

options = json.loads(os.environ["TOUR"])
script = Path(sys.orig_argv[-1]).resolve()


def save_figures(start):
    import matplotlib.pyplot as plt  # it takes its time

    numbers = count(1)

    def show(*_, **__):
        number = next(numbers)
        name = f"{start}.png" if number == 1 else f"{start}-{number}.png"
        plt.savefig(name)
        plt.close("all")
        print(f"Saved {name}", file=sys.stderr)

    plt.show = show


def rounded(function):
    """Make a function work in float64 and round to float32, as nnfs does for dot."""

    def call(x, *more, **named):
        x = np.asarray(x)
        if more or named or x.dtype != "float32":
            return function(x, *more, **named)
        return function(x.astype("float64")).astype("float32")

    return call


def note_settings(path):
    """Write at the end what each object was made with, as [[class, {name: value}], ...]."""
    made, build = [], builtins.__build_class__  # which each class statement calls

    def build_class(body, *words, **named):
        cls = build(body, *words, **named)
        folders = Path(body.__code__.co_filename).parents
        if script.parent in folders and "__init__" in vars(cls):
            cls.__init__ = noted(cls.__name__, cls.__init__)
        return cls

    def noted(name, init):
        @functools.wraps(init)
        def __init__(self, *given, **named):
            init(self, *given, **named)
            values = inspect.signature(init).bind(self, *given, **named)
            values.apply_defaults()
            plain = values.arguments.items()
            plain = {k: v for k, v in plain if isinstance(v, int | float | str)}
            made.append([name, plain])

        return __init__

    def write():
        part = path.with_suffix(".part")
        part.write_text(json.dumps(made))
        part.replace(path)  # we may be stopped at any moment

    builtins.__build_class__ = build_class
    atexit.register(write)


if "matplotlib.use" in script.read_text(errors="replace"):
    import matplotlib

    matplotlib.use = lambda *_, **__: None  # we show no windows
if "figures" in options:
    os.makedirs(options["figures"], exist_ok=True)
    save_figures(os.path.join(options["figures"], options["picture"]))
if "init" in options:
    import nnfs

    nnfs.init()
if "rounded" in options:
    np.exp, np.log = rounded(np.exp), rounded(np.log)
note_settings(Path(options["made"]))

"""Runs a script as Python does, and does for it what the words ask: inside.py WORDS FILE.

WORDS is JSON: "figures" is a path for what is shown, without its ending; "rounded" gives
exp and log the digits of steps 07 and 08; "init" calls nnfs.init() first.
"""

import json
import os
import sys
import types
from itertools import count
from pathlib import Path

options, path = json.loads(sys.argv[1]), sys.argv[2]
text = Path(path).read_text("utf-8-sig", "replace")


def save_figures(start):
    import matplotlib.pyplot as plt

    numbers = count(1)

    def show(*_, **__):
        number = next(numbers)
        name = f"{start}.png" if number == 1 else f"{start}-{number}.png"
        plt.savefig(name)
        plt.close("all")
        print(f"Saved {name}", file=sys.stderr)

    plt.show = show


def round_exp_and_log():
    """Make them work in float64 and round to float32 at the end, as nnfs does for dot."""
    import numpy as np

    def rounded(function):
        def call(x, *more, **named):
            x = np.asarray(x)
            if more or named or x.dtype != "float32":
                return function(x, *more, **named)
            return function(x.astype("float64")).astype("float32")

        return call

    np.exp, np.log = rounded(np.exp), rounded(np.log)


def complain(kind, error, trace):
    sys.__excepthook__(kind, error.with_traceback(trace.tb_next), trace.tb_next)


if "matplotlib.use" in text:
    import matplotlib

    matplotlib.use = lambda *_, **__: None  # we show no windows
if "figures" in options:
    save_figures(options["figures"])
if "init" in options:
    import nnfs

    nnfs.init()
if "rounded" in options:
    round_exp_and_log()
sys.argv, sys.path[0] = [path], os.path.dirname(os.path.abspath(path))
sys.excepthook = complain
module = sys.modules["__main__"] = types.ModuleType("__main__")
module.__file__ = os.path.abspath(path)
exec(compile(text, path, "exec"), vars(module))

"""What a script is run with: Python imports a module of this name before the script.

TOUR in the environment says in JSON what to do: "figures" is the folder for what is shown,
as "picture"; "rounded" gives exp and log the digits of steps 07 and 08; "init" calls
nnfs.init() first.
"""

import json
import os
import sys
from itertools import count
from pathlib import Path

import numpy as np

options = json.loads(os.environ["TOUR"])


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


if "matplotlib.use" in Path(sys.orig_argv[-1]).read_text(errors="replace"):
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

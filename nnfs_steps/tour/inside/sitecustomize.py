"""What a script is run with: Python imports a module of this name before the script.

TOUR in the environment has options in JSON: "made", the file for what the objects have;
"figures", the folder for what is shown, as "picture"; "rounded", for exp and log as in
steps 07 and 08; "init", for a call of nnfs.init().
"""

import atexit
import gc
import json
import os
import sys
from pathlib import Path

import numpy as np

options = json.loads(os.environ["TOUR"])
script = Path(sys.orig_argv[-1])


def save(*_, **__):
    """Save what a script would show."""
    path = Path(options["figures"], f"{options['picture']}.png")
    path.parent.mkdir(parents=True, exist_ok=True)
    plt.savefig(path)
    print(f"Saved {path}", file=sys.stderr)


def rounded(function):
    """Make a function work in float64 and round to float32, as nnfs does for dot."""

    def call(x, *more, **named):
        if np.asarray(x).dtype != "float32":
            return function(x, *more, **named)
        return function(np.asarray(x, "float64"), *more, **named).astype("float32")

    return call


def note_settings(path):
    """Write what the program's objects have, as [[class, {name: value}], ...]."""
    own, found, folder = {"__main__"}, [], f"{script.parent}{os.sep}"
    for name, module in sys.modules.items():
        file = f"{getattr(module, '__file__', '')}"
        if file.startswith(folder) and "site-packages" not in file:
            own.add(name)
    for thing in gc.get_objects():
        if type(thing).__module__ in own:
            values = getattr(thing, "__dict__", {}).items()
            plain = {k: v for k, v in values if isinstance(v, int | float | str)}
            found.append([type(thing).__name__, plain])
    path.write_text(json.dumps(found))


if "matplotlib.use" in script.read_text(errors="replace"):
    import matplotlib

    matplotlib.use = lambda *_, **__: None  # we show no windows
if "figures" in options:
    import matplotlib.pyplot as plt

    plt.show = save
if "init" in options:
    import nnfs

    nnfs.init()
if "rounded" in options:
    np.exp, np.log = rounded(np.exp), rounded(np.log)
atexit.register(note_settings, Path(options["made"]))

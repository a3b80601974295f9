"""Runs a script as Python does, and does for it what the words ask: inside.py WORDS FILE.

WORDS is JSON: "figures" is a path for what is shown, without its ending; "rounded" gives
exp and log the digits of steps 07 and 08; "init" calls nnfs.init() first; "zero" lets a
loop of epochs that counts from 1 count from 0; "report" is the file for what we found:
the pictures that were saved, and the settings of the objects that are left at the end, of
classes that stand in "files".
"""

import ast
import gc
import itertools
import json
import os
import sys
import types

options, path = json.loads(sys.argv[1]), sys.argv[2]
saved = []


def text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def save_figures(start):
    import matplotlib.pyplot as plt

    endings = itertools.chain([""], (f"-{n}" for n in itertools.count(2)))

    def show(*_, **__):
        saved.append(f"{start}{next(endings)}.png")
        plt.savefig(saved[-1])
        plt.close("all")

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


def count_from_zero(tree):
    """Turn range(1, n) of each loop over epochs into range(1 - 1, n - 1)."""
    for node in ast.walk(tree):
        match node:
            case ast.For(
                target=ast.Name(name), iter=ast.Call(ast.Name("range"), [one, end])
            ) if "epoch" in name.lower() and ast.unparse(one) == "1":
                lower = [ast.BinOp(x, ast.Sub(), ast.Constant(1)) for x in (one, end)]
                node.iter.args = lower
    return ast.fix_missing_locations(tree)


def settings():
    """What the script's own objects were made with, as [class, {name: number}], ..."""
    found = []
    for thing in gc.get_objects():
        module = sys.modules.get(type(thing).__module__)
        if getattr(module, "__file__", None) in options["files"]:
            code = getattr(type(thing).__init__, "__code__", None)
            names = getattr(code, "co_varnames", ())
            own = {
                k: v for k, v in getattr(thing, "__dict__", {}).items() if k in names
            }
            own = {k: v for k, v in own.items() if isinstance(v, int | float)}
            if hasattr(thing, "weights"):
                own["neurons"] = len(thing.weights[0])
            found.append([type(thing).__name__, own])
    return found


def report():
    found = {"saved": saved, "settings": settings()}
    with open(options["report"], "w") as file:
        json.dump(found, file)


def complain(kind, error, trace):
    sys.__excepthook__(kind, error.with_traceback(trace.tb_next), trace.tb_next)


def main():
    if any("matplotlib.use" in text(file) for file in options["files"]):
        import matplotlib

        matplotlib.use = lambda *_, **__: None  # we show no windows
    if options.get("figures"):
        save_figures(options["figures"])
    if options.get("init"):
        import nnfs

        nnfs.init()
    if options.get("rounded"):
        round_exp_and_log()
    sys.argv, sys.path[0] = [path], os.path.dirname(os.path.abspath(path))
    tree = ast.parse(text(path), path)
    if options.get("zero"):
        tree = count_from_zero(tree)
    return tree


sys.excepthook = complain
module = sys.modules["__main__"] = types.ModuleType("__main__")
module.__file__ = os.path.abspath(path)
code = compile(main(), path, "exec")
try:
    exec(code, vars(module))
finally:
    report()

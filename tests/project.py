"""The project's scripts for tests and tools: how to run, load, cut and write them."""

import argparse
import ast
import functools
import importlib.util
import os
import re
import subprocess
import sys
import types
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = str(ROOT / "nnfs_steps"), str(ROOT / "assets")

from tour.scripts import Mistake, lines_of, scripts_in, write  # noqa: E402, F401

STEPS = list(scripts_in(ROOT / "nnfs_steps").values())
CONCEPTS = list(scripts_in(ROOT / "concepts").values())
SCRIPTS = STEPS + CONCEPTS
MODULES = {"PyTorch": "torch"}  # what an optional script may need
TIME_LIMIT = 600  # seconds; an emulated processor is slow


def missing(script):
    """What an optional script needs and is not installed, or None."""
    needs = script.header.get("Needs")
    return needs if needs and not importlib.util.find_spec(MODULES[needs]) else None


def python(*words, cwd=None, text="", **settings):
    """Run Python on one thread and without windows, return what came of it.

    text is what it reads.
    """
    usual = {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env=os.environ | usual | settings,
        input=text.encode(),
        capture_output=True,
        timeout=TIME_LIMIT,
    )


def run(script, cwd, *words, **settings):
    """Run a script in a process of its own, return the lines that it prints.

    words are for Python in place of the script's path. Warnings are errors.
    """
    no_warning = "-W", "error", "-W", "ignore:FigureCanvasAgg is non-interactive"
    result = python(*no_warning, *(words or [script.path]), cwd=cwd, **settings)
    if result.returncode:
        error = result.stderr.decode(errors="replace")
        raise Mistake(f"{script.path.name} failed:\n{error}")
    if not result.stdout.isascii():
        raise Mistake(f"{script.path.name} prints more than ASCII; keep to ASCII")
    return lines_of(result.stdout.decode())


def kept(record, output):
    """For each line of an output whether its record keeps it.

    Each "..." of the record stands for a line or more, and for as few as will do.
    Raises ValueError with the line of the record that does not fit.
    """
    flags, start = [], 0
    dots = [number for number, line in enumerate(record) if line == "..."]
    for end in [*dots, len(record)]:
        block, last = record[start:end], end == len(record)
        at = len(flags) + (start > 0)  # one line at least for the dots
        if start and last:
            at = max(at, len(output) - len(block))
        elif start:
            places = range(at, len(output))
            fits = (n for n in places if output[n : n + len(block)] == block)
            at = next(fits, len(output))
        found = output[at:] if last else output[at : at + len(block)]
        if found != block or at > len(output):
            same = (ours == theirs for ours, theirs in zip(block, found))
            number = start + sum(takewhile(bool, same))
            text = [*record, "its end"][number]
            where = f"line {number + 1}, {text}"
            raise ValueError(f"its record does not fit its whole output: {where}")
        flags += [False] * (at - len(flags)) + [True] * len(block)
        start = end + 1
    return flags


@functools.cache
def classes(script):
    """The classes and functions of a step as a module, whose program does not run."""
    tree = ast.parse(script.text)
    kinds = ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef
    tree.body = [node for node in tree.body if isinstance(node, kinds)]
    module = types.ModuleType(script.path.stem)
    exec(compile(tree, script.path, "exec"), vars(module))
    return module


def having(pattern, method=""):
    """Pairs of a step and the name of a part that fits and has this method, such as
    ".backward"; each wording once.

    What a class uses belongs to its wording, and so does Loss, which has penalties.
    """
    found = {}
    for step in STEPS:
        for name in filter(re.compile(pattern).fullmatch, step.parts):
            if name + method in step.parts:
                found.setdefault(wording(name, step), (step, name))
    assert found, f"no step has {pattern}{method}"
    return [*found.values()]


def wording(name, step):
    """The source of a part and of all that it uses."""
    texts = {name: part.text for name, part in step.parts.items() if part.place}
    found, new = set(), {name, "Loss"} & texts.keys()
    while new:
        found |= new
        methods = {n for n in texts if n.partition(".")[0] in new}
        used = re.findall(r"\w+", " ".join(texts[part] for part in new | methods))
        new = (methods | {*used} & texts.keys()) - found
    return tuple(texts[name] for name in sorted(found))


# ---- For the tools


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Mistake(message)


def find(number, scripts):
    if not number.isdecimal() or int(number) not in scripts:
        known = ", ".join(f"{n:02}" for n in scripts)
        raise Mistake(f"there is no {number}; there are {known}")
    return scripts[int(number)]


def command(main):
    """Run a tool; what it can't do is said in one line, with exit status 2."""
    try:
        sys.exit(main(sys.argv[1:]))
    except (Mistake, OSError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)

"""The project's scripts, and how its tools run them, fail and write."""

import argparse
import os
import subprocess
import sys

from tour.scripts import CONCEPTS as CONCEPTS_FOLDER
from tour.scripts import STEPS as STEPS_FOLDER
from tour.scripts import Mistake, scripts_in

ROOT = STEPS_FOLDER.parent
STEPS = list(scripts_in(STEPS_FOLDER).values())
CONCEPTS = list(scripts_in(CONCEPTS_FOLDER).values())
SCRIPTS = STEPS + CONCEPTS
TIME_LIMIT = 600  # seconds; an emulated processor is slow


def python(*words, cwd=None, text="", **settings):
    """Run Python on one thread and without windows; return what came of it.

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
    """Run a script in a process of its own; return the lines that it prints.

    words are for Python, if it is to run something else than the script's path.
    Warnings are errors.
    """
    no_warning = "-W", "error", "-W", "ignore:FigureCanvasAgg is non-interactive"
    result = python(*no_warning, *(words or [script.path]), cwd=cwd, **settings)
    if result.returncode:
        error = result.stderr.decode(errors="replace")
        raise Mistake(f"{script.path.name} failed:\n{error}")
    if not result.stdout.isascii():
        raise Mistake(f"{script.path.name} prints more than ASCII; keep to ASCII")
    return result.stdout.decode().splitlines()


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Mistake(message)


def find(number, scripts):
    """The script with a number that somebody typed."""
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

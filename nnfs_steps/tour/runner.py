"""Runs scripts in processes of their own, as many at once as there are processors."""

import json
import os
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Timer
from typing import NamedTuple

from tour.scripts import Script
from tour.terminal import shortened

INSIDE = Path(__file__).with_name("inside.py")
TIME_LIMIT = 300  # seconds for one script, on a slow machine too
LINE_LIMIT = 100_000  # what it may print
SETTINGS = {"MPLBACKEND": "agg", "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
NO_WARNING = "ignore:FigureCanvasAgg is non-interactive"  # agg opens no windows
PACKAGES = "numpy", "nnfs", "matplotlib"
ACTIVATED = "Is the environment activated? See the README's quick start."

running = []  # the processes that are to end with us


class Run(NamedTuple):
    """What came of a script: the lines that it printed, and what went wrong or None."""

    script: Script
    lines: list
    errors: list
    problem: str | None
    seconds: float

    @property
    def output(self):
        """What differences reads."""
        return self.script.title, self.lines, self.script


def run(script, words=None, options=None, limit=None):
    """Run a script, by inside.py if there are options, or Python with other words."""
    limit, problem, lines = limit or TIME_LIMIT, None, []
    words = words or [os.path.abspath(script.path)]
    if options is not None:
        if "figures" in options:
            path = os.path.join(options["figures"], script.picture)
            options = options | {"figures": path}
        words = [INSIDE, json.dumps(options), *words]
    start = time.monotonic()
    with (
        tempfile.TemporaryFile() as errors,
        Popen(
            [sys.executable, "-W", NO_WARNING, *words],
            env={"OPENBLAS_NUM_THREADS": "1"} | os.environ | SETTINGS,
            cwd=None if script.ours else script.path.resolve().parent,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=errors,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        running.append(process)
        late = Timer(limit, process.kill)
        late.start()
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if len(lines) > LINE_LIMIT:
                problem = f"printed more than {LINE_LIMIT:,} lines and was stopped"
                process.kill()
                break
        else:
            if process.wait():
                problem = f"crashed with exit status {process.returncode}"
        late.cancel()
        seconds = time.monotonic() - start
        if seconds > limit:
            problem = f"did not end in {limit} seconds and was stopped"
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace").splitlines()
    return Run(script, lines, said, problem, seconds)


def run_all(scripts, **options):
    """Yield the runs of scripts in their order, each as soon as it is over."""
    pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1))
    try:
        for future in [pool.submit(run, script, **options) for script in scripts]:
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def kill_all():
    for process in running:
        process.kill()


def show_errors(run):
    """Print what a run wrote to stderr, and what may be behind it."""
    errors = shortened(run.errors)
    folder = run.script.path.resolve().parent
    for path in [folder / f"{name}.py" for name in PACKAGES]:
        if errors and path.exists():
            errors.append(f"(Your own {path.name} is in the way: {path}. Rename it.)")
    if re.search(f"No module named '({'|'.join(PACKAGES)})", "\n".join(errors)):
        errors.append(f"({ACTIVATED})")
    for line in errors:
        print(line)

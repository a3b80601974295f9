"""Runs scripts in processes of their own, as many at once as there are processors."""

import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Timer
from typing import NamedTuple

from tour.scripts import Script

INSIDE = str(Path(__file__).with_name("inside"))
TIME_LIMIT = 300  # seconds for one script, on a slow machine too
LINE_LIMIT = 100_000  # what it may print
SETTINGS = {"MPLBACKEND": "agg", "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
NO_WARNING = "ignore:FigureCanvasAgg is non-interactive"  # agg opens no windows

running = []  # the processes that are to end with us


class Run(NamedTuple):
    """What came of a script: the lines that it printed, what went wrong or None, and what
    its objects were made with, as [[class, {name: value}], ...].
    """

    script: Script
    lines: list
    errors: list = ()
    problem: str | None = None
    seconds: float = 0
    made: list = ()


def run(script, words=None, options=None, limit=None, until=lambda line: False):
    """Run a script, or Python with other words, until a line that is the last we need.

    options are for sitecustomize.py.
    """
    limit, problem, lines = limit or TIME_LIMIT, None, []
    settings = {"OPENBLAS_NUM_THREADS": "1"} | os.environ | SETTINGS
    words = words or [script.path.absolute()]
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        errors, made = Path(folder, "errors"), Path(folder, "made")
        if options is not None:
            paths = filter(None, [INSIDE, os.environ.get("PYTHONPATH")])
            settings["PYTHONPATH"] = os.pathsep.join(paths)
            options = {"picture": script.picture, "made": str(made)} | options
            settings["TOUR"] = json.dumps(options)
        with (
            errors.open("w") as stderr,
            Popen(
                [sys.executable, "-W", NO_WARNING, *words],
                env=settings,
                cwd=None if script.ours else script.path.resolve().parent,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=stderr,
                encoding="utf-8",
                errors="replace",
            ) as process,
        ):
            running.append(process)
            late = Timer(limit, process.kill)
            late.start()
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                if len(lines) == LINE_LIMIT or until(line):
                    process.kill()
            status, seconds = process.wait(), time.monotonic() - start
            late.cancel()
        said = errors.read_text("utf-8", "replace").splitlines()
        made = json.loads(made.read_text()) if made.exists() else []
    if len(lines) >= LINE_LIMIT:
        problem = f"printed {LINE_LIMIT:,} lines and was stopped"
    elif seconds > limit:
        problem = f"did not end in {limit} seconds and was stopped"
    elif status:
        problem = f"crashed with exit status {status}"
    return Run(script, lines, said, problem, seconds, made)


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

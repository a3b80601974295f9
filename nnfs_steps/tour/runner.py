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
    """What came of a script: the lines that it printed, and what went wrong or None."""

    script: Script
    lines: list
    errors: list
    problem: str | None
    seconds: float


def run(script, words=None, options=None, limit=None):
    """Run a script, or Python with other words; options are for sitecustomize.py."""
    limit, problem = limit or TIME_LIMIT, None
    settings = {"OPENBLAS_NUM_THREADS": "1"} | os.environ | SETTINGS
    if options is not None:
        paths = filter(None, [INSIDE, os.environ.get("PYTHONPATH")])
        settings["PYTHONPATH"] = os.pathsep.join(paths)
        settings["TOUR"] = json.dumps({"picture": script.picture} | options)
    start = time.monotonic()
    with (
        tempfile.TemporaryFile() as errors,
        Popen(
            [sys.executable, "-W", NO_WARNING, *(words or [script.path.absolute()])],
            env=settings,
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
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if len(lines) == LINE_LIMIT:
                process.kill()
        status, seconds = process.wait(), time.monotonic() - start
        late.cancel()
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace").splitlines()
    if len(lines) >= LINE_LIMIT:
        problem = f"printed {LINE_LIMIT:,} lines and was stopped"
    elif seconds > limit:
        problem = f"did not end in {limit} seconds and was stopped"
    elif status:
        problem = f"crashed with exit status {status}"
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

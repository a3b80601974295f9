"""Runs scripts in processes of their own, up to four at once."""

import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Lock, Timer

from tour.outputs import Run

INSIDE = str(Path(__file__).with_name("inside"))
TIME_LIMIT = 300  # seconds for one script, on a slow machine too
LINE_LIMIT = 100_000  # what it may print
SETTINGS = {
    "MPLBACKEND": "agg",  # opens no windows
    "PYTHONIOENCODING": "utf-8",
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "ignore:FigureCanvasAgg is non-interactive",
}

running, starting = [], Lock()  # processes; held while one is put there


def run(script, words=None, options=None, limit=None, until=lambda line: False):
    """Run a script, or Python with other words, until a line that is the last we need;
    options are for sitecustomize.py.
    """
    limit, problem, lines, made = limit or TIME_LIMIT, None, [], []
    settings = {"OPENBLAS_NUM_THREADS": "1"} | os.environ | SETTINGS
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        errors, file = Path(folder, "errors"), Path(folder, "made")
        if options is not None:
            paths = filter(None, [INSIDE, os.environ.get("PYTHONPATH")])
            settings["PYTHONPATH"] = os.pathsep.join(paths)
            more = {"picture": script.picture, "made": str(file)}
            settings["TOUR"] = json.dumps(more | options)
        with errors.open("w") as stderr, starting:
            process = Popen(
                [sys.executable, *(words or [script.path.absolute()])],
                env=settings,
                cwd=None if script.ours else script.path.resolve().parent,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=stderr,
                encoding="utf-8",
                errors="replace",
            )
            running.append(process)
        late = Timer(limit, process.kill)
        late.daemon = True
        late.start()
        with process:
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                if len(lines) == LINE_LIMIT or until(line):
                    process.kill()
        late.cancel()
        said = errors.read_text("utf-8", "replace").splitlines()
        if file.exists() and not process.returncode:
            made = json.loads(file.read_text())
    seconds = time.monotonic() - start
    if len(lines) >= LINE_LIMIT:
        problem = f"printed {LINE_LIMIT:,} lines and was stopped"
    elif seconds > limit:
        problem = f"did not end in {limit} seconds and was stopped"
    elif process.returncode:
        problem = f"crashed with exit status {process.returncode}"
    return Run(script, lines, said, problem, seconds, made)


def run_all(scripts, options=None):
    """The runs of scripts in their order, each as soon as it is over."""
    pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1))
    return pool.map(partial(run, options=options), scripts)


def end(status):
    """End at once, with all that runs."""
    starting.acquire()
    for process in running:
        process.kill()
    os._exit(status)

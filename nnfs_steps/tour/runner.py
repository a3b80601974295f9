"""Runs scripts in processes of their own, some ahead of others; leaves none behind."""

import functools
import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, Popen

from tour.scripts import lines_of, write

TIME_LIMIT = 300  # seconds for one script, on a slow machine too
SIZE_LIMIT = 4  # MiB that it may print
CPU_MAX = Path("/sys/fs/cgroup/cpu.max")  # what Linux gives a container
SETTINGS = {"MPLBACKEND": "agg", "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
NO_WARNING = "ignore:FigureCanvasAgg is non-interactive"  # agg opens no windows
SAVE_FIGURES = """
import itertools, runpy, sys, matplotlib.pyplot as plt
folder, script = sys.argv.pop(), sys.argv.pop()
names = (f"{folder}/{number:03}.png" for number in itertools.count(1))
def show():
    plt.savefig(next(names))
    plt.close("all")
plt.show = show
runpy.run_path(script, run_name="__main__")
"""

queue = []  # the runs, in the order in which they were made
starting = False  # whether there may be a process that its run does not know yet
caught = 0  # the first signal that came


class Run:
    """A run of a script, which writes to files: pipes fill up, or are held open."""

    def __init__(self, script, figures=None, words=None, limit=None):
        self.script, self.process, self.over = script, None, False
        self.words, self.limit = words or [script.path], limit or TIME_LIMIT
        self.seconds, self.problem, self.figures = 0, None, figures
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.files = [Path(self.folder.name, name) for name in ("stdout", "stderr")]
        queue.append(self)

    def start(self):
        words = [sys.executable, "-W", NO_WARNING, *self.words]
        if self.figures:  # -P: without the modules of the folder one stands in
            words[3:] = "-P", "-c", SAVE_FIGURES, *self.words, self.folder.name
        settings = {"OPENBLAS_NUM_THREADS": "1"} | os.environ | SETTINGS
        with self.files[0].open("wb") as out, self.files[1].open("wb") as err:
            files = {"stdin": DEVNULL, "stdout": out, "stderr": err}
            self.process = Popen(words, env=settings, start_new_session=True, **files)
        self.seen = time.monotonic()

    def look(self):
        """See whether the script has ended, and stop it if it should have."""
        status, now = self.process.poll(), time.monotonic()
        self.seconds += min(now - self.seen, 0.5)  # more is a pause, as after Ctrl-Z
        self.seen = now
        if any(file.stat().st_size > SIZE_LIMIT << 20 for file in self.files):
            self.problem = f"printed more than {SIZE_LIMIT} MiB and was stopped"
        elif status is None and self.seconds > self.limit:
            self.problem = f"did not end in {self.limit} seconds and was stopped"
        elif status:
            self.problem = f"crashed with exit status {status}"
        if status is not None or self.problem:
            self.kill()  # what it started may outlive it
            self.process.wait()
            self.over = True

    def kill(self):
        if self.process and not self.over:
            with suppress(OSError):  # nothing is left
                if os.name == "posix":
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.kill()

    def read(self, file):
        """The lines of stdout (0) or stderr (1); without the last if it may grow."""
        with self.files[file].open("rb") as written:
            text = written.read(SIZE_LIMIT << 20).decode("utf-8", "replace")
        return lines_of(text if self.over else text[: text.rfind("\n") + 1])

    def lines(self):
        """Yield the lines that the script prints as they appear, until it is over."""
        count = 0
        while True:
            watch()
            lines = self.read(0)
            yield from lines[count:]
            count = len(lines)
            if self.over:
                return

    def save_figures(self):
        """Save what was shown, as 06.png, 06-2.png, ...; return where."""
        name = f"{self.script.number:02}"
        if self.script.kind == "Concept":
            name = f"concept-{name}"
        shown = sorted(Path(self.folder.name).glob("*.png"))
        names = [name, *(f"{name}-{number}" for number in range(2, len(shown) + 1))]
        saved = [Path(self.figures, f"{name}.png") for name in names[: len(shown)]]
        for path, figure in zip(saved, shown):
            write(path, figure.read_bytes())
        return saved


@functools.cache
def processors():
    """How many processors this process may use; more than 4 are not asked for."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        count = os.cpu_count() or 1
    with suppress(OSError, ValueError):  # there is no limit
        quota, period = CPU_MAX.read_text().split()
        count = min(count, -(-int(quota) // int(period)))
    return min(count, 4)


def watch():
    """Start the next runs, as many as there are processors, and look at them."""
    global starting
    time.sleep(0.01)
    for run in [run for run in queue if not run.over][: processors()]:
        if not run.process:
            starting = True
            run.start()
            starting = False
        if caught:
            sys.exit(128 + caught)
        run.look()


def kill_all():
    for run in queue:
        run.kill()


def on_signal(number, _):
    """Leave at the first signal, or as soon as it is known what is to be killed."""
    global caught
    first, caught = not caught, caught or number
    if first and not starting:
        kill_all()
        sys.exit(128 + number)


def catch_signals():
    for name in {"SIGINT", "SIGTERM", "SIGHUP"} & set(dir(signal)):
        number = getattr(signal, name)
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup sets it
            signal.signal(number, on_signal)


def release_signals():
    """Leave signals to the system, which ends us without a word."""
    for number in signal.SIGINT, signal.SIGTERM:
        if signal.getsignal(number) is on_signal:
            signal.signal(number, signal.SIG_DFL)

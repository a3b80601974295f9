"""What several test modules use: a small project with a tour, and pictures."""

import contextlib
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

from parts import classes, having
from tour.project import ROOT

# The same examples in every run, and no file that remembers them
settings.register_profile("tests", deadline=None, derandomize=True, database=None)
settings.load_profile("tests")

posix = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")
SET_UP = """
import sys, time
sys.path.insert(0, {steps!r})
from tour import commands, runner
there = set(vars(runner))
{setup}
assert set(vars(runner)) == there, "the runner has no such thing"
sys.exit(commands.main())
"""


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


class Project:
    """A small project of steps and concepts, with a tour of its own."""

    def __init__(self, root):
        self.root, self.steps = root, root / "nnfs_steps"
        hide = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "nnfs_steps" / "tour", self.steps / "tour", ignore=hide)
        shutil.copy(ROOT / "nnfs_steps" / "__main__.py", self.steps)
        (root / "concepts").mkdir()

    def step(self, number, program, *record, folder="nnfs_steps", **header):
        """Write a script; without a record if there is none to write."""
        kind = "Step" if folder == "nnfs_steps" else "Concept"
        fields = "".join(f"{name}: {text}\n" for name, text in header.items())
        text = f'"""{kind} {number:02}. Idea {number}.\n\n{fields}"""\n\n{program}\n'
        if record:
            lines = ["", "# Output:", *(f"# {line}".rstrip() for line in record), ""]
            text += "\n".join(lines)
        path = self.root / folder / f"{number:02}_x.py"
        path.write_bytes(text.encode())
        return path

    def concept(self, *arguments, **header):
        return self.step(*arguments, folder="concepts", **header)

    def words(self, setup, *words):
        """The command; setup is Python, and may replace what the module runner has."""
        wrapped = "-c", SET_UP.format(steps=str(self.steps), setup=setup)
        return [sys.executable, *(wrapped if setup else [self.steps]), *words]

    def whole(self, number):
        """Where the whole output of a step is."""
        (self.steps / "outputs").mkdir(exist_ok=True)
        return self.steps / "outputs" / f"{number:02}.txt"

    @contextlib.contextmanager
    def start(self, *words, setup="", ignored=False, **options):
        """Start the tour; ignored: with a Ctrl-C that nobody notices."""

        def signals():  # in all other cases as usual, even where pytest is under nohup
            for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
                signal.signal(number, signal.SIG_IGN if ignored else signal.SIG_DFL)

        usual = os.environ | {"PYTHONUNBUFFERED": ""}
        settings = usual | options.pop("env", {})
        pipe = subprocess.PIPE
        options |= {"stdout": pipe, "stderr": pipe, "text": True, "env": settings}
        if os.name == "posix":
            options["preexec_fn"] = signals
        with subprocess.Popen(self.words(setup, *words), **options) as process:
            try:
                yield process
            finally:
                process.kill()  # a tour that does not end must not hold up the tests

    def tour(self, *words, **options):
        """Return the exit status, stdout with X for seconds, and stderr."""
        with self.start(*words, **options) as process:
            output, errors = process.communicate(timeout=60)
        return process.returncode, seconds_left_out(output), errors

    def running(self):
        """What runs of this project; what is still being killed has five seconds."""
        for _ in range(100):
            found = subprocess.check_output(["ps", "-Aww", "-o", "stat,args"])
            lines = found.decode(errors="replace").splitlines()
            left = [x for x in lines if str(self.root) in x and not x.startswith("Z")]
            if not left:
                return []
            time.sleep(0.05)
        return left


def seconds_left_out(output):
    return re.sub(r"\d+\.\d s(?=[.,:\s])", "X s", output or "")


def table(*verdicts):
    rows = [f"{n:02}  {f'Idea {n}.':56}   X s  {verdict}\n" for n, verdict in verdicts]
    return "".join(rows)


# A process begins with the peak of the one that starts it, so a small one starts it
PEAK_MEMORY = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def shell(project, command):
    words = ["sh", "-c", command, sys.executable, project.steps]
    settings = os.environ | {"PYTHONUNBUFFERED": ""}
    return subprocess.run(words, env=settings, capture_output=True, text=True)


def on_terminal(project, *words, **settings):
    """What a terminal of 30 columns gets from the tour."""
    import pty

    outside, inside = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    environment |= {"COLUMNS": "30", "TERM": "xterm"} | settings
    words = [sys.executable, project.steps, *words]
    output = b""
    with subprocess.Popen(words, stdout=inside, env=environment) as process:
        os.close(inside)
        try:
            while chunk := os.read(outside, 1000):
                output += chunk
        except OSError:  # how Linux says that the other end is closed
            pass
    os.close(outside)
    assert process.returncode == 0
    return output.decode().replace("\r\n", "\n")


def as_seen(output):
    """What is on the screen after all that has passed in place."""
    lines = []
    for line in output.split("\n"):
        seen = ""
        for part in line.split("\r"):
            assert "\r" not in line or len(part) < 30
            seen = part + seen[len(part) :]
        lines.append(seen.rstrip())
    return seconds_left_out("\n".join(lines))


def read_to(process, line):
    while process.stdout.readline() != line:
        assert process.poll() is None


def each(pattern, method="", where=lambda module: True):
    """For each wording of a class in the steps, as module and name."""
    found = [
        pytest.param(classes(step), name, id=f"{step.number:02}-{name}")
        for step, name in having(pattern, method)
        if where(classes(step))
    ]
    return pytest.mark.parametrize("module, name", found)


# ---- Pictures


def description(file):
    with Image.open(file) as picture:
        return json.loads(picture.info["Description"])


def differences(old, new):
    """What two picture files show differently, in words, or an empty list."""
    befores, nows = description(old), description(new)
    found = []
    for part in befores | nows:
        before, now = befores.get(part, []), nows.get(part, [])
        if len(before) != len(now) or not all(map(alike, before, now)):
            found.append(f"{part}: {before} in the picture, {now} drawn now")
    before, now = coarse(old), coarse(new)
    rows, columns = np.minimum(before.shape, now.shape)[:2]  # one may have a pixel more
    difference = now[:rows, :columns] - before[:rows, :columns]
    # Letters and lines are a little different in each version of matplotlib: 0.062 at
    # most, between 3.8 and 3.11. The pictures of steps 11 and 12 differ by 0.08
    if np.sqrt(np.mean(difference**2)) > 0.07:
        found.append("it looks different")
    return found


def alike(old, new):
    if isinstance(old, str) or isinstance(new, str):
        return old == new
    return math.isclose(old, new, rel_tol=1e-6, abs_tol=1e-6)


def coarse(file):
    """The mean colours, from 0 to 1, of squares of 20 by 20 pixels."""
    with Image.open(file) as picture:
        pixels = np.asarray(picture.convert("RGB")) / 255
    height, width = np.array(pixels.shape[:2]) // 20
    squares = pixels[: height * 20, : width * 20]
    return squares.reshape(height, 20, width, 20, 3).mean(axis=(1, 3))

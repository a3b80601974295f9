"""python nnfs_steps: from where it runs, where its lines go, how it ends.

What it prints stands in transcripts.txt.
"""

import ast
import os
import re
import signal
import subprocess
import sys

import pytest

from conftest import posix
from tour import terminal
from tour.project import python


@posix
@pytest.mark.parametrize(
    "words, where", [(["-m", "nnfs_steps"], "."), ([".."], "nnfs_steps/tour")]
)
def test_from_any_folder(project, words, where):
    project.step(1, "import os\nprint(os.getcwd())")
    done = python(*words, "1", cwd=project.root / where)
    assert f"\n{project.root / where}\n" in done.stdout.decode()
    assert (done.returncode, done.stderr) == (1, b"")  # it has no record


def test_old_python(project):
    path = project.steps / "__main__.py"
    old = "import runpy, sys; sys.version_info = 3, 10, 12; runpy.run_path(sys.argv[1])"
    done = python("-c", old, path)
    message = "The steps need Python 3.11 or newer, not 3.10"
    assert (done.returncode, done.stderr.decode().strip()) == (1, message)
    ast.parse(path.read_text(), feature_version=(3, 0))  # it gets so far


SHOW = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint(1)\nplt.show()"


def test_figures(project):
    lines = "for n in range(3): print(f'epoch: {n}, acc: 0.5, loss: {n}.0')"
    project.step(1, lines)
    project.step(2, lines.replace("0.5", "0.6"))
    project.step(6, f"{SHOW}\n1 / 0", "1")
    project.step(9, SHOW, "1", kind="Concept")
    status, output, _ = project.tour("--figures", "new/pictures", DISPLAY=":99")
    saved = f"Saved {os.path.join('new/pictures', '06.png')}"
    assert re.findall("^Saved .*", output, re.M) == [saved]
    assert f'{project.steps / "06_x.py"}", line 9, in <module>\n    1 / 0\n' in output
    assert "sitecustomize" not in output and status == 1
    project.tour("concept", "9", "--figures", "new/pictures")
    project.tour("compare", "2", "--figures", "new/pictures")
    there = {*(project.root / "new/pictures").iterdir()}
    assert {path.name for path in there} == {"06.png", "concept-09.png", "01-02.png"}
    assert {path.read_bytes()[:4] for path in there} == {b"\x89PNG"}


ENDLESS = "import time\nprint('here', flush=True)\ntime.sleep(99)"


def runs(path):
    """Whether a script still runs."""
    running = subprocess.check_output(["ps", "-Aww", "-o", "args"]).decode()
    return str(path) in running


@posix
def test_reader_that_has_read_enough(project):
    project.step(1, "print(1)", "1")
    path = project.step(2, ENDLESS)
    pipe = f"('{sys.executable}' '{project.steps}'; echo status $? >&2) | head -1"
    done = subprocess.run(["sh", "-c", pipe], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("=== Step 01. Idea 1.\n", "status 1\n")
    assert not runs(path)


def test_console_without_all_characters(project):
    project.step(1, "print('\u0177')", "y")
    status, output, errors = project.tour(PYTHONIOENCODING="cp1252")
    assert "\n- y\n+ ?\n" in output
    assert (status, errors) == (1, "")


def test_colours_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for setting, line in ("", "\033[32m+ a\033[0m\n"), ("1", "+ a\n"):
        monkeypatch.setenv("NO_COLOR", setting)
        terminal.say("+ a")
        terminal.say("a")
        assert capsys.readouterr().out == f"{line}a\n"


@posix
def test_ctrl_c_ends_what_runs(project):
    path = project.step(1, f"open('there', 'w').close()\n{ENDLESS}")
    with project.start() as process:
        while not (project.root / "there").exists():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60)[1] == "\nStopped.\n"
    assert process.returncode == 130
    assert not runs(path)


@pytest.mark.parametrize(
    "limit, message",
    [("TIME", "Did not end in 1 seconds and was"), ("LINE", "Printed 1 lines and was")],
)
def test_script_that_does_not_end(project, limit, message):
    project.step(1, ENDLESS, "here")
    project.step(2, "print(2)", "2")
    setup = f"from tour import runner\nrunner.{limit}_LIMIT = 1"
    status, output, _ = project.tour(setup=setup)
    assert f"\n{message} stopped, " in output and status == 1

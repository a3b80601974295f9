"""What several test modules use: the scripts, and a small project with a tour."""

import json
import os
import subprocess
import sys

import pytest
from PIL import Image
from threadpoolctl import threadpool_limits

import page
from parts import classes, having
from programs import copy_tour
from tour.project import SCRIPTS, STEPS

# pytest has a process for each processor: more threads would get in each other's way
threadpool_limits(1)

STEP = {step.number: step for step in STEPS}
BY_NAME = {script.name: script for script in SCRIPTS}

each_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.path.stem)
posix = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")


@pytest.fixture(scope="session")
def page_folder(tmp_path_factory):
    """The page, built once."""
    folder = tmp_path_factory.mktemp("built") / "page"
    page.main(folder)
    return folder


START = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, {steps!r})
{setup}
sys.argv[0] = {steps!r}
runpy.run_path({steps!r}, run_name="__main__")
"""


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


class Project:
    """A small project of steps and concepts, with a tour of its own."""

    def __init__(self, root):
        self.root, self.steps = root, root / "nnfs_steps"
        copy_tour(root)

    def step(self, number, program, *record, kind="Step"):
        """Write a script; without a record if there is none to write."""
        text = f'"""{kind} {number:02}. Idea {number}.\n\n"""\n\n{program}\n'
        if record:
            lines = ["", "# Output:", *(f"# {line}".rstrip() for line in record), ""]
            text += "\n".join(lines)
        folder = self.steps if kind == "Step" else self.root / "concepts"
        path = folder / f"{number:02}_x.py"
        path.write_bytes(text.encode())
        return path

    def tour(self, *words, setup="", **settings):
        """Run the tour, return its exit status, stdout and stderr; setup is Python."""
        with self.start(*words, setup=setup, **settings) as process:
            output, errors = process.communicate(timeout=60)
        return process.returncode, output, errors

    def start(self, *words, setup="", **settings):
        """Start the tour; Ctrl-C works, also where pytest is in the background."""
        code = START.format(steps=str(self.steps), setup=setup)
        return subprocess.Popen(
            [sys.executable, "-c", code, *map(str, words)],
            cwd=self.root,
            env=os.environ | settings,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def each(pattern, method="", where=lambda module: True):
    """For each wording of a class in the steps, as module and name."""
    found = [
        pytest.param(classes(step), name, id=f"{step.number:02}-{name}")
        for step, name in having(pattern, method)
        if where(classes(step))
    ]
    return pytest.mark.parametrize("module, name", found)


def shown(file):
    """What a picture says that it shows."""
    with Image.open(file) as picture:
        return json.loads(picture.info["Shows"])

"""What several test modules use: a small project with a tour, and pictures."""

import json
import os
import subprocess
import sys

import pytest
from hypothesis import settings
from PIL import Image
from threadpoolctl import threadpool_limits

import page
from parts import classes, having
from programs import copy_tour

# pytest has a process for each processor: more threads would get in each other's way
threadpool_limits(1)

# The same examples in every run, and no file that remembers them
settings.register_profile("tests", deadline=None, derandomize=True, database=None)
settings.load_profile("tests")

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

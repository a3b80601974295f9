"""Where the project's scripts are, what they say of themselves, and how to run one."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
STEPS = sorted((ROOT / "nnfs_steps").glob("[0-9][0-9]_*.py"))
CONCEPTS = sorted((ROOT / "concepts").glob("[0-9][0-9]_*.py"))
SCRIPTS = STEPS + CONCEPTS


def read(path):
    return path.read_text(encoding="utf-8")


def fields(path):
    """A script's docstring as {"Title": ..., "Book": ..., "Run": ...}, each on one line."""
    docstring = "Title: " + ast.get_docstring(ast.parse(read(path)))
    found = re.findall(r"^(\w+): (.*?)(?=^\w+: |^\n|\Z)", docstring, re.M | re.S)
    return {name: " ".join(text.split()) for name, text in found}


def record(path):
    """The lines that a script says it prints; '...' stands for lines left out."""
    _, _, block = read(path).rpartition("\n# Output:\n")
    assert all(re.match("# .|#$", line) for line in block.splitlines())
    return [line[2:] for line in block.splitlines()]


def whole_record(path):
    """The same with the lines that were left out, which stand in a file beside this one."""
    file = Path(__file__).with_name(f"{path.name[:2]}_whole_output.txt")
    return read(file).splitlines() if "..." in record(path) else record(path)


def run(path, cwd, **settings):
    """Run a script in a process of its own, return the lines that it prints.

    Warnings are errors, and there is no display.
    """
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND")}
    no_warning = []
    if sys.platform != "linux":  # where there is always a display
        environment["MPLBACKEND"] = "agg"
        no_warning = ["-W", "ignore:FigureCanvasAgg is non-interactive"]
    result = subprocess.run([sys.executable, "-W", "error", *no_warning, path], cwd=cwd,
                            env=environment | settings, stdin=subprocess.DEVNULL,
                            capture_output=True, encoding="ascii", timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()

"""Scripts as parts of this process, which takes less time than one for each."""

import contextlib
import io
import shutil
import sys
import traceback
import warnings
from pathlib import Path

import matplotlib
import numpy as np
import pytest

matplotlib.use("agg")
import matplotlib.pyplot as plt

ROOT = Path(__file__).parents[1]


def copy_tour(root):
    """Give a project of its own a tour."""
    hide = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "nnfs_steps/tour", root / "nnfs_steps/tour", ignore=hide)
    shutil.copy(ROOT / "nnfs_steps/__main__.py", root / "nnfs_steps")
    (root / "concepts").mkdir()


def keep_numpy(patch):
    """Undo afterwards what nnfs.init() does to NumPy."""
    for name in "dot", "zeros", "eye":
        patch.setattr(np, name, getattr(np, name))
    patch.setattr(np.random, "randn", np.random.randn)


def program(script, *words, cwd=".", code=None, show=lambda: None, **names):
    """Run a script in this process; return its exit status, output and errors.

    code is what runs in place of the script's text, show is called where it shows a
    picture, and names are known to it. Errors are also its traceback and its warnings.
    """
    output, errors, status = io.StringIO(), io.StringIO(), 0
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        warnings.catch_warnings(record=True, action="default") as warned,
    ):
        keep_numpy(patch)
        patch.setattr(plt, "show", show)
        patch.chdir(cwd)
        patch.setattr(sys, "argv", [str(script.path), *map(str, words)])
        names |= {"__name__": "__main__", "__file__": str(script.path)}
        try:
            exec(compile(code or script.text, str(script.path), "exec"), names)
        except SystemExit as end:
            if end.code:
                status = 1
                print(end, file=errors)
        except Exception:
            status = 1
            traceback.print_exc()
    plt.close("all")
    for warning in warned:
        print(f"{warning.category.__name__}: {warning.message}", file=errors)
    return status, output.getvalue(), errors.getvalue()


def ctrl_c(start):
    """A print for a program: someone presses Ctrl-C before a line that starts so."""

    def shown(*words):
        if f"{words[0]}".startswith(start):
            raise KeyboardInterrupt
        print(*words)

    return shown


def refused(result, *words):
    """What a program was given is refused in one line with these words."""
    status, output, errors = result
    assert (status, errors.count("\n"), "epoch" in output) == (1, 1, False)
    for word in words:
        assert str(word) in errors


@contextlib.contextmanager
def one_line(message):
    """What is done is refused in one line."""
    with pytest.raises(ValueError, match=message) as error:
        yield
    assert "\n" not in str(error.value)

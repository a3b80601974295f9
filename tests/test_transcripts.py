"""Each command prints what tests/transcripts.txt says.

The file has sections: the files of a small project, what one types, what one sees. To
write down what is seen now, and review the difference: python tests/test_transcripts.py
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from programs import copy_tour

FILE = Path(__file__).with_name("transcripts.txt")


def sections():
    """The sections of the file, {title: text}."""
    text = FILE.read_text(encoding="utf-8")
    return dict(re.findall(r"(?ms)^==== (.*?)\n(.*?)(?=^====|\Z)", text))


def seen(command, root):
    """What a command prints, and its exit status if that is not 0."""
    words = [sys.executable, *command.split()[1:]]
    env = os.environ | {"COLUMNS": "88", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(words, cwd=root, env=env, capture_output=True)
    text = (done.stdout + done.stderr).decode().replace(f"{root}{os.sep}", "")
    text = re.sub(r"\d+\.\d s\b", "X s", text)
    # Each version of Python marks the place of an error in its own way
    lines = [x.rstrip() for x in text.splitlines() if x.strip(" ^~") or not x]
    status = [f"exit status {done.returncode}"] if done.returncode else []
    return "\n".join([f"$ {command}", *lines, *status])


def actual(text):
    """A section as it is now, in a folder with its files and a tour."""
    start, *_ = text.partition("$ ")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        copy_tour(root)
        for name, content in re.findall(r"(?ms)^-- (\S+)\n(.*?)(?=^-- |^\$ |\Z)", text):
            path = root / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        found = [seen(command, root) for command in re.findall(r"(?m)^\$ (.*)", text)]
    return start + "\n\n".join(each.rstrip() for each in found)


@pytest.mark.parametrize("text", sections().values(), ids=sections())
def test_transcript(text):
    assert actual(text).strip() == text.strip()


if __name__ == "__main__":
    parts = [f"==== {title}\n{actual(x).strip()}\n" for title, x in sections().items()]
    FILE.write_text("\n".join(parts), encoding="utf-8")

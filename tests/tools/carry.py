"""Carries changes of a step's code on to all later steps.

What has changed in its classes and functions since the last commit is merged into those
of all later steps, as git merges. A step where that conflicts keeps what it has.
"""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tour.project import Mistake
from tour.scripts import Script, write


def git(*words, folder):
    """The exit status and the output of git."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True)
    return done.returncode, done.stdout.decode()


def definitions(script):
    """Where classes (with all that is in them) and functions stand, and their lines."""
    try:
        parts = script.parts.items()
    except SyntaxError as error:
        raise Mistake(f"{script.path.name}, line {error.lineno}: {error.msg}") from None
    lines = script.text.split("\n")
    places = {k: v.place for k, v in parts if "." not in k}
    return {name: (place, lines[place]) for name, place in places.items()}


def changes(step, folder):
    """Classes and functions that differ from the last commit: lines then and now."""
    status, text = git("show", f"HEAD:./{step.path.name}", folder=step.path.parent)
    path = folder / step.path.name
    path.write_bytes(text.encode())
    old, new = ({} if status else definitions(Script(path))), definitions(step)
    both = {name: (old[name][1], new[name][1]) for name in old if name in new}
    return {name: pair for name, pair in both.items() if pair[0] != pair[1]}


def merged(mine, old, new, folder):
    """The lines with the change from old to new, or None if that is a conflict."""
    for name, lines in [("mine", mine), ("old", old), ("new", new)]:
        (folder / name).write_bytes("".join(f"{line}\n" for line in lines).encode())
    status, text = git("merge-file", "-p", "mine", "old", "new", folder=folder)
    return None if status else text.split("\n")[:-1]


def carry(first, steps):
    """Change the later steps as the first was changed; say which, and return them."""
    texts, said = {}, {}
    with TemporaryDirectory() as folder:
        changed = changes(first, Path(folder))
        for step in [step for step in steps.values() if step.number > first.number]:
            lines, found = step.text.split("\n"), definitions(step)
            for name in [name for name in reversed(found) if name in changed]:
                place, mine = found[name]
                new = merged(mine, *changed[name], Path(folder))
                lines[place] = new or mine
                said.setdefault((name, bool(new)), []).append(f"{step.number:02}")
            texts[step] = "\n".join(lines)
    for name in changed:
        taken, left = (", ".join(said.get((name, k), ["none"])) for k in (True, False))
        print(f"{name} of {first.name}, changed in: {taken}; to change by hand: {left}")
    changed_steps = [step for step, text in texts.items() if text != step.text]
    for step in changed_steps:  # all were read: now nothing can be wrong
        write(step.path, texts[step])
    return [Script(step.path) for step in changed_steps]

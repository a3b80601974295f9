"""Carry a changed class, method or function on: python tests/carry.py Layer_Dense

The change goes from the first step that has it (or the one after --from) to all later
steps whose version was the same in git's HEAD. Steps with a version of their own are
left alone, and named.
"""

import subprocess

from project import ROOT, Mistake, Parser, blocks, command, find, sources, write
from tour.scripts import scripts_in


def committed(script):
    """A step's text in HEAD; what it is now if HEAD does not have it."""
    result = subprocess.run(
        ["git", "show", f"HEAD:./{script.path.name}"],
        cwd=script.path.parent,
        capture_output=True,
        encoding="utf-8",
    )
    return script.text if result.returncode else result.stdout


def source(name, script, text):
    try:
        return sources(text).get(name)
    except SyntaxError as error:
        raise Mistake(f"{script.path.name}, line {error.lineno}: {error.msg}") from None


def carry(name, first, later):
    """Return the steps that took the change, and those that have another version."""
    old, new = (source(name, first, t) for t in (committed(first), first.text))
    if new is None:
        raise Mistake(f"{first.name} has no {name}")
    if old in (None, new):
        raise Mistake(f"{first.name} has {name} as HEAD has it: nothing to carry")
    taken, left = {}, []
    for script in later:
        before, now = (
            source(name, script, t) for t in (committed(script), script.text)
        )
        if now is None:
            continue
        if before == old:
            lines = script.text.split("\n")
            lines[blocks(script.text)[name]] = new.split("\n")
            taken[script] = "\n".join(lines)
        else:
            left.append(script)
    for script, text in taken.items():  # all were read: now nothing can be wrong
        write(script.path, text)
    return list(taken), left


def main(arguments, root=ROOT):
    parser = Parser(description=__doc__)
    parser.add_argument("name", help="such as Layer_Dense, Layer_Dense.forward or exp")
    parser.add_argument("--from", dest="first", metavar="N", help="the step it is from")
    options = parser.parse_args(arguments)
    steps = scripts_in(root / "nnfs_steps")
    have = (s for s in steps.values() if source(options.name, s, s.text))
    first = find(options.first, steps) if options.first else next(have, None)
    if first is None:
        raise Mistake(f"no step has {options.name}")
    later = [step for step in steps.values() if step.number > first.number]
    taken, left = carry(options.name, first, later)
    for title, scripts in [("taken by", taken), ("another version in", left)]:
        numbers = ", ".join(f"{script.number:02}" for script in scripts)
        print(f"{options.name} of {first.name}, {title}: {numbers or 'none'}")


if __name__ == "__main__":
    command(main)

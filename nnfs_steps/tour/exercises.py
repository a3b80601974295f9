"""Takes out of a step what is new in it, for the reader to write."""

import ast
import functools
import re
from pathlib import Path

from tour.scripts import Mistake
from tour.terminal import say

LAST = 23  # the model; what comes later is around it
EMPTY = "raise NotImplementedError"
NO_EXERCISE = re.compile("(check|draw|mark)_")
GUARD = re.compile(r"(if .*\n +raise |.*\bcheck_\w+\(|['\"])")  # or a docstring
# What lines set, print or return, their numbers, and their comments
HINT = re.compile(
    r"^self\.\w+(?=.* .?= )|^print|^return|\b\d+\.\d+|\b\d+e-\d+|\b\d\d+|(?<=# ).*"
)
unparse = functools.cache(ast.unparse)  # it takes its time


def new_in(step, steps):
    """The new statements of a step's functions, as {name: [[statement, ...], ...]}.

    Guards and drawing are no exercise, nor is what an earlier step has in this function,
    or in a method of the same name that is gone.
    """
    earlier = [script for number, script in steps.items() if number < step.number]
    parts = [each for script in earlier for each in script.parts.items()]
    found = {}
    if not earlier or step.number > LAST:
        return found
    for name, part in step.parts.items():
        if isinstance(part.node, ast.ClassDef) or NO_EXERCISE.match(name):
            continue
        method, others = name.rpartition(".")[2], step.parts.keys() - {name}
        known = [p for n, p in parts if n.endswith(method) and n not in others]
        old = {unparse(statement) for p in known for statement in p.node.body}
        gaps = [[]]
        for statement in part.node.body:
            if unparse(statement) in old or GUARD.match(unparse(statement)):
                gaps.append([])
            else:
                gaps[-1].append(statement)
        if any(gaps):
            found[name] = [gap for gap in gaps if gap]
    return found


def tasks(number, steps):
    found = new_in(steps[number], steps) if number in steps else {}
    if not found:
        there = [f"{n:02}" for n, step in steps.items() if new_in(step, steps)]
        raise Mistake(f"no exercise {number}; there are {', '.join(there)}")
    return found


def write(step, steps, solution):
    """Write a step's exercise into the current folder, or show the solution."""
    lines, found = step.text.split("\n"), tasks(step.number, steps)
    if solution:
        for name in found:
            say(f"=== {name}")
            print(step.source(name), end="\n\n")
        return 0
    gaps = [(name, run) for name, runs in found.items() for run in runs]
    for name, run in reversed(gaps):
        place = slice(run[0].lineno - 1, run[-1].end_lineno)
        hints = [": ".join(HINT.findall(line.strip())) for line in lines[place]]
        words = [f"# {hint}" for hint in dict.fromkeys(hints) if hint]
        words.append(f'{EMPTY}("write {name}")')
        lines[place] = [" " * run[0].col_offset + word for word in words]
    path = Path(f"exercise_{step.number:02}.py")
    if path.exists():
        raise Mistake(f"{path} is there already, and stays as it is")
    path.write_bytes("\n".join(lines).encode())
    print(f"Wrote {path}. Its functions to write, in any order:")
    print(*found, sep="\n")
    print(f"To see how far you are: python nnfs_steps check {step.number}")
    return 0

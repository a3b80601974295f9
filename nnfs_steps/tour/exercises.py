"""Takes out of a step what is new in it, for the reader to write."""

import ast
import re
from itertools import groupby
from pathlib import Path

from tour.changes import source
from tour.scripts import Mistake, origin
from tour.scripts import write as write_file
from tour.terminal import say

LAST = 23  # the model; what comes later is around it
EMPTY = "raise NotImplementedError"
NO_EXERCISE = re.compile("(check|draw|mark)_")
GUARD = re.compile(r"(if .*\n +raise |.*\bcheck_\w+\(|['\"])")  # or a docstring


def new_in(step, steps):
    """The new statements of a step's functions, as {name: [[statement, ...], ...]}.

    Guards and drawing are no exercise, nor is what an earlier step has.
    """
    before, found = origin(step, steps), {}
    if not before or step.number > LAST:
        return found
    earlier = [script for number, script in steps.items() if number < step.number]
    gone = before.parts.keys() - step.parts.keys()
    for name, part in step.parts.items():
        is_class = isinstance(part.node, ast.ClassDef)
        if is_class or NO_EXERCISE.match(name) or source(name, step, earlier)[1]:
            continue
        kind, method = name.partition("_")[0], name.rpartition(".")[2]
        # What it may replace
        same = [n for n in gone if n.startswith(kind) and n.endswith(f".{method}")]
        parts = [s.parts[n] for s in earlier for n in {name, *same} & s.parts.keys()]
        old = {ast.unparse(x) for part in parts for x in part.node.body}
        lines = [(x, ast.unparse(x)) for x in part.node.body]
        lines = [(x, line in old or bool(GUARD.match(line))) for x, line in lines]
        runs = groupby(lines, lambda pair: pair[1])
        if new := [[x for x, _ in run] for is_old, run in runs if not is_old]:
            found[name] = new
    return found


def tasks(number, steps):
    found = new_in(steps[number], steps) if number in steps else {}
    if not found:
        there = [f"{n:02}" for n, step in steps.items() if new_in(step, steps)]
        raise Mistake(f"no exercise {number}; there are {', '.join(there) or 'none'}")
    return found


def hints(lines):
    """What stands in place of some lines: what they set, print or return, their numbers,
    and their comments.
    """
    found = []
    for line in lines:
        code, _, comment = line.strip().partition("# ")
        name = re.match(r"self\.\w+(?=.* = )|self\.\w+(?= .= )|print|return", code)
        numbers = re.findall(r"\b(?:\d+\.\d+|\d+e-\d+|\d\d+)", code)
        what = [name[0].replace("self.", "set self.")] if name else []
        what += [f"with {', '.join(numbers)}"] if numbers else []
        found.append(": ".join(filter(None, [" ".join(what), comment])))
    return [hint for hint in dict.fromkeys(found) if hint]


def write(step, steps, solution):
    """Write a step's exercise into the current folder, or show the solution."""
    lines, found = step.text.split("\n"), tasks(step.number, steps)
    if solution:
        for name in found:
            node = step.parts[name].node
            say(f"=== {name}")
            print(*lines[node.lineno - 1 : node.end_lineno], "", sep="\n")
        return 0
    gaps = [(name, run) for name, runs in found.items() for run in runs]
    for name, run in reversed(gaps):
        place = slice(run[0].lineno - 1, run[-1].end_lineno)
        words = [f"# {line}" for line in hints(lines[place])]
        words.append(f'{EMPTY}("write {name}")')
        lines[place] = [" " * run[0].col_offset + word for word in words]
    path = Path(f"exercise_{step.number:02}.py")
    if path.exists():
        raise Mistake(f"{path} is there already, and stays as it is")
    write_file(path, "\n".join(lines))
    print(f"Wrote {path}. Its functions to write, in any order:")
    print(*found, sep="\n")
    print(f"To see how far you are: python nnfs_steps check {step.number}")
    return 0

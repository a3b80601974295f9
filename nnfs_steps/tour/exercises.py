"""Takes out of a step what is new in it, for the reader to write."""

import ast
import functools
import re
from itertools import groupby
from pathlib import Path

from tour.scripts import Mistake, is_text, origin
from tour.scripts import write as write_file
from tour.terminal import say

LAST = 23  # the model; what comes later is around it
EMPTY = "raise NotImplementedError"


@functools.cache
def written(script):
    """The functions of a script by name, as code without its comments."""
    nodes = {name: part.node for name, part in script.parts.items()}
    functions = {k: v for k, v in nodes.items() if isinstance(v, ast.FunctionDef)}
    return {name: ast.unparse(node) for name, node in functions.items()}


def is_exercise(code):
    # A guard is a function that raises, or requires, and belongs to no class
    guard = re.match(r"def \w+\((?!self)", code) and re.search(
        r"raise |require\(", code
    )
    return not guard and "plt." not in code


def is_guard(statement):
    body = getattr(statement, "body", [])
    raises = body and all(isinstance(part, ast.Raise) for part in body)
    return raises or re.search(r"\bcheck_\w+\(", ast.unparse(statement))


def new_in(step, steps):
    """The new statements of a step's functions, as {name: [[statement, ...], ...]}.

    Guards and drawing are no exercise, nor is what an earlier step has.
    """
    before, found = origin(step, steps), {}
    if not before or step.number > LAST:
        return found
    earlier = [script for number, script in steps.items() if number < step.number]
    known = {code for script in earlier for code in written(script).values()}
    for name, code in written(step).items():
        if code in known or not is_exercise(code):
            continue
        kind, method = name.partition("_")[0], name.rpartition(".")[2]
        gone = written(before).keys() - step.parts.keys()  # what it may replace
        same = {n for n in gone if n.startswith(kind) and n.endswith(f".{method}")}
        nodes = [
            s.parts[n].node for s in earlier for n in {name, *same} & s.parts.keys()
        ]
        body = step.parts[name].node.body
        old = {ast.unparse(statement) for node in nodes for statement in node.body}
        old |= {ast.unparse(x) for x in body if is_guard(x) or is_text(x)}
        runs = groupby(body, lambda statement, old=old: ast.unparse(statement) in old)
        if new := [[*run] for is_old, run in runs if not is_old]:
            found[name] = new
    return found


def tasks(number, steps):
    found = new_in(steps[number], steps) if number in steps else {}
    if not found:
        there = [f"{n:02}" for n, step in steps.items() if new_in(step, steps)]
        raise Mistake(f"no exercise {number}; there are {', '.join(there) or 'none'}")
    return found


def hints(lines):
    """What stands in place of some lines: their comments, what they set, print or return,
    and their numbers.
    """
    found = []
    for line in lines:
        code, _, comment = line.strip().partition("# ")
        name = re.match(r"self\.\w+(?=.* = )|self\.\w+(?= .= )|print|return", code)
        numbers = re.findall(r"\b(?:\d+\.\d+|\d+e-\d+|\d\d+)", code)
        words = dict.fromkeys([name and name[0], *numbers, comment])
        found.append(", ".join(filter(None, words)))
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

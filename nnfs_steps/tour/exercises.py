"""Takes out of a step what is new in it, for the reader to write."""

import ast
import functools
import re
from itertools import groupby
from pathlib import Path
from textwrap import wrap

from tour.changes import DEFINES
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


@functools.cache
def program(script):
    """The statements of a script that define nothing."""
    nodes = [node for node in script.tree.body if not isinstance(node, DEFINES)]
    return [ast.unparse(node) for node in nodes]


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


def hints(run, lines, later):
    """What stands in place of statements: their comments, what they return, print and
    set for what is later, and their numbers.
    """
    gap, sets, numbers = lines[run[0].lineno - 1 : run[-1].end_lineno], {}, {}
    found = [line.strip()[2:] for line in gap if line.strip().startswith("# ")]
    nodes = [node for x in run for node in ast.walk(x) if hasattr(node, "lineno")]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        comment = lines[node.end_lineno - 1].partition("  # ")[2]
        match node:
            case ast.Return():
                number = re.search(r" np.mean\([^=]*\)$|calculate\(", ast.unparse(node))
                found += [
                    f"Returns {comment or (number and 'a number') or 'the result'}"
                ]
            case ast.Call(func=ast.Name("print"), args=[words]):
                found += [f"Prints {ast.unparse(words)}"]
            case (
                ast.Assign(targets=[ast.Name() | ast.Attribute() as target])
                | ast.AugAssign(target=target)
            ):
                name = ast.unparse(target)
                if "." in name or re.search(rf"\b{name}\b", later):
                    sets[name] = comment or sets.get(name)
            case ast.Constant(value=int() | float()) if node.value not in (0, 1, 2):
                text = lines[node.lineno - 1][node.col_offset : node.end_col_offset]
                numbers |= {text: None} if text not in str(found) else {}
    found += [f"Sets {name}: {comment}" for name, comment in sets.items() if comment]
    plain = [name for name in sets if not sets[name]]
    rest = {"Sets": plain, "Uses": numbers}
    return found + [
        f"{word} {', '.join(names)}" for word, names in rest.items() if names
    ]


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
        end = step.parts[name].place.stop
        words = hints(run, lines, "\n".join(lines[run[-1].end_lineno : end]))
        words = [f"# {line}" for hint in words for line in wrap(hint, 76)]
        words.append(f'{EMPTY}("write {name}")')
        place = slice(run[0].lineno - 1, run[-1].end_lineno)
        lines[place] = [" " * run[0].col_offset + word for word in words]
    path = Path(f"exercise_{step.number:02}.py")
    if path.exists():
        raise Mistake(f"{path} is there already, and stays as it is")
    write_file(path, "\n".join(lines))
    print(f"Wrote {path}. Its functions to write, in any order:")
    print(*found, sep="\n")
    print(f"To see how far you are: python nnfs_steps check {step.number}")
    return 0

"""Takes out of a step what is new in it, and checks what a reader wrote instead."""

import ast
import functools
import re
from itertools import groupby
from pathlib import Path
from textwrap import wrap

from tour import runner
from tour.differences import say
from tour.scripts import Mistake, Script, origin
from tour.scripts import write as write_file

LAST = 23  # the model; what comes later is around it
JUDGE = Path(__file__).with_name("judge.py")
JUDGE_LIMIT = 20  # seconds
DEFINES = ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef
EMPTY = "raise NotImplementedError"
LAST_DIGITS = """\
Right: each of your functions does what the step's does. That the whole program prints
other numbers is no mistake: another order of operations has other last digits, another
way to draw has other random numbers, and a training makes more of them. See
    python nnfs_steps concept 08"""


@functools.cache
def written(script):
    """The functions of a script by name, as code without its comments."""
    return {name: ast.unparse(p.node) for name, p in script.functions().items()}


@functools.cache
def program(script):
    """The statements of a script that define nothing."""
    body = ast.parse(script.text).body[1:]  # without the header
    return [ast.unparse(node) for node in body if not isinstance(node, DEFINES)]


def is_exercise(code):
    return not re.match("def check_", code) and "plt." not in code


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
    for name, part in step.functions().items():
        code = written(step)[name]
        if code in known or not is_exercise(code):
            continue
        kind, end = name.split("_")[0], "." + name.rpartition(".")[2]
        same = [n for n in written(before) if n.startswith(kind) and n.endswith(end)]
        same = {name, *[n for n in same if n not in step.parts]}  # what it replaces
        nodes = [s.functions()[n].node for s in earlier for n in same & {*written(s)}]
        old = {ast.unparse(statement) for node in nodes for statement in node.body}
        for is_old, run in groupby(
            part.node.body[bool(ast.get_docstring(part.node)) :],
            lambda node, old=old: bool(is_guard(node)) or ast.unparse(node) in old,
        ):
            if not is_old:
                found.setdefault(name, []).append([*run])
    return found


def tasks(number, steps):
    found = new_in(steps[number], steps) if number in steps else {}
    if not found:
        there = [f"{n:02}" for n, step in steps.items() if new_in(step, steps)]
        raise Mistake(f"no exercise {number}; there are {', '.join(there) or 'none'}")
    return found


def hints(text, later):
    """What stands in place of a text: its comments, and what it does for what is later.

    That is what it returns, prints and sets, and the numbers that it takes.
    """
    found = re.findall(r"(?m)^ *# (.*)", text)
    for value, comment in re.findall(r"(?m)^ *return ([^#\n]*)(?:  # (.*))?$", text):
        number = re.match(r"np.mean\([^=]*\)$|.*calculate\(", value)
        found.append(f"Returns {comment or (number and 'a number') or 'the result'}")
    for words in re.findall(r"(?s)print\((.*?)\)\n", f"{text}\n"):
        found.append(f"Prints {' '.join(words.split())}")
    sets = re.findall(r"(?m)^ *([\w.]+) [-+]?= [^#\n]*?(?:  # (.*))?$", text)
    sets = {n: comment for n, comment in sets[::-1] if "." in n or n in later}
    sets = dict(reversed(sets.items()))
    found += [f"Sets {name}: {comment}" for name, comment in sets.items() if comment]
    found.append("Sets " + ", ".join(name for name in sets if not sets[name]))
    numbers = re.findall(r"\b\d+(?:\.\d+)?(?:e-\d+)?\b", re.sub("#.*", "", text))
    new = [n for n in numbers if n not in f"0.0 1.0 2 {found}"]
    found.append("With " + ", ".join(dict.fromkeys(new)))
    return [hint for hint in found if hint not in ("Sets ", "With ")]


def write(step, steps, solution):
    """Write a step's exercise into the current folder, or show the solution."""
    lines, found = step.text.split("\n"), tasks(step.number, steps)
    if solution:
        for name in found:
            node = step.functions()[name].node
            say(f"=== {name}")
            print(*lines[node.lineno - 1 : node.end_lineno], "", sep="\n")
        return 0
    gaps = [(name, run) for name, runs in found.items() for run in runs]
    for name, run in reversed(gaps):
        place = slice(run[0].lineno - 1, run[-1].end_lineno)
        later = lines[place.stop : step.functions()[name].place.stop]
        later = re.findall(r"\w+", "\n".join(later))
        words = [wrap(hint, 76) for hint in hints("\n".join(lines[place]), later)]
        words = [f"# {line}" for hint in words for line in hint]
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


def check(path, steps, follow):
    """Hold what a reader wrote against the step, function by function and as a whole."""
    if path.name.isdecimal():
        path = Path(f"exercise_{int(path.name):02}.py")
    path.stat()  # it is there
    mine = Script(path)
    if not re.search(r'^"""Step \d+\.', mine.text, re.M):
        raise Mistake(f'{path} does not begin as an exercise does: """Step 10. ...')
    number = mine.number
    new, step = tasks(number, steps), steps[number]
    mine.record, mine.whole_path = step.record, step.whole_path
    own, found = written(step), written(mine)
    changed = {n for n in own if is_exercise(own[n]) and own[n] != found.get(n, own[n])}
    names = [name for name in own if name in {*new, *changed}]
    to_judge = [name for name in names if EMPTY not in found.get(name, EMPTY)]
    say("=== Beside the step's own, on small random inputs")
    for name in names:
        if name not in to_judge:
            print(f"{name} is {'still empty' if name in found else 'missing'}")
    judge = runner.Run(
        mine, words=[JUDGE, step.path, path, *to_judge], limit=JUDGE_LIMIT
    )
    for line in judge.lines():
        print(line)
    print()
    status = judge.process.returncode
    if status not in (0, 3):
        print(*judge.read(1)[-1:], f"The comparison {judge.problem}.", sep="\n")
        return 1
    if status or to_judge != names:
        print("The program runs when all functions are there and agree.")
        return 1
    run = runner.Run(mine)
    as_recorded, printed = follow(run) == "as recorded", run.read(0)
    same = sum(a == b for a, b in zip(printed, step.output))
    print(f"{same} of {len(step.output)} lines are as the step prints them.")
    if not as_recorded:
        gone = set(program(step)) - set(program(mine))
        unsure = [line for line in judge.read(0) if not line.endswith(" agrees")]
        texts = [re.sub(r"[-+.\de ]", "", "\n".join(x)) for x in (printed, step.output)]
        for line in gone:
            print("A line of the step's program is another in yours:", line, sep="\n")
        for line in unsure:
            print(f"This may be why: {line}")
        if gone or unsure or run.problem or texts[0] != texts[1]:
            return 1
        print(LAST_DIGITS)
    later = [n for n in steps if n > number and new_in(steps[n], steps)]
    print(*[f"Next: python nnfs_steps exercise {n}" for n in later[:1]], sep="\n")
    return 0

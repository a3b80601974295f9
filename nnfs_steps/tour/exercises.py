"""Takes out of a step what is new in it, and checks what a reader wrote instead."""

import ast
import difflib
import re
from pathlib import Path

from tour import runner
from tour.differences import say
from tour.scripts import Mistake, Script, origin

LAST = 21  # from step 22 on the new code is the model as a whole
JUDGE = Path(__file__).with_name("judge.py")
JUDGE_LIMIT = 20  # seconds
EMPTY = "raise NotImplementedError"


def new_in(step, steps):
    """The functions that are new or changed in a step; but drawing is no exercise."""
    before = origin(step, steps)
    if not before or step.number > LAST:
        return []
    old, new = before.parts, step.parts
    names = [name for name in step.functions() if new[name] != old.get(name)]
    return [name for name in names if "plt." not in new[name]]


def tasks(number, steps):
    names = new_in(steps[number], steps) if number in steps else []
    if not names:
        there = [f"{n:02}" for n, step in steps.items() if new_in(step, steps)]
        raise Mistake(f"no exercise {number}; there are {', '.join(there) or 'none'}")
    return names


def write(step, steps, solution):
    """Write a step's exercise into the current folder, or show the solution."""
    lines, names = step.text.split("\n"), tasks(step.number, steps)
    if solution:
        for name in names:
            node = step.functions()[name]
            say(f"=== {name}")
            print(*lines[node.lineno - 1 : node.end_lineno], "", sep="\n")
        return 0
    for name in reversed(names):
        node = step.functions()[name]
        first = node.body[0]
        start = first.end_lineno if ast.get_docstring(node) else first.lineno - 1
        body = [line.strip() for line in lines[start : node.end_lineno]]
        hints = [line for line in body if line.startswith("#")]
        parts = [part for part in ast.walk(node) if isinstance(part, ast.Attribute)]
        stored = [ast.unparse(p) for p in parts if isinstance(p.ctx, ast.Store)]
        if stored:
            hints.append(f"# Sets {', '.join(dict.fromkeys(stored))}")
        hints.append(f'{EMPTY}("write {name}")')
        indent = " " * first.col_offset
        lines[start : node.end_lineno] = [indent + hint for hint in hints]
    path = Path(f"exercise_{step.number:02}.py")
    if path.exists():
        raise Mistake(f"{path} is there already, and stays as it is")
    path.write_text("\n".join(lines), encoding="utf-8")
    print(f"Wrote {path}. Its functions to write, in any order:")
    print(*names, sep="\n")
    print(f"To see how far you are: python nnfs_steps check {path}")
    return 0


def check(path, steps, follow):
    """Hold what a reader wrote against the step, function by function and as a whole."""
    number = re.search(r'^"""Step (\d+)\.', path.read_text(errors="replace"), re.M)
    if not number:
        raise Mistake(f'{path} does not begin as an exercise does: """Step 10. ...')
    number = int(number[1])
    new, step, mine = tasks(number, steps), steps[number], Script(path, number)
    mine.record, mine.whole_path = step.record, step.whole_path
    own, found, there = step.parts, mine.definitions(), mine.functions()
    names = [name for name in own if name in new or own[name] != found.get(name)]
    names = [name for name in names if name in step.functions()]
    to_judge = [name for name in names if name in there and EMPTY not in found[name]]
    say("=== Beside the step's own, on small random inputs")
    for name in names:
        if name not in to_judge:
            print(f"{name} is {'still empty' if name in there else 'missing'}")
    words = [JUDGE, step.path, path, *to_judge]
    judge = runner.Run(mine, words=words, limit=JUDGE_LIMIT)
    runner.queue.append(judge)
    for line in judge.lines():
        print(line)
    status = judge.process.returncode
    if status not in (0, 3):
        print(*judge.read(1)[-1:], f"The comparison {judge.problem}.", sep="\n")
        return 1
    print()
    if to_judge != names:
        print("The program runs when no function is empty or missing.")
        return 1
    run = runner.Run(mine)
    runner.queue.append(run)
    verdict = follow(run)
    matcher = difflib.SequenceMatcher(None, run.read(0), step.output, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    print(f"{same} of {len(step.output)} lines are as the step prints them.")
    return int(status != 0 or verdict != "as recorded")

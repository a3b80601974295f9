"""Checks what a reader wrote: each function beside the step's own, then the program."""

import ast
import functools
import re
from math import isclose
from pathlib import Path

from tour import runner
from tour.exercises import EMPTY, is_exercise, new_in, program, tasks, written
from tour.records import show_difference, show_heading
from tour.runner import show_errors
from tour.scripts import Mistake, Script
from tour.terminal import say
from tour.trainings import NUMBER

JUDGE = Path(__file__).with_name("judge.py")
JUDGE_LIMIT = 20  # seconds
DIGITS = rf"\s|(?<!epoch: )(?<!\d){NUMBER}"
LAST_DIGITS = """\
Right: each of your functions does what the step's does. That the whole program prints
other numbers is no mistake: another order of operations has other last digits, another
way to draw has other random numbers, and a training makes more of them. See
    python nnfs_steps concept 08"""


def check(path, steps, follow):
    """Hold what a reader wrote against the step, function by function and as a whole."""
    if path.name.isdecimal():
        path = Path(f"exercise_{int(path.name):02}.py")
    path.stat()  # it is there
    mine = Script(path)
    if not re.search(r'^"""Step \d+\.', mine.text, re.M):
        raise Mistake(f'{path} does not begin as an exercise does: """Step 10. ...')
    new, step = tasks(mine.number, steps), steps[mine.number]
    mine.record, mine.whole_path = step.record, step.whole_path
    doubts = judge(mine, step, new)
    if doubts is None:
        return 1
    show_heading(mine)
    run = runner.run(mine)
    verdict, printed = follow(run, explain=False), run.lines
    if verdict != "as recorded":
        gone = [line for line in program(step) if line not in program(mine)]
        found, count = alike(step.output, printed), len(step.output)
        same = sum(line in printed for line in step.output)
        doubts *= found != step.output
        if gone or doubts or run.problem or far(step.output, found):
            if not run.problem:
                show_difference(mine, mine.output, printed)
            print(f"{same} of {count} lines are as the step prints them.")
            for line in gone:
                print(f"A line of the step's program is another in yours:\n{line}")
            for line in doubts:
                print(f"This may be why: {line}")
            return 1
        if found != step.output:
            print(LAST_DIGITS)
        if len(printed) > count:
            print(
                f"All {count} lines are there; you print {len(printed) - count} more."
            )
    later = [n for n in steps if n > step.number and new_in(steps[n], steps)]
    print(*[f"Next: python nnfs_steps exercise {n}" for n in later[:1]], sep="\n")
    return 0


def alike(lines, printed):
    """For each line the printed one that is the same, or else the same but for numbers
    other than epochs; None where there is none. Both keep their order.
    """
    for form in r"$^", DIGITS:
        rest, blank = iter(printed), functools.partial(re.sub, form, "")
        found = [next((x for x in rest if blank(x) == blank(y)), None) for y in lines]
        if None not in found:
            break
    return found


def far(lines, printed):
    """Whether outputs differ by more than last digits do where they begin to differ."""
    for old, new in zip(lines, printed):
        if new is None:
            return True
        for pair in zip(re.findall(NUMBER, old), re.findall(NUMBER, new)):
            digits = max(3, *(len(text.partition(".")[2]) for text in pair))
            if not isclose(*map(float, pair), rel_tol=0.05, abs_tol=2.5 / 10**digits):
                return True
        if old != new and old.startswith("epoch"):
            break  # a training makes more of them
    return False


def missing(mine, step, name, new):
    """What to say of a function that is not written, or not to its end."""
    if name not in mine.parts:
        return "is missing"
    bodies = [script.parts[name].node.body for script in (mine, step)]
    empty = len(bodies[1]) - sum(len(run) - 1 for run in new.get(name, []))
    nodes = [node for part in bodies[0] for node in ast.walk(part)]
    raises = [n.lineno for n in nodes if isinstance(n, ast.Raise)]
    if raises and len(bodies[0]) > empty:
        return f"has code, but the raise is still in, line {raises[-1]}"
    return "is still empty"


def judge(mine, step, new):
    """Judge each function; return what is said of those that may not agree, or None if
    one does not.
    """
    own, found = written(step), written(mine)
    changed = {n for n in own if is_exercise(own[n]) and own[n] != found.get(n, own[n])}
    names = [name for name in own if name in {*new, *changed}]
    there = [name for name in names if EMPTY not in found.get(name, EMPTY)]
    say("=== Beside the step's own, on small random inputs")
    for name in names:
        if name not in there:
            print(f"{name} {missing(mine, step, name, new)}")
    words = [JUDGE, step.path, mine.path.resolve(), *there]
    run = runner.run(mine, words=words, limit=JUDGE_LIMIT)
    for line in run.lines:
        print(line)
    print()
    status = run.status
    if status not in (0, 3):
        show_errors(run, last=1)
        print(f"The comparison {run.problem}.")
    elif status or there != names:
        print("The program will run once all functions are written and agree.")
    else:
        return [line for line in run.lines if not line.endswith(" agrees")]
    return None


def verdicts(path):
    """What we say of each class of a file: nothing yet."""
    return []

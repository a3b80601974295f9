"""Checks what a reader wrote: each function beside the step's own, then the program."""

import re
from pathlib import Path

from tour import runner
from tour.differences import say, show_against_record
from tour.exercises import EMPTY, is_exercise, new_in, program, tasks, written
from tour.scripts import Mistake, Script

JUDGE = Path(__file__).with_name("judge.py")
JUDGE_LIMIT = 20  # seconds
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
    run = runner.Run(mine)
    verdict, printed = follow(run, explain=False), run.read(0)
    if verdict != "as recorded":
        gone = [line for line in program(step) if line not in program(mine)]
        texts = [re.sub(r"[-+.\de ]", "", "\n".join(x)) for x in (printed, step.output)]
        if gone or doubts or run.problem or texts[0] != texts[1]:
            if not run.problem:
                show_against_record(mine, printed)
            same = sum(a == b for a, b in zip(printed, step.output))
            print(f"{same} of {len(step.output)} lines are as the step prints them.")
            for line in gone:
                print(f"A line of the step's program is another in yours:\n{line}")
            for line in doubts:
                print(f"This may be why: {line}")
            return 1
        print(LAST_DIGITS)
    later = [n for n in steps if n > step.number and new_in(steps[n], steps)]
    print(*[f"Next: python nnfs_steps exercise {n}" for n in later[:1]], sep="\n")
    return 0


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
            print(f"{name} is {'still empty' if name in found else 'missing'}")
    words = [JUDGE, step.path, mine.path, *there]
    run = runner.Run(mine, words=words, limit=JUDGE_LIMIT)
    for line in run.lines():
        print(line)
    print()
    status = run.process.returncode
    if status not in (0, 3):
        print(*run.read(1)[-1:], f"The comparison {run.problem}.", sep="\n")
    elif status or there != names:
        print("The program runs when all functions are there and agree.")
    else:
        return [line for line in run.read(0) if not line.endswith(" agrees")]
    return None

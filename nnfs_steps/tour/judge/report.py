"""What check prints of files and exercises, and its exit status."""

import ast
import json
import re
import sys
from pathlib import Path
from textwrap import fill

from tour import runner
from tour.exercises import EMPTY, new_in, tasks
from tour.judge.verdict import DIFFERS, NOT_JUDGED, Verdict, says
from tour.outputs import show_run
from tour.scripts import STEPS, Mistake, Script
from tour.terminal import say

START = (
    f"import sys; sys.path[0] = {str(STEPS)!r}; import tour.judge.process as judge; "
)
START += "judge.main(*sys.argv[1:])"
LIMIT = 30  # seconds
LAST_DIGITS = """\
Right: each of your classes does what the step's does. If the whole program prints
other numbers, this is no mistake: another order of operations has other last digits, another
way to draw has other random numbers, and a training makes more of them. See
    python nnfs_steps concept 08"""


def verdicts(path, limit=LIMIT, *words):
    """The verdicts on what a file defines, found in a process of its own.

    words are, for an exercise, its number and the names to judge.
    """
    words = ["-c", START, path.resolve(), *words]
    run = runner.run(Script(path), words=words, limit=limit)
    names, *found = [json.loads(line) for line in run.lines] or [[path.name]]
    found = {name: Verdict(name, *rest) for name, *rest in found}
    why = f"the comparison {run.problem}"
    if run.seconds < limit and run.errors:
        why = run.errors[-1]
    for name in names:
        found.setdefault(name, says(name, NOT_JUDGED, f", {why}"))
    return [*found.values()]


def check(words, steps):
    """Judge files, or exercises by their numbers; return the exit status."""
    statuses = []
    for word in words:
        path = Path(word)
        if word.isdecimal():
            tasks(int(word), steps)  # there is one
            path = Path(f"exercise_{int(word):02}.py")
        if not path.is_file():
            hint = f"; python nnfs_steps exercise {word} writes it"
            raise Mistake(f"there is no file {path}{hint if word.isdecimal() else ''}")
        say(f"=== {path}")
        statuses.append(check_file(path, steps))
        print()
    return max(statuses)


def check_file(path, steps):
    try:
        ast.parse(Script(path).text)
    except SyntaxError as error:
        line = (error.text or "").strip()
        print(f"{path}, line {error.lineno}: {error.msg}: {line}", file=sys.stderr)
        return 2
    number = re.fullmatch(r"exercise_0*(\d+)", path.stem)
    step = number and steps.get(int(number[1]))
    if step and new_in(step, steps):
        return check_exercise(Script(path), step, steps)
    found = verdicts(path)
    if not found:
        print(
            "It has no class to check; compare N FILE shows what it prints beside step N"
        )
    return show(found)


def show(found):
    """Print verdicts; return 1 if one differs, else 0."""
    for verdict in found:
        print(verdict.text)
    return int(any(verdict.outcome == DIFFERS for verdict in found))


def check_exercise(mine, step, steps):
    """Say which gaps are empty, judge the classes, then hold the program to the record."""
    new = new_in(step, steps)
    gaps = [name for name in new if EMPTY in (mine.source(name) or EMPTY)]
    if gaps:
        text = f"Still empty, or with its raise: {', '.join(gaps)}"
        print(fill(text, 88, subsequent_indent="    "))
    names = {name.partition(".")[0] for name in new if name not in gaps}
    found = verdicts(mine.path, LIMIT, str(step.number), *names) if names else []
    if show(found) or gaps:
        print("The program will run once all functions are written and agree.")
        return 1
    mine.record, mine.whole_path = step.record, step.whole_path
    run = runner.run(mine)
    if show_run(run, explain=False) != "as recorded":
        if run.problem:
            return 1
        print(LAST_DIGITS)
    later = [n for n in steps if n > step.number and new_in(steps[n], steps)]
    print(*[f"Next: python nnfs_steps exercise {n}" for n in later[:1]], sep="\n")
    return 0

"""What check prints of files and exercises, and its exit status."""

import ast
import json
import re
import sys
from pathlib import Path

from tour import runner
from tour.exercises import EMPTY, new_in, tasks
from tour.judge.verdict import AGREES, DIFFERS, NOT_JUDGED, Verdict, says
from tour.outputs import show_run
from tour.scripts import STEPS, Mistake, Script
from tour.terminal import say

START = "import sys; sys.path[0] = sys.argv.pop(1); "
START += "from tour.judge.verdict import main; main(*sys.argv[1:])"
LIMIT = 30  # seconds
NO_CLASS = "It has no class to check: compare N FILE shows what it prints beside step N"
LAST_DIGITS = "Right: last digits and random numbers may be others; concept 08 says why"


def verdicts(path, limit=LIMIT, *words):
    """The verdicts on a file; on an exercise, with its number and the names to judge."""
    script = Script(path)
    words = ["-c", START, STEPS, path.resolve(), *words]
    run = runner.run(script, words=words, limit=limit)
    found = [Verdict(*json.loads(line)) for line in run.lines]
    if run.problem:
        classes = [node for node in script.tree.body if isinstance(node, ast.ClassDef)]
        done = [verdict.name for verdict in found]
        names = [node.name for node in classes if node.name not in done] or [path.name]
        why = ": ".join([f", the comparison {run.problem}", *run.errors[-1:]])
        found += [says(name, NOT_JUDGED, why) for name in names]
    return found


def check(words, steps):
    """Judge files, or exercises by their numbers; return the exit status."""
    statuses = []
    for word in words:
        path, hint = Path(word), ""
        if word.isdecimal():
            tasks(int(word), steps)  # there is one
            path = Path(f"exercise_{int(word):02}.py")
            hint = f"; python nnfs_steps exercise {word} writes it"
        if not path.is_file():
            raise Mistake(f"there is no file {path}{hint}")
        say(f"=== {path}")
        statuses.append(check_file(Script(path), steps))
        print()
    return max(statuses)


def check_file(mine, steps):
    """Judge a file, or an exercise by its name; return the exit status."""
    try:
        ast.parse(mine.text)
    except SyntaxError as error:
        line = (error.text or "").strip()
        print(f"{mine.path}, line {error.lineno}: {error.msg}: {line}", file=sys.stderr)
        return 2
    number = re.fullmatch(r"exercise_0*(\d+)", mine.path.stem)
    step = number and steps.get(int(number[1]))
    if step and new_in(step, steps):
        return check_exercise(mine, step, steps)
    found = verdicts(mine.path)
    print(*[verdict.text for verdict in found] or [NO_CLASS], sep="\n")
    return int(any(verdict.outcome == DIFFERS for verdict in found))


def check_exercise(mine, step, steps):
    """Say which gaps are empty, judge the classes, then hold the program to the record."""
    new = new_in(step, steps)
    gaps = [name for name in new if EMPTY in (mine.source(name) or EMPTY)]
    if gaps:
        print(f"Still empty, or with its raise: {', '.join(gaps)}")
    names = {name.partition(".")[0] for name in new if name not in gaps}
    found = verdicts(mine.path, LIMIT, str(step.number), *names) if names else []
    print(*[verdict.text for verdict in found], sep="\n")
    if gaps or any(verdict.outcome != AGREES for verdict in found):
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

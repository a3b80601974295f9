"""What check prints of files and exercises, and its exit status."""

import ast
import json
import re
import sys
from pathlib import Path

from tour import runner
from tour.differences import say, show_against_record
from tour.exercises import EMPTY, is_exercise, new_in, program, tasks, written
from tour.judge.program import alike, far
from tour.judge.verdict import DIFFERS, NOT_JUDGED, Verdict
from tour.scripts import STEPS, Mistake, Script, source

HERE, LIMIT = Path(__file__).parent, 30  # seconds
LAST_DIGITS = """\
Right: each of your classes does what the step's does. That the whole program prints
other numbers is no mistake: another order of operations has other last digits, another
way to draw has other random numbers, and a training makes more of them. See
    python nnfs_steps concept 08"""


def verdicts(path, limit=LIMIT, *words):
    """The verdicts on what a file defines, found in a process of its own.

    words are, for an exercise, its number and the names to judge.
    """
    run = runner.Run(Script(path), words=[HERE, path, *words], limit=limit)
    lines = [json.loads(line) for line in run.lines()]
    if not lines:
        errors = run.read(1) or [run.problem]
        return [Verdict(path.name, NOT_JUDGED, f"{path.name}: not judged, {errors[-1]}")]
    found = {name: Verdict(name, *rest) for name, *rest in lines[1:]}
    why = run.problem or "the judge did not come to it"
    missing = {
        name: Verdict(name, NOT_JUDGED, f"{name}: not judged, the comparison {why}")
        for name in lines[0]
    }
    return [*(missing | found).values()]


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
        ast.parse(source(path))
    except SyntaxError as error:
        line = (error.text or "").strip()
        print(f"{path}, line {error.lineno}: {error.msg}: {line}", file=sys.stderr)
        return 2
    mine = Script(path)
    ours = path.resolve().parent == STEPS
    header = re.match(r'(#.*\n|\s)*"""Step \d+\.', mine.text)
    if header and not ours and mine.number in steps and new_in(steps[mine.number], steps):
        return check_exercise(mine, steps)
    found = verdicts(path)
    for verdict in found:
        print(verdict.text)
    return int(any(verdict.outcome == DIFFERS for verdict in found))


def check_exercise(mine, steps):
    """Say which gaps are empty, judge the classes, then hold the program to the record."""
    step = steps[mine.number]
    new = tasks(mine.number, steps)
    own, found = written(step), written(mine)
    changed = {n for n in own if is_exercise(own[n]) and own[n] != found.get(n, own[n])}
    gaps = [name for name in new if EMPTY in found.get(name, EMPTY)]
    for name in gaps:
        print(f"{name} {missing(mine, step, name, new)}")
    names = {name.partition(".")[0] for name in {*new, *changed} - {*gaps}}
    judged = verdicts(mine.path, LIMIT, str(mine.number), *names) if names else []
    for verdict in judged:
        print(verdict.text, end="\n" * bool(verdict.text))
    if gaps or any(verdict.outcome == DIFFERS for verdict in judged):
        print("The program will run once all functions are written and agree.")
        return 1
    return run_program(mine, step, steps)

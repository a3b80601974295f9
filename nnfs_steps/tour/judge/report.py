"""What check prints of files and exercises, and its exit status."""

import ast
import json
import re
import sys
from pathlib import Path

from tour import runner
from tour.exercises import EMPTY, is_exercise, new_in, program, tasks, written
from tour.judge.program import alike
from tour.judge.verdict import DIFFERS, NOT_JUDGED, Verdict
from tour.records import show_difference, show_run
from tour.scripts import Mistake, Script, source
from tour.terminal import say

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
    path = path.resolve()
    run = runner.run(Script(path), words=[HERE, path, *words], limit=limit)
    lines = [json.loads(line) for line in run.lines]
    if not lines:
        [*_, error] = ["", *run.errors]
        why = run.problem if run.seconds > limit else error
        return [Verdict(path.name, NOT_JUDGED, f"{path.name}: not judged, {why}")]
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
    except ValueError as error:  # there are bytes that are no text
        print(f"{path}: {error}", file=sys.stderr)
        return 2
    mine = Script(path)
    header = re.match(r'(?:#.*\n|\s)*"""Step (\d+)\.', mine.text)
    step = steps.get(int(header[1])) if header else None
    if step and not mine.ours and new_in(step, steps):
        return check_exercise(mine, step, steps)
    found = verdicts(path)
    for verdict in found:
        print(verdict.text)
    return int(any(verdict.outcome == DIFFERS for verdict in found))


def check_exercise(mine, step, steps):
    """Say which gaps are empty, judge the classes, then hold the program to the record."""
    new = new_in(step, steps)
    own, found = written(step), written(mine)
    changed = {n for n in own if is_exercise(own[n]) and own[n] != found.get(n, own[n])}
    gaps = [name for name in new if EMPTY in found.get(name, EMPTY)]
    for name in gaps:
        print(f"{name} {missing(mine, step, name, new)}")
    names = {name.partition(".")[0] for name in {*new, *changed} - {*gaps}}
    judged = verdicts(mine.path, LIMIT, str(step.number), *names) if names else []
    for verdict in judged:
        print(verdict.text, end="\n" * bool(verdict.text))
    if gaps or any(verdict.outcome == DIFFERS for verdict in judged):
        print("The program will run once all functions are written and agree.")
        return 1
    return check_program(mine, step, steps)


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


def check_program(mine, step, steps):
    """Hold what the program of an exercise prints to the step's record."""
    mine.record, mine.whole_path = step.record, step.whole_path
    run = runner.run(mine)
    if show_run(run, explain=False) != "as recorded":
        gone = [line for line in program(step) if line not in program(mine)]
        found = [None] if run.problem else alike(step.output, run.lines)
        if gone or None in found:
            if not run.problem:
                show_difference(mine, step.output, run.lines)
            for line in gone:
                print(f"A line of the step's program is another in yours:\n{line}")
            return 1
        print("All lines are there." if found == step.output else LAST_DIGITS)
    later = [n for n in steps if n > step.number and new_in(steps[n], steps)]
    print(*[f"Next: python nnfs_steps exercise {n}" for n in later[:1]], sep="\n")
    return 0

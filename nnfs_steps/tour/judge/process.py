"""What runs in a process of its own: reads a file, judges it, prints a line of JSON each.

The first line has the names that will be judged, in the order of the file; the others a
verdict each, as soon as it is found.
"""

import ast
import io
import json
import re
import sys
import warnings
from pathlib import Path

from tour.exercises import EMPTY
from tour.judge.load import File
from tour.judge.program import program_verdict
from tour.judge.verdict import AGREES, DIFFERS, NOT_JUDGED, Judge, Verdict, says


def main(path, number=0, *names):
    out, sys.stdout = sys.stdout, io.StringIO()  # what a reader's code prints is lost
    for found in judged(Path(path), int(number), names):
        print(json.dumps(found), file=out, flush=True)


def judged(path, number=0, names=()):
    """Yield the names of what a file defines, and then their verdicts.

    Of an exercise, only what stands under some names is judged, and then the program.
    """
    warnings.simplefilter("ignore")
    file = File(path.resolve())
    judge, text = Judge(file, number), file.script.text
    lost = {x.name: why for x, why in file.lost if isinstance(x, ast.ClassDef)}
    parts, rest = [], []
    for name, part in judge.parts.items():
        used = part.__module__ == "reader" or re.search(rf"\b{name}\b", text)
        (parts if used else rest).append(name)
    if names:
        parts = [name for name in parts if name in names]
    yield [*(lost.keys() - parts), *parts]
    for name in lost.keys() - parts:
        yield says(name, f"{NOT_JUDGED}, {lost[name]}")
    for verdict in map(judge.verdict, parts):
        if names and verdict.outcome == AGREES and ", " in verdict.text:
            yield verdict._replace(
                outcome=DIFFERS
            )  # an exercise asks for the step's own
        elif verdict.outcome != DIFFERS:
            yield verdict
    yield from map(judge.explained, [*judge.wrong])  # it may be another's mistake
    if names and not judge.wrong and EMPTY not in text:
        yield program_verdict(judge)
    if rest and not names:
        text = f"{len(rest)} more beside it are not used: {', '.join(rest)}"
        yield Verdict(text, NOT_JUDGED, text)

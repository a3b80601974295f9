"""What runs in a process of its own: reads a file, judges it, prints a line of JSON each.

The first line has the names that will be judged, in the order of the file; the others a
verdict each, as soon as it is found.
"""

import inspect
import io
import json
import re
import sys
import warnings
from pathlib import Path

from tour.exercises import EMPTY
from tour.judge.load import File
from tour.judge.program import program_verdict
from tour.judge.verdict import DIFFERS, NOT_JUDGED, Judge, Verdict


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
    judge, beside = Judge(file, number), file.found(inside=False)
    words = {*re.findall(r"\w+", file.text)}
    used = {name: beside[name] for name in beside if name in words}
    parts = {**file.found(inside=True), **used}.values()
    parts = [part for part in parts if inspect.isclass(part) or judge.kind(part)]
    parts = [part for part in parts if not names or part.__name__ in names]
    lost = [name for name in file.lost_classes() if not names or name in names]
    yield [*lost, *(part.__name__ for part in parts)]
    for name in lost:
        yield Verdict(name, NOT_JUDGED, f"{name}: not judged, {file.errors[name]}")
    for part in parts:
        verdict = judge.verdict(part)
        if verdict.outcome != DIFFERS:
            yield verdict
    yield from map(judge.explained, [*judge.wrong])  # it may be another's mistake
    if names and not judge.wrong and EMPTY not in file.text:
        yield program_verdict(file, number, "Layer_Dropout" in names)
    rest = [n for n, part in beside.items() if inspect.isclass(part) and n not in used]
    if rest and not names:
        text = f"{len(rest)} more beside it are not used: {', '.join(rest)}"
        yield Verdict(text, NOT_JUDGED, text)

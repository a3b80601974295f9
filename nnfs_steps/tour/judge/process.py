"""What runs in a process of its own: reads a file, judges it, prints a line of JSON each.

The first line has the names that will be judged, in the order of the file; the others a
verdict each, as soon as it is found.
"""

import inspect
import io
import json
import sys
import warnings
from pathlib import Path

from tour.judge.load import File
from tour.judge.program import program_verdict
from tour.judge.verdict import DIFFERS, Judge, code


def main(path, number=0, *names):
    """Judge a file; or, of an exercise, what it defines under some names."""
    warnings.simplefilter("ignore")
    out, sys.stdout = sys.stdout, io.StringIO()  # what a reader's code prints is lost

    def send(value):
        print(json.dumps(value), file=out, flush=True)

    number = int(number)
    file = File(Path(path).resolve(), code(number) if number else {})
    judge = Judge(file, number)
    parts = [part for part in file.found(inside=True).values() if judge.judges(part)]
    others = file.found(inside=False)
    parts += [p for n, p in others.items() if n in file.names and judge.judges(p)]
    if names:
        parts = [part for part in parts if part.__name__ in names]
    lost = [n for n in file.lost_definitions if not names or n in names]
    send([*lost, *(part.__name__ for part in parts)])
    for name in lost:
        send(judge.lost(name))
    waiting = []
    for part in parts:
        verdict = judge.verdict(part)
        waiting += [part] if verdict.outcome == DIFFERS else []
        if verdict.outcome != DIFFERS:
            send(verdict)
    for part in waiting:
        send(judge.explained(part))
    if names and not waiting and not file.filled:
        send(program_verdict(file, number))
    rest = [n for n, p in others.items() if inspect.isclass(p) and n not in file.names]
    if rest and not names:
        words = f"and {len(rest)} more in the modules beside it, which it does not use"
        send(["", "not judged", f"({words}: {', '.join(rest)})"])

"""Shows a script and what it prints, and holds this to its record."""

from itertools import zip_longest
from textwrap import fill

from tour.differences import show_outputs
from tour.runner import show_errors
from tour.terminal import say, shortened


def show_heading(script):
    say(f"=== {script.name}. {script.idea}")
    about = [f"{k}: {v}" for k, v in script.header.items() if k in ("Book", "Concepts")]
    if about:
        print(fill("    " + ". ".join(about), 88, subsequent_indent="    "))
    print()


def show_run(run, explain=True):
    """Show what a script printed, and the verdict; return it.

    explain says whether to show how the output differs from its record.
    """
    script, verdict = run.script, "differs from its record"
    if script.record is None:
        verdict = "no record"
    elif run.lines == script.output:
        verdict = "as recorded"
    lines = script.record if verdict == "as recorded" else shortened(run.lines)
    print(*lines, "", sep="\n")
    show_errors(run)
    verdict = run.problem or verdict
    print(f"{verdict[0].upper()}{verdict[1:]}, {run.seconds:.1f} s.")
    if explain and verdict == "differs from its record":
        show_difference(script, script.output, run.lines)
    print()
    return verdict


def show_difference(script, recorded, printed):
    """Print how the output of a script differs from the one that is recorded."""
    pairs = enumerate(zip_longest(recorded, printed), start=1)
    number, (old, new) = next(each for each in pairs if each[1][0] != each[1][1])
    print(f"Line {number} is the first that differs, recorded (-) and printed (+):")
    for sign, line in ("- ", old), ("+ ", new):
        say(sign + ("(the end)" if line is None else line[:1000]))
    show_outputs([("recorded", recorded, script), ("printed", printed, script)])

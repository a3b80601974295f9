"""Runs the steps in order, and holds what they print to the records at their ends."""

import argparse
import os
import signal
import sys
import tempfile
from itertools import groupby
from pathlib import Path
from textwrap import fill, shorten

from tour import differences, exercises, runner
from tour.changes import show_changes
from tour.check import check
from tour.differences import say
from tour.scripts import (
    CONCEPTS,
    STEPS,
    Mistake,
    Script,
    chapter,
    kept,
    origin,
    scripts_in,
)


def run(scripts, figures):
    runs = [runner.Run(script, folder_for(figures)) for script in scripts]
    verdicts = [follow(run) for run in runs]
    for run, verdict in zip(runs, verdicts):
        idea = shorten(run.script.idea, 56, placeholder=" ...")
        print(f"{run.script.number:02}  {idea:56} {run.seconds:5.1f} s  {verdict}")
    good, kind = verdicts.count("as recorded"), scripts[0].kind.lower()
    print(f"\n{good} of {len(scripts)} {kind}s print what is recorded")
    shown = sum("plt.show()" in script.text for script in scripts)
    if shown and not figures:
        print(f"{shown} of them show a picture: run them alone, or add --figures DIR")
    return int(good < len(scripts))


def folder_for(figures):
    """The folder for pictures if some are wanted; it is there and can be written to."""
    if figures:
        os.makedirs(figures, exist_ok=True)
        tempfile.TemporaryFile(dir=figures).close()
    return figures


def follow(run, explain=True):
    """Show a run from its heading to its verdict; return the verdict.

    explain says whether to show how the output differs from its record.
    """
    script = run.script
    about = [f"{k}: {v}" for k, v in script.header.items() if k in ("Book", "Concepts")]
    say(f"=== {script.name}. {script.idea}")
    if about:
        print(fill("    " + ". ".join(about), 88, subsequent_indent="    "))
    print()
    flags, verdict = [], "no record"
    try:
        if script.record is not None:
            flags, verdict = kept(script.record, script.output), "as recorded"
    except (OSError, ValueError) as error:
        verdict = str(error)
    differences.show_output(run.lines(), flags)
    print()
    differences.show_errors(run)
    printed = run.read(0)
    if verdict == "as recorded" and printed != script.output:
        verdict = "differs from its record"
    verdict = run.problem or verdict
    print(f"{verdict[0].upper()}{verdict[1:]}, {run.seconds:.1f} s.")
    if explain and verdict == "differs from its record":
        differences.show_against_record(script, printed)
    if run.figures and not run.problem:
        for path in run.save_figures():
            print(f"Saved {path}")
    print()
    return verdict


def heading(script):
    if script.kind == "Concept":
        return "Concepts"
    number = chapter(script)
    return f"Steps, chapter {number}" if number else "Steps, beyond the book"


def list_scripts(scripts):
    for title, group in groupby(scripts, heading):
        say(f"=== {title}")
        for script in group:
            concepts = script.header.get("Concepts")
            print(f"{script.number:02}  {script.idea}")
            print(f"    {script.path.name}" + f", concepts {concepts}" * bool(concepts))
    return 0


def compare(scripts, steps, figures):
    """Show how scripts differ: the code of two, and what any number of them print."""
    folder, names = folder_for(figures), [script.title for script in scripts]
    say(f"=== {', '.join(names[:-1])} and {names[-1]}")
    if len(scripts) == 2:
        old, new = scripts
        last = new.number if new in steps.values() else max(steps) + 1
        earlier = [s for s in steps.values() if s.number < last and s is not old]
        show_changes(old, new, earlier)
    runs = [runner.Run(script) for script in scripts]
    while running := [name for name, run in zip(names, runs) if not run.over]:
        seconds = max(run.seconds for run in runs)
        differences.pass_by(f"running {', '.join(running)} ... {seconds:.0f} s")
        runner.watch()
    differences.pass_by("", "\r")
    outputs = [(name, run.read(0), run.script) for name, run in zip(names, runs)]
    differences.show_outputs(outputs)
    seconds = [f"{name} took {run.seconds:.1f} s" for name, run in zip(names, runs)]
    print(f"\n{', '.join(seconds)}.")
    for name, run in zip(names, runs):
        differences.show_errors(run)
        if run.problem:
            print(f"{name} {run.problem}.")
    if folder:
        try:
            from tour import curves  # matplotlib takes its time
        except ImportError as error:
            raise Mistake(f"{error}: {differences.ACTIVATED}") from None

        path = Path(
            folder, f"{'-'.join(script.path.stem[:2] for script in scripts)}.png"
        )
        print(f"Saved {curves.save(outputs, path)}")
    return int(any(run.problem for run in runs))


def source_of(script, steps):
    """What a script that is named alone is compared with."""
    own = script not in steps.values()
    before = steps.get(script.number) if own else origin(script, steps)
    if script.kind == "Concept":
        before = None
    if not before:
        first = f"compare {script.path.name} with what? Name a step too"
        raise Mistake(
            first if own else f"{script.name.lower()} is the first; name another"
        )
    return before


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Mistake(f"{message}; see python nnfs_steps --help")


def parse(words):
    parser = Parser(prog="python nnfs_steps", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, count, word, text in [
        ("run", "*", "N", "run all steps, or those with the numbers N"),
        ("list", 0, "", "list the steps by the book's chapters, and the concepts"),
        (
            "compare",
            "+",
            "N",
            "compare a step with the one it comes from (compare 13), some steps (compare "
            "14 15 16), or a copy that you have changed (compare 13 my13.py)",
        ),
        ("concept", "+", "N", "run concepts"),
        ("exercise", 1, "N", "write step N without its new code, which you write"),
        (
            "check",
            1,
            "N",
            "say how far you are with exercise N, or with a file of yours",
        ),
    ]:
        command = commands.add_parser(name, help=text, description=text)
        if count:
            command.add_argument("words", nargs=count, metavar=word)
        if name in ("run", "concept", "compare"):
            text = "save pictures, as DIR/06.png and so on"
            command.add_argument("--figures", metavar="DIR", help=text)
        if name == "exercise":
            text = "show the step's own code instead"
            command.add_argument("--solution", action="store_true", help=text)
    known = words and words[0] in (*commands.choices, "-h", "--help")
    return parser.parse_args(words if known else ["run", *words])


def obey(options):
    steps, concepts = scripts_in(STEPS), scripts_in(CONCEPTS)
    if options.command == "list":
        return list_scripts([*steps.values(), *concepts.values()])
    if options.command == "concept":
        return run(chosen(options.words, concepts, "concept"), options.figures)
    if options.command == "check":
        return check(Path(options.words[0]), steps, follow)
    if options.command == "compare":
        scripts = [found(word, steps) for word in options.words]
        if len(scripts) == 1:
            scripts.insert(0, source_of(scripts[0], steps))
        return compare(scripts, steps, options.figures)
    scripts = chosen(options.words, steps, "step")
    if options.command == "run":
        return run(scripts or list(steps.values()), options.figures)
    return exercises.write(scripts[0], steps, options.solution)


def chosen(words, scripts, kind):
    for word in words:
        if word.lstrip("0") not in map(str, scripts):
            there = f"{min(scripts, default=0)} to {max(scripts, default=0)}"
            if os.path.isfile(word):
                raise Mistake(f"{word} is no {kind} from {there}: compare takes files")
            raise Mistake(f"no {kind} {word}: there are {there}; see --help")
    return [scripts[int(word)] for word in words]


def found(word, steps):
    """A step by its number, or a reader's own file."""
    if not os.path.isfile(word):
        if os.path.splitext(word)[1]:
            raise Mistake(f"there is no file {word}")
        return chosen([word], steps, "step")[0]
    if not word.endswith(".py"):
        raise Mistake(f"{word} is no Python script")
    return next(
        (s for s in steps.values() if s.path.samefile(word)), Script(Path(word))
    )


def main():
    runner.catch_signals()
    status = 2
    try:
        if not sys.stdout:
            raise Mistake("there is nowhere to print: stdout is closed")
        sys.stdout.reconfigure(errors="replace", line_buffering=True)
        if os.name == "nt":
            os.system("")  # switches the colours on
        status = obey(parse(sys.argv[1:]))
    except SystemExit as end:
        status = end.code
        if status == 128 + signal.SIGINT:
            print("\nStopped.", file=sys.stderr)
    except BrokenPipeError:  # what reads the output, such as head, has read enough
        status = 1
    except (Mistake, OSError, SyntaxError) as error:
        print(error, file=sys.stderr)
    finally:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for what could not be printed
        runner.kill_all()
        runner.release_signals()
    return status

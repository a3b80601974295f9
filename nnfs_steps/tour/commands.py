"""Runs the steps in order, and holds what they print to the records at their ends."""

import argparse
import difflib
import os
import re
import signal
import sys
import tempfile
from itertools import groupby
from pathlib import Path
from textwrap import fill, shorten

from tour import differences, exercises, runner
from tour.differences import say, shortened
from tour.scripts import ROOT, Mistake, kept, origin, scripts_in


def run(scripts, figures):
    if figures:
        os.makedirs(figures, exist_ok=True)
        tempfile.TemporaryFile(dir=figures).close()  # can it be written to?
    runner.queue += [runner.Run(script, figures) for script in scripts]
    verdicts = [follow(run) for run in runner.queue]
    for run, verdict in zip(runner.queue, verdicts):
        idea = shorten(run.script.idea, 56, placeholder=" ...")
        print(f"{run.script.number:02}  {idea:56} {run.seconds:5.1f} s  {verdict}")
    good, kind = verdicts.count("as recorded"), scripts[0].kind.lower()
    print(f"\n{good} of {len(scripts)} {kind}s print what they should")
    return int(good < len(scripts))


def follow(run):
    """Show a run from its heading to its verdict; return the verdict."""
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
    show_errors(run)
    if verdict == "as recorded" and run.read(0) != script.output:
        verdict = "differs from its record"
    verdict = run.problem or verdict
    print(f"{verdict[0].upper()}{verdict[1:]}, {run.seconds:.1f} s.")
    if verdict == "differs from its record":
        differences.show_changes(script.output, run.read(0))
    if run.figure and run.figure.exists() and not run.problem:
        print(f"Saved {run.figure}")
    print()
    return verdict


def show_errors(run):
    errors = shortened(run.read(1))
    if re.search("No module named '(numpy|nnfs|matplotlib)", "\n".join(errors)):
        errors += ["(Is the environment activated? See the README's quick start.)"]
    for line in errors:
        print(line)


def heading(script):
    chapter = re.match(r"chapter \d+", script.header.get("Book", ""))
    chapter = chapter[0] if chapter else "no chapter"
    return f"Steps, {chapter}" if script.kind == "Step" else "Concepts"


def list_scripts(scripts):
    for title, group in groupby(scripts, heading):
        say(f"=== {title}")
        for script in group:
            concepts = script.header.get("Concepts")
            print(f"{script.number:02}  {script.idea}")
            print(f"    {script.path.name}" + f", concepts {concepts}" * bool(concepts))
    return 0


def compare(first, second):
    """Show how two scripts differ: what they define, their code, what they print."""
    old, new = first.definitions(), second.definitions()

    def only_in(these, others):  # where a class is new, its methods are not named
        owners = {name: name.partition(".")[0] for name in these if name not in others}
        return [name for name, owner in owners.items() if owner in {name, *others}]

    say(f"=== {second.name}, compared with {first.name}")
    changed = [name for name in new if name in old and new[name] != old[name]]
    names = {"New": only_in(new, old), "Changed": changed, "Gone": only_in(old, new)}
    for title, found in names.items():
        text = f"{title}: {', '.join(found) or 'nothing'}"
        print(fill(text, 88, subsequent_indent="    "))
    print()
    names = first.path.name, second.path.name
    for line in difflib.unified_diff(first.code, second.code, *names, lineterm=""):
        say(line)
    print()
    runner.queue += map(runner.Run, [first, second])
    old, new = [list(run.lines()) for run in runner.queue]
    outputs = {
        "in both": [line for line in old if line in new],
        f"only in {first.name}": [line for line in old if line not in new],
        f"only in {second.name}": [line for line in new if line not in old],
    }
    for title, lines in outputs.items():
        say(f"=== Output {title}")
        print(*shortened(lines or ["nothing"]), sep="\n")
    for run in runner.queue:
        show_errors(run)
        if run.problem:
            print(f"{run.script.name} {run.problem}.")
    return int(any(run.problem for run in runner.queue))


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Mistake(f"{message}; see python nnfs_steps --help")


def parse(words):
    parser = Parser(prog="python nnfs_steps", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, count, word, text in [
        ("run", "*", "N", "run all steps, or those with the numbers N"),
        ("list", 0, "", "list the steps by the book's chapters, and the concepts"),
        ("compare", "+", "N", "compare a step with the one it comes from, or two"),
        ("concept", "+", "N", "run concepts"),
        ("exercise", 1, "N", "write step N without its new code, which you write"),
        ("check", 1, "FILE", "say how far you are with an exercise"),
    ]:
        command = commands.add_parser(name, help=text, description=text)
        if count:
            command.add_argument("words", nargs=count, metavar=word)
        if name in ("run", "concept"):
            text = "save pictures instead of showing them, as DIR/06.png and so on"
            command.add_argument("--figures", metavar="DIR", help=text)
        if name == "exercise":
            text = "show the step's own code instead"
            command.add_argument("--solution", action="store_true", help=text)
    known = words and words[0] in (*commands.choices, "-h", "--help")
    return parser.parse_args(words if known else ["run", *words])


def obey(options):
    steps, concepts = scripts_in(ROOT / "nnfs_steps"), scripts_in(ROOT / "concepts")
    if options.command == "list":
        return list_scripts([*steps.values(), *concepts.values()])
    if options.command == "concept":
        return run(chosen(options.words, concepts, "concept"), options.figures)
    if options.command == "check":
        return exercises.check(Path(options.words[0]), steps, follow)
    scripts = chosen(options.words, steps, "step")
    if options.command == "run":
        return run(scripts or list(steps.values()), options.figures)
    if options.command == "exercise":
        return exercises.write(scripts[0], steps, options.solution)
    if len(scripts) == 1:
        scripts.insert(0, origin(scripts[0], steps))
    if len(scripts) > 2 or None in scripts:
        raise Mistake("compare takes a step that comes from another one, or two steps")
    return compare(*scripts)


def chosen(words, scripts, kind):
    for word in words:
        if word.lstrip("0") not in map(str, scripts):
            there = f"{min(scripts, default=0)} to {max(scripts, default=0)}"
            raise Mistake(f"no {kind} {word}: there are {there}; see --help")
    return [scripts[int(word)] for word in words]


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
    return status

"""Runs the steps in order, and holds what they print to the records at their ends."""

import argparse
import os
import sys
from itertools import groupby
from pathlib import Path
from textwrap import shorten

from tour import exercises, runner
from tour.compare import compare
from tour.records import show_heading, show_run
from tour.scripts import CONCEPTS, STEPS, Mistake, Script, chapter, origin, scripts_in
from tour.terminal import say


def run(scripts, figures):
    """Run scripts; show each, and then what has come of all."""
    options, verdicts = None, []
    if figures:
        os.makedirs(figures, exist_ok=True)
        options = {"figures": figures}
    runs = runner.run_all(scripts, options=options)
    for script in scripts:
        show_heading(script)
        done = next(runs)
        verdicts.append((done, show_run(done)))
    for done, verdict in verdicts:
        idea = shorten(done.script.idea, 56, placeholder=" ...")
        print(f"{done.script.number:02}  {idea:56} {done.seconds:5.1f} s  {verdict}")
    good = [verdict for _, verdict in verdicts].count("as recorded")
    print(
        f"\n{good} of {len(scripts)} {scripts[0].kind.lower()}s print what is recorded"
    )
    return int(good < len(scripts))


def heading(script):
    if script.kind == "Concept":
        return "Concepts"
    number = chapter(script)
    return f"Steps, chapter {number}" if number else "Steps, beyond the book"


def list_scripts(steps, concepts):
    for title, group in groupby([*steps.values(), *concepts.values()], heading):
        say(f"=== {title}")
        for script in group:
            about = [script.path.name, *(f"concept {n:02}" for n in script.concepts)]
            if script.kind == "Step" and exercises.new_in(script, steps):
                about.append(f"exercise {script.number}")
            print(f"{script.number:02}  {script.idea}")
            print(f"    {', '.join(about)}")
    return 0


# ---- What the words on the command line mean


def chosen(words, scripts, kind):
    """Scripts by their numbers."""
    for word in words:
        if word.lstrip("0") not in map(str, scripts):
            raise Mistake(f"there is no {kind} {word}: see python nnfs_steps list")
    return [scripts[int(word)] for word in words]


def found(word, steps):
    """A step by its number, or a reader's own file."""
    path = Path(word)
    if not path.suffix:
        return chosen([word], steps, "step")[0]
    if not path.is_file():
        raise Mistake(f"there is no file {word}")
    return Script(path)


def source_of(script, steps):
    """What a script that is named alone is compared with."""
    before = origin(script, steps) if script.ours else steps.get(script.number)
    if not before:
        raise Mistake(f"compare {script.path.name} with what? Name another step too")
    return before


COMMANDS = {
    "run": ("*", "run all steps, or those with the numbers N"),
    "list": (0, "list the steps by the book's chapters, and the concepts"),
    "compare": (
        "+",
        "compare a step with the one it comes from (compare 13), some steps (compare "
        "14 15 16), or a file of yours with a step (compare 16 mine.py)",
    ),
    "concept": ("+", "run concepts"),
    "exercise": (1, "write step N without its new code, which you write"),
    "check": (
        "+",
        "say whether what your files define does what the steps' does (check mine.py), or "
        "how far you are with an exercise (check 10)",
    ),
}


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Mistake(f"{message}; see python nnfs_steps --help")


def parse(words):
    parser = Parser(prog="python nnfs_steps", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, (count, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if count:
            command.add_argument("words", nargs=count, metavar="N")
        if name in ("run", "concept", "compare"):
            text = "save pictures, as DIR/06.png and so on"
            command.add_argument("--figures", metavar="DIR", help=text)
        if name == "exercise":
            text = "show the step's own code instead"
            command.add_argument("--solution", action="store_true", help=text)
    known = words and words[0] in (*COMMANDS, "-h", "--help")
    return parser.parse_args(words if known else ["run", *words])


def obey(options):
    steps, concepts = scripts_in(STEPS), scripts_in(CONCEPTS)
    match options.command:
        case "list":
            return list_scripts(steps, concepts)
        case "concept":
            return run(chosen(options.words, concepts, "concept"), options.figures)
        case "check":
            from tour.judge import check

            return check(options.words, steps)
        case "compare":
            scripts = [found(word, steps) for word in options.words]
            if len(scripts) == 1:
                scripts.insert(0, source_of(scripts[0], steps))
            if len(scripts) == 2:  # the step first, and what is compared with it
                scripts.sort(key=lambda script: not script.ours)
            return compare(scripts, steps, options.figures)
        case "exercise":
            [step] = chosen(options.words, steps, "step")
            return exercises.write(step, steps, options.solution)
    scripts = chosen(options.words, steps, "step")
    return run(scripts or list(steps.values()), options.figures)


def main():
    try:
        sys.stdout.reconfigure(errors="replace", line_buffering=True)
        if os.name == "nt":
            os.system("")  # switches the colours on
        return obey(parse(sys.argv[1:]))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130  # as shells say it
    except BrokenPipeError:  # what reads the output, such as head, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except (Mistake, OSError, SyntaxError, ImportError) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        runner.kill_all()

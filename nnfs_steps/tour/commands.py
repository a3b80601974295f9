"""Runs the steps, and compares them with each other and with what you write.

python nnfs_steps                  run all steps, and check each output
python nnfs_steps 7 8              run some
python nnfs_steps list             list the steps, and the concepts to read with them
python nnfs_steps concept 9        run concepts
python nnfs_steps compare 13       compare a step with the one it comes from
python nnfs_steps compare 14 15 16      compare some steps
python nnfs_steps compare 16 mine.py    compare a file of yours with a step
python nnfs_steps check mine.py    do its classes do what the steps' do?
python nnfs_steps exercise 10      write step 10 without its new code, for you to fill
python nnfs_steps check 10         say how far you are with it
"""

import argparse
import os
import sys
from pathlib import Path

from tour import exercises, runner
from tour.compare import compare
from tour.outputs import show_run
from tour.scripts import CONCEPTS, STEPS, Mistake, Script, chapter, origin, scripts_in
from tour.terminal import say


def run(scripts, figures):
    """Run scripts; show each, then name those that fail."""
    wrong, options = [], {"figures": figures} if figures else None
    runs = runner.run_all(scripts, options)
    for script in scripts:
        say(f"=== {script.name}. {script.idea}")
        print()
        verdict = show_run(next(runs))
        if verdict != "as recorded":
            wrong.append(f"{script.name} {verdict}")
    good, kind = len(scripts) - len(wrong), scripts[0].kind.lower()
    print(*wrong, f"{good} of {len(scripts)} {kind}s print what is recorded", sep="\n")
    return int(bool(wrong))


def list_scripts(scripts, steps):
    for script in scripts:
        about = [script.path.name]
        if number := chapter(script):
            about.append(f"chapter {number}")
        if script.kind == "Step" and exercises.new_in(script, steps):
            about.append(f"exercise {script.number}")
        if script.concepts:
            about.append(f"concepts {script.header['Concepts']}")
        say(f"=== {script.name}. {script.idea}")
        print(f"    {', '.join(about)}")
    return 0


def chosen(words, scripts, kind):
    """Scripts by their numbers."""
    for word in words:
        if word.lstrip("0") not in map(str, scripts):
            raise Mistake(f"there is no {kind} {word}: see python nnfs_steps --help")
    return [scripts[int(word)] for word in words]


def compared(words, steps):
    """Steps by their numbers, and a reader's own files; one alone comes after its origin."""
    scripts = []
    for path in map(Path, words):
        own = path.is_file()
        scripts += [Script(path)] if own else chosen([path.name], steps, "step or file")
    if len(scripts) == 1:
        [script] = scripts
        before = origin(script, steps) if script.ours else steps.get(script.number)
        if not before:
            raise Mistake(f"compare {words[0]} with what? Name another step too")
        scripts = [before, script]
    return sorted(scripts, key=lambda script: not script.ours)  # steps first


def parse(words):
    usage = "%(prog)s [COMMAND] [N or FILE ...]"
    parser = argparse.ArgumentParser("python nnfs_steps", usage, __doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--figures", metavar="DIR", help="save pictures, as DIR/06.png")
    parser.add_argument("--solution", action="store_true", help="of exercise N")
    return parser.parse_intermixed_args(words)


def obey(options):
    steps, concepts = scripts_in(STEPS), scripts_in(CONCEPTS)
    match options.words:
        case ["list"]:
            return list_scripts([*steps.values(), *concepts.values()], steps)
        case ["concept", *words] if words:
            return run(chosen(words, concepts, "concept"), options.figures)
        case ["compare", *words] if words:
            return compare(compared(words, steps), steps, options.figures)
        case ["exercise", word]:
            [step] = chosen([word], steps, "step")
            return exercises.write(step, steps, options.solution)
        case ["check", *words] if words:
            from tour.judge.report import check  # NumPy takes its time

            return check(words, steps)
    scripts = chosen(options.words, steps, "step") or [*steps.values()]
    return run(scripts, options.figures)


def main():
    try:
        sys.stdout.reconfigure(errors="replace", line_buffering=True)
        if os.name == "nt":
            os.system("")  # switches the colours on
        return obey(parse(sys.argv[1:]))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        runner.end(130)  # as shells say it
    except BrokenPipeError:  # what reads the output, such as head, has read enough
        runner.end(1)
    except (Mistake, OSError, SyntaxError, ImportError) as error:
        print(error, file=sys.stderr)
        runner.end(2)

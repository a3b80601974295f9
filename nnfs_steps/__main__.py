"""The tour through the steps: it runs them, each in a process of its own, and holds what
they print to the records at their ends. What it can do: python nnfs_steps --help
"""

import argparse
import difflib
import os
import re
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

STEPS = {int(path.name[:2]): path
         for path in sorted(Path(__file__).parent.glob("[0-9][0-9]_*.py"))}
TIME_LIMIT = 60  # seconds for one step
LINE_LIMIT = 10_000  # lines that one step may print
LONG = 20  # lines of a difference; more than these are shown shortened

DOCSTRING = re.compile(r'\A"""(.*?)"""', re.S)
RECORD = re.compile(r"^# Output:\n((?:#.*\n?)*)", re.M)

USAGE = """
  python nnfs_steps              run all steps in order
  python nnfs_steps 7 8          run these
  python nnfs_steps list         what each step adds, in a line
  python nnfs_steps compare 7 8  what changes from one to the other: words, code, output
  python nnfs_steps record 7     make what a step prints now its record"""

# What runs a step to save its picture; the arguments are the two files
SAVE_FIGURE = """\
import os, runpy, sys
import matplotlib.pyplot as plt
step, figure = sys.argv[1:]
sys.path[0] = os.path.dirname(step)
plt.show = lambda: plt.savefig(figure)
runpy.run_path(step, run_name="__main__")
"""


class Mistake(Exception):
    """What the user asked for and can't be done, with what can be, in one line."""


def read(step):
    # surrogateescape: a byte that is not UTF-8 is kept when a record is written
    return STEPS[step].read_text(encoding="utf-8", errors="surrogateescape")


def about(step):
    """The docstring of a step as {"Step": the idea, "New": ..., "Changed": ..., ...}."""
    docstring = DOCSTRING.match(read(step))
    text = re.sub(r"\AStep \d+\.", "Step:", docstring[1]) if docstring else ""
    fields = re.findall(r"^(\w+): (.*?)(?=^\w+: |^\n|\Z)", text, re.M | re.S)
    found = {name: " ".join(words.split()) for name, words in fields}
    return {"Step": "(no docstring)", "Book": "(no docstring)"} | found


def record_of(step):
    """The lines that a step says it prints, or None if it does not say."""
    record = RECORD.search(read(step))
    return [line[2:] for line in record[1].splitlines()] if record else None


def fits(record, output):
    """Whether output is what the record says; '...' stands for lines left out."""
    pattern = "".join(r"(.*\n)*?" if line == "..." else re.escape(line + "\n")
                      for line in record)
    return re.fullmatch(pattern, "".join(line + "\n" for line in output)) is not None


def filled(record, output):
    """The record with those lines of the output that its '...' may stand for."""
    lines, place = [], 0
    for number, line in enumerate(record):
        if line == "...":
            following = [output.index(later, place) for later in record[number + 1:]
                         if later in output[place:]]
            end = following[0] if following else len(output)
            lines += output[place:end]
            place = end
        else:
            lines.append(line)
            if line in output[place:]:
                place = output.index(line, place) + 1
    return lines


def run(step, figure=None, show=None):
    """Run a step; return the lines it prints, and what went wrong or None.

    show is called with each line as it appears; figure is the file to save the step's
    picture in, if there is to be one.
    """
    # agg opens no window, and would warn of that
    environment = os.environ | {"MPLBACKEND": "agg", "PYTHONUNBUFFERED": "1",
                                "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-W", "ignore:FigureCanvasAgg is non-interactive",
               *(["-c", SAVE_FIGURE, STEPS[step], figure] if figure else [STEPS[step]])]
    output = []
    start = time.monotonic()
    with tempfile.TemporaryFile() as errors, subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=errors, encoding="utf-8", errors="replace") as process:
        alarm = threading.Timer(TIME_LIMIT, process.kill)
        alarm.start()
        try:
            for line in process.stdout:
                output.append(line.rstrip("\n"))
                if show:
                    show(output[-1])
                if len(output) == LINE_LIMIT:
                    process.kill()
                    break
            status = process.wait()
        finally:
            alarm.cancel()
            process.kill()
        errors.seek(0)
        message = errors.read().decode("utf-8", "replace").rstrip()
    if message:
        print(message)
    if re.search("No module named '(numpy|nnfs|matplotlib)", message):
        print("(Is the environment activated? See the README's quick start.)")
    if time.monotonic() - start >= TIME_LIMIT:
        return output, f"did not end in {TIME_LIMIT} seconds and was stopped"
    if len(output) == LINE_LIMIT:
        return output, f"printed {LINE_LIMIT} lines and was stopped"
    return output, f"crashed with exit status {status}" if status else None


def coloured(line):
    """The line in the colour of its first character, on a terminal that wants colours."""
    colour = {"-": 31, "+": 32, "@": 36, "=": 1}.get(line[:1])
    plain = (os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
             or not sys.stdout.isatty())
    return line if plain or not colour else f"\033[{colour}m{line}\033[0m"


def shortened(lines):
    if len(lines) <= LONG:
        return lines
    left_out = f"... {len(lines) - LONG} more lines ..."
    return [*lines[:LONG // 2], left_out, *lines[-LONG // 2:]]


def show_changes(record, after):
    """Print the lines that are only in the record or only after it."""
    before = filled(record, after)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            for line in shortened(before[start:end]):
                print(coloured(f"- {line}"))
            for line in shortened(after[new_start:new_end]):
                print(coloured(f"+ {line}"))


def code_of(step):
    """The lines of a step without its docstring and record, as {line number: line}.

    Blank lines are left out: where they move, nothing is changed.
    """
    source = read(step)
    docstring = DOCSTRING.match(source)
    first = docstring[0].count("\n") + 2 if docstring else 1
    lines = enumerate(RECORD.sub("", source).splitlines(), start=1)
    return {number: line for number, line in lines if number >= first and line.strip()}


def show_code_changes(first, second):
    """Print how the code differs, in the form of a unified diff."""
    old, new = list(code_of(first).items()), list(code_of(second).items())
    matcher = difflib.SequenceMatcher(None, [line for _, line in old],
                                      [line for _, line in new], autojunk=False)
    print(coloured(f"--- {STEPS[first].name}"))
    print(coloured(f"+++ {STEPS[second].name}"))
    for group in matcher.get_grouped_opcodes():
        old_line, _ = old[group[0][1]] if old else (1, "")
        new_line, _ = new[group[0][3]] if new else (1, "")
        print(coloured(f"@@ line {old_line} of step {first:02}, "
                       f"line {new_line} of step {second:02} @@"))
        for kind, start, end, new_start, new_end in group:
            if kind == "equal":
                show_code(" ", new, new_start, new_end)
            else:
                show_code("-", old, start, end)
                show_code("+", new, new_start, new_end)


def show_code(sign, lines, start, end):
    for index in range(start, end):
        number, line = lines[index]
        if index > 0 and number > lines[index - 1][0] + 1:
            print(coloured(sign))  # one for the blank lines that stood here
        print(coloured(sign + line))


def tour(steps, folder):
    """Run steps, and save their pictures in a folder if there is one; return the status."""
    agreed = 0
    for step in steps:
        print(coloured(f"=== Step {step:02}. {about(step)['Step']}"))
        print(f"    Book: {about(step)['Book']}\n", flush=True)
        figure = None
        if folder and "plt.show()" in read(step):
            figure = os.path.join(folder, f"{step:02}.png")
        output, problem = run(step, figure, show=lambda line: print(line, flush=True))
        record = record_of(step)
        if problem:
            print(f"\nStep {step:02} {problem}.")
        elif record is None:
            print(f"\nStep {step:02} has no record; 'record {step}' makes one.")
        elif fits(record, output):
            agreed += 1
        else:
            print(f"\nStep {step:02} differs from its record (- recorded, + printed now):")
            show_changes(record, output)
        if figure and not problem:
            print(f"\nSaved {figure}")
        print()
    print(f"{agreed} of {len(steps)} steps print what they should")
    return 0 if agreed == len(steps) else 1


def compare(first, second):
    for step in STEPS:
        if first < step <= second:
            print(coloured(f"=== Step {step:02}. {about(step)['Step']}"))
            for name in "New", "Changed":
                if name in about(step):
                    print(textwrap.fill(f"{name}: {about(step)[name]}", width=88,
                                        subsequent_indent="    "))
            print()

    print(coloured("=== Code"))
    show_code_changes(first, second)
    print(flush=True)

    status = 0
    outputs = []
    for step in first, second:
        output, problem = run(step)
        outputs.append(output)
        if problem:
            print(f"Step {step:02} {problem}.\n")
            status = 1
    old, new = outputs
    for title, lines in [
            ("in both", [line for line in old if line in new]),
            (f"only in {first:02}", [line for line in old if line not in new]),
            (f"only in {second:02}", [line for line in new if line not in old])]:
        print(coloured(f"=== Output {title}:" + ("" if lines else " nothing")))
        for line in shortened(lines):
            print(line)
    return status


def write_record(step):
    before = record_of(step)
    output, problem = run(step)
    if "..." in output:
        problem = "prints a line '...', which stands for lines left out in a record"
    if problem:
        print(f"Step {step:02} {problem}. Its record stays as it was.")
        return 1
    if before is not None and fits(before, output):
        print(f"Step {step:02} prints what its record says; nothing is changed.")
        return 0
    record = "# Output:\n" + "".join(f"# {line}\n" if line else "#\n" for line in output)
    source = read(step)
    old = RECORD.search(source)
    source = (source[:old.start()] + record + source[old.end():] if old
              else f"{source.rstrip()}\n\n{record}")
    STEPS[step].write_text(source, encoding="utf-8", errors="surrogateescape",
                           newline="\n")
    print(f"Step {step:02} has a new record (- before, + now):")
    show_changes(before or [], output)
    if "..." in (before or []):
        print(f"It has all {len(output)} lines; '# ...' may stand for some of them again.")
    return 0


def parse_step(word):
    numbers = {str(step): step for step in STEPS}
    if word.lstrip("0") in numbers:
        return numbers[word.lstrip("0")]
    raise Mistake(f"no step {word!r}: there are steps {min(STEPS)} to {max(STEPS)}, and "
                  "before them may stand one of the words list, compare and record")


def parse_and_run(words, folder):
    command = words[0] if words and words[0] in ("list", "compare", "record") else None
    steps = [parse_step(word) for word in words[1 if command else 0:]]
    if command and folder is not None:
        raise Mistake(f"--figures goes with running steps, not with {command}")
    if command == "list":
        if steps:
            raise Mistake("list takes no steps")
        for step in STEPS:
            print(f"{step:02}  {about(step)['Step']}")
        return 0
    if command == "compare":
        if len(set(steps)) != 2 or len(steps) != 2:
            raise Mistake("compare takes two different steps, as in: compare 7 8")
        return compare(*sorted(steps))
    if command == "record":
        if len(steps) != 1:
            raise Mistake("record takes one step, as in: record 7")
        return write_record(*steps)
    if folder is not None:
        try:
            os.makedirs(folder, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            raise Mistake(f"can't write to {folder!r} ({error.strerror}): "
                          "--figures takes a folder to save pictures in") from None
    return tour(steps or list(STEPS), folder)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Mistake(f"{message}; see python nnfs_steps --help")


def main():
    parser = Parser(usage=USAGE, description="A step is a number from 1 to 10.")
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--figures", metavar="DIR",
                        help="save the pictures that the steps would show as DIR/06.png "
                             "and so on")
    sys.stdout.reconfigure(errors="replace")  # a console may not have every character
    if os.name == "nt":
        os.system("")  # switches the colours on
    for name in {"SIGTERM", "SIGHUP"} & set(dir(signal)):  # leave no step running
        signal.signal(getattr(signal, name), lambda number, _: sys.exit(128 + number))
    try:
        arguments = parser.parse_intermixed_args()
        status = parse_and_run(arguments.words, arguments.figures)
        sys.stdout.flush()
        return status
    except Mistake as mistake:
        print(mistake, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # what reads the output, such as head, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a full disk, a file that may not be changed
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

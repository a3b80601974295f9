"""Shows outputs in the form of their records, and how outputs differ."""

import os
import re
import shutil
import sys
from collections import Counter, defaultdict, deque
from itertools import chain, groupby, repeat, zip_longest
from pathlib import Path
from textwrap import shorten
from typing import NamedTuple

LONG = 12  # lines; what is longer is shortened
TERMINAL = sys.stdout and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
NUMBER = r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\bnan\b|\binf\b)"


def say(line):
    """Print a line, on a terminal in the colour that its first character has."""
    colour = {"-": 31, "+": 32, ">": 36, "<": 36, "=": 1}.get(line[:1])
    plain = not colour or not TERMINAL or os.environ.get("NO_COLOR")
    print(line if plain else f"\033[{colour}m{line}\033[0m")


def width():
    return shutil.get_terminal_size((88, 24)).columns - 1


def shortened(lines):
    if len(lines) > LONG:
        left_out = f"... {len(lines) - LONG} more lines ..."
        lines = [*lines[: LONG // 2], left_out, *lines[-LONG // 2 :]]
    return [line[:1000] for line in lines]


PACKAGES = "numpy", "nnfs", "matplotlib"
ACTIVATED = "Is the environment activated? See the README's quick start."


def show_errors(run, last=0):
    """Print what a run wrote to stderr, or its last lines, and what may be behind it."""
    errors = shortened(run.read(1)[-last:])
    if errors:
        folder = Path(run.script.path).resolve().parent
        for path in [folder / f"{name}.py" for name in PACKAGES]:
            if path.exists():
                errors.append(
                    f"(Your own {path.name} is in the way: {path}. Rename it.)"
                )
    if re.search(f"No module named '({'|'.join(PACKAGES)})", "\n".join(errors)):
        errors += [f"({ACTIVATED})"]
    for line in errors:
        print(line)


def show_output(lines, flags):
    """Print lines as they come; those that the record leaves out pass in place."""
    flags = chain(flags, repeat(True, LONG), repeat(False))  # there may be more lines
    for keep, group in groupby(zip(lines, flags), key=lambda pair: pair[1]):
        for line, _ in group:
            if keep:
                print(line[:1000])
            else:
                pass_by(line)
        if not keep:
            pass_by("...", "\n")


def pass_by(line, end=""):
    """Print a line over the last one that passed by; if this is no terminal, at its end."""
    if TERMINAL:
        print("\r" + line[: width()].ljust(width()), end=end, flush=True)
    elif end == "\n":
        print(line)


# ---- Trainings


class Training(NamedTuple):
    """What a training prints: {epoch: {"acc": "0.360", "loss": "1.099", ...}}.

    validation has the same for the epochs after which it is printed.
    """

    title: str
    heading: str
    epochs: dict
    validation: dict


def trainings(lines, title="", idea=""):
    """The trainings in an output, and its other lines."""
    found, others, inside = [], [], False
    for line in lines:
        fields = dict(re.findall(rf"(\w+): ({NUMBER})", line))
        if re.match(r"epoch: \d+,", line):
            epoch = int(fields.pop("epoch"))
            if not found or epoch <= max(found[-1].epochs):
                found.append(Training(title, others[-1] if others else "", {}, {}))
            found[-1].epochs[epoch] = fields
            inside = True
        elif inside and line.startswith("validation,"):
            found[-1].validation[epoch] = fields
        else:
            others.append(line)
            inside = False
    if len(found) == 1:
        found[0] = found[0]._replace(heading=idea)
    return found, others


def rows(found):
    """Trainings side by side, as rows of texts: loss and accuracy at the epochs 0, 1, 2,
    5, 10, 20, 50, ... as far as they are printed, at the last, and of the validation.
    """
    parts = []  # where the validation is printed more than once, it is a part of its own
    for training in found:
        often = len(training.validation) > 1
        parts.append(training._replace(validation={}) if often else training)
        if often:
            parts.append(
                Training(training.title, "validation", training.validation, {})
            )

    def cells(name, fields):
        pairs = [(values.get("loss", ""), values.get("acc", "")) for values in fields]
        return [name, *(" ".join(pair).strip() for pair in pairs)]

    yield ["", *(part.title for part in parts)]
    headings = [re.split("[:,(]", part.heading)[0].strip() for part in parts]
    yield ["", *(shorten(heading, 19, placeholder="") for heading in headings)]
    yield ["epoch", *["loss  acc"] * len(parts)]
    known = {epoch for part in parts for epoch in part.epochs}
    shown = {epoch for epoch in known if re.fullmatch("0|[125]0*", str(epoch))}
    for epoch in sorted(shown | {max(part.epochs) for part in parts}):
        yield cells(f"{epoch:,}", [part.epochs.get(epoch, {}) for part in parts])
    if any(part.validation for part in parts):
        checks = [[*part.validation.values(), {}][0] for part in parts]
        yield cells("validation", checks)
    ends = [part.epochs[max(part.epochs)] for part in parts]
    for name in dict.fromkeys(name for end in ends for name in end):
        values = [end.get(name, "") for end in ends]
        if name not in ("acc", "loss", "data_loss") and len({*values}) > 1:
            yield [f"{name} at end", *(v and f"{float(v):.4g}" for v in values)]


def show_trainings(found):
    """Print the trainings side by side, as many in a row as the terminal is wide."""
    first, *columns = zip(*rows(found))
    block = start = [cell.ljust(max(map(len, first))) for cell in first]
    for column in columns:
        cells = [cell.rjust(max(map(len, column))) for cell in column]
        wider = ["   ".join(line) for line in zip(block, cells)]
        if len(wider[0]) > width() and block is not start:
            print(*block, sep="\n")
            wider = ["   ".join(line) for line in zip(start, cells)]
        block = wider
    print(*block, sep="\n")


# ---- Other lines


def key(line):
    """A line with # for its numbers, and without the spaces and commas between them."""
    return " ".join(re.sub(rf"{NUMBER},?", " # ", line).split())


def numbers(line):
    return [float(number) for number in re.findall(NUMBER, line)]


def pairs(old, new):
    """The lines that two outputs share but for their numbers, as pairs; then those of the
    one, and of the other alone. Lines that say the same in both are left out.
    """
    both = Counter(old) & Counter(new)
    sides = [[*without(lines, both)] for lines in (old, new)]
    counts = [Counter(map(key, lines)) for lines in sides]
    waiting, found, added = defaultdict(deque), [], []
    for number, line in enumerate(sides[0]):
        waiting[key(line)].append((number, line))
    for line in sides[1]:
        kind = key(line)
        # Rows without words are only those of another array if there are as many
        if not waiting[kind] or not (
            re.search("[A-Za-z]", kind) or counts[0][kind] == counts[1][kind]
        ):
            added.append(line)
        else:
            found.append((waiting[kind].popleft()[1], line))
    gone = sorted(pair for alike in waiting.values() for pair in alike)
    found = [pair for pair in found if numbers(pair[0]) != numbers(pair[1])]
    return found, [line for _, line in gone], added


def without(lines, some):
    """Lines without some of them, {line: how often}."""
    left = Counter(some)
    for line in lines:
        left[line] -= 1
        if left[line] < 0:
            yield line


def in_one(old, new):
    """Two lines that differ in numbers as one: loss: 1.099 -> 0.883."""
    before, after = (re.findall(NUMBER, line) for line in (old, new))
    if not re.search("[A-Za-z]", key(new)):  # an array's row, say
        return f"{old.strip()}  ->  {new.strip()}"
    both = iter(zip(before, after))
    return re.sub(NUMBER, lambda _: " -> ".join(dict.fromkeys(next(both))), new)


def notes(scripts):
    """Why numbers of some scripts can't be compared."""
    kinds = []
    for script in scripts:
        names = re.findall(r"^(?!class)\S.*Loss_([a-zA-Z]+)\(", script.program, re.M)
        kinds += [re.sub("(?<=[a-z])(?=[A-Z])", " ", name).lower() for name in names]
    if len({*kinds}) > 1:
        losses = ", ".join(dict.fromkeys(kinds))
        yield f"The losses are of different kinds and do not compare: {losses}."
    if len({script.parts["X"].text for script in scripts if "X" in script.parts}) > 1:
        yield "Not all of these train on the same data."


def show_outputs(outputs):
    """Print where outputs differ, given as [(title, lines, script), ...]."""
    titles, lines, scripts = zip(*outputs)
    if all(each == lines[0] for each in lines):
        print(f"\nThey print the same, {len(lines[0])} lines.")
        return
    found, others = [], []
    for title, printed, script in outputs:
        some, rest = trainings(printed, title, script.idea)
        found, others = [*found, *some], [*others, rest]
    if found:
        print()
        show_trainings(found)
        for note in notes(scripts):
            print(note)
    if len(outputs) > 2:
        blocks = [(f"Output of {title}", rest) for title, rest in zip(titles, others)]
    else:
        changed, gone, added = pairs(*others)
        blocks = [
            ("Output, where numbers differ", [in_one(*pair) for pair in changed]),
            (f"Output, {titles[0]} only", gone),
            (f"Output, {titles[1]} only", added),
        ]
    if not found and not any(block for _, block in blocks):
        print("\nThey print the same, in another order or form.")
    for heading, block in blocks:
        if block:
            print()
            say(f"=== {heading}")
            print(*shortened(block), sep="\n")


def show_first(recorded, printed):
    """Print the first line in which a recorded and a printed output differ."""
    both = enumerate(zip_longest(recorded, printed), start=1)
    number, (old, new) = next(each for each in both if each[1][0] != each[1][1])
    print(f"Line {number} is the first that differs, recorded (-) and printed (+):")
    for sign, line in ("- ", old), ("+ ", new):
        say(sign + ("(the end)" if line is None else line[:1000]))


def show_against_record(script, printed):
    """Print how the output of a script differs from the one that is recorded."""
    show_first(script.output, printed)
    recorded = "recorded", script.output, script
    show_outputs([recorded, ("printed", printed, script)])

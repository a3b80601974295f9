"""Reads what scripts print, trainings in whatever form, and shows where it differs."""

import math
import re
import shutil
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import zip_longest
from textwrap import shorten
from typing import NamedTuple

from tour.changes import PROGRAM, codes
from tour.terminal import say, shortened

NUMBER = r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\bnan\b|\binf\b)"
WORD = rf"{NUMBER}|acc(?=[a-z]*)|[^\W\d]+"
# What it is of, if that is said, a name, up to four signs, a number: "val_loss = 0.5"
FIELD = re.compile(
    r"\b(?:(data|reg|val|test|train)\w{0,12}?[ _-])?"
    rf"(epoch|iter|step|batch|acc|loss)[a-z]{{0,5}}\W{{0,4}}?({NUMBER})"
)
VALIDATION = "the validation"
READ = 1000  # characters of a line; who prints a training needs fewer
MANY = 2000  # lines, for which a matcher takes too long


class Training(NamedTuple):
    """What a training prints: {epoch: {"acc": "0.360", "loss": "1.099"}}.

    validation has the same for the epochs after which it is printed.
    """

    title: str
    heading: str
    epochs: dict
    validation: dict

    @property
    def validated(self):
        """What the last validation printed."""
        return [{}, *self.validation.values()][-1]


class Line(NamedTuple):
    """A line to compare with those of its name: values has its numbers, as texts."""

    name: str
    values: dict
    text: str = ""

    def agrees(self, other):
        """Whether the numbers that both have are the same."""
        shared = self.values.keys() & other.values.keys()
        return all(agree(self.values[key], other.values[key]) for key in shared)


class Output(NamedTuple):
    """What a run prints: its trainings, with epochs counted from start, and other lines."""

    title: str
    run: object
    trainings: list
    others: list
    start: int = 0

    @property
    def compared(self):
        """What is compared of it, as Lines."""
        found = []
        for each in self.trainings:
            found += [Line(f"epoch {n:,}", x) for n, x in each.epochs.items()]
            if each.validated:  # after another number of epochs it is another network
                name = f"{VALIDATION} after epoch {max(each.epochs):,}"
                found.append(Line(name, each.validated))
        return [*found, *map(line_of, self.others)]


# ---- Reading


def read(run, title=None, start=0):
    title = title or run.script.title
    found, others = trainings(run.lines, title, run.script.idea, start)
    return Output(title, run, found, others, start)


def line_of(text):
    words = re.findall(WORD, text.lower())
    numbers = [word for word in words if re.match(NUMBER, word)]
    name = " ".join("#" if word in numbers else word for word in words)
    return Line(name, dict(enumerate(numbers)), text)


def fields_of(line):
    """The numbers of a line by their names, as texts; those of other data apart. The loss
    is that of the data, where it is printed without its penalty too.
    """
    own, other = {}, {}
    for of, name, number in FIELD.findall(line[:READ].lower()):
        fields = other if of in ("val", "test") else own
        if name == "acc" and float(number) > 1:  # in percent
            number = f"{Decimal(number).scaleb(-2)}"
        if of == "data":
            own[name] = number
        elif of != "reg":
            fields.setdefault(name.replace("iter", "epoch"), number)
    return own, other


def trainings(lines, title="", idea="", start=0):
    """The trainings in an output, and its other lines."""
    found, others, epoch = [], [], None  # the epoch that the last lines tell of
    for line in lines:
        own, other = fields_of(line)
        bare = re.match(r"\W*(\d+)\W+(?=[a-z])", line, re.I)  # [100] acc: 0.5
        if bare and {"acc", "loss"} & own.keys():
            own.setdefault("epoch", bare[1])
        starts = bare or re.match(r"\W*(\w+ )?(epoch|iter)", line, re.I)
        if starts and own.get("epoch", "").isdecimal():
            epoch = int(own.pop("epoch")) - start
            if not found or epoch <= max(found[-1].epochs, default=-1):
                found.append(Training(title, "".join(others[-1:]), {}, {}))
        elif epoch is None or not {"acc", "loss"} & {*own, *other}:
            others.append(line)
            epoch = None
            continue
        if re.match(r"\W*(val|test)", line, re.I):
            own, other = {}, own | other
        if {"step", "batch"} & own.keys():  # a part of an epoch
            continue
        for place, fields in (found[-1].epochs, own), (found[-1].validation, other):
            there = place.get(epoch, {})
            if there.keys() & fields.keys():  # this tells of something else
                others.append(line)
            elif fields:
                place[epoch] = there | fields
    found = [training for training in found if training.epochs]
    if len(found) == 1:
        found[0] = found[0]._replace(heading=idea)
    return found, others


# ---- Comparing


def aligned(old, new, forms=(lambda x: (x.name, *x.values.values()), lambda x: x.name)):
    """Pair Lines that are the same, then those of one name; what only one has, with None."""
    form, *others = forms
    many = len(old) + len(new) > MANY  # then it takes lines that come often for no sign
    matcher = SequenceMatcher(None, [*map(form, old)], [*map(form, new)], many)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            yield from zip(old[i:j], new[k:m])
        elif others:
            yield from aligned(old[i:j], new[k:m], others)
        else:
            yield from ((line, None) for line in old[i:j])
            yield from ((None, line) for line in new[k:m])


def agree(one, other):
    """Whether two numbers are the same, to the digits that both texts have."""
    if not (math.isfinite(float(one)) and math.isfinite(float(other))):
        return one.lower() == other.lower()
    # NumPy leaves out the zeros after the point of "0."
    texts = [text for text in (one, other) if text[-1] != "."] or ["0"]
    digits = min(-Decimal(text).as_tuple().exponent for text in texts)
    half = Decimal("0.501").scaleb(-digits)  # and a little: one may be rounded twice
    return abs(Decimal(one) - Decimal(other)) < half


def in_both(old, new):
    """Pairs of the Lines with numbers that two Outputs share."""
    both = [x for x in aligned(old.compared, new.compared) if None not in x]
    return [pair for pair in both if pair[0].values]


def parting(pairs):
    """The name of the first Line that differs, or None."""
    first = next((new for old, new in pairs if not old.agrees(new)), None)
    return first and (f'"{first.text.strip()[:40]}"' if first.text else first.name)


# What a program trains with, as if all spelled alike, and what we say if it is another
NOTES = {
    r"(binary|categorical|squared|absolute)\w*\(": (
        "The losses have different formulas and can't be compared."
    ),
    r"(\w+data)\((?:\w+=)?(\d*),? ?(?:\w+=)?(\d*)": (
        "Not all of these train on the same data."
    ),
}


def notes(scripts):
    """Why numbers of some scripts can't be compared."""
    for pattern, note in NOTES.items():
        found = [{*re.findall(pattern, codes(script)[PROGRAM])} for script in scripts]
        found = [names for names in found if names]
        if found and not set.intersection(*found):
            yield note


# ---- Showing


def rows(found):
    """Trainings side by side, as rows of texts: loss and accuracy at the epochs 0, 1, 2,
    5, 10, 20, 50, ... as far as they are printed, at the last, and of the validation.
    """
    yield ["", *(each.title for each in found)]
    headings = [re.split("[:,(]", each.heading)[0].strip() for each in found]
    yield ["", *(shorten(heading, 19, placeholder="") for heading in headings)]
    yield ["epoch", *["loss  acc"] * len(found)]
    known = {epoch for each in found for epoch in each.epochs}
    shown = {epoch for epoch in known if re.fullmatch("0|[125]0*", str(epoch))}
    for epoch in sorted(shown | {max(each.epochs) for each in found}):
        yield [f"{epoch:,}", *(cell(each.epochs.get(epoch, {})) for each in found)]
    if any(each.validation for each in found):
        yield ["validation", *(cell(each.validated) for each in found)]


def cell(fields):
    return " ".join(fields[name] for name in ("loss", "acc") if name in fields)


def show_trainings(found):
    """Print the trainings side by side, as many in a row as the terminal is wide."""
    names, *columns = zip(*rows(found))
    wide = max(len(cell) for column in columns for cell in column) + 3
    some = max(1, (shutil.get_terminal_size((88, 24)).columns - 11) // wide)
    for start in range(0, len(columns), some):
        for name, *cells in zip(names, *columns[start : start + some]):
            print(f"{name:10}", *(cell.rjust(wide) for cell in cells), sep="")


def show_outputs(outputs):
    """Print where Outputs differ."""
    first, *others = [each.run.lines for each in outputs]
    if all(lines == first for lines in others):
        print(f"\nThey print the same, {len(first)} lines.")
        return
    columns = [training for each in outputs for training in each.trainings]
    if columns:
        print()
        show_trainings(columns)
        for note in notes([each.run.script for each in outputs]):
            print(note)
    if "data_loss" in "".join(line for each in outputs for line in each.run.lines):
        print("Where penalties are printed, the losses are without them.")
    for each in outputs:
        if columns and not each.trainings:
            print(f"In what {each.title} prints we could read no training.")
        if not each.run.lines:
            print(f"{each.title} prints nothing.")
    blocks = {each.title: each.others for each in outputs}
    if len(outputs) == 2:
        blocks = show_pair(*outputs)
    for heading, block in blocks.items():
        if block:
            print()
            say(f"=== Output, {heading}")
            print(*shortened(block), sep="\n")


def show_pair(old, new):
    """Print how far two Outputs agree; return lines that differ, each with its heading."""
    if pairs := in_both(old, new):
        count, first = sum(a.agrees(b) for a, b in pairs), parting(pairs)
        end = f"; they part at {first}." if first else "."
        print(f"\n{count} of {len(pairs)} lines with numbers agree{end}")
    changed = [(a.text.strip(), b.text.strip()) for a, b in pairs if not a.agrees(b)]
    rest = [*aligned(old.compared, new.compared)]
    return {
        "where numbers differ": [f"{a}  ->  {b}" for a, b in changed if a],
        f"{old.title} only": [a.text for a, b in rest if not b and a.text],
        f"{new.title} only": [b.text for a, b in rest if not a and b.text],
    }


def show_run(run, explain=True):
    """Show what a script printed and explain how it differs; return the verdict."""
    script, verdict = run.script, "differs from its record"
    if script.record is None:
        verdict = "no record"
    elif run.lines == script.output:
        verdict = "as recorded"
    lines = script.record if verdict == "as recorded" else shortened(run.lines)
    print(*lines, "", *shortened(run.errors), sep="\n")
    verdict = run.problem or verdict
    print(f"{verdict[0].upper()}{verdict[1:]}, {run.seconds:.1f} s.")
    if explain and verdict == "differs from its record":
        show_difference(run, script.output)
    print()
    return verdict


def show_difference(run, recorded):
    """Print how a run differs from the lines that are recorded."""
    pairs = zip_longest(recorded, run.lines, fillvalue="(the end)")
    old, new = next(pair for pair in pairs if pair[0] != pair[1])
    print("The first line that differs, recorded (-) and printed (+):")
    say(f"- {old[:1000]}")
    say(f"+ {new[:1000]}")
    before = run._replace(lines=recorded)
    show_outputs([read(before, "recorded"), read(run, "printed")])

"""Reads what scripts print, trainings in whatever form, and shows where it differs."""

import math
import re
import shutil
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from textwrap import shorten
from typing import NamedTuple

from tour.changes import PROGRAM, code
from tour.scripts import Script
from tour.terminal import say, shortened

NUMBER = r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\bnan\b|\binf\b)"
# What it is of, if that is said, a name, up to four signs, a number: "val_loss = 0.5"
FIELD = re.compile(
    r"\b(?:(data|reg|val|test|train)\w{0,12}?[ _-])?"
    rf"(acc|loss)[a-z]{{0,5}}\W{{0,4}}?({NUMBER})"
)
EPOCH = re.compile(r"\W*(?:\w+ )?(?:epoch|iter)[a-z]*\W{0,4}(\d+)\b")
BARE = re.compile(r"\W*(\d+)\b(?!\.)")  # [100] acc: 0.5
VALIDATION = "the validation"


class Training(NamedTuple):
    """What a training prints."""

    title: str  # of what prints it
    heading: str  # what it is of
    epochs: dict  # {epoch: {"acc": "0.360", "loss": "1.099"}}
    validation: dict  # the same, for the epochs after which it is printed

    @property
    def validated(self):
        """What the last validation printed."""
        return [{}, *self.validation.values()][-1]

    def compared(self):
        """What is compared of it, as Lines."""
        found = [Line(f"epoch {n:,}", fields) for n, fields in self.epochs.items()]
        if self.validated:  # after another number of epochs it is another network
            name = f"{VALIDATION} after epoch {max(self.epochs):,}"
            found.append(Line(name, self.validated))
        return found


class Line(NamedTuple):
    """A line to compare with those of its name."""

    name: str
    values: dict  # its numbers, as texts
    text: str = ""  # where it is of no training

    def agrees(self, other):
        """Whether the numbers that both have are the same."""
        shared = self.values.keys() & other.values.keys()
        return all(agree(self.values[key], other.values[key]) for key in shared)


@dataclass
class Run:
    """What came of a script."""

    script: Script
    lines: list  # that it printed
    errors: list = ()  # the lines that it wrote on stderr
    problem: str | None = None
    seconds: float = 0
    made: list = ()  # its objects at the end, as [[class, {name: value}], ...]
    start: int = 0  # the epoch that counts as epoch 0
    title: str = ""  # what it is called

    def __post_init__(self):
        self.title, idea = self.title or self.script.title, self.script.idea
        self.trainings, others = trainings(self.lines, self.title, idea, self.start)
        self.first = next((min(x.epochs) for x in self.trainings), None)  # its epoch
        self.compared = [line for x in self.trainings for line in x.compared()]
        self.compared += map(line_of, others)


# ---- Reading


def line_of(text):
    """A line that is of no training: its name has all its words."""
    lower = text.lower().replace("accuracy", "acc")
    name = " ".join(re.findall(r"#|[^\W\d]+", re.sub(NUMBER, " # ", lower)))
    return Line(name, dict(enumerate(re.findall(NUMBER, lower))), text)


def fields_of(line):
    """The numbers of a line by their names, as texts; those of a validation apart."""
    own, other = {}, {}
    validation = re.match(r"\W*(val|test)", line)
    for of, name, number in FIELD.findall(line):
        fields = other if validation or of in ("val", "test") else own
        if name == "acc" and float(number) > 1:  # in percent
            number = f"{Decimal(number).scaleb(-2)}"
        if of == "data":  # the loss without its penalty
            fields[name] = number
        elif of != "reg":
            fields.setdefault(name, number)
    return own, other


def trainings(lines, title="", idea="", start=0):
    """The trainings in an output, and its other lines."""
    found, others, epoch = [], [], None  # the epoch that the last lines tell of
    for line in lines:
        words = line.lower()
        own, other = fields_of(words)
        if begins := EPOCH.match(words) or (own and BARE.match(words)):
            epoch = int(begins[1]) - start
            there = found[-1].epochs if found else {}
            again = own.keys() & there.get(epoch, {}).keys()
            if not found or again or epoch < max(there, default=-1):
                found.append(Training(title, "".join(others[-1:]), {}, {}))
        elif epoch is None or not (own or other):
            others.append(line)
            epoch = None
            continue
        if re.search(r"\b(step|batch)\W{1,4}\d", words):  # a part of an epoch
            continue
        for place, fields in (found[-1].epochs, own), (found[-1].validation, other):
            there = place.get(epoch, {})
            if there.keys() & fields.keys():  # this tells of something else
                others.append(line)
            elif fields:
                place[epoch] = there | fields
    found = [training for training in found if training.epochs]
    headings = [idea] if len(found) == 1 else [each.heading for each in found]
    headings = [re.split("[:,(]", heading)[0].strip(" .") for heading in headings]
    return [x._replace(heading=y) for x, y in zip(found, headings)], others


# ---- Comparing


def aligned(old, new, form=str):
    """Pair Lines that are the same, then those of one name; what only one has, with None."""
    matcher = SequenceMatcher(None, [*map(form, old)], [*map(form, new)])
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            yield from zip(old[i:j], new[k:m])
        elif form is str:
            yield from aligned(old[i:j], new[k:m], lambda line: line.name)
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
    """Pairs of the Lines with numbers that two Runs share."""
    both = [x for x in aligned(old.compared, new.compared) if None not in x]
    return [pair for pair in both if pair[0].values]


def parting(pairs):
    """The name of the first Line that differs, or None."""
    first = next((new for old, new in pairs if not old.agrees(new)), None)
    return first and (f'"{first.text.strip()[:40]}"' if first.text else first.name)


# What a program trains with, as if all spelled alike, and what we say if it is another
NOTES = {
    r"(binary|categorical|squared|absolute)\w*\(": "The losses have different formulas.",
    r"(\w+data)\((?:samples=)?(\d*),? ?(?:classes=)?(\d*)\)": "The data are not the same.",
}


def notes(scripts):
    """Why numbers of some scripts can't be compared."""
    for pattern, note in NOTES.items():
        found = [{*re.findall(pattern, code(script, PROGRAM))} for script in scripts]
        if all(found) and not set.intersection(*found):
            yield note


# ---- Showing


def rows(found):
    """Trainings side by side, as rows of texts: at epochs 0, 1, 2, 5, 10, 20, 50, ..."""
    yield ["", *(each.title for each in found)]
    yield ["", *(shorten(each.heading, 18, placeholder="") for each in found)]
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
    """Print trainings side by side, as many in a row as the terminal is wide."""
    names, *columns = zip(*rows(found))
    wide = max(len(cell) for column in columns for cell in column) + 3
    some = max(1, (shutil.get_terminal_size((88, 24)).columns - 11) // wide)
    for start in range(0, len(columns), some):
        print()
        for name, *cells in zip(names, *columns[start : start + some]):
            print(f"{name:10}", *(cell.rjust(wide) for cell in cells), sep="")


def show_outputs(runs):
    """Print where the outputs of Runs differ, each from the one before."""
    if found := [training for run in runs for training in run.trainings]:
        show_trainings(found)
        for note in notes([run.script for run in runs]):
            print(note)
        if any("data_loss" in line for run in runs for line in run.lines):
            print("Where penalties are printed, the losses are without them.")
    for run in runs:
        if found and not run.trainings:
            print(f"In what {run.script.title} prints we could read no training.")
    for old, new in pairwise(runs):
        show_pair(old, new)


def show_pair(old, new):
    """Print how far two Runs agree, and the lines that differ but for trainings."""
    titles, pairs, lines = (old.title, new.title), in_both(old, new), []
    if pairs:
        good = sum(a.agrees(b) for a, b in pairs)
        words = f"{good} of {len(pairs)} lines that both print have the same numbers."
        print("\n{} and {}:".format(*titles), words)
    if first := parting(pairs):
        print(f"They part at {first}.")
    for a, b in aligned(old.compared, new.compared):
        if not (a and b and a.agrees(b)):
            both = ("-", a), ("+", b)
            lines += [f"{sign} {x.text}" for sign, x in both if x and x.text.strip()]
    if lines:
        print()
        say("=== Output, {} (-) and {} (+)".format(*titles))
    for line in shortened(lines):
        say(line)


def show_run(run, explain=True):
    """Show what a script printed and explain how it differs; return the verdict."""
    recorded = run.script.output or []
    verdict = "as recorded" if run.lines == recorded else "differs from its record"
    verdict = run.problem or verdict
    print(*shortened(run.lines), "", *shortened(run.errors), sep="\n")
    print(f"{verdict[0].upper()}{verdict[1:]}, {run.seconds:.1f} s.")
    if explain and verdict == "differs from its record":
        show_difference(run, recorded)
    print()
    return verdict


def show_difference(run, recorded):
    """Print how a run differs from the lines that are recorded."""
    pairs = zip_longest(recorded, run.lines, fillvalue="(the end)")
    old, new = next(pair for pair in pairs if pair[0] != pair[1])
    print("The first line that differs, recorded (-) and printed (+):")
    say(f"- {old[:1000]}")
    say(f"+ {new[:1000]}")
    before = replace(run, lines=recorded, title="recorded")
    show_outputs([before, replace(run, title="printed")])

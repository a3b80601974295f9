"""Reads trainings in what scripts print, in whatever form, and puts them side by side."""

import math
import re
import shutil
from decimal import Decimal
from textwrap import shorten
from typing import NamedTuple

NUMBER = r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\bnan\b|\binf\b)"
# What it is of, if that is said, a name, up to four signs, a number: "val_loss = 0.5"
FIELD = re.compile(
    r"\b(?:(data|reg|val|test|train)\w{0,12}?[ _-])?"
    rf"(epoch|iter|step|batch|acc|loss)[a-z]{{0,5}}\W{{0,4}}?({NUMBER})"
)
READ = 1000  # characters of a line; who prints a training needs fewer


class Training(NamedTuple):
    """What a training prints: {epoch: {"acc": "0.360", "loss": "1.099", ...}}.

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


def fields_of(line):
    """The numbers of a line by their names, as texts; those of other data apart."""
    own, other = {}, {}
    for of, name, number in FIELD.findall(line[:READ].lower()):
        name = f"{of}_{name}" if of in ("data", "reg") else name
        fields = other if of in ("val", "test") else own
        if name == "acc" and float(number) > 1:  # in percent
            number = f"{Decimal(number).scaleb(-2)}"
        fields.setdefault(name.replace("iter", "epoch"), number)
    return own, other


def trainings(lines, title="", idea=""):
    """The trainings in an output, and its other lines."""
    found, others, epoch = [], [], None  # the epoch that the last lines tell of
    for line in lines:
        own, other = fields_of(line)
        bare = re.match(r"\W*(\d+)\W+(?=[a-z])", line, re.I)  # [100] acc: 0.5
        if bare and {"acc", "loss"} & own.keys():
            own.setdefault("epoch", bare[1])
        starts = bare or re.match(r"\W*(\w+ )?(epoch|iter)", line, re.I)
        if starts and own.get("epoch", "").isdecimal():
            epoch = int(own.pop("epoch"))
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


def without_penalties(training):
    """A training with the loss of the data as its loss, where it prints this too."""
    epochs = training.epochs.items()
    split = {n: x | {"loss": x["data_loss"]} for n, x in epochs if "data_loss" in x}
    return training._replace(epochs=training.epochs | split)


def paired(old, new):
    """Pairs of trainings: in their order if they are as many, else those that begin alike."""
    if len(old) == len(new):
        return [*zip(old, new)]
    both = [(one, other) for other in new for one in old]
    return [x for x in both if same(*(next(iter(y.epochs.values())) for y in x))]


def agree(one, other):
    """Whether two numbers are the same, to the digits that both texts have."""
    if not (math.isfinite(float(one)) and math.isfinite(float(other))):
        return one.lower() == other.lower()
    # NumPy leaves out the zeros after the point of "0."
    texts = [text for text in (one, other) if text[-1] != "."] or ["0"]
    digits = min(-Decimal(text).as_tuple().exponent for text in texts)
    half = Decimal("0.501").scaleb(-digits)  # and a little: one may be rounded twice
    return abs(Decimal(one) - Decimal(other)) < half


def same(one, other):
    """Whether two lines of trainings, {"acc": ..., "loss": ...}, agree."""
    names = {"acc", "loss"} & one.keys() & other.keys()
    return all(agree(one[name], other[name]) for name in names)


def agreement(one, other):
    """For each line that two trainings share, its name and whether it is the same."""
    shared = [n for n in one.epochs if n in other.epochs]
    found = {f"epoch {n:,}": same(one.epochs[n], other.epochs[n]) for n in shared}
    checks = one.validated, other.validated
    # After another number of epochs it is another network
    if all(checks) and max(one.epochs) == max(other.epochs):
        found["the validation"] = same(*checks)
    return found


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

"""Reads trainings in what scripts print, in whatever form, and puts them side by side."""

import math
import re
from decimal import Decimal
from textwrap import shorten
from typing import NamedTuple

from tour.terminal import width

NUMBER = r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\bnan\b|\binf\b)"
# What it is of, if that is said, a name, up to four signs, a number: "val_loss = 0.5"
FIELD = re.compile(
    r"\b(?:(data|reg|val|test|train)\w{0,12}?[ _-])?"
    r"(epoch|iter|step|batch|acc|loss|lr|learning[ _]rate)(?:s|es|ation|uracy)?\b"
    rf"\W{{0,4}}?({NUMBER})(%?)"
)
NAMES = {"iter": "epoch", "learning rate": "lr", "learning_rate": "lr"}
READ = 1000  # characters of a line; who prints a training needs fewer


class Training(NamedTuple):
    """What a training prints: {epoch: {"acc": "0.360", "loss": "1.099", ...}}.

    validation has the same for the epochs after which it is printed. task is the formula
    of the loss and the data, as far as they are known.
    """

    title: str
    heading: str
    epochs: dict
    validation: dict
    task: tuple = (None, None)

    def parts(self):
        """The training, and what is validated more than once as one of its own."""
        if len(self.validation) < 2:
            return [self]
        checks = self._replace(heading="validation", epochs=self.validation)
        return [x._replace(validation={}) for x in (self, checks)]


def fields_of(line):
    """The numbers of a line by their names, as texts; those of other data in a second
    dict.
    """
    own, other = {}, {}
    for of, name, number, percent in FIELD.findall(line[:READ].lower()):
        name = NAMES.get(name, name)
        if percent:
            number = str(Decimal(number) / 100)
        if of in ("data", "reg"):
            name = f"{of}_{name}"
        fields = other if of in ("val", "test") else own
        fields.setdefault(name, number)
    return own, other


class Reader:
    """Reads lines one by one: found has the trainings, others the lines that are none."""

    def __init__(self, title=""):
        self.title, self.found, self.others = title, [], []
        self.epoch = None  # the one that the last lines tell of

    def read(self, line):
        own, other = fields_of(line)
        starts = re.match(r"\W*(\w+ )?(epoch|iter)", line, re.I)
        if starts and own.get("epoch", "").isdecimal():
            self.begin(int(own.pop("epoch")))
        elif self.epoch is None or not {"acc", "loss"} & {*own, *other}:
            self.leave(line)
            return
        elif "step" in own or "batch" in own:  # a part of an epoch
            return
        elif re.match(r"\W*(val|test)", line, re.I):
            own, other = {}, own | other
        training = self.found[-1]
        for place, fields in (training.epochs, own), (training.validation, other):
            if fields:
                there = place.setdefault(self.epoch, {})
                if there.keys() & fields.keys():  # this tells of something else
                    self.leave(line)
                    return
                there |= fields

    def begin(self, epoch):
        """Go on with an epoch, in a training of its own if it is not a later one."""
        if not self.found or epoch <= max(self.found[-1].epochs, default=-1):
            heading = self.others[-1] if self.others else ""
            self.found.append(Training(self.title, heading, {}, {}))
        self.epoch = epoch

    def leave(self, line):
        self.epoch = None
        self.others.append(line)


def trainings(lines, title="", idea=""):
    """The trainings in an output, and its other lines."""
    reader = Reader(title)
    for line in lines:
        reader.read(line)
    found = [training for training in reader.found if training.epochs]
    if len(found) == 1:
        found[0] = found[0]._replace(heading=idea)
    return found, reader.others


# ---- Do they agree?


def paired(old, new):
    """Pairs of trainings of two scripts that have the same task; if each script has only
    one, these.
    """
    if len(old) == len(new) == 1:
        return [(old[0], new[0])]
    found, left = [], [*old]
    for training in new:
        partner = next((each for each in left if each.task == training.task), None)
        if partner and None not in training.task:
            found.append((partner, training))
            left.remove(partner)
    return found


def agree(one, other):
    """Whether two numbers are the same, to the digits that both texts have."""
    if not (math.isfinite(float(one)) and math.isfinite(float(other))):
        return one.lower() == other.lower()
    digits = min(-Decimal(text).as_tuple().exponent for text in (one, other))
    half = Decimal("0.501").scaleb(-digits)  # and a little: one may be rounded twice
    return abs(Decimal(one) - Decimal(other)) < half


def same(one, other):
    """Whether two lines of trainings, {"acc": ..., "loss": ...}, agree."""
    names = {"acc", "loss"} & one.keys() & other.keys()
    return all(agree(one[name], other[name]) for name in names)


def agreement(one, other):
    """For each line that two trainings share, its name and whether it is the same."""
    shared = [n for n in one.epochs if n in other.epochs]
    found = [(f"epoch {n:,}", same(one.epochs[n], other.epochs[n])) for n in shared]
    checks = [[*training.validation.values()][-1:] for training in (one, other)]
    # After another number of epochs it is another network
    if all(checks) and max(one.epochs) == max(other.epochs):
        found.append(("the validation", same(*checks[0], *checks[1])))
    return found


def without_penalties(training):
    """A training with the loss of the data as its loss, where it prints this too."""
    epochs = training.epochs | {
        epoch: fields | {"loss": fields["data_loss"]}
        for epoch, fields in training.epochs.items()
        if "data_loss" in fields
    }
    return training._replace(epochs=epochs)


# ---- Side by side


def rows(found):
    """Trainings side by side, as rows of texts: loss and accuracy at the epochs 0, 1, 2,
    5, 10, 20, 50, ... as far as they are printed, at the last, and of the validation.
    """
    parts = [part for training in found for part in training.parts()]

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
    names, *columns = zip(*rows(found))
    names = [name.ljust(max(map(len, names))) for name in names]
    wide = max(len(cell) for column in columns for cell in column)
    room = max(1, (width() - len(names[0])) // (wide + 3))
    for start in range(0, len(columns), room):
        for name, *cells in zip(names, *columns[start : start + room]):
            print(name, *(cell.rjust(wide) for cell in cells), sep="   ")

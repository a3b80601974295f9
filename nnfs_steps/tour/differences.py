"""Shows how outputs differ: their trainings in a table, and where other lines differ."""

import re
from collections import Counter, defaultdict, deque

from tour.changes import program
from tour.terminal import say, shortened
from tour.trainings import (
    NUMBER,
    agree,
    paired,
    show_trainings,
    trainings,
    without_penalties,
)


def key(line):
    """A line with # for its numbers, without the spaces and commas between them, and
    without capitals.
    """
    return " ".join(re.sub(rf"{NUMBER},?", " # ", line).lower().split())


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


def alike(old, new):
    """Whether the numbers of two lines agree to the digits that both have."""
    both = zip(re.findall(NUMBER, old), re.findall(NUMBER, new))
    return all(agree(one, other) for one, other in both)


def in_one(old, new):
    """Two lines that differ in numbers as one: loss: 1.099 -> 0.883."""
    before, after = (re.findall(NUMBER, line) for line in (old, new))
    if not re.search("[A-Za-z]", key(new)):  # an array's row, say
        return f"{old.strip()}  ->  {new.strip()}"
    both = iter(zip(before, after))
    return re.sub(NUMBER, lambda _: " -> ".join(dict.fromkeys(next(both))), new)


FORMULAS = {  # of losses, by a part of their names
    "binary": "binary cross-entropy",
    "entropy": "categorical cross-entropy",
    "square": "mean squared error",
    "absolute": "mean absolute error",
}


def formulas(script):
    """The formulas of the losses that a program makes, in their order."""
    calls = [
        re.findall(r"\w*(?:loss|error)\w*(?=\()", code) for _, code in program(script)
    ]
    names = [name for some in calls for name in some]
    found = [[FORMULAS[part] for part in FORMULAS if part in name] for name in names]
    return [some[0] for some in found if some]


def data(script):
    """The calls that make the data which a program learns, in their order."""
    found = [re.match(r" *x(train)?, *y(train)? = (.*)", x) for _, x in program(script)]
    # Whether an argument has its name is spelling too
    return [re.sub(r"\b[a-z]\w*[=.]", "", x[3]) for x in found if x]


def notes(scripts):
    """Why numbers of some scripts can't be compared."""
    names = [name for script in scripts for name in formulas(script)]
    if len({*names}) > 1:
        different = ", ".join(dict.fromkeys(names))
        yield f"The losses have different formulas and can't be compared: {different}."
    if len({x for script in scripts for x in data(script)}) > 1:
        yield "Not all of these train on the same data."


def read(outputs):
    """The trainings and the other lines of each output; the losses without penalties if
    that can be had of all.
    """
    found, penalties, inside = [], 0, False
    for title, lines, script in outputs:
        some, rest = trainings(lines, title, script.idea)
        tasks = zip(known(formulas(script), len(some)), known(data(script), len(some)))
        some = [training._replace(task=task) for training, task in zip(some, tasks)]
        found.append((some, rest))
        split = [x for training in some for x in training.epochs.values()]
        split = [x for x in split if "data_loss" in x]
        penalties += sum(x["data_loss"] != x["loss"] for x in split)
        if not split and "regulariz" in script.text.lower():
            inside = True
    if penalties and not inside:
        found = [([*map(without_penalties, some)], rest) for some, rest in found]
    return found, penalties and not inside


def known(names, count):
    """One name for each training, or None where we can't say which is whose."""
    if len({*names}) == 1:
        return names[:1] * count
    return names if len(names) == count else [None] * count


# ---- What is shown


def show_outputs(outputs):
    """Print where outputs differ, given as [(title, lines, script), ...]; return their
    trainings.
    """
    titles, lines, scripts = zip(*outputs)
    found, out = read(outputs)
    some = [training for each, _ in found for training in each]
    if all(each == lines[0] for each in lines):
        print(f"\nThey print the same, {len(lines[0])} lines.")
        return [each for each, _ in found]
    if some:
        print()
        show_trainings(in_pairs(found))
        if not same_tasks(found):
            for note in notes(scripts):
                print(note)
        if out:
            print("The losses are without their penalties.")
    for (each, _), title in zip(found, titles):
        if some and not each:
            print(f"In what {title} prints we could read no training.")
    others = [rest for _, rest in found]
    if len(outputs) > 2:
        blocks = [(f"Output of {title}", rest) for title, rest in zip(titles, others)]
    else:
        changed, gone, added = pairs(*others)
        if not all(script.ours for script in scripts):  # who may print fewer digits
            changed = [pair for pair in changed if not alike(*pair)]
        blocks = [
            ("Output, where numbers differ", [in_one(*pair) for pair in changed]),
            (f"Output, {titles[0]} only", gone),
            (f"Output, {titles[1]} only", added),
        ]
    if not some and not any(block for _, block in blocks):
        print("\nThey print the same, in another order or form.")
    for heading, block in blocks:
        if block:
            print()
            say(f"=== {heading}")
            print(*shortened(block), sep="\n")
    return [each for each, _ in found]


def same_tasks(found):
    """Whether all trainings of one of two outputs have one of the other beside them."""
    if len(found) > 2:
        return False
    (old, _), (new, _) = found
    pairs = paired(old, new)
    fits = all(one.task == other.task for one, other in pairs)
    return fits and len(pairs) == min(len(old), len(new)) > 0


def in_pairs(found):
    """All trainings of some outputs; of two outputs, those with the same task together."""
    columns = [training for some, _ in found for training in some]
    if len(found) == 2:
        pairs = paired(found[0][0], found[1][0])
        together = [training for pair in pairs for training in pair]
        columns = together + [x for x in columns if not any(x is y for y in together)]
    return columns

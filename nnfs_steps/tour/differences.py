"""Shows how outputs differ: their trainings in a table, and where other lines differ."""

import re
from collections import Counter, defaultdict, deque

from tour.changes import spelled
from tour.terminal import say, shortened
from tour.trainings import NUMBER, show_trainings, trainings


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


def in_one(old, new):
    """Two lines that differ in numbers as one: loss: 1.099 -> 0.883."""
    before, after = (re.findall(NUMBER, line) for line in (old, new))
    if not re.search("[A-Za-z]", key(new)):  # an array's row, say
        return f"{old.strip()}  ->  {new.strip()}"
    both = iter(zip(before, after))
    return re.sub(NUMBER, lambda _: " -> ".join(dict.fromkeys(next(both))), new)


def kinds(script):
    """The losses that the program of a script names, and its data, each in its order."""
    losses = re.findall(
        r"^(?!class)\S.*loss_?([a-zA-Z]+)\(", script.program, re.M | re.I
    )
    data = re.findall(r"^\s*X\w*, *y\w* *= *(.*?) *(?:#.*)?$", script.program, re.M)
    return [spelled(name) for name in losses], [*map(spelled, data)]


def notes(scripts):
    """Why numbers of some scripts can't be compared."""
    losses, data = zip(*map(kinds, scripts))
    names = dict.fromkeys(name for some in losses for name in some)
    if len(names) > 1:
        yield f"The losses are of different kinds and can't be compared: {', '.join(names)}."
    if len({tuple(some[:1]) for some in data if some}) > 1:
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

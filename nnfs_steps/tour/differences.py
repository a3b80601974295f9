"""Shows how outputs differ: their trainings in a table, and where other lines differ."""

import re
from difflib import SequenceMatcher

from tour.changes import program
from tour.terminal import say, shortened
from tour.trainings import NUMBER, agree, show_trainings, trainings, without_penalties

# ---- Lines


def key(line):
    """A line with # for its numbers, without the spaces and commas between them, and
    without capitals.
    """
    return " ".join(re.sub(rf"{NUMBER},?", " # ", line).lower().split())


def pairs(old, new):
    """The lines that two outputs share but for their numbers, as pairs; then those of the
    one, and of the other alone. Lines whose numbers agree too are left out.
    """
    found, gone, added = [], [], []
    matcher = SequenceMatcher(None, [*map(key, old)], [*map(key, new)])
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found += [x for x in zip(old[a:b], new[c:d]) if not alike(*x)]
        else:
            gone += old[a:b]
            added += new[c:d]
    return found, gone, added


def alike(old, new):
    """Whether the numbers of two lines agree to the digits that both have."""
    both = zip(re.findall(NUMBER, old), re.findall(NUMBER, new))
    return all(agree(one, other) for one, other in both)


def in_one(old, new):
    """Two lines that differ in numbers as one: loss: 1.099 -> 0.883."""
    if not re.search("[A-Za-z]", key(new)):  # an array's row, say
        return f"{old.strip()}  ->  {new.strip()}"
    both = zip(re.findall(NUMBER, old), re.findall(NUMBER, new))
    return re.sub(NUMBER, lambda _: " -> ".join(dict.fromkeys(next(both))), new)


# ---- What is shown

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
    codes = ["\n".join(line for *_, line in program(script)) for script in scripts]
    for pattern, note in NOTES.items():
        found = [{*re.findall(pattern, code)} for code in codes]
        found = [names for names in found if names]
        if found and not set.intersection(*found):
            yield note


def read(outputs):
    """The trainings of each output, and the other lines of each."""
    both = [trainings(lines, title, script.idea) for title, lines, script in outputs]
    found, others = zip(*both)
    return [[*map(without_penalties, some)] for some in found], others


def show_outputs(outputs):
    """Print where outputs differ, given as [(title, lines, script), ...]."""
    titles, lines, scripts = zip(*outputs)
    if all(each == lines[0] for each in lines):
        print(f"\nThey print the same, {len(lines[0])} lines.")
        return
    found, others = read(outputs)
    if any(found):
        print()
        columns = [training for some in found for training in some]
        show_trainings(columns)
        for note in notes(scripts):
            print(note)
        if any("data_loss" in x for each in columns for x in each.epochs.values()):
            print("Where penalties are printed, the losses are without them.")
    for some, title in zip(found, titles):
        if any(found) and not some:
            print(f"In what {title} prints we could read no training.")
    blocks = dict(zip(titles, others))
    if len(outputs) == 2:
        changed, gone, added = pairs(*others)
        blocks = {"where numbers differ": [in_one(*pair) for pair in changed]}
        blocks |= {f"{titles[0]} only": gone, f"{titles[1]} only": added}
    for heading, block in blocks.items():
        if block:
            print()
            say(f"=== Output, {heading}")
            print(*shortened(block), sep="\n")

"""Shows what scripts print: held to their records, or to what others print."""

import re
from difflib import SequenceMatcher
from itertools import zip_longest

from tour.changes import PROGRAM, codes
from tour.terminal import say, shortened
from tour.trainings import NUMBER, agree, show_trainings, trainings, without_penalties

MANY = 2000  # lines, for which a matcher takes too long


def words(line):
    """The words and numbers of a line, however it is written."""
    return tuple(re.findall(rf"{NUMBER}|acc(?=[a-z]*)|[^\W\d]+", line.lower()))


def key(line):
    """The words of a line, with # for its numbers."""
    return tuple("#" if re.match(NUMBER, word) else word for word in words(line))


def aligned(old, new, forms=(words, key)):
    """Pair the lines of two outputs that are the same, then those that are but for their
    numbers; what only one of them has is paired with None.
    """
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


def alike(old, new):
    """Whether the numbers of two lines agree, to the digits that both have."""
    both = zip(re.findall(NUMBER, old), re.findall(NUMBER, new))
    return all(agree(one, other) for one, other in both)


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


def show_outputs(outputs):
    """Print where outputs differ, given as [(title, lines, script), ...]."""
    titles, lines, scripts = zip(*outputs)
    if all(each == lines[0] for each in lines):
        print(f"\nThey print the same, {len(lines[0])} lines.")
        return
    found, others = zip(*(trainings(each, t, s.idea) for t, each, s in outputs))
    if columns := [without_penalties(each) for some in found for each in some]:
        print()
        show_trainings(columns)
        for note in notes(scripts):
            print(note)
        split = [
            x for each in columns for x in each.epochs.values() if "data_loss" in x
        ]
        if split and len(columns) > 1:
            print("Where penalties are printed, the losses are without them.")
    for some, title, each in zip(found, titles, lines):
        if columns and not some:
            print(f"In what {title} prints we could read no training.")
        if not each:
            print(f"{title} prints nothing.")
    blocks = dict(zip(titles, others))
    if len(outputs) == 2:
        rows = [*aligned(*others)]
        both = [x for x in rows if None not in x and re.search(NUMBER, x[0])]
        changed = [f"{a.strip()}  ->  {b.strip()}" for a, b in both if not alike(a, b)]
        if both:
            count = len(both) - len(changed)
            print(
                f"\nThe numbers agree in {count} of {len(both)} lines that both print."
            )
        blocks = {"where numbers differ": changed}
        blocks[f"{titles[0]} only"] = [old for old, new in rows if new is None]
        blocks[f"{titles[1]} only"] = [new for old, new in rows if old is None]
    for heading, block in blocks.items():
        if block:
            print()
            say(f"=== Output, {heading}")
            print(*shortened(block), sep="\n")


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
        show_difference(script, script.output, run.lines)
    print()
    return verdict


def show_difference(script, recorded, printed):
    """Print how the output of a script differs from the one that is recorded."""
    pairs = enumerate(zip_longest(recorded, printed, fillvalue="(the end)"), start=1)
    number, (old, new) = next(pair for pair in pairs if pair[1][0] != pair[1][1])
    print(f"Line {number} is the first that differs, recorded (-) and printed (+):")
    say(f"- {old[:1000]}")
    say(f"+ {new[:1000]}")
    show_outputs([("recorded", recorded, script), ("printed", printed, script)])

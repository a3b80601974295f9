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


# ---- What a program trains

FORMULAS = {  # of losses, by a part of their names
    "binary": "binary cross-entropy",
    "entropy": "categorical cross-entropy",
    "square": "mean squared error",
    "absolute": "mean absolute error",
}


def formulas(script):
    """The formulas of the losses that a program makes, in their order."""
    code = "\n".join(line for *_, line in program(script))
    names = re.findall(r"\w*(?:loss|error)\w*(?=\()", code)
    found = [[FORMULAS[part] for part in FORMULAS if part in name] for name in names]
    return [some[0] for some in found if some]


def data(script):
    """The calls that make the data which a program learns, in their order."""
    lines = [line for *_, line in program(script)]
    found = [re.match(r" *x(train)?, *y(train)? = (.*)", line) for line in lines]
    # Whether an argument has its name is spelling too
    return [re.sub(r"\b[a-z]\w*[=.]", "", x[3]) for x in found if x]


def notes(scripts):
    """Why numbers of some scripts can't be compared."""
    names = dict.fromkeys(name for script in scripts for name in formulas(script))
    if len(names) > 1:
        different = ", ".join(names)
        yield f"The losses have different formulas and can't be compared: {different}."
    if len({x for script in scripts for x in data(script)}) > 1:
        yield "Not all of these train on the same data."


def read(title, lines, script):
    """The trainings of an output, each with its task, and the other lines."""
    found, others = trainings(lines, title, script.idea)
    tasks = zip(*(known(x(script), len(found)) for x in (formulas, data)))
    return [x._replace(task=task) for x, task in zip(found, tasks)], others


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
    found, others = zip(*(read(*output) for output in outputs))
    same = all(each == lines[0] for each in lines)
    if same:
        print(f"\nThey print the same, {len(lines[0])} lines.")
        return found
    if any(found):
        found = show_table(found, scripts)
    for some, title in zip(found, titles):
        if any(found) and not some:
            print(f"In what {title} prints we could read no training.")
    if len(outputs) == 2:
        changed, gone, added = pairs(*others)
        blocks = {"where numbers differ": [in_one(*pair) for pair in changed]}
        blocks |= {f"{titles[0]} only": gone, f"{titles[1]} only": added}
    else:
        blocks = dict(zip(titles, others))
    if not any([*found, *blocks.values()]):
        print("\nThey print the same, in another order or form.")
    for heading, block in blocks.items():
        if block:
            print()
            say(f"=== Output, {heading}")
            print(*shortened(block), sep="\n")
    return found


def show_table(found, scripts):
    """Print the trainings of some outputs, those of a task together; return them, the
    losses without penalties if that can be had of all.
    """
    printed = [
        [x for training in some for x in training.epochs.values() if "data_loss" in x]
        for some in found
    ]
    both = zip(printed, scripts)
    out = all(some or "regulariz" not in script.text.lower() for some, script in both)
    if out:
        found = [[*map(without_penalties, some)] for some in found]
    columns = [training for some in found for training in some]
    tasks = [training.task for training in columns]
    print()
    show_trainings(sorted(columns, key=lambda training: tasks.index(training.task)))
    shared = set.intersection(*({training.task for training in x} for x in found))
    if not shared - {(None, None)}:
        for note in notes(scripts):
            print(note)
    if out and any(x["data_loss"] != x.get("loss") for some in printed for x in some):
        print("The losses are without their penalties.")
    return found

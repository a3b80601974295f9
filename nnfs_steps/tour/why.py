"""Says why a reader's training prints other numbers than the step's."""

import re
from collections import Counter
from textwrap import fill

from tour import runner
from tour.scripts import spelled
from tour.terminal import pass_by
from tour.trainings import Reader, agreement, paired, same, without_penalties

LIMIT = 60  # seconds; what took longer is not run again

# What can explain other numbers, in the order in which we try it, each with those before
# it: an option of inside.py, a pattern that fits the code then, and what we say
CAUSES = [
    (
        "rounded",
        r"",
        "With exp and log as in step 07 all {} training lines agree: they are right, and "
        "concept 08 says why.",
    ),
    (
        "init",
        r"(?s)\A(?!.*nnfs\.init)",
        "nnfs.init() is missing: with it, and with exp and log as in step 07, all {} "
        "training lines agree.",
    ),
    (
        "zero",
        r"range\(1,",
        "It counts from 1: its epoch n is ours n - 1. Counted from 0, and with exp and "
        "log as in step 07, all {} training lines agree.",
    ),
]


def show_why(runs, found, wrong_classes):
    """Print how far the trainings of a step and of a reader's file agree, and why not.

    found has the trainings of both, as show_outputs returns them; wrong_classes is what
    check says of the classes that differ.
    """
    for own, mine in paired(*found):
        lines = agreement(own, mine)
        good, parted = sum(fits for _, fits in lines), first_wrong(lines)
        if not lines:
            print("\nTheir trainings have no epoch in common.")
        elif not parted:
            print(f"\nAll {good} training lines agree.")
        else:
            print(
                f"\n{good} of {len(lines)} training lines agree; they part at {parted}."
            )
            if not explained(runs[1], own, found[1].index(mine), parted):
                # Of several trainings only the last one's objects are left at the end
                alone = len(found[0]) == len(found[1]) == 1
                reasons = [*other_settings(*runs)] if alone else []
                for sentence in reasons or wrong_classes or [NO_REASON]:
                    print(sentence)
            return


NO_REASON = (
    "None of its classes differs from the steps': look at the program, or your sums\n"
    "have another order (concept 08)."
)


def first_wrong(lines):
    """The name of the first line that differs, of some that agreement found, or None."""
    return next((name for name, fits in lines if not fits), None)


def explained(mine, own, place, parted):
    """Whether a training agrees when run again without one of the causes; say so."""
    if mine.seconds > LIMIT:
        print(f"It took more than {LIMIT} seconds: we don't run it again to see why.")
        return False
    if mine.problem:
        print("It did not come to its end: we don't run it again to see why.")
        return False
    code, options = "".join(each.text for each in mine.script.files), {}
    for option, pattern, words in CAUSES:
        if re.search(pattern, code):
            options[option] = True
            lines = rerun(mine.script, own, place, options)
            wrong = first_wrong(lines)
            if lines and not wrong:
                print(fill(words.format(len(lines)), 88))
                return True
            if wrong and option == "rounded":
                parted = wrong
    also = " and nnfs.init(), which is missing," if "init" in options else ""
    words = f"With exp and log as in step 07{also} they part at {parted} all the same."
    print(fill(words, 88))
    return False


def rerun(script, own, place, options):
    """Run a script again, up to the first line that differs; the agreement of its
    training at a place with the step's own, if it comes so far.
    """
    reader = Reader()
    split = [x for x in own.epochs.values() if "data_loss" in x]
    out = all(x["data_loss"] == x["loss"] for x in split)

    def training():
        found = reader.found[place]
        return without_penalties(found) if out else found

    def until(line):
        reader.read(line)
        if len(reader.found) <= place or not training().epochs:
            return False
        epoch, fields = [*training().epochs.items()][-1]
        pass_by(f"Running {script.title} again, to see why: epoch {epoch:,}")
        return not same(own.epochs.get(epoch, {}), fields)

    run = runner.run(script, options=options, limit=2 * LIMIT, until=until)
    pass_by("")
    if run.problem or len(reader.found) <= place:
        return []
    return agreement(own, training())


def other_settings(step, mine):
    """Yield which settings of the step's objects are others in those of a reader."""
    own, others = named(step.settings), named(mine.settings)
    for key in [key for key in own if key in others]:
        (_, value), (name, other) = own[key], others[key]
        # Who keeps a rate of dropout may keep 1 - rate
        if value != other and not (key[-1] == "rate" and value + other == 1):
            yield f"{name} is {other}, the step has {value}."


def named(settings):
    """Settings of objects as {(class, which of them, name): (name, value)}, the keys as
    if all spelled alike.
    """
    found, counts = {}, Counter()
    for kind, values in settings:
        counts[spelled(kind)] += 1
        for name, value in values.items():
            key = spelled(kind), counts[spelled(kind)], spelled(name)
            found[key] = f"{name} of {kind}", value
    return found

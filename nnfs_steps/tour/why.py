"""Says why a reader's training prints other numbers than the step's."""

from collections import Counter

from tour import runner
from tour.changes import spelled
from tour.terminal import pass_by
from tour.trainings import Reader, agreement, paired, same, without_penalties

LIMIT = 60  # seconds; what took longer is not run again

# What can explain other numbers, in the order in which we try it, each with those before
# it: an option of inside.py, what has to be in the code for it or not, and what we say
CAUSES = [
    (
        "rounded",
        lambda code: True,
        "With exp and log as in step 07 all {} training lines agree: they are right, and\n"
        "concept 08 says why.",
    ),
    (
        "init",
        lambda code: "nnfs.init" not in code,
        "nnfs.init() is missing: with it, and with exp and log as in step 07, all {}\n"
        "training lines agree.",
    ),
    (
        "zero",
        lambda code: "range(1," in code,
        "It counts from 1: its epoch n is ours n - 1. Counted from 0, and with exp and log\n"
        "as in step 07, all {} training lines agree.",
    ),
]


def show_why(runs, found, wrong_classes):
    """Print how far the trainings of a step and of a reader's file agree, and why not.

    found has the trainings of both, as show_outputs returns them; wrong_classes is what
    check says of the classes that differ.
    """
    for own, mine in paired(*found):
        lines = agreement(own, mine)
        wrong = [name for name, fits in lines if not fits]
        if not lines:
            print("\nTheir trainings have no epoch in common.")
        elif not wrong:
            print(f"\nAll {len(lines)} training lines agree.")
        else:
            good = len(lines) - len(wrong)
            words = f"training lines agree; they part at {wrong[0]}"
            print(f"\n{good} of {len(lines)} {words}.")
            explain(*runs, own, found[1].index(mine), wrong[0], wrong_classes)
            return


def explain(step, mine, own, place, parted, wrong_classes):
    """Print what makes all lines of a training agree, or else what may be wrong."""
    if mine.seconds > LIMIT:
        print(f"It took more than {LIMIT} seconds: we don't run it again to see why.")
    elif mine.problem:
        print("It did not come to its end: we don't run it again to see why.")
    elif found_cause(mine.script, own, place, parted):
        return
    found = [*other_settings(step, mine)] or wrong_classes
    for sentence in found:
        print(sentence)
    if not found:
        print(
            "None of its classes differs from the steps': look at the program, or your sums\n"
            "have another order (concept 08)."
        )


def found_cause(script, own, place, parted):
    """Whether a training agrees when run again without one of the causes; say so."""
    code, options = "".join(each.text for each in script.files), {}
    for option, fits, words in CAUSES:
        if fits(code):
            options[option] = True
            lines = rerun(script, own, place, options)
            wrong = [name for name, fits in lines if not fits]
            if lines and not wrong:
                print(words.format(len(lines)))
                return True
            if wrong and option == "rounded":
                parted = wrong[0]
    also = " and nnfs.init(), which is missing," if "init" in options else ""
    print(f"With exp and log as in step 07{also} they part at {parted} all the same.")
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
    own, others = settings(step), settings(mine)
    for key in [key for key in own if key in others]:
        (_, value), (name, other) = own[key], others[key]
        # Who keeps a rate of dropout may keep 1 - rate
        if value != other and not (key[-1] == "rate" and value + other == 1):
            yield f"{name} is {other}, the step has {value}."


def settings(run):
    """The settings of a script's objects: {(class, which of them, name): (name, value)},
    the keys as if all spelled alike.
    """
    found, counts = {}, Counter()
    for kind, values in run.found.get("settings", []):
        counts[spelled(kind)] += 1
        for name, value in values.items():
            key = spelled(kind), counts[spelled(kind)], spelled(name)
            found[key] = f"{name} of {kind}", value
    return found

"""What the READMEs show of the scripts: their tables, the first steps, the counts."""

import difflib
import itertools
import re

import seeds
from tour.project import ROOT, Mistake
from tour.scripts import chapter, origin, scripts_in, write

FILES = "README.md", "nnfs_steps/README.md"
CHAPTERS = {
    2: "Coding Our First Neurons",
    3: "Adding Layers",
    4: "Activation Functions",
    5: "Calculating Network Error with Loss",
    6: "Introducing Optimization",
    7: "Derivatives",
    8: "Gradients, Partial Derivatives, and the Chain Rule",
    9: "Backpropagation",
    10: "Optimizers",
    11: "Testing with Out-of-Sample Data",
    12: "Validation Data",
    13: "Training Dataset",
    14: "L1 and L2 Regularization",
    15: "Dropout",
    16: "Binary Logistic Regression",
    17: "Regression",
    18: "Model Object",
    19: "A Real Dataset",
    20: "Model Evaluation",
    21: "Saving and Loading Models and Their Parameters",
    22: "Prediction / Inference",
}


def row(*cells):
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def link(script, text="{:02}"):
    path = f"{script.path.parent.name}/{script.path.name}"
    return f"[{text.format(script.number)}]({path})"


def links(scripts):
    return ", ".join(map(link, scripts))


def chapters(script):
    """The numbers of the book's chapters that a header names."""
    book = script.header.get("Book", "")
    named = re.findall(r"chapters? (\d+(?:(?:,| and| to) \d+)*)", book)
    return {int(number) for text in named for number in re.findall(r"\d+", text)}


def steps_table(steps, concepts):
    """By chapter. One that has no step of its own has the concepts that name it."""
    yield row("step", "idea", "concepts")
    yield "|---|---|---|"
    for number, title in CHAPTERS.items():
        own = [step for step in steps.values() if chapter(step) == number]
        other = [s for s in concepts.values() if number in chapters(s) and not own]
        also = [s for s in steps.values() if number in chapters(s) and not own]
        where = f" (in step {links(also)})" if also else ""
        yield row("", f"**Chapter {number}: {title}**{where}", links(other))
        yield from (step_row(step, steps, concepts) for step in own)
    yield row("", "**Beyond the book**", "")
    for step in [step for step in steps.values() if not chapter(step)]:
        yield step_row(step, steps, concepts)


def step_row(step, steps, concepts):
    idea, source = step.idea, origin(step, steps)
    if source not in (None, steps.get(step.number - 1)):
        idea += f" (from {link(source)})"
    for url in re.findall(r"https://\S+[^\s,;.]", step.header.get("Video", "")):
        idea += f" [video]({url})"
    return row(link(step), idea, links(concepts[n] for n in step.concepts))


def concepts_table(steps, concepts):
    """In the order in which the steps name them."""
    named = [n for step in steps.values() for n in step.concepts]
    yield row("concept", "what it shows", "for step")
    yield "|---|---|---|"
    for concept in map(concepts.get, dict.fromkeys([*named, *concepts])):
        readers = [s for s in steps.values() if concept.number in s.concepts]
        yield row(link(concept), concept.idea, links(readers))


def program(step):
    """The lines between header and record."""
    code = step.text.partition('"""\n\n')[2].rpartition("\n\n# Output:\n")[0]
    return code.split("\n")


def first_steps(steps, concepts):
    """The first step, and what the second changes."""
    first, second = itertools.islice(steps.values(), 2)
    old, new = program(first), program(second)
    changes = [*difflib.unified_diff(old, new, n=99, lineterm="")][3:]
    new = [line.rstrip() for line in changes]
    yield from [f"Step {link(first)}: {first.idea}", "", "```python", *old, "```", ""]
    yield from [f"Step {link(second)}: {second.idea}", "", "```diff", *new, "```"]


def seeds_table(steps, concepts):
    """What the ten seeds give; a step with test data has a second row for them."""
    trained = seeds.read(seeds.FILE.read_text())
    yield row("step", "accuracy", "loss", "on how many seeds")
    yield "|---|---|---|---|"
    for number in trained:
        name, idea = steps[number].path.name, steps[number].idea.partition(":")[0]
        title = f"[{number}]({name}) {idea}"
        for kind in "", "test ":
            if cells := seeds_cells(number, kind, trained):
                yield row(title, *cells)
            title = f"{number}, test data"


def seeds_cells(number, kind, trained):
    """The means of a step, and how often what is said of it is true; kind is "" or
    "test ". Nothing, if the step has no test data.
    """
    runs = trained[number]
    if f"{kind}loss" not in runs[0]:
        return []
    measures = f"{kind}accuracy", f"{kind}loss"
    means = [seeds.summary([run[measure] for run in runs]) for measure in measures]
    claims = [claim for claim in seeds.CLAIMS if claim.row == (number, kind)]
    said = [f"{claim.words}: {seeds.count(claim, trained)}" for claim in claims]
    return [*means, ", ".join(said)]


TABLES = {
    "first": first_steps,
    "steps": steps_table,
    "concepts": concepts_table,
    "seeds": seeds_table,
}


def filled(text, scripts):
    """The text with its tables as the scripts have them."""
    for name in re.findall(r"^<!-- (\w+) -->$", text, re.M):
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
        if name not in TABLES or not text.count(start) == text.count(end) == 1:
            raise Mistake(f"{start.strip()} has no end, stands twice, or is no table")
        before, _, rest = text.partition(start)
        lines = "".join(f"{line}\n" for line in TABLES[name](*scripts))
        text = f"{before}{start}\n{lines}\n{end}{rest.partition(end)[2]}"
    return text


def render(name, root=ROOT):
    """The text of a README with its tables and figures as the scripts have them."""
    scripts = [scripts_in(root / folder) for folder in ("nnfs_steps", "concepts")]
    steps, concepts = map(len, scripts)
    # The first step that has a function
    first = {name: s for s in reversed(scripts[0].values()) for name in s.parts}
    exp, log = (f"{first[name].number:02}" for name in ("exp", "log"))
    # The figures in the README's sentences, each by the pattern that finds it once
    figures = {
        r"\d+ of \d+ steps print": f"{steps} of {steps} steps print",
        r"\d+ steps and \d+ concepts": f"{steps} steps and {concepts} concepts",
        r"steps \d+ and \d+ on\.": f"steps {exp} and {log} on.",
    }
    text = filled((root / name).read_bytes().decode(), scripts)
    for pattern, value in figures.items() if name == FILES[0] else []:
        text, count = re.subn(pattern, value, text)
        if count != 1:
            raise Mistake(f"{name} says {pattern} {count} times, not once")
    return text


def update(root=ROOT):
    """Write the READMEs anew."""
    for name in FILES:
        write(root / name, render(name, root))
        print(f"Wrote {name}")

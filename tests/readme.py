"""Write what the README shows of the scripts anew: python tests/readme.py"""

import difflib
import itertools
import re

from project import ROOT, Mistake, Parser, command, write
from tour.scripts import chapter, origin, scripts_in


def row(*cells):
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def link(script):
    path = f"{script.path.parent.name}/{script.path.name}"
    return f"[{script.number:02}]({path})"


def links(scripts):
    return ", ".join(map(link, scripts))


def videos(field):
    """parts 7 and 8, https://... and https://... as two links."""
    parts = re.findall(r"\d+", field.partition("https:")[0])
    urls = re.findall(r"https://\S+[^\s,;.]", field)
    return ", ".join(
        f"[{f'part {part}' if part else 'video'}]({url})"
        for part, url in itertools.zip_longest(parts[: len(urls)], urls)
    )


# The chapters that have no step
OTHER_CHAPTERS = {
    7: "derivatives",
    8: "gradients, partial derivatives, and the chain rule",
    12: "validation data",
    13: "training dataset (no code)",
}


def heading(step):
    number = chapter(step)
    return f"**chapter {number}**" if number else "**beyond the book**"


def concepts_of(number, concepts):
    """The concepts whose header names a chapter first."""
    named = {
        n: re.match(r"chapters? ([\d and]+)", c.header.get("Book", ""))
        for n, c in concepts.items()
    }
    return [
        concepts[n]
        for n, found in named.items()
        if found and str(number) in found[1].split()
    ]


def steps_table(steps, concepts):
    yield row("step", "idea", "concepts", "book", "video")
    yield "|---|---|---|---|---|"
    missing, last = (
        dict(OTHER_CHAPTERS),
        max(filter(None, map(chapter, steps.values()))),
    )
    for name, group in itertools.groupby(steps.values(), heading):
        group = list(group)
        number = chapter(group[0]) or last
        for other in [n for n in missing if n < number]:
            title, links_there = missing.pop(other), links(concepts_of(other, concepts))
            yield row(f"**chapter {other}**", title, links_there, "", "")
        yield row(name, "", "", "", "")
        for step in group:
            before, came_from = steps.get(step.number - 1), origin(step, steps)
            branch = f" (from {link(came_from)})" if came_from != before else ""
            yield row(
                link(step),
                step.idea + branch,
                links(concepts[n] for n in step.concepts if n in concepts),
                step.header.get("Book", ""),
                videos(step.header.get("Video", "")),
            )


def concepts_table(steps, concepts):
    """In the order in which the steps name them."""
    named = [n for step in steps.values() for n in step.concepts]
    yield row("concept", "what it shows", "for step", "book")
    yield "|---|---|---|---|"
    for concept in map(concepts.get, dict.fromkeys([*named, *concepts])):
        readers = [s for s in steps.values() if concept.number in s.concepts]
        book = concept.header.get("Book", "")
        yield row(link(concept), concept.idea, links(readers), book)


def program(step):
    """The lines between header and record."""
    code = step.text.partition('"""\n\n')[2].rpartition("\n\n# Output:\n")[0]
    return code.split("\n")


def first_steps(steps, concepts):
    """The first step, and what the second changes."""
    first, second = itertools.islice(steps.values(), 2)
    changes = difflib.unified_diff(program(first), program(second), n=99, lineterm="")
    for step, kind, lines in [
        (first, "python", program(first)),
        (second, "diff", [line.rstrip() for line in changes][3:]),
    ]:
        yield from [f"Step {link(step)}: {step.idea}", "", f"```{kind}", *lines, "```"]
        if step is first:
            yield ""


TABLES = {"first": first_steps, "steps": steps_table, "concepts": concepts_table}


def render(text, root=ROOT, tables=TABLES):
    """The README with its tables as the headers have them."""
    steps, concepts = (scripts_in(root / name) for name in ("nnfs_steps", "concepts"))
    for name, table in tables.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
        if not text.count(start) == text.count(end) == 1:
            raise Mistake(f"the README needs one line {start.strip()} and its end")
        before, _, rest = text.partition(start)
        after = rest.partition(end)[2]
        lines = "".join(f"{line}\n" for line in table(steps, concepts))
        text = f"{before}{start}\n{lines}\n{end}{after}"
    return text


def main(arguments, root=ROOT, tables=TABLES):
    Parser(description=__doc__).parse_args(arguments)
    path = root / "README.md"
    text = path.read_bytes().decode()
    new = render(text, root, tables)
    write(path, new)
    print("README.md: " + ("nothing changed" if new == text else "new tables"))


if __name__ == "__main__":
    command(main)

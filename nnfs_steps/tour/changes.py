"""Shows how the code of two scripts differs: what it does, not how it is written."""

import ast
import copy
import functools
import re
from difflib import SequenceMatcher
from textwrap import fill

from tour.scripts import spelled
from tour.terminal import say, shortened

PROGRAM = "the program"  # by this name it is a part, too
# What a reader may have in another way
NO_MATTER = re.compile(r" *(print|plt|matplotlib|draw_regions|mark_peaks|losses)\b")


def program(script):
    """The statements that neither define nor import, also of functions that are called
    without arguments, as main() is.
    """
    nodes, text = [], "\n".join(map(ast.unparse, script.tree.body))
    called = "|".join(re.findall(r"(?m)^ {0,4}(\w+)\(\)$", text)) or "main"
    for node in script.tree.body:
        inner = re.match(rf"def ({called})\(|if __name__", ast.unparse(node))
        nodes += node.body if inner else [node]
    other = re.compile(rf"import |from |class |def |@|({called})\(\)$")
    return [node for node in nodes if not other.match(ast.unparse(node))]


@functools.cache
def lines_in(script, name):
    """The lines of a part as Python itself writes them, with their numbers in the file;
    of a class those without its methods.
    """
    part = script.parts.get(name)
    nodes = [copy.copy(part.node)] if part else program(script)
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            rest = [each for each in node.body if not isinstance(each, ast.FunctionDef)]
            node.body = rest or [ast.Pass(lineno=node.lineno)]
    tree = ast.Module(nodes, [])
    text = ast.unparse(tree)
    places = zip(statements(ast.parse(text)), statements(tree))
    numbers = {new.lineno: old.lineno for new, old in places}
    lines = enumerate(text.split("\n"), 1)
    return [(numbers.get(n, ""), line) for n, line in lines if line]


@functools.cache
def code(script, name):
    """What a part of a script does, as if all spelled alike."""
    return spelled("\n".join(line for _, line in lines_in(script, name)))


def source(name, script, known):
    """Which of some known scripts has a part, if one can unchanged, and whether it is."""
    having = [other for other in known if name in [*other.parts, PROGRAM]]
    same = [other for other in having if code(other, name) == code(script, name)]
    return next(iter(same or having), None), bool(same)


def statements(tree):
    return [x for x in ast.walk(tree) if isinstance(x, ast.stmt | ast.excepthandler)]


def signed(old, new):
    """Yield lines after their signs: - and + for what one has, > and < for moved ones."""
    forms = [[spelled(line).strip() for _, line in lines] for lines in (old, new)]
    matcher = SequenceMatcher(None, *forms, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            for (_, was), (n, line) in zip(old[i:j], new[k:m]):
                before, now = [len(x) - len(x.lstrip()) for x in (was, line)]
                yield (">" if now > before else "<" if now < before else " ", n, line)
        else:
            yield from (("-", *pair) for pair in old[i:j])
            yield from (("+", *pair) for pair in new[k:m])


def show_changes(old, new, known):
    """Print the names of what is new in a step, changed or gone, then the lines."""
    fates, groups = {}, {}
    for name in [*new.parts, PROGRAM]:
        script, same = fates[name] = source(name, new, known)
        title = "New"
        if script:
            title = f"Changed from {script.title}"
        if same:
            title = f"As in {script.title}"
        if not same or script is not old:
            groups.setdefault(title, []).append(name)
    groups["Gone"] = [name for name in old.parts if name not in new.parts]
    for title, names in groups.items():
        show_names(title, tops(names))
    for name in tops(groups.get("New", [])):
        part = new.parts[name]
        lines = enumerate(part.text.split("\n"), part.place.start + 1)
        show_lines(f"{name}, new in {new.title}", [], [x for x in lines if x[1]])
    for name, (script, same) in fates.items():
        if script and not same:
            show_part(name, script, new)


def tops(names):
    """Names without those of methods whose class is there."""
    return [name for name in names if name.rpartition(".")[0] not in names]


def show_names(title, names):
    if names:
        print(fill(f"{title}: {', '.join(names)}", 88, subsequent_indent="    "))


def show_part(name, script, new):
    """Print where a part of two scripts differs; of a reader's only what may matter."""
    lines = lines_in(script, name), lines_in(new, name)
    if not new.ours:
        lines = [[x for x in y if not NO_MATTER.match(x[1])] for y in lines]
    title = f"{name}, {script.title} (-) and {new.title} (+)"
    show_lines(title, *lines, brief=not new.ours)


def show_lines(title, old, new, brief=False):
    """Print where lines differ, and two lines around; if brief, not what is many."""
    lines, shown = [*signed(old, new)], []
    busy = [i for i, (sign, *_) in enumerate(lines) if sign != " "]
    near = {n for i in busy for n in range(i - 2, i + 3)}
    for i, (sign, n, line) in enumerate(lines):
        if i in near:
            shown.append(f"{sign} {n:>3}  {line[:1000]}")
        elif i - 1 in near and i < busy[-1]:
            shown.append("")
    if busy:
        print()
        say(f"=== {title}")
    for line in shortened(shown) if brief else shown:
        say(line)

"""Shows how the code of two scripts differs: what it does, not how it is written."""

import ast
import copy
import functools
import re
from difflib import SequenceMatcher
from textwrap import fill

from tour.scripts import spelled
from tour.terminal import say

DEFINES = ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef
PROGRAM = "the program"  # by this name it is a part, too
# What a reader may have in another way
NO_MATTER = re.compile(r" *(print|plt|matplotlib|draw_regions|mark_peaks|losses)\b")


@functools.cache
def nodes_of(script):
    """The statements of each part of a script, of a class those without its methods."""
    found = {PROGRAM: program(script)}
    for name, part in script.parts.items():
        found[name] = [part.node]
        if isinstance(part.node, ast.ClassDef):
            head = copy.copy(part.node)
            body = [n for n in head.body if not isinstance(n, ast.FunctionDef)]
            head.body = body or [ast.copy_location(ast.Expr(ast.Constant(...)), head)]
            found[name] = [head]
    return {spelled(name): nodes for name, nodes in found.items()}


def program(script):
    """The statements that neither define nor import, and those of main()."""
    nodes = []
    for node in script.tree.body:
        test = ast.unparse(node.test) if isinstance(node, ast.If) else ""
        inner = getattr(node, "name", None) == "main" or "__name__" in test
        nodes += node.body if inner else [node]
    nodes = [node for node in nodes if not isinstance(node, DEFINES)]
    return [node for node in nodes if ast.unparse(node) != "main()"]


@functools.cache
def codes(script):
    """What each part of a script does, as if all spelled alike."""
    nodes = nodes_of(script).items()
    return {name: spelled("\n".join(map(ast.unparse, body))) for name, body in nodes}


def source(name, script, known):
    """Which of some known scripts has a part of another one, and whether unchanged; the
    first that has it unchanged, or else the first that has the name.
    """
    name = spelled(name)
    is_class = codes(script)[name].startswith("class ")  # accuracy is no Accuracy
    having = [other for other in known if name in codes(other)]
    having = [x for x in having if codes(x)[name].startswith("class ") == is_class]
    same = [other for other in having if codes(other)[name] == codes(script)[name]]
    return [*same, *having, None][0], bool(same)


def lines_in(script, name):
    """The lines of a part as Python itself writes them, with their numbers in the file."""
    module = ast.Module(nodes_of(script)[spelled(name)], [])
    code = ast.unparse(module)
    places = zip(statements(ast.parse(code)), statements(module))
    numbers = {new.lineno: old.lineno for new, old in places}
    lines = enumerate(code.split("\n"), 1)
    return [(numbers.get(n, ""), line) for n, line in lines if line]


def statements(tree):
    return [x for x in ast.walk(tree) if isinstance(x, ast.stmt | ast.excepthandler)]


def signed(old, new):
    """Yield lines after their signs: - and + for what one has, > and < for moved ones."""
    # As if all spelled alike, with 2 for 2.0
    forms = [
        [re.sub(r"\b(\d+)\.0\b", r"\1", spelled(line).strip()) for _, line in lines]
        for lines in (old, new)
    ]
    matcher = SequenceMatcher(None, *forms, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            for (_, was), (n, line) in zip(old[i:j], new[k:m]):
                further = re.search(r"\S", line).start() - re.search(r"\S", was).start()
                yield (">" if further > 0 else "<" if further else " ", n, line)
        else:
            yield from (("-", *pair) for pair in old[i:j])
            yield from (("+", *pair) for pair in new[k:m])


def show_changes(old, new, earlier):
    """Print the names of what is new in a step, changed or gone, then its lines.

    What an earlier step has too is only named, and shown where it has changed since.
    """
    groups = fates(old, new, [old, *reversed(earlier)])
    for title, names in groups.items():
        show_names(title, names)
    for title, name, script in [(t, *x) for t in groups for x in groups[t].items()]:
        if title == "New":
            place = new.parts[name].place
            lines = [x for x in new.code.items() if place.start < x[0] <= place.stop]
            show_lines(f"{name}, new in {new.title}", [], lines)
        elif title.startswith("Changed"):
            show_part(name, script, new)
    if not groups:
        print("The code is the same.")


def fates(old, new, known):
    """What has become of the parts that are not as in the old step, as {what to call it:
    {name: the script to compare with}}. A class stands for its methods.
    """
    groups = {}
    for name in [*new.parts, PROGRAM]:
        script, same = source(name, new, known)
        methods = [n for n in new.parts if n.startswith(f"{name}.")]
        whole = all(source(n, new, known) == (script, same) for n in methods)
        # Where only some methods have changed, they are named
        if same and (script is old or not whole):
            continue
        title = "Changed" if script else "New"
        if script and script is not old:
            before = "Unchanged from" if same else "Changed since"
            title = f"{before} {script.title}"
        cls = name.partition(".")[0]
        if cls not in groups.get(title, []) or title.startswith("Changed"):
            groups.setdefault(title, {})[name] = script
    gone = [name for name in old.parts if spelled(name) not in codes(new)]
    if gone := [n for n in gone if n.rpartition(".")[0] not in gone]:
        groups["Gone"] = dict.fromkeys(gone)
    return groups


def show_names(title, names):
    if names:
        print(fill(f"{title}: {', '.join(names)}", 88, subsequent_indent="    "))


def show_part(name, script, new):
    """Print where a part of two scripts differs; of a reader's only what may matter."""
    lines = lines_in(script, name), lines_in(new, name)
    if not new.ours:
        lines = [[x for x in y if not NO_MATTER.match(x[1])] for y in lines]
    title = f"{name}, {script.title} (-) and {new.title} (+)"
    show_lines(title, *lines, brief=name == PROGRAM and not new.ours)


def show_lines(title, old, new, brief=False):
    """Print where lines differ, and two lines around; if brief, not where most do."""
    lines = [*signed(old, new)]
    busy = [i for i, (sign, *_) in enumerate(lines) if sign != " "]
    near = {n for i in busy for n in range(i - 2, i + 3)}
    if brief and 3 * len(busy) > 2 * len(lines) > 30:
        print("\nMost of the program is written in another way.")
        return
    if busy:
        print()
        say(f"=== {title}")
    for i, (sign, n, line) in enumerate(lines):
        if i in near:
            say(f"{sign} {n:>3}  {line[:1000]}")
        elif i - 1 in near and i < busy[-1]:
            print()

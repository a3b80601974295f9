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


@functools.cache
def codes(script):
    """What each part of a script does, by its name, both as if all spelled alike."""
    parts = script.parts.items()
    return {spelled(name): spelled(ast.unparse(part.node)) for name, part in parts}


def source(name, script, known):
    """Which of some known scripts has a part of another one, and whether unchanged; the
    first that has it unchanged, or else the first that has the name.
    """
    key, code = spelled(name), codes(script)[spelled(name)]
    having = [other for other in known if key in codes(other)]
    same = [other for other in having if codes(other)[key] == code]
    return [*same, *having, None][0], bool(same)


# ---- Lines, as tuples: the last item is compared, the one before it is shown


def statements(nodes):
    """The lines of some statements as Python itself writes them: their number in the
    script, themselves, and as if all spelled alike.
    """
    module = ast.Module([*nodes], [])
    code = ast.unparse(module)
    places = zip(heads(ast.parse(code)), heads(module))
    numbers = {new.lineno: old.lineno for new, old in places}
    lines = [line for line in enumerate(code.split("\n"), 1) if line[1]]
    return [(numbers.get(n, ""), line, spelled(line)) for n, line in lines]


def heads(tree):
    return [x for x in ast.walk(tree) if isinstance(x, ast.stmt | ast.excepthandler)]


def program(script):
    """The lines of a script that neither define nor import, and those of main()."""
    nodes = []
    for node in script.tree.body:
        test = ast.unparse(node.test) if isinstance(node, ast.If) else ""
        inner = getattr(node, "name", None) == "main" or "__name__" in test
        nodes += node.body if inner else [node]
    nodes = [node for node in nodes if not isinstance(node, DEFINES)]
    return statements([x for x in nodes if ast.unparse(x) != "main()"])


def body(node):
    """The lines of a part, of a class without its methods."""
    if isinstance(node, ast.FunctionDef):
        return statements([node])
    head = copy.copy(node)
    head.body = []
    line = ast.unparse(head)
    own = [n for n in node.body if not isinstance(n, ast.FunctionDef)]
    return [(node.lineno, line, spelled(line)), *statements(own)]


def matched(old, new):
    """The matcher of two lists of lines."""
    compared = [[line[-1] for line in lines] for lines in (old, new)]
    return SequenceMatcher(None, *compared, autojunk=False)


def signed(kind, old, new):
    """Yield the lines of a block, each after its sign; > and < are lines that have only
    moved in or out.
    """
    if kind == "equal":
        yield from ((" ", *line) for line in new)
        return
    stripped = [[(line[-1].strip(),) for line in lines] for lines in (old, new)]
    for kind, *place in matched(*stripped).get_opcodes():
        before, after = old[slice(*place[:2])], new[slice(*place[2:])]
        if kind == "equal":
            for (*_, was), line in zip(before, after):
                further = len(line[-1]) - len(was)
                yield (">" if further > 0 else "<" if further else " ", *line)
        else:
            yield from (("-", *line) for line in before)
            yield from (("+", *line) for line in after)


# ---- What is shown


def show_changes(old, new, earlier, right=()):
    """Print the names of what is new in a script, changed or gone, then its lines.

    What an earlier script has too is only named, and shown where it has changed since;
    so are the parts of a reader that are right, however they are written.
    """
    groups, blocks = {}, []
    for name, title, block in fates(old, new, earlier, right):
        groups.setdefault(title, []).append(name)
        blocks += [block] if block else []
    for title, names in groups.items():
        print(fill(f"{title}: {', '.join(names)}", 88, subsequent_indent="    "))
    programs = program(old), program(new)
    if not groups and not different(*programs):
        print("The code is the same.")
    for block in blocks:
        show_lines(*block)
    show_program(old, new, *programs)


def fates(old, new, earlier, right):
    """Yield what has become of each part: its name, what to call it, and the heading and
    lines to show, or None. A class stands for its methods where all share its fate.
    """
    known = [old, *reversed(earlier)]
    found = {name: source(name, new, known) for name in new.parts}
    whole = {n for n, (script, same) in found.items() if same or not script}
    for name, (script, same) in found.items():
        node = new.parts[name].node
        if name.rpartition(".")[0] in {*whole, *right} or name == "main":
            continue
        if same:
            if script is not old:
                yield name, f"Unchanged from {script.title}", None
        elif name in right:
            yield name, "Written differently, and right", None
        elif script:
            parts = {spelled(n): part for n, part in script.parts.items()}
            was, now = body(parts[spelled(name)].node), body(node)
            if different(was, now):
                heading = f"{name}, {script.title} (-) and {new.title} (+)"
                since = "" if script is old else f" since {script.title}"
                yield name, f"Changed{since}", (heading, was, now)
        else:  # readers know what they wrote
            block = f"{name}, new in {new.title}", [], statements([node])
            yield name, "New", block if new.ours else None
    gone = [name for name in old.parts if spelled(name) not in codes(new)]
    for name in gone:
        if name.rpartition(".")[0] not in {*gone, *right}:
            yield name, "Gone" if new.ours else f"Not in {new.title}", None


def different(old, new):
    return [line[-1] for line in old] != [line[-1] for line in new]


def show_program(old, new, *programs):
    if not new.ours:  # what it prints is compared, and pictures are no matter
        look = re.compile(r" *(print|plt|drawregions|losses)\b")
        programs = [[x for x in some if not look.match(x[-1])] for some in programs]
    if not new.ours and matched(*programs).ratio() < 0.5:
        print(f"\nMost of the program of {new.title} is written in another way.")
    else:
        show_lines(f"The program, {old.title} (-) and {new.title} (+)", *programs)


def show_lines(title, old, new):
    """Print where lines differ, with two of them before and after."""
    if different(old, new):
        print()
        say(f"=== {title}")
    for number, group in enumerate(matched(old, new).get_grouped_opcodes(2)):
        if number:
            print()
        for kind, a, b, c, d in group:
            for sign, n, line, _ in signed(kind, old[a:b], new[c:d]):
                say(f"{sign} {n:>3}  {line[:1000]}")

"""Shows how the code of two scripts differs: what it does, not how it is written."""

import ast
import copy
import functools
import re
from difflib import SequenceMatcher
from itertools import groupby
from textwrap import fill

from tour.terminal import say

GAP = "..."  # where a listing leaves parts out
BLOCKS = "body", "handlers", "orelse", "finalbody"


# ---- Which parts differ


def spelled(text):
    """Code or a name as if all spelled it alike: LayerDense as Layer_Dense."""
    return text.lower().replace("_", "")


@functools.cache
def codes(script):
    """What each part of a script does, by its name, both as if all spelled alike."""
    parts = script.parts.items()
    return {spelled(name): spelled(ast.unparse(part.node)) for name, part in parts}


def kept(old, new, earlier):
    """The names of a script's parts that do the same in both, and {name: script} of
    those that do the same in an earlier one only.
    """
    same, back = [], {}
    for name in new.parts:
        key = spelled(name)
        having = [s for s in [*earlier, old] if codes(s).get(key) == codes(new)[key]]
        if old in having:
            same.append(name)
        elif having:
            back[name] = having[-1]
    return same, back


def visible(script, hidden):
    """Line numbers and lines of a script, without those of some of its parts."""
    places = [script.parts[name].place for name in hidden]
    gone = {n + 1 for place in places for n in range(place.start, place.stop)}
    lines = [(n, GAP if n in gone else line) for n, line in script.code.items()]
    groups = groupby(lines, key=lambda pair: pair[1] == GAP)
    return [x for gap, group in groups for x in ([next(group)] if gap else group)]


# ---- Which lines differ


def matched(old, new):
    """The matcher of two lists of (place, line); the places do not count."""
    large = len(old) * len(new) > 10**6  # then the most frequent lines don't count
    plain = [[line for _, line in lines] for lines in (old, new)]
    return SequenceMatcher(None, *plain, autojunk=large)


def signed(kind, old, new):
    """Yield the lines of a block, each with its sign and place; > and < are lines that
    have only moved in or out.
    """
    if kind == "equal":
        yield from ((" ", *line) for line in new)
        return
    stripped = [[(n, line.strip()) for n, line in lines] for lines in (old, new)]
    for kind, *place in matched(*stripped).get_opcodes():
        before, after = old[slice(*place[:2])], new[slice(*place[2:])]
        if kind == "equal":
            for (_, was), line in zip(before, after):
                further = len(line[1]) - len(was)
                yield (">" if further > 0 else "<" if further else " ", *line)
        else:
            yield from (("-", *line) for line in before)
            yield from (("+", *line) for line in after)


def statements(script, nodes, depth=0, start=""):
    """Yield the statements of some nodes, those in their blocks too, as pairs: the lines
    where one stands, as (script, first, last), and its code, as if all spelled alike.
    """
    lines = script.text.split("\n")
    for node in nodes:
        blocks = {name: getattr(node, name, []) for name in BLOCKS}
        head = copy.copy(node)
        for name in node._fields:
            if name in BLOCKS:
                setattr(head, name, [])
        inside = [ast.walk(child) for child in ast.iter_child_nodes(head)]
        ends = [getattr(n, "end_lineno", 0) for found in inside for n in found]
        place = script, node.lineno, max([node.lineno, *ends])
        yield place, "    " * depth + start + spelled(ast.unparse(head).strip())
        for name, block in blocks.items():
            if not block or name in ("body", "handlers"):
                yield from statements(script, block, depth + (name == "body"))
            elif lines[block[0].lineno - 1].strip().startswith("elif"):
                yield from statements(script, block, depth, "el")
            else:
                word = "else" if name == "orelse" else "finally"
                yield (
                    (script, *2 * [line_of(word, lines, block)]),
                    "    " * depth + word,
                )
                yield from statements(script, block, depth + 1)


def line_of(word, lines, block):
    """The number of the line with a word right before a block, or on its first line."""
    number = block[0].lineno
    while not lines[number - 1].strip().startswith(word):
        number -= 1
    return number


def program(script):
    """The statements of a script that neither define nor import, and those of main()."""
    nodes = []
    for node in script.tree.body:
        test = ast.unparse(node.test) if isinstance(node, ast.If) else ""
        inner = getattr(node, "name", None) == "main" or "__name__" in test
        nodes += node.body if inner else [node]
    kinds = ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef
    nodes = [node for node in nodes if not isinstance(node, kinds)]
    nodes = [node for node in nodes if ast.unparse(node) != "main()"]
    return [*statements(script, nodes)]


def body(part):
    """The statements of a part, of a class without its methods."""
    node = part.node
    if isinstance(node, ast.ClassDef):
        node = copy.copy(node)
        node.body = [n for n in node.body if not isinstance(n, ast.FunctionDef)]
    return [*statements(part.script, [node])]


# ---- What is shown


def show_changes(old, new, earlier, right=(), living=()):
    """Print the names of what is new in a script, changed or gone, then its lines.

    What an earlier script has too is only named, and shown where it has changed since;
    so are the parts of a reader that are right, however they are written. living has the
    old names of what a reader calls in another way.
    """
    groups, blocks = {}, []
    for name, title, block in [*fates(old, new, earlier, right, living)]:
        groups.setdefault(title, []).append(name)
        blocks.append(block)
    for title, names in groups.items():
        print(fill(f"{title}: {', '.join(names)}", 88, subsequent_indent="    "))
    lines = program(old), program(new)
    if not groups and not different(*lines):
        print("The code is the same.")
    for block in filter(None, blocks):
        show_lines(*block)
    show_program(old, new, *lines)


def fates(old, new, earlier, right, living):
    """Yield what has become of each part: its name, what to call it, and the heading and
    statements to show, or None. A class stands for its methods where all share its fate.
    """
    same, back = kept(old, new, earlier)
    found = {name: before(name, old, earlier) for name in new.parts}
    for name, part in new.parts.items():
        owner = name.rpartition(".")[0]
        with_class = owner in {*back, *right} or (owner and not found[owner])
        if with_class or name in {*same, "main"}:
            continue
        if name in right:
            yield name, "Written differently, and right", None
        elif name in back:
            yield name, f"Unchanged from {back[name].title}", None
        elif found[name]:
            script, known = found[name]
            lines = body(known), body(part)
            if different(*lines):
                title = "Changed" if script is old else f"Changed since {script.title}"
                heading = f"{name}, {script.title} (-) and {new.title} (+)"
                yield name, title, (heading, *lines)
        elif new.ours:
            lines = [*statements(part.script, [part.node])]
            yield name, "New", (f"{name}, new in {new.title}", [], lines)
        else:  # readers know what they wrote
            yield name, "New", None
    gone = {name for name in old.parts if spelled(name) not in codes(new)}
    known = {spelled(name) for name in [*gone, *right, *living]}
    for name in old.parts:
        owner = name.rpartition(".")[0]
        if name in gone - {*living} and spelled(owner) not in known:
            yield name, "Gone" if new.ours else f"Not in {new.title}", None


def before(name, old, earlier):
    """The script that had a part last, and its part; None if there is none."""
    for script in [old, *reversed(earlier)]:
        for known, part in script.parts.items():
            if spelled(known) == spelled(name):
                return script, part
    return None


def different(old, new):
    return [code for _, code in old] != [code for _, code in new]


def show_program(old, new, *lines):
    if not new.ours:  # what it prints is compared, and pictures are no matter
        look = re.compile(r" *(print|plt|drawregions|losses)\b")
        lines = [[x for x in some if not look.match(x[1])] for some in lines]
    if not new.ours and matched(*lines).ratio() < 0.5:
        print(f"\nMost of the program of {new.title} is written in another way.")
    else:
        show_lines(f"The program, {old.title} (-) and {new.title} (+)", *lines)


def show_lines(title, old, new):
    """Print where statements differ, with two of them before and after."""
    if different(old, new):
        print()
        say(f"=== {title}")
    for number, group in enumerate(matched(old, new).get_grouped_opcodes(2)):
        if number:
            print()
        lines = [
            x for kind, a, b, c, d in group for x in signed(kind, old[a:b], new[c:d])
        ]
        places = dict.fromkeys((sign, *place) for sign, place, _ in lines)
        for sign, script, first, last in places:  # a line may have two statements
            show_statement(sign, script, first, last)


def show_statement(sign, script, first, last):
    lines = script.text.split("\n")
    for number in range(first, last + 1):
        say(f"{sign} {number:3}  {lines[number - 1][:1000]}")

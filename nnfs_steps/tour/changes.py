"""Shows how the code of two scripts differs."""

from difflib import SequenceMatcher
from itertools import groupby
from textwrap import fill

from tour.differences import say


def show_changes(old, new, earlier):
    """Print what is new in a script, changed or gone, by name and as lines.

    What an earlier script has to the letter is named and not shown.
    """
    same, back = kept(old, new, earlier)
    for title, found in named(old, new, earlier, back):
        if found:
            text = f"{title}: {', '.join(found)}"
            print(fill(text, 88, subsequent_indent="    "))
    print()
    hidden = [*same, *back]
    show_lines(visible(old, same), visible(new, hidden), old.title, new.title)


def kept(old, new, earlier):
    """The names of a script's parts that are the same in both, and {name: script} of
    those that are the same in an earlier one only.
    """
    same = [name for name in new.parts if new.source(name) == old.source(name)]
    back = {}
    for name in new.parts:
        found = [s for s in earlier if s.source(name) == new.source(name)]
        if found and new.parts[name].place and name not in same:
            back[name] = found[-1]
    return same, back


def named(old, new, earlier, back):
    """Yield what to say of each kind of difference: a title, and names."""
    before, now = old.parts, new.parts
    changed = [n for n in now if n in before and now[n].text != before[n].text]
    # The docstring of a class may change with its methods
    owners = {name.rpartition(".")[0] for name in changed}
    added = whole([n for n in now if n not in before], now.keys() - before)
    gone = whole([n for n in before if n not in now], before.keys() - now)
    returned = {}
    for name in [*added, *changed]:
        having = [s for s in earlier if name in s.parts and now[name].place]
        script = back.get(name) or (having[-1] if having and name in added else None)
        if script:
            others = [n for n in now if n.startswith(f"{name}.")]
            others = [n for n in others if new.source(n) != script.source(n)]
            but = ", ".join(n.rpartition(".")[2] for n in others)
            returned.setdefault(script.title, {})[name] = f" (but {but})" * bool(but)
    known = {name for names in returned.values() for name in names}
    for title, names in [
        ("New", [n for n in added if now[n].place and n not in known]),
        ("Changed", [n for n in changed if now[n].place and n not in known | owners]),
        ("Gone", [n for n in gone if before[n].place]),
    ]:
        yield title, names
    for title, names in returned.items():
        yield f"Back from {title}, and not shown", [n + names[n] for n in names]
    for title, names, parts in [
        ("Program, new names", added, now),
        ("Program, changed", changed, now),
        ("Program, gone", gone, before),
    ]:
        yield title, [name for name in names if not parts[name].place]


def whole(names, classes):
    """Names without the methods of classes that are there as a whole."""
    return [name for name in names if name.rpartition(".")[0] not in classes]


GAP = "..."  # in place of parts that are not shown


def visible(script, hidden):
    """Line numbers and lines of a script, without those of some of its parts."""
    places = [script.parts[n].place for n in hidden if script.parts[n].place]
    gone = {n + 1 for place in places for n in range(place.start, place.stop)}
    lines = [(n, GAP if n in gone else line) for n, line in script.code.items()]
    groups = groupby(lines, key=lambda pair: pair[1] == GAP)
    return [x for gap, group in groups for x in ([next(group)] if gap else group)]


def show_lines(old, new, before, after):
    """Print what differs, with two lines before and after; > and <: moved in and out."""
    groups = [*matched(old, new).get_grouped_opcodes(2)]
    if groups:
        print(f"Lines of {before} (-) and {after} (+), by their numbers in each file:")
    for group in groups:
        print()
        for place, (kind, a, b, c, d) in enumerate(group):
            block = new[c:d]
            if kind == "equal" and place in (0, len(group) - 1):
                block = beside(block, last=not place)
            for sign, n, line in signed(kind, old[a:b], block):
                say("" if line == GAP else f"{sign} {n:3}  {line}")
    if not groups:
        print("The code is the same.")


def beside(lines, last):
    """The lines after the last gap, or before the first."""
    gaps = [n for n, (_, line) in enumerate(lines) if line == GAP]
    if gaps:
        return lines[gaps[-1] + 1 :] if last else lines[: gaps[0]]
    return lines


def signed(kind, old, new):
    """Yield the lines of a block, each with its sign and number."""
    if kind == "equal":
        yield from ((" ", *line) for line in new)
        return
    # What only moved to the right or left is the same line
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


def matched(old, new):
    """The matcher of two lists of lines with their numbers, which do not count."""
    large = len(old) * len(new) > 10**6  # then the most frequent lines don't count
    plain = [[line for _, line in lines] for lines in (old, new)]
    return SequenceMatcher(None, *plain, autojunk=large)

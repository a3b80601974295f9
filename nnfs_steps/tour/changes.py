"""Shows how the code of two scripts differs."""

from difflib import SequenceMatcher
from itertools import groupby
from textwrap import fill

from tour.differences import say


def show_changes(old, new, earlier):
    """Print what is new in a script, changed or gone, by name and as lines.

    What an earlier script has to the letter is named and not shown.
    """
    names, same, back = compared(old, new, earlier)
    for title, found in names.items():
        if found or title in ("New", "Changed"):
            text = f"{title}: {', '.join(found) or 'nothing'}"
            print(fill(text, 88, subsequent_indent="    "))
    print()
    show_lines(visible(old, same), visible(new, [*same, *back]))


def compared(old, new, earlier):
    """The names of what is new, changed and so on in a script, {title: [name, ...]};
    those of the parts that are the same in both; and {name: script} of those that are
    the same in an earlier script only.
    """
    before, now = old.parts, new.parts
    same = [n for n in now if new.source(n) == old.source(n)]
    back = {}
    for name in now:
        if now[name].place and name not in same:
            found = [s for s in earlier if s.source(name) == new.source(name)]
            back |= {name: found[-1]} if found else {}
    there = [n for n in now if n not in before and n not in back]
    changed = [n for n in now if n in before and n not in back]
    changed = [n for n in changed if now[n].text != before[n].text]
    # The docstring of a class may change with its methods
    owners = {name.rpartition(".")[0] for name in changed}
    names = {
        "New": whole(there, now.keys() - before),
        "Changed": [name for name in changed if name not in owners],
        "Gone": whole([n for n in before if n not in now], before.keys() - now),
    }
    for script in dict.fromkeys(back.values()):
        some = [name for name in back if back[name] is script]
        names[f"Back from {script.name.lower()}"] = whole(some, some)
    return names, same, back


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


def show_lines(old, new):
    """Print what differs, with two lines before and after; > and <: moved in and out."""
    groups = [*matched(old, new).get_grouped_opcodes(2)]
    for number, group in enumerate(groups):
        print(end="\n" * bool(number))
        for place, (kind, a, b, c, d) in enumerate(group):
            block = new[c:d]
            if kind == "equal" and place in (0, len(group) - 1):
                block = beside(block, last=not place)
            for sign, line_number, line in signed(kind, old[a:b], block):
                say("" if line == GAP else f"{sign} {line_number:3}  {line}")
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

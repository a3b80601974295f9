"""Makes what a script prints its record."""

import contextlib
import tempfile
from itertools import dropwhile, takewhile

from tour.differences import show_difference
from tour.project import Mistake, run
from tour.scripts import write

MARK = "\n# Output:\n"
LONG = 20  # lines; a longer output is shortened to
SHOWN = 5  # lines at its start and at its end


def kept(record, output):
    """For each line of an output whether its record keeps it.

    Each "..." of the record stands for a line or more, and for as few as will do.
    Raises ValueError with the line of the record that does not fit.
    """
    flags, start = [], 0
    dots = [number for number, line in enumerate(record) if line == "..."]
    for end in [*dots, len(record)]:
        block, last = record[start:end], end == len(record)
        at = len(flags) + (start > 0)  # one line at least for the dots
        if start and last:
            at = max(at, len(output) - len(block))
        elif start:
            places = range(at, len(output))
            fits = (n for n in places if output[n : n + len(block)] == block)
            at = next(fits, len(output))
        found = output[at:] if last else output[at : at + len(block)]
        if found != block or at > len(output):
            same = (ours == theirs for ours, theirs in zip(block, found))
            number = start + sum(takewhile(bool, same))
            text = [*record, "its end"][number]
            where = f"line {number + 1}, {text}"
            raise ValueError(f"its record does not fit its whole output: {where}")
        flags += [False] * (at - len(flags)) + [True] * len(block)
        start = end + 1
    return flags


def shorten(output, record):
    """Return the record of an output; a shortened one keeps its shape if it can."""
    if record and "..." in record:
        with contextlib.suppress(ValueError):
            kept(record, output)
            return record
    if len(output) > LONG:
        return [*output[:SHOWN], "...", *output[-SHOWN:]]
    return output


def recorded(script):
    """All that the script printed when it was last recorded, or None."""
    try:
        return script.output
    except FileNotFoundError:
        return None


def record(script):
    """Run a script and write its record; say, and return, whether it has changed."""
    with tempfile.TemporaryDirectory() as folder:
        output = run(script, cwd=folder)
    for line in output:
        if line == "..." or line != line.rstrip():
            raise Mistake(
                f"{script.path.name} prints the line {line!r}; print no line of three "
                "dots, which stand for lines left out, and no spaces at a line's end"
            )
    before = recorded(script)
    lines = shorten(output, script.record)
    if "..." in lines:
        write(script.whole_path, "".join(f"{line}\n" for line in output))
    else:
        script.whole_path.unlink(missing_ok=True)
    text = script.path.read_bytes().decode()
    program, found, rest = text.rpartition(MARK)
    if not found:
        program, rest = text, ""
    after = dropwhile(lambda x: x.startswith("#"), rest.splitlines(True))
    block = "".join(f"# {line}".rstrip() + "\n" for line in lines)
    write(script.path, program + MARK + block + "".join(after))

    if before == output:
        print(f"{script.name}: prints what is recorded")
        return False
    if before is None:
        print(f"{script.name}: first record")
    else:
        print(f"{script.name} left its record.")
        show_difference(script, before, output)
    return True

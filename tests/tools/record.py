"""Makes what a script prints its record."""

import re
import tempfile

from tour.outputs import Run, show_difference
from tour.project import Mistake, run
from tour.scripts import write

MARK = "\n# Output:\n"
LONG = 20  # lines; a longer output is shortened to
SHOWN = 5  # lines at its start and at its end


def fits(record, output):
    """Whether a record, in which "..." stands for a line or more, is of an output."""
    dots = {"...": r"(.*\n)+?"}
    parts = [dots.get(line, re.escape(f"{line}\n")) for line in record]
    return bool(re.fullmatch("".join(parts), "".join(f"{line}\n" for line in output)))


def shorten(output, record):
    """Return the record of an output; a shortened one keeps its shape if it can."""
    if record and "..." in record and fits(record, output):
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
    program = text.rpartition(MARK)[0] or text
    block = "".join(f"# {line}".rstrip() + "\n" for line in lines)
    write(script.path, program + MARK + block)
    if before == output:
        print(f"{script.name}: prints what is recorded")
        return False
    if before is None:
        print(f"{script.name}: first record")
    else:
        print(f"{script.name} left its record.")
        show_difference(Run(script, output), before)
    return True

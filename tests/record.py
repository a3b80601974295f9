"""Make what scripts print their record: python tests/record.py 7 8, or concept 4"""

import contextlib
import itertools
import tempfile

from project import ROOT, Mistake, Parser, command, find, kept, run, write
from tour.records import show_difference
from tour.scripts import scripts_in

MARK = "\n# Output:\n"
LONG = 20  # lines; a longer output is shortened to
SHOWN = 5  # lines at its start and at its end


def shorten(output, record):
    """Return the record of an output; a shortened one keeps its shape if it can."""
    if record and "..." in record:
        with contextlib.suppress(ValueError):
            kept(record, output)
            return record
    if len(output) > LONG:
        return [*output[:SHOWN], "...", *output[-SHOWN:]]
    return output


def record(script):
    """Run a script, write its record, and say what has changed."""
    with tempfile.TemporaryDirectory() as folder:
        output = run(script, cwd=folder)
    for line in output:
        if line == "..." or line != line.rstrip():
            raise Mistake(
                f"{script.path.name} prints the line {line!r}; print no line of three "
                "dots, which stand for lines left out, and no spaces at a line's end"
            )
    try:
        before = script.output
    except FileNotFoundError:
        before = None

    lines = shorten(output, script.record)
    if "..." in lines:
        write(script.whole_path, "".join(f"{line}\n" for line in output))
    else:
        script.whole_path.unlink(missing_ok=True)
    text = script.path.read_bytes().decode()
    program, found, rest = text.rpartition(MARK)
    if not found:
        program, rest = text, ""
    after = itertools.dropwhile(lambda x: x.startswith("#"), rest.splitlines(True))
    block = "".join(f"# {line}".rstrip() + "\n" for line in lines)
    write(script.path, program + MARK + block + "".join(after))

    if before is None:
        print(f"{script.name}: first record")
    elif before == output:
        print(f"{script.name}: nothing changed")
    else:
        print(f"{script.name} left its record.")
        show_difference(script, before, output)


def main(arguments, root=ROOT):
    parser = Parser(description=__doc__)
    parser.add_argument("words", nargs="+", metavar="N", help="a step, or concept N")
    words = parser.parse_args(arguments).words
    concept = words[0] == "concept"
    scripts = scripts_in(root / ("concepts" if concept else "nnfs_steps"))
    for script in [find(word, scripts) for word in words[concept:]]:
        record(script)


if __name__ == "__main__":
    command(main)

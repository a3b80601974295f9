"""Bring all up to date after a change: python tests/tools/update.py 10, or concept 4

What you changed in the classes and functions of a step since the last commit, the later
steps take over; those that can't are named: change the first of them by hand, and begin
again from there. Each changed script runs, and what it prints becomes its record. The
README shows what the headers say. Without a number only this is done. What takes longer
is named at the end.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "nnfs_steps"))

import readme
import seeds
from carry import carry
from record import record
from tour.project import ROOT, Mistake, Parser, command, find
from tour.scripts import scripts_in


def by_hand(scripts, changed):
    """Yield what is to be made anew besides, and the command that does it."""
    if any("plt.show()" in script.text for script in scripts):
        yield "pictures, if yours shows something else", "assets/draw.py"
    steps = [script.number for script in changed if script.kind == "Step"]
    if trained := [str(number) for number in steps if number in seeds.TRAINED]:
        yield "ten seeds", f"tests/tools/seeds.py {' '.join(trained)}"
    if scripts:
        yield "the page, to look at", "assets/page.py"


def main(arguments, root=ROOT):
    parser = Parser(description=__doc__)
    parser.add_argument("words", nargs="*", metavar="N", help="a step, or concept N")
    words = parser.parse_args(arguments).words
    concept = words[:1] == ["concept"]
    scripts = scripts_in(root / ("concepts" if concept else "nnfs_steps"))
    touched = [find(word, scripts) for word in words[concept:]]
    if len(touched) > 1:
        raise Mistake("one script at a time: what you changed in it is carried on")
    if touched and not concept:
        touched += carry(*touched, scripts)
    changed = [script for script in touched if record(script)]
    readme.update(root)
    for what, tool in by_hand(touched, changed):
        print(f"Still to do, {what}: python {tool}")


if __name__ == "__main__":
    command(main)

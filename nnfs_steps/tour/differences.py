"""Shows outputs in the form of their records, and how outputs differ."""

import difflib
import os
import shutil
import sys
from itertools import chain, groupby, repeat

LONG = 12  # lines; what is longer is shortened
TERMINAL = sys.stdout and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def say(line):
    """Print a line, on a terminal in the colour that its first character has."""
    colour = {"-": 31, "+": 32, "@": 36, "=": 1}.get(line[:1])
    plain = not colour or not TERMINAL or os.environ.get("NO_COLOR")
    print(line if plain else f"\033[{colour}m{line}\033[0m")


def shortened(lines):
    if len(lines) > LONG:
        left_out = f"... {len(lines) - LONG} more lines ..."
        lines = [*lines[: LONG // 2], left_out, *lines[-LONG // 2 :]]
    return [line[:1000] for line in lines]


def show_output(lines, flags):
    """Print lines as they come; those that the record leaves out pass in place."""
    width = shutil.get_terminal_size().columns - 1
    flags = chain(flags, repeat(True, LONG), repeat(False))  # there may be more lines
    for keep, group in groupby(zip(lines, flags), key=lambda pair: pair[1]):
        for line, _ in group:
            if keep:
                print(line[:1000])
            elif TERMINAL:
                print("\r" + line[:width].ljust(width), end="", flush=True)
        if not keep:
            print("\r" + "...".ljust(width) if TERMINAL else "...")


def show_changes(old, new):
    """Print the lines in which a recorded and a printed output differ."""
    print("The lines that differ, recorded (-) and printed (+):")
    changes = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]
    for sign in "-+":
        lines = [f"{sign} {line[1:]}" for line in changes if line[0] == sign]
        for line in shortened(lines):
            say(line)

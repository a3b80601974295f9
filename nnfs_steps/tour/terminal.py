"""How lines look: their colours, and what is left out."""

import os
import sys

LONG = 20  # lines; what is longer is shortened
COLOURS = {"-": 31, "+": 32, ">": 36, "<": 36, "=": 1}


def say(line):
    """Print a line, on a terminal in the colour that its first character has."""
    colour = COLOURS.get(line[:1])
    if colour and sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        line = f"\033[{colour}m{line}\033[0m"
    print(line)


def shortened(lines):
    """Lines without those in the middle, if they are many; none too long."""
    if len(lines) > LONG:
        left_out = f"... {len(lines) - LONG} more lines ..."
        lines = [*lines[: LONG // 2], left_out, *lines[-LONG // 2 :]]
    return [line[:1000] for line in lines]

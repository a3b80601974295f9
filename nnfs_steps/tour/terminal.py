"""How lines look: their colours, their width, what is left out, what passes by."""

import os
import shutil
import sys

LONG = 12  # lines; what is longer is shortened
COLOURS = {"-": 31, "+": 32, ">": 36, "<": 36, "=": 1}


def on_terminal():
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def say(line):
    """Print a line, on a terminal in the colour that its first character has."""
    colour = COLOURS.get(line[:1])
    if colour and on_terminal() and not os.environ.get("NO_COLOR"):
        line = f"\033[{colour}m{line}\033[0m"
    print(line)


def width():
    return shutil.get_terminal_size((88, 24)).columns - 1


def pass_by(text):
    """Show on a terminal what we are doing; the next such line replaces it."""
    if on_terminal():
        print("\r" + text[: width()].ljust(width()), end="\r", flush=True)


def shortened(lines):
    """Lines without those in the middle, if they are many; none too long."""
    if len(lines) > LONG:
        left_out = f"... {len(lines) - LONG} more lines ..."
        lines = [*lines[: LONG // 2], left_out, *lines[-LONG // 2 :]]
    return [line[:1000] for line in lines]

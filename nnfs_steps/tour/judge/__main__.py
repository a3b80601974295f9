"""Judges a file in a process of its own: __main__.py FILE [STEP]; see process.py."""

import sys
from pathlib import Path

sys.path[:1] = [str(Path(__file__).parents[2])]  # not this folder, which has a calls.py

from tour.judge.process import main  # noqa: E402

main(*sys.argv[1:])

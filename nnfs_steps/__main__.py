"""The tour through the steps. What it can do: python nnfs_steps --help"""

import sys

if sys.version_info < (3, 11):
    sys.exit("The steps need Python 3.11 or newer, not %d.%d" % sys.version_info[:2])

from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # python -m nnfs_steps doesn't

from tour.commands import main

sys.exit(main())

"""The tour through the steps. What it can do: python nnfs_steps --help"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # python -m nnfs_steps doesn't

from tour.commands import main

sys.exit(main())

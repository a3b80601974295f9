"""The tour: run all steps in order and hold what each prints to its record.

Run: python nnfs_steps
"""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

STEPS = sorted(Path(__file__).parent.glob("[0-9][0-9]_*.py"))


def read_record(source):
    """The lines of the comment block '# Output:' that ends a script."""
    _, _, block = source.rpartition("\n# Output:\n")
    return [line[2:] for line in block.splitlines()]


def fits(record, output):
    """Whether the output is what the record says; '...' stands for lines left out."""
    pattern = "".join(r"(.*\n)*?" if line == "..." else re.escape(line + "\n")
                      for line in record)
    return re.fullmatch(pattern, output) is not None


def main():
    agreed = 0
    for step in STEPS:
        source = step.read_text(encoding="utf-8")
        idea = ast.get_docstring(ast.parse(source)).partition("\n\n")[0]
        print(f"\n=== {idea}\n", flush=True)
        # The template backend draws nothing and opens no window.
        process = subprocess.run([sys.executable, step], stdout=subprocess.PIPE, text=True,
                                 env={**os.environ, "MPLBACKEND": "template"})
        print(process.stdout, end="")
        if process.returncode == 0 and fits(read_record(source), process.stdout):
            agreed += 1
        else:
            print("--- not what the record at the end of the script says")
    print(f"\n{agreed} of {len(STEPS)} steps print what they should")
    return 0 if agreed == len(STEPS) else 1


if __name__ == "__main__":
    sys.exit(main())

"""The classes of step 10 without its program, whose nnfs.init() would change NumPy here."""

import ast

import numpy as np  # noqa: F401, for the classes
from project import STEPS, read

SOURCE = "\n\n".join(ast.get_source_segment(read(STEPS[9]), node)
                     for node in ast.parse(read(STEPS[9])).body
                     if isinstance(node, ast.ClassDef))
exec(SOURCE)

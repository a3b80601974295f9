"""The steps as the judge needs them: their classes, which came first, and with slips."""

import ast
import functools
import re

from tour.judge.things import names_of
from tour.project import STEPS

DEFINES = ast.ClassDef | ast.FunctionDef
IMPORTS = ast.Import | ast.ImportFrom
FIRST = 5  # the first step that defines a class
SCRIPTS = {script.number: script for script in STEPS}


@functools.cache
def step(number):
    """What a step defines, by name; without matplotlib, which takes long to import."""
    body = SCRIPTS[number].tree.body
    imports = [node for node in body if isinstance(node, IMPORTS)]
    imports = [node for node in imports if "matplotlib" not in ast.unparse(node)]
    body = imports + [node for node in body if isinstance(node, DEFINES)]
    space = {"__name__": "step"}
    exec(compile(ast.Module(body, []), "step", "exec"), space)
    return space


def first_step(kind, last, names):
    """The first step up to the last whose class has all these methods and settings, of
    those that the last one's has.
    """
    steps = [n for n in range(FIRST, last + 1) if kind in step(n)]
    has = {n: vars(step(n)[kind]).keys() | names_of(step(n)[kind]) for n in steps}
    return next(n for n in steps if names & has[last] <= has[n])


def slipped(kind, number, method, old, new):
    """Yield the step's class with a slip: everywhere, then in each place alone."""
    cls = step(number)[kind]
    for name, part in SCRIPTS[number].parts.items():
        if re.fullmatch(rf"{kind}\.({method})", name):
            text = ast.unparse(part.node)
            starts = [found.start() for found in re.finditer(old, text, re.M)]
            changed = [re.sub(old, new, text, flags=re.M)] if starts else []
            for start in starts if len(starts) > 1 else []:
                rest = re.sub(old, new, text[start:], count=1, flags=re.M)
                changed.append(text[:start] + rest)
            for code in changed:
                space = dict(step(number))
                exec(compile(code, "slip", "exec"), space)
                name = part.node.name
                yield type(kind, (cls,), {name: space[name]})

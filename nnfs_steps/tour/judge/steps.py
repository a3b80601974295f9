"""The steps as the judge needs them: their classes, which came first, and with slips."""

import ast
import functools
import inspect
import re

from tour.judge.things import settings
from tour.project import STEPS

DEFINES = ast.ClassDef | ast.FunctionDef | ast.Import | ast.ImportFrom
FIRST = 5  # the first step that defines a class
SCRIPTS = {script.number: script for script in STEPS}


@functools.cache
def step(number):
    """What a step defines, by name; without matplotlib, which takes long to import."""
    body = [node for node in SCRIPTS[number].tree.body if isinstance(node, DEFINES)]
    body = [node for node in body if "import matplotlib" not in ast.unparse(node)]
    space = {"__name__": "step"}
    exec(compile(ast.Module(body, []), "step", "exec"), space)
    return space


def as_class(part):
    """A function as a class that has it, so that both are judged alike."""
    if not inspect.isfunction(part):
        return part
    name, place = part.__name__, part.__module__
    return type(name, (), {name: staticmethod(part), "__module__": place})


def first_step(kind, last, names):
    """The first step up to the last whose class has all these methods and settings, of
    those that the last one's has.
    """
    steps = [n for n in range(FIRST, last + 1) if kind in step(n)]
    has = {
        n: vars(step(n)[kind]).keys() | settings(step(n)[kind]).keys() for n in steps
    }
    return next(n for n in steps if names & has[last] <= has[n])


def slipped(kind, number, method, old, new):
    """Yield the step's class with a slip: everywhere, then in each place alone."""
    own = step(number)[kind]
    for name, part in SCRIPTS[number].parts.items():
        if re.fullmatch(rf"{kind}\.({method})", name):
            text = ast.unparse(part.node)
            places = [*re.finditer(old, text, re.M)]
            for some in [places, *([place] for place in places)] if places else []:
                code = text
                for place in reversed(some):
                    start, end = place.span()
                    code = code[:start] + place.expand(new) + code[end:]
                space = dict(step(number))
                exec(compile(code, "slip", "exec"), space)
                yield type(kind, (own,), {part.node.name: space[part.node.name]})

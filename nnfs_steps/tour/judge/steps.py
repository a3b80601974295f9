"""The steps as the judge needs them: their classes, which came first, and with slips."""

import ast
import functools
import re

from tour.scripts import STEPS

DEFINES = ast.ClassDef | ast.FunctionDef
IMPORTS = ast.Import | ast.ImportFrom
FIRST = 5  # the first step that defines a class


@functools.cache
def tree_of(number):
    [path] = STEPS.glob(f"{number:02}_*.py")
    return ast.parse(path.read_text("utf-8"))


@functools.cache
def code_of(number):
    """The classes and functions of a step as syntax trees, by name."""
    return {
        node.name: node for node in tree_of(number).body if isinstance(node, DEFINES)
    }


@functools.cache
def step(number):
    """What a step defines, by name; without matplotlib, which takes long to import."""
    body = [node for node in tree_of(number).body if isinstance(node, IMPORTS)]
    body = [node for node in body if "matplotlib" not in ast.unparse(node)]
    body += code_of(number).values()
    space = {"__name__": "step"}
    exec(compile(ast.Module(body, []), "step", "exec"), space)
    return space


def first_step(kind, last, names):
    """The first step up to the last whose class has all these methods and settings, of
    those that the last one's has.
    """
    names = names & has(code_of(last)[kind])
    steps = range(FIRST, last + 1)
    return next(
        n for n in steps if kind in code_of(n) and names <= has(code_of(n)[kind])
    )


def has(node):
    """The methods of a class, given as a syntax tree, and what it is made with."""
    functions = [part for part in node.body if isinstance(part, ast.FunctionDef)]
    names = {function.name for function in functions}
    for function in functions:
        if function.name == "__init__":
            names |= {
                word.arg for word in function.args.args + function.args.kwonlyargs
            }
    return names


def slipped(kind, number, method, old, new):
    """Yield the step's class with a slip: everywhere, then in each place alone."""
    whole = code_of(number)[kind]
    for part in ast.walk(whole):
        if isinstance(part, ast.FunctionDef) and re.fullmatch(method, part.name):
            text = ast.unparse(part)
            places = [*re.finditer(old, text, re.M)]
            for some in [places, *([place] for place in places)] if places else []:
                changed = text
                for place in reversed(some):
                    changed = (
                        changed[: place.start()]
                        + place.expand(new)
                        + changed[place.end() :]
                    )
                body = part.body
                part.body = ast.parse(changed).body[0].body
                space = dict(step(number))
                exec(compile(ast.Module([whole], []), "slip", "exec"), space)
                part.body = body
                yield space[kind]

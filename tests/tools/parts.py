"""What tests and the benchmark need of the steps' classes and functions."""

import ast
import functools
import importlib.util
import re
import types

from tour.project import STEPS

MODULES = {"PyTorch": "torch"}  # what an optional script may need


def missing(script):
    """What an optional script needs and is not installed, or None."""
    needs = script.header.get("Needs")
    return needs if needs and not importlib.util.find_spec(MODULES[needs]) else None


@functools.cache
def classes(script):
    """The classes and functions of a step as a module, whose program does not run."""
    tree = ast.parse(script.text)
    kinds = ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef
    tree.body = [node for node in tree.body if isinstance(node, kinds)]
    module = types.ModuleType(script.path.stem)
    exec(compile(tree, script.path, "exec"), vars(module))
    return module


def having(pattern, method=""):
    """Pairs of a step and the name of a part that fits and has this method, such as
    ".backward"; each wording once.

    What a class uses belongs to its wording, and so does Loss, which has penalties.
    """
    found = {}
    for step in STEPS:
        for name in filter(re.compile(pattern).fullmatch, step.parts):
            if name + method in step.parts:
                found.setdefault(wording(name, step), (step, name))
    assert found, f"no step has {pattern}{method}"
    return [*found.values()]


def wording(name, step):
    """The source of a part and of all that it uses."""
    texts = {name: part.text for name, part in step.parts.items()}
    found, new = set(), {name, "Loss"} & texts.keys()
    while new:
        found |= new
        methods = {n for n in texts if n.partition(".")[0] in new}
        used = re.findall(r"\w+", " ".join(texts[part] for part in new | methods))
        new = (methods | {*used} & texts.keys()) - found
    return tuple(texts[name] for name in sorted(found))

"""What a file defines, without running its training."""

import ast
import importlib.abc
import importlib.util
import inspect
import re
import sys
from pathlib import Path

import numpy as np

from tour.exercises import EMPTY
from tour.scripts import source

DEFINES = ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef
PLAIN = r"((np|numpy)\.(?!random)[\w.]+|int|float|dict)$"  # what a constant may call
UP = 3  # folders above a file in which its modules may be


class File:
    """A reader's file and the modules that it imports from beside it.

    space has what it defines, lost what could not be had: {name: why}; stored has the
    attributes that each class sets of its objects, and under "" those set from outside.
    """

    def __init__(self, path, solution=()):
        self.path, self.paths = path, {str(path)}
        self.lost, self.stored, self.names = {}, {}, set()
        self.folders = [path.parent, *path.parents[1 : UP + 1]]
        self.space = {"__name__": "reader", "__file__": str(path), "np": np}
        self.tree = ast.parse(source(path), path.name)
        self.filled = [*fill(self.tree, solution)]
        levels = [n.level for n in ast.walk(self.tree) if isinstance(n, ast.ImportFrom)]
        folders = [
            folder.name for folder in reversed(path.parents[: max([0, *levels])])
        ]
        self.space["__package__"] = ".".join(folders)
        sys.meta_path.insert(0, Beside(self))
        self.define(self.tree, self.space)
        self.names |= {n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name)}
        self.names |= {
            n.attr for n in ast.walk(self.tree) if isinstance(n, ast.Attribute)
        }

    def define(self, tree, space):
        """Run what a tree defines in a namespace."""
        for node in ast.walk(tree):
            owner = node.name if isinstance(node, ast.ClassDef) else ""
            if owner or node is tree:
                self.stored.setdefault(owner, set()).update(stores(node, owner))
        for node in definitions(tree.body):
            try:
                exec(compile(ast.Module([node], []), space["__file__"], "exec"), space)
            except (Exception, SystemExit) as error:
                why = f"line {node.lineno} ends with {type(error).__name__}: {error}"
                self.lost |= dict.fromkeys(names_in(node), why)
        for node in tree.body:
            for name in names_in(node):
                if name not in space:
                    self.lost.setdefault(name, f"line {node.lineno} is not run")

    def found(self, inside):
        """The classes and functions of the file, or of its modules, by name."""
        kinds = {}
        for value in [*self.space.values()]:
            parts = vars(value).values() if inspect.ismodule(value) else [value]
            for part in parts:
                if inspect.isclass(part) or inspect.isfunction(part):
                    if (part.__module__ == "reader") == inside and self.beside(part):
                        kinds.setdefault(part.__name__, part)
        return kinds

    @property
    def lost_definitions(self):
        """The classes that could not be had."""
        names = [n.name for n in ast.walk(self.tree) if isinstance(n, ast.ClassDef)]
        return [name for name in names if name in self.lost]

    def space_of(self, part):
        """The namespace that the code of a class or function uses."""
        module = sys.modules.get(part.__module__)
        return vars(module) if hasattr(module, "of_reader") else self.space

    def beside(self, part):
        module = sys.modules.get(part.__module__)
        return part.__module__ == "reader" or hasattr(module, "of_reader")


def fill(tree, solution):
    """Put a step's functions into the gaps of an exercise; yield their names."""
    for node in tree.body:
        own = solution[node.name] if getattr(node, "name", "") in solution else None
        for part in node.body if isinstance(node, ast.ClassDef) and own else []:
            if isinstance(part, ast.FunctionDef) and EMPTY in ast.unparse(part):
                [part.body] = [p.body for p in own.body if p.name == part.name]
                yield f"{node.name}.{part.name}"
        if isinstance(node, ast.FunctionDef) and own and EMPTY in ast.unparse(node):
            node.body = own.body
            yield node.name


class Beside(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports modules from a reader's folder, or some above, as their file is read."""

    def __init__(self, file):
        self.file = file

    def find_spec(self, name, path=None, target=None):
        for folder in self.file.folders:
            base = folder.joinpath(*name.split("."))
            places = base.with_suffix(".py"), base / "__init__.py"
            place = next((p for p in places if p.is_file()), None)
            if place or (base.is_dir() and [*base.glob("*.py")]):
                spec = importlib.util.spec_from_loader(name, self, origin=place)
                if place != places[0]:
                    spec.submodule_search_locations = [str(base)]
                return spec
            if folder == self.file.folders[0] and name in sys.stdlib_module_names:
                return None  # of a folder above only what is nowhere else
        return None

    def exec_module(self, module):
        module.of_reader = True
        if path := module.__spec__.origin:
            module.__file__ = str(path)
            self.file.paths.add(str(path))
            self.file.define(ast.parse(source(path), path.name), vars(module))


def definitions(body):
    """Yield what is run of some statements; of a branch the first part last: it wins."""
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            handlers = [part for h in getattr(node, "handlers", []) for part in h.body]
            yield from definitions([*handlers, *node.orelse, *node.body])
        elif isinstance(node, DEFINES):
            yield node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            calls = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
            if all(re.match(PLAIN, ast.unparse(call)) for call in calls):
                yield node


def stores(tree, owner):
    """The attributes that some code sets, of self or of others, and its functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if (ast.unparse(node.value) == "self") == bool(owner):
                yield node.attr
        elif isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr":
            yield getattr(node.args[1], "value", None)


def names_in(node):
    """The names that a statement gives something to."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (a.asname or a.name.partition(".")[0] for a in node.names)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    else:
        for part in ast.iter_child_nodes(node):
            yield from names_in(part)


def step_space(path, body):
    """What the statements of a step define."""
    space = {"__name__": "step", "__file__": str(path)}
    nodes = [n for n in body if isinstance(n, DEFINES) and not draws(n)]
    exec(compile(ast.Module(nodes, []), str(path), "exec"), space)
    return space


def draws(node):
    """Whether a statement imports matplotlib, which takes long and is not needed."""
    names = [alias.name for alias in getattr(node, "names", [])]
    return any(name.startswith("matplotlib") for name in names)

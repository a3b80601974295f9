"""What a file defines, without running its training."""

import ast
import importlib.abc
import importlib.util
import inspect
import re
import sys
from importlib.machinery import PathFinder

from tour.exercises import EMPTY
from tour.judge.steps import DEFINES, IMPORTS
from tour.scripts import source

PLAIN = r"((np|numpy)\.(?!random)[\w.]+|int|float|dict)$"  # what a constant may call
UP = 3  # folders above a file in which its modules may be


class File:
    """A reader's file, and the modules that it imports from beside it.

    space has what it defines, paths and trees those of all the files that were read,
    errors why some names are not there, filled the gaps of an exercise.
    """

    def __init__(self, path, solution=None):
        self.path, self.paths, self.trees, self.errors = path, [], [], {}
        self.space = {"__name__": "reader"}
        self.tree = ast.parse(source(path), path.name)
        self.filled = [*fill(self.tree, solution or {})]
        imports = [n for n in ast.walk(self.tree) if isinstance(n, ast.ImportFrom)]
        up = max([0, *(node.level for node in imports)])  # from ..x import is 2
        folders = [folder.name for folder in reversed(path.parents[:up])]
        self.space["__package__"] = ".".join(folders)
        sys.meta_path.insert(0, Beside(self))
        self.define(path, self.tree, self.space)

    def define(self, path, tree, space):
        """Run what a file defines."""
        self.paths.append(str(path))
        self.trees.append(tree)
        for node in definitions(tree.body):
            try:
                exec(compile(ast.Module([node], []), str(path), "exec"), space)
            except (Exception, SystemExit) as error:
                why = f"line {node.lineno} ends with {type(error).__name__}: {error}"
                self.errors |= dict.fromkeys(names_in(node), why)

    def found(self, inside):
        """The classes and functions of the file, or of its modules, by name."""
        values = [*self.space.values()]
        for module in filter(inspect.ismodule, values[:]):
            values += vars(module).values() if hasattr(module, "of_reader") else []
        parts = {}
        for value in values:
            if inspect.isclass(value) or inspect.isfunction(value):
                own = value.__module__ == "reader"
                if own == inside and (own or self.space_of(value) is not self.space):
                    parts.setdefault(value.__name__, value)
        return parts

    def space_of(self, part):
        """The namespace that the code of a class or function uses."""
        module = sys.modules.get(part.__module__)
        return vars(module) if hasattr(module, "of_reader") else self.space

    def names(self):
        """The names that the file uses."""
        nodes = [*ast.walk(self.tree)]
        used = {node.id for node in nodes if isinstance(node, ast.Name)}
        return used | {node.attr for node in nodes if isinstance(node, ast.Attribute)}

    def lost(self, name):
        """Why a name is not there, or None."""
        for node in [node for tree in self.trees for node in tree.body]:
            if name not in self.errors and name in names_in(node):
                return f"line {node.lineno} is not run"
        return self.errors.get(name)

    def lost_classes(self):
        nodes = [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]
        return [node.name for node in nodes if node.name in self.errors]

    def sets(self, name, classes):
        """Whether an attribute is set from outside, or by methods of some classes."""
        for tree in self.trees:
            nodes = [n for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
            own = [node for node in nodes if node.name in classes]
            if name in {
                *stores(tree, False),
                *(x for n in own for x in stores(n, True)),
            }:
                return True
        return False


class Beside(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports modules from a reader's folder, or some above, as their file is read."""

    def __init__(self, file):
        self.file = file

    def find_spec(self, name, path=None, target=None):
        for folder in self.file.path.parents[:UP]:
            base = folder.joinpath(*name.split("."))
            places = base.with_name(f"{base.name}.py"), base / "__init__.py"
            place = next((each for each in places if each.is_file()), None)
            if place or [*base.glob("*.py")]:
                spec = importlib.util.spec_from_loader(name, self, origin=place)
                if place != places[0]:
                    spec.submodule_search_locations = [str(base)]
                return spec
            top = name.partition(".")[0]
            if top in sys.stdlib_module_names or PathFinder.find_spec(top):
                return None  # of a folder above only what is nowhere else
        return None

    def exec_module(self, module):
        module.of_reader = True
        if path := module.__spec__.origin:
            self.file.define(path, ast.parse(source(path), path.name), vars(module))


def fill(tree, solution):
    """Put a step's functions into the gaps of an exercise; yield their names."""
    for part in tree.body:
        pairs = [(part, solution.get(getattr(part, "name", None)), "")]
        if isinstance(part, ast.ClassDef) and pairs[0][1]:
            own = {
                node.name: node for node in pairs[0][1].body if hasattr(node, "name")
            }
            methods = [node for node in part.body if hasattr(node, "name")]
            pairs = [(node, own.get(node.name), f"{part.name}.") for node in methods]
        for gap, own, start in pairs:
            if isinstance(gap, ast.FunctionDef) and own and EMPTY in ast.unparse(gap):
                gap.body = own.body
                yield f"{start}{gap.name}"


def definitions(body):
    """Yield what is run of some statements; of a branch the first part last: it wins."""
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            handlers = [
                part for each in getattr(node, "handlers", []) for part in each.body
            ]
            yield from definitions([*handlers, *node.orelse, *node.body])
        elif isinstance(node, DEFINES | IMPORTS):
            yield node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            calls = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
            if all(re.match(PLAIN, ast.unparse(call)) for call in calls):
                yield node


def names_in(node):
    """The names that a statement of the program gives something to."""
    if isinstance(node, DEFINES):
        return {node.name}
    if isinstance(node, IMPORTS):
        return {each.asname or each.name.partition(".")[0] for each in node.names}
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return {node.id}
    return {name for part in ast.iter_child_nodes(node) for name in names_in(part)}


def stores(tree, of_self):
    """Yield the attributes that some code sets, of self or of others, and functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if of_self == (ast.unparse(node.value) == "self"):
                yield node.attr
        elif isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr":
            yield getattr(node.args[1], "value", None)

"""What a file defines, without running its training."""

import ast
import functools
import importlib.abc
import inspect
import re
import sys
from importlib.machinery import FileFinder
from pathlib import Path

from tour.judge.steps import DEFINES, IMPORTS
from tour.scripts import Script

PLAIN = r"((np|numpy)\.(?!random)[\w.]+|int|float|dict)$"  # what a constant may call
UP = 3  # folders above a file in which its modules may be


class File:
    """A reader's file, and the modules that it imports from beside it.

    spaces has what they define, by their names; "reader" is the file's own. paths and
    trees are those of all files, errors says why some names are not there.
    """

    def __init__(self, path):
        script = Script(path)
        self.tree, self.text = script.tree, script.text
        self.spaces, self.paths, self.trees, self.errors = {}, [], [], {}
        # A module that is imported from within its package may go some folders up
        package = ".".join(folder.name for folder in reversed(path.parents[:UP]))
        own, *above = path.parents[: UP + 1]
        self.folders = {own, *above}
        if re.search(rf"(?m)^(from|import) {re.escape(own.name)}\.", self.text):
            own, *above = *above, own  # its folder is a package, seen from above
        sys.path[:] = map(str, [own, *sys.path, *above])
        sys.path_hooks.insert(0, self.finder)
        self.space = {"__name__": "reader", "__package__": package}
        self.define(path, self.tree, self.space)

    def finder(self, folder):
        """What imports from a folder of the reader's: each file is read as this one."""
        folder = Path(folder)
        if not self.folders & {folder, folder.parent}:
            raise ImportError
        self.folders.add(folder)
        return FileFinder(str(folder), (functools.partial(Loader, self), [".py"]))

    def define(self, path, tree, space):
        """Run what a file defines."""
        self.spaces[space["__name__"]] = space
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
        parts = {}
        for space in self.spaces.values():
            for value in space.values():
                if inspect.isclass(value) or inspect.isfunction(value):
                    place = value.__module__
                    if place in self.spaces and (place == "reader") == inside:
                        parts.setdefault(value.__name__, value)
        return parts

    def lost(self, name):
        """Why a name is not there, or None."""
        for node in [node for tree in self.trees for node in tree.body]:
            if name not in self.errors and name in names_in(node):
                return f"line {node.lineno} is not run"
        return self.errors.get(name)

    def lost_classes(self):
        defined = re.findall(r"\bclass (\w+)", self.text)
        return [name for name in self.errors if name in defined]

    def sets(self, name, classes):
        """Whether an attribute is set from outside, or by methods of some classes."""
        nodes = [node for tree in self.trees for node in ast.walk(tree)]
        own = [n for n in nodes if isinstance(n, ast.ClassDef) and n.name in classes]
        code, inside = ("\n".join(map(ast.unparse, x)) for x in (self.trees, own))
        given = rf"\.{name}\b[^=(\n]*= "
        outside = rf"(?<!\bself){given}|\bdef {name}\(|setattr"
        return re.search(outside, code) or re.search(rf"\bself{given}", inside)


class Loader(importlib.abc.Loader):
    def __init__(self, file, name, path):
        self.file, self.script = file, Script(Path(path))

    def exec_module(self, module):
        self.file.define(self.script.path, self.script.tree, vars(module))


def definitions(body):
    """Yield what is run of some statements; of a branch the first part last: it wins."""
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            handlers = getattr(node, "handlers", [])
            inside = [part for handler in handlers for part in handler.body]
            yield from definitions([*inside, *node.orelse, *node.body])
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

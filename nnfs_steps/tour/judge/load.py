"""What a file defines, without running its training."""

import ast
import functools
import importlib.abc
import inspect
import re
import sys
from importlib.machinery import FileFinder
from pathlib import Path

from tour.exercises import EMPTY
from tour.judge.steps import DEFINES, IMPORTS, SCRIPTS
from tour.scripts import Script

PLAIN = r"((np|numpy)\.(?!random)[\w.]+|int|float|dict)$"  # what a constant may call
UP = 3  # folders above a file in which its modules may be


class File:
    """A reader's file, and the modules that it imports from beside it.

    spaces has what they define, by their names; "reader" is the file's own. paths and
    trees are those of all files, errors says why some names are not there.
    """

    def __init__(self, path, number=0):
        script = Script(path)
        self.tree, self.text, self.filled = script.tree, script.text, []
        if number and EMPTY in script.text:
            self.filled = fill(script, SCRIPTS[number])
        self.spaces, self.paths, self.trees, self.errors = {}, [], [], {}
        dots = re.findall(r"(?m)^\s*from (\.+)", script.text)
        # from ..x import is 2; a module that is imported may go one folder further up
        up = max(map(len, dots)) + 1 if dots else 0
        package = ".".join(folder.name for folder in reversed(path.parents[:up]))
        self.folders = {*path.parents[:UP]}
        own, *above = map(str, path.parents[:UP])
        if re.search(rf"(?m)^(from|import) {path.parent.name}\\.", script.text):
            own, *above = *above, own  # its folder is a package
        sys.path[:] = own, *sys.path, *above
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
        code = "\n".join(map(ast.unparse, self.trees))
        inside = "\n".join(map(ast.unparse, own))
        start, end = r"(?m)^[^=(\n]*", rf"\.{name}\b[^=(\n]*= "
        outside = rf"{start}(?<!\bself){end}|\bdef {name}\(|setattr"
        return re.search(outside, code) or re.search(f"{start}\\bself{end}", inside)


class Loader(importlib.abc.Loader):
    def __init__(self, file, name, path):
        self.file, self.script = file, Script(Path(path))

    def exec_module(self, module):
        self.file.define(self.script.path, self.script.tree, vars(module))


def fill(script, step):
    """Put a step's functions into the gaps of an exercise; return their names."""
    found = []
    for name, part in script.parts.items():
        if name in step.parts and EMPTY in part.text:
            part.node.body = step.parts[name].node.body
            found.append(name)
    return found


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

"""What a file defines, without running its training."""

import ast
import inspect
import re
import sys
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path

from tour.judge.steps import DEFINES
from tour.scripts import Script

PLAIN = r"((np|numpy)\.(?!random)[\w.]+|int|float|dict)$"  # what a constant may call
UP = 3  # folders above a file in which its modules may be


class File:
    """A reader's file, and the modules that it imports from beside it.

    spaces has what they define, by their names; "reader" is the file's own. lost has the
    statements that are not run, or fail, each with the reason.
    """

    def __init__(self, path):
        self.script, self.spaces = Script(path), {}
        # A module that is imported from within its package may be some folders up
        self.package = ".".join(folder.name for folder in reversed(path.parents[:UP]))
        own, *above = path.parents[: UP + 1]
        self.folders = {own, *above}
        if re.search(rf"(?m)^(from|import) {re.escape(own.name)}\.", self.script.text):
            own, *above = *above, own  # its folder is a package, seen from above
        sys.path[:] = map(str, [own, *sys.path, *above])
        sys.path_hooks.insert(0, self.finder)

    def finder(self, folder):
        """What imports from a folder of the reader's: each file is read as this one."""

        class Loader(SourceFileLoader):
            def exec_module(loader, module):
                self.define(Script(Path(loader.path)), vars(module))

        if not self.folders & {Path(folder), Path(folder).parent}:
            raise ImportError
        self.folders.add(Path(folder))
        return FileFinder(folder, (Loader, [".py"]))

    def load(self, instead):
        """Read the file and its modules, with the step's classes for some of theirs."""
        for name in self.spaces:
            sys.modules.pop(name, None)
        self.instead, self.spaces, self.scripts, self.lost = instead, {}, {}, []
        self.define(self.script, {"__name__": "reader", "__package__": self.package})

    def define(self, script, space):
        """Run what a file defines."""
        self.spaces[space["__name__"]] = space
        self.scripts[str(script.path)] = script
        for node in statements(script.tree.body):
            name, why = getattr(node, "name", None), "is not run"
            if name in self.instead:
                space[name] = self.instead[name]
                continue
            if is_run(node):
                try:
                    exec(compile(ast.Module([node], []), script.path, "exec"), space)
                    continue
                except (Exception, SystemExit) as error:
                    why = f"ends with {type(error).__name__}: {error}"
            self.lost.append((node, f"line {node.lineno} {why}"))

    @property
    def parts(self):
        """The classes and functions of the file, then those of its modules, by name."""
        found = {}
        values = [value for space in self.spaces.values() for value in space.values()]
        values = [v for v in values if inspect.isclass(v) or inspect.isfunction(v)]
        for value in sorted(values, key=lambda value: value.__module__ != "reader"):
            if value.__module__ in self.spaces:
                found.setdefault(value.__name__, value)
        return found

    def why_lost(self, name):
        """Why a name is not there, or None."""
        pattern = rf"(?<![.\w]){name}\b|import \*"
        found = [
            why for node, why in self.lost if re.search(pattern, ast.unparse(node))
        ]
        return found[0] if found else None

    def may_set(self, name, thing):
        """Whether the program may give an attribute to what lacks it here."""
        code = "\n".join(ast.unparse(script.tree) for script in self.scripts.values())
        kinds = [cls for cls in type(thing).__mro__ if cls.__module__ in self.spaces]
        names = "|".join(cls.__name__ for cls in kinds)
        inside = "".join(
            re.findall(rf"^class (?:{names})\b(?:.*\n(?!\w))*", code, re.M)
        )
        given = rf"\.{name}\b[^=(\n]*= "
        sets = re.search(rf"(?<!\bself){given}", code) or re.search(given, inside)
        return type(thing).__module__ == "step" or kinds and sets


def statements(body):
    """Yield the statements of branches too; the first part comes last: it wins."""
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            handlers = getattr(node, "handlers", [])
            inside = [part for handler in handlers for part in handler.body]
            yield from statements([*inside, *node.orelse, *node.body])
        else:
            yield node


def is_run(node):
    calls = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    plain = all(re.match(PLAIN, ast.unparse(call)) for call in calls)
    return (
        isinstance(node, DEFINES)
        or isinstance(node, ast.Assign | ast.AnnAssign)
        and plain
    )

"""What the steps define, and what a file does, without running its training."""

import ast
import functools
import inspect
import re
import sys
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path

import nnfs.datasets  # noqa: F401  before a reader's folder of this name is found

from tour.judge.things import settings
from tour.project import STEPS
from tour.scripts import UP, Script

DEFINES = ast.ClassDef | ast.FunctionDef | ast.Import | ast.ImportFrom
FIRST = 5  # the first step that defines a class
PLAIN = r"((np|numpy)\.(?!random)[\w.]+|int|float|dict)$"  # what a constant may call
SCRIPTS = {script.number: script for script in STEPS}

# ---- The steps


@functools.cache
def step(number):
    """What a step defines, by name; without matplotlib, which takes long to import."""
    if number not in SCRIPTS:  # a project may have fewer
        return {}
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
    """The first step whose class has all these, of what the last one's has."""
    steps = [n for n in range(FIRST, last + 1) if kind in step(n)]
    has = {n: {*vars(step(n)[kind]), *settings(step(n)[kind])} for n in steps}
    return min(n for n in steps if names & has[last] <= has[n])


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


# ---- A reader's file


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
        """Read the file and its modules, with other classes under some names."""
        for name in self.spaces:
            sys.modules.pop(name, None)
        self.instead, self.spaces, self.scripts, self.lost = instead, {}, {}, []
        self.define(self.script, {"__name__": "reader", "__package__": self.package})

    def define(self, script, space):
        """Run what a file defines."""
        self.spaces[space["__name__"]] = space
        self.scripts[str(script.path)] = script
        for node in statements(script.tree.body):
            why = "is not run"
            if is_run(node):
                try:
                    exec(compile(ast.Module([node], []), script.path, "exec"), space)
                    why = ""
                except (Exception, SystemExit) as error:
                    why = f"ends with {type(error).__name__}: {error}"
            self.lost += [(node, f"line {node.lineno} {why}")] if why else []
            space |= {
                name: self.instead[name] for name in self.instead if name in space
            }

    @property
    def parts(self):
        """The classes and functions of the file, then those of its modules, by name."""
        values = [value for space in self.spaces.values() for value in space.values()]
        values = [v for v in values if inspect.isclass(v) or inspect.isfunction(v)]
        own = [value for value in values if value.__module__ == "reader"]
        beside = [v for v in values if v.__module__ in self.spaces and v not in own]
        return {value.__name__: value for value in [*own, *beside]}

    def why_lost(self, name):
        """Why a name is not there, or None."""
        pattern = rf"(?<![.\w]){name}\b|import \*"
        whys = [why for node, why in self.lost if re.search(pattern, ast.unparse(node))]
        return [*whys, None][0]

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
        return type(thing).__module__ == "step" or (kinds and sets)


def statements(body):
    """Yield the statements of branches too; the first part comes last: it wins."""
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.ExceptHandler):
            others = [*getattr(node, "handlers", []), *getattr(node, "orelse", [])]
            yield from statements([*others, *node.body])
        else:
            yield node


def is_run(node):
    """Whether a statement defines, imports, or sets a constant."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        calls = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
        return all(re.match(PLAIN, ast.unparse(call)) for call in calls)
    return isinstance(node, DEFINES)

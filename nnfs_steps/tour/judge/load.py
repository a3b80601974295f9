"""What a file defines, a step or a reader's, without running its training."""

import ast
import functools
import inspect
import re
import traceback
from pathlib import Path
from types import ModuleType

from tour.judge.names import LATEST, kind_of
from tour.judge.things import public, settings
from tour.scripts import IMPORTS, STEPS, Script, imported, scripts_in

PLAIN = r"((np|numpy)\.(?!random)[\w.]+|int|float|dict)$"  # what a constant may call
SCRIPTS = scripts_in(STEPS)


class File:
    """What a file and its modules define: all in one module, as if it were one file.

    exercise is the number of its step, or 0. instead has other classes for some names.
    lost has the code that is not run, or fails, each with the reason; parts the classes,
    and functions, as classes that have them; kinds what of the steps each stands for.
    """

    def __init__(self, script, exercise=0, instead=()):
        self.script, self.exercise, self.instead = script, exercise, dict(instead)
        self.module = ModuleType("step" if script.ours else "reader")
        self.space, self.paths, self.lost = vars(self.module), [], []
        self.define(script)
        self.parts, self.kinds = {}, {}
        for name, value in self.space.items():
            if inspect.isfunction(value) and name in ("exp", "log"):
                self.parts[name] = type(name, (), {name: staticmethod(value)})
            elif inspect.isclass(value) and value.__module__ == self.module.__name__:
                self.parts[value.__name__] = value
        for name, cls in self.parts.items():
            self.kinds[name] = kind_of(name, [*public(cls), *settings(cls)])

    def define(self, script):
        """Run what defines something."""
        path = script.path.resolve()
        self.paths.append(path)
        for node in statements(script.tree.body):
            why = "" if is_run(node) else "is not run"
            try:
                if not why:
                    self.run(node, path)
            except (Exception, SystemExit) as error:
                why = f"ends with {type(error).__name__}: {error}"
            if why:
                self.lost.append((ast.unparse(node), f"line {node.lineno} {why}"))

    def run(self, node, path):
        """Run a statement; a reader's own modules are run where they are imported."""
        found = imported(node, path.parent) if isinstance(node, IMPORTS) else []
        for other in found:
            if other not in self.paths:
                self.define(Script(other))
        for each in node.names if found else []:
            name = each.asname or each.name.partition(".")[0]
            by_name = self.space if isinstance(node, ast.ImportFrom) else {}
            self.space[name] = by_name.get(each.name, self.module)
        if not found:
            exec(compile(ast.Module([node], []), path, "exec"), self.space)
        for name in self.instead.keys() & self.space.keys():
            self.space[name] = self.instead[name]

    def held(self, name):
        """The number of the step that a class is held against, and its class or None."""
        number = self.exercise or LATEST[self.kinds[name]]
        return number, step(number).get(self.kinds[name])

    def code(self, cls):
        """The code of a class and its bases, without comments."""
        parts = [self.script.parts.get(each.__name__) for each in cls.__mro__]
        return "\n".join(ast.unparse(part.node) for part in parts if part)

    def excuse(self, error):
        """Why an error is no mistake of the reader's, or None."""
        frames, thing = self.frames(error), getattr(error, "obj", None)
        refused = frames and frames[-1].line.startswith(("raise", "assert"))
        strange = thing is self.module or type(thing).__module__ == "step"
        # As a step's class that stands for a wrong one takes other arguments
        replaced = [cls.__name__ for cls in self.instead.values() if cls]
        other = f"{error}".partition(".")[0] in replaced
        if not frames or refused or strange or other:
            return f"the call does not fit: {error}"
        # The program, which has not run, may set what is missing
        name, lost = getattr(error, "name", None), self.lost
        pattern = rf"(?<![.\w]){name}\b|import \*"
        if isinstance(error, AttributeError):
            lost = [*lost, (self.code(type(thing)), "another method sets it")]
            pattern = rf"\.{name}\b[^=(\n]*= "
        whys = [why for code, why in lost if name and re.search(pattern, code)]
        return f"{name} is not there: {whys[0]}" if whys else None

    def frames(self, error):
        """Where an error went through the reader's files."""
        frames = traceback.extract_tb(error.__traceback__)
        return [frame for frame in frames if Path(frame.filename) in self.paths]


def statements(body):
    """Yield the statements of branches too; the first part comes last: it wins."""
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.ExceptHandler):
            for part in "orelse", "handlers", "body":
                yield from statements(getattr(node, part, []))
        else:
            yield node


def is_run(node):
    """Whether a statement defines, imports, or sets a constant."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        calls = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
        return all(re.match(PLAIN, ast.unparse(call)) for call in calls)
    # No class needs matplotlib, which takes long to import
    slow = re.match("(from|import) matplotlib", ast.unparse(node))
    return isinstance(node, ast.ClassDef | ast.FunctionDef | IMPORTS) and not slow


@functools.cache
def step(number):
    """The classes of a step by name; a project may have fewer steps."""
    return File(SCRIPTS[number]).parts if number in SCRIPTS else {}


def slipped(number, kind, method, old, new):
    """Yield a step's class with a slip: everywhere, then in each place alone."""
    own = step(number)[kind]
    for name, part in SCRIPTS[number].parts.items():
        if re.fullmatch(rf"{kind}\.({method})", name):
            text, name = ast.unparse(part.node), part.node.name
            places = [*re.finditer(old, text, re.M)]
            groups = [[place] for place in places]
            if len(places) > 1:
                groups.insert(0, places)
            for some in groups:
                code, space = text, dict(vars(own)[name].__globals__)
                for place in reversed(some):
                    start, end = place.span()
                    code = code[:start] + place.expand(new) + code[end:]
                exec(compile(code, "slip", "exec"), space)
                yield type(kind, (own,), {name: space[name]})

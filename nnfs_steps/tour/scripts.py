"""What a script says of itself: its header, its record, and what it defines."""

import ast
import functools
import re
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

IMPORTS = ast.Import | ast.ImportFrom
UP = 3  # folders above a file in which its modules may be
ENDS = ".py", "/__init__.py"
STEPS = Path(__file__).resolve().parents[1]
CONCEPTS = STEPS.with_name("concepts")


class Mistake(Exception):
    """Something that can't be done, with what can be, in one line."""


class Part(NamedTuple):
    """A function, method or class of a script."""

    node: ast.AST  # has neither comments nor docstrings
    place: slice  # of its lines in the file, with the comments right above
    text: str  # these lines


def spelled(text):
    """Code or a name as if all spelled it alike: LayerDense as Layer_Dense, 2.0 as 2."""
    text = re.sub("(?<!_)_(?!_)", "", text.lower())  # init is not __init__
    return re.sub(r"\b(\d+)\.0\b", r"\1", text)


class Script:
    """A step or a concept, such as 07_nnfs_activation02.py; or a reader's file.

    header is the docstring as {"Idea": ..., "Book": ...}, lesson what stands between;
    code the lines that are not blank, by number; record the lines of the last
    "# Output:", where "..." stands for lines left out, or None.
    """

    def __init__(self, path):
        if path.suffix == ".ipynb":
            raise Mistake(f"{path} is a notebook: save it as a .py file first")
        self.path = path
        ours = path.resolve().parent in (STEPS, CONCEPTS)
        self.ours = ours and path.name[:2].isdecimal()
        self.kind = "Concept" if path.parent.name == "concepts" else "Step"
        self.text = path.read_text("utf-8-sig", "replace")
        if "\0" in self.text:
            raise Mistake(f"{path} is no text in UTF-8: save it as one")
        program, found, block = self.text.rpartition("\n# Output:\n")
        self.program = program or self.text
        lines = takewhile(lambda line: line[:1] == "#", block.split("\n"))
        self.record = [line[2:] for line in lines] if found else None
        docstring = re.match(r'(""".*?"""\n)?', self.text, re.S)[0]
        start, lines = docstring.count("\n"), enumerate(self.program.split("\n"), 1)
        self.code = {n: line for n, line in lines if n > start and line.strip()}
        words = re.sub(r"\A\w+ \d+\. ", "Idea: ", docstring.strip('"\n'))
        field = r"^([A-Z]\w+): (.*?)(?=^[A-Z]\w+: |^\n|\Z)"
        fields = re.findall(field, words, re.M | re.S)
        self.header = {name: " ".join(text.split()) for name, text in fields}
        self.lesson = re.sub(field, "", words, flags=re.M | re.S).strip("\n")
        self.idea = self.header.get("Idea", "(no header)")
        self.concepts = [*map(int, re.findall(r"\d+", self.header.get("Concepts", "")))]
        # A reader's file has its number in the header only
        number = re.match(r"(\d\d)_", path.name)
        number = number or re.match(r'"""Step (\d+)\.', self.text)
        self.number = int(number[1]) if number else 0
        self.name = f"{self.kind} {self.number:02}"
        self.title = self.name.lower() if self.ours else path.name
        # Of its picture, without .png
        self.picture = self.name.lower().removeprefix("step ").replace(" ", "-")
        self.whole_path = path.parent / "outputs" / f"{self.number:02}.txt"

    @property
    def output(self):
        """All the lines that the script should print, or None."""
        if self.record and "..." in self.record:
            return self.whole_path.read_text("utf-8").splitlines()
        return self.record

    @functools.cached_property
    def tree(self):
        """The syntax tree of the script, without texts that stand for comments."""
        tree = ast.parse(self.text, self.path.name)
        for node in ast.walk(tree):
            if isinstance(body := getattr(node, "body", None), list):
                node.body = [each for each in body if not is_text(each)] or body[:1]
        return tree

    @functools.cached_property
    def files(self):
        """The script, and the modules around it that it imports, as scripts."""
        found = [self]
        for script in found:
            folder = script.path.resolve().parent
            nodes = [n for n in ast.walk(script.tree) if isinstance(n, IMPORTS)]
            for path in [path for node in nodes for path in imported(node, folder)]:
                if path not in [other.path.resolve() for other in found]:
                    found.append(Script(path))
        return found

    @functools.cached_property
    def parts(self):
        """The classes, functions and methods (Class.method) of all files by name."""
        found = {}
        for script in reversed(self.files):  # so that the script's own come last
            lines = script.text.split("\n")
            for node in script.tree.body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    found[node.name] = part_of(node, lines)
                for each in node.body if isinstance(node, ast.ClassDef) else []:
                    if isinstance(each, ast.FunctionDef):
                        found[f"{node.name}.{each.name}"] = part_of(each, lines)
        return found

    def source(self, name):
        """The text of a part, or None."""
        return self.parts[name].text if name in self.parts else None


def imported(node, folder):
    """The files that an import in a folder means, if they are there or in one above it."""
    module = getattr(node, "module", None) or ""
    names = [module, *(f"{module}.{each.name}".strip(".") for each in node.names)]
    if getattr(node, "level", 0) and not module:
        names.append("__init__")  # which may bring the names
    folders, found = [folder, *folder.parents[:UP]], []
    for name in [name.replace(".", "/") for name in names if name]:
        files = [up / f"{name}{end}" for up in folders for end in ENDS]
        found += [path for path in files if path.is_file()][:1]
    return found


def is_text(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def part_of(node, lines):
    """A part of a script that has these lines."""
    first = min(n.lineno for n in [node, *node.decorator_list]) - 1
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    place = slice(first, node.end_lineno)
    return Part(node, place, "\n".join(lines[place]))


def scripts_in(folder):
    """The scripts of a folder by number; raises Mistake if two have the same."""
    found = {}
    for path in sorted(folder.glob("[0-9][0-9]_*.py")):
        script = Script(path)
        other = found.setdefault(script.number, script).path.name
        if other != path.name:
            names = f"{other} and {path.name}"
            raise Mistake(f"{names} have one number: let yours begin with a letter")
    return found


def chapter(script):
    """The book's chapter that a script belongs to, or None: the first that it names."""
    found = re.match(r"chapters? (\d+)", script.header.get("Book", ""))
    return int(found[1]) if found else None


def origin(script, steps):
    """The step that a step comes from, or None: the one before, or what From: says."""
    named = re.search(r"step (\d+)", script.header.get("From", ""))
    earlier = [number for number in steps if number < script.number]
    return steps.get(int(named[1]) if named else max(earlier, default=None))


def write(path, content):
    """Write text or bytes into a file; its folder is made where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)

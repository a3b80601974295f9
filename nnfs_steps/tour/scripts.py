"""What a script says of itself: its header, its record, and what it defines."""

import ast
import functools
import importlib.util
import os
import re
import shutil
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

STEPS = Path(__file__).resolve().parents[1]
CONCEPTS = STEPS.with_name("concepts")


class Mistake(Exception):
    """Something that can't be done, with what can be, in one line."""


class Part(NamedTuple):
    """A part of a script.

    place has its lines in the file, with the comments right above; text is its source,
    of a class without its methods, or the values that the program gives a variable.
    """

    node: ast.AST
    place: slice | None
    text: str


def source(path):
    """The text of a script as Python reads it; what is no text, as well as can be."""
    content = path.read_bytes()
    try:
        return importlib.util.decode_source(content)
    except (SyntaxError, ValueError):  # Python will say why when it is run
        return content.decode("utf-8", "replace")


class Script:
    """A step or a concept: a file such as 07_nnfs_activation02.py.

    header is the docstring as {"Idea": ..., "Book": ...}, each on one line; lesson what
    stands between them; record the lines of the last "# Output:", where "..." stands for
    lines left out, or None.
    """

    def __init__(self, path):
        self.path = path
        self.kind = "Concept" if path.parent.name == "concepts" else "Step"
        try:
            self.text = source(path)
        except OSError:  # Python will say why when it is run
            self.text = ""
        docstring = re.match(r'(""".*?"""\n)?', self.text, re.S)[0]
        # A reader's file has its number in the header only
        number = re.match(r"(\d\d)_", path.name) or re.match(
            r'"""\w+ (\d+)\.', self.text
        )
        self.number = int(number[1]) if number else 0
        self.name = f"{self.kind} {self.number:02}"
        ours = path.resolve().parent in (STEPS, CONCEPTS)
        self.title = self.name.lower() if ours else path.name
        words = re.sub(r"\A\w+ \d+\. ", "Idea: ", docstring.strip('"\n'))
        field = r"^([A-Z]\w+): (.*?)(?=^[A-Z]\w+: |^\n|\Z)"
        fields = re.findall(field, words, re.M | re.S)
        self.header = {name: " ".join(text.split()) for name, text in fields}
        self.lesson = re.sub(field, "", words, flags=re.M | re.S).strip("\n")
        self.idea = self.header.get("Idea", "(no header)")
        concepts = re.findall(r"\d+", self.header.get("Concepts", ""))
        self.concepts = [int(number) for number in concepts]
        program, found, block = self.text.rpartition("\n# Output:\n")
        self.program = program or self.text
        # The lines of code that are not blank, by their number in the file
        start, lines = docstring.count("\n"), self.program.split("\n")
        self.code = {
            n: line for n, line in enumerate(lines, 1) if n > start and line.strip()
        }
        lines = takewhile(lambda line: line[:1] == "#", block.split("\n"))
        self.record = [line[2:] for line in lines] if found else None
        self.whole_path = path.parent / "outputs" / f"{self.number:02}.txt"

    @property
    def output(self):
        """All the lines that the script should print, or None."""
        if self.record and "..." in self.record:
            return lines_of(self.whole_path.read_bytes().decode("utf-8", "replace"))
        return self.record

    @functools.cached_property
    def parts(self):
        """What the script defines, by name: functions, classes, methods (Class.method),
        and the variables and imports of its program.
        """
        found, lines = {}, self.text.split("\n")

        def add(name, node, methods=()):
            first = min(n.lineno for n in [node, *node.decorator_list]) - 1
            while first and lines[first - 1].lstrip().startswith("#"):
                first -= 1
            inside = {n for m in methods for n in range(m.place.start, m.place.stop)}
            own = [n for n in range(first, node.end_lineno) if n not in inside]
            text = "\n".join(lines[n] for n in own).strip()
            found[name] = Part(node, slice(first, node.end_lineno), text)
            return found[name]

        for node in ast.parse(self.text, self.path.name).body:
            if isinstance(node, ast.FunctionDef):
                add(node.name, node)
            elif isinstance(node, ast.ClassDef):
                methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
                add(node.name, node, [add(f"{node.name}.{n.name}", n) for n in methods])
            else:
                for name, text in stored(node):
                    before = f"{found[name].text}\n" if name in found else ""
                    found[name] = Part(node, None, before + text)
        return found

    def source(self, name):
        """The lines of a part, of a class with its methods; of a variable its values."""
        part = self.parts.get(name)
        lines = part and part.place and self.text.split("\n")[part.place]
        return "\n".join(lines) if lines else part and part.text

    def functions(self):
        """The parts that are functions or methods, by name."""
        parts = self.parts.items()
        return {k: v for k, v in parts if isinstance(v.node, ast.FunctionDef)}


def stored(statement):
    """Yield the names that a statement of the program stores or imports, and how."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            origin = getattr(node, "module", None) or "import"
            for alias in node.names:
                yield alias.asname or alias.name, f"{origin} {alias.name}"
            continue
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        value = getattr(node, "value", None) or getattr(node, "iter", None)
        for part in [p for target in targets if target for p in ast.walk(target)]:
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id, ast.unparse(value) if value else ""


def lines_of(text):
    """Lines as a file has them that is read back: no other end counts, as form feed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def scripts_in(folder):
    """The scripts of a folder by number; raises Mistake if two have the same."""
    found = {}
    for path in sorted(folder.glob("[0-9][0-9]_*.py")):
        script = Script(path)
        other = found.setdefault(script.number, script).path.name
        if other != path.name:
            raise Mistake(
                f"two files have one number: {other} and {path.name}; give the one that "
                "is yours a name that begins with a letter"
            )
    return found


def kept(record, output):
    """For each line of an output whether its record keeps it.

    Each "..." of the record stands for a line or more, and for as few as will do. Raises
    ValueError with the line of the record that does not fit.
    """
    flags, start = [], 0
    dots = [number for number, line in enumerate(record) if line == "..."]
    for end in [*dots, len(record)]:
        block, last = record[start:end], end == len(record)
        at = len(flags) + (start > 0)  # one line at least for the dots
        if start and last:
            at = max(at, len(output) - len(block))
        elif start:
            places = range(at, len(output))
            fits = (n for n in places if output[n : n + len(block)] == block)
            at = next(fits, len(output))
        found = output[at:] if last else output[at : at + len(block)]
        if found != block or at > len(output):
            same = (ours == theirs for ours, theirs in zip(block, found))
            number = start + sum(takewhile(bool, same))
            text = [*record, "its end"][number]
            where = f"line {number + 1}, {text}"
            raise ValueError(f"its record does not fit its whole output: {where}")
        flags += [False] * (at - len(flags)) + [True] * len(block)
        start = end + 1
    return flags


def chapter(script):
    """The book's chapter that a script belongs to, or None: the first that it names."""
    found = re.match(r"chapters? (\d+)", script.header.get("Book", ""))
    return int(found[1]) if found else None


def write(path, content):
    """Replace a file as a whole, by text or bytes, or leave it as it was."""
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        if path.exists():
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def origin(script, steps):
    """The step that a step comes from, or None: the one before, or what From: says."""
    named = re.search(r"step (\d+)", script.header.get("From", ""))
    earlier = [number for number in steps if number < script.number]
    return steps.get(int(named[1]) if named else max(earlier, default=None))

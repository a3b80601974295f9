"""What a script says of itself: its header, its record, and what it defines."""

import ast
import functools
import itertools
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


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


class Script:
    """A step or a concept: a file such as 07_nnfs_activation02.py.

    header is the docstring as {"Idea": ..., "Book": ...}, each on one line; record the
    lines of the last "# Output:", where "..." stands for lines left out, or None.
    """

    def __init__(self, path, number=None):
        self.path, self.number = path, number or int(path.name[:2])
        self.kind = "Concept" if path.parent.name == "concepts" else "Step"
        self.name = f"{self.kind} {self.number:02}"
        try:
            self.text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:  # Python will say why when it is run
            self.text = ""
        docstring = re.match(r'(""".*?"""\n)?', self.text, re.S)[0]
        words = re.sub(r"\A\w+ \d+\. ", "Idea: ", docstring.strip('"\n'))
        field = r"^([A-Z]\w+): (.*?)(?=^[A-Z]\w+: |^\n|\Z)"
        fields = re.findall(field, words, re.M | re.S)
        self.header = {name: " ".join(words.split()) for name, words in fields}
        self.idea = self.header.get("Idea", "(no header)")
        concepts = re.findall(r"\d+", self.header.get("Concepts", ""))
        self.concepts = [int(number) for number in concepts]
        self.program, found, block = self.text.rpartition("\n# Output:\n")
        self.code = (self.program or self.text)[len(docstring) :].split("\n")
        lines = itertools.takewhile(lambda line: line[:1] == "#", block.split("\n"))
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
            raise Mistake(f"two files have one number: {other} and {path.name}")
    return found


def kept(record, output):
    """For each line of an output whether its record keeps it."""
    pattern = "".join(
        r"((?:.*\n)+?)" if line == "..." else f"({re.escape(line)}\n)"
        for line in record
    )
    fit = re.fullmatch(pattern, "".join(line + "\n" for line in output))
    if not fit:
        raise ValueError("its record does not fit its whole output")
    parts = zip(record, fit.groups())
    return [line != "..." for line, part in parts for _ in range(part.count("\n"))]


def origin(script, steps):
    """The step that a step comes from, or None: the one before, or what From: says."""
    named = re.search(r"step (\d+)", script.header.get("From", ""))
    earlier = [number for number in steps if number < script.number]
    return steps.get(int(named[1]) if named else max(earlier, default=None))


def chapter(script):
    """The first chapter of the book that Book: names, or None: it is beyond the book."""
    found = re.match(r"(?!none).*?chapter (\d+)", script.header.get("Book", ""))
    return int(found[1]) if found else None

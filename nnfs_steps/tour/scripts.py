"""What a script says of itself: its header, its record, and what it defines."""

import ast
import collections
import itertools
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Mistake(Exception):
    """Something that can't be done, with what can be, in one line."""


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

    def functions(self):
        """The syntax trees of functions, and of methods as Class.method."""
        found = {}
        for node in ast.parse(self.text, self.path.name).body:
            for part in node.body if isinstance(node, ast.ClassDef) else [node]:
                if isinstance(part, ast.FunctionDef):
                    name = part.name if part is node else f"{node.name}.{part.name}"
                    found[name] = part
        return found

    def definitions(self):
        """The source of classes, Class.methods, functions and top-level names."""
        found, lines = collections.defaultdict(str), self.text.split("\n")
        for node in ast.parse(self.text, self.path.name).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                found[node.name] = lines[node.lineno - 1]
                for part in node.body:
                    method = isinstance(node, ast.ClassDef) and hasattr(part, "name")
                    name = f"{node.name}.{part.name}" if method else node.name
                    found[name] += ast.unparse(part)
                continue
            for part in ast.walk(node):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    found[part.id] += lines[part.lineno - 1]
                elif isinstance(part, ast.alias):
                    found[part.asname or part.name] = ast.unparse(node)
        return found


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

"""Each step is the one before plus what its docstring names, and nothing else differs."""

import ast
import itertools
import re

import pytest
from project import STEPS, fields, read


def definitions(path):
    """What a step defines at its top level, and in loops there: {name: its source}.

    Methods count by themselves, as Class.method; imports and variables count too, but
    for those that loops count with.
    """
    source = read(path)
    found = {}

    def lines(node):
        return source.splitlines()[node.lineno - 1:node.end_lineno]

    def add(name, text):
        found.setdefault(name, []).append(text)

    def visit(statements):
        for node in statements:
            match node:
                case ast.Import() | ast.ImportFrom():
                    for alias in node.names:
                        origin = node.module if isinstance(node, ast.ImportFrom) else ""
                        add(alias.asname or alias.name, f"{origin} {alias.name}")
                case ast.ClassDef(name=name, body=body):
                    methods = [part for part in body if isinstance(part, ast.FunctionDef)]
                    for method in methods:
                        add(f"{name}.{method.name}", lines(method))
                    rest = [part for part in body if part not in methods]
                    add(name, [ast.unparse(part) for part in [*node.bases, *rest]])
                case ast.FunctionDef(name=name):
                    add(name, lines(node))
                case ast.Assign(targets=targets):
                    for part in itertools.chain(*map(ast.walk, targets)):
                        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                            add(part.id, ast.unparse(node))
                case ast.For() | ast.If():
                    visit(node.body + node.orelse)

    visit(ast.parse(source).body)
    return found


def named(path, field):
    return set(re.findall(r"`([^`]+)`", fields(path).get(field, "")))


def without_methods_of(classes, names):
    return {name for name in names if name.partition(".")[0] == name
            or name.partition(".")[0] not in classes}


@pytest.mark.parametrize("before, after", list(itertools.pairwise(STEPS)),
                         ids=lambda path: path.stem)
def test_docstring_names_all_that_differs(before, after):
    old, new = definitions(before), definitions(after)
    added, gone = new.keys() - old.keys(), old.keys() - new.keys()
    changed = {name for name in new.keys() & old.keys() if new[name] != old[name]}
    # The methods of a class that is new or gone as a whole need no mention
    added, gone = without_methods_of(added, added), without_methods_of(gone, gone)

    assert named(after, "New") <= added
    assert added <= named(after, "New") | named(after, "Changed")
    assert changed | gone <= named(after, "Changed")
    assert named(after, "Changed") <= changed | gone | added


def test_first_step_changes_nothing():
    assert "Changed" not in fields(STEPS[0])


def test_change_of_form_is_said():
    assert fields(STEPS[4])["Changed"].startswith("the program takes another form")
    assert fields(STEPS[9])["Changed"].startswith("the program is that of step 08 again")


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_step_imports_no_other(path):
    roots = set()
    for node in ast.walk(ast.parse(read(path))):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            roots.add(node.module.partition(".")[0])
    assert roots <= {"numpy", "nnfs", "matplotlib"}

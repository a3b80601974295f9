"""record.py, carry.py and readme.py, on a small project."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import carry
import readme
import record
from project import Mistake, write

CLASS = "class Layer:\n    def forward(self):\n        return 1\n\n\n"
OTHER = CLASS.replace("return", "# in its own way\n        return")


def files(project):
    """All that is there, without git's own and the tour."""
    return {
        path.relative_to(project.root).as_posix(): path.read_text(encoding="utf-8")
        for path in project.root.rglob("*")
        if path.is_file() and not {".git", "tour"} & {*path.parts}
    }


def whole(project):
    return project.steps / "outputs" / "01.txt"


# ---- record.py


def test_first_record(project, capsys):
    path = project.step(1, 'print("a")\nprint()\nprint(" b")')
    program = path.read_text()
    record.main(["1"], project.root)
    assert path.read_text() == program + "\n# Output:\n# a\n#\n#  b\n"
    assert capsys.readouterr().out == "Step 01: first record\n"


def test_of_a_concept(project):
    path = project.concept(2, 'print("a")')
    record.main(["concept", "2"], project.root)
    assert path.read_text().endswith("\n# Output:\n# a\n")


def test_only_the_last_block_changes(project, capsys):
    path = project.step(1, 'print("""\n# Output:\n# old\n""")\n# Output: not this')
    program, rest = path.read_text(), "\nx = 1  # code after the record\n# and this\n"
    path.write_text(f"{program}\n# Output:\n# old\n# old\n{rest}")
    record.main(["01"], project.root)
    expected = f"{program}\n# Output:\n#\n# # Output:\n# # old\n#\n{rest}"
    assert path.read_text() == expected
    out = capsys.readouterr().out
    assert out.startswith("Step 01 left its record.\n")
    assert "\n- old\n+ \n" in out and "\n=== Output, printed only\n" in out

    record.main(["1"], project.root)
    assert path.read_text() == expected
    assert capsys.readouterr().out == "Step 01: nothing changed\n"


def count_to(last, end="pass"):
    return f"for n in range({last}):\n    print('line', n)\n{end}"


def numbered(*numbers):
    return [f"line {n}" for n in numbers]


def test_long_output_is_shortened_and_kept_as_a_whole(project):
    path = project.step(1, count_to(30))
    record.main(["1"], project.root)
    lines = [*numbered(*range(5)), "...", *numbered(*range(25, 30))]
    assert path.read_text().endswith("\n# " + "\n# ".join(lines) + "\n")
    assert whole(project).read_text().splitlines() == numbered(*range(30))

    path.write_text(path.read_text().replace("range(30)", "range(20)"))
    record.main(["1"], project.root)
    assert "..." not in path.read_text()
    assert not whole(project).exists()


def test_shape_of_a_record_stays_while_it_fits(project):
    lines = "line 0", "...", "line 7", "...", "line 29"
    path = project.step(1, count_to(30), *lines)
    program = path.read_text()
    record.main(["1"], project.root)
    assert path.read_text() == program
    assert len(whole(project).read_text().splitlines()) == 30

    path.write_text(program.replace("range(30)", "range(31)"))
    record.main(["1"], project.root)
    lines = [*numbered(*range(5)), "...", *numbered(*range(26, 31))]
    assert path.read_text().endswith("\n# " + "\n# ".join(lines) + "\n")


@pytest.mark.parametrize(
    "end, message",
    [
        ("1 / 0", "ZeroDivisionError"),
        ("print('...')", "'...'"),
        ("print('x ')", "'x '"),
        ("print('\\xe9')", "ASCII"),
        ("1 +", "SyntaxError"),
    ],
)
def test_what_fails_leaves_all_as_it_was(project, end, message):
    lines = "line 0", "...", "line 29"
    project.step(1, count_to(30), *lines)
    record.main(["1"], project.root)
    project.step(1, count_to(30, end), *lines)
    before = files(project)
    with pytest.raises(Mistake, match=message):
        record.main(["1"], project.root)
    assert files(project) == before


@pytest.mark.parametrize("what, name", [(Path, "write_bytes"), (os, "replace")])
def test_a_file_is_replaced_as_a_whole_or_not(tmp_path, monkeypatch, what, name):
    def full(path, rest):
        if name == "write_bytes":
            path.write_text(rest[:1].decode())
        raise OSError("No space left on device")

    path = tmp_path / "x"
    path.write_text("old")
    monkeypatch.setattr(what, name, full)
    with pytest.raises(OSError, match="No space"):
        write(path, "new")
    assert [*tmp_path.iterdir()] == [path] and path.read_text() == "old"


@pytest.mark.parametrize(
    "words",
    [
        ["record.py"],
        ["record.py", "99"],
        ["record.py", "x"],
        ["record.py", "concept", "99"],
        ["carry.py"],
        ["carry.py", "1"],
        ["carry.py", "99"],
        ["readme.py", "x"],
    ],
    ids=" ".join,
)
def test_bad_input_gives_one_line(words):
    tool = Path(__file__).with_name(words[0])
    result = subprocess.run(
        [sys.executable, tool, *words[1:]], capture_output=True, text=True
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1


# ---- carry.py


@pytest.fixture
def repository(project, monkeypatch):
    """Step 1 has another class, 2 to 4 the same, 5 its own; all are in HEAD."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    project.step(1, "class Other:\n    pass")
    for number in 2, 3, 4:
        project.step(number, f"{CLASS}print({number})")
    project.step(5, OTHER)
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "-m", "x"],
    ):
        subprocess.run(["git", *words], cwd=project.root, check=True)
    return project


def change(repository, number, old="return 1", new="return 2"):
    path = repository.steps / f"{number:02}_x.py"
    text = path.read_text()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


def test_change_is_carried(repository, capsys):
    before = files(repository)
    change(repository, 2)
    for _ in range(2):  # what has it already keeps it
        carry.main(["2"], repository.root)
        expected = {
            name: text if "05" in name else text.replace("return 1", "return 2")
            for name, text in before.items()
        }
        assert files(repository) == expected
        assert capsys.readouterr().out == (
            "Layer of Step 02, changed in: 03, 04; to change by hand: 05\n"
        )


@pytest.mark.parametrize(
    "old, new",
    [
        ("    def forward", "    # why\n    def forward"),
        ("class Layer:\n", "class Layer:\n    def new(self):\n        pass\n\n"),
        ("class Layer:\n", '# why\nclass Layer:\n    """A layer."""\n\n'),
    ],
)
def test_change_is_merged_with_what_a_step_has_of_its_own(repository, old, new):
    change(repository, 2, old, new)
    carry.main(["2"], repository.root)
    for number in "345":
        text = files(repository)[f"nnfs_steps/0{number}_x.py"]
        assert new in text and ("own way" in text) is (number == "5")


def test_from_a_later_step(repository):
    before = files(repository)
    change(repository, 3)
    carry.main(["3"], repository.root)
    found = files(repository)
    assert "return 2" in found["nnfs_steps/04_x.py"]
    assert found["nnfs_steps/02_x.py"] == before["nnfs_steps/02_x.py"]


def test_what_is_not_committed_in_a_later_step_stays(repository, capsys):
    change(repository, 3, "return 1", "return 3")
    repository.step(6, CLASS)
    change(repository, 2)
    carry.main(["2"], repository.root)
    assert "return 3" in files(repository)["nnfs_steps/03_x.py"]
    assert "in: 04, 06; to change by hand: 03, 05\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "broken, message",
    [
        ("", "no class or function of Step 02 differs"),
        ("def f(:\n", "04_x.py, line 5: "),
    ],
)
def test_nothing_is_changed_if_something_is_wrong(repository, broken, message):
    if broken:
        change(repository, 2)
        change(repository, 4, "class", f"{broken}class")
    before = files(repository)
    with pytest.raises(Mistake, match=message):
        carry.main(["2"], repository.root)
    assert files(repository) == before


# ---- readme.py

README = """# Title

<!-- first -->
<!-- /first -->
<!-- steps -->
old
<!-- /steps -->

Between.

<!-- concepts -->
<!-- /concepts -->
After.
"""


TABLES = """# Title

<!-- first -->

Step [01](nnfs_steps/01_x.py): Idea 1.

```python
a = 1
b = 1
```

Step [02](nnfs_steps/02_x.py): Idea 2.

```diff
 a = 1
-b = 1
+b = 2
```

<!-- /first -->
<!-- steps -->

| step | idea | concepts | book | video |
|---|---|---|---|---|
| **chapter 2** |  |  |  |  |
| [01](nnfs_steps/01_x.py) | Idea 1. |  | chapter 2, a \\| b | [part 2](https://x.y) |
| [02](nnfs_steps/02_x.py) | Idea 2. | {both} | chapter 2, c | {videos} |
| **chapter 9** |  |  |  |  |
| [03](nnfs_steps/03_x.py) | Idea 3. (from {one}) | {second} | chapter 9 |  |

<!-- /steps -->

Between.

<!-- concepts -->

| concept | what it shows | for step | book |
|---|---|---|---|
| [01](concepts/01_x.py) | Idea 1. | [02](nnfs_steps/02_x.py) | none |
| [02](concepts/02_x.py) | Idea 2. | {readers} | none |

<!-- /concepts -->
After.
""".format(
    one="[01](nnfs_steps/01_x.py)",
    second="[02](concepts/02_x.py)",
    both="[01](concepts/01_x.py), [02](concepts/02_x.py)",
    videos="[part 7](https://x.y/1), [part 8](https://x.y/2)",
    readers="[02](nnfs_steps/02_x.py), [03](nnfs_steps/03_x.py)",
)


HEADERS = {name: readme.TABLES[name] for name in ["first", "steps", "concepts"]}


def test_tables(project):
    root = project.root
    for number, fields in enumerate(
        [
            {"Book": "chapter 2, a | b", "Video": "part 2, https://x.y"},
            {
                "Book": "chapter 2, c",
                "Video": "parts 7 and 8, https://x.y/1 and https://x.y/2",
                "Concepts": "01, 02",
            },
            {"From": "step 01", "Book": "chapter 9", "Concepts": "02"},
        ],
        start=1,
    ):
        project.step(number, f"a = 1\nb = {number}\n\n# Output:", **fields)
    for number in 1, 2:
        project.concept(number, "", Book="none")
    (root / "README.md").write_bytes(README.encode())
    readme.main([], root, HEADERS)
    assert (root / "README.md").read_text() == TABLES
    assert readme.render(TABLES, root, HEADERS) == TABLES


def test_readme_without_its_marks_stays(tmp_path):
    (tmp_path / "README.md").write_text("no marks\n")
    with pytest.raises(Mistake, match="<!-- first -->"):
        readme.main([], tmp_path, HEADERS)
    assert (tmp_path / "README.md").read_text() == "no marks\n"

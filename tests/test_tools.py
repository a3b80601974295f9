"""record.py, carry.py and readme.py, on a small project."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import carry
import project
import readme
import record
from project import Mistake

CLASS = "class Layer:\n    def forward(self):\n        return {}\n\n\n"
OTHER = CLASS.replace("return", "# in its own way\n        return")


def script(body, idea="An idea.", kind="Step", number=1, **fields):
    lines = [f"{name}: {text}" for name, text in fields.items()]
    header = "\n".join([f"{kind} {number:02}. {idea}", "", *lines])
    return f'"""{header}\n"""\n\n{body}\n'


@pytest.fixture
def root(tmp_path):
    """A project with folders and no script."""
    for name in "nnfs_steps", "concepts":
        (tmp_path / name).mkdir()
    return tmp_path


def files(root):
    """All that is there, without git's own."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


def put(root, number, text, folder="nnfs_steps"):
    path = root / folder / f"{number:02}_x.py"
    path.write_bytes(text.encode())
    return path


# ---- record.py


def test_first_record(root, capsys):
    program = script('print("a")\nprint()\nprint(" b")')
    path = put(root, 1, program)
    record.main(["1"], root)
    assert path.read_text() == program + "\n# Output:\n# a\n#\n#  b\n"
    assert capsys.readouterr().out == "Step 01: first record\n"


def test_of_a_concept(root):
    path = put(root, 2, script('print("a")', kind="Concept", number=2), "concepts")
    record.main(["concept", "2"], root)
    assert path.read_text().endswith("\n# Output:\n# a\n")


def test_only_the_last_block_changes(root, capsys):
    program = script('print("""\n# Output:\n# old\n""")\n# Output: not this')
    rest = "\nx = 1  # code after the record\n# and this\n"
    path = put(root, 1, f"{program}\n# Output:\n# old\n# old\n{rest}")
    record.main(["01"], root)
    expected = f"{program}\n# Output:\n#\n# # Output:\n# # old\n#\n{rest}"
    assert path.read_text() == expected
    out = capsys.readouterr().out
    assert out.startswith("Step 01 left its record.\n")
    assert re.search(r"^- (1: )?old$", out, re.M)
    assert re.search(r"^\+ (3: )?# old$", out, re.M)

    record.main(["1"], root)
    assert path.read_text() == expected
    assert capsys.readouterr().out == "Step 01: nothing changed\n"


def count_to(last, end="pass"):
    return script(f"for n in range({last}):\n    print('line', n)\n{end}")


def numbered(*numbers):
    return [f"line {n}" for n in numbers]


def test_long_output_is_shortened_and_kept_as_a_whole(root):
    path, whole = put(root, 1, count_to(30)), root / "nnfs_steps" / "outputs" / "01.txt"
    record.main(["1"], root)
    lines = [*numbered(*range(5)), "...", *numbered(*range(25, 30))]
    assert path.read_text().endswith("\n# " + "\n# ".join(lines) + "\n")
    assert whole.read_text().splitlines() == numbered(*range(30))

    path.write_text(path.read_text().replace("range(30)", "range(20)"))
    record.main(["1"], root)
    assert "..." not in path.read_text()
    assert not whole.exists()


def test_shape_of_a_record_stays_while_it_fits(root):
    lines = "# line 0\n# ...\n# line 7\n# ...\n# line 29\n"
    program = count_to(30) + "\n# Output:\n" + lines
    path, whole = put(root, 1, program), root / "nnfs_steps" / "outputs" / "01.txt"
    record.main(["1"], root)
    assert path.read_text() == program
    assert len(whole.read_text().splitlines()) == 30

    path.write_text(program.replace("range(30)", "range(31)"))
    record.main(["1"], root)
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
def test_what_fails_leaves_all_as_it_was(root, end, message):
    put(root, 1, count_to(30) + "\n# Output:\n# line 0\n# ...\n# line 29\n")
    record.main(["1"], root)
    put(root, 1, count_to(30, end) + "\n# Output:\n# line 0\n# ...\n# line 29\n")
    before = files(root)
    with pytest.raises(Mistake, match=message):
        record.main(["1"], root)
    assert files(root) == before


def test_a_full_disk_leaves_a_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_text("old")

    def full(self, data):
        with open(self, "wb") as file:
            file.write(data[:1])
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        project.write(path, "new")
    assert files(tmp_path) == {"x": "old"}


def test_a_file_is_replaced_as_a_whole(tmp_path, monkeypatch):
    def refuse(source, target):
        raise OSError("not now")

    path = tmp_path / "x"
    path.write_text("old")
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="not now"):
        project.write(path, "new")
    assert files(tmp_path) == {"x": "old"}


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
def repository(root, monkeypatch):
    """Step 1 has another class, 2 to 4 the same, 5 its own; all are in HEAD."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    put(root, 1, script("class Other:\n    pass"))
    for number in 2, 3, 4:
        body = f"{CLASS.format(1)}print({number})"
        put(root, number, script(body, number=number))
    put(root, 5, script(OTHER.format(1), number=5))
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "-m", "x"],
    ):
        subprocess.run(["git", *words], cwd=root, check=True)
    return root


def change(root, number, old="return 1", new="return 2"):
    path = root / "nnfs_steps" / f"{number:02}_x.py"
    text = path.read_text()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


def test_change_is_carried(repository, capsys):
    before = files(repository)
    change(repository, 2)
    for _ in range(2):  # what has it already keeps it
        carry.main(["2"], repository)
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
    carry.main(["2"], repository)
    for number in "345":
        text = files(repository)[f"nnfs_steps/0{number}_x.py"]
        assert new in text and ("own way" in text) is (number == "5")


def test_from_a_later_step(repository):
    before = files(repository)
    change(repository, 3)
    carry.main(["3"], repository)
    found = files(repository)
    assert "return 2" in found["nnfs_steps/04_x.py"]
    assert found["nnfs_steps/02_x.py"] == before["nnfs_steps/02_x.py"]


def test_what_is_not_committed_in_a_later_step_stays(repository, capsys):
    change(repository, 3, "return 1", "return 3")
    put(repository, 6, script(CLASS.format(1), number=6))
    change(repository, 2)
    carry.main(["2"], repository)
    assert "return 3" in files(repository)["nnfs_steps/03_x.py"]
    assert "in: 04, 06; to change by hand: 03, 05\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "broken, message",
    [
        ("", "no class or function of Step 02 differs"),
        ("def f(:\n", "04_x.py, line 1: "),
    ],
)
def test_nothing_is_changed_if_something_is_wrong(repository, broken, message):
    if broken:
        change(repository, 2)
        put(repository, 4, broken)
    before = files(repository)
    with pytest.raises(Mistake, match=message):
        carry.main(["2"], repository)
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

Step [01](nnfs_steps/01_x.py): An idea.

```python
a = 1
b = 1
```

Step [02](nnfs_steps/02_x.py): An idea.

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
| [01](nnfs_steps/01_x.py) | An idea. |  | chapter 2, a \\| b | [part 2](https://x.y) |
| [02](nnfs_steps/02_x.py) | An idea. | {both} | chapter 2, c | {videos} |
| **chapter 9** |  |  |  |  |
| [03](nnfs_steps/03_x.py) | An idea. (from {one}) | {second} | chapter 9 |  |

<!-- /steps -->

Between.

<!-- concepts -->

| concept | what it shows | for step | book |
|---|---|---|---|
| [01](concepts/01_x.py) | A concept. | [02](nnfs_steps/02_x.py) | none |
| [02](concepts/02_x.py) | A concept. | {readers} | none |

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


def test_tables(root):
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
        body = f"a = 1\nb = {number}\n\n# Output:"
        put(root, number, script(body, number=number, **fields))
    for number in 1, 2:
        concept = script("", "A concept.", "Concept", number, Book="none")
        put(root, number, concept, "concepts")
    (root / "README.md").write_bytes(README.encode())
    readme.main([], root, HEADERS)
    assert (root / "README.md").read_text() == TABLES
    assert readme.render(TABLES, root, HEADERS) == TABLES


def test_readme_without_its_marks_stays(root):
    (root / "README.md").write_text("no marks\n")
    with pytest.raises(Mistake, match="<!-- first -->"):
        readme.main([], root, HEADERS)
    assert (root / "README.md").read_text() == "no marks\n"

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


# ---- record.py


@pytest.mark.parametrize("words", [["1"], ["concept", "1"]])
def test_first_record(project, capsys, words):
    write_script = project.concept if words[1:] else project.step
    path = write_script(1, 'print("a")\nprint()\nprint(" b")')
    program = path.read_text()
    record.main(words, project.root)
    assert path.read_text() == program + "\n# Output:\n# a\n#\n#  b\n"
    assert capsys.readouterr().out.endswith(" 01: first record\n")


def test_only_the_last_block_changes(project, capsys):
    path = project.step(1, 'print("""\n# Output:\n# old\n""")\n# Output: not this')
    program, rest = path.read_text(), "\nx = 1  # code after the record\n# and this\n"
    path.write_text(f"{program}\n# Output:\n# old\n# old\n{rest}")
    expected = f"{program}\n# Output:\n#\n# # Output:\n# # old\n#\n{rest}"
    shown = []
    for word in "01", "1":
        record.main([word], project.root)
        assert path.read_text() == expected
        shown.append(capsys.readouterr().out)
    assert shown[0].startswith("Step 01 left its record.\n")
    assert "\n- old\n+ \n" in shown[0] and "\n=== Output, printed only\n" in shown[0]
    assert shown[1] == "Step 01: nothing changed\n"


COUNT = "for n in range(30): print('line', n)\n"


def lines(*numbers):
    return "".join(f"# line {n}\n".replace("line .", "...") for n in numbers)


def test_long_output_is_shortened_and_kept_as_a_whole(project):
    own = "line 0", "...", "line 7", "...", "line 29"
    path = project.step(1, COUNT, *own)
    program = path.read_text()
    for count, expected in [
        (30, lines(0, ".", 7, ".", 29)),  # its shape stays while it fits
        (31, lines(*range(5), ".", *range(26, 31))),
        (20, lines(*range(20))),
    ]:
        path.write_text(program.replace("30", str(count)))
        record.main(["1"], project.root)
        assert path.read_text().rpartition("# Output:\n")[2] == expected
        whole = project.whole(1)
        assert whole.exists() is ("..." in expected)
        if whole.exists():
            assert len(whole.read_text().splitlines()) == count


@pytest.mark.parametrize(
    "end, message",
    [
        ("1 / 0", "ZeroDivisionError"),
        ("print('...')", "'...'"),
        ("print('x ')", "'x '"),
        ("print('\\xe9')", "ASCII"),
    ],
)
def test_what_fails_leaves_all_as_it_was(project, end, message):
    project.step(1, COUNT, "line 0", "...", "line 29")
    record.main(["1"], project.root)
    project.step(1, COUNT + end, "line 0", "...", "line 29")
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
    ["record.py", "record.py x", "record.py concept 99", "carry.py 1", "readme.py x"],
)
def test_bad_input_gives_one_line(words):
    tool, *words = words.split()
    words = [sys.executable, Path(__file__).with_name(tool), *words]
    result = subprocess.run(words, capture_output=True, text=True)
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
    author = "-c user.name=x -c user.email=x@x"
    for words in "init -q", "add .", f"{author} commit -q -m x":
        subprocess.run(["git", *words.split()], cwd=project.root, check=True)
    return project


def change(repository, number, old="return 1", new="return 2"):
    path = repository.steps / f"{number:02}_x.py"
    text = path.read_text()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


@pytest.mark.parametrize("first, others", [(2, "03, 04"), (3, "04")])
def test_change_is_carried_to_later_steps(repository, capsys, first, others):
    before = files(repository)
    change(repository, first)
    taken = (f"{first:02}", *others.split(", "))
    for _ in range(2):  # what has it already keeps it
        carry.main([str(first)], repository.root)
        assert files(repository) == {
            name: text.replace("1\n\n\nprint", "2\n\n\nprint")
            if name.startswith(tuple(f"nnfs_steps/{n}" for n in taken))
            else text
            for name, text in before.items()
        }
        assert capsys.readouterr().out == (
            f"Layer of Step {first:02}, changed in: {others}; to change by hand: 05\n"
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


# ---- readme.py: that its tables are right is held by the README itself


def test_readme_is_written_and_one_without_marks_stays(project):
    path, tables = project.root / "README.md", {"steps": readme.steps_table}
    project.step(1, "", Book="chapter 2, a | b", Video="parts 2 and 3, https://x.y")
    path.write_text("# Title\n<!-- steps -->\nold\n<!-- /steps -->\n\nAfter.\n")
    for _ in range(2):
        readme.main([], project.root, tables)
        start, *_, row, _, end, _, after = path.read_text().splitlines()
        assert (start, end, after) == ("# Title", "<!-- /steps -->", "After.")
        one, book = "[01](nnfs_steps/01_x.py)", r"chapter 2, a \| b"
        assert row == f"| {one} | Idea 1. |  | {book} | [part 2](https://x.y) |"
    with pytest.raises(Mistake, match="<!-- first -->"):
        readme.main([], project.root)
    assert "old" not in path.read_text() and row in path.read_text()

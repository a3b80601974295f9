"""update.py and what it does: records, changes that later steps take over, READMEs."""

import os
import subprocess

import pytest

import seeds
import update
from carry import carry
from conftest import Project
from record import record
from tour.project import Mistake, python
from tour.scripts import Script, scripts_in

CLASS = "class Layer:\n    def forward(self):\n        return 1\n\n\n"
COUNT = "for n in range(30): print('line', n)\n"


class Small(Project):
    """A project of steps that do little, and all of its files."""

    def change(self, number, old="return 1", new="return 2"):
        path = self.steps / f"{number:02}_x.py"
        text = path.read_text()
        assert old in text
        path.write_bytes(text.replace(old, new).encode())

    def files(self):
        paths = [p for p in self.steps.rglob("*") if "tour" not in p.parts]
        return {p.name: p.read_text() for p in paths if p.is_file()}


@pytest.fixture
def small(tmp_path):
    return Small(tmp_path)


# ---- Records


def test_only_the_last_block_changes(small, capsys):
    path = small.step(1, 'print("""\n# Output:\n# old\n""")\n# Output: not this')
    program = path.read_text()
    path.write_text(f"{program}\n# Output:\n# old\n# old\n")
    for changes in True, False:
        assert record(Script(path)) is changes
        assert path.read_text() == f"{program}\n# Output:\n#\n# # Output:\n# # old\n#\n"
        assert ("left its record" in capsys.readouterr().out) is changes


def lines(*numbers):
    return "".join(f"# line {n}\n".replace("line .", "...") for n in numbers)


def test_a_long_output_is_shortened_and_kept_whole(small):
    path = small.step(1, COUNT, "line 0", "...", "line 7", "...", "line 29")
    program = path.read_text()
    for count, expected in [
        (30, lines(0, ".", 7, ".", 29)),  # its shape stays while it fits
        (31, lines(*range(5), ".", *range(26, 31))),
        (20, lines(*range(20))),
    ]:
        path.write_text(program.replace("30", str(count)))
        record(Script(path))
        assert path.read_text().rpartition("# Output:\n")[2] == expected
        whole = small.steps / "outputs" / "01.txt"
        assert whole.exists() is ("..." in expected)
        if whole.exists():
            assert len(whole.read_text().splitlines()) == count


FAILS = {"1 / 0": "ZeroDiv", "print('...')": "'...'", "print('x ')": "'x '"}


@pytest.mark.parametrize("end", [*FAILS, "print('\\xe9')"])
def test_what_fails_leaves_all_as_it_was(small, end):
    record(Script(small.step(1, COUNT, "line 0", "...", "line 29")))
    path = small.step(1, COUNT + end, "line 0", "...", "line 29")
    before = small.files()
    with pytest.raises(Mistake, match=FAILS.get(end, "ASCII")):
        record(Script(path))
    assert small.files() == before


# ---- What later steps take over


@pytest.fixture
def repository(small, monkeypatch):
    """Step 1 has another class, 2 to 4 the same, 5 its own; all are in HEAD."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    small.step(1, "class Other:\n    pass")
    for number in 2, 3, 4:
        small.step(number, f"{CLASS}print({number})")
    small.step(5, CLASS.replace("return", "# in its own way\n        return"))
    author = "-c user.name=x -c user.email=x@x"
    for words in "init -q", "add nnfs_steps/0*", f"{author} commit -q -m x":
        subprocess.run(f"git {words}", shell=True, cwd=small.root, check=True)
    return small


def carried(repository, number):
    steps = scripts_in(repository.steps)
    return [step.number for step in carry(steps[number], steps)]


@pytest.mark.parametrize("first, others", [(2, [3, 4]), (3, [4])])
def test_a_change_is_carried_to_later_steps(repository, capsys, first, others):
    before = repository.files()
    repository.change(first)
    for number in first, *others:
        name = f"{number:02}_x.py"
        before[name] = before[name].replace("return 1", "return 2")
    for taken in others, []:  # the second time they have it
        assert carried(repository, first) == taken
        assert repository.files() == before
        assert capsys.readouterr().out.endswith("to change by hand: 05\n")


def test_a_change_is_merged_with_what_a_step_has_of_its_own(repository, capsys):
    new = "class Layer:\n    def new(self):\n        pass\n\n"
    repository.change(2, "class Layer:\n", new)
    repository.change(3, "return 1", "return 3")  # not committed
    assert carried(repository, 2) == [3, 4, 5]
    texts = [repository.files()[f"0{number}_x.py"] for number in "345"]
    assert all(new in text for text in texts)
    assert "return 3" in texts[0] and "own way" in texts[2]
    repository.change(2, "return 1", "return 2")
    repository.change(4, "class", "def f(:\nclass")  # it can't be read
    before = repository.files()
    with pytest.raises(Mistake, match=r"04_x.py, line 5: "):
        carried(repository, 2)
    assert repository.files() == before


# ---- All of it


def test_update(repository, capsys):
    (repository.steps / "README.md").write_text("")
    readme = repository.root / "README.md"
    readme.write_text("0 of 0 steps print. 0 steps and 0 concepts")
    repository.change(2, "print(2)", "print(Layer().forward())")
    repository.change(2)
    repository.step(3, f"{CLASS}print(3)\nimport matplotlib.pyplot as plt\nplt.show()")
    update.main(["2"], repository.root)
    files = repository.files()
    assert files["02_x.py"].endswith("\n\n# Output:\n# 2\n")
    assert files["04_x.py"].endswith("return 2\n\n\nprint(4)\n\n# Output:\n# 4\n")
    assert readme.read_text() == "5 of 5 steps print. 5 steps and 0 concepts"
    said = capsys.readouterr().out
    assert "Step 02: first record\n" in said and "Step 05" not in said
    todo = [line.split()[-1] for line in said.splitlines() if "Still to do" in line]
    assert todo == ["assets/draw.py", "assets/page.py"]
    # The ten seeds are to be trained where an output changes
    step = Script(repository.step(seeds.TRAINED[0], ""))
    for changed in [step], []:
        todo = [tool for _, tool in update.by_hand([step], changed)]
        assert ("tests/tools/seeds.py 11" in todo) is bool(changed)


@pytest.mark.parametrize("words", ["concept 99", "1 2", "--what"])
def test_bad_input_gives_one_line(words):
    result = python(update.__file__, *words.split())
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.count(b"\n") == 1

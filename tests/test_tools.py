"""update.py and what it does: records, changes that later steps take over, READMEs.

The benchmark runs, each side of its rows for a moment. No speed is tested.
"""

import os
import re
import subprocess

import pytest

import benchmark
import seeds
import update
from carry import carry
from record import record
from tour.project import Mistake, python
from tour.scripts import Script, scripts_in

CLASS = "class Layer:\n    def forward(self):\n        return 1\n\n\n"
COUNT = "for n in range(30): print('line', n)\n"


def files(folder):
    return {path.name: path.read_text() for path in folder.rglob("*.*")}


# ---- Records


def test_only_the_last_block_changes(project, capsys):
    path = project.step(1, 'print("""\n# Output:\n# old\n""")\n# Output: not this')
    program = path.read_text()
    path.write_text(f"{program}\n# Output:\n# old\n# old\n")
    for changes in True, False:
        assert record(Script(path)) is changes
        assert path.read_text() == f"{program}\n# Output:\n#\n# # Output:\n# # old\n#\n"
        assert ("left its record" in capsys.readouterr().out) is changes


def lines(*numbers):
    return "".join(f"# line {n}\n".replace("line .", "...") for n in numbers)


def test_a_long_output_is_shortened_and_kept_whole(project):
    path = project.step(1, COUNT, "line 0", "...", "line 7", "...", "line 29")
    program, whole = path.read_text(), project.steps / "outputs" / "01.txt"
    for count, expected in [
        (30, lines(0, ".", 7, ".", 29)),  # its shape stays while it fits
        (31, lines(*range(5), ".", *range(26, 31))),
        (20, lines(*range(20))),
    ]:
        path.write_text(program.replace("30", f"{count}"))
        record(Script(path))
        assert path.read_text().rpartition("# Output:\n")[2] == expected
        assert whole.exists() is ("..." in expected)
        assert count == 20 or whole.read_text().count("\n") == count


FAILS = {"1 / 0": "ZeroDiv", "print('...')": "'...'", "print('x ')": "'x '"}


@pytest.mark.parametrize("end", [*FAILS, "print('\\xe9')"])
def test_what_fails_leaves_all_as_it_was(project, end):
    record(Script(project.step(1, COUNT, "line 0", "...", "line 29")))
    path = project.step(1, COUNT + end, "line 0", "...", "line 29")
    before = files(project.root)
    with pytest.raises(Mistake, match=FAILS.get(end, "ASCII")):
        record(Script(path))
    assert files(project.root) == before


# ---- What later steps take over


@pytest.fixture
def change(project, monkeypatch):
    """Changes a step; step 1 has another class, 2 to 4 the same, 5 its own: in HEAD."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    project.step(1, "class Other:\n    pass\n\n\ndef exp(): ...\ndef log(): ...")
    for number in 2, 3, 4:
        project.step(number, f"{CLASS}print({number})")
    project.step(5, CLASS.replace("return", "# in its own way\n        return"))
    author = "-c user.name=x -c user.email=x@x"
    for words in "init -q", "add nnfs_steps/0*", f"{author} commit -q -m x":
        subprocess.run(f"git {words}", shell=True, cwd=project.root, check=True)

    def change(number, old, new):
        path = project.steps / f"{number:02}_x.py"
        text = path.read_text()
        assert old in text
        path.write_bytes(text.replace(old, new).encode())

    return change


def carried(project, number):
    steps = scripts_in(project.steps)
    return [step.number for step in carry(steps[number], steps)]


def test_a_change_is_carried_to_later_steps(project, change, capsys):
    expected = files(project.steps)
    for name in "02_x.py", "03_x.py", "04_x.py":
        expected[name] = expected[name].replace("return 1", "return 2")
    change(2, "return 1", "return 2")
    for taken in [3, 4], []:  # the second time they have it
        assert carried(project, 2) == taken
        assert files(project.steps) == expected
        assert capsys.readouterr().out.endswith("to change by hand: 05\n")


def test_a_change_is_merged_with_what_a_step_has_of_its_own(project, change):
    new = "class Layer:\n    def new(self):\n        pass\n\n"
    change(2, "class Layer:\n", new)
    change(3, "return 1", "return 3")  # not committed
    assert carried(project, 2) == [3, 4, 5]
    texts = [files(project.steps)[f"0{number}_x.py"] for number in "345"]
    assert all(new in text for text in texts)
    assert "return 3" in texts[0] and "own way" in texts[2]
    change(2, "return 1", "return 2")
    change(4, "class", "def f(:\nclass")  # it can't be read
    before = files(project.steps)
    with pytest.raises(Mistake, match=r"04_x.py, line 5: "):
        carried(project, 2)
    assert files(project.steps) == before


# ---- All of it


def test_update(project, change, capsys):
    (project.steps / "README.md").write_text("")
    readme = project.root / "README.md"
    readme.write_text("0 of 0 steps print. 0 steps and 0 concepts, steps 0 and 0 on.")
    change(2, "print(2)", "print(Layer().forward())")
    change(2, "return 1", "return 2")
    project.step(3, f"{CLASS}print(3)\nimport matplotlib.pyplot as plt\nplt.show()")
    update.main(["2"], project.root)
    found, said = files(project.steps), capsys.readouterr().out
    assert found["02_x.py"].endswith("\n\n# Output:\n# 2\n")
    assert found["04_x.py"].endswith("return 2\n\n\nprint(4)\n\n# Output:\n# 4\n")
    expected = "5 of 5 steps print. 5 steps and 0 concepts, steps 01 and 01 on."
    assert readme.read_text() == expected
    assert "Step 02: first record\n" in said and "Step 05" not in said
    todo = [line.split()[-1] for line in said.splitlines() if "Still to do" in line]
    assert todo == ["assets/draw.py", "assets/page.py"]
    # The ten seeds are to be trained where an output changes
    step = Script(project.step(seeds.TRAINED[0], ""))
    for changed in [step], []:
        todo = [tool for _, tool in update.by_hand([step], changed)]
        assert ("tests/tools/seeds.py 11" in todo) is bool(changed)


@pytest.mark.parametrize("words", ["concept 99", "1 2", "--what"])
def test_bad_input_gives_one_line(words):
    result = python(update.__file__, *words.split())
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.count(b"\n") == 1


def test_the_benchmarks_table_has_its_rows():
    start, end = benchmark.MARKS
    table = benchmark.README.read_text(encoding="utf-8").partition(start)[2]
    rows = re.findall(r"^\| (.*) \| [\d.]+ \(", table.partition(end)[0], re.M)
    assert rows == [title for title, *_ in benchmark.ROWS]


SIDES = sorted({side for _, *sides in benchmark.ROWS for side in sides})


@pytest.mark.parametrize("side", SIDES)
def test_each_side_of_the_benchmark_is_timed(side):
    if "pytorch" in side:
        pytest.importorskip("torch", reason="PyTorch is not installed")
    seconds = benchmark.timed(side)
    assert len(seconds) == benchmark.LINES and min(seconds) > 0

"""python nnfs_steps: what it shows, how it ends, what it does when things go wrong."""

import ast
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import (
    PEAK_MEMORY,
    Project,  # noqa: F401
    as_seen,
    on_terminal,
    posix,
    read_to,
    shell,
    signals_as_usual,
    table,
)
from project import CONCEPTS, ROOT, STEPS
from tour import runner
from tour.scripts import kept, lines_of

STOPPED = "\nStopped.\n"


# ---- Runs


def test_form_of_a_tour(project):
    program = "print('a')\nprint()\nprint(' b')"
    project.step(1, program, "a", "", " b", Book="chapter 2, x")
    project.step(2, "print(2)", "2", Concepts="04, 05")
    assert project.tour() == (
        0,
        f"""\
=== Step 01. Idea 1.
    Book: chapter 2, x

a

 b

As recorded, X s.

=== Step 02. Idea 2.
    Concepts: 04, 05

2

As recorded, X s.

{table((1, "as recorded"), (2, "as recorded"))}
2 of 2 steps print what is recorded
""",
        "",
    )


def test_chosen_steps_in_the_given_order(project):
    for number in 1, 2, 3:
        project.step(number, f"print({number})", str(number))
    for words in ["3", "01"], ["run", "3", "01"]:
        status, output, _ = project.tour(*words)
        assert re.findall(r"^=== Step (\d+)", output, re.M) == ["03", "01"]
        assert output.endswith("\n2 of 2 steps print what is recorded\n")
        assert status == 0


def test_as_a_module_from_anywhere(project, tmp_path_factory):
    project.step(1, "import os\nprint(os.listdir())", "[]")
    empty = tmp_path_factory.mktemp("empty")
    assert project.tour(cwd=empty)[0] == 0
    words = [sys.executable, "-m", "nnfs_steps", "list"]
    result = subprocess.run(words, cwd=project.root, capture_output=True, text=True)
    assert "\n01  Idea 1.\n" in result.stdout
    assert result.returncode == 0


@posix
@pytest.mark.parametrize("how", ["..", "link", "renamed"])
def test_by_another_name(project, how):
    project.step(1, "print(1)", "1")
    project.concept(1, "print(1)", "1")
    words, cwd = [sys.executable, ".."], project.steps / "tour"
    if how != "..":
        words, cwd = [sys.executable, how], project.root
        (cwd / how).symlink_to(project.steps)
    if how == "renamed":
        (cwd / how).unlink()
        project.steps.rename(cwd / how)
    for more in [], ["concept", "1"]:
        result = subprocess.run(
            [*words, *more], cwd=cwd, capture_output=True, text=True
        )
        assert "\n1 of 1 " in result.stdout and result.stderr == ""


def test_concepts(project):
    project.concept(1, "print(1)", "1")
    project.concept(2, "print(2)", "3")
    status, output, _ = project.tour("concept", "2", "1")
    assert re.findall(r"^=== Concept (\d+)", output, re.M) == ["02", "01"]
    assert output.endswith("\n1 of 2 concepts print what is recorded\n")
    assert status == 1


@pytest.mark.parametrize("words", [["list"], ["run", "1"], ["compare", "1", "2"]])
def test_tour_starts_without_numpy_and_the_like(project, words):
    project.step(1, "print(1)", "1")
    project.step(2, "print(2)", "2")
    words = [sys.executable, "-X", "importtime", project.steps, *words]
    errors = subprocess.run(words, capture_output=True, text=True).stderr
    lines = [line for line in errors.splitlines() if line.startswith("import time:")]
    modules = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert {"argparse", "tour"} < modules
    assert not modules & {"numpy", "matplotlib", "nnfs"}


def test_settings_of_a_script(project):
    names = "MPLBACKEND", "OPENBLAS_NUM_THREADS", "PYTHONIOENCODING"
    program = f"import os\nfor name in {names}:\n    print(os.environ[name])\ninput()"
    project.step(1, program)
    free = dict(zip(names, ["tkagg", "7", "latin-1"]))
    with open(__file__) as stdin:
        _, output, errors = project.tour(env=free, stdin=stdin)
    assert "\n\nagg\n7\nutf-8\n\n" in output
    assert "EOFError" in output and errors == ""
    project.step(1, "import os\nprint(os.environ['OPENBLAS_NUM_THREADS'])", "1")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS")}
    words = [sys.executable, project.steps]
    assert subprocess.run(words, env=environment, capture_output=True).returncode == 0


WAIT = """import pathlib, time
file = pathlib.Path(__file__).with_name("go")
while not file.exists():
    time.sleep(0.01)
"""


def test_output_is_shown_as_it_appears(project):
    program = f"print('first')\nprint('la', end='')\n{WAIT}print('st')"
    project.step(1, program, "first", "last")
    with project.start() as process:
        while process.stdout.readline() != "first\n":
            assert process.poll() is None
        time.sleep(0.1)  # for "la", which is no line yet
        (project.steps / "go").touch()
        assert process.communicate(timeout=20)[0].startswith("last\n\nAs recorded")
    assert process.returncode == 0


ONE_OF_ALL = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})"
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux says so")


@pytest.mark.parametrize(
    "setup, seen",
    [
        ("runner.processors = lambda: 2", True),
        ("runner.processors = lambda: 1", False),
        ("runner.CPU_MAX = runner.Path('one')", False),
        pytest.param(ONE_OF_ALL, False, marks=linux),
    ],
)
def test_scripts_run_ahead_on_other_processors(project, setup, seen):
    (project.root / "one").write_text("100000 100000\n")
    look = """import pathlib, time
until = time.monotonic() + {}
file = pathlib.Path(__file__).with_name("go")
while not file.exists() and time.monotonic() < until:
    time.sleep(0.01)
print(file.exists())"""
    project.step(1, look.format(20 if seen else 0.5), str(seen))
    project.step(2, "import pathlib\npathlib.Path(__file__).with_name('go').touch()")
    output = project.tour(setup=setup, cwd=project.root)[1]
    assert "\nAs recorded, X s.\n" in output


@pytest.mark.parametrize(
    "given, count", [("max 100000", 4), ("250000 100000", 3), ("50000 100000", 1)]
)
def test_at_most_four_scripts_at_once(tmp_path, monkeypatch, given, count):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(28), raising=False)
    monkeypatch.setattr(runner, "CPU_MAX", tmp_path / "x")
    (tmp_path / "x").write_text(given)
    assert runner.processors.__wrapped__() == count


def test_seconds_are_those_of_the_script(project):
    project.step(1, "import time\ntime.sleep(0.7)\nprint(1)", "1")
    project.step(2, "print(2)", "2")
    with project.start() as process:
        output = process.communicate(timeout=20)[0]
    first, second = map(float, re.findall(r"As recorded, (.*) s\.", output))
    assert 0.7 <= first < 5
    assert second < first


# ---- Records

LONG_PROGRAM = "for n in range(30):\n    print('line', n)\nprint('end')"
SAME = "They print the same, in another order or form."
SHORT = "line 0", "...", "line 29", "end"


@pytest.fixture
def long(project):
    """A project with a step whose record is shortened."""
    project.step(1, LONG_PROGRAM, *SHORT)
    (project.steps / "outputs").mkdir()
    whole = "".join(f"line {n}\n" for n in range(30)) + "end\n"
    (project.steps / "outputs" / "01.txt").write_text(whole)
    return project


def test_output_has_the_form_of_its_record(long):
    status, output, _ = long.tour()
    assert "\n\nline 0\n...\nline 29\nend\n\nAs recorded, X s.\n" in output
    assert "line 1\n" not in output
    assert status == 0


@pytest.mark.parametrize(
    "old, new, changes",
    [
        (
            "'line', n",
            "'line', n + (n == 15)",
            ["16", "- line 15", "+ line 16", "line 15 -> 16"],
        ),
        ("print('end')", "", ["31", "- end", "+ (the end)", "end"]),
        (
            "print('end')",
            "print('end')\nprint('more')",
            ["32", "- (the end)", "+ more", "more"],
        ),
        ("range(30)", "range(29, -1, -1)", ["1", "- line 0", "+ line 29", SAME]),
        (
            "'line', n",
            "'Line', n",
            ["1", "- line 0", "+ Line 0"]
            + [f"line {n}" for n in range(6)]
            + ["... 18 more lines ..."]
            + [f"line {n}" for n in range(24, 30)]
            + [f"Line {n}" for n in range(6)]
            + ["... 18 more lines ..."]
            + [f"Line {n}" for n in range(24, 30)],
        ),
    ],
)
def test_differences_of_the_whole_output(long, old, new, changes):
    long.step(1, LONG_PROGRAM.replace(old, new), *SHORT)
    status, output, _ = long.tour()
    shown = re.fullmatch(
        r"(?s).*\nDiffers from its record, X s\.\nLine (\d+) is the first that "
        r"differs, recorded \(-\) and printed \(\+\):\n(.*)\n\n01  .*",
        output,
    )
    lines = re.sub(r"\n=== Output, .*\n", "", shown[2]).split("\n")
    assert [shown[1], *filter(None, lines)] == changes
    assert output.endswith("\n0 of 1 steps print what is recorded\n")
    assert status == 1


def test_more_output_than_recorded_is_shown_in_part(project):
    project.step(1, "for n in range(100): print(n)", "0")
    output = project.tour()[1]
    shown = output.partition("\n\n")[2].partition("\n\n")[0].splitlines()
    assert shown == [*map(str, range(13)), "..."]
    assert "\n1\n" in output and "\n99\n" in output and "\n... 87 more" in output


def test_the_last_record_counts(project):
    project.step(1, "print(1)\n\n# Output:\n# 2\n\nprint(3)", "1", "3")
    assert project.tour()[0] == 0


def test_odd_line_ends_compare_equal(project):
    text = "a\x0bb\x0cc\x1cd\x85e\u2028f"
    project.step(1, f"print({text!r}, end='\\r\\nnext')", text, "next")
    assert project.tour()[0] == 0


def test_odd_line_ends_in_a_whole_output(project):
    project.step(1, "print('a\\x0cb\\x1cc\\u2028')\nprint(1)\nprint(2)", "...", "2")
    (project.steps / "outputs").mkdir()
    whole = "a\x0cb\x1cc\u2028\n1\n2\n"
    (project.steps / "outputs" / "01.txt").write_bytes(whole.encode())
    assert project.tour()[0] == 0


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("ab.*")), max_size=12))
def test_kept_lines_are_those_of_the_record(lines):
    output = [line for _, line in lines]
    record = []
    for keep, group in itertools.groupby(lines, key=lambda pair: pair[0]):
        record += [line for _, line in group] if keep else ["..."]
    flags = kept(record, output)
    shown = []
    for keep, group in itertools.groupby(zip(flags, output), key=lambda pair: pair[0]):
        shown += [line for _, line in group] if keep else ["..."]
    assert shown == record
    with pytest.raises(ValueError):
        kept([*record, "c"], output)


def test_many_lines_and_many_that_are_left_out():
    """What tries all places of all blocks does not end."""
    record, output = ["a", "..."] * 8 + ["b"], ["a"] * 10_000
    assert kept(record, [*output, "b"]).count(True) == 9
    with pytest.raises(ValueError, match=r"output: line 17, b$"):
        kept(record, output)


@pytest.mark.parametrize(
    "record, output, line",
    [
        ("a b", "a c", "2, b"),
        ("a", "a b", "2, its end"),
        ("a ... b c ... d", "a x c b d", "3, b"),
        ("a ... b", "a b", "3, b"),
        ("a ...", "a", "3, its end"),
    ],
)
def test_line_of_a_record_that_does_not_fit(record, output, line):
    with pytest.raises(ValueError, match=f"whole output: line {line}$"):
        kept(record.split(), output.split())


def test_lines_of():
    assert lines_of("") == []
    assert lines_of("a") == lines_of("a\n") == ["a"]
    assert lines_of("\n\x0c\r\n\rb") == ["", "\x0c", "", "b"]


# ---- What can be wrong with a script


@pytest.mark.parametrize(
    "program, message",
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("1 +* 2", "SyntaxError"),
        ("input()", "EOFError"),
    ],
)
def test_crash(project, program, message):
    project.step(1, program, "1")
    project.step(2, "print(2)", "2")
    status, output, errors = project.tour()
    before, found, after = output.partition("\nCrashed with exit status 1, X s.\n")
    assert found and message in before and message not in after
    assert f"{'Idea 1.':56}   X s  crashed with exit status 1\n" in after
    assert after.endswith("\n1 of 2 steps print what is recorded\n")
    assert (status, errors) == (1, "")


def test_warnings_of_a_good_script_are_shown(project):
    project.step(1, "import sys\nprint(1)\nprint('a warning', file=sys.stderr)", "1")
    assert "\n1\n\na warning\nAs recorded, X s.\n" in project.tour()[1]


def test_long_traceback_is_shortened(project):
    program = "import sys\nfor n in range(99): print('no', n, file=sys.stderr)"
    project.step(1, program, "1")
    output = project.tour()[1]
    assert "no 5\n... 87 more lines ...\nno 93\n" in output


OLD_PYTHON = """
import runpy, sys
sys.version_info = (3, 10, 12)
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def test_old_python(project):
    path = project.steps / "__main__.py"
    words = [sys.executable, "-c", OLD_PYTHON, path]
    result = subprocess.run(words, capture_output=True, text=True)
    assert result.stderr == "The steps need Python 3.11 or newer; this is 3.10\n"
    assert result.returncode == 1
    ast.parse(path.read_text(), feature_version=(3, 0))  # it gets so far


def test_own_file_in_the_way(project):
    project.step(1, "import nnfs\nnnfs.init()", "1")
    own = project.steps / "nnfs.py"
    own.write_text("x = 1")
    assert (
        f"\n(Your own nnfs.py is in the way: {own}. Rename it.)\n" in project.tour()[1]
    )


def test_pictures_are_not_forgotten(project):
    project.step(1, "print(1)", "1")
    assert project.tour()[1].endswith("1 of 1 steps print what is recorded\n")
    project.step(1, "print(1)\n'plt.show()'", "1")
    assert "\n1 of them show a picture: run them alone, or " in project.tour()[1]


@pytest.mark.parametrize("module, hint", [("nnfs", True), ("numpie", False)])
def test_missing_module(project, module, hint):
    project.step(1, f"raise ModuleNotFoundError(\"No module named '{module}'\")")
    assert ("Is the environment activated?" in project.tour()[1]) is hint


CHILD = "import subprocess, sys\nsubprocess.Popen([sys.executable, {!r}])"


def test_script_that_does_not_end(project):
    child = project.concept(1, "while True: pass")
    project.step(1, f"{CHILD.format(str(child))}\nwhile True: pass", "1")
    project.step(2, "print(2)", "2")
    status, output, _ = project.tour(setup="runner.TIME_LIMIT = 1")
    assert "\nDid not end in 1 seconds and was stopped, " in output
    assert output.endswith("\n1 of 2 steps print what is recorded\n")
    assert status == 1
    assert os.name != "posix" or project.running() == []


def test_script_that_leaves_a_child_with_its_output(project):
    child = project.concept(1, "while True: pass")
    project.step(1, f"{CHILD.format(str(child))}\nprint(1)", "1")
    assert project.tour()[0] == 0
    assert os.name != "posix" or project.running() == []


@pytest.mark.parametrize(
    "program",
    [
        "while True: print('again')",
        "while True: print('again', end='')",
        "while True: print('again', file=sys.stderr)",
        "os.ftruncate(1, 1 << 30)",
    ],
)
def test_script_that_prints_without_end(project, program):
    project.step(1, f"import os, sys\n{program}", "1")
    status, output, errors = project.tour(setup="runner.SIZE_LIMIT = 1")
    assert "\nPrinted more than 1 MiB and was stopped, " in output
    assert len(output) < 10_000
    assert (status, errors) == (1, "")


@posix
def test_script_that_prints_without_end_takes_no_memory(project):
    project.step(1, "import os\nos.ftruncate(1, 1 << 30)", "1")
    words = project.words("runner.SIZE_LIMIT = 1")
    peak = int(subprocess.check_output([sys.executable, "-c", PEAK_MEMORY, *words]))
    assert peak * (1 if sys.platform == "darwin" else 1024) < 100 << 20


def test_scripts_that_say_nothing_of_themselves(project):
    for number, text in enumerate(["print(1)\n", "", "# \xe9\nprint(3)\n"], start=1):
        (project.steps / f"{number:02}_x.py").write_bytes(text.encode("latin-1"))
    project.step(4, "print(4)", "4")
    status, output, _ = project.tour()
    assert output.count("=== Step 01. (no header)\n\n") == 1
    assert output.count("\nNo record, X s.\n") == 2
    assert output.count("\nCrashed with exit status 1, X s.\n") == 1
    assert output.endswith("\n1 of 4 steps print what is recorded\n")
    assert status == 1


def test_whole_output_that_is_missing_or_does_not_fit(long):
    whole = long.steps / "outputs" / "01.txt"
    whole.write_text(whole.read_text().replace("end", "END"))
    expected = "\nIts record does not fit its whole output: line 4, end, X s.\n"
    assert expected in long.tour()[1]
    whole.unlink()
    status, output, _ = long.tour()
    assert re.search(r"No such file or directory: .*01.txt', X s\.\n", output)
    assert status == 1


# ---- Pictures


SHOW = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint(1)\nplt.show()"
PYPLOT = """
def plot(data): pass
def close(which): pass
def savefig(path): open(path, "x").close()
"""


def test_figures(project):
    module = project.root / "matplotlib"
    module.mkdir()
    (module / "__init__.py").touch()
    (module / "pyplot.py").write_text(PYPLOT)  # it takes no time
    (project.root / "random.py").write_text("1 / 0")  # is none of the script's
    options = {"cwd": project.root, "env": {"PYTHONPATH": str(project.root / "lib")}}
    (project.root / "lib").mkdir()
    module.rename(project.root / "lib" / "matplotlib")
    project.step(6, f"import random, sys\n{SHOW}\nprint(sys.argv[1:])", "1", "[]")
    project.step(7, f"{SHOW}\n1 / 0", "1")
    project.step(8, "print(1)", "1")
    project.step(9, f"{SHOW}\nplt.show()", "1")
    project.concept(9, SHOW, "1")
    kept = project.root / "new" / "pictures" / "07.png"
    kept.parent.mkdir(parents=True)
    kept.write_text("as it was")
    for words, names in [
        ([], ["06.png", "09.png", "09-2.png"]),
        (["concept", "9"], ["concept-09.png"]),
    ]:
        output = project.tour(*words, "--figures", "new/pictures", **options)[1]
        saved = [os.path.join("new/pictures", name) for name in names]
        assert re.findall("^Saved (.*)", output, re.M) == saved
        assert all((project.root / path).exists() for path in saved)
    assert kept.read_text() == "as it was"
    assert {path.name for path in kept.parent.iterdir()} == {
        *("06.png", "07.png", "09.png", "09-2.png", "concept-09.png")
    }


def test_figure_and_no_window(project, tmp_path):
    project.step(1, SHOW, "1")
    settings = {"DISPLAY": ":99", "MPLBACKEND": "tkagg"}
    for words in [], ["--figures", tmp_path]:
        status, output, errors = project.tour(*words, env=settings)
        assert (status, errors) == (0, "")
        assert "\n1\n\nAs recorded" in output
    assert (tmp_path / "01.png").read_bytes().startswith(b"\x89PNG")


# ---- Lists and comparisons


def test_list(project):
    project.step(1, "", Book="chapter 2, x")
    project.step(2, "", Book="chapter 2; y", Concepts="01, 02")
    project.step(3, "", Book="chapter 3")
    project.concept(1, "", Book="chapters 7 and 8, z")
    project.concept(2, "")
    assert project.tour("list") == (
        0,
        """\
=== Steps, chapter 2
01  Idea 1.
    01_x.py
02  Idea 2.
    02_x.py, concepts 01, 02
=== Steps, chapter 3
03  Idea 3.
    03_x.py
=== Concepts
01  Idea 1.
    01_x.py
02  Idea 2.
    02_x.py
""",
        "",
    )


def test_list_of_the_project():
    words = [sys.executable, ROOT / "nnfs_steps", "list"]
    output = subprocess.run(words, capture_output=True, text=True).stdout
    lines = [line for line in output.splitlines() if not line.startswith("===")]
    scripts = [*STEPS, *CONCEPTS]
    assert lines[::2] == [f"{script.number:02}  {script.idea}" for script in scripts]
    assert [line.strip().partition(", ")[0] for line in lines[1::2]] == [
        script.path.name for script in scripts
    ]


def test_parts_of_every_script():
    for script in [*STEPS, *CONCEPTS]:
        names = re.findall(r"^(?:class|def) (\w+)[(:]", script.program, re.M)
        assert all(script.parts[name].text for name in names)


# ---- Mistakes


@pytest.mark.parametrize(
    "words, message",
    [
        ("12", "no step 12: there are 1 to 2; see"),
        ("0", "no step 0: there are 1 to 2; see"),
        ("seven", "no step seven: there are 1 to 2; see"),
        ("1 compare 2", "no step compare: there are 1 to 2; see"),
        ("-7", "no step -7: "),
        ("7.5", "no step 7.5: "),
        ("concept 2", "no concept 2: there are 1 to 1; see"),
        ("concept", "the following arguments are required: N; see"),
        ("list 7", "unrecognized arguments: 7; see"),
        ("compare", "the following arguments are required: N; see"),
        ("compare 1 x", "no step x: "),
        ("--figures", "argument --figures: expected one argument; see"),
        ("list --figures x", "unrecognized arguments: --figures x; see"),
        ("--nonsense", "unrecognized arguments: --nonsense; see"),
        ("1 --figures __main__.py/x", "[Errno"),
    ],
)
def test_mistake_is_one_line(project, words, message):
    project.step(1, "print(1)", "1")
    project.step(2, "print(2)", "2")
    project.concept(1, "print(1)", "1")
    status, output, errors = project.tour(*words.split(), cwd=project.steps)
    assert errors.startswith(message)
    assert (status, output, errors.count("\n")) == (2, "", 1)


@pytest.mark.skipif(not os.path.exists("/proc"), reason="there is no /proc")
def test_folder_for_figures_that_takes_none(project):
    project.step(1, "print(1)", "1")
    status, output, errors = project.tour("--figures", "/proc")
    assert (status, output, errors.count("\n")) == (2, "", 1)


def test_two_files_with_one_number(project):
    project.step(1, "print(1)", "1")
    shutil.copy(project.steps / "01_x.py", project.steps / "01_y.py")
    for words in [], ["list"]:
        status, output, error = project.tour(*words)
        assert error.startswith("two files have one number: 01_x.py and 01_y.py; give")
        assert (status, output, error.count("\n")) == (2, "", 1)


def test_help(project):
    status, output, _ = project.tour("--help")
    for name in "run", "list", "compare", "concept", "exercise", "check":
        assert f"\n    {name} " in output
    assert (status, output) == project.tour("-h")[:2]
    assert status == 0


# ---- Terminals and other readers


@posix
@pytest.mark.parametrize("words", ["1", "list"])
def test_stdout_that_is_closed(project, words):
    project.step(1, "print(1)", "1")
    result = shell(project, f'"$0" "$1" {words} >&-')
    assert result.stderr == "there is nowhere to print: stdout is closed\n"
    assert result.returncode == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("words", ["1", "list", "compare 1 1"])
def test_stdout_that_is_full(project, words):
    project.step(1, "print(1)", "1")
    result = shell(project, f'"$0" "$1" {words} >/dev/full')
    assert result.stderr == "[Errno 28] No space left on device\n"
    assert result.returncode == 2


@posix
def test_reader_that_has_read_enough(project):
    project.step(1, "import time\nwhile True: print(1), time.sleep(0.05)", *"11111111")
    result = shell(project, '("$0" "$1"; echo status $? >&2) | head -4')
    assert result.stdout.endswith("\n\n1\n1\n")
    assert result.stderr == "status 1\n"
    assert project.running() == []
    assert shell(project, '"$0" "$1" list | true').stderr == ""


def test_console_without_all_characters(project):
    project.step(1, "print('\u0177')", "y")
    status, output, errors = project.tour(env={"PYTHONIOENCODING": "ascii"})
    assert "\n- y\n+ ?\n" in output
    assert (status, errors) == (1, "")


@posix
def test_lines_left_out_pass_in_place_on_a_terminal(long):
    wide = "'line', n, *['x' * 40] * (n == 15)"
    long.step(1, LONG_PROGRAM.replace("'line', n", wide), *SHORT)
    whole = subprocess.check_output([sys.executable, long.steps / "01_x.py"], text=True)
    (long.steps / "outputs" / "01.txt").write_text(whole)
    output = on_terminal(long, NO_COLOR="1")
    passed = re.findall(r"\r(line [^\r]*)", output)
    assert [line[5:7].strip() for line in passed] == [str(n) for n in range(1, 29)]
    assert {len(line) for line in passed} == {29}  # so that each covers the one before
    assert as_seen(output) == long.tour()[1]
    assert "\r" not in on_terminal(long, TERM="dumb")


@posix
@pytest.mark.parametrize(
    "settings, colours",
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colours_on_a_terminal(project, settings, colours):
    project.step(1, "a = 1")
    project.step(2, "a = 2")
    output = on_terminal(project, "compare", "2", **settings)
    for line in "\033[31m-   5  a = 1\033[0m\n", "\033[32m+   5  a = 2\033[0m\n":
        assert (line in output) is colours
    assert ("\033" in output) is colours


# ---- Signals

ENDLESS = "import time\nprint('here')\ntime.sleep(100)"


@posix
def test_signal_at_any_moment_leaves_nothing_running(project):
    for step in 1, 2, 3:
        project.step(step, ENDLESS)
    options = {"setup": "runner.processors = lambda: 2", "preexec_fn": signals_as_usual}
    for milliseconds in range(24):
        number = (signal.SIGINT, signal.SIGTERM)[milliseconds % 2]
        with project.start(**options) as process:
            process.stdout.readline()  # the heading, which comes right before the start
            time.sleep(milliseconds / 1000)
            process.send_signal(number)
            errors = process.communicate(timeout=20)[1]
        assert process.returncode == 128 + number
        assert errors == (STOPPED if number == signal.SIGINT else "")
    assert project.running() == []


SLOW_START = """
started = runner.Popen
def start(*words, **options):
    with open({!r}, "w"):
        process = started(*words, **options)
        time.sleep(0.5)
    return process
runner.Popen = start
"""


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signal_while_a_script_is_started(project, name):
    project.step(1, ENDLESS)
    go = project.root / "go"
    setup = SLOW_START.format(str(go))
    with project.start(setup=setup, preexec_fn=signals_as_usual) as process:
        while not go.exists():
            time.sleep(0.01)
        time.sleep(0.1)
        process.send_signal(getattr(signal, name))
        errors = process.communicate(timeout=20)[1]
    assert process.returncode == 128 + getattr(signal, name)
    assert errors == (STOPPED if name == "SIGINT" else "")
    assert project.running() == []


SLOW_KILL = """
kill = runner.Run.kill
def slow_kill(run):
    time.sleep(0.1)
    kill(run)
runner.Run.kill = slow_kill
runner.processors = lambda: 2
"""


@posix
@pytest.mark.parametrize("broken_pipe", [False, True])
def test_more_signals_while_scripts_are_killed(project, broken_pipe):
    lines = "import time\nfor n in range(9): print(n), time.sleep(0.1)\n"
    project.step(1, lines + ENDLESS)
    project.step(2, ENDLESS)
    with project.start(setup=SLOW_KILL, preexec_fn=signals_as_usual) as process:
        read_to(process, "0\n")
        if broken_pipe:
            process.stdout.close()
            time.sleep(0.2)
        for _ in range(4):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.05)
        assert process.wait(timeout=20) == 128 + signal.SIGTERM
    assert project.running() == []


@posix
def test_ctrl_c_while_the_tour_still_imports(project):
    (project.steps / "tour" / "__init__.py").write_text(
        "import time\nprint('importing', flush=True)\ntime.sleep(20)"
    )
    with project.start("list", preexec_fn=signals_as_usual) as process:
        read_to(process, "importing\n")
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10) == ("", "")


@posix
def test_ctrl_c_when_all_is_done(project):
    project.step(1, "print(1)", "1")
    setup = """
import atexit, os, signal
@atexit.register
def last():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)"""
    with project.start("1", setup=setup, preexec_fn=signals_as_usual) as process:
        assert process.communicate(timeout=30)[1] == ""
    assert process.returncode == -signal.SIGINT


@posix
def test_ctrl_c_of_a_terminal(project):
    project.step(1, ENDLESS)
    with project.start(preexec_fn=signals_as_usual, start_new_session=True) as process:
        read_to(process, "here\n")
        os.killpg(process.pid, signal.SIGINT)  # to all that it runs
        assert process.communicate(timeout=20) == ("", STOPPED)
    assert process.returncode == 130
    assert project.running() == []


@posix
def test_signal_while_nobody_reads(project):
    project.step(1, "print(('x' * 900 + '\\n') * 1000)", *["x" * 900] * 1000)
    with project.start(preexec_fn=signals_as_usual) as process:
        time.sleep(1)  # by now the pipe is full
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 128 + signal.SIGTERM
        process.stdout.close()
    assert project.running() == []


@posix
def test_ignored_ctrl_c_stays_ignored(project):
    project.step(1, f"print('here')\n{WAIT}", "here")

    def ignore():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    with project.start(preexec_fn=ignore) as process:
        read_to(process, "here\n")
        process.send_signal(signal.SIGINT)
        (project.steps / "go").touch()
        errors = process.communicate(timeout=20)[1]
    assert (process.returncode, errors) == (0, "")


@posix
def test_time_in_which_the_tour_is_stopped_does_not_count(project):
    project.step(1, f"print('here')\n{WAIT}", "here")
    with project.start(setup="runner.TIME_LIMIT = 2") as process:
        read_to(process, "here\n")
        process.send_signal(signal.SIGSTOP)
        time.sleep(2.2)
        process.send_signal(signal.SIGCONT)
        time.sleep(0.2)  # a tour that counts the pause stops the step now
        (project.steps / "go").touch()
        output = process.communicate(timeout=20)[0]
    assert "As recorded" in output
    assert process.returncode == 0

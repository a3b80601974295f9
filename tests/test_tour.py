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

from conftest import PEAK_MEMORY, as_seen, on_terminal, posix, read_to, shell, table
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


@pytest.mark.parametrize(
    "words", [["3", "01"], ["run", "3", "1"], ["concept", "3", "1"]]
)
def test_chosen_scripts_in_the_given_order(project, words):
    for number in 1, 2, 3:
        project.step(number, f"print({number})", str(number))
        project.concept(number, f"print({number})", str(number % 3))
    status, output, _ = project.tour(*words)
    kind, good = ("concept", 1) if "concept" in words else ("step", 2)
    found = re.findall(rf"^=== {kind.title()} (\d+)", output, re.M)
    assert found == ["03", "01"]
    assert output.endswith(f"\n{good} of 2 {kind}s print what is recorded\n")
    assert status == 2 - good


@posix
@pytest.mark.parametrize(
    "words, where",
    [(["-m", "nnfs_steps"], "."), ([".."], "nnfs_steps/tour"), (["link"], ".")],
)
def test_from_anywhere_and_by_another_name(project, words, where):
    project.step(1, "import os\nprint(os.listdir())", "[]")
    project.concept(1, "print(1)", "1")
    (project.root / "link").symlink_to(project.steps)
    for more in ["concept", "1"], ["list"]:
        done = subprocess.run(
            [sys.executable, *words, *more],
            cwd=project.root / where,
            capture_output=True,
            text=True,
        )
        assert "\n01  Idea 1.\n" in done.stdout or "\n1 of 1 " in done.stdout
        assert (done.returncode, done.stderr) == (0, "")
    (project.root / "empty").mkdir()
    assert project.tour(cwd=project.root / "empty")[0] == 0


@pytest.mark.parametrize("words", [["list"], ["run", "1"], ["compare", "1", "2"]])
def test_tour_starts_without_numpy_and_the_like(project, words):
    project.step(1, "print(1)", "1")
    project.step(2, "print(2)", "2")
    words = [sys.executable, "-X", "importtime", project.steps, *words]
    errors = subprocess.run(words, capture_output=True, text=True).stderr
    modules = {*re.findall(r"^import time:.*\| +(\w+)", errors, re.M)}
    assert {"argparse", "tour"} < modules
    assert not modules & {"numpy", "matplotlib", "nnfs"}


def test_settings_of_a_script(project):
    names = "MPLBACKEND", "OPENBLAS_NUM_THREADS", "PYTHONIOENCODING"
    program = f"import os\nfor name in {names}:\n    print(os.environ[name])\ninput()"
    project.step(1, program)
    with open(__file__) as stdin:
        free = dict(zip(names, ["tkagg", "7", "latin-1"]))
        _, output, errors = project.tour(env=free, stdin=stdin)
    assert "\n\nagg\n7\nutf-8\n\n" in output
    assert "EOFError" in output and errors == ""
    project.step(1, "import os\nprint(os.environ['OPENBLAS_NUM_THREADS'])", "1")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS")}
    words = [sys.executable, project.steps]
    assert subprocess.run(words, env=environment, capture_output=True).returncode == 0


WAIT = """import pathlib, time
file, until = pathlib.Path(__file__).with_name("go"), time.monotonic() + {}
while not file.exists() and time.monotonic() < until:
    time.sleep(0.01)
"""


def test_output_is_shown_as_it_appears(project):
    program = f"print('first')\nprint('la', end='')\n{WAIT.format(20)}print('st')"
    project.step(1, program, "first", "last")
    with project.start() as process:
        read_to(process, "first\n")
        time.sleep(0.1)  # for "la", which is no line yet
        (project.steps / "go").touch()
        assert process.communicate(timeout=20)[0].startswith("last\n\nAs recorded")
    assert process.returncode == 0


@pytest.mark.parametrize("count", [1, 2])
def test_scripts_run_ahead_on_other_processors(project, count):
    seen, setup = count > 1, f"runner.processors = lambda: {count}"
    look = WAIT.format(20 if seen else 0.5) + "print(file.exists())"
    project.step(1, look, str(seen))
    project.step(2, "import pathlib\npathlib.Path(__file__).with_name('go').touch()")
    assert "\nAs recorded, X s.\n" in project.tour(setup=setup)[1]


@pytest.mark.parametrize(
    "here, given, count",
    [(28, "max 100000", 4), (28, "250000 100000", 3), (1, "max 100000", 1)],
)
def test_at_most_four_scripts_at_once(tmp_path, monkeypatch, here, given, count):
    there = {"sched_getaffinity": lambda _: range(here)}
    monkeypatch.setattr(os, *there.popitem(), raising=False)
    monkeypatch.setattr(runner, "CPU_MAX", tmp_path / "x")
    (tmp_path / "x").write_text(given)
    assert runner.processors.__wrapped__() == count


def test_seconds_are_those_of_the_script(project):
    project.step(1, "import time\ntime.sleep(0.7)\nprint(1)", "1")
    project.step(2, "print(2)", "2")
    with project.start() as process:
        output = process.communicate(timeout=20)[0]
    first, second = map(float, re.findall(r"As recorded, (.*) s\.", output))
    assert second < first and 0.7 <= first < 5


# ---- Records

LONG_PROGRAM = "for n in range(30):\n    print('line', n)\nprint('end')"
SHORT = "line 0", "...", "line 29", "end"


@pytest.fixture
def long(project):
    """A project with a step whose record is shortened."""
    project.step(1, LONG_PROGRAM, *SHORT)
    whole = "".join(f"line {n}\n" for n in range(30)) + "end\n"
    project.whole(1).write_text(whole)
    return project


def test_output_has_the_form_of_its_record(long):
    status, output, _ = long.tour()
    assert "\n\nline 0\n...\nline 29\nend\n\nAs recorded, X s.\n" in output
    assert "line 1\n" not in output
    assert status == 0


@pytest.mark.parametrize(
    "old, new, number, changes",
    [
        ("'line', n", "'line', n + (n == 15)", 16, "- line 15|+ line 16|line 15 -> 16"),
        ("print('end')", "", 31, "- end|+ (the end)|end"),
        ("('end')", "('end')\nprint('more')", 32, "- (the end)|+ more|more"),
        (
            "range(30)",
            "range(29, -1, -1)",
            1,
            "- line 0|+ line 29|They print the same, in another order or form.",
        ),
    ],
)
def test_differences_of_the_whole_output(long, old, new, number, changes):
    long.step(1, LONG_PROGRAM.replace(old, new), *SHORT)
    status, output, _ = long.tour()
    shown = re.search(
        rf"(?s)\nDiffers from its record, X s\.\nLine {number} is the first that "
        r"differs, recorded \(-\) and printed \(\+\):\n(.*)\n\n01  .*"
        r"\n0 of 1 steps print what is recorded\n\Z",
        output,
    )
    lines = re.sub(r"\n=== Output, .*\n", "", shown[1]).split("\n")
    assert [*filter(None, lines)] == changes.split("|")
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
    program = f"print({text!r}, end='\\r\\nnext')"
    project.step(1, program, text, "next")
    project.step(2, program, "...", "next")
    project.whole(2).write_bytes(f"{text}\nnext\n".encode())
    assert project.tour()[0] == 0
    assert lines_of("") == [] and lines_of("a") == lines_of("a\n") == ["a"]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("ab.*")), max_size=12))
def test_kept_lines_are_those_of_the_record(lines):
    def shorten(pairs):
        for keep, group in itertools.groupby(pairs, key=lambda pair: pair[0]):
            yield from [line for _, line in group] if keep else ["..."]

    record, output = [*shorten(lines)], [line for _, line in lines]
    assert [*shorten(zip(kept(record, output), output))] == record
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
        ("a", "a b", "2, its end"),
        ("a ... b c ... d", "a x c b d", "3, b"),
        ("a ... b", "a b", "3, b"),
    ],
)
def test_line_of_a_record_that_does_not_fit(record, output, line):
    with pytest.raises(ValueError, match=f"whole output: line {line}$"):
        kept(record.split(), output.split())


# ---- What can be wrong with a script


@pytest.mark.parametrize("program, name", [("1 / 0", "Zero"), ("1 +* 2", "Syntax")])
def test_crash(project, program, name):
    project.step(1, program, "1")
    project.step(2, "print(2)", "2")
    status, output, errors = project.tour()
    before, found, after = output.partition("\nCrashed with exit status 1, X s.\n")
    assert found and f"{name}" in before and name not in after
    assert f"{'Idea 1.':56}   X s  crashed with exit status 1\n" in after
    assert after.endswith("\n1 of 2 steps print what is recorded\n")
    assert (status, errors) == (1, "")


def test_errors_are_shown_and_shortened(project):
    program = (
        "print(1)\nimport sys\nfor n in range({}): print('no', n, file=sys.stderr)"
    )
    for count, seen in (
        (1, "\n1\n\nno 0\nAs rec"),
        (99, "no 5\n... 87 more lines ...\n"),
    ):
        project.step(1, program.format(count), "1")
        assert seen in project.tour()[1]


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


@pytest.mark.parametrize(
    "program, hint",
    [
        ("raise ModuleNotFoundError(\"No module named 'nnfs'\")", "Is the environment"),
        ("raise ModuleNotFoundError(\"No module named 'numpie'\")", None),
        ("import nnfs\nnnfs.init()", "Your own nnfs.py is in the way: "),
        ("1 / 0", None),
    ],
)
def test_what_beginners_meet_is_explained(project, program, hint):
    if "init" in program:
        (project.steps / "nnfs.py").write_text("x = 1")
    project.step(1, program)
    hints = re.findall(r"^\((.*)\)$", project.tour()[1], re.M)
    assert len(hints) == bool(hint) and (not hint or hints[0].startswith(hint))


CHILD = "import subprocess, sys\nsubprocess.Popen([sys.executable, {!r}])\n"


@pytest.mark.parametrize("ends", [True, False])
def test_script_that_starts_what_does_not_end(project, ends):
    child = CHILD.format(str(project.concept(1, "while True: pass")))
    project.step(1, child + ("print(1)" if ends else "while True: pass"), "1")
    project.step(2, "print(2)", "2")
    status, output, _ = project.tour(setup="runner.TIME_LIMIT = 1")
    stopped = "\nDid not end in 1 seconds and was stopped, " in output
    assert (status, stopped) == (int(not ends), not ends)
    assert output.endswith(f"\n{1 + ends} of 2 steps print what is recorded\n")
    assert os.name != "posix" or project.running() == []


@pytest.mark.parametrize(
    "program",
    ["while True: print('again', file=sys.stderr)", "os.ftruncate(1, 1 << 30)"],
)
def test_script_that_prints_without_end(project, program):
    project.step(1, f"import os, sys\n{program}", "1")
    setup = "runner.SIZE_LIMIT = 1"
    status, output, errors = project.tour(setup=setup)
    assert "\nPrinted more than 1 MiB and was stopped, " in output
    assert len(output) < 10_000
    assert (status, errors) == (1, "")
    if os.name == "posix":  # and it takes little memory
        words = [sys.executable, "-c", PEAK_MEMORY, *project.words(setup)]
        unit = 1 if sys.platform == "darwin" else 1024
        assert int(subprocess.check_output(words)) * unit < 100 << 20


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
    whole = long.whole(1)
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
    module = project.root / "lib" / "matplotlib"  # it takes no time
    module.mkdir(parents=True)
    (module / "__init__.py").touch()
    (module / "pyplot.py").write_text(PYPLOT)
    (project.root / "random.py").write_text("1 / 0")  # is none of the script's
    options = {"cwd": project.root, "env": {"PYTHONPATH": str(project.root / "lib")}}
    project.step(6, f"import random, sys\n{SHOW}\nprint(sys.argv[1:])", "1", "[]")
    project.step(7, f"{SHOW}\n1 / 0", "1")
    project.step(8, "print(1)", "1")
    project.step(9, f"{SHOW}\nplt.show()", "1")
    project.concept(9, SHOW, "1")
    folder = project.root / "new" / "pictures"
    folder.mkdir(parents=True)
    (folder / "07.png").write_text("as it was")
    everything = {"07.png"}
    for words, names in [
        ([], ["06.png", "09.png", "09-2.png"]),
        (["concept", "9"], ["concept-09.png"]),
    ]:
        output = project.tour(*words, "--figures", "new/pictures", **options)[1]
        saved = [os.path.join("new/pictures", name) for name in names]
        assert re.findall("^Saved (.*)", output, re.M) == saved
        everything |= {*names}
    assert (folder / "07.png").read_text() == "as it was"
    assert {path.name for path in folder.iterdir()} == everything


def test_figure_and_no_window(project, tmp_path):
    project.step(1, SHOW, "1")
    settings = {"DISPLAY": ":99", "MPLBACKEND": "tkagg"}
    for words in [], ["--figures", tmp_path]:
        status, output, errors = project.tour(*words, env=settings)
        assert (status, errors) == (0, "")
        assert "\n1\n\nAs recorded" in output
        assert ("\n1 of them show a picture: run them alone" in output) is not words
    assert (tmp_path / "01.png").read_bytes().startswith(b"\x89PNG")


# ---- Lists and mistakes


def test_list(project):
    project.step(1, "", Book="chapter 2, x")
    project.step(2, "", Book="chapter 2; y", Concepts="01, 02")
    project.step(3, "")
    project.concept(1, "", Book="chapters 7 and 8, z")
    assert project.tour("list") == (
        0,
        """\
=== Steps, chapter 2
01  Idea 1.
    01_x.py
02  Idea 2.
    02_x.py, concepts 01, 02
=== Steps, beyond the book
03  Idea 3.
    03_x.py
=== Concepts
01  Idea 1.
    01_x.py
""",
        "",
    )


@pytest.mark.parametrize(
    "words, message",
    [
        ("0", "no step 0: there are 1 to 2; see"),
        ("1 compare 2", "no step compare: there are 1 to 2; see"),
        ("-7", "no step -7: "),
        ("concept 2", "no concept 2: there are 1 to 1; see"),
        ("concept", "the following arguments are required: N; see"),
        ("01_x.py", "01_x.py is no step from 1 to 2: compare takes files"),
        ("compare 1 x", "no step x: "),
        ("--figures", "argument --figures: expected one argument; see"),
        ("list --figures x", "unrecognized arguments: --figures x; see"),
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


def test_two_files_with_one_number(project):
    project.step(1, "print(1)", "1")
    shutil.copy(project.steps / "01_x.py", project.steps / "01_y.py")
    status, output, error = project.tour("list")
    assert error.startswith("two files have one number: 01_x.py and 01_y.py; give")
    assert (status, output, error.count("\n")) == (2, "", 1)


def test_help(project):
    status, output, _ = project.tour("--help")
    for name in "run", "list", "compare", "concept", "exercise", "check":
        assert f"\n    {name} " in output
    assert (status, output) == project.tour("-h")[:2] and status == 0


# ---- Terminals and other readers

FULL = not os.path.exists("/dev/full")


@posix
@pytest.mark.parametrize("words", ["1", "list", "compare 1 1"])
@pytest.mark.parametrize(
    "where, message",
    [
        pytest.param(
            "/dev/full",
            "[Errno 28] No space left on device\n",
            marks=pytest.mark.skipif(FULL, reason="there is no /dev/full"),
        ),
        ("&-", "there is nowhere to print: stdout is closed\n"),
    ],
)
def test_stdout_that_takes_nothing(project, words, where, message):
    project.step(1, "print(1)", "1")
    result = shell(project, f'"$0" "$1" {words} >{where}')
    assert (result.returncode, result.stderr) == (2, message)


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
    path = long.step(1, LONG_PROGRAM.replace("'line', n", wide), *SHORT)
    long.whole(1).write_bytes(subprocess.check_output([sys.executable, path]))
    output = on_terminal(long, NO_COLOR="1")
    passed = re.findall(r"\r(line [^\r]*)", output)
    assert [line[5:7].strip() for line in passed] == [str(n) for n in range(1, 29)]
    assert {len(line) for line in passed} == {29}  # so that each covers the one before
    assert as_seen(output) == long.tour()[1]
    assert "\r" not in on_terminal(long, TERM="dumb")


@posix
@pytest.mark.parametrize("settings", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_on_a_terminal(project, settings):
    project.step(1, "a = 1")
    project.step(2, "a = 2")
    output = on_terminal(project, "compare", "2", **settings)
    for line in "\033[31m-   5  a = 1\033[0m\n", "\033[32m+   5  a = 2\033[0m\n":
        assert (line in output) is not settings
    assert ("\033" in output) is not settings


# ---- Signals

ENDLESS = "import time\nprint('here')\ntime.sleep(100)"


@posix
def test_ctrl_c_at_any_moment_leaves_nothing_running(project):
    for step in 1, 2, 3:
        project.step(step, ENDLESS)
    for milliseconds in range(0, 24, 3):
        options = {"setup": "runner.processors = lambda: 2", "start_new_session": True}
        with project.start(**options) as process:
            process.stdout.readline()  # the heading, which comes right before the start
            time.sleep(milliseconds / 1000)
            os.killpg(
                process.pid, signal.SIGINT
            )  # as a terminal does: to all that runs
            assert process.communicate(timeout=20)[1] == STOPPED
        assert process.returncode == 128 + signal.SIGINT
    assert project.running() == []


SLOW_START = """
started = runner.Popen
def start(*words, **options):
    process = started(*words, **options)
    print("started", flush=True)
    time.sleep(0.5)
    return process
runner.Popen = start
"""


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_while_a_script_is_started_and_killed(project, name):
    project.step(1, ENDLESS)
    with project.start(setup=SLOW_START) as process:
        read_to(process, "started\n")
        for _ in range(4):
            process.send_signal(getattr(signal, name))
            time.sleep(0.05)
        errors = process.communicate(timeout=20)[1]
    assert process.returncode == 128 + getattr(signal, name)
    assert errors == (STOPPED if name == "SIGINT" else "")
    assert project.running() == []


@posix
def test_ctrl_c_while_the_tour_still_imports(project):
    (project.steps / "tour" / "__init__.py").write_text(
        "import time\nprint('importing', flush=True)\ntime.sleep(20)"
    )
    with project.start("list") as process:
        read_to(process, "importing\n")
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10) == ("", "")


LAST = """
import atexit, os, signal
@atexit.register
def last():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)
"""


@posix
def test_ctrl_c_when_all_is_done(project):
    project.step(1, "print(1)", "1")
    assert project.tour("1", setup=LAST)[::2] == (-signal.SIGINT, "")


@posix
def test_ignored_ctrl_c_stays_ignored(project):
    project.step(1, f"print('here')\n{WAIT.format(20)}", "here")
    with project.start(ignored=True) as process:
        read_to(process, "here\n")
        process.send_signal(signal.SIGINT)
        (project.steps / "go").touch()
        errors = process.communicate(timeout=20)[1]
    assert (process.returncode, errors) == (0, "")


@posix
def test_time_in_which_the_tour_is_stopped_does_not_count(project):
    project.step(1, f"print('here')\n{WAIT.format(20)}", "here")
    with project.start(setup="runner.TIME_LIMIT = 2") as process:
        read_to(process, "here\n")
        process.send_signal(signal.SIGSTOP)
        time.sleep(2.2)
        process.send_signal(signal.SIGCONT)
        time.sleep(0.2)  # a tour that counts the pause stops the step now
        (project.steps / "go").touch()
        assert "As recorded" in process.communicate(timeout=20)[0]
    assert process.returncode == 0

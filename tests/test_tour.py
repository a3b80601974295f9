"""python nnfs_steps: what it prints, how it ends, and what it does when things go wrong."""

import os
import re
import shutil
import signal
import subprocess
import sys

import pytest
from project import ROOT, STEPS, fields

posix = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")


@pytest.fixture
def steps(tmp_path):
    """A copy of the steps, to break."""
    copy = tmp_path / "nnfs_steps"
    shutil.copytree(ROOT / "nnfs_steps", copy,
                    ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def tour(*words, steps=ROOT / "nnfs_steps", cwd=None, **settings):
    return subprocess.run([sys.executable, steps, *words], cwd=cwd, capture_output=True,
                          text=True, env=os.environ | settings, timeout=100)


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_all_steps_in_order(tmp_path):
    result = tour(cwd=tmp_path)
    headings = re.findall(r"^=== (.*)\n    Book: (.*)$", result.stdout, re.M)
    assert headings == [(fields(path)["Title"], fields(path)["Book"]) for path in STEPS]
    assert result.stdout.endswith("\n10 of 10 steps print what they should\n")
    assert (result.returncode, result.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_some_steps():
    result = tour("2", "01")
    assert re.findall(r"^=== Step (\d+)", result.stdout, re.M) == ["02", "01"]
    assert result.stdout.endswith("\n2 of 2 steps print what they should\n")
    assert result.returncode == 0


def test_as_a_module():
    result = subprocess.run([sys.executable, "-m", "nnfs_steps", "1"], cwd=ROOT,
                            capture_output=True, text=True)
    assert "[4.8, 1.21, 2.385]\n" in result.stdout
    assert result.returncode == 0


def test_list():
    result = tour("list")
    assert result.stdout.splitlines() == [
        f"{path.name[:2]}  {fields(path)['Title'].partition('. ')[2]}" for path in STEPS]
    assert result.returncode == 0


@pytest.mark.parametrize("words", ["list", "compare 1 2"])
def test_tour_itself_imports_only_the_standard_library(words):
    result = subprocess.run([sys.executable, "-X", "importtime", ROOT / "nnfs_steps",
                             *words.split()], capture_output=True, text=True)
    imported = {line.rpartition("|")[2].strip().partition(".")[0]
                for line in result.stderr.splitlines() if line.startswith("import time:")}
    assert "argparse" in imported
    assert not imported & {"numpy", "matplotlib", "nnfs"}


def test_changed_step_is_shown_and_the_tour_goes_on(steps):
    change(steps / STEPS[0].name, "biases = [2, 3, 0.5]", "biases = [2, 3, 1.5]")
    result = tour("1", "2", steps=steps)
    assert "\nStep 01 differs from its record" in result.stdout
    assert "\n- [4.8, 1.21, 2.385]\n+ [4.8, 1.21, 3.385]\n" in result.stdout
    assert result.stdout.endswith("\n1 of 2 steps print what they should\n")
    assert result.returncode == 1


@pytest.mark.parametrize("old, new, changes", [
    ("plt.show()", "plt.show()", []),
    ("plt.show()", "plt.show()\nprint('one line more')", ["+ one line more"]),
    ("range(10000)", "range(1050)", [
        "- ... iteration: 7446 loss: 0.17280102 acc: 0.9333333333333333",
        "- ... iteration: 9397 loss: 0.17279711 acc: 0.93",
        "- ... iteration: 5157 loss: 1.0791876 acc: 0.3933333333333333",
        "- ... iteration: 5415 loss: 1.0790575 acc: 0.39"])])
def test_step_with_a_shortened_record(steps, old, new, changes):
    change(steps / STEPS[8].name, old, new)
    result = tour("9", steps=steps)
    assert result.returncode == (1 if changes else 0)
    _, _, difference = result.stdout.partition("differs from its record")
    shown = re.findall(r"^[-+] .*$", difference, re.M)
    assert [line.replace("New set of weights found,", "...") for line in shown] == changes


@pytest.mark.parametrize("line, message", [
    ("1 / 0", "ZeroDivisionError: division by zero"), ("1 +* 2", "SyntaxError"),
    ("input()", "EOFError")])
def test_crash(steps, line, message):
    change(steps / STEPS[0].name, "print(layer_outputs)", f"print(layer_outputs)\n{line}")
    result = tour("1", "2", steps=steps)
    assert message in result.stdout
    assert "\nStep 01 crashed with exit status 1.\n" in result.stdout
    assert result.stdout.endswith("\n1 of 2 steps print what they should\n")
    assert (result.returncode, result.stderr) == (1, "")


def test_hanging_step(steps):
    change(steps / "__main__.py", "TIME_LIMIT = 60", "TIME_LIMIT = 1")
    change(steps / STEPS[0].name, "print(layer_outputs)", "while True: pass")
    result = tour("1", "2", steps=steps)
    assert "\nStep 01 did not end in 1 seconds and was stopped.\n" in result.stdout
    assert result.stdout.endswith("\n1 of 2 steps print what they should\n")
    assert result.returncode == 1


def test_step_that_prints_without_end(steps):
    change(steps / STEPS[0].name, "print(layer_outputs)", "while True: print('again')")
    result = tour("1", steps=steps)
    assert result.stdout.count("again\n") == 10_000
    assert "\nStep 01 printed 10000 lines and was stopped.\n" in result.stdout
    assert (result.returncode, result.stderr) == (1, "")


@pytest.mark.parametrize("module, hint", [("nnfs", True), ("numpie", False)])
def test_missing_module(steps, module, hint):
    (steps / STEPS[0].name).write_text(
        f"raise ModuleNotFoundError(\"No module named '{module}'\")")
    assert ("Is the environment activated?" in tour("1", steps=steps).stdout) is hint


@pytest.mark.parametrize("source", ["print(1)", ""])
def test_no_docstring_and_no_record(steps, source):
    (steps / STEPS[0].name).write_text(source)
    result = tour("1", steps=steps)
    assert "\nStep 01 has no record; 'record 1' makes one.\n" in result.stdout
    assert (result.returncode, result.stderr) == (1, "")
    result = tour("compare", "1", "2", steps=steps)
    assert (result.returncode, result.stderr) == (0, "")
    assert "+import numpy as np\n" in result.stdout


def test_compare():
    result = tour("compare", "7", "8")
    words, code, *outputs = re.split(r"^=== (?=Code|Output)", result.stdout, flags=re.M)
    assert words.startswith(f"=== {fields(STEPS[7])['Title']}\nNew: `Loss`")
    assert code.startswith(
        "Code\n--- 07_nnfs_activation02.py\n+++ 08_nnfs_loss.py\n@@ line ")
    assert "\n+class Loss:\n" in code
    assert "\n-" not in code.partition("\n@@")[2]  # step 08 only adds
    assert "Output:" not in code and '"""Step' not in code
    assert [output.partition(":")[0] for output in outputs] == [
        "Output in both", "Output only in 07", "Output only in 08"]
    assert outputs[0].count("\n") == 1 + 5
    assert outputs[1] == "Output only in 07: nothing\n"
    assert outputs[2] == "Output only in 08:\nloss: 1.0986104\nacc: 0.34\n"
    assert "\033" not in result.stdout
    assert (result.returncode, result.stderr) == (0, "")


def test_compare_shows_the_lines_that_differ_and_no_others():
    output = tour("compare", "2", "3").stdout
    code = output.partition("=== Code\n")[2].partition("\n\n=== ")[0]
    sources = [path.read_text().partition('"""\n\n')[2].partition("\n# Output:")[0]
               for path in STEPS[1:3]]
    old, new = [[line for line in source.splitlines() if line] for source in sources]
    changes = code.splitlines()[2:]
    assert [line[1:] for line in changes if line[:1] == "-" and line[1:]] == \
        [line for line in old if line not in new]
    assert [line[1:] for line in changes if line[:1] == "+" and line[1:]] == \
        [line for line in new if line not in old]


def test_blank_lines_that_move_are_no_change(steps):
    (steps / STEPS[0].name).write_text("a = 1\nb = 2\n")
    (steps / STEPS[1].name).write_text("\na = 1\n\n\nb = 2\n")
    code = tour("compare", "1", "2", steps=steps).stdout.partition("=== Code\n")[2]
    assert code.startswith(f"--- {STEPS[0].name}\n+++ {STEPS[1].name}\n\n=== Output")


def test_compare_far_apart_and_in_any_order():
    result = tour("compare", "10", "4")
    assert re.findall(r"^=== Step (\d+)", result.stdout, re.M) == [
        "05", "06", "07", "08", "09", "10"]
    assert "-weights2 = " in result.stdout and "+class Loss:" in result.stdout
    assert result.returncode == 0


def test_compare_places_are_line_numbers_of_the_files():
    code = tour("compare", "8", "10").stdout
    places = re.findall(r"^@@ line (\d+) of step 08, line (\d+) of step 10 @@\n ",
                        code, re.M)
    assert len(places) > 3
    for old, new in places:
        assert STEPS[7].read_text().splitlines()[int(old) - 1] == \
            STEPS[9].read_text().splitlines()[int(new) - 1]


def test_compare_with_a_crash(steps):
    change(steps / STEPS[0].name, "print(layer_outputs)", "1 / 0")
    result = tour("compare", "1", "2", steps=steps)
    assert "ZeroDivisionError" in result.stdout
    assert "Step 01 crashed with exit status 1." in result.stdout
    assert (result.returncode, result.stderr) == (1, "")


def test_record(steps):
    step = steps / STEPS[2].name
    before = step.read_text()
    assert "nothing is changed" in tour("record", "3", steps=steps).stdout
    assert step.read_text() == before

    change(step, "print(layer_outputs)", "print(layer_outputs)\nprint()\nprint('new ')")
    step.write_text(step.read_text() + "\n# a remark after the record\n")
    result = tour("record", "3", steps=steps)
    assert "\n+ \n+ new \n" in result.stdout
    assert step.read_text().endswith("0.026]]\n#\n# new \n\n# a remark after the record\n")
    assert result.returncode == 0
    assert tour("3", steps=steps).returncode == 0


def test_record_of_a_step_that_has_none(steps):
    step = steps / STEPS[0].name
    step.write_text("print(1)")
    assert tour("record", "1", steps=steps).returncode == 0
    assert step.read_text() == "print(1)\n\n# Output:\n# 1\n"


def test_record_of_a_long_output_says_that_it_is_whole_now(steps):
    step = steps / STEPS[8].name
    change(step, "range(10000)", "range(30)")
    result = tour("record", "9", steps=steps)
    assert "'# ...'" in result.stdout
    assert "# ...\n" not in step.read_text()
    assert tour("9", steps=steps).returncode == 0


@pytest.mark.parametrize("line", ["1 / 0", "print('...')"])
def test_what_cannot_be_recorded_leaves_the_record_alone(steps, line):
    step = steps / STEPS[0].name
    change(step, "print(layer_outputs)", line)
    before = step.read_text()
    result = tour("record", "1", steps=steps)
    assert "Its record stays as it was." in result.stdout
    assert step.read_text() == before
    assert result.returncode == 1


def test_no_window_and_no_word_of_it():
    result = tour("6", DISPLAY=":99", MPLBACKEND="tkagg")
    assert "Warning" not in result.stdout
    assert (result.returncode, result.stderr) == (0, "")


def test_figures(tmp_path):
    result = tour("5", "6", "9", "--figures", "new/pictures", cwd=tmp_path)
    assert result.returncode == 0, result.stdout
    pictures = tmp_path / "new" / "pictures"
    assert sorted(path.name for path in pictures.iterdir()) == ["06.png", "09.png"]
    for path in pictures.iterdir():
        assert path.read_bytes().startswith(b"\x89PNG")
        assert f"\nSaved {os.path.join('new/pictures', path.name)}\n" in result.stdout


@pytest.mark.parametrize("words, message", [
    ("11", "no step '11': there are steps 1 to 10, and"),
    ("0", "no step '0': there are steps 1 to 10, and"),
    ("seven", "no step 'seven': there are steps 1 to 10, and"),
    ("7 compare 8", "no step 'compare': "),
    ("-7", "no step '-7': "),
    ("7.5", "no step '7.5': "),
    ("9" * 5000, "no step '999"),
    ("list 7", "list takes no steps"),
    ("compare", "compare takes two different steps, as in: compare 7 8"),
    ("compare 7", "compare takes two different steps, as in: compare 7 8"),
    ("compare 7 7", "compare takes two different steps, as in: compare 7 8"),
    ("compare 7 8 9", "compare takes two different steps, as in: compare 7 8"),
    ("compare 7 x", "no step 'x': "),
    ("record", "record takes one step, as in: record 7"),
    ("record 7 8", "record takes one step, as in: record 7"),
    ("--figures", "argument --figures: expected one argument; see"),
    ("list --figures x", "--figures goes with running steps, not with list"),
    ("--nonsense", "unrecognized arguments: --nonsense; see"),
    ("6 --figures README.md/x", "can't write to 'README.md/x' ("),
])
def test_mistake_is_one_line(words, message):
    result = tour(*words.split(), cwd=ROOT)
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""
    assert result.returncode == 2


def test_console_without_utf8(steps):
    change(steps / STEPS[0].name, "print(layer_outputs)", "print('\u0177')")
    result = tour("1", steps=steps, PYTHONIOENCODING="ascii")
    assert "\n+ ?\n" in result.stdout
    assert (result.returncode, result.stderr) == (1, "")


@posix
def test_ctrl_c_ends_the_tour_at_once(steps):
    change(steps / STEPS[0].name, "print(layer_outputs)",
           "print('here', flush=True)\nwhile True: pass")
    with subprocess.Popen([sys.executable, steps], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, start_new_session=True) as process:
        while process.stdout.readline() != "here\n":
            pass
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the step as well
        output, errors = process.communicate(timeout=10)
    assert (output, errors) == ("", "\nStopped.\n")
    assert process.returncode == 130


@posix
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_end_of_the_tour_ends_the_step(steps, name):
    change(steps / STEPS[0].name, "print(layer_outputs)",
           "import os\nprint(os.getpid(), flush=True)\nwhile True: pass")
    with subprocess.Popen([sys.executable, steps], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        while not (line := process.stdout.readline().strip()).isdigit():
            pass
        process.send_signal(getattr(signal, name))
        output, errors = process.communicate(timeout=10)
    assert (output, errors) == ("", "")
    assert process.returncode == 128 + getattr(signal, name)
    with pytest.raises(ProcessLookupError):
        os.kill(int(line), 0)


@posix
def test_reader_that_reads_nothing():
    result = subprocess.run(f"'{sys.executable}' '{ROOT / 'nnfs_steps'}' list | true",
                            shell=True, capture_output=True, text=True)
    assert result.stderr == ""


@posix
def test_reader_that_has_read_enough(steps):
    with subprocess.Popen([sys.executable, steps, "9"], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


@posix
@pytest.mark.parametrize("settings, colours", [
    ({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False),
    ({"TERM": "dumb"}, False)])
def test_colours_on_a_terminal(settings, colours):
    import pty
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    master, slave = pty.openpty()
    with subprocess.Popen([sys.executable, ROOT / "nnfs_steps", "compare", "1", "2"],
                          stdout=slave, env=environment | settings) as process:
        os.close(slave)
        output = b""
        try:
            while chunk := os.read(master, 1000):
                output += chunk
        except OSError:  # how Linux says that the other end is closed
            pass
    os.close(master)
    assert process.returncode == 0
    assert (b"\033[32m+import numpy as np\033[0m" in output) is colours
    assert (b"\033" in output) is colours

"""Tables of one's own: what steps 29 and 30 take, what they refuse, what they keep."""

import re
import signal
import subprocess
import sys

import numpy as np
import pandas
import pytest

from project import ROOT, classes
from test_images import program
from test_models import STEP, in_process, posix

OWN, OWN_NUMBERS = classes(STEP[29]), classes(STEP[30])
RNG = np.random.default_rng(0)
FRAME = pandas.DataFrame({"length": RNG.normal(40, 5, 60).round(1)})
FRAME["mass, g"] = RNG.integers(30, 50, 60) * 100
FRAME["kind"] = ["oak", "ash", "the elm"] * 20
FRAME["price"] = RNG.normal(150_000, 20_000, 60).round(2)
FRAME["place"] = ["north", "south"] * 30
USED = ["length", "mass, g", "price"]
SHUFFLED = FRAME.sample(frac=1, random_state=0)
HOLES = [None, "NA", "NaN", "?", "-", "#N/A", np.inf]
RIGHT = [  # a table, how it is written, and which column is left out besides place
    (FRAME, {"sep": ","}, []),
    (FRAME, {"sep": ";"}, []),
    (FRAME, {"sep": "\t", "lineterminator": "\r\n", "encoding": "utf-8-sig"}, []),
    (FRAME, {"index": True}, ["a column without a name (it numbers the rows)"]),
    (SHUFFLED, {"index": True}, ["a column without a name (it numbers the rows)"]),
    (FRAME, {"index": True, "index_label": "row"}, ["row (it numbers the rows)"]),
    (SHUFFLED, {"index": True, "index_label": "row"}, ["row (it numbers the rows)"]),
    (FRAME.assign(ID=RNG.integers(9**9, size=60)), {}, ["ID (it numbers the rows)"]),
    (FRAME.assign(row=np.arange(60) * 3), {}, ["row (it numbers the rows)"]),
    (FRAME.assign(sold=""), {}, ["sold (empty)"]),
    *[(FRAME.astype("object"), {"holes": hole}, []) for hole in HOLES],
]


@pytest.mark.parametrize("frame, how, left", RIGHT)
def test_tables_as_people_have_them(frame, how, left, tmp_path, capsys):
    frame, how, whole = frame.copy(), {"index": False} | how, frame
    if "holes" in how:
        frame.iloc[3, 0] = frame.iloc[8, 1] = frame.iloc[9, 2] = how.pop("holes")
        whole = frame.drop(index=[3, 8, 9])
    frame.to_csv(tmp_path / "own.csv", **how)
    X, used, texts = OWN.read_data(tmp_path / "own.csv", "kind")
    assert used == USED
    assert np.array_equal(X, whole[USED].astype("float64"))
    assert texts == whole["kind"].tolist()
    output = capsys.readouterr().out
    place = "place (could not convert string to float: 'north')"
    assert sorted(re.findall("left out: (.*)", output)) == sorted([*left, place])
    assert f"rows: {len(whole)}, and {60 - len(whole)} with holes" in output


def test_columns_that_are_asked_for(tmp_path, capsys):
    FRAME.assign(year=range(1960, 2020)).to_csv(tmp_path / "own.csv", index=False)
    assert OWN.read_data(tmp_path / "own.csv", "kind")[1] == USED
    wanted = OWN.read_data(tmp_path / "own.csv", "kind", ["price", "year"])
    assert wanted[1] == ["price", "year"]  # now it does not number the rows
    assert "left out: length (not asked for)" in capsys.readouterr().out


LINES = ["a,b,kind", *(f"{n % 7},{n % 5},{'xy'[n % 2]}" for n in range(30))]
NAMES = ["a,kind", *(f"{n % 5},x{n}" for n in range(30))]
PRICES = ["a,price", *(f"{n % 5},{n // 5 * 7.5}" for n in range(500))]
ONE = ["a,kind", *[f"{n},7" for n in [3, 5, 5, 3] * 5]]
CASES = [  # steps, the table, words besides, and what is said ("" if it trains)
    ("29", LINES, ["kind"], ""),
    ("29", [line.replace(",", ", ") for line in LINES], ["kind"], ""),
    ("29", LINES, ["a", "b"], ""),  # numbers, but few: classes
    ("30", LINES, ["a", "b"], ""),
    ("29 30", None, ["kind"], "No such file * own.csv"),
    ("29 30", LINES, ["a", "no/x.npz"], "there is no folder no"),
    ("29 30", LINES, [], "name a table and the column to predict"),
    ("29 30", [""], ["kind"], "is no table: save it as CSV, in UTF-8"),
    ("29 30", LINES, ["Kind"], "no column Kind in * a, b, kind"),
    ("29 30", LINES, ["kind", "c"], "no column c in * a, b, kind"),
    ("29 30", LINES[:1], ["kind"], "has no rows"),
    ("29 30", [*LINES, "1,2,3,x"], ["kind"], "has 3 columns, but not in rows [31]"),
    ("29 30", ["a,a,kind", *LINES[1:]], ["kind"], "have one name: a, a, kind"),
    ("29 30", LINES, ["a", "kind"], "no numbers from which to learn a"),
    ("29 30", LINES[:10], ["kind"], "too few rows"),
    ("29", LINES[:11], ["kind"], ""),
    ("29 30", [*LINES[:9], *["1,,x"] * 20], ["a"], "do without b, which has most"),
    ("29", [*LINES[:9], *["1,,x"] * 20], ["kind", "a"], ""),
    ("29", ONE, ["kind"], "kind has one class only, 7"),
    ("30", ONE, ["kind"], "kind is 7 in all rows"),
    ("29 30", ONE, ["a"], ""),
    ("29", NAMES, ["kind"], "30 different values in 30 rows"),
    ("30", NAMES, ["kind"], "has no numbers: * 'x0'; see step 29"),
    ("29", PRICES, ["price"], "that looks like a number: see step 30"),
    ("30", PRICES, ["price"], ""),
]


@pytest.mark.parametrize(
    "number, lines, words, sentence",
    [(int(number), *case) for steps, *case in CASES for number in steps.split()],
)
def test_mistakes_get_a_sentence(number, lines, words, sentence, tmp_path):
    if lines:
        (tmp_path / "own.csv").write_text("\n".join(lines))
    status, output, errors = program(STEP[number], "own.csv", *words, cwd=tmp_path)
    pattern = ".*".join(map(re.escape, sentence.split(" * ")))
    assert (status, errors.count("\n")) == ((1, 1) if sentence else (0, 0))
    assert re.search(pattern, errors)
    assert ("epoch" in output) == (not sentence)


@pytest.mark.parametrize("number", [29, 30])
def test_a_program_of_your_own(number, tmp_path):
    """The file, given rows as they were measured, answers as the step did."""
    status, output, errors = program(STEP[number], "own.npz", cwd=tmp_path)
    assert (status, errors, output.splitlines()) == (0, "", STEP[number].output)
    row, answer = STEP[number].output[-1].split(" is ")
    copied = STEP[number].text.partition("\n# Seeds ")[0]
    (tmp_path / "own.py").write_text(copied)
    code = "import sys; sys.path.insert(0, sys.argv[1])\nfrom own import *\nnnfs.init()"
    code += "\nmodel = Model.load(sys.argv[1] + '/own.npz')\nprint(*answers(model, [["
    [found] = in_process(f"{code}{row.replace(' ', ', ')}]])[0])", tmp_path)
    *name, value = found.split()
    assert answer in [f"{float(value):.6g}", f"{''.join(name)} ({float(value):.2f})"]
    with pytest.raises(ValueError, match="needs bill_length_mm, bill_depth_mm, fl"):
        classes(STEP[number]).Model.load(tmp_path / "own.npz").predict([[39.1]])
    module = classes(STEP[number])  # columns of a DataFrame are found by name
    model = module.Model.load(tmp_path / "own.npz")
    names = model.layers[0].columns
    frame = pandas.DataFrame([[39.1, 18.7, 181, 3750][: len(names)]], columns=names)
    asked = [frame, frame[names[::-1]], frame.to_numpy().tolist()]
    assert len({str(module.answers(model, rows)) for rows in asked}) == 1


@posix
def test_interrupted_training_is_kept(tmp_path):
    pandas.concat([FRAME] * 130).to_csv(tmp_path / "own.csv", index=False)
    words = sys.executable, "-u", STEP[29].path, "own.csv", "kind", "own.npz"
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE) as training:
        while not training.stdout.readline().startswith(b"epoch"):
            assert training.poll() is None
        training.send_signal(signal.SIGINT)
        assert b"the file asks for" in training.stdout.read()
    assert training.returncode == 0
    assert 25 <= OWN.Model.load(tmp_path / "own.npz").epoch < 100


def test_scale():
    X = np.array([[1, 0.1], [2, 0.1], [6, 0.1]])  # the second column never changes
    scale, last = OWN.Layer_Scale(X, "ab"), OWN_NUMBERS.Activation_Scaled(X[:, :1], "a")
    scale.forward(X)
    np.testing.assert_allclose(scale.output.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scale.output.std(axis=0), [1, 0], rtol=1e-6)
    assert np.array_equal(last.scale(X[:, :1]), scale.output[:, :1])
    assert np.allclose(last.scale_back(scale.output[:, :1]), X[:, :1])


RAW = r"self.output = \(\(inputs.*", 'self.output = inputs.astype("float32")'
SEEDS = [  # what ten seeds print, from lowest to highest, and the header says
    (29, ("", ""), "validation, acc: ([^,]+)", "0.971 to 1.000"),
    (29, RAW, "validation, acc: ([^,]+)", "0.206 to 0.868"),
    (30, ("", ""), "validation, acc: ([^,]+)", "0.000 to 0.029"),
    (30, ("", ""), r"mean error: (\d+)", "229 to 300"),
    (30, ("", ""), r"as an answer: (\d+)", "616 to 732"),
]


@pytest.mark.slow
@pytest.mark.parametrize("number, change, pattern, said", SEEDS)
def test_what_the_header_says_of_ten_seeds(number, change, pattern, said):
    text = re.sub(*change, STEP[number].text, count=1)
    text = text.replace("Path(__file__).resolve().parents[1]", f"Path({str(ROOT)!r})")
    seeds = [f"\nnnfs.init()\nnp.random.seed({seed})\n" for seed in range(10)]
    outputs = [in_process(text.replace("\nnnfs.init()\n", seed, 1)) for seed in seeds]
    found = [re.findall(pattern, "\n".join(lines))[-1] for lines in outputs]
    assert f"{min(found)} to {max(found)}" == said
    assert said in " ".join(STEP[number].text.split())

"""Tables of one's own: what steps 29 and 30 take, what they refuse, what they keep."""

import csv
import re
import shlex

import numpy as np
import pandas
import pytest

from conftest import STEP, each
from parts import classes
from programs import ctrl_c, program, refused
from tour.project import python

RNG = np.random.default_rng(0)
FRAME = pandas.DataFrame({"length": RNG.normal(40, 5, 60).round(1)})
FRAME["mass"] = RNG.integers(30, 50, 60) * 100
FRAME["kind"] = ["oak", "ash", "the elm"] * 20
FRAME["price"] = RNG.normal(150_000, 20_000, 60).round(2)
TABLE = FRAME.to_csv(index=False)
HEADER = TABLE.partition("\n")[0]
USUAL = {29: "kind length mass", 30: "price length mass"}

each_number = pytest.mark.parametrize("number", [29, 30])


def cell(text, column="length"):
    """The table with another cell in row 5."""
    frame = FRAME.astype("object")
    frame.loc[3, column] = text
    return frame.to_csv(index=False)


def oak(text):
    """The table with another name for the first class."""
    return FRAME.replace("oak", text).to_csv(index=False)


def table(**columns):
    return FRAME.assign(**columns).to_csv(index=False)


def learn(number, text, words, folder, **options):
    text = text if isinstance(text, bytes) else text.encode()
    (folder / "own.csv").write_bytes(text)
    words = ["own.csv", *words.split()]
    return program(STEP[number], *words, cwd=folder, **options)


# ---- Tables

NEITHER = "1,5|1,500|1 500|1_000|12%|12 cm|2020-01-01|True|inf|1e300|.|-nan|none|-|na"


@each("number")
def test_a_cell_is_a_number_a_hole_or_neither(module, name):
    for text in "-9999", "+.5", "3.", "1e-99":
        assert module.number(text) == float(text)
    for text in "", "NA", "NaN", "nan":
        assert np.isnan(module.number(text))
    assert {*map(module.number, NEITHER.split("|"))} == {None}


FEW = FRAME[:10].assign(kind=["oak", "ash"] * 5).to_csv(index=False)
# The same table with other separators, quotes, ends of lines, and blank lines
QUOTED = FRAME.to_csv(index=False, sep=";", quoting=csv.QUOTE_ALL)
TABS = FRAME.to_csv(index=False, sep="\t", lineterminator="\r\n")
SPACES = "\ufeff" + TABLE.replace("oak", '"oak, red"').replace(",", ", ") + "\n\n"
COMMAS = TABLE.replace(",", ";").replace("oak", "oak, red").replace("price", "a,b")
LEARNED = [  # a step, a table, and what is printed
    (29, QUOTED, "kind: ash 20 oak 20 the elm 20\n"),
    (29, TABS, "kind: ash 20 oak 20 the elm 20\n"),
    (29, SPACES, "kind: ash 20 oak,  red 20 the elm 20\n"),
    (29, COMMAS, "kind: ash 20 oak, red 20 the elm 20\n"),
    (29, cell("-9999"), "length: numbers, -9999 to"),
    (29, cell("NA"), "1 holes ['NA']\n"),
    (29, cell(""), "rows: 59, and 1 with holes left out"),
    (30, cell("", "price"), "rows: 59, and 1 with holes left out"),
    (29, oak("none"), " none 20"),
    (29, oak("\xe9"), " \xe9 20"),
    (29, oak("NA"), "2 different, 20 holes ['NA']\n"),
    (30, table(mass=0.1), "mass: numbers, 0.1 to 0.1, 1 different"),
    (29, FEW, "kind: ash 5 oak 5"),
    (30, FEW, "rows: 10"),
    (29, table(kind=np.arange(60) // 12), "kind: 0 12 1 12 2 12 3 12 4 12"),
]
MEND = "is no number and no hole (empty, NA, NaN). First clean 1,5 and 1,500, %, units"
ONE, RARE = oak("ash").replace("the elm", "ash"), FEW.replace("oak", "ash", 1)
TWICE = TABLE.replace("mass", "kind")
REFUSED = [  # a step, a table, words, and what is said
    (29, cell("1,5"), "", f"row 5, length: '1,5' {MEND}"),
    (30, TABLE, "kind length", f"row 2, kind: 'oak' {MEND}"),
    (29, TABLE + "1,2,3\n", "", "row 62 needs 4 cells: ['1', '2', '3']"),
    (29, TABLE.encode("utf-16"), "", "not UTF-8: save it as CSV in UTF-8"),
    (29, TABLE.replace("oak", '"oak', 1), "", "a quote that is not closed"),
    (29, TWICE, "", "name: ['length', 'kind', 'kind', 'price']"),
    (29, HEADER, "", "kind needs two classes: these rows have []"),
    (30, HEADER, "", "ten rows are needed"),
    (30, table(mass=""), "", "without the column with most holes"),
    (30, table(price=7), "", "price is always 7"),
    (29, TABLE, "Kind mass", "no column Kind, but ['length', 'mass', 'kind', 'price']"),
    (29, TABLE, "kind mass kind", "kind is named twice, or is also the target"),
    (29, ONE, "", "two classes: these rows have ['ash']"),
    (29, RARE, "", "class oak needs 5 rows, and has 4: leave it"),
    (29, TABLE, "price mass", "60 different numbers: see step 30"),
    (29, TABLE, "kind mass no/own.npz", "No such file or directory: 'no/own.npz"),
]


@pytest.mark.parametrize("number, text, said", LEARNED)
def test_a_table_is_learned(number, text, said, tmp_path):
    status, output, errors = learn(number, text, USUAL[number], tmp_path)
    assert (status, errors) == (0, "")
    assert said in output and "epoch: 100" in output


@pytest.mark.parametrize("number, text, words, said", REFUSED)
def test_a_table_is_refused_in_one_line(number, text, words, said, tmp_path):
    refused(learn(number, text, words or USUAL[number], tmp_path), said)


@each_number
def test_without_columns_all_are_shown_and_none_learned(number, tmp_path):
    text = table(id=RNG.permutation(60) * 3, sold="").replace("mass", '"mass, g"')
    status, output, errors = learn(number, text, "kind", tmp_path)
    *shown, sentence, command = output.splitlines()
    assert (status, errors, len(shown)) == (0, "", 6)
    assert shown[2] == "kind: text, ash to the elm, 3 different, 0 holes []"
    assert shown[4] == "id: numbers, 0 to 177, 60 different, 0 holes []"
    assert shown[5] == "sold: text, - to -, 0 different, 60 holes ['']"
    assert sentence.startswith("Take out what numbers the rows or tells the answer in ")
    words = ["python", str(STEP[number].path), "own.csv", "TARGET"]
    assert shlex.split(command) == [*words, "length", "mass, g", "price", "id"]


# ---- A file is not lost


@each_number
def test_interrupted_training_is_kept_and_trained_on(number, tmp_path):
    def lines(words="own.npz", **options):
        asked = f"{USUAL[number]} {words}"
        status, output, errors = learn(number, TABLE, asked, tmp_path, **options)
        assert (status, errors) == (0, "")
        return output.splitlines()

    whole = lines("")
    place = next(n for n, line in enumerate(whole) if line.startswith("epoch"))
    data, first = whole[:place], whole[place : place + 2]
    second, rest = whole[place + 4 : place + 8], whole[place + 8 :]
    stopped = [*data, *first, "stopped after epoch 50", "saved own.npz"]
    assert lines(print=ctrl_c("epoch: 50"))[: len(stopped)] == stopped
    assert lines() == [*data, *second, "saved own.npz", *rest]
    assert lines() == [*data, "saved own.npz", *rest]  # no epoch is missing


FILES = [  # a step; the step, table and words that made the file; what is said
    (29, 29, TABLE, "kind mass length", "own.npz has learned other columns"),
    (30, 30, TABLE, "length price mass", "own.npz has learned other columns"),
    (29, 29, oak("ash"), USUAL[29], "'length', 'mass', 'kind', 'ash', 'the elm']"),
    (29, 30, TABLE, USUAL[30], "own.npz is no model of this program: 'Activation_Sc"),
    (30, 29, TABLE, USUAL[29], "own.npz is no model of this program: 'Activation_So"),
]


@pytest.mark.parametrize("number, made_by, text, words, said", FILES)
def test_a_file_of_another_model_is_kept(number, made_by, text, words, said, tmp_path):
    asked = f"{USUAL[number]} own.npz"
    (tmp_path / "own.npz").write_bytes(b"a,b\n1,2\n")
    refused(learn(number, TABLE, asked, tmp_path), "can't learn from own.csv ")
    (tmp_path / "own.npz").unlink()
    assert learn(made_by, text, f"{words} own.npz", tmp_path)[0] == 0
    kept = (tmp_path / "own.npz").read_bytes()
    refused(learn(number, TABLE, asked, tmp_path), said)
    assert (tmp_path / "own.npz").read_bytes() == kept


# ---- Use

USE = """
import sys
sys.path.insert(0, "")
import nnfs, own
nnfs.init()
for answer in own.answers(own.Model.load("own.npz"), {rows}):
    print(answer)
"""


@each_number
def test_a_program_of_your_own(number, tmp_path):
    """The command of step 29's header makes it, and it answers as the step does."""
    [making] = re.findall(r'^    python -c "(.*?)"$', STEP[29].text, re.M | re.S)
    path = STEP[number].path.as_posix()
    python("-c", making.replace("nnfs_steps/29_nnfs_own-data.py", path), cwd=tmp_path)
    assert "\n# Seeds" not in (tmp_path / "own.py").read_text()
    status, output, errors = program(STEP[number], "own.npz", cwd=tmp_path)
    assert (status, errors) == (0, "")
    expected = STEP[number].output
    assert [x for x in output.splitlines() if x != "saved own.npz"] == expected
    row, answer = expected[-1].split(" is ")
    use = USE.format(rows=f"[[{row.replace(' ', ', ')}]] * 2")
    first, second = python("-c", use, cwd=tmp_path).stdout.decode().splitlines()
    name, _, value = first.strip("()").replace("'", "").rpartition(", ")
    found = f"{name} ({float(value):.2f})" if name else f"{float(value):.6g}"
    assert (found, first) == (answer, second)


@each_number
def test_rows_of_any_kind_get_a_list_of_answers(number, tmp_path):
    learn(number, TABLE, f"{USUAL[number]} own.npz", tmp_path)
    module = classes(STEP[number])
    model = module.Model.load(tmp_path / "own.npz")
    rows = FRAME[["length", "mass"]].to_numpy()

    def answered(rows):  # float32 sums may differ in the last digit
        found = module.answers(model, rows)
        assert isinstance(found, list)
        return [re.sub(r"(\.\d)\d+", r"\1", f"{answer}") for answer in found]

    expected = answered(rows)
    assert len(expected) == 60
    assert answered(FRAME[["mass", "length"]]) == answered(rows.tolist()) == expected
    for one in rows[7], rows[7].tolist(), FRAME.iloc[7], FRAME.iloc[[7]]:
        assert answered(one) == expected[7:8]
    for wrong in rows[:, :1], [[40, np.nan]], rows[0].repeat(2):
        with pytest.raises(ValueError, match=r"2 finite numbers: \['length', 'mass'"):
            module.answers(model, wrong)


def test_scale():
    X = np.array([[1, 0.1], [2, 0.1], [6, 0.1]])  # the second column never changes
    scale = classes(STEP[29]).Layer_Scale(X, ["a", "b"])
    last = classes(STEP[30]).Activation_Scaled(X[:, :1], "a")
    scale.forward(X)
    expected = [[-0.9258, 0], [-0.4629, 0], [1.3887, 0]]
    np.testing.assert_allclose(scale.output, expected, atol=1e-4)
    assert np.array_equal(last.scale(X[:, :1]), scale.output[:, :1])
    assert np.allclose(last.scale_back(scale.output[:, :1]), X[:, :1])

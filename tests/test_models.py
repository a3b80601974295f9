"""The model: it changes no number, looks at its data, and its files are safe.

Most of it is tried on tiny networks, made with the classes of the steps.
"""

import copy
import io
import itertools
import json
import os
import pickle
import re
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas
import pytest

from conftest import posix
from project import ROOT, STEPS, classes

STEP = {step.number: step for step in STEPS}


def having(*names):
    """The steps that have all these, each wording of them once."""
    found = {}
    for step in STEPS:
        if step.parts.keys() >= {*names}:
            found.setdefault(tuple(step.parts[name].text for name in names), step)
    assert found
    return list(found.values())


def each(*names):
    return pytest.mark.parametrize("step", having(*names), ids=lambda s: s.name)


PARAMETERS = "Model.save_parameters", "Model.load_parameters", "Model.set_parameters"
WHOLE = "Model.save", "Model.load", "Model.train", "describe", "restore"
FILES = "read_arrays", "write_arrays"
each_with_parameters = each(*PARAMETERS, *FILES)
each_with_models = each(*WHOLE, *FILES)
each_with_batches = pytest.mark.parametrize(
    "step",
    [step for step in STEPS if "validation_data" in step.text],
    ids=lambda step: step.name,
)
each_with_door = each("check_data", "Model.train", "Model.evaluate")


def refused(error, path, *, without=()):
    """It is one line, which names the file."""
    message = str(error.value)
    assert "\n" not in message
    assert str(path) in message
    assert not [word for word in without if word in message]


# ---- Recorded outputs


def numbers_of(line):
    """{"epoch": "0", "acc": "0.324", ...}; validation lines have no epoch."""
    return dict(re.findall(r"(\w+): ([\w.+-]+)", line))


def lines_by_epoch(lines):
    return {numbers_of(line).get("epoch", "validation"): line for line in lines}


def test_model_prints_what_the_loop_prints():
    assert STEP[22].output == STEP[21].output
    assert len(STEP[21].output) > 10


def sections(lines):
    """The lines below each heading that names a step, by the number of the step."""
    found = {}
    for line in lines:
        if heading := re.search(r"\(step (\d+)\)$", line):
            below = found[int(heading[1])] = []
        else:
            below.append(line)
    return found


def test_one_model_has_the_numbers_of_three_steps():
    found = sections(STEP[23].output)
    assert [*found] == [19, 20, 21]
    for number, lines in found.items():
        here, there = lines_by_epoch(lines), lines_by_epoch(STEP[number].output)
        assert len(here) == len(lines)
        epochs = [epoch for epoch in here if epoch != "validation"]
        assert len(epochs) >= 3
        assert {*epochs} <= there.keys()
        ends = epochs[-1] == [e for e in there if e != "validation"][-1]
        assert ("validation" in here) >= (ends and "validation" in there)
        for epoch in (
            [*epochs, "validation"] if ends and "validation" in there else epochs
        ):
            theirs = numbers_of(there[epoch])
            ours = numbers_of(here[epoch])
            assert ours | theirs == ours, (number, epoch)
            assert {"acc", "loss"} <= theirs.keys()


def test_a_file_changes_no_line_of_the_training():
    lines = STEP[24].output
    assert [line[:5] for line in lines] == ["epoch", "valid"] * 10
    assert STEP[25].output[:20] == lines
    assert STEP[25].output[-1] == lines[-1]
    assert STEP[26].output == [*lines[:10], "saved", *lines[10:], "saved"]
    assert STEP[27].output[:10] == lines[::2]
    accuracy = numbers_of(STEP[27].output[10])["accuracy"]
    assert f"{float(accuracy):.3f}" in ("0.940", "0.941")  # 0.9405 lies between
    assert numbers_of(lines[-1])["acc"] == "0.941"


def test_the_tuned_step_changes_no_digit():
    assert STEP[28].output == STEP[16].output


# ---- Tiny networks


def network(module, sizes=(2, 5, 3), dropout=0.0):
    model = module.Model()
    for inputs, neurons in itertools.pairwise(sizes):
        if model.layers:
            model.add(module.Activation_ReLU())
        if model.layers and dropout:
            model.add(module.Layer_Dropout(dropout))
        model.add(module.Layer_Dense(inputs, neurons, 0.5, weight_regularizer_l2=1e-3))
    model.add(module.Activation_Softmax())
    model.set(
        loss=module.Loss_CategoricalCrossentropy(),
        optimizer=module.Optimizer_Adam(0.02, decay=1e-3),
        accuracy=module.Accuracy_Categorical(),
    )
    return model


def samples():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 2))
    return X, (X > 0).sum(axis=1)


def trained(module, **options):
    model = network(module, **options)
    model.train(*samples(), epochs=2, batch_size=16)
    return model


def outputs(model):
    return model.forward(samples()[0], training=False).tobytes()


@pytest.fixture(autouse=True)
def random_state():
    state = np.random.get_state()
    np.random.seed(0)
    yield
    np.random.set_state(state)


def state_of_random():
    return [np.array(part).tolist() for part in np.random.get_state()]


# ---- Training in batches


def lines_of_training(capsys, model, *data, **options):
    capsys.readouterr()
    model.train(*data, **options)
    return capsys.readouterr().out.splitlines()


@each_with_batches
def test_validation_is_printed_after_each_line(step, capsys):
    X, y = samples()
    plain, tested = network(classes(step)), network(classes(step))
    tested.layers = copy.deepcopy(plain.layers)
    tested.trainable = [layer for layer in tested.layers if hasattr(layer, "weights")]
    options = {"epochs": 4, "print_every": 2, "batch_size": 16}
    state = np.random.get_state()
    lines = lines_of_training(capsys, plain, X, y, **options)
    plain.evaluate(X[:9], y[:9])
    validation = capsys.readouterr().out.splitlines()
    np.random.set_state(state)
    options["validation_data"] = X[:9], y[:9]
    found = lines_of_training(capsys, tested, X, y, **options)
    assert [line.split(",")[0] for line in lines] == ["epoch: 2", "epoch: 4"]
    assert found[::2] == lines  # it changes nothing in the training
    assert found[3:] == validation != found[1:2]


@each_with_batches
def test_no_batch_size_is_all_at_once_in_their_order(step, capsys):
    X, y = samples()
    model, other = network(classes(step)), network(classes(step))
    for layer, same in zip(model.trainable, other.trainable):
        same.weights, same.biases = layer.weights.copy(), layer.biases.copy()
    state = state_of_random()
    lines = lines_of_training(capsys, model, X, y, epochs=3, batch_size=None)
    assert state_of_random() == state  # nothing is shuffled
    assert len(lines) == 3 and model.optimizer.iterations == 3
    for _ in range(3):
        other.backward(other.forward(X, training=True), y)
        other.update()
    assert outputs(model) == outputs(other)


# ---- The door


def network_for(module, task):
    """A tiny network, and data that fits it."""
    X, y = samples()
    if task == "classes":
        return network(module), X, y
    model = module.Model()
    end = {"yes or no": module.Activation_Sigmoid, "number": module.Activation_Linear}
    model.add(module.Layer_Dense(2, 5, 0.5), module.Activation_ReLU())
    model.add(module.Layer_Dense(5, 1, 0.5), end[task]())
    adam = module.Optimizer_Adam(0.02)
    if task == "yes or no":
        loss = module.Loss_BinaryCrossentropy()
        accuracy = module.Accuracy_Categorical(binary=True)
        model.set(loss=loss, optimizer=adam, accuracy=accuracy)
        return model, X, (y > 1).reshape(-1, 1) * 1
    loss, accuracy = module.Loss_MeanSquaredError(), module.Accuracy_Regression()
    model.set(loss=loss, optimizer=adam, accuracy=accuracy)
    return model, X, X.sum(axis=1, keepdims=True)


def with_value(array, value):
    array = array.astype("float64")
    array.flat[7] = value
    return array


def table(X):
    return pandas.DataFrame(X, columns=["a", "b"])


def one_hot(y):
    return np.eye(3)[y]


def numbered(texts):
    return np.unique(texts.reshape(-1), return_inverse=True)[1]


EMPTY = np.zeros((0, 2))
TEXTS = np.array(["Adelie", "Chinstrap", "Gentoo"])
# What is wrong | words of the sentence | what is right, mended as the sentence says
WRONG = {
    "classes": """
        X[1:], y                     | X is (49, 2), and y is (50,) | X[1:], y[1:]
        X, y[1:]                     | X is (50, 2), and y is (49,) | X[1:], y[1:]
        EMPTY, y[:0]                 | X is empty        | X[:1], y[:1]
        with_value(X, np.nan), y     | X is empty, or has nan | X, y
        with_value(X, np.inf), y     | X is empty, or has nan, inf | X, y
        table(X).assign(b="high"), y | X is <U32, not numbers | table(X), y
        X[:, :1], y                  | X (50, 1) does not fit the layers | X, y
        X, TEXTS[y]                  | np.unique(texts   | X, numbered(TEXTS[y])
        X, y / 2                     | y is float64      | X, y.astype(int)
        X, y * 1.0                   | .astype(int)?     | X, (y * 1.0).astype(int)
        X, y + 1                     | .astype(int) - 1? | X, (y + 1).astype(int) - 1
        X, y - 1                     | -1 to 1; it needs | X, y
        X, y.reshape(-1, 1)          | (np.ravel(y)      | X, y.reshape(-1, 1)[:, 0]
        X, one_hot(y) * 2            | one-hot rows      | X, one_hot(y)
        X, 1 - one_hot(y)            | one-hot rows      | X, one_hot(y).tolist()
        X, one_hot(y)[:, :2]         | (50, 2)           | X, one_hot(y).astype(int)""",
    "yes or no": """
        X, y[:, 0]                   | : np.reshape(y    | X, y[:, 0].reshape(-1, 1)
        X, y + 1                     | 1 to 2; it needs 0 or 1 | X, y + 1 == 2
        X, 2 * y - 1                 | -1 to 1; it needs 0 or 1 | X, y * 1.0
        X, y * 255                   | needs 0 or 1      | X, y > 0
        X, y + 0.5                   | needs 0 or 1      | X, y.tolist()""",
    "number": """
        X, y[:, 0]                   | : np.reshape(y    | X, y[:, 0].reshape(-1, 1)
        X[:, 0], y                   | np.reshape(X      | X, y
        X, with_value(y, np.nan)     | y is empty, or has nan | X, y
        X, np.hstack([y, y])         | needs (50, 1)     | X, y""",
}
ROWS = [
    (task, *(part.strip() for part in row.split("|")))
    for task, rows in WRONG.items()
    for row in rows.strip().splitlines()
]


def changed(X, y, code):
    return eval(code, globals(), {"X": X, "y": y})


@pytest.mark.parametrize("task, wrong, words, right", ROWS)
@each_with_door
def test_door_says_what_does_not_fit(step, task, wrong, words, right):
    model, X, y = network_for(classes(step), task)
    before = model.trainable[0].weights.copy()
    for method in model.train, model.evaluate:
        with pytest.raises(ValueError, match=re.escape(words)) as error:
            method(*changed(X, y, wrong))
        assert "\n" not in str(error.value)
    assert np.array_equal(model.trainable[0].weights, before)  # not even one step
    model.train(*changed(X, y, right))
    model.evaluate(*changed(X, y, right))
    assert not np.array_equal(model.trainable[0].weights, before)


def shuffled(y):
    """The same by position, with labels in another order."""
    series = pandas.Series(y.reshape(-1), index=np.random.permutation(len(y)))
    return series if y.ndim == 1 else series.to_frame()


FORMS = [
    "X.tolist(), y.tolist()",
    "table(X), shuffled(y)",
    "table(X).set_index(np.arange(50)[::-1]), shuffled(y)",
    "table(X).astype(object), shuffled(y)",  # as with columns of several kinds
    "table(X).convert_dtypes(), shuffled(y)",  # numbers that may be missing
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("task", ["classes", "yes or no", "number"])
@each_with_door
def test_door_takes_rows_by_their_position(step, task, form, capsys):
    outputs = []
    for code in "X, y", form:
        np.random.seed(0)
        model, X, y = network_for(classes(step), task)
        X, y = changed(X, y, code)
        np.random.seed(1)
        model.train(X, y, epochs=3)
        model.evaluate(X, y)
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != ""


def replaced(module, task, **things):
    model, X, y = network_for(module, task)
    vars(model).update(things)
    return model, X, y


@each_with_door
def test_door_says_what_the_model_lacks(step):
    module = classes(step)
    empty = module.Model()
    unset = module.Model()
    unset.add(*network(module).layers)
    open_end = network(module)
    open_end.layers = open_end.layers[:-1]
    for model in empty, unset, open_end:
        with pytest.raises(ValueError, match="end with an activation; set a loss"):
            model.train(*samples())
    for task, things in [
        ("yes or no", {"accuracy": module.Accuracy_Categorical()}),
        ("yes or no", {"accuracy": module.Accuracy_Regression()}),
        ("number", {"loss": module.Loss_BinaryCrossentropy()}),
        ("number", {"accuracy": module.Accuracy_Categorical()}),
        (
            "number",
            {
                "loss": module.Loss_CategoricalCrossentropy(),
                "accuracy": module.Accuracy_Categorical(),
            },
        ),
    ]:
        model, X, y = replaced(module, task, **things)
        with pytest.raises(
            ValueError, match="needs sigmoid and binary=True, or regression"
        ):
            model.train(X, y)


@each_with_door
def test_each_output_has_a_spread_of_its_own(step):
    accuracy = classes(step).Accuracy_Regression()
    y = np.array([[1.0, 100.0], [2.0, 300.0]])
    accuracy.init(y)
    assert accuracy.precision == pytest.approx([0.5 / 250, 100 / 250])


@pytest.mark.parametrize("size", [0, -5])
@each_with_batches
def test_batch_size_is_above_0(step, size):
    model = network(classes(step))
    for method in model.train, model.evaluate:
        with pytest.raises(ValueError, match=f"batch_size .*{size}"):
            method(*samples(), batch_size=size)
        method(*samples(), batch_size=1)
        method(*samples(), batch_size=50_000)


@each_with_batches
def test_validation_data_is_looked_at_before_the_training(step, capsys):
    model, (X, y) = network(classes(step)), samples()
    with pytest.raises(ValueError, match="y is"):
        model.train(X, y, validation_data=(X, y + 1))
    assert capsys.readouterr().out == ""


@each("Model.predict")
def test_predict_looks_at_its_samples(step):
    model, X = network(classes(step)), samples()[0]
    for wrong in with_value(X, np.nan), X[:, :1], X[0], EMPTY, TEXTS:
        with pytest.raises(ValueError, match=r"^X "):
            model.predict(wrong)
    assert np.array_equal(model.predict(X.tolist()), model.predict(table(X)))


# ---- Files


class Trap:
    """A pickle of it makes a folder where it is loaded."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def zipped(**members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def as_file(kind, *arrays, **named):
    data = io.BytesIO()
    kind(data, *arrays, **named)
    return data.getvalue()


def foreign_files(trap):
    """Files that are no model and no parameters, by what is wrong with them."""
    objects = np.array([Trap(trap), None], dtype=object)
    inside = as_file(np.save, objects)
    large = as_file(np.save, np.zeros(3))
    endless = large.replace(b"(3,), }" + b" " * 15, b"(%d,), }" % 10**15)
    return {
        "empty": b"",
        "text": b"weights: 1 2 3\n" * 99,
        "an .npy file": as_file(np.save, np.zeros((2, 5))),
        "an .npy file with objects": inside,
        "a pickle": pickle.dumps(Trap(trap)),
        "an empty zip": zipped(),
        "a zip with text": zipped(**{"readme.txt": "hello", "0.npy": "hello"}),
        "objects inside": as_file(np.savez, *[objects] * 4, about=objects),
        "a pickle inside": zipped(**{"about.npy": pickle.dumps(Trap(trap))}),
        "an array without end": zipped(**{"0.npy": endless, "about.npy": endless}),
        "an array that is cut off": zipped(**{f"{n}.npy": large[:-9] for n in "0123"}),
    }


FOREIGN = [*foreign_files("")]


@pytest.mark.parametrize("what", FOREIGN)
@each_with_parameters
def test_foreign_file_is_no_parameters(step, what, tmp_path):
    model, path, trap = network(classes(step)), tmp_path / "x.npz", tmp_path / "trap"
    path.write_bytes(foreign_files(trap)[what])
    before = outputs(model)
    with pytest.raises(ValueError) as error:
        model.load_parameters(path)
    assert "\n" not in str(error.value)
    assert outputs(model) == before
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("what", FOREIGN)
@each_with_models
def test_foreign_file_is_no_model(step, what, tmp_path):
    path, trap = tmp_path / "x.npz", tmp_path / "trap"
    path.write_bytes(foreign_files(trap)[what])
    before = state_of_random()
    with pytest.raises(ValueError) as error:
        classes(step).Model.load(path)
    refused(error, path)
    assert state_of_random() == before
    assert [*tmp_path.iterdir()] == [path]


def test_trap_would_spring(tmp_path):
    pickle.loads(foreign_files(tmp_path / "trap")["a pickle"])
    assert (tmp_path / "trap").exists()


@each_with_parameters
def test_parameters_give_the_same_outputs(step, tmp_path):
    module = classes(step)
    model, other = trained(module), network(module)
    assert outputs(model) != outputs(other)
    model.save_parameters(tmp_path / "x.npz")
    other.load_parameters(tmp_path / "x.npz")
    assert outputs(model) == outputs(other)
    assert [path.name for path in tmp_path.iterdir()] == ["x.npz"]  # nothing else


@each_with_parameters
def test_parameters_are_copies(step):
    model = network(classes(step))
    best, before = model.get_parameters(), outputs(model)
    model.train(*samples(), epochs=2)
    assert outputs(model) != before
    model.set_parameters(best)
    assert outputs(model) == before
    model.train(*samples(), epochs=2)
    model.set_parameters(best)  # they have not changed with the model
    assert outputs(model) == before
    twin = network(classes(step))
    twin.set_parameters(best)
    twin.train(*samples(), epochs=2)
    assert outputs(model) == before != outputs(twin)


@each_with_models
def test_each_file_says_which_it_is(step, tmp_path):
    model, path = trained(classes(step)), tmp_path / "x.npz"
    model.save(path)
    with pytest.raises(ValueError, match=r"more than parameters: .*about"):
        model.load_parameters(path)
    model.save_parameters(path)
    with pytest.raises(ValueError, match="parameters alone"):
        model.load(path)


@pytest.mark.parametrize("sizes", [(2, 4, 3), (2, 5, 5, 3), (2, 3), (5, 2, 3)])
@each_with_parameters
def test_parameters_of_another_network_are_refused(step, sizes, tmp_path):
    module, path = classes(step), tmp_path / "x.npz"
    network(module, sizes).save_parameters(path)
    model = network(module)
    before = outputs(model)
    with pytest.raises(ValueError, match=r"do not fit.*\(2, 5\)") as error:
        model.load_parameters(path)
    assert "\n" not in str(error.value)
    assert outputs(model) == before


@each_with_parameters
def test_first_parameters_are_not_taken_where_the_last_do_not_fit(step):
    model = network(classes(step))
    before, parameters = outputs(model), model.get_parameters()
    parameters = [np.ones_like(array) for array in parameters]
    parameters[-1] = np.ones((1, 4))
    with pytest.raises(ValueError, match="do not fit"):
        model.set_parameters(parameters)
    assert outputs(model) == before


def changed_everywhere(data):
    """The file cut off, and with single bytes changed, at many places."""
    for place in range(0, len(data), 1 + len(data) // 150):
        yield data[:place]
    for place in range(0, len(data), 1 + len(data) // 400):
        yield data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
    # The head of a member and its entry in the list at the end say how to read it
    for head in data.index(b"PK\3\4"), data.index(b"PK\1\2"):
        for place in range(head, head + 46):
            for bit in 1, 8, 0xFF:
                damaged = bytearray(data)
                damaged[place] ^= bit
                yield bytes(damaged)


def try_damaged(path, load):
    """How many are refused; the others were changed where it does not matter."""
    whole, count = path.read_bytes(), 0
    for data in changed_everywhere(whole):
        path.write_bytes(data)
        try:
            load()
        except ValueError as error:
            assert "\n" not in str(error)
            count += 1
        else:
            assert len(data) == len(whole)
    return count


@each_with_parameters
def test_damaged_parameters_are_refused(step, tmp_path):
    module, path = classes(step), tmp_path / "x.npz"
    trained(module).save_parameters(path)
    model = network(module)
    before = outputs(model)

    def load():
        try:
            model.load_parameters(path)
        except ValueError:
            assert outputs(model) == before
            raise
        model.set_parameters(network_before.get_parameters())

    network_before = copy.deepcopy(model)
    assert try_damaged(path, load) > 300


@each_with_models
def test_damaged_model_is_refused(step, tmp_path):
    module, path = classes(step), tmp_path / "x.npz"
    trained(module).save(path)
    before = np.random.get_state()

    def load():
        try:
            module.Model.load(path)
        except ValueError as error:
            assert str(path) in str(error)
            assert str(np.random.get_state()) == str(before)
            raise
        np.random.set_state(before)

    assert try_damaged(path, load) > 300


@each_with_models
def test_missing_file_is_one_line(step, tmp_path):
    module, path = classes(step), tmp_path / "x.npz"
    for load in network(module).load_parameters, module.Model.load:
        for missing in path, tmp_path, tmp_path / "no" / "x.npz":
            with pytest.raises((ValueError, OSError)) as error:
                load(missing)
            refused(error, missing)


@pytest.mark.parametrize(
    "name, words",
    [
        ("no/x.npz", "there is no folder"),
        ("x", "end in .npz"),
        ("x.txt", "end in .npz"),
        ("-x.npz", "dash"),
        ("--help", "dash"),
        ("folder.npz", "is a folder"),
        ("x.npz", None),
        ("a b.npz", None),
    ],
)
@each_with_parameters
def test_place_to_write_to(step, name, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.npz").mkdir()
    module = classes(step)
    model = trained(module)
    saves = [module.check_place, model.save_parameters]
    for save in saves + ([model.save] if step.number > 25 else []):
        if words:
            with pytest.raises((ValueError, OSError), match=words):
                save(name)
        else:
            save(name)
    found = {path.name for path in tmp_path.iterdir()}
    assert found == ({"folder.npz"} if words else {"folder.npz", name})


TWO = """
import sys
from project import STEPS, classes
from test_models import network

number, path, neurons = sys.argv[1:]
module = classes(next(step for step in STEPS if step.number == int(number)))
model = network(module, (2, 100, 100, int(neurons)))
for _ in range(100):
    model.save(path)
    module.Model.load(path)
print("saved and loaded")
"""


@posix
@each_with_models
def test_two_processes_save_to_one_path(step, tmp_path):
    with ThreadPoolExecutor() as pool:
        words = step.number, tmp_path / "x.npz"
        runs = [pool.submit(in_process, TWO, *words, neurons) for neurons in (3, 4)]
        assert [run.result() for run in runs] == [["saved and loaded"]] * 2
    assert [path.name for path in tmp_path.iterdir()] == ["x.npz"]


# ---- Whole models

TRAIN = """
import sys
import nnfs
from project import STEPS, classes
from test_models import network, samples

number, optimizer, dropout, path, what = sys.argv[1:]
steps = {step.number: step for step in STEPS}
module = classes(steps[int(number)])
other = classes(steps[int(optimizer)])  # a class of this step moves in
name = next(name for name in vars(other) if name.startswith("Optimizer_"))
kind = getattr(other, name)
setattr(module, name, kind)
nnfs.init()
X, y = samples()
X = X.astype("float32")
if what == "second half":
    model = module.Model.load(path)
else:
    model = network(module, dropout=float(dropout))
    model.optimizer = kind(learning_rate=0.02, decay=1e-3)
for epochs in [10] if what == "all" else [2, 3]:
    model.train(X, y, epochs=epochs, batch_size=16)
if what == "first half":
    model.save(path)
for array in model.get_parameters():
    print(array.dtype, array.tobytes().hex())
"""


def in_process(code, *words):
    """What Python prints to stdout; it may say nothing on stderr."""
    folders = os.pathsep.join([str(ROOT / "tests"), str(ROOT / "nnfs_steps")])
    result = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": folders, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert result.stderr == ""
    return result.stdout.splitlines()


@pytest.mark.parametrize("dropout", [0.0, 0.3], ids=["plain", "dropout"])
@pytest.mark.parametrize("optimizer", [12, 13, 14, 15, 16])
@each_with_models
def test_training_goes_on_as_if_never_interrupted(step, optimizer, dropout, tmp_path):
    words = step.number, optimizer, dropout, tmp_path / "model.npz"
    whole = in_process(TRAIN, *words, "all")
    first, second = (
        in_process(TRAIN, *words, f"{n} half") for n in ("first", "second")
    )
    assert [line.split(",")[0] for line in whole[:10]] == [
        f"epoch: {n}" for n in range(1, 11)
    ]
    assert first[:5] + second[:5] == whole[:10]
    assert second[5:] == whole[10:] != first[5:]
    assert [line.split()[0] for line in whole[10:]] == ["float32"] * 4


@each_with_models
def test_loaded_model_is_the_saved_one(step, tmp_path):
    module, path = classes(step), tmp_path / "model.npz"
    model = trained(module, dropout=0.2)
    model.save(path)
    saved = state_of_random()
    np.random.seed(7)
    before = state_of_random()
    other = module.Model.load(path)
    assert state_of_random() == before  # a model that only predicts changes nothing
    other.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == path.read_bytes()
    assert outputs(other) == outputs(model)
    other.train(*samples(), epochs=0)  # now it takes up the random numbers
    assert state_of_random() == saved
    assert other.epoch == model.epoch == 2
    assert vars(other.optimizer) == vars(model.optimizer)
    assert [type(a) for a in other.layers] == [type(a) for a in model.layers]
    assert {path.name for path in tmp_path.iterdir()} == {"model.npz", "again.npz"}


ODD = {
    "a text": "he",
    "texts": ["Adelie", "Gentoo"],
    "nothing": None,
    "a truth": True,
    "NumPy's number": np.float32(0.1),
    "NumPy's integer": np.int64(7),
    "NumPy's truth": np.bool_(True),
    "one axis": np.arange(5.0),
    "three axes": np.ones((2, 3, 4), "float32"),
    "texts of NumPy": TEXTS,
}


@pytest.mark.parametrize("what", ODD)
@each_with_models
def test_all_plain_values_and_arrays_are_kept(step, what, tmp_path):
    module, value = classes(step), ODD[what]
    model = trained(module)
    for thing in [*model.layers, model.loss, model.optimizer, model.accuracy]:
        thing.own = value
    model.save(tmp_path / "x.npz")
    other = module.Model.load(tmp_path / "x.npz")
    for thing in [*other.layers, other.loss, other.optimizer, other.accuracy]:
        assert type(thing.own) is type(value)
        assert np.array_equal(thing.own, value)
        assert getattr(thing.own, "dtype", None) == getattr(value, "dtype", None)
    assert outputs(other) == outputs(model)


@each_with_models
def test_what_a_pass_leaves_behind_is_not_kept(step, tmp_path):
    module, sizes = classes(step), []
    X, y = samples()
    for times in 1, 100:
        model = network(module, dropout=0.2)
        X, y = np.tile(X, (times, 1)), np.tile(y, times)
        model.train(X, y, batch_size=None)
        model.save(tmp_path / "x.npz")
        sizes.append((tmp_path / "x.npz").stat().st_size)
    assert abs(sizes[0] - sizes[1]) < 500
    with np.load(tmp_path / "x.npz") as file:
        assert "0 weights" in file and "0 dweights" not in file


@each_with_models
def test_what_cannot_be_restored_is_said_when_saving(step, tmp_path):
    module, path = classes(step), tmp_path / "x.npz"
    trained(module).save(path)
    whole = path.read_bytes()
    for value, words in [
        (len, "hold own, a builtin_function"),
        ((1, 2), "hold own, a tuple"),
        (np.array([Trap(path)]), "Object arrays"),
    ]:
        model = trained(module)
        model.layers[0].own = value
        with pytest.raises(ValueError, match=words):
            model.save(path)
    model = trained(module)
    model.layers[1].__class__ = type("Layer_Elsewhere", (module.Activation_ReLU,), {})
    with pytest.raises(ValueError, match="no class Layer_Elsewhere"):
        model.save(path)
    assert path.read_bytes() == whole  # and the old file stays
    assert [*tmp_path.iterdir()] == [path]


@each_with_models
def test_regression_knows_its_precision_after_loading(step, tmp_path, capsys):
    module = classes(step)
    model, X, y = network_for(module, "number")
    model.train(X.astype("float32"), y.astype("float32"), epochs=3)
    model.save(tmp_path / "x.npz")
    capsys.readouterr()
    for each_model in model, module.Model.load(tmp_path / "x.npz"):
        each_model.evaluate(X, y)
    first, second = capsys.readouterr().out.splitlines()
    assert first == second


def without(name):
    return lambda about, arrays: arrays.pop(name)


def with_array(name, value):
    def change(about, arrays):
        arrays[name] = value

    return change


def with_about(value, *place):
    def change(about, arrays):
        for key in place[:-1]:
            about = about[key]
        about[place[-1]] = value

    return change


def with_text(text):
    return with_array("about", np.array(text))


def with_class(name):
    return with_about(name, "layers", 0, "class")


BAD_MODELS = {
    "another version": with_about(1, "version"),
    "no version": lambda about, arrays: about.pop("version"),
    "a layer that is no object": with_about(5, "layers", 0),
    "a class that is a list": with_class(["Layer_Dense"]),
    "no weights": without("0 weights"),
    "no biases": without("0 biases"),
    "no random words": without("random words"),
    "no text": without("about"),
    "no JSON": with_text("hello"),
    "JSON of a list": with_text("[1, 2]"),
    "JSON without end": with_text("[" * 100_000),
    "weights of another shape": with_array("0 weights", np.ones((2, 4))),
    "weights that are text": with_array("0 weights", np.full((2, 5), "x")),
    "biases of another shape": with_array("2 biases", np.ones((1, 2))),
}
NAMES = ["Layer_Evil", "Path", "__import__", "__builtins__", "np", "exp", "", "eval"]
BAD_MODELS |= {f"the class {name!r}": with_class(name) for name in NAMES}


def written(path, model, change):
    """Save a model with a change in its text or its arrays."""
    model.save(path)
    with np.load(path) as file:
        arrays = dict(file)
    about, text = json.loads(str(arrays["about"])), str(arrays["about"])
    change(about, arrays)
    if "about" in arrays and str(arrays["about"]) == text:
        arrays["about"] = np.array(json.dumps(about))
    np.savez(path, **arrays)


@pytest.mark.parametrize("what", BAD_MODELS)
@each_with_models
def test_bad_model_is_refused(step, what, tmp_path):
    module, path = classes(step), tmp_path / "model.npz"
    written(path, trained(module), BAD_MODELS[what])
    np.random.seed(7)
    before = state_of_random()
    with pytest.raises(ValueError) as error:
        module.Model.load(path)
    refused(error, path)
    assert state_of_random() == before


@each_with_models
def test_change_of_nothing_is_no_bad_model(step, tmp_path):
    module, path = classes(step), tmp_path / "model.npz"
    model = trained(module)
    written(path, model, lambda about, arrays: None)
    assert outputs(module.Model.load(path)) == outputs(model)


@each_with_models
def test_model_that_was_never_trained(step, tmp_path):
    module, path = classes(step), tmp_path / "model.npz"
    model = network(module)
    model.save(path)
    other = module.Model.load(path)
    state = np.random.get_state()
    model.train(*samples(), epochs=1)
    np.random.set_state(state)
    other.train(*samples(), epochs=1)
    assert outputs(other) == outputs(model)


KILL = """
import os, random, signal, sys, time
from project import STEPS, classes
from test_models import network

number, path, whole = sys.argv[1:]
module = classes(next(step for step in STEPS if step.number == int(number)))
models = [network(module, (2, 400, 400, n)) for n in (3, 4)]
save, load = ("save", module.Model.load) if whole == "whole" else (
    "save_parameters", module.read_arrays)
getattr(models[0], save)(path)
moments = random.Random(0)
for _ in range(30):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        while True:
            for model in models:
                os.write(writing, b"x")
                getattr(model, save)(path)
    os.read(reading, 1)  # it is about to save
    os.close(reading), os.close(writing)
    time.sleep(moments.uniform(0, 0.02))
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    load(path)
print("all whole")
"""


@posix
@pytest.mark.parametrize("whole", ["whole", "parameters"])
@each_with_models
def test_file_is_whole_when_saving_is_killed(step, whole, tmp_path):
    found = in_process(KILL, step.number, tmp_path / "x.npz", whole)
    assert found == ["all whole"]


# ---- Step 28

# One operation each, changed a little
ERRORS = [
    ("hidden += biases1", "hidden += biases1 * 0.999999"),
    ("    hidden[...] = wide_hidden", "    hidden[...] = 1.0000001 * wide_hidden"),
    ("np.exp(wide_output, out=wide_output)", "np.exp(output, out=output)"),
    ("doutput /= samples", "doutput *= 1 / samples"),
    ("np.greater(hidden, 0, out=active)", "np.greater_equal(hidden, 0, out=active)"),
    ("np.negative(dbiases2, out=dbiases2)", "dbiases2 *= 1"),
    ("momentums *= keep_1", "momentums *= 0.9001"),
    ("scratch *= take_2", "scratch *= 0.00101"),
    ("np.sqrt(scratch, out=scratch)", "np.sqrt(cache, out=scratch)"),
    ("scratch += epsilon", "scratch += 1e-8"),
    ("beta_1 ** (epoch + 1)", "beta_1 ** (epoch + 2)"),
    ("decay * epoch", "decay * (epoch + 1)"),
    ("beta_2 = 0.999", "beta_2 = 0.9990001"),
    ("output -= largest", "output -= 0"),
]


def tuned(text):
    """The first lines of step 28 with this text, of 300 epochs."""
    text = text.replace("range(10001)", "range(301)")
    words = [sys.executable, "-W", "ignore", "-c", text]
    result = subprocess.run(words, capture_output=True, text=True)
    return result.stdout.splitlines()


def test_tuned_step_alone():
    assert tuned(STEP[28].text) == STEP[28].output[:4]


@pytest.mark.parametrize("old, new", ERRORS)
def test_an_error_in_the_tuned_step_shows(old, new):
    assert STEP[28].text.count(old) == 1
    assert tuned(STEP[28].text.replace(old, new)) != STEP[28].output[:4]

"""The model: it changes no number, says what does not fit, and its files are safe.

Most of it is tried on tiny networks, made with the classes of the steps.
"""

import copy
import itertools
import re
import textwrap
from collections import Counter
from pathlib import Path
from unittest.mock import Mock

import nnfs
import numpy as np
import pandas
import pytest

from conftest import STEP, each
from parts import classes
from programs import keep_numpy, one_line
from tour.project import STEPS


@pytest.fixture(autouse=True)
def seed():
    np.random.seed(0)


# ---- Recorded outputs


def numbers_of(line):
    """{"epoch": "0", "acc": "0.324", ...}; validation lines have no epoch."""
    return dict(re.findall(r"(\w+): ([\w.+-]+)", line))


def test_one_model_has_the_numbers_of_three_steps():
    counts = Counter()
    for line in STEP[23].output:
        if heading := re.search(r"\(step (\d+)\)$", line):
            number = int(heading[1])
            there = [numbers_of(line).items() for line in STEP[number].output]
        elif number != 19 or line.startswith("epoch"):  # its training ends early here
            here = numbers_of(line).items()
            assert any(other and other <= here for other in there), (number, line)
            counts[number] += 1
    assert counts == {19: 3, 20: 12, 21: 11}


def test_what_changes_no_line():
    assert STEP[22].output == STEP[21].output  # a model
    assert STEP[28].output == STEP[16].output  # a tuned step
    lines = STEP[24].output  # and a file
    assert [line[:5] for line in lines] == ["epoch", "valid"] * 10
    assert STEP[25].output[:20] == lines and STEP[25].output[-1] == lines[-1]
    assert STEP[26].output == [*lines[:10], "saved", *lines[10:], "saved"]
    assert STEP[27].output[:10] == lines[::2]


# ---- Training


def samples():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 2))
    return X, (X > 0).sum(axis=1)


def network(module, sizes=(2, 5, 3)):
    model, layers = module.Model(), []
    for pair in itertools.pairwise(sizes):
        layers.append(module.Layer_Dense(*pair, 0.5, weight_regularizer_l2=1e-3))
        layers.append(module.Activation_ReLU())
    model.add(*layers[:-1], module.Activation_Softmax())
    model.set(
        loss=module.Loss_CategoricalCrossentropy(),
        optimizer=module.Optimizer_Adam(0.02, decay=1e-3),
        accuracy=module.Accuracy_Categorical(),
    )
    return model


def trained(module):
    model = network(module)
    model.train(*samples(), epochs=2)
    return model


def outputs(model):
    return model.forward(samples()[0], training=False).tobytes()


@each("Model.train", where=lambda m: hasattr(m, "Accuracy_Categorical"))
def test_rows_go_by_their_position(module, name, capsys):
    X, y = samples()
    labels = np.random.permutation(50)
    frame, series = pandas.DataFrame(X, index=labels[::-1]), pandas.Series(y, labels)
    for rows in (X, y), (X.tolist(), y.tolist()), (frame, series):
        np.random.seed(0)
        model = network(module)
        model.train(*rows, epochs=3)
        model.evaluate(*rows)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == lines[4:8] == lines[8:] and len({*lines}) == 4


@each("Model.add")
def test_a_layer_is_added_once(module, name):
    model, relu = module.Model(), module.Activation_ReLU()
    model.add(module.Layer_Dense(2, 2), relu, module.Layer_Dense(2, 2))
    for again in relu, model.layers[0]:
        with pytest.raises(ValueError, match=f"{type(again).__name__} added twice"):
            model.add(module.Activation_ReLU(), again)


@each("Model.train", where=lambda m: hasattr(m, "batches"))
def test_batch_sizes(module, name, capsys):
    (X, y), model = samples(), network(module)
    for method in model.train, model.evaluate:
        for size in 0, -5:
            with pytest.raises(ValueError, match=f"batch_size .*{size}"):
                method(X, y, batch_size=size)
    for size in 16, 50_000, None:  # they change no evaluation
        model.evaluate(X, y, batch_size=size)
    assert len({*capsys.readouterr().out.splitlines()}) == 1
    other = copy.deepcopy(model)
    model.train(X, y, epochs=3, batch_size=None)  # all at once, in their order
    for _ in range(3):
        other.backward(other.forward(X, training=True), y)
        other.update()
    assert outputs(model) == outputs(other)


# ---- Parameters


@each("Model.load_parameters")
def test_parameters_are_copies_and_give_the_same_outputs(module, name, tmp_path):
    model, other, path = network(module), network(module), tmp_path / "x.npz"
    best, before = model.get_parameters(), outputs(model)
    model.save_parameters(path)
    other.load_parameters(path)
    path.unlink()  # Windows can't while the file is open
    assert [*tmp_path.iterdir()] == []
    assert outputs(other) == before
    for _ in range(2):  # they don't change with the model that took them
        model.train(*samples(), epochs=2)
        assert outputs(model) != before
        model.set_parameters(best)
        assert outputs(model) == before
    for sizes in (2, 5, 5, 3), (2, 5, 4):  # and all of them have to fit
        network(module, sizes).save_parameters(path)
        with one_line(r"do not fit.*\(2, 5\)"):
            model.load_parameters(path)
        assert outputs(model) == before


def test_early_stopping_of_the_header_returns_to_the_best():
    [code] = re.findall(r"    best, .*parameters\)\n", STEP[25].text, re.S)
    model = Mock()
    model.measure.side_effect = [(loss, 0) for loss in (3.0, 2.0, 2.5, 2.1, 2.2)]
    model.get_parameters.side_effect = ["first", "second"]
    data = dict.fromkeys(["X", "y", "X_valid", "y_valid"])
    exec(textwrap.dedent(code), {"np": np, "model": model, **data})
    assert model.train.call_count == 5
    model.set_parameters.assert_called_once_with("second")


# ---- Whole models

each_with_files = each("Model.save", where=lambda m: hasattr(m, "load_data"))


@each_with_files
@pytest.mark.parametrize("number", [12, 13, 14, 15, 16])
def test_training_goes_on_as_if_never_interrupted(
    module, name, number, tmp_path, monkeypatch, capsys
):
    """With dropout, the optimizer of each step, penalties, and in float32."""
    [kind] = [name for name in STEP[number].parts if re.match(r"Optimizer_\w+$", name)]
    for own, step in ("Layer_Dropout", 23), (kind, number):
        code = getattr(classes(STEP[step]), own)
        monkeypatch.setattr(module, own, code, raising=False)
    keep_numpy(monkeypatch)
    nnfs.init()
    X, y = samples()
    X, ends = X.astype("float32"), []
    for halves in False, True:
        np.random.seed(0)
        model = network(module)
        model.layers.insert(2, module.Layer_Dropout(0.3))
        model.optimizer = getattr(module, kind)(learning_rate=0.02, decay=1e-3)
        model.train(X, y, epochs=5, batch_size=16)
        if halves:
            model.save(tmp_path / "x.npz")
            np.random.seed(7)
            model = module.Model.load(tmp_path / "x.npz")
        model.train(X, y, epochs=5, batch_size=16)
        parameters = model.get_parameters()
        assert {array.dtype for array in parameters} == {np.dtype("float32")}
        ends.append([array.tobytes() for array in parameters])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:10] == lines[10:] and numbers_of(lines[-1])["epoch"] == "10"
    assert ends[0] == ends[1]


def state_of_random():
    return [np.array(part).tolist() for part in np.random.get_state()]


# What a pass leaves behind is not kept
ARRAYS = {"about", "words", "weights", "biases", "weight_momentums", "weight_cache"}
ARRAYS |= {"bias_momentums", "bias_cache"}


@each_with_files
def test_loaded_model_is_the_saved_one(module, name, tmp_path):
    path, again = tmp_path / "model.npz", tmp_path / "again.npz"
    model = trained(module)
    model.save(path)
    with np.load(path) as file:
        assert {name.rpartition(" ")[2] for name in file} == ARRAYS
    np.random.seed(7)
    before = state_of_random()
    other = module.Model.load(path)
    assert state_of_random() == before  # a model that only predicts changes nothing
    other.save(again)
    assert again.read_bytes() == path.read_bytes()
    assert outputs(other) == outputs(model)
    other.save(path)  # Windows can't while the old one is open
    assert {*tmp_path.iterdir()} == {path, again}


def things(model):
    return [*model.layers, model.loss, model.optimizer, model.accuracy]


KEPT = ["he", ["Adelie", "Gentoo"], None, True, 0.1, float("inf"), {"a": [1, None]}]
KEPT += [np.float32(0.1), np.int64(7), np.ones((2, 3), "float32"), np.array(["Adelie"])]


@each_with_files
def test_values_come_back_as_they_were(module, name, tmp_path):
    model = trained(module)
    for value in KEPT:
        for thing in things(model):
            thing.own = value
        model.save(tmp_path / "x.npz")
        for thing in things(module.Model.load(tmp_path / "x.npz")):
            assert type(thing.own) is type(value)
            assert np.array_equal(thing.own, value)
            assert getattr(thing.own, "dtype", None) == getattr(value, "dtype", None)


NOT_KEPT = [{0: 0.1, 5: 0.02}, {(1, 2): 3}, (1, 2), [1, (2, 3)], {1, 2}, object()]
NOT_KEPT += [[np.zeros(2)], [np.int64(7)], np.array([object(), None])]


@each_with_files
def test_a_file_is_whole_or_not_there(module, name, tmp_path, monkeypatch):
    """What would come back changed is refused by name; the disk can be full."""
    path, model = tmp_path / "x.npz", trained(module)
    model.save(path)
    whole = path.read_bytes()
    for value, place in itertools.product(NOT_KEPT, [0, -2]):
        other = copy.deepcopy(model)
        thing = things(other)[place]
        thing.own = value
        with one_line(f"{type(thing).__name__}.own can't be saved"):
            other.save(path)
    assert [*tmp_path.iterdir()] == [path]

    def cut_off(place, **arrays):
        Path(place).write_bytes(whole[:99])
        raise OSError("no space left")

    monkeypatch.setattr(module.np, "savez", cut_off)
    for place in path, tmp_path / "new.npz":
        with pytest.raises(OSError, match="no space"):
            model.save(place)
    assert path.read_bytes() == whole
    assert not (tmp_path / "new.npz").exists()


def test_no_code_runs_from_a_file():
    """NumPy refuses pickles, which can run code, unless it is told otherwise."""
    assert [s.name for s in STEPS if "pickle" in "\n".join(s.code.values())] == []

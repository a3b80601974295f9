"""The model: it changes no number, says what does not fit, and its files are safe.

Most of it is tried on tiny networks, made with the classes of the steps.
"""

import copy
import itertools
import os
import pickle
import re
import textwrap
from collections import Counter
from pathlib import Path

import nnfs
import numpy as np
import pandas
import pytest

from conftest import STEP, each
from parts import classes
from programs import keep_numpy

each_with_batches = each("Model.train", where=lambda m: hasattr(m, "batches"))


@pytest.fixture(autouse=True)
def random_state():
    state = np.random.get_state()
    np.random.seed(0)
    yield
    np.random.set_state(state)


# ---- Recorded outputs


def numbers_of(line):
    """{"epoch": "0", "acc": "0.324", ...}; validation lines have no epoch."""
    return dict(re.findall(r"(\w+): ([\w.+-]+)", line))


def test_one_model_has_the_numbers_of_three_steps():
    counts = Counter()
    for line in STEP[23].output:
        if heading := re.search(r"\(step (\d+)\)$", line):
            number = int(heading[1])
            there = [numbers_of(line) for line in STEP[number].output]
            there = {numbers.get("epoch", "validation"): numbers for numbers in there}
        elif number != 19 or line.startswith("epoch"):  # its training ends early here
            here = numbers_of(line)
            assert here | there[here.get("epoch", "validation")] == here, (number, line)
            counts[number] += 1
    assert counts == {19: 3, 20: 12, 21: 11}


def test_what_changes_no_line():
    assert STEP[22].output == STEP[21].output  # a model
    assert STEP[28].output == STEP[16].output  # a tuned step
    lines = STEP[24].output  # and a file
    assert [line[:5] for line in lines] == ["epoch", "valid"] * 10
    assert STEP[25].output[:20] == lines
    assert STEP[25].output[-1] == lines[-1]
    assert STEP[26].output == [*lines[:10], "saved", *lines[10:], "saved"]
    assert STEP[27].output[:10] == lines[::2]
    accuracy = numbers_of(STEP[27].output[10])["accuracy"]
    assert f"{float(accuracy):.3f}" in ("0.940", "0.941")  # 0.9405 lies between
    assert numbers_of(lines[-1])["acc"] == "0.941"


# ---- Training


def samples():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 2))
    return X, (X > 0).sum(axis=1)


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


def trained(module, **options):
    model = network(module, **options)
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


@each_with_batches
def test_no_batch_size_is_all_at_once_in_their_order(module, name):
    X, y = samples()
    model = network(module)
    other = copy.deepcopy(model)
    model.train(X, y, epochs=3, batch_size=None)
    for _ in range(3):
        other.backward(other.forward(X, training=True), y)
        other.update()
    assert outputs(model) == outputs(other)


@each_with_batches
def test_batch_size_is_above_0_and_changes_no_evaluation(module, name, capsys):
    model = network(module)
    for method in model.train, model.evaluate:
        for size in 0, -5:
            with pytest.raises(ValueError, match=f"batch_size .*{size}"):
                method(*samples(), batch_size=size)
    for size in 16, 50_000, None:
        model.evaluate(*samples(), batch_size=size)
    assert len({*capsys.readouterr().out.splitlines()}) == 1


# ---- Parameters


@each("Model.load_parameters")
def test_parameters_are_copies_and_give_the_same_outputs(module, name, tmp_path):
    model, other = network(module), network(module)
    best, before = model.get_parameters(), outputs(model)
    model.save_parameters(tmp_path / "x.npz")
    other.load_parameters(tmp_path / "x.npz")
    (tmp_path / "x.npz").unlink()  # Windows can't while the file is open
    assert [*tmp_path.iterdir()] == []
    assert outputs(other) == before
    for _ in range(2):  # they don't change with the model that took them
        model.train(*samples(), epochs=2)
        assert outputs(model) != before
        model.set_parameters(best)
        assert outputs(model) == before


@each("Model.load_parameters")
@pytest.mark.parametrize("sizes", [(2, 5, 5, 3), (2, 5, 4)])
def test_parameters_of_another_network_are_refused(module, name, sizes, tmp_path):
    model = network(module)
    network(module, sizes).save_parameters(tmp_path / "x.npz")
    before = outputs(model)
    with pytest.raises(ValueError, match=r"do not fit.*\(2, 5\)") as error:
        model.load_parameters(tmp_path / "x.npz")
    assert "\n" not in str(error.value)
    assert outputs(model) == before  # not even the first are taken


def test_early_stopping_of_the_header_returns_to_the_best():
    [code] = re.findall(r"    best, .*parameters\)\n", STEP[25].text, re.S)
    model, (X, y) = network(classes(STEP[25])), samples()
    twin, state, y_valid = copy.deepcopy(model), np.random.get_state(), y.copy()
    losses = iter([3.0, 2.0, 2.5, 2.1, 2.2])

    def measure(output, labels):
        return next(losses) if labels is y_valid else 1.0, 0.5

    model.measure = measure
    data = {"X": X, "y": y, "X_valid": X, "y_valid": y_valid}
    exec(textwrap.dedent(code), {"np": np, "model": model, **data})
    assert [*losses] == []
    np.random.set_state(state)
    for _ in range(2):
        twin.train(X, y, epochs=1)
    assert outputs(model) == outputs(twin)


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
        model = network(module, dropout=0.3)
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


@each_with_files
def test_loaded_model_is_the_saved_one(module, name, tmp_path):
    path = tmp_path / "model.npz"
    model = trained(module)
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
    other.save(path)  # Windows can't while the old one is open
    assert {path.name for path in tmp_path.iterdir()} == {"model.npz", "again.npz"}


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


class Trap:
    """A pickle of it makes a folder where it is loaded."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


NOT_KEPT = [{0: 0.1, 5: 0.02}, {(1, 2): 3}, (1, 2), [1, (2, 3)], {1, 2}, Trap("x")]
NOT_KEPT += [[np.zeros(2)], [np.int64(7)], np.array([Trap("x"), None])]


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
        message = f"{type(thing).__name__}.own can't be saved"
        with pytest.raises(ValueError, match=message) as error:
            other.save(path)
        assert "\n" not in str(error.value)
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


@each_with_files
def test_what_a_pass_leaves_behind_is_not_kept(module, name, tmp_path):
    trained(module).save(tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as file:
        names = {name for name in file if name[0].isdecimal()}
    both = [f"{layer} {kind}" for layer in (0, 2) for kind in ("weight", "bias")]
    parameters = {"0 weights", "0 biases", "2 weights", "2 biases"}
    means = {f"{name}_{what}" for name in both for what in ("momentums", "cache")}
    assert names == parameters | means


@each_with_files
def test_no_code_runs_from_a_file(module, name, tmp_path):
    path, trap = tmp_path / "x.npz", tmp_path / "trap"
    objects = np.array([Trap(trap), None], dtype=object)
    np.savez(path, objects, about=objects)
    for data in path.read_bytes(), pickle.dumps(Trap(trap)):
        path.write_bytes(data)
        for load in module.Model.load, network(module).load_parameters:
            with pytest.raises(ValueError, match="allow_pickle"):
                load(path)
    assert not trap.exists()
    pickle.loads(data)  # as this would
    assert trap.exists()

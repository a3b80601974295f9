"""The model: it changes no number, says what does not fit, and its files are safe.

Most of it is tried on tiny networks, made with the classes of the steps.
"""

import contextlib
import copy
import io
import itertools
import os
import pickle
import re
import runpy
import subprocess
import sys
import textwrap
import warnings
from collections import Counter
from pathlib import Path
from unittest import mock

import matplotlib.pyplot as plt
import nnfs
import numpy as np
import pandas
import pytest

from parts import classes
from tour.project import ROOT, STEPS

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


each_with_tasks = each("Model.measure", "Accuracy_Regression.init")
each_with_batches = each("Model.train", "Model.evaluate", "batches")
each_with_parameters = each(
    "Model.save_parameters", "Model.load_parameters", "Model.set_parameters"
)
each_with_models = each(
    "Model.save", "Model.load", "Model.train", "describe", "restore"
)


# ---- Programs


@contextlib.contextmanager
def numpy_kept():
    """Undo afterwards what nnfs.init() does to NumPy."""
    same = mock.patch.multiple(np, dot=np.dot, zeros=np.zeros, eye=np.eye)
    with same, mock.patch.object(np.random, "randn", np.random.randn):
        yield


def program(step, *words, cwd, stdout=None):
    """Run a step in this process; return its exit status, output and errors."""
    output, errors, status = stdout or io.StringIO(), io.StringIO(), 0
    plt.switch_backend("agg")
    with (
        numpy_kept(),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        mock.patch.object(sys, "argv", [str(step.path), *map(str, words)]),
        mock.patch.object(plt, "show"),
        warnings.catch_warnings(action="error"),
    ):
        try:
            runpy.run_path(str(step.path), run_name="__main__")
        except SystemExit as end:
            if end.code:
                status = 1
                print(end, file=errors)
        finally:
            plt.close("all")
    return status, output.getvalue(), errors.getvalue()


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


# ---- Recorded outputs


def numbers_of(line):
    """{"epoch": "0", "acc": "0.324", ...}; validation lines have no epoch."""
    return dict(re.findall(r"(\w+): ([\w.+-]+)", line))


def test_model_prints_what_the_loop_prints():
    assert STEP[22].output == STEP[21].output
    assert len(STEP[21].output) > 10


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


# ---- What comes in


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


def shuffled(y):
    """The same by position, with labels in another order."""
    series = pandas.Series(y.reshape(-1), index=np.random.permutation(len(y)))
    return series if y.ndim == 1 else series.to_frame()


FORMS = [
    lambda X, y: (X, y),
    lambda X, y: (X.tolist(), y.tolist()),
    lambda X, y: (pandas.DataFrame(X, index=range(50, 0, -1)), shuffled(y)),
]


def lines_of_training(capsys, model, X, y, **options):
    capsys.readouterr()
    model.train(X, y, **options)
    model.evaluate(X, y)
    return capsys.readouterr().out.splitlines()


TASKS = ["classes", "yes or no", "number"]
CASES = [*itertools.product(having("Model.measure", "Accuracy_Regression"), TASKS)]
CASES += [(step, "classes") for step in having("Model.train", "batches")]


@pytest.mark.parametrize("step, task", CASES)
def test_rows_go_by_their_position(step, task, capsys):
    runs = []
    for form in FORMS:
        np.random.seed(0)
        model, X, y = network_for(classes(step), task)
        runs.append(lines_of_training(capsys, model, *form(X, y), epochs=3))
    assert runs[0] == runs[1] == runs[2] and len(runs[0]) == 4


@each("Model.add")
def test_a_layer_is_added_once(step):
    module = classes(step)
    model, relu = module.Model(), module.Activation_ReLU()
    model.add(module.Layer_Dense(2, 2), relu, module.Layer_Dense(2, 2))
    with pytest.raises(ValueError, match="Activation_ReLU added twice"):
        model.add(relu)
    with pytest.raises(ValueError, match="Layer_Dense added twice"):
        model.add(module.Activation_ReLU(), model.layers[0])


@each_with_tasks
def test_a_training_that_diverges_stops(step):
    for task, hole in [("classes", "X"), ("yes or no", "X"), ("number", "y")]:
        model, X, y = network_for(classes(step), task)
        data = {"X": X.copy(), "y": y.copy()}
        data[hole][7] = np.nan
        with pytest.raises(ValueError, match=r"(nan|not finite).*diverged"):
            model.train(**data, epochs=2)


@each_with_tasks
def test_each_output_has_a_spread_of_its_own(step):
    accuracy = classes(step).Accuracy_Regression()
    y = np.array([[1.0, 100.0], [2.0, 300.0]])
    accuracy.init(y)
    assert accuracy.precision == pytest.approx([0.5 / 250, 100 / 250])


# ---- Training in batches


@each_with_batches
def test_validation_is_printed_after_each_line(step, capsys):
    X, y = samples()
    plain = network(classes(step))
    tested = copy.deepcopy(plain)
    options = {"epochs": 4, "print_every": 2, "batch_size": 16}
    state = np.random.get_state()
    lines = lines_of_training(capsys, plain, X, y, **options)
    plain.evaluate(X[:9], y[:9])
    validation = capsys.readouterr().out.splitlines()
    np.random.set_state(state)
    options["validation_data"] = X[:9], y[:9]
    found = lines_of_training(capsys, tested, X, y, **options)
    assert [line.split(",")[0] for line in lines[:2]] == ["epoch: 2", "epoch: 4"]
    assert found[::2] == lines  # it changes nothing in the training
    assert found[3:4] == validation != found[1:2]


@each_with_batches
def test_no_batch_size_is_all_at_once_in_their_order(step):
    X, y = samples()
    model = network(classes(step))
    other = copy.deepcopy(model)
    state = state_of_random()
    model.train(X, y, epochs=3, batch_size=None)
    assert state_of_random() == state  # nothing is shuffled
    assert model.optimizer.iterations == 3
    for _ in range(3):
        other.backward(other.forward(X, training=True), y)
        other.update()
    assert outputs(model) == outputs(other)


@pytest.mark.parametrize("size", [0, -5])
@each_with_batches
def test_batch_size_is_above_0(step, size):
    model = network(classes(step))
    for method in model.train, model.evaluate:
        with pytest.raises(ValueError, match=f"batch_size .*{size}"):
            method(*samples(), batch_size=size)
        method(*samples(), batch_size=1)
        method(*samples(), batch_size=50_000)


# ---- Parameters


@each_with_parameters
def test_parameters_give_the_same_outputs(step, tmp_path):
    module = classes(step)
    model, other = trained(module), network(module)
    assert outputs(model) != outputs(other)
    model.save_parameters(tmp_path / "x.npz")
    other.load_parameters(tmp_path / "x.npz")
    assert outputs(model) == outputs(other)
    (tmp_path / "x.npz").unlink()  # Windows can't while the file is open
    assert [*tmp_path.iterdir()] == []


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


@pytest.mark.parametrize("sizes", [(2, 4, 3), (2, 5, 5, 3), (2, 3), (2, 5, 4)])
@each_with_parameters
def test_parameters_of_another_network_are_refused(step, sizes, tmp_path):
    module, path = classes(step), tmp_path / "x.npz"
    network(module, sizes).save_parameters(path)
    model = network(module)
    before = outputs(model)
    with pytest.raises(ValueError, match=r"do not fit.*\(2, 5\)") as error:
        model.load_parameters(path)
    assert "\n" not in str(error.value)
    assert outputs(model) == before  # not even the first are taken


def test_early_stopping_of_the_header_returns_to_the_best():
    [code] = re.findall(r"    best, .*parameters\)\n", STEP[25].text, re.S)
    model, (X, y) = network(classes(STEP[25])), samples()
    twin, state = copy.deepcopy(model), np.random.get_state()
    found = {"np": np, "model": model, "X": X, "y": y, "X_valid": X, "y_valid": [*y]}
    losses = iter([3.0, 2.0, 2.5, 2.1, 2.2])

    def measure(output, labels):
        return next(losses) if labels is found["y_valid"] else 1.0, 0.5

    model.measure = measure
    exec(textwrap.dedent(code), found)
    assert [*losses] == []
    np.random.set_state(state)
    for _ in range(2):
        twin.train(X, y, epochs=1)
    assert outputs(model) == outputs(twin)


# ---- Whole models


@pytest.fixture(
    params=having("Model.save", "describe", "restore"), ids=lambda s: s.name
)
def module(request, monkeypatch):
    """Classes that can save, with a class of the reader's own: dropout of step 23."""
    module = classes(request.param)
    dropout = classes(STEP[23]).Layer_Dropout
    monkeypatch.setattr(module, "Layer_Dropout", dropout, raising=False)
    return module


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("number", [12, 13, 14, 15, 16])
def test_training_goes_on_as_if_never_interrupted(
    module, number, dropout, tmp_path, monkeypatch, capsys
):
    """With the optimizer of each step, penalties, and in float32 as in the steps."""
    other = classes(STEP[number])
    name = next(name for name in vars(other) if name.startswith("Optimizer_"))
    monkeypatch.setattr(module, name, getattr(other, name), raising=False)
    with numpy_kept():
        nnfs.init()
        X, y = samples()
        X, parameters = X.astype("float32"), []
        for halves in False, True:
            np.random.seed(0)
            model = network(module, dropout=dropout)
            model.optimizer = getattr(module, name)(learning_rate=0.02, decay=1e-3)
            model.train(X, y, epochs=5, batch_size=16)
            if halves:
                model.save(tmp_path / "x.npz")
                np.random.seed(7)
                model = module.Model.load(tmp_path / "x.npz")
            model.train(X, y, epochs=5, batch_size=16)
            parameters.append([array.tobytes() for array in model.get_parameters()])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:10] == lines[10:]
    assert [line.split(",")[0] for line in lines[:10]] == [
        f"epoch: {n}" for n in range(1, 11)
    ]
    assert parameters[0] == parameters[1]
    assert {array.dtype for array in model.get_parameters()} == {np.dtype("float32")}


def test_loaded_model_is_the_saved_one(module, tmp_path):
    path = tmp_path / "model.npz"
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
    other.save(path)  # Windows can't while the old one is open
    assert {path.name for path in tmp_path.iterdir()} == {"model.npz", "again.npz"}


def things(model):
    return [*model.layers, model.loss, model.optimizer, model.accuracy]


PLAIN = ["he", ["Adelie", "Gentoo"], None, True, 0.1, float("inf"), {"a": [1, None]}]
OF_NUMPY = [np.float32(0.1), np.int64(7), np.bool_(True), np.arange(5.0)]
OF_NUMPY += [np.ones((2, 3, 4), "float32"), np.array(["Adelie", "Chinstrap"])]


@pytest.mark.parametrize("value", PLAIN + OF_NUMPY, ids=repr)
def test_values_come_back_as_they_were(module, value, tmp_path):
    model = trained(module)
    for thing in things(model):
        thing.own = value
    model.save(tmp_path / "x.npz")
    other = module.Model.load(tmp_path / "x.npz")
    for thing in things(other):
        assert type(thing.own) is type(value)
        assert np.array_equal(thing.own, value)
        assert getattr(thing.own, "dtype", None) == getattr(value, "dtype", None)
    assert outputs(other) == outputs(model)


class Trap:
    """A pickle of it makes a folder where it is loaded."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


NOT_KEPT = [{0: 0.1, 5: 0.02}, {(1, 2): 3}, (1, 2), [1, (2, 3)], {1, 2}, len, Trap("x")]
NOT_KEPT += [[np.zeros(2)], [np.int64(7)], np.array([Trap("x"), None])]


@pytest.mark.parametrize("value", NOT_KEPT, ids=lambda value: f"{value!r:.15}")
def test_what_would_come_back_changed_is_refused_by_name(module, value, tmp_path):
    path = tmp_path / "x.npz"
    trained(module).save(path)
    whole = path.read_bytes()
    for place, kind in (0, "Layer_Dense"), (-2, "Optimizer_Adam"):
        model = trained(module)
        things(model)[place].own = value
        with pytest.raises(ValueError, match=f"{kind}.own can't be saved") as error:
            model.save(path)
        assert "\n" not in str(error.value)
    assert path.read_bytes() == whole  # and the old file stays
    assert [*tmp_path.iterdir()] == [path]


def test_file_is_whole_or_not_there(module, tmp_path, monkeypatch):
    path = tmp_path / "x.npz"
    model = trained(module)
    model.save(path)
    whole = path.read_bytes()

    def cut_off(place, **arrays):
        Path(place).write_bytes(whole[:99])
        raise OSError("no space left")

    monkeypatch.setattr(module.np, "savez", cut_off)
    for place in path, tmp_path / "new.npz":
        with pytest.raises(OSError, match="no space"):
            model.save(place)
    assert path.read_bytes() == whole
    assert not (tmp_path / "new.npz").exists()


def test_what_a_pass_leaves_behind_is_not_kept(module, tmp_path):
    trained(module).save(tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as file:
        names = {name for name in file if name[0].isdecimal()}
    both = [f"{layer} {kind}" for layer in (0, 2) for kind in ("weight", "bias")]
    parameters = {"0 weights", "0 biases", "2 weights", "2 biases"}
    means = {f"{name}_{what}" for name in both for what in ("momentums", "cache")}
    assert names == parameters | means


def test_no_code_runs_from_a_file(module, tmp_path):
    path, trap = tmp_path / "x.npz", tmp_path / "trap"
    objects = np.array([Trap(trap), None], dtype=object)
    np.savez(path, objects, about=objects)
    pickles = path.read_bytes(), pickle.dumps(Trap(trap))
    for data in pickles:
        path.write_bytes(data)
        for load in module.Model.load, network(module).load_parameters:
            with pytest.raises(ValueError, match="allow_pickle"):
                load(path)
    assert not trap.exists()
    pickle.loads(pickles[1])  # as this would
    assert trap.exists()


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

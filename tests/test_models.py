"""The model: it changes no number, and its files, the data's and pictures are safe.

Most of it is tried on tiny networks, made with the classes of the steps.
"""

import copy
import gzip
import io
import itertools
import json
import os
import pickle
import re
import subprocess
import sys
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from conftest import PEAK_MEMORY, posix
from project import CONCEPTS, ROOT, STEPS, classes

MNIST = ROOT / "assets" / "mnist"
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
each_loader = pytest.mark.parametrize(
    "step, kind",
    [(step, "parameters") for step in having(*PARAMETERS, *FILES)]
    + [(step, "model") for step in having(*WHOLE, *FILES)],
    ids=lambda value: getattr(value, "name", value),
)
each_with_batches = pytest.mark.parametrize(
    "step",
    [step for step in STEPS if "validation_data" in step.text],
    ids=lambda step: step.name,
)
each_with_data = each("load_data")
each_with_pictures = each("read_image", "centred")


def refused(error, path):
    """It is one line, which names the file."""
    message = str(error.value)
    assert "\n" not in message
    assert str(path) in message


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


# ---- Files


def loader(step, kind):
    """What loads a file, and what tells all that this may change."""
    model = network(classes(step))
    load = model.load_parameters if kind == "parameters" else classes(step).Model.load
    return load, lambda: (outputs(model), state_of_random())


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


@pytest.mark.parametrize("what", foreign_files(""))
@each_loader
def test_foreign_file_is_refused(step, kind, what, tmp_path):
    path, trap = tmp_path / "x.npz", tmp_path / "trap"
    path.write_bytes(foreign_files(trap)[what])
    load, state = loader(step, kind)
    before = state()
    with pytest.raises(ValueError) as error:
        load(path)
    refused(error, path if kind == "model" else "")
    assert state() == before
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


@each_loader
def test_damaged_file_is_refused(step, kind, tmp_path):
    path, count = tmp_path / "x.npz", 0
    model = trained(classes(step))
    model.save(path) if kind == "model" else model.save_parameters(path)
    whole = path.read_bytes()
    load, state = loader(step, kind)
    before = state()
    for data in changed_everywhere(whole):
        path.write_bytes(data)
        try:
            load(path)
        except ValueError as error:
            assert "\n" not in str(error)
            assert kind == "parameters" or str(path) in str(error)
            assert state() == before
            count += 1
        else:  # it was changed where it does not matter
            assert len(data) == len(whole)
            np.random.seed(0)
            load, state = loader(step, kind)
            before = state()
    assert count > 300


@each_with_models
def test_missing_file_is_one_line(step, tmp_path):
    module, path = classes(step), tmp_path / "x.npz"
    for load in network(module).load_parameters, module.Model.load:
        for missing in path, tmp_path, tmp_path / "no" / "x.npz":
            with pytest.raises((ValueError, OSError)) as error:
                load(missing)
            refused(error, missing)


@each_with_models
def test_folder_that_is_not_there_takes_no_file(step, tmp_path):
    model, path = network(classes(step)), tmp_path / "no" / "x.npz"
    for save in model.save_parameters, model.save:
        with pytest.raises(OSError):
            save(path)
    assert [*tmp_path.iterdir()] == []


# ---- Whole models

TRAIN = """
import sys
import nnfs
from project import STEPS, classes
from test_models import network, samples

number, dropout, path, what = sys.argv[1:]
module = classes(next(step for step in STEPS if step.number == int(number)))
nnfs.init()
X, y = samples()
X = X.astype("float32")
if what == "second half":
    model = module.Model.load(path)
else:
    model = network(module, dropout=float(dropout))
model.train(X, y, epochs=10 if what == "all" else 5, batch_size=16)
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
@each_with_models
def test_training_goes_on_as_if_never_interrupted(step, dropout, tmp_path):
    words = step.number, dropout, tmp_path / "model.npz"
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
    outputs(model)  # so that both have been in use last
    model.save(path)
    saved = state_of_random()
    np.random.seed(7)
    other = module.Model.load(path)
    assert state_of_random() == saved
    other.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == path.read_bytes()
    assert outputs(other) == outputs(model)
    assert other.epoch == model.epoch == 2
    assert vars(other.optimizer) == vars(model.optimizer)
    assert [type(a) for a in other.layers] == [type(a) for a in model.layers]
    assert {path.name for path in tmp_path.iterdir()} == {"model.npz", "again.npz"}


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


WORDS = np.random.RandomState(1).get_state()[1]
BAD_MODELS = {
    "another version": with_about(2, "version"),
    "no version": lambda about, arrays: about.pop("version"),
    "no layers": with_about([], "layers"),
    "a layer that is no object": with_about(5, "layers", 0),
    "a class that is a list": with_class(["Layer_Dense"]),
    "no arrays of numbers": without("0 weights"),
    "no biases": without("0 biases"),
    "no weights at the end": without("2 weights"),
    "no random words": without("random words"),
    "no text": without("about"),
    "JSON that is cut off": lambda about, arrays: arrays.update(
        about=np.array(json.dumps(about)[:-1])
    ),
    "no JSON": with_text("hello"),
    "JSON of a list": with_text("[1, 2]"),
    "JSON without end": with_text("[" * 100_000),
    "weights of another shape": with_array("0 weights", np.ones((2, 4))),
    "weights of one axis": with_array("0 weights", np.ones(2)),
    "weights that are text": with_array("0 weights", np.full((2, 5), "x")),
    "biases of another shape": with_array("2 biases", np.ones((1, 2))),
    "one bias for all": with_array("2 biases", np.ones((1, 1))),
    "biases of many rows": with_array("2 biases", np.ones((2, 3))),
    "a cache of another shape": with_array("0 weight_cache", np.ones((2, 4))),
    "a cache of one number": with_array("0 bias_cache", np.ones((1, 1))),
    "no momentums": without("0 weight_momentums"),
    "few random words": with_array("random words", WORDS[:600]),
    "random words as text": with_array("random words", np.full(624, "x")),
    "random numbers that are text": with_about([0, 0, "x"], "random numbers"),
    "a place beyond the words": with_about([700, 0, 0.0], "random numbers"),
    "a place before the words": with_about([-1, 0, 0.0], "random numbers"),
    "a place without end": with_about([10**30, 0, 0.0], "random numbers"),
    "no random numbers": with_about([], "random numbers"),
    "a loss that is none": with_about("Layer_Dense", "loss", "class"),
    "an optimizer that is none": with_about("Loss", "optimizer", "class"),
}
NAMES = ["Layer_Evil", "Path", "__import__", "__builtins__", "np", "Model", "exp", ""]
NAMES += ["Layer_Dense.__init__", "load_data", "Optimizer_Adam", "Loss", "json", "eval"]
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


# ---- Data


def idx(array, magic=None):
    array = np.asarray(array, "uint8")
    head = bytes([0, 0, 8, array.ndim]) if magic is None else magic
    sizes = b"".join(length.to_bytes(4, "big") for length in array.shape)
    return head + sizes + array.tobytes()


def write_data(folder, images, labels, kinds=("train", "t10k")):
    for kind in kinds:
        for name, array in ("images-idx3", images), ("labels-idx1", labels):
            data = gzip.compress(idx(array), compresslevel=1)
            (folder / f"{kind}-{name}-ubyte.gz").write_bytes(data)


def few_images():
    rng = np.random.default_rng(0)
    return rng.integers(256, size=(7, 28, 28)), rng.integers(10, size=7)


@each_with_data
def test_data(step, tmp_path):
    images, labels = few_images()
    write_data(tmp_path, images, labels)
    for folder in tmp_path, str(tmp_path):
        X, y = classes(step).load_data(folder, "train")
        assert X.dtype == y.dtype == "uint8"
        assert X.tolist() == images.tolist()
        assert y.tolist() == labels.tolist()


def bad_data():
    """What is wrong, which file has it, and its bytes, or None for no file."""
    images, labels = few_images()
    for name, array in ("images-idx3", images), ("labels-idx1", labels):
        whole, packed = idx(array), gzip.compress(idx(array))
        more = whole.replace(bytes([0, 0, 0, 7]), bytes([0, 0, 0, 8]), 1)
        wrong = {
            "missing": None,
            "empty": b"",
            "not gzip": whole,
            "text": b"hello\n" * 99,
            "an empty gzip": gzip.compress(b""),
            "floats": gzip.compress(idx(array, bytes([0, 0, 13, array.ndim]))),
            "other axes": gzip.compress(idx(array, bytes([0, 0, 8, 2]))),
            "another magic number": gzip.compress(idx(array, b"abcd")),
            "data cut off": gzip.compress(whole[:-1]),
            "head cut off": gzip.compress(whole[:6]),
            "data too long": gzip.compress(whole + b"0"),
            "too many announced": gzip.compress(more),
            "damaged": packed[:10] + b"\xff" * 9 + packed[19:],
            "rubbish at the end": packed + b"hello",
            "one more": gzip.compress(idx(array[[0, *range(7)]])),
        }
        for what, data in wrong.items():
            yield pytest.param(name, data, id=f"{name[:6]}-{what}")


@pytest.mark.parametrize("name, data", [*bad_data()])
@each_with_data
def test_bad_data_is_refused(step, name, data, tmp_path):
    write_data(tmp_path, *few_images())
    path = tmp_path / f"train-{name}-ubyte.gz"
    path.unlink() if data is None else path.write_bytes(data)
    with pytest.raises(ValueError) as error:
        classes(step).load_data(tmp_path, "train")
    if "labels" in str(error.value):  # images and labels of different number
        refused(error, tmp_path)
    else:
        refused(error, path)
    assert len(classes(step).load_data(tmp_path, "t10k")[0]) == 7


@each_with_data
def test_data_cut_off_anywhere_is_refused(step, tmp_path):
    write_data(tmp_path, *few_images())
    for name in "images-idx3", "labels-idx1":
        path = tmp_path / f"train-{name}-ubyte.gz"
        whole = path.read_bytes()
        for place in range(0, len(whole), 1 + len(whole) // 200):
            path.write_bytes(whole[:place])
            with pytest.raises(ValueError) as error:
                classes(step).load_data(tmp_path, "train")
            refused(error, path)
        path.write_bytes(whole)


def program(step, *words, cwd):
    result = subprocess.run(
        [sys.executable, "-W", "error", step.path, *words],
        cwd=cwd,
        env=os.environ | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    return result.returncode, result.stdout, result.stderr


@pytest.mark.parametrize("what", ["missing", "not gzip", "t10k"])
def test_program_says_in_one_line_what_is_wrong_with_data(what, tmp_path):
    if what != "missing":
        write_data(tmp_path, *few_images())
        kind = "t10k" if what == "t10k" else "train"
        (tmp_path / f"{kind}-labels-idx1-ubyte.gz").write_bytes(b"hello")
    folder = tmp_path / "no" if what == "missing" else tmp_path
    status, output, errors = program(STEP[24], folder, cwd=tmp_path)
    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert str(folder) in errors and "Traceback" not in errors


NUMBERS_OF_A_TRAINING = """
import sys
import nnfs
import numpy as np
from project import STEPS, classes

weights, low, high, folder = sys.argv[1:]
module = classes(next(step for step in STEPS if step.number == 24))


class Scale:
    def forward(self, inputs):
        rows = inputs.reshape(len(inputs), -1).astype("float32") / 255
        self.output = rows * (float(high) - float(low)) + float(low)


nnfs.init()
X, y = module.load_data(folder, "train")
X_test, y_test = module.load_data(folder, "t10k")
model, scale = module.Model(), float(weights)
model.add(Scale(), module.Layer_Dense(784, 128, scale), module.Activation_ReLU())
model.add(module.Layer_Dense(128, 128, scale), module.Activation_ReLU())
model.add(module.Layer_Dense(128, 10, scale), module.Activation_Softmax())
loss, adam = module.Loss_CategoricalCrossentropy(), module.Optimizer_Adam(decay=1e-3)
model.set(loss=loss, optimizer=adam, accuracy=module.Accuracy_Categorical())
model.forward(X, training=False)
print(np.std(model.layers[-2].output))
model.train(X, y, epochs=10)
model.evaluate(X_test, y_test)
"""
SCALING = re.findall(
    r"(-?\d) to (\d+) +(0\.\d+) +([\d.]+) +(0\.\d+) to (0\.\d+)",
    next(script for script in CONCEPTS if script.number == 22).text,
)


@pytest.mark.slow
@pytest.mark.parametrize("row", SCALING, ids=lambda row: " ".join(row[:3]))
def test_table_of_inputs_and_weights(row):
    low, high, weights, logits, lowest, highest = row
    lines = in_process(NUMBERS_OF_A_TRAINING, weights, low, high, MNIST)
    assert float(logits) / 1.3 < float(lines[0]) < float(logits) * 1.3
    assert lowest <= numbers_of(lines[-1])["acc"] <= highest


def test_table_of_inputs_and_weights_was_read():
    assert len(SCALING) == 5


LOAD_AND_TRAIN = """
import sys
import nnfs
from project import STEPS, classes

module = classes(next(step for step in STEPS if step.number == int(sys.argv[1])))
import matplotlib.pyplot  # as the program does
nnfs.init()
X, y = module.load_data(sys.argv[2], "train")
X_test, y_test = module.load_data(sys.argv[2], "t10k")
assert X.shape == (60000, 28, 28)
model = module.Model()
model.add(module.Layer_Pixels(), module.Layer_Dense(784, 128))
model.add(module.Activation_ReLU(), module.Layer_Dense(128, 128))
model.add(module.Activation_ReLU(), module.Layer_Dense(128, 10))
model.add(module.Activation_Softmax())
loss, adam = module.Loss_CategoricalCrossentropy(), module.Optimizer_Adam(0.001)
model.set(loss=loss, optimizer=adam, accuracy=module.Accuracy_Categorical())
model.train(X, y, batch_size=128)
model.evaluate(X_test, y_test)
"""


@pytest.mark.slow
@posix
@each_with_data
def test_full_mnist_takes_little_memory(step, tmp_path):
    rng = np.random.default_rng(0)
    block = rng.integers(256, size=(1000, 28, 28), dtype="uint8")
    block *= rng.random(block.shape) < 0.5  # so that it packs as clothes do, not better
    images, labels = np.tile(block, (60, 1, 1)), rng.integers(10, size=60_000)
    write_data(tmp_path, images, labels, ["train"])
    write_data(tmp_path, images[:10_000], labels[:10_000], ["t10k"])
    words = sys.executable, "-c", LOAD_AND_TRAIN, step.number, tmp_path
    peak = int(in_process(PEAK_MEMORY, *words)[0])
    assert peak * (1 if sys.platform == "darwin" else 1024) < 200 << 20


# ---- Pictures


def some_digits(module):
    images, labels = module.load_data(MNIST, "t10k")
    return [images[list(labels).index(digit)] for digit in range(10)]


def drawn(digit, size, place=(0, 0), canvas=(400, 400)):
    """A digit of another size somewhere on a canvas, light on dark."""
    rows, columns = np.nonzero(digit)
    part = digit[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    height, width = size, max(1, round(size * part.shape[1] / part.shape[0]))
    large = np.array(Image.fromarray(part).resize((width, height)))
    grey = np.zeros(canvas, "uint8")
    row, column = place
    grey[row : row + height, column : column + width] = large
    return grey


def middle(image):
    """The centre of mass: a row and a column."""
    image = image.astype("float64")
    return [
        np.average(np.arange(28), weights=image.sum(axis=1 - axis)) for axis in (0, 1)
    ]


@pytest.mark.parametrize("size", [8, 20, 28, 61, 200])
@each_with_pictures
def test_centred_digit_is_in_the_middle(step, size):
    module = classes(step)
    for digit in some_digits(module):
        found = []
        for place in (0, 0), (40, 7), (99, 80):
            image = module.centred(drawn(digit, size, place))
            assert image.shape == (28, 28) and image.dtype == "uint8"
            assert middle(image) == pytest.approx([13.5, 13.5], abs=1)
            rows, columns = np.nonzero(image)
            assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
            found.append(image.tolist())
        assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("shape", [(200, 1), (200, 3), (2, 200), (1, 1), (50, 50)])
@each_with_pictures
def test_line_of_any_width_is_centred(step, shape):
    grey = np.zeros((300, 300), "uint8")
    grey[20 : 20 + shape[0], 30 : 30 + shape[1]] = 255
    image = classes(step).centred(grey)
    assert middle(image) == pytest.approx([13.5, 13.5], abs=1)
    assert image.max() == 255


@each_with_pictures
def test_dark_on_light_is_light_on_dark(step, tmp_path):
    module = classes(step)
    X, y = module.load_data(MNIST, "t10k")
    model = module.Model()
    model.add(module.Layer_Pixels(), module.Layer_Dense(784, 32))
    model.add(module.Activation_ReLU(), module.Layer_Dense(32, 10))
    model.add(module.Activation_Softmax())
    loss, adam = module.Loss_CategoricalCrossentropy(), module.Optimizer_Adam(0.005)
    model.set(loss=loss, optimizer=adam, accuracy=module.Accuracy_Categorical())
    model.train(X, y, epochs=3, batch_size=32)
    answers = []
    for digit in some_digits(module):
        light = drawn(digit, 90, (30, 40))
        images = []
        for name, grey in ("light", light), ("dark", 255 - light), ("pale", light // 2):
            Image.fromarray(grey).save(tmp_path / f"{name}.png")
            images.append(module.read_image(tmp_path / f"{name}.png"))
        images = np.array([module.centred(grey) for grey in images])
        first, *others = images.astype(int)
        assert max(np.abs(image - first).max() for image in others) <= 3
        rows = model.predict(images)
        assert len({*np.argmax(rows, axis=1)}) == 1
        answers.append(int(np.argmax(rows[0])))
    assert len({*answers}) > 5  # a model that has learned something


def bad_pictures():
    data = io.BytesIO()
    picture = Image.fromarray(
        np.random.default_rng(0).integers(256, size=(40, 40)).astype("uint8")
    )
    picture.save(data, "PNG")
    flat = io.BytesIO()
    Image.new("L", (40, 40), 200).save(flat, "PNG")
    huge = bytearray(data.getvalue())
    huge[16:24] = (60_000).to_bytes(4, "big") * 2
    huge[29:33] = zlib.crc32(huge[12:29]).to_bytes(4, "big")
    return {
        "missing": None,
        "empty": b"",
        "text": b"hello\n" * 99,
        "cut off in the head": data.getvalue()[:20],
        "cut off": data.getvalue()[: len(data.getvalue()) // 2],
        "all of one tone": flat.getvalue(),
        "larger than any": bytes(huge),
    }


@pytest.mark.parametrize("what", bad_pictures())
@each_with_pictures
def test_bad_picture_is_refused(step, what, tmp_path):
    path, data = tmp_path / "x.png", bad_pictures()[what]
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ValueError) as error:
        classes(step).read_image(path)
    refused(error, path)


@pytest.mark.parametrize("name", ["x.png", "x.npz"])
def test_program_says_in_one_line_what_is_wrong_with_a_file(name, tmp_path):
    (tmp_path / name).write_bytes(b"hello")
    status, output, errors = program(STEP[27], name, cwd=tmp_path)
    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert name in errors


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

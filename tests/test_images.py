"""Images: the data of step 24, pictures of step 27, and what programs say of them."""

import gzip
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image, ImageFilter

from conftest import PEAK_MEMORY
from project import CONCEPTS, ROOT, classes
from test_models import (
    STEP,
    each,
    in_process,
    lines_of_training,
    network,
    numbers_of,
    posix,
    refused,
)

MNIST = ROOT / "assets" / "mnist"
each_with_data = each("load_data")
each_with_pictures = each("read_image", "centred")


@pytest.fixture(autouse=True)
def same_random_numbers():
    np.random.seed(0)


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


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "unpacked"])
@pytest.mark.parametrize("dot", ["-", "."], ids=["dash", "dot"])
@each_with_data
def test_data(step, packed, dot, tmp_path):
    images, labels = few_images()
    write_data(tmp_path, images, labels)
    for path in [*tmp_path.iterdir()]:
        name = path.name.replace("-idx", f"{dot}idx")
        path.rename(path.with_name(name))
        if not packed:
            data = gzip.decompress(path.with_name(name).read_bytes())
            path.with_name(name).unlink()
            path.with_name(name.removesuffix(".gz")).write_bytes(data)
    (tmp_path / "train-images-idx3-ubyte files").mkdir()  # as some tools unpack them
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
    if "lacks images or labels" in str(error.value):
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


@pytest.mark.parametrize(
    "what, words",
    [
        ("no folder", "no "),
        ("text", "no whole idx file"),
        ("another size", "(7, 32, 32) does not fit the layers"),
        ("26 letters", "class numbers from 0 to 9"),
        ("no images", "X is empty"),
    ],
)
def test_program_says_in_one_line_what_is_wrong_with_data(what, words, tmp_path):
    images, labels = few_images()
    folder = tmp_path / "no" if what == "no folder" else tmp_path
    if what == "another size":
        images = np.zeros((7, 32, 32))
    elif what == "26 letters":
        labels = labels + 17
    elif what == "no images":
        images, labels = images[:0], labels[:0]
    write_data(tmp_path, images, labels)
    if what == "text":
        (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(b"hello")
    status, output, errors = program(STEP[24], folder, cwd=tmp_path)
    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert words in errors and "Traceback" not in errors


def test_folders_of_pictures_are_read_as_the_readme_says(tmp_path, monkeypatch):
    images, labels = few_images()
    for number, (image, label) in enumerate(zip(images, labels)):
        folder = tmp_path / "fashion_mnist_images" / "train" / str(label)
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.astype("uint8")).save(folder / f"{number:04}.png")
    monkeypatch.chdir(tmp_path)
    [code] = re.findall(r"```python\n(.*?)```", (MNIST / "README.md").read_text(), re.S)
    found = {}
    exec(code, found)
    order = np.argsort(labels, kind="stable")
    assert np.array_equal(found["X"], images[order])
    assert found["X"].dtype == "uint8"
    assert np.array_equal(found["y"], labels[order])


@posix
def test_interrupted_training_is_saved(tmp_path):
    words = sys.executable, "-u", STEP[26].path, "x.npz"
    with subprocess.Popen(
        words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as training:
        assert training.stdout.readline().startswith("epoch: 1,")
        training.send_signal(signal.SIGINT)
        errors = training.stderr.read()
    assert training.returncode == 1
    assert errors == "saved in the middle of an epoch, which begins again\n"
    assert [path.name for path in tmp_path.iterdir()] == ["x.npz"]
    model = classes(STEP[26]).Model.load(tmp_path / "x.npz")
    assert model.epoch >= 1 and model.optimizer.iterations >= 63


@pytest.mark.parametrize("number", [25, 26])
@pytest.mark.parametrize("word", ["--help", "-f", "x.txt", "no/x.npz"])
def test_program_looks_at_the_place_before_it_trains(number, word, tmp_path):
    status, output, errors = program(STEP[number], word, cwd=tmp_path)
    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("number", [24, 25, 26, 27])
def test_program_takes_a_folder(number, tmp_path):
    write_data(tmp_path, *few_images())
    words = [tmp_path] if number == 24 else [tmp_path, "x.npz"]
    if number == 27:
        assert program(STEP[26], *words, cwd=tmp_path)[0] == 0
    status, output, errors = program(STEP[number], *words, cwd=tmp_path)
    assert (status, errors) == (0, "")
    assert output.count("epoch: ") == {24: 10, 25: 10, 26: 5, 27: 0}[number]
    assert (tmp_path / "x.npz").exists() == (number > 24)


@each("Layer_Pixels", "check_data")
def test_pixels_are_bytes(step, capsys):
    module, (X, y) = classes(step), few_images()
    model = module.Model()
    model.add(module.Layer_Pixels(), module.Layer_Dense(784, 10))
    model.add(module.Activation_Softmax())
    loss, adam = module.Loss_CategoricalCrossentropy(), module.Optimizer_Adam()
    model.set(loss=loss, optimizer=adam, accuracy=module.Accuracy_Categorical())
    for wrong in X / 255, X.astype("float64"), X.astype("int64"):
        with pytest.raises(ValueError, match="uint8"):
            model.train(wrong, y)
    with pytest.raises(ValueError, match="does not fit the layers"):
        model.train(np.zeros((7, 32, 32), "uint8"), y)
    assert lines_of_training(capsys, model, (X / 255 * 255).round().astype("uint8"), y)


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


def as_taken(light, kind):
    """A digit, light on dark, as other pictures have it."""
    dark = Image.fromarray(255 - light)
    if kind == "transparent":
        ink = Image.new("RGBA", dark.size, "black")
        ink.putalpha(Image.fromarray(light))
        return ink, {}
    if kind == "yellow on white":
        white = Image.new("L", dark.size, 255)
        return Image.merge("RGB", [white, white, dark]), {}
    if kind == "turned as EXIF says":
        exif = Image.Exif()
        exif[0x0112] = 6  # turn it a quarter clockwise to see it upright
        return dark.transpose(Image.Transpose.ROTATE_90), {"exif": exif}
    if kind == "16 bits":
        return Image.fromarray((255 - light).astype("uint16") * 257), {}
    rows, columns = np.nonzero(light)  # cut out near the pen
    box = columns.min() - 3, rows.min() - 3, columns.max() + 4, rows.max() + 4
    return dark.filter(ImageFilter.MinFilter(9)).crop(box), {}


KINDS = ["transparent", "yellow on white", "turned as EXIF says", "16 bits", "thick"]


@pytest.mark.parametrize("kind", KINDS)
@each_with_pictures
def test_picture_of_another_kind_is_read_alike(step, kind, tmp_path):
    module = classes(step)
    for digit in some_digits(module):
        light = drawn(digit, 90, (30, 40), (160, 200))
        picture, options = as_taken(light, kind)
        Image.fromarray(255 - light).save(tmp_path / "plain.png")
        picture.save(tmp_path / "x.png", **options)
        plain, other = (
            module.centred(module.read_image(tmp_path / name)).astype(int)
            for name in ("plain.png", "x.png")
        )
        if kind == "thick":
            assert middle(other) == pytest.approx([13.5, 13.5], abs=1)
            assert np.mean(other[:3]) < 50 < np.mean(other[plain > 200])
        else:
            assert np.abs(other - plain).max() <= 3


def bad_pictures():
    data = io.BytesIO()
    picture = Image.fromarray(
        np.random.default_rng(0).integers(256, size=(40, 40)).astype("uint8")
    )
    picture.save(data, "PNG")
    flat, deep = io.BytesIO(), io.BytesIO()
    Image.new("L", (40, 40), 200).save(flat, "PNG")
    grey = np.linspace(30_000, 33_000, 1600).reshape(40, 40).astype("uint16")
    Image.fromarray(grey).save(deep, "PNG")
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
        "all of one tone, 16 bits": deep.getvalue(),
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


@pytest.mark.parametrize("name", ["x.png", "x.npz", "--help"])
def test_program_says_in_one_line_what_is_wrong_with_a_file(name, tmp_path):
    (tmp_path / name).write_bytes(b"hello")
    status, output, errors = program(STEP[27], name, cwd=tmp_path)
    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert name in errors


@pytest.mark.parametrize("sizes, words", [((2, 3), "does not fit"), ((784, 3), "ten")])
def test_program_says_that_a_model_is_for_something_else(sizes, words, tmp_path):
    module = classes(STEP[27])
    model = module.Model()
    model.add(module.Layer_Pixels(), *network(module, sizes).layers)
    for name in "loss", "optimizer", "accuracy":
        setattr(model, name, getattr(network(module), name))
    model.save(tmp_path / "x.npz")
    status, output, errors = program(STEP[27], "x.npz", cwd=tmp_path)
    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert words in errors


def test_header_counts_as_the_confusion_matrix_does():
    rows = [line.split()[4:] for line in STEP[27].output if "was taken for" in line]
    confusion = np.array(rows, dtype=int)
    wrong = confusion - np.diag(np.diag(confusion))
    words = " ".join(STEP[27].text.split())
    assert f"{wrong[:, 7].sum()} of the {wrong.sum()} mistakes" in words
    assert f"reads {1 - wrong.sum() / confusion.sum()} of the test images" in words


def test_program_tells_pictures_of_one_name_apart(tmp_path):
    write_data(tmp_path, *few_images())
    for folder in "a", "b":
        (tmp_path / folder).mkdir()
        shutil.copy(ROOT / "assets" / "digit.png", tmp_path / folder / "five.png")
    words = tmp_path, "a/five.png", "b/five.png"
    status, output, errors = program(STEP[27], *words, cwd=tmp_path)
    assert (status, errors) == (0, "")
    names = [line.partition(",")[0] for line in output.splitlines()[-4:]]
    assert names == ["a/five.png"] * 2 + ["b/five.png"] * 2

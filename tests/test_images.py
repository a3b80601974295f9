"""Images: the data of step 24, pictures of step 27, and what programs say of them."""

import gzip
import io
import pickle
import re
import shutil
import sys
import types
import zlib

import numpy as np
import pytest
from PIL import Image, ImageFilter

from conftest import PEAK_MEMORY, posix
from parts import classes
from test_models import STEP, each, numbers_of, program
from tour.project import CONCEPTS, ROOT, python

MNIST = ROOT / "assets" / "mnist"
each_with_data = each("load_data")
each_with_pictures = each("read_image", "centred")


@pytest.fixture(autouse=True)
def same_random_numbers():
    np.random.seed(0)


# ---- Data


def idx(array):
    array = np.asarray(array, "uint8")
    sizes = b"".join(length.to_bytes(4, "big") for length in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def write_data(folder, images, labels, kinds=("train", "t10k")):
    for kind in kinds:
        for name, array in ("images-idx3", images), ("labels-idx1", labels):
            data = gzip.compress(idx(array), compresslevel=1)
            (folder / f"{kind}-{name}-ubyte.gz").write_bytes(data)


def few_images():
    rng = np.random.default_rng(0)
    return rng.integers(256, size=(7, 28, 28)), rng.integers(10, size=7)


@pytest.fixture
def few(tmp_path):
    """A folder with the four files of a small set."""
    (tmp_path / "few").mkdir()
    write_data(tmp_path / "few", *few_images())
    return tmp_path / "few"


@each_with_data
def test_data(step, few):
    images, labels = few_images()
    for folder in few, str(few):
        X, y = classes(step).load_data(folder, "train")
        assert X.dtype == y.dtype == "uint8"
        assert X.tolist() == images.tolist()
        assert y.tolist() == labels.tolist()


def bad_data():
    """What is wrong, and the bytes of the file."""
    whole = idx(few_images()[0])
    packed = gzip.compress(whole)
    return {
        "empty": b"",
        "text": b"hello\n" * 99,
        "an empty gzip": gzip.compress(b""),
        "the file cut off": packed[:-99],
        "the images cut off": gzip.compress(whole[:-1]),
        "the head cut off": gzip.compress(whole[:6]),
        "too many announced": gzip.compress(whole.replace(b"\7", b"\10", 1)),
        "damaged": packed[:10] + b"\xff" * 9 + packed[19:],
    }


def says(result, *words):
    """One line of errors, with these words, and nothing else."""
    status, output, errors = result
    assert (status, output, errors.count("\n")) == (1, "", 1)
    for word in words:
        assert str(word) in errors


@pytest.mark.parametrize("what", bad_data())
def test_bad_data_is_one_line(what, few):
    (few / "t10k-images-idx3-ubyte.gz").write_bytes(bad_data()[what])
    says(program(STEP[24], few, cwd=few), few)


@pytest.mark.parametrize("word", ["no", "--help"])
@pytest.mark.parametrize("number", [24, 26, 27])
def test_a_folder_that_is_not_there_is_one_line(number, word, tmp_path):
    says(program(STEP[number], word, cwd=tmp_path), word, "No such file")
    assert [*tmp_path.iterdir()] == []


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


# ---- Programs


@pytest.fixture
def small(tmp_path):
    """Steps beside a small set, which is theirs when they get no folder."""
    (tmp_path / "assets" / "mnist").mkdir(parents=True)
    write_data(tmp_path / "assets" / "mnist", *few_images())
    shutil.copy(ROOT / "assets" / "digit.png", tmp_path / "assets")
    (tmp_path / "steps").mkdir()
    (tmp_path / "here").mkdir()

    def run(number, *words, **options):
        step = types.SimpleNamespace(path=tmp_path / "steps" / STEP[number].path.name)
        shutil.copy(STEP[number].path, step.path)
        return program(step, *words, cwd=tmp_path / "here", **options)

    return run


def files(tmp_path):
    return sorted(path.name for path in (tmp_path / "here").iterdir())


@pytest.mark.parametrize("number, epochs", [(24, 10), (25, 10), (26, 10), (27, 10)])
def test_without_a_word_nothing_is_left_behind(number, epochs, small, tmp_path):
    status, output, errors = small(number)
    assert (status, errors) == (0, "")
    assert output.count("epoch: ") == epochs
    assert files(tmp_path) == []


@pytest.mark.parametrize("number", [24, 26, 27])
def test_a_folder_of_other_images(number, small, tmp_path):
    shutil.move(tmp_path / "assets" / "mnist", tmp_path / "here" / "few")
    status, output, errors = small(number, "few")
    assert (status, errors) == (0, "")
    assert output.count("epoch: ") == 10


def test_parameters_are_kept_where_one_says(small, tmp_path):
    assert small(25, "x.npz")[0] == small(25, "y")[0] == 0
    assert files(tmp_path) == ["x.npz", "y.npz"]
    whole = (tmp_path / "here" / "x.npz").read_bytes()
    says(small(25, "x.npz"), "x.npz is there already")
    assert (tmp_path / "here" / "x.npz").read_bytes() == whole


def test_model_goes_on_where_it_stopped(small, tmp_path):
    _, whole, _ = small(26)
    first, second = small(26, "x.npz"), small(26, "x.npz")
    assert first[1] + second[1] == whole
    assert files(tmp_path) == ["x.npz"]
    status, output, errors = small(27, "x.npz")
    assert (status, errors) == (0, "")
    assert "epoch" not in output and "digit.png, centred: " in output


class CtrlC(io.StringIO):
    """Someone presses Ctrl-C when the third epoch is printed."""

    def write(self, text):
        if text.startswith("epoch: 3"):
            raise KeyboardInterrupt
        return super().write(text)


def test_interrupted_training_is_saved(small, tmp_path):
    status, _, errors = small(26, "x.npz", stdout=CtrlC())
    assert (status, files(tmp_path)) == (1, ["x.npz"])
    assert errors == "saved in the middle of an epoch, which begins again\n"
    model = classes(STEP[26]).Model.load(tmp_path / "here" / "x.npz")
    assert (model.epoch, model.optimizer.iterations) == (3, 3)
    _, output, _ = small(26, "x.npz")
    assert output.startswith("epoch: 4,")


@pytest.mark.parametrize("number", [26, 27])
def test_a_file_that_is_no_model_is_one_line(number, small, tmp_path):
    for data in b"hello", b"", pickle.dumps([1]):
        (tmp_path / "here" / "x.npz").write_bytes(data)
        says(small(number, "x.npz"), "x.npz")
        assert (tmp_path / "here" / "x.npz").read_bytes() == data
    parameters = io.BytesIO()
    np.savez(parameters, np.ones(3))
    (tmp_path / "here" / "x.npz").write_bytes(parameters.getvalue())
    says(small(number, "x.npz"), "x.npz", "about")


def test_what_cannot_be_saved_is_said_before_the_training(small, tmp_path):
    says(small(26, "no/x.npz"), "no/x.npz", "No such file")
    assert files(tmp_path) == []


@each("Layer_Pixels")
def test_pixels_are_bytes(step):
    layer, (X, _) = classes(step).Layer_Pixels(), few_images()
    for wrong in X / 255, X.astype("float64"), X.astype("int64"):
        with pytest.raises(ValueError, match=r"not bytes.*uint8"):
            layer.forward(wrong)
    layer.forward(np.array([[[0, 51], [204, 255]]], "uint8"))
    assert layer.output.dtype == "float32"
    assert layer.output == pytest.approx(np.array([[-1, -0.6, 0.6, 1]]))


def changed(number, folder, old, new):
    """A copy of a step with another text."""
    assert old in STEP[number].text
    path = folder / "changed.py"
    path.write_bytes(STEP[number].text.replace(old, new).encode())
    return types.SimpleNamespace(path=path)


SCALING = re.findall(
    r"(-?\d) to (\d+) +(0\.\d+) +([\d.]+) +(0\.\d+) to (0\.\d+)",
    next(script for script in CONCEPTS if script.number == 22).text,
)


@pytest.mark.slow
@pytest.mark.parametrize("row", SCALING, ids=lambda row: " ".join(row[:3]))
def test_table_of_inputs_and_weights(row, tmp_path):
    low, high, weights, logits, lowest, highest = row
    old = '(rows.astype("float32") - 127.5) / 127.5'
    new = f"rows.astype('float32') / 255 * ({high} - {low}) + {low}"
    step = changed(24, tmp_path, old, new)
    text = step.path.read_text()
    text = text.replace("weight_scale=0.1)", f"weight_scale={weights})")
    text = text.replace(
        "model.train(X, y, v",
        "model.forward(X, training=False)\n"
        "print(np.std(model.layers[-2].output))\nmodel.train(X, y, v",
    )
    step.path.write_text(text)
    _, output, _ = program(step, MNIST, cwd=tmp_path)
    first, *_, last = output.splitlines()
    assert float(logits) / 1.3 < float(first) < float(logits) * 1.3
    assert lowest <= numbers_of(last)["acc"] <= highest
    if (low, high, weights) == ("-1", "1", "0.01"):
        end = numbers_of(last)["acc"]
        assert f"would then end at {end})" in " ".join(STEP[24].text.split())


def test_table_of_inputs_and_weights_was_read():
    assert len(SCALING) == 5


@pytest.mark.slow
@posix
def test_full_mnist_takes_little_memory(tmp_path):
    rng = np.random.default_rng(0)
    block = rng.integers(256, size=(1000, 28, 28), dtype="uint8")
    block *= rng.random(block.shape) < 0.5  # so that it packs as clothes do, not better
    images, labels = np.tile(block, (60, 1, 1)), rng.integers(10, size=60_000)
    write_data(tmp_path, images, labels, ["train"])
    write_data(tmp_path, images[:10_000], labels[:10_000], ["t10k"])
    step = changed(24, tmp_path, "epochs=10", "epochs=1")
    words = "-c", PEAK_MEMORY, sys.executable, step.path, tmp_path
    peak = int(python(*words).stdout)
    # As float32 the images alone would take 180 MiB; as bytes they take 45
    assert peak * (1 if sys.platform == "darwin" else 1024) < 256 << 20


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
    for digit in some_digits(module):
        light = drawn(digit, 90, (30, 40))
        images = []
        for grey in light, 255 - light, light // 2:
            Image.fromarray(grey).save(tmp_path / "x.png")
            image = module.centred(module.read_image(tmp_path / "x.png"))
            images.append(image.astype(int))
        assert np.ptp(images, axis=0).max() <= 3


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
def test_bad_picture_is_one_line(what, small, tmp_path):
    path, data = tmp_path / "here" / "x.png", bad_pictures()[what]
    if data is not None:
        path.write_bytes(data)
    says(small(27, "x.png"), "can't read x.png: ")


def test_header_counts_as_the_confusion_matrix_does():
    rows = [line.split()[4:] for line in STEP[27].output if "was taken for" in line]
    confusion = np.array(rows, dtype=int)
    wrong = confusion - np.diag(np.diag(confusion))
    words = " ".join(STEP[27].text.split())
    assert f"{wrong[:, 7].sum()} of the {wrong.sum()} mistakes" in words
    assert f"reads {1 - wrong.sum() / confusion.sum()} of the test images" in words


def test_pictures_of_one_name_are_told_apart(small, tmp_path):
    for folder in "a", "b":
        (tmp_path / "here" / folder).mkdir()
        picture = tmp_path / "here" / folder / "five.png"
        shutil.copy(ROOT / "assets" / "digit.png", picture)
    status, output, errors = small(27, "a/five.png", "b/five.png")
    assert (status, errors) == (0, "")
    names = [line.partition(",")[0] for line in output.splitlines()[-4:]]
    assert names == ["a/five.png"] * 2 + ["b/five.png"] * 2

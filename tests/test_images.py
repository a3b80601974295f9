"""Images: the data of step 24, pictures of step 27, and what programs say of them."""

import gzip
import io
import pickle
import re
import shutil
import types

import numpy as np
import pytest
from PIL import Image

from conftest import BY_NAME, STEP, each
from parts import classes
from programs import ctrl_c, one_line, program, refused
from test_models import numbers_of
from tour.project import ROOT

MNIST = ROOT / "assets" / "mnist"


# ---- Data


RNG = np.random.default_rng(0)
IMAGES = RNG.integers(256, size=(7, 28, 28), dtype="uint8")
DIGITS = RNG.integers(10, size=7, dtype="uint8")


def write_data(folder):
    """The four files of a small set."""
    folder.mkdir(parents=True)
    for kind in "train", "t10k":
        for name, array in ("images-idx3", IMAGES), ("labels-idx1", DIGITS):
            sizes = b"".join(length.to_bytes(4, "big") for length in array.shape)
            data = bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()
            (folder / f"{kind}-{name}-ubyte.gz").write_bytes(gzip.compress(data))


def test_folders_of_pictures_are_read_as_the_readme_says(tmp_path, monkeypatch):
    for number, (image, digit) in enumerate(zip(IMAGES, DIGITS)):
        path = tmp_path / f"fashion_mnist_images/train/{digit}/{number:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    monkeypatch.chdir(tmp_path)
    [code] = re.findall(r"```python\n(.*?)```", (MNIST / "README.md").read_text(), re.S)
    found = {}
    exec(code, found)
    order = np.argsort(DIGITS, kind="stable")
    assert np.array_equal(found["X"], IMAGES[order]) and found["X"].dtype == "uint8"
    assert np.array_equal(found["y"], DIGITS[order])


# ---- Programs


@pytest.fixture
def here(tmp_path):
    """A folder; in the one above it there is a small set."""
    write_data(tmp_path / "assets" / "mnist")
    shutil.copy(ROOT / "assets" / "digit.png", tmp_path / "assets")
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


def small(number, here, *words, **options):
    """Run a step there, for which the small set is its own."""
    path = here.parent / "steps" / STEP[number].path.name
    step = types.SimpleNamespace(path=path, text=STEP[number].text)
    return program(step, *words, cwd=here, **options)


def test_bad_data_is_one_line(here):
    path = here.parent / "assets" / "mnist" / "t10k-images-idx3-ubyte.gz"
    packed = path.read_bytes()
    damaged = packed[:10] + b"\xff" * 9 + packed[19:]
    short = gzip.compress(gzip.decompress(packed)[:-1])
    for bad in b"", b"hello\n" * 99, packed[:-99], short, damaged:
        path.write_bytes(bad)
        refused(small(24, here), path.parent)
    for number in 24, 26, 27:
        refused(small(number, here, "no"), "no", "No such file")
    assert [*here.iterdir()] == []


@pytest.mark.parametrize("number", [24, 25, 26, 27])
def test_with_and_without_a_folder_nothing_is_left_behind(number, here):
    status, output, errors = small(number, here)
    assert (status, errors, output.count("epoch: ")) == (0, "", 10)
    assert [*here.iterdir()] == []
    if number != 25:
        shutil.move(here.parent / "assets" / "mnist", here / "few")
        assert small(number, here, "few") == (status, output, errors)


def test_parameters_are_kept_where_one_says(here):
    assert small(25, here, "x.npz")[0] == small(25, here, "y")[0] == 0
    assert {*here.iterdir()} == {here / "x.npz", here / "y.npz"}
    whole = (here / "x.npz").read_bytes()
    refused(small(25, here, "x.npz"), "x.npz is there already")
    assert (here / "x.npz").read_bytes() == whole


def test_model_goes_on_where_it_stopped(here):
    _, whole, _ = small(26, here)
    first, second = small(26, here, "x.npz"), small(26, here, "x.npz")
    assert first[1] + second[1] == whole
    assert [*here.iterdir()] == [here / "x.npz"]
    status, output, errors = small(27, here, "x.npz")
    assert (status, errors, "epoch" in output) == (0, "", False)
    assert "digit.png, centred: " in output


def test_interrupted_training_is_saved(here):
    status, _, errors = small(26, here, "x.npz", print=ctrl_c("epoch: 3"))
    assert (status, [*here.iterdir()]) == (1, [here / "x.npz"])
    assert errors == "saved in the middle of an epoch, which begins again\n"
    model = classes(STEP[26]).Model.load(here / "x.npz")
    assert (model.epoch, model.optimizer.iterations) == (3, 3)
    assert small(26, here, "x.npz")[1].startswith("epoch: 4,")


@pytest.mark.parametrize("number", [26, 27])
def test_a_file_that_can_not_be_used_is_one_line(number, here):
    parameters = io.BytesIO()
    np.savez(parameters, np.ones(3))
    for data in b"hello", b"", pickle.dumps([1]), parameters.getvalue():
        (here / "x.npz").write_bytes(data)
        refused(small(number, here, "x.npz"), "x.npz")
        assert (here / "x.npz").read_bytes() == data
    refused(small(number, here, "no/x.npz"), "no/x.npz", "No such file")


@each("Layer_Pixels")
def test_pixels_are_bytes(module, name):
    for wrong in IMAGES / 255, IMAGES.astype(int):
        with one_line(r"not bytes.*uint8"):
            module.Layer_Pixels().forward(wrong)


ROW = r"(-?\d) to (\d+) +(0\.\d+) +([\d.]+) +(0\.\d+) to (0\.\d+)"
SCALING = re.findall(ROW, BY_NAME["Concept 22"].text)
assert len(SCALING) == 5


@pytest.mark.slow
@pytest.mark.parametrize("row", SCALING, ids=lambda row: " ".join(row[:3]))
def test_table_of_inputs_and_weights(row, tmp_path):
    low, high, weights, logits, lowest, highest = row
    scaled = f"rows.astype('float32') / 255 * ({high} - {low}) + {low}"
    shown = "print(np.std(model.layers[-2].output))\nmodel.train(X, y, v"
    code = STEP[24].text
    for old, new in [
        ('(rows.astype("float32") - 127.5) / 127.5', scaled),
        ("weight_scale=0.1)", f"weight_scale={weights})"),
        ("model.train(X, y, v", f"model.forward(X, training=False)\n{shown}"),
    ]:
        assert old in code
        code = code.replace(old, new)
    _, output, _ = program(STEP[24], MNIST, cwd=tmp_path, code=code)
    first, *_, last = output.splitlines()
    assert float(logits) / 1.3 < float(first) < float(logits) * 1.3
    end = numbers_of(last)["acc"]
    assert lowest <= end <= highest
    if (low, high, weights) == ("-1", "1", "0.01"):
        assert f"would then end at {end})" in " ".join(STEP[24].text.split())


# ---- Pictures


def some_digits(module):
    images, labels = module.load_data(MNIST, "t10k")
    return [images[list(labels).index(digit)] for digit in (1, 4, 5, 8)]


def drawn(digit, height, place=(0, 0), canvas=(400, 400)):
    """A digit of another size somewhere on a canvas, light on dark."""
    part = Image.fromarray(digit)
    part = part.crop(part.getbbox())
    part = part.resize((max(1, round(height * part.width / part.height)), height))
    grey = Image.new("L", canvas[::-1])
    grey.paste(part, place[::-1])
    return np.array(grey)


def is_in_the_middle(image):
    assert image.shape == (28, 28) and image.dtype == "uint8"
    for axis in 0, 1:  # the centre of mass
        weights = image.astype("float64").sum(axis=1 - axis)
        middle = np.average(np.arange(28), weights=weights)
        assert middle == pytest.approx(14, abs=0.6)
    assert 18 <= max(map(np.ptp, np.nonzero(image))) + 1 <= 20


@each("centred")
def test_centred_digit_is_in_the_middle(module, name):
    for digit in some_digits(module):
        for height in 8, 28, 200:
            places = (0, 0), (99, 80)
            found = [module.centred(drawn(digit, height, place)) for place in places]
            is_in_the_middle(found[0])
            assert np.array_equal(*found)
    for height, width in (200, 1), (200, 3), (2, 200), (1, 1):
        grey = np.zeros((300, 300), "uint8")
        grey[20 : 20 + height, 30 : 30 + width] = 255
        is_in_the_middle(module.centred(grey))


def as_taken(light):
    """Yield a digit, light on dark, as pictures have it."""
    dark = Image.fromarray(255 - light)
    yield "dark", dark, {}
    yield "light", Image.fromarray(light), {}
    yield "pale", Image.fromarray(light // 2), {}
    ink = Image.new("RGBA", dark.size, "black")
    ink.putalpha(Image.fromarray(light))
    yield "transparent", ink, {}
    white, exif = Image.new("L", dark.size, 255), Image.Exif()
    yield "yellow on white", Image.merge("RGB", [white, white, dark]), {}
    exif[0x0112] = 6  # turn it a quarter clockwise to see it upright
    yield "turned", dark.transpose(Image.Transpose.ROTATE_90), {"exif": exif}
    yield "16 bits", Image.fromarray((255 - light).astype("uint16") * 257), {}


@each("centred")
def test_pictures_of_all_kinds_are_read_alike(module, name, tmp_path):
    for digit in some_digits(module):
        light = drawn(digit, 90, (30, 40), (160, 200))
        wanted = module.centred(light).astype(int)
        for kind, picture, options in as_taken(light):
            picture.save(tmp_path / "x.png", **options)
            found = module.centred(module.read_image(tmp_path / "x.png"))
            assert np.abs(found - wanted).max() <= 3, kind


def test_pictures_of_ones_own(here):
    for name in "a.png", "b.png":
        shutil.copy(ROOT / "assets" / "digit.png", here / name)
    status, output, errors = small(27, here, "a.png", "b.png")
    assert (status, errors) == (0, "")
    names = [line.partition(",")[0] for line in output.splitlines()[-4:]]
    assert names == ["a.png", "a.png", "b.png", "b.png"]
    refused(small(27, here, "c.png"), "can't read c.png: ")
    whole = (here / "a.png").read_bytes()
    for data in b"", b"hello\n" * 99, whole[: len(whole) // 2]:
        (here / "a.png").write_bytes(data)
        refused(small(27, here, "a.png"), "can't read a.png: ")
    Image.new("L", (40, 40), 200).save(here / "a.png")
    refused(small(27, here, "a.png"), "can't read a.png: ", "one tone")

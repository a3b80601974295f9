"""What concepts say of ten seeds: their scripts run from each of them."""

import re

import numpy as np
import pytest

from conftest import BY_NAME, STEP
from test_tries import after, printed

pytestmark = pytest.mark.slow
SEEDS = range(10)


def text_of(script, *changes):
    text = script.text
    for old, new in changes:
        assert re.search(old, text), f"{script.name} has no {old}"
        text = re.sub(old, new, text)
    return text


def from_seeds(script, *changes):
    """The lines of a script for each seed of its random numbers."""
    start = r"nnfs\.init\(\)" if "\nnnfs.init()" in script.program else r"seed\(0\)"
    for seed in SEEDS:
        new = f"nnfs.init(random_seed={seed})" if "nnfs" in start else f"seed({seed})"
        yield printed(script, text_of(script, (start, new), *changes))


def number(pattern, lines):
    [found] = re.findall(pattern, "\n".join(lines))
    return float(found)


def test_overfitting():
    turned, risen, gaps = 0, 0, 0
    for lines in from_seeds(BY_NAME["Concept 15"]):
        lowest = number(r"lowest test loss: ([\d.]+)", lines)
        turned += number(r"at epoch (\d+)", lines) < 3000
        risen += after("test", lines)[-1] > 1.05 * lowest
        gaps += after("test", lines)[-1] > after("training", lines)[-1]
    assert (turned, risen, gaps) == (9, 4, 10)


def test_validation():
    stopped, means, single = 0, 0, 0
    for lines in from_seeds(BY_NAME["Concept 16"]):
        copy = number(r"of the copy: ([\d.]+)", lines)
        stopped += copy < number(r"at epoch 3000: ([\d.]+)", lines)
        tests = dict(re.findall(r"rate ([\d.]+): .* test (.*)", "\n".join(lines)))
        best = min(tests, key=tests.get)
        means += lines[-1].split()[-1] == best
        single += lines[-2].split().count(best)
    assert (stopped, means, single) == (10, 8, 28)


def test_dropout_of_images():
    lower, higher = 0, 0
    for lines in from_seeds(BY_NAME["Concept 18"]):
        found = re.findall(r"test ([\d.]+) \(([\d.]+)\)", "\n".join(lines))
        (loss, accuracy), (with_loss, with_accuracy) = found
        lower += with_loss < loss
        higher += with_accuracy > accuracy
    assert (lower, higher) == (10, 10)


def test_dropout_of_the_spiral():
    few = "samples=1000", "samples=100"
    losses = []
    for rate in "0", "0.1":
        change = r"Layer_Dropout\(0.1\)", f"Layer_Dropout({rate})"
        runs = from_seeds(STEP[19], few, change)
        losses.append([number(r"validation, .*loss: ([\d.]+)", run) for run in runs])
    assert [f"{np.mean(x):.2f}" for x in losses] == ["0.52", "0.71"]
    assert sum(with_it < without for without, with_it in zip(*losses)) == 0


SCALED = r"\(\(rows - self.mean\) / self.spread\)"
HIDDEN = r"scale, Layer_Dense\(len\(scale.columns\), 16, 0.1\).*\n.*Dense\(16"
LINE = r"scale)\n    model.add(Layer_Dense(len(scale.columns)"
RIGHT = "validation, acc: ([^,]+)"
OF_TABLES = [  # a step, changes, and what ten seeds print, from lowest to highest
    (29, [], {RIGHT: "0.971 to 1.000 with scaled"}),
    (29, [(SCALED, "rows")], {RIGHT: "0.206 to 0.868 of the test rows right with raw"}),
    (29, [(SCALED, "(rows - self.mean)")], {RIGHT: "0.926 to 1.000 with the means"}),
    (29, [(HIDDEN, LINE)], {RIGHT: "0.971 to 1.000 without a hidden layer"}),
    (
        30,
        [],
        {
            RIGHT: "0.000 to 0.029",
            r"the network: off by (\d+)": "229 to 300 off",
            r"a straight line: off by (\d+)": "293 to 340",
            r"always the mean: off by (\d+)": "616 to 732",
            r"variance left: (\d+)": "13 to 25 on ten seeds",
        },
    ),
]


@pytest.mark.parametrize("step, changes, said", OF_TABLES)
def test_tables(step, changes, said):
    runs = ["\n".join(lines) for lines in from_seeds(STEP[step], *changes)]
    for pattern, words in said.items():
        found = sorted([re.findall(pattern, run)[-1] for run in runs], key=float)
        ends = f"{found[0]} to {found[-1]}"
        assert words.startswith(ends)
        assert words in " ".join(STEP[step].text.split())
        assert step == 30 or ends in BY_NAME["Concept 22"].text


def test_gradient_check():
    for lines in from_seeds(BY_NAME["Concept 28"]):
        right, wrong = [[*map(float, line.split()[1:])] for line in lines[3:5]]
        assert max(right) < 1e-7 and wrong[1] > 1e-3 and max(wrong[::2]) < 1e-7


def test_neurons_and_samples():
    accuracies, losses = [], []
    for seed in SEEDS:
        one = r"range\(5\)", f"[{seed}]"
        lines = printed(BY_NAME["Concept 29"], text_of(BY_NAME["Concept 29"], one))
        pairs = re.findall(r"test ([\d.]+) \(([\d.]+)\)", "\n".join(lines))
        rows = np.array(pairs, dtype=float)[:8].reshape(2, 4, 2)
        accuracies.append(rows[:, 3, 0] > rows[:, 0, 0])
        losses.append(rows[:, 3, 1] > rows[:, 0, 1])
    assert np.sum(accuracies, axis=0).tolist() == [10, 10]
    assert np.sum(losses, axis=0).tolist() == [10, 0]


def test_rare_class():
    alarms = []
    for lines in from_seeds(BY_NAME["Concept 30"]):
        alarms += re.findall(r"alarms +(\d+)", "\n".join(lines))[2:]
        found = [int(n) for n in re.findall(r"found +(\d+)", "\n".join(lines))]
        nothing, plain, repeated, weights, threshold = found
        assert nothing == 0 and plain < 10 and repeated == weights
        assert abs(threshold - weights) <= 2
    ends = f"with {min(alarms, key=int)} to {max(alarms, key=int)} false alarms"
    assert ends in BY_NAME["Concept 30"].text


def test_the_sign_of_the_absolute_error():
    """The book's gradient climbs."""
    loss = r"Loss_MeanSquaredError\(\)", "Loss_MeanAbsoluteError()"
    few = r"range\(1001\)", "range(101)"
    sign = r"np\.sign\(y_pred - y_true\)", "np.sign(y_true - y_pred)"
    ours = printed(STEP[21], text_of(STEP[21], loss, few))
    theirs = printed(STEP[21], text_of(STEP[21], loss, few, sign))
    assert after("loss", ours)[0] == after("loss", theirs)[0] > after("loss", ours)[-1]
    assert after("loss", theirs)[-1] > 100

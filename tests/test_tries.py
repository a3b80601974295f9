"""What each Try says happens when its change is made."""

import re
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tour.project import SCRIPTS, python

pytestmark = pytest.mark.slow
BY_NAME = {script.name: script for script in SCRIPTS}

# A block for each change: whose Try it is (and in which script, if in another) | the
# old text => the new, with \n for a line's end | > what the output then has | < what
# the record has | ? the key of a check below
TRIES = r"""
Step 01 | biases = [2 => biases = [3 | < [4.8, 1.21, 2.385] | > [5.8, 1.21, 2.385]
Step 01 | inputs = [1 => inputs = [2 | > [5.0, 1.71, 2.125]
Step 02 | dot(weights, inputs) => dot(inputs, weights) | > : 4 (dim 0) != 3 (dim 0)
Step 03 | .T) + => ) + | > : 4 (dim 1) != 3 (dim 0)
Step 04 | 0.73, -0.13], => 0.73, -0.13], [1, 1, 1], | 2, -0.5] => 2, -0.5, 0]
    | ? columns
Step 05 | (4, 5)\n => (4, 50)\n | > shapes (3,50) and (5,2) not aligned
Step 05 | (4, 5)\n => (4, 50)\n | (5, 2)\n => (50, 2)\n | > [[ 0.04583151 0.22495906]
Step 06 | \n\nplt.sc => \nprint(np.mean(activation1.output == 0))\nplt.sc | ? half
Step 07 | 0.01 * => 1 * | output[:5]) => output[95:100]) | ? largest
Step 08 | (activation2.output, y) => (dense2.output, y) | > no softmax?
Step 09 | 0.05 * => 0.5 * | ? at first
Step 10 | (y_pred - y_true) / len(y_pred) => (y_pred - y_true) | ? times
Step 11 | SGD(learning_rate=1.0 => SGD(learning_rate=0.1 | ? falls
    | > epoch: 10000, acc: 0.443
Step 11 | SGD(learning_rate=1.0 => SGD(learning_rate=10.0 | ? nothing
Step 12 | SGD(learning_rate=1.0, => SGD(learning_rate=5.0, | > epoch: 10000, acc: 0.933
Step 12 in Step 11 | SGD(learning_rate=1.0) => SGD(learning_rate=5.0)
    | > epoch: 10000, acc: 0.640
Step 13 | momentum=0.9 => momentum=0.99 | > epoch: 10000, acc: 0.510
Step 14 | decay=1e-4 => decay=0 | > epoch: 10000, acc: 0.887
Step 15 | learning_rate=0.02 => learning_rate=0.05 | > epoch: 10000, acc: 0.700
Step 16 | decay=5e-7 => decay=5e-7, beta_1=0 | > epoch: 10000, acc: 0.737
Step 17 | X, y = spiral_data(samples=100, classes=3) =>
    X, y = spiral_data(samples=1000, classes=3) | range(10001) => range(2001) | ? gap
    | > epoch: 2000, acc: 0.842, | > validation, acc: 0.817, loss: 0.436
    | < epoch: 10000, acc: 0.973, | < validation, acc: 0.793, loss: 0.981
Step 18 | weight_regularizer_l2=5e-4, bias_regularizer_l2=5e-4 =>
    weight_regularizer_l2=5e-3, bias_regularizer_l2=5e-3 | > validation, acc: 0.787
Step 19 | Layer_Dropout(0.1) => Layer_Dropout(0) | > epoch: 1300, acc: 0.870,
    | > validation, acc: 0.810
Step 19 | \n# Validation: => \ndense1.forward(X)\nactivation1.forward(dense1.output)
    \ndense2.forward(activation1.output)
    \nprint(np.mean(np.argmax(dense2.output, axis=1) == y))\n# Validation: | > 0.743
Step 20 | y = y.reshape(-1, 1) => | > targets (200,), predictions (200, 1)
Step 21 | (1, 64, weight_scale=0.1) => (1, 64, weight_scale=0.01)
    | (64, 64, weight_scale=0.1) => (64, 64, weight_scale=0.01)
    | (64, 1, weight_scale=0.1) => (64, 1, weight_scale=0.01)
    | < epoch: 200, acc: 0.242 | > epoch: 200, acc: 0.033 | ? larger
Step 22 | model.add(Layer_Dense(64, 1, =>
    model.add(Layer_Dense(64, 64, weight_scale=0.1), Activation_ReLU())
    \nmodel.add(Layer_Dense(64, 1, | > epoch: 1000, acc: 0.595
Step 23 | , Layer_Dropout(0.1)) => ) | < epoch: 200, acc: 0.593
    | > epoch: 200, acc: 0.796
Step 24 | epochs=10, batch_size=128) => epochs=10, batch_size=None) | ? last
Step 25 | other.load_parameters => Model().load_parameters 
    | > (128, 10), (1, 10)] do not fit this model: []
Step 28 | np.subtract.reduce(doutput, axis=1, initial=0, keepdims=True, out=dbiases2) =>
    doutput.sum(axis=1, keepdims=True, out=dbiases2)
    | np.negative(dbiases2, out=dbiases2)\n => \n
    | < epoch: 100, acc: 0.713 | > epoch: 100, acc: 0.700
Step 29 | self.output = ((rows - self.mean) / self.spread).astype("float32") =>
    self.output = rows.astype("float32") | < epoch: 100, acc: 1.000
    | > validation, acc: 0.544, loss: 1.064 Adelie: 7 of 35
Step 30 | np.mean(y, axis=0), np.std(y, axis=0) => np.zeros(1), np.ones(1)
    | < the network: off by 261.519 | > the network: off by 3689.63
Concept 01 | math.log(b) => math.log(0) | > ValueError
Concept 01 | import math => import math, numpy | math.log(b) => numpy.log(0) | > x: -inf
Concept 02 | \n# Two => print(-math.log(1 / 3))\n# Two | > loss 4.6052 1.0986
Concept 03 | [0.5, => [0.05, | < [0 0 1] | < 0.6666666666666666 | > predictions: [0 2 1]
    | > acc: 0.6666666666666666
Concept 04 | \nb = 1.0 => \nb = -6.0 | > z: -1.0 | > dx: [-0.0, -0.0, 0.0]
    | > dw: [0.0, -0.0, 0.0] | > db: 0.0 | > after the step: 0
Concept 05 | [[1.0, 2.0, -1.0], => [[1.0, 1.0, 1.0], | [2.0, 0.5, 1.0], =>
    [2.0, 2.0, 2.0], | [-1.0, 1.0, 3.0]] => [3.0, 3.0, 3.0]]
    | > [[ 0.5 0.5 0.5] [20.1 20.1 20.1] [10.9 10.9 10.9] [ 4.1 4.1 4.1]]
Concept 06 | rate = 0.001 => rate = 0.1 
    | > [[0. 0. 0.] [0. 0. 0.] [0. 0. 0.]] loss: 0.0000
Concept 07 | [1.0, 2.0, 3.0]) => [1, 1, 1]) | > closed form: [0. 0. 0.]
Concept 08 | same:", same) => same:", same)\nprint(softmax_of(np.exp(shifted))) | ? near
Concept 09 | weights1[0, 0] += h\nabove => weights1[0, 1] += h\nabove
    | weights1[0, 0] -= 2 => weights1[0, 1] -= 2 | below = loss()\nweights1[0, 0] =>
    below = loss()\nweights1[0, 1] | weights1[0, 0] -= 0.001 => weights1[0, 1] -= 0.001
    | > slope of the loss: 7.8369e-05 | ? second
Concept 10 | lines = np.dot(layer1_outputs, [[1], [-2]]) =>
    lines = np.dot(layer1_outputs, [[1], [-1]]) | outputs), [[1], [-2]] =>
    outputs), [[1], [-1]] | > with: [0 0 1 1 1]
Concept 11 | [[0.7, 0.1, 0.2], => [[1, 0, 0], | > the short way: [[ 0. 0. 0. ]
    | > long way: [[ nan nan nan] | > RuntimeWarning: invalid value
Concept 12 | 2 * x\n => 20 * x\n | [0.02, => [0.025, | > rate 0.25, right: 1 -4 16
    | < 0.25, right: 1 0.5 0.25 0.125 0.0625 0.03125 0.01562
    | > 0.025, too small: 1 0.5 0.25 0.125 0.0625 0.03125 0.01562
Concept 13 | 0.0195, 0), => 0.021, 0), | 0.0195, 0.9) => 0.021, 0.9)
    | > height 4635457.357 with | > step 60: x 0.092, y 0.040, height 0.084
Concept 14 | 10], [0.1, 1, 10]] => 10], [0, 0, 0]]
    | > gradients: 0 0 0 sgd -0.0000 -0.0000 -0.0000 momentum -0.0090 -0.0900 -0.9000
    | > adam -0.0670 -0.0670 -0.0670
Concept 15 | NEURONS = 64 => NEURONS = 3 | ? both high
Concept 16 | np.random.permutation(300) => np.arange(300) | ? all bad
Concept 17 | RATE = 0.1 => RATE = 1 | > L2: 2.000 -2.000 2.000 -2.000 2.000
    | ? sign
Concept 18 | mask / (1 - rate)\n => mask\n | 8)) / (1 - rate) => 8)) | ? quarters
Concept 19 | 1, 4]: => 1, 10]: | > z 10: sigmoid 1.0000, slope 0.0000
Concept 20 | 30.0]) => 300.0]) | < chooses 8.0 | < absolute error chooses 3.0
    | > squared error chooses 62.0 | > absolute error chooses 3.0
Concept 21 | 0.5 * np => 0.01 * np | < batches of 1: mean 0.81, spread 3.65
    | > batches of 1: mean 0.61, spread 5.51
Concept 22 | rate=0.0001) => rate=0.00015) | > and 4.262 step 10:
    | > and -4.952 step 50: | > and -1014.958 step 200:
Concept 23 | "0.1": 0.1 => "0.1": 1 | > 5e+04 He's | ? six
Concept 24 | (53 - math.ceil(math.log2(TERMS))) // 2 => 40 | ? orders
Concept 25 | rate=100.0) => rate=10.0) | > acc: 0.333, loss: 1.988
    | > epoch: 1000, acc: 0.333, loss: 5.485
Concept 28 | dt * self.weights => dt | < right 1e-10 2e-11 5e-09
    | > right 1e-10 2e-11 1e+00
Concept 29 | range(301) => range(101) | < test 0.507 (4.151) | > 30 samples
    | > 256 neurons: training 0.933 (0.158), test 0.496 (3.338)
Concept 30 | plain, 0.05) => plain, 0.2) | > found 21 of 50, false alarms 40,
Concept 27 | BETAS = 0.9, 0.0 => BETAS = 0.9, 0.5 | > 0.9 ends lower on 5 of 10
    | > seed 0: 0.231 with beta_1 0.9, 0.398 with 0.5
"""
BLOCKS = [" ".join(block.split()) for block in re.split(r"\n(?=\S)", TRIES.strip())]
NAMES = {block.partition(" |")[0].partition(" in")[0] for block in BLOCKS}
AS_THEY_SAY = {"Step 26", "Step 27", "Concept 26"}  # below, and in test_pytorch.py
ON_TEN_SEEDS = {"Step 24": {0.535, 0.715}}  # measured, not run here


def numbers(text):
    """The numbers of a text, but not those of steps and concepts."""
    text = re.sub(r"(step|concept)s? \d+", "", text)
    found = re.findall(r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?", text)
    return [float(number.replace(",", "")) for number in found]


def every(lines):
    return np.array(numbers("\n".join(lines)))


def after(word, lines):
    return [float(n) for n in re.findall(rf"{word}: (-?[\d.]+)", "\n".join(lines))]


def gap(lines):
    training, test = after("acc", lines)[-2:]
    return training - test


def helps_at_first(new, old):
    """On step 09's first data set, by how low the loss is until an iteration."""
    stripes = [lines[: lines.index("Spiral data")] for lines in (new, old)]
    falls = [[*zip(after("iteration", s), after("loss", s))] for s in stripes]
    late = [sum(n > 1000 for n, _ in pairs) for pairs in falls]
    low = [[min(x for n, x in f if n <= m) for m in (50, 200)] for f in falls]
    return late[0] < 5 < late[1] and (np.array(low[0]) < low[1]).all()


# What is true of the changed script's lines and of its record, or a number worked out
CHECKS = {
    "columns": lambda new, old: [len(numbers(row)) for row in new] == [4, 4, 4],
    "half": lambda new, old: abs(float(new[-1]) - 0.5) < 0.1,
    "largest": lambda new, old: round(every(new).max(), 1),
    "at first": helps_at_first,
    "times": lambda new, old: round(np.median(every(new[7:]) / every(old[7:]))),
    "falls": lambda new, old: all(a >= b for a, b in pairwise(after("loss", new))),
    "nothing": lambda new, old: {*after("acc", new)[1:]} == {0.333},
    "gap": lambda new, old: abs(gap(new)) < 0.05 < 0.15 < gap(old),
    "larger": lambda new, old: all(
        after("loss", new)[n] > after("loss", old)[n] for n in (2, -1)
    ),
    "last": lambda new, old: after("acc", new[-1:])[0],
    "near": lambda new, old: np.allclose(
        every(new[22:27]), every(old[9:14]), rtol=1e-6
    ),
    "second": lambda new, old: (
        f"slope of the loss: {every(BY_NAME['Step 10'].output[7:])[1]:.4e}" in new
    ),
    "both high": lambda new, old: (
        min(after("training", new) + after("test", new)) > 1
        and np.ptp([after(word, new[1:-1]) for word in ("training", "test")]) < 0.01
    ),
    "all bad": lambda new, old: every(new[3:7]).reshape(4, 8)[:, 1:7].min() > 1.099,
    "sign": lambda new, old: every(new[4:5])[1] / every(new[4:5])[0],
    "quarters": lambda new, old: abs(after("masks", new)[-1] / 12 - 0.75) < 0.01,
    "six": lambda new, old: round(every(new[1:2])[-1] ** (1 / 6)) == 6,
    "orders": lambda new, old: len({*new[5:8]}) == 3 and len({*old[5:8]}) == 1,
}


PROGRAM = """
import sys
path, text = sys.argv.pop(1), sys.stdin.buffer.read()
exec(compile(text, path, "exec"), {"__file__": path, "__name__": "__main__"})
"""


def printed(script, text, *words, cwd=None):
    """What a script with this text prints where it lies; its errors come last."""
    result = python("-c", PROGRAM, script.path, *words, cwd=cwd, text=text)
    return (result.stdout + result.stderr).decode().splitlines()


def follow(block):
    """Make the change of a block and look at what comes; return the numbers in it."""
    first, *parts = block.split(" | ")
    script, said = BY_NAME[first.rpartition("in ")[2]], set()
    header, program = script.text.split('"""\n', 1)
    for part in [part for part in parts if " => " in part or part.endswith(" =>")]:
        old, new = (x.strip().replace(r"\n", "\n") for x in part.split("=>"))
        assert program.count(old) == 1, f"{script.name} has this not once: {old}"
        program = program.replace(old, new)
        said |= {*numbers(f"{old} {new}")}
    lines = printed(script, f'{header}"""\n{program}')
    for kind, text in [(p[:2], p[2:]) for p in parts if p[:2] in ("> ", "< ", "? ")]:
        if kind == "? ":
            result = CHECKS[text](lines, script.output)
            assert result, text
            said |= set() if result is True else {float(result)}
        else:
            output = lines if kind == "> " else script.output
            assert text in " ".join(" ".join(output).split())
            said |= {*numbers(text)}
    return said


@pytest.mark.parametrize("name", sorted(NAMES))
def test_try(name):
    blocks = [b for b in BLOCKS if b.startswith((f"{name} |", f"{name} in"))]
    said = ON_TEN_SEEDS.get(name, set()).union(*map(follow, blocks))
    missing = {*numbers(BY_NAME[name].header["Try"])} - said
    assert not missing, "the Try has numbers that nothing bears out"


def test_each_try_is_tested():
    with_one = {script.name for script in SCRIPTS if "Try" in script.header}
    assert with_one == NAMES | AS_THEY_SAY
    assert not NAMES & AS_THEY_SAY


def test_a_model_goes_on_and_reads_a_digit(tmp_path):
    def call(name, *words):
        return printed(BY_NAME[name], BY_NAME[name].text, *words, cwd=tmp_path)

    lines = call("Step 26", "model.npz") + call("Step 26", "model.npz")
    assert lines.count("saved") == 2
    epochs = [line for line in lines if line != "saved"]
    assert epochs == BY_NAME["Step 24"].output
    picture = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(picture).line([(105, 30), (95, 170)], fill=0, width=16)
    picture.save(tmp_path / "one.png")
    answers = "\n".join(call("Step 27", "model.npz", "one.png"))
    assert "\none.png, centred: one (" in answers

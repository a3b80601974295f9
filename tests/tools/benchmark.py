"""What the project's choices cost, and how fast NumPy is: python tests/benchmark.py

Each side of a comparison is a process of its own, with one thread. They take turns, so
that a busy machine slows all of them. What is printed is the median of the ratios of
the turns, and between which values the middle half of them lies.

The training of a step is timed with the step's own code, not a copy: its program is run
up to the training loop; then the loop runs for as many epochs as a turn has. What comes
after the loop (pictures) is left out, and print does nothing.
"""

import ast
import importlib.util
import itertools
import os
import platform
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import matplotlib.pyplot as plt
import nnfs
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "nnfs_steps"))

from parts import classes
from tour.project import STEPS, Mistake, Parser, command

# Some machines set an old kernel, which is slow; windows would open
SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
LEFT_OUT = "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in LEFT_OUT} | SETTINGS
SAMPLES, NEURONS = (300, 3_000, 30_000), (16, 64, 256)


# ---- In a process of its own: return a function that does something so many times


def pieces(step, text):
    """Cut a step into what comes before its training and an epoch of it."""
    program = ast.parse(text, step.path).body
    calls = [ast.unparse(node).partition("(")[0] for node in program]
    loops = [place for place, n in enumerate(program) if isinstance(n, ast.For)]
    if "model.train" in calls:
        place = calls.index("model.train")
        epoch, call = [program[place]], program[place].value
        # A validation would be timed on our side only
        call.keywords = [k for k in call.keywords if k.arg != "validation_data"]
        [epochs] = [k for k in call.keywords if k.arg == "epochs"]
        epochs.value = ast.Constant(1)
    elif loops:
        (place,) = loops
        epoch = program[place].body
    else:  # step 10: a single pass
        place = calls.index("dense1.forward")
        epoch = program[place : calls.index("print")]
    target = getattr(program[place], "target", ast.Name("epoch", ast.Store()))
    return program[:place], ast.For(target, ast.Name("epochs", ast.Load()), epoch, [])


def step(number, samples=300, neurons=64, functions="own"):
    """The training of a step, perhaps with more samples or neurons, or NumPy's exp."""
    script = STEPS[int(number) - 1]
    text = script.text
    samples, neurons = int(samples), int(neurons)
    if (samples, neurons) != (300, 64):
        for old, new in [
            ("spiral_data(samples=100,", f"spiral_data(samples={samples // 3},"),
            ("Layer_Dense(2, 64)", f"Layer_Dense(2, {neurons})"),
            ("Layer_Dense(64, 3)", f"Layer_Dense({neurons}, 3)"),
        ]:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
    before, loop = pieces(script, text)
    sys.argv = [str(script.path)]
    names = {"__file__": str(script.path), "__name__": "__main__"}
    names["print"] = lambda *words, **more: None

    def execute(statements):
        tree = ast.fix_missing_locations(ast.Module(statements, []))
        return compile(tree, script.path, "exec")

    exec(execute(before), names)
    if functions == "plain":
        names["exp"], names["log"] = np.exp, np.log
    training, counter = execute([loop]), itertools.count()

    def train(times):
        names["epochs"] = itertools.islice(counter, times)
        exec(training, names)

    return train


def pytorch(number, fused=False):
    """The network of a step in PyTorch, as fast as a usual loop gets.

    It has its images scaled beforehand, and works out no accuracy.
    """
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy

    torch.set_num_threads(1)
    sizes = {"10": [2, 3, 3], "24": [784, 128, 128, 10]}.get(number, [2, 64, 3])
    layers = [nn.Linear(*pair) for pair in itertools.pairwise(sizes)]
    parts = [part for layer in layers for part in (layer, nn.ReLU())][:-1]
    model = nn.Sequential(*parts)
    adam = torch.optim.Adam(model.parameters(), eps=1e-7, fused=bool(fused))
    count = 8_000 if number == "24" else 300
    X, y = torch.randn(count, sizes[0]), torch.randint(sizes[-1], (count,))

    def update(X, y):
        adam.zero_grad()
        cross_entropy(model(X), y).backward()
        if number != "10":  # which only works out the gradients
            adam.step()

    def train(times):
        for _ in range(times):
            if number != "24":
                update(X, y)
                continue
            for batch in torch.randperm(len(X)).split(128):
                update(X[batch], y[batch])

    return train


def softmax_backward(how, samples):
    activation = classes(STEPS[9]).Activation_Softmax()
    nnfs.init()
    activation.forward(np.random.randn(int(samples), 3))
    dvalues = np.random.randn(int(samples), 3)

    def loop():  # as in concept 07
        dinputs = np.empty_like(dvalues)
        for index, (output, gradient) in enumerate(zip(activation.output, dvalues)):
            output = output.reshape(-1, 1)
            jacobian = np.diagflat(output) - np.dot(output, output.T)
            dinputs[index] = np.dot(jacobian, gradient)

    def closed():
        activation.backward(dvalues)

    function = {"loop": loop, "closed": closed}[how]
    return lambda times: [function() for _ in range(times)]


def work(name, *words):
    """Do so many times what is asked for, and answer with the seconds that it took."""
    function = {"step": step, "pytorch": pytorch, "softmax": softmax_backward}[name]
    run = function(*words)
    for times in map(int, sys.stdin):
        start = time.perf_counter()
        run(times)
        print(time.perf_counter() - start, flush=True)


# ---- In the process that asks


class Side:
    """One of those who take turns: a worker, and how often it does it in a turn."""

    def __init__(self, words, times):
        self.times, self.seconds = times, []
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        words = [sys.executable, __file__, "--work", *words.split()]
        self.process = subprocess.Popen(words, env=ENVIRONMENT, **pipes)

    def run(self):
        print(self.times, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise Mistake("a process failed; why is said above")
        return float(answer) / self.times


def take_turns(sides, turns):
    """Return the seconds of each side, by its words: {words: [turn 1, ...]}."""
    workers = {words: Side(words, times) for words, times in sides.items()}
    try:
        for worker in workers.values():
            worker.run()  # to warm up
        for turn in range(turns):
            order = list(workers.values())
            for worker in order[turn % len(order) :] + order[: turn % len(order)]:
                worker.seconds.append(worker.run())
    finally:
        for worker in workers.values():
            worker.process.communicate()
    return {words: worker.seconds for words, worker in workers.items()}


# What takes turns, {words: times in a turn}, and how many turns
GROUPS = [
    ({"step 10": 200, "pytorch 10": 200, "step 10 300 64 plain": 200}, 51),
    ({"step 24": 1, "pytorch 24": 1}, 25),
    ({"step 28": 50, "step 16": 50, "pytorch 16": 50, "pytorch 16 fused": 50}, 101),
    ({"softmax loop 300": 1, "softmax closed 300": 50}, 11),
]
RATIOS = [
    ("step 10", "pytorch 10", "a pass of step 10 / PyTorch"),
    ("step 10", "step 10 300 64 plain", "a pass of step 10 / with plain exp and log"),
    ("step 24", "pytorch 24", "63 batches of step 24 / PyTorch"),
    ("step 28", "step 16", "an epoch of step 28 / step 16"),
    ("step 28", "pytorch 16", "the same / PyTorch"),
    ("step 28", "pytorch 16 fused", "the same / PyTorch, fused Adam"),
    ("step 16", "pytorch 16", "an epoch of step 16 / PyTorch"),
    ("step 16", "pytorch 16 fused", "the same / PyTorch, fused Adam"),
    ("softmax loop 300", "softmax closed 300", "softmax backward: loop / closed form"),
]


def compare(has_pytorch):
    for sides, turns in GROUPS:
        sides = {k: v for k, v in sides.items() if has_pytorch or "pytorch" not in k}
        found = take_turns(sides, turns) if len(sides) > 1 else {}
        for first, second, title in RATIOS:
            if {first, second} <= found.keys():
                ratios = [a / b for a, b in zip(found[first], found[second])]
                low, median, high = statistics.quantiles(ratios, n=4)
                print(f"{title}: {median:.2f} ({low:.2f} to {high:.2f})", flush=True)


def growth(picture):
    """How an epoch of step 16 grows with samples and neurons."""
    pairs = list(itertools.product(SAMPLES, NEURONS))
    sides = {f"step 16 {n} {m}": max(1, 2_000_000 // (n * m)) for n, m in pairs}
    found = take_turns(sides, turns=5)
    epochs = dict(zip(pairs, map(statistics.median, found.values())))
    print("an epoch of step 16, in ms (and per sample and neuron, in ns):")
    print(f"{'samples':>10}" + "".join(f"{f'{m} neurons':>22}" for m in NEURONS))
    for n in SAMPLES:
        cells = [
            f"{epochs[n, m] * 1000:.3g} ({epochs[n, m] / n / m * 1e9:.3g})"
            for m in NEURONS
        ]
        print(f"{n:>10,}" + "".join(f"{cell:>22}" for cell in cells), flush=True)
    if picture:
        draw(epochs, picture)
        print(f"saved {picture}")


def draw(epochs, picture):
    plt.rcParams["font.size"] = 12
    figure, axes = plt.subplots(figsize=(6, 4.2), layout="constrained")
    beside = {"textcoords": "offset points"}
    # Okabe and Ito's colours, which colour-blind people can tell apart
    for neurons, style in zip(
        NEURONS, [("#E69F00", "o"), ("#0072B2", "s"), ("#CC79A7", "D")]
    ):
        times = [epochs[n, neurons] * 1000 for n in SAMPLES]
        axes.plot(SAMPLES, times, marker=style[1], color=style[0], linewidth=2)
        end = SAMPLES[-1], times[-1]
        axes.annotate(f"{neurons} neurons", end, (8, 0), va="center", **beside)
    end = epochs[SAMPLES[-1], NEURONS[0]] * 1000 / 3
    work = [end * n / SAMPLES[-1] for n in SAMPLES]
    axes.plot(SAMPLES, work, color="0.4", linestyle="--")
    text, where = "10 times the samples,\n10 times the time", (SAMPLES[1], work[1])
    axes.annotate(text, where, (12, -6), va="top", color="0.3", **beside)
    axes.set(xscale="log", yscale="log", xlabel="samples", ylabel="milliseconds")
    axes.set_xlim(200, 150_000)
    axes.set_xticks(SAMPLES, [f"{n:,}" for n in SAMPLES])
    axes.set_yticks([0.1, 1, 10, 100, 1000], ["0.1", "1", "10", "100", "1,000"])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.set_title("Time of an epoch of step 16")
    figure.savefig(picture, dpi=150)


def main(arguments):
    parser = Parser(description=__doc__.partition("\n")[0])
    parser.add_argument("--picture", type=Path, help="save how the time grows, as PNG")
    parser.add_argument("--work", nargs="+", help="only for its own processes")
    options = parser.parse_args(arguments)
    if options.work:
        return work(*options.work)
    picture = options.picture
    if picture and not (picture.suffix == ".png" and picture.parent.is_dir()):
        raise Mistake(
            f"--picture takes a .png file in a folder that is there: {picture}"
        )

    has_pytorch = importlib.util.find_spec("torch") is not None
    print(
        f"{platform.system()}, {platform.machine()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}, NumPy {np.__version__}, "
        + (f"PyTorch {version('torch')}" if has_pytorch else "no PyTorch: left out")
    )
    compare(has_pytorch)
    growth(picture)


if __name__ == "__main__":
    command(main)

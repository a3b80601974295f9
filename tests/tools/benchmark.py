"""What the project's choices cost: python tests/tools/benchmark.py

It writes its table into tests/README.md, if PyTorch is there.

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
import re
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import nnfs
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "nnfs_steps"))

from parts import classes
from tour.project import ROOT, STEPS, Mistake, Parser, command
from tour.scripts import write

# Some machines set an old kernel, which is slow; windows would open
SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
LEFT_OUT = "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in LEFT_OUT} | SETTINGS
README = ROOT / "tests" / "README.md"
MARKS = "<!-- times -->\n", "<!-- /times -->\n"


# ---- In a process of its own: return a function that does something so many times


def pieces(step):
    """Cut a step into what comes before its training and an epoch of it."""
    program = ast.parse(step.text, step.path).body
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


def step(number, functions="own"):
    """The training of a step, perhaps with NumPy's exp and log."""
    script = STEPS[int(number) - 1]
    before, loop = pieces(script)
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
    ({"step 10": 200, "pytorch 10": 200, "step 10 plain": 200}, 51),
    ({"step 24": 1, "pytorch 24": 1}, 25),
    ({"step 28": 50, "step 16": 50, "pytorch 16": 50, "pytorch 16 fused": 50}, 101),
    ({"softmax loop 300": 1, "softmax closed 300": 50}, 11),
]
RATIOS = [
    ("step 10", "pytorch 10", "a forward and backward pass of step 10 / PyTorch"),
    (
        "step 10",
        "step 10 plain",
        "a pass of step 10 / the same with NumPy's exp and log",
    ),
    ("step 24", "pytorch 24", "an epoch of step 24 (63 batches) / PyTorch"),
    ("step 28", "step 16", "an epoch of step 28 (tuned) / step 16"),
    ("step 28", "pytorch 16", "step 28 / PyTorch"),
    ("step 28", "pytorch 16 fused", "step 28 / PyTorch, fused Adam"),
    ("step 16", "pytorch 16", "an epoch of step 16 (Adam) / PyTorch"),
    ("step 16", "pytorch 16 fused", "step 16 / PyTorch, fused Adam"),
    (
        "softmax loop 300",
        "softmax closed 300",
        "softmax backward: a loop over Jacobians / the closed form",
    ),
]


def compare(has_pytorch):
    """Yield a row of the table for each ratio."""
    for sides, turns in GROUPS:
        sides = {k: v for k, v in sides.items() if has_pytorch or "pytorch" not in k}
        found = take_turns(sides, turns) if len(sides) > 1 else {}
        for first, second, title in RATIOS:
            if {first, second} <= found.keys():
                ratios = [a / b for a, b in zip(found[first], found[second])]
                low, median, high = statistics.quantiles(ratios, n=4)
                yield f"| {title} | {median:.2f} ({low:.2f} to {high:.2f}) |"


def processor():
    """The name of the processor, as far as the system says it."""
    info = Path("/proc/cpuinfo")
    names = re.findall(
        "model name\\s*: (.*)", info.read_text() if info.exists() else ""
    )
    return names[0] if names else platform.machine()


def main(arguments):
    parser = Parser(description=__doc__.partition("\n")[0])
    parser.add_argument("--work", nargs="+", help="only for its own processes")
    options = parser.parse_args(arguments)
    if options.work:
        return work(*options.work)
    has_pytorch = importlib.util.find_spec("torch") is not None
    machine = f"{processor()}, {os.cpu_count()} processors, {platform.system()}"
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    if has_pytorch:
        versions += f", PyTorch {version('torch')}"
    lines = [
        f"{machine}; {versions}",
        "",
        "| compared | ratio of the times |",
        "|---|---|",
    ]
    print(*lines, sep="\n")
    for row in compare(has_pytorch):
        print(row, flush=True)
        lines.append(row)
    if has_pytorch:
        before, start, rest = README.read_text(encoding="utf-8").partition(MARKS[0])
        after = rest.partition(MARKS[1])[2]
        table = "".join(f"{line}\n" for line in lines)
        write(README, f"{before}{start}\n{table}\n{MARKS[1]}{after}")


if __name__ == "__main__":
    command(main)

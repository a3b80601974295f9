"""What the project's choices cost: python tests/tools/benchmark.py [TURNS]

It needs PyTorch, and writes its table into tests/README.md.

Each side of a comparison is a process of its own, with one thread. The two take turns,
since a busy machine slows both. A row has the median of the ratios of the turns, and
between which values the middle half of them lies.

A step is timed as it stands, from one line that it prints to the next.
"""

import importlib.util
import itertools
import os
import platform
import re
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "nnfs_steps"))

from tour.project import ROOT, STEPS, Mistake, Parser, command, python
from tour.scripts import write

README = ROOT / "tests" / "README.md"
MARKS = "<!-- times -->\n", "<!-- /times -->\n"
ROWS = [  # what is compared, and its two sides
    ("an epoch of step 16 (Adam) / PyTorch", "step 16", "pytorch 16"),
    ("an epoch of step 16 / PyTorch, fused Adam", "step 16", "pytorch 16 fused"),
    ("an epoch of step 16 / with NumPy's exp and log", "step 16", "step 16 plain"),
    ("an epoch of step 28 (tuned) / step 16", "step 28", "step 16"),
    ("an epoch of step 28 / PyTorch", "step 28", "pytorch 16"),
    ("an epoch of step 28 / PyTorch, fused Adam", "step 28", "pytorch 16 fused"),
    ("an epoch of step 24 (63 batches) / PyTorch", "step 24", "pytorch 24"),
]
LINES = 2  # how many a training prints, and is timed for
PLAIN = "\n\nexp, log = np.exp, np.log\n\n\nclass "  # after the step's own two


# ---- One side: the processor's seconds for each line of a training


def step(number, plain=False):
    """A step, perhaps with NumPy's exp and log; what it prints becomes the time."""
    script, times = STEPS[int(number) - 1], []
    code = script.text.replace("range(10001)", f"range({100 * LINES + 1})")
    code = code.replace("epochs=10,", f"epochs={LINES + 1},")
    if plain:
        code = code.replace("\n\nclass ", PLAIN, 1)

    def note(line):
        times.append((time.process_time(), line))

    sys.argv = [str(script.path)]
    names = {"__name__": "__main__", "__file__": str(script.path), "print": note}
    exec(compile(code, script.path, "exec"), names)
    pairs = itertools.pairwise(times)  # what leads to a line of validation is left out
    return [now - then for (then, _), (now, line) in pairs if line.startswith("epoch")]


def pytorch(number, fused=False):
    """The network of step 16 or 24 in PyTorch, as fast as a usual loop gets: images are
    scaled beforehand, and there is no accuracy.
    """
    import torch
    from torch import nn

    torch.set_num_threads(1)
    images = number == "24"
    sizes = [784, 128, 128, 10] if images else [2, 64, 3]
    layers = [nn.Linear(*pair) for pair in itertools.pairwise(sizes)]
    parts = [part for layer in layers for part in (layer, nn.ReLU())][:-1]
    model, loss = nn.Sequential(*parts), nn.CrossEntropyLoss()
    adam = torch.optim.Adam(model.parameters(), eps=1e-7, fused=bool(fused))
    count = 8_000 if images else 300
    X, y = torch.randn(count, sizes[0]), torch.randint(sizes[-1], (count,))
    seconds = []
    for _ in range(LINES):
        start = time.process_time()
        for _ in range(1 if images else 100):  # epochs for a line
            order = torch.randperm(count).split(128) if images else [slice(None)]
            for batch in order:
                adam.zero_grad()
                loss(model(X[batch]), y[batch]).backward()
                adam.step()
        seconds.append(time.process_time() - start)
    return seconds


# ---- Side by side


def timed(side):
    """The seconds of each line of one side, in a process of its own."""
    result = python(__file__, "--side", *side.split())
    if result.returncode:
        raise Mistake(f"{side} failed:\n{result.stderr.decode(errors='replace')}")
    return [float(seconds) for seconds in result.stdout.split()]


def row(title, first, second, turns):
    ratios = []
    for _ in range(turns):
        one, other = (min(timed(side)) for side in (first, second))  # the rest warms up
        ratios.append(one / other)
    low, median, high = statistics.quantiles(ratios, n=4)
    return f"| {title} | {median:.2f} ({low:.2f} to {high:.2f}) |"


def machine():
    """The processor, as far as the system says it, and the versions."""
    info = Path("/proc/cpuinfo")
    name = platform.processor() or platform.machine()
    if info.exists():
        name = re.search(r"model name\s*: (.*)|\Z", info.read_text())[1] or name
    return (
        f"{name}, {os.cpu_count()} processors, {platform.system()}; Python "
        f"{platform.python_version()}, NumPy {version('numpy')}, "
        f"PyTorch {version('torch')}"
    )


def main(arguments):
    parser = Parser(description=__doc__.partition("\n")[0])
    parser.add_argument("turns", nargs="?", type=int, default=11)
    parser.add_argument("--side", nargs="+", help="only for its own processes")
    options = parser.parse_args(arguments)
    if options.side:
        kind, *words = options.side
        print(*{"step": step, "pytorch": pytorch}[kind](*words))
        return
    if not importlib.util.find_spec("torch"):
        raise Mistake("the benchmark needs PyTorch: pip install torch")
    # Some machines set an old kernel, which is slow
    os.environ.pop("OPENBLAS_CORETYPE", None)
    lines = [machine(), "", "| compared | ratio of the times |", "|---|---|"]
    for words in ROWS:
        lines.append(row(*words, options.turns))
        print(lines[-1], flush=True)
    before, start, rest = README.read_text(encoding="utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    table = "".join(f"{line}\n" for line in lines)
    write(README, f"{before}{start}\n{table}\n{MARKS[1]}{after}")


if __name__ == "__main__":
    command(main)

"""What the project's choices cost: python tests/benchmark.py

Two things are timed in turns, so that a busy machine slows both. What is printed is the
median of their ratios, and between which values the middle half of the ratios lies.
"""

import os
import platform
import statistics
import subprocess
import sys
import time

import nnfs
import numpy as np
from nnfs.datasets import spiral_data

from project import ROOT, STEPS, classes

step10 = classes(STEPS[9])
ENVIRONMENT = os.environ | {
    "MPLBACKEND": "agg",
    "PYTHONWARNINGS": "ignore",
}  # no windows


def seconds(function, times):
    start = time.perf_counter()
    for _ in range(times):
        function()
    return (time.perf_counter() - start) / times


def print_ratio(title, target, first, second, times=(1, 1), turns=51):
    """How long first takes, in times of second; a turn calls each so many times."""
    first(), second()
    ratios = [
        seconds(first, times[0]) / seconds(second, times[1]) for _ in range(turns)
    ]
    low, median, high = statistics.quantiles(ratios, n=4)
    print(
        f"{title}: {median:.2f} ({low:.2f} to {high:.2f}); wanted: {target}", flush=True
    )


def jacobian_loop(samples):
    activation = step10.Activation_Softmax()
    activation.forward(np.random.randn(samples, 3))
    dvalues = np.random.randn(samples, 3)

    def loop():  # as in concept 07
        dinputs = np.empty_like(dvalues)
        for index, (output, gradient) in enumerate(zip(activation.output, dvalues)):
            output = output.reshape(-1, 1)
            jacobian = np.diagflat(output) - np.dot(output, output.T)
            dinputs[index] = np.dot(jacobian, gradient)

    print_ratio(
        f"softmax backward, {samples} samples: Jacobian loop / closed form",
        "50 or more",
        loop,
        lambda: activation.backward(dvalues),
        times=(1, 50),
        turns=11,
    )


def network(classes):
    """A forward and backward pass of step 10 as a function."""
    np.random.seed(0)
    X, y = spiral_data(samples=100, classes=3)
    dense1, dense2 = classes.Layer_Dense(2, 3), classes.Layer_Dense(3, 3)
    activation1 = classes.Activation_ReLU()
    loss_activation = classes.Activation_Softmax_Loss_CategoricalCrossentropy()

    def forward_and_backward():
        dense1.forward(X)
        activation1.forward(dense1.output)
        dense2.forward(activation1.output)
        loss_activation.forward(dense2.output, y)
        loss_activation.backward(loss_activation.output, y)
        dense2.backward(loss_activation.dinputs)
        activation1.backward(dense2.dinputs)
        dense1.backward(activation1.dinputs)

    return forward_and_backward


def plain_classes():
    """The classes of step 10 with NumPy's own exp and log."""
    plain = classes.__wrapped__(STEPS[9])  # not the cached ones
    plain.exp, plain.log = np.exp, np.log
    return plain


def torch_network():
    """The same pass in PyTorch, with one thread."""
    import torch

    torch.set_num_threads(1)
    np.random.seed(0)
    X, y = spiral_data(samples=100, classes=3)
    X, y = torch.from_numpy(X), torch.from_numpy(y.astype("int64"))
    model = torch.nn.Sequential(
        torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 3)
    )
    loss_function = torch.nn.CrossEntropyLoss()

    def forward_and_backward():
        model.zero_grad()
        loss_function(model(X), y).backward()

    return forward_and_backward


def command(*words):
    return lambda: subprocess.run(
        [sys.executable, *words], check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL
    )


def peak_memory(path):
    """Of a script, in MiB."""
    process = subprocess.Popen(
        [sys.executable, path], env=ENVIRONMENT, stdout=subprocess.DEVNULL
    )
    peak = os.wait4(process.pid, 0)[2].ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def main():
    print(
        f"{platform.system()}, {platform.machine()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}, NumPy {np.__version__}"
    )
    if hasattr(os, "wait4"):
        print(f"peak memory of step 09: {peak_memory(STEPS[8].path):.0f} MiB")

    jacobian_loop(300)
    jacobian_loop(10_000)

    nnfs.init()
    reproducible = network(step10)
    print_ratio(
        "forward and backward: reproducible exp and log / plain",
        "1.2 or less",
        reproducible,
        network(plain_classes()),
        times=(100, 100),
    )
    try:
        print_ratio(
            "forward and backward: step 10 / PyTorch on one thread",
            "1 or less",
            reproducible,
            torch_network(),
            times=(100, 100),
        )
    except ImportError:
        print("forward and backward: step 10 / PyTorch: PyTorch is not installed")

    tour = ROOT / "nnfs_steps"
    scripts = [command(step.path) for step in STEPS]
    print_ratio(
        "the tour of all steps / the steps alone",
        "1.3 or less",
        command(tour),
        lambda: [script() for script in scripts],
        turns=5,
    )
    for words in ["list"], ["compare", "1", "2"], ["compare", "4", "5"]:
        print(
            f"{' '.join(words)}: {seconds(command(tour, *words), 5):.2f} seconds; "
            "wanted: less than 1"
        )


if __name__ == "__main__":
    main()

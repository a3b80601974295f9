"""Concept 26. PyTorch: the same network, and the road on.

You know what a framework does, since you wrote one. PyTorch has your classes under
other names: Linear is Layer_Dense (it keeps the weights transposed), cross_entropy is
softmax and its loss in one, and Adam is your Adam. It works out the gradients by
itself, from the operations that forward went through, and it runs on GPUs.

So it can take over what step 26 saved, as long as there is no dropout and no penalty in
it. We give it the weights, and both predict the same. We also give it Adam's memory,
the learning rate and the state of the random numbers. Then it trains two epochs more as
step 26 would have: the same batches, the same updates, the same accuracy. It writes the
file back, and steps 26 and 27 read it.

When one machine is too small, start a process for each processor or GPU:

    torchrun --nproc-per-node 2 concepts/26_pytorch.py model.npz

Each takes its part of each batch. Before each update they share their gradients, so all
make the update of the whole batch, and the network is the one that a single process
gets. For 8,000 images this is slower: with two processes an update takes nearly twice
as long, since sharing costs more than half a batch saves. It pays where a batch keeps
each process busy for much longer. On several machines, torchrun is started on each of
them, with --nnodes and the address of the first (see torchrun --help).

Try: save a model with step 26, train it here, and give it to step 26 again. It goes on
    with epoch 8, prints the lines of its record up to epoch 10, and two epochs more.
Needs: PyTorch
Book: no chapter: what comes after the last
Concepts: 14, 21
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

try:
    import torch
    from torch import distributed, nn
    from torch.nn.functional import cross_entropy
except ModuleNotFoundError:
    print("this concept needs PyTorch: pip install torch", file=sys.stderr)
    sys.exit(2)

ROOT = Path(__file__).resolve().parents[1]
RANK = int(os.environ.get("RANK", 0))  # the number of this process; torchrun sets it
PROCESSES = int(os.environ.get("WORLD_SIZE", 1))
GPU = f"cuda:{os.environ.get('LOCAL_RANK', 0)}"
DEVICE = GPU if torch.cuda.is_available() else "cpu"
torch.set_num_threads(1)  # more only pay for larger networks


def load_data(kind):
    """Return images (N, 784), scaled to -1 to 1, and labels (N,)."""
    start = f"{ROOT}/assets/mnist/{kind}"
    pixels = gzip.decompress(Path(f"{start}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress(Path(f"{start}-labels-idx1-ubyte.gz").read_bytes())
    images = np.frombuffer(pixels, "uint8", offset=16).reshape(-1, 784)
    images = (images.astype("float32") - 127.5) / 127.5
    return images, np.frombuffer(labels, "uint8", offset=8).astype("int64")


def predict_in_numpy(layers, arrays, X):
    for number, layer in enumerate(layers):
        if layer["class"] == "Layer_Dense":
            X = np.dot(X, arrays[f"{number} weights"]) + arrays[f"{number} biases"]
        elif layer["class"] == "Activation_ReLU":
            X = np.maximum(0, X)
    exp_values = np.exp(X - X.max(axis=1, keepdims=True))  # (N, 10)
    return exp_values / exp_values.sum(axis=1, keepdims=True)


def predict(network, X):
    with torch.no_grad():  # keep nothing for backward
        return torch.softmax(network(X), dim=1).cpu().numpy()  # (N, 10)


def build(layers, arrays):
    """Return the same network in PyTorch, still with other weights."""
    modules = []
    for number, layer in enumerate(layers):
        penalties = [v for k, v in layer["values"].items() if "regularizer" in k]
        if layer["class"] == "Layer_Dense" and not any(penalties):
            modules.append(nn.Linear(*arrays[f"{number} weights"].shape))
        elif layer["class"] == "Activation_ReLU":
            modules.append(nn.ReLU())
        elif layer["class"] not in ("Layer_Pixels", "Activation_Softmax"):
            raise ValueError(f"this concept has no {layer}")
    return nn.Sequential(*modules).to(DEVICE)  # cross_entropy has the softmax


def fill(network, optimizer, arrays, iterations):
    """Take over weights, biases and Adam's memory; return them by name in the file."""
    tensors, parameters = {}, network.parameters()
    for own in [n for n in arrays if n.endswith(("weights", "biases"))]:
        parameter = next(parameters)
        memory = own.replace("weights", "weight").replace("biases", "bias")
        names = own, f"{memory}_momentums", f"{memory}_cache"
        # (inputs, neurons) becomes (neurons, inputs), (1, neurons) becomes (neurons,)
        values = [torch.tensor(arrays[n].T.copy()).to(DEVICE) for n in names]
        values = [value.view_as(parameter) for value in values]
        parameter.data, mean, squares = values
        state = {"exp_avg": mean, "exp_avg_sq": squares}
        optimizer.state[parameter] = state | {"step": torch.tensor(float(iterations))}
        tensors |= zip(names, values)
    return tensors


def train(network, optimizer, numbers, X, y):
    """Train an epoch; numbers are those of Optimizer_Adam, and count on."""
    order = np.random.permutation(len(X))  # the same in all processes
    for start in range(0, len(X), 128):
        batch = order[start : start + 128]
        part = torch.tensor(batch[RANK::PROCESSES]).to(DEVICE)
        rate = numbers["learning_rate"] / (1 + numbers["decay"] * numbers["iterations"])
        numbers["current_learning_rate"] = optimizer.param_groups[0]["lr"] = rate
        loss = cross_entropy(network(X[part]), y[part], reduction="sum")
        optimizer.zero_grad()
        # Sharing takes the mean of all processes: times their number, it is the sum
        (loss * PROCESSES / len(batch)).backward()
        optimizer.step()
        numbers["iterations"] += 1


def go_on(path):
    """Train the model in a file two epochs more, and write it back."""
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path} is no .npz file")
    arrays = dict(np.load(path, allow_pickle=False))
    about = json.loads(str(arrays["about"]))
    np.random.set_state(("MT19937", arrays["random words"], *about["random numbers"]))
    numbers = about["optimizer"]["values"]
    network = build(about["layers"], arrays)
    adam = torch.optim.Adam(network.parameters(), eps=numbers["epsilon"])
    adam.param_groups[0]["betas"] = numbers["beta_1"], numbers["beta_2"]
    tensors = fill(network, adam, arrays, numbers["iterations"])

    X_test, y_test = load_data("t10k")
    ours = predict_in_numpy(about["layers"], arrays, X_test)
    X, y, X_test = (torch.tensor(a).to(DEVICE) for a in (*load_data("train"), X_test))
    theirs = predict(network, X_test)
    print(f"the same class: {sum(ours.argmax(1) == theirs.argmax(1))} of {len(ours)}")
    print(f"probabilities within 1e-5: {np.abs(ours - theirs).max() < 1e-5}")

    trained = network
    if PROCESSES > 1:  # the same network, whose backward shares the gradients
        distributed.init_process_group("gloo" if DEVICE == "cpu" else "nccl")
        trained = nn.parallel.DistributedDataParallel(network)
    for _ in range(2):
        train(trained, adam, numbers, X, y)
        about["epoch"] += 1
        accuracy = np.mean(predict(network, X_test).argmax(1) == y_test)
        print(f"epoch: {about['epoch']}, test accuracy: {accuracy:.4f}")
    if PROCESSES > 1:
        distributed.destroy_process_group()

    for name, tensor in tensors.items():
        arrays[name][:] = tensor.cpu().numpy().T
    _, arrays["random words"], *about["random numbers"] = np.random.get_state()
    arrays["about"] = np.array(json.dumps(about))
    if RANK == 0:
        temporary = Path(f"{path}.tmp")  # until it is whole, the old file stays
        with temporary.open("wb") as file:
            np.savez(file, **arrays)
        temporary.replace(path)


if RANK > 0:
    sys.stdout = None  # only the first process prints
try:
    with tempfile.TemporaryDirectory() as folder:
        path = sys.argv[1] if len(sys.argv) > 1 else f"{folder}/model.npz"
        if len(sys.argv) == 1:
            step = [sys.executable, ROOT / "nnfs_steps" / "26_nnfs_save-and-load.py"]
            subprocess.run([*step, path], check=True, stdout=subprocess.DEVNULL)
        go_on(path)
except (OSError, LookupError, TypeError, ValueError, zipfile.BadZipFile) as error:
    sys.exit(f"can't go on with this model: {error}")

# Output:
# the same class: 2000 of 2000
# probabilities within 1e-5: True
# epoch: 6, test accuracy: 0.9225
# epoch: 7, test accuracy: 0.9235

"""Concept 18. Dropout: why it is off in use, and when it pays.

Dropout is there to make learning harder: it sets some outputs to 0, so that no neuron
can rely on a single other one. An answer should not be harder to give. In use every
neuron helps, and the same sample gets the same answer each time. So dropout is on in
the training alone.

But then the next layer would suddenly get more than it has learned with. So in the
training we divide each output that stays by 1 - rate. With a rate of 0.25, three
quarters of the outputs stay, and each becomes 4/3 as large. A single mask still changes
the sum, but the mean over many masks is the sum without any.

Does it pay? Not on the spiral. In step 19 with 300 samples instead of 3,000 the test
loss is 0.52 without dropout and 0.71 with it (means of ten seeds), and lower with it on
none of the ten. The second half of this script is a case for dropout: 256 neurons and
only 500 of step 24's images, which they can learn by heart. Here it lowers the test
loss and raises the test accuracy, both on ten seeds of ten. So try with and without,
and let the validation decide.

Try: leave out "/ (1 - rate)" in both places of the first half. The mean over many masks
    is three quarters of the sum.
Book: chapter 15, dropout
"""

import gzip
from pathlib import Path

import nnfs
import numpy as np

np.random.seed(0)  # the same masks in every run
outputs = np.array([1.0, 2.0, 0.5, 3.0, 1.5, 2.5, 0.0, 1.5])  # (8,)
rate = 0.25
print("outputs:", outputs)
print("sum:    ", np.sum(outputs))

for _ in range(3):
    mask = np.random.binomial(1, 1 - rate, size=8)  # (8,): 1 stays, 0 is dropped
    dropped = outputs * mask / (1 - rate)
    print("mask:   ", mask)
    print("dropped:", np.round(dropped, 2), f"sum: {np.sum(dropped):.2f}")

for masks in [10, 1000, 100_000]:
    mask = np.random.binomial(1, 1 - rate, size=(masks, 8)) / (1 - rate)  # (masks, 8)
    mean = np.mean(np.sum(outputs * mask, axis=1))
    print(f"mean over {masks} masks: {mean:.2f}")


def load_data(kind):
    """Return images (N, 784), scaled to -1 to 1, and labels (N,)."""
    start = f"{Path(__file__).resolve().parents[1]}/assets/mnist/{kind}"
    pixels = gzip.decompress(Path(f"{start}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress(Path(f"{start}-labels-idx1-ubyte.gz").read_bytes())
    images = np.frombuffer(pixels, "uint8", offset=16).reshape(-1, 784)
    images = (images.astype("float32") - 127.5) / 127.5
    return images, np.frombuffer(labels, "uint8", offset=8)


def softmax(logits):
    exp_values = np.exp(logits - logits.max(axis=1, keepdims=True), dtype="float64")
    exp_values = exp_values.astype("float32")
    return exp_values / np.sum(exp_values, axis=1, keepdims=True)


def loss_and_accuracy(X, y, parameters):
    W1, b1, W2, b2 = parameters  # all neurons help: this is the use
    hidden = np.maximum(0, np.dot(X, W1) + b1)  # (N, 256)
    y_pred = softmax(np.dot(hidden, W2) + b2)  # (N, 10)
    confidences = np.clip(y_pred[range(len(y)), y], 1e-7, 1 - 1e-7)
    loss = np.mean(-np.log(confidences, dtype="float64"))
    return loss, np.mean(np.argmax(y_pred, axis=1) == y)


def train(X, y, rate):
    """Train 30 epochs with Adam as in step 24, in batches of 50."""
    np.random.seed(0)  # the same first weights for both
    parameters = [0.1 * np.random.randn(784, 256), np.zeros((1, 256))]
    parameters += [0.1 * np.random.randn(256, 10), np.zeros((1, 10))]
    momentums = [np.zeros_like(parameter) for parameter in parameters]
    caches = [np.zeros_like(parameter) for parameter in parameters]
    y_true = np.eye(10)[y]  # (500, 10), one-hot
    n = 0
    for _ in range(30):
        order = np.random.permutation(len(X))
        for start in range(0, len(X), 50):
            batch = order[start : start + 50]
            W1, b1, W2, b2 = parameters
            inputs = np.dot(X[batch], W1) + b1  # (50, 256)
            mask = np.random.binomial(1, 1 - rate, size=inputs.shape) / (1 - rate)
            mask = (mask * (inputs > 0)).astype("float32")  # dropout and ReLU at once
            hidden = inputs * mask  # (50, 256)
            y_pred = softmax(np.dot(hidden, W2) + b2)  # (50, 10)
            dlogits = (y_pred - y_true[batch]) / len(batch)  # (50, 10)
            dhidden = np.dot(dlogits, W2.T) * mask  # (50, 256)
            gradients = [np.dot(X[batch].T, dhidden), np.sum(dhidden, 0, keepdims=True)]
            gradients += [np.dot(hidden.T, dlogits), np.sum(dlogits, 0, keepdims=True)]
            rate_now = 0.001 / (1 + 0.001 * n)
            n += 1
            for p, gradient, m, c in zip(parameters, gradients, momentums, caches):
                m += 0.1 * (gradient - m)
                c += 0.001 * (gradient * gradient - c)
                size = np.sqrt(c / (1 - 0.999**n)) + 1e-7
                p -= rate_now * m / (1 - 0.9**n) / size
    return parameters


nnfs.init()
X, y = load_data("train")
few = np.random.permutation(len(X))[:500]
X, y = X[few], y[few]
X_test, y_test = load_data("t10k")
for rate in [0, 0.5]:
    parameters = train(X, y, rate)
    loss, accuracy = loss_and_accuracy(X, y, parameters)
    test_loss, test_accuracy = loss_and_accuracy(X_test, y_test, parameters)
    print(f"dropout {rate}: training {loss:.3f} ({accuracy:.3f}),", end=" ")
    print(f"test {test_loss:.3f} ({test_accuracy:.3f})")

# Output:
# outputs: [1.  2.  0.5 3.  1.5 2.5 0.  1.5]
# sum:     12.0
# mask:    [1 1 1 1 1 1 1 0]
# dropped: [1.33 2.67 0.67 4.   2.   3.33 0.   0.  ] sum: 14.00
# mask:    [0 1 0 1 1 0 1 1]
# dropped: [0.   2.67 0.   4.   2.   0.   0.   2.  ] sum: 10.67
# mask:    [1 0 0 0 0 0 1 0]
# dropped: [1.33 0.   0.   0.   0.   0.   0.   0.  ] sum: 1.33
# mean over 10 masks: 14.27
# mean over 1000 masks: 12.01
# mean over 100000 masks: 11.98
# dropout 0: training 0.014 (1.000), test 0.513 (0.854)
# dropout 0.5: training 0.043 (0.998), test 0.445 (0.867)

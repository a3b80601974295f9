"""Concept 25. Common mistakes: what they look like.

Everybody makes these, and the program runs all the same. (The losses of the steps stop
at what they can see: no softmax, nan, class numbers in the wrong place.) But each has
its own look, once you have seen it; concepts/outputs/25.txt has them all. Here is a
network that learns as it should, then the same with one mistake at a time. Two numbers
help: 1.099 is what guessing costs, and 16.118 is -log(1e-7), the most that a clipped
loss can be.

Two looks come before any search. First let the network learn twenty samples: 64 neurons
can learn these by heart. If the accuracy does not become 1.000, the mistake is in the
program. If it does, as here with shuffled labels and with a nan in another sample, look
at the data, or at how you measure (the swapped arguments). Then look at the updates.
The last number of a line is their mean size, divided by that of the weights, in the
first layer. The healthy network changes its weights by 2e-02 of their size at epoch
100, and by 1e-03 at epoch 1,000. With 1e-06 nothing can happen in your time; with 1e+00
one update throws away all that was there; 0e+00 says that this layer does not learn.

It stays at 1.099. All weights start at 0: every gradient of a weight is 0 then, and
stays so. Or the update changes a copy, and the layer keeps its own arrays. Or the rate
is far too small. It moves a little, and gets nowhere: only one layer learns, or the
labels belong to other samples, as after shuffling X and not y.

It starts wrong. Without softmax the first loss is nowhere near 1.099, and the accuracy
gets stuck early. With labels and predictions swapped the accuracy is fine, but the loss
starts at 10.745 and stays large. A single nan in the data makes the loss nan at once,
and all weights with the first update.

It gets worse. Without 1 / N, or with a rate that is far too large, one class gets all
after a few epochs: the accuracy is 0.333, and the loss is 10.745, two thirds of 16.118.
The wrong sign of the update leads there too; at the small rate that it has here, the
loss stays at 1.099 first. Without clipping this loss would be nan then, which is 0
times infinity. So if your loss becomes nan on its way, look at the rate, the sign and
the 1 / N first.

And if the same samples get another accuracy each time, dropout was left on in use.

Try: a learning rate of 10 instead of 100. That is too large as well: one class gets
    all, but the loss climbs slowly.
Book: chapters 4 to 15, wherever it goes wrong
Concepts: 12, 18
"""

import nnfs
import numpy as np
from nnfs.datasets import spiral_data


def forward(X, parameters, softmax=True, dropout=0):
    W1, b1, W2, b2 = parameters
    hidden = np.maximum(0, np.dot(X, W1) + b1)  # (N, 64)
    if dropout:
        mask = np.random.binomial(1, 1 - dropout, size=hidden.shape) / (1 - dropout)
        hidden = (hidden * mask).astype("float32")
    logits = np.dot(hidden, W2) + b2  # (N, 3)
    if not softmax:
        return hidden, logits
    exp_values = np.exp(logits - logits.max(axis=1, keepdims=True), dtype="float64")
    exp_values = exp_values.astype("float32")
    return hidden, exp_values / np.sum(exp_values, axis=1, keepdims=True)


def loss_of(y_pred, y_true):
    clipped = np.clip(y_pred, 1e-7, 1 - 1e-7).astype("float64")
    return np.mean(np.sum(-y_true * np.log(clipped), axis=1))


def learn(
    X,
    y,
    epochs,
    softmax=True,
    swapped=False,
    sign=-1,
    mean=True,
    rate=1.0,
    scale=0.01,
    copies=False,
    frozen=0,
    title="",
):
    np.random.seed(0)  # the same first weights each time
    parameters = [scale * np.random.randn(2, 64), np.zeros((1, 64))]
    parameters += [scale * np.random.randn(64, 3), np.zeros((1, 3))]
    learning = [array.copy() for array in parameters] if copies else parameters
    momentums = [np.zeros_like(parameter) for parameter in parameters]
    one_hot = np.eye(3)[y]  # (N, 3)
    for epoch in range(max(epochs) + 1):
        hidden, y_pred = forward(X, parameters, softmax)
        dlogits = y_pred - one_hot  # (N, 3)
        if mean:
            dlogits /= len(y)
        dhidden = np.dot(dlogits, parameters[2].T) * (hidden > 0)  # (N, 64)
        gradients = [np.dot(X.T, dhidden), np.sum(dhidden, axis=0, keepdims=True)]
        gradients += [np.dot(hidden.T, dlogits), np.sum(dlogits, axis=0, keepdims=True)]
        updates = [*zip(learning, momentums, gradients)]
        for parameter, momentum, gradient in updates[frozen:]:
            momentum *= 0.9
            momentum += sign * rate * gradient
            parameter += momentum
        if epoch in epochs:
            loss = loss_of(one_hot, y_pred) if swapped else loss_of(y_pred, one_hot)
            accuracy = np.mean(np.argmax(y_pred, axis=1) == y)
            update, weight = (np.mean(np.abs(x[0])) for x in (momentums, parameters))
            share = update / max(weight, 1e-30)  # weights may be 0
            print(
                f"    {title}epoch: {epoch}, acc: {accuracy:.3f}, loss: {loss:.3f}, "
                f"update: {share:.0e}"
            )
    return parameters


def train(title, X, y, **mistake):
    print(title)
    parameters = learn(X, y, [0, 10, 100, 1000], **mistake)
    learn(X[few], y[few], [500], **mistake, title="twenty samples, ")
    return parameters


nnfs.init()
X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)
few = np.random.permutation(300)[:20]
broken = X.copy()
broken[7, 0] = np.nan

parameters = train("as it should be:", X, y)
train("all weights 0:", X, y, scale=0)
train("copies updated:", X, y, copies=True)
train("learning rate of 0.00001:", X, y, rate=1e-5)
train("only the second layer learns:", X, y, frozen=2)
train("labels shuffled:", X, np.random.permutation(y))
train("forgotten softmax:", X, y, softmax=False)
train("swapped arguments of the loss:", X, y, swapped=True)
train("a nan in the data:", broken, y)
train("wrong sign of the update:", X, y, sign=1, rate=0.01)
train("missing 1 / N:", X, y, mean=False)
train("learning rate of 100:", X, y, rate=100.0)
print("dropout left on in use:")
for attempt in 1, 2, 3:
    _, y_pred = forward(X, parameters, dropout=0.5)
    print(f"    attempt {attempt}, acc: {np.mean(np.argmax(y_pred, axis=1) == y):.3f}")

# Output:
# as it should be:
#     epoch: 0, acc: 0.377, loss: 1.099, update: 1e-02
#     epoch: 10, acc: 0.423, loss: 1.098, update: 8e-02
#     epoch: 100, acc: 0.437, loss: 1.057, update: 2e-02
#     epoch: 1000, acc: 0.833, loss: 0.386, update: 1e-03
# ...
#     twenty samples, epoch: 500, acc: 0.400, loss: 9.671, update: 2e-24
# dropout left on in use:
#     attempt 1, acc: 0.473
#     attempt 2, acc: 0.440
#     attempt 3, acc: 0.457

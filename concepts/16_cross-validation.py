"""Concept 16. Validation: how long to train, and how fast, without the test data.

How many epochs? Which learning rate? If we try some on the test data and keep the best,
that one was chosen for these very points, and looks better than it is. Test data is for
one look, at the end. So we take the choice from the training data: we learn on a part
of its rows and validate on the rest. Training, validation and test rows stay apart.

Early stopping chooses the epochs. We keep a copy of the parameters each time that the
validation loss is the lowest so far, and stop when 200 epochs, our patience, have
brought nothing better. On each of ten seeds the copy has a lower test loss than the
network that goes on to epoch 3,000.

For the learning rate there are four candidates. 60 rows are few to choose by: we split
the 300 into five parts, the folds, and validate on each in turn. The five folds don't
agree (the output has their choices), so don't trust a single one. In k-fold
cross-validation each fold has its turn, and the mean of the five losses decides. On ten
seeds the mean chooses the rate that is best on the test data 8 times, a single fold 28
times of 50.

This is seed 0, where it fails: 0.01 wins by a hair, and it costs. The last column,
which nobody has while choosing, says that 0.05 is better by far. When two means are as
close as these, try more: other splits, other first weights.

Try: np.arange(300) instead of the permutation. The data is sorted by class, so each
    fold asks for a class that the others have less of, and its loss is bad.
Book: chapter 12, validation data
Concepts: 15
"""

import nnfs
import numpy as np
from nnfs.datasets import spiral_data


def forward(X, parameters):
    W1, b1, W2, b2 = parameters
    hidden = np.maximum(0, np.dot(X, W1) + b1)  # (N, 64)
    logits = np.dot(hidden, W2) + b2  # (N, 3)
    exp_values = np.exp(logits - logits.max(axis=1, keepdims=True), dtype="float64")
    exp_values = exp_values.astype("float32")
    return hidden, exp_values / np.sum(exp_values, axis=1, keepdims=True)


def loss(X, y, parameters):
    confidences = forward(X, parameters)[1][range(len(y)), y]
    return np.mean(-np.log(np.clip(confidences, 1e-7, 1 - 1e-7), dtype="float64"))


def start():
    """Return parameters, and Adam's memory of them: momentums and caches."""
    np.random.seed(0)  # the same first weights for all
    parameters = [0.01 * np.random.randn(2, 64), np.zeros((1, 64))]
    parameters += [0.01 * np.random.randn(64, 3), np.zeros((1, 3))]
    momentums = [np.zeros_like(parameter) for parameter in parameters]
    caches = [np.zeros_like(parameter) for parameter in parameters]
    return parameters, momentums, caches


def update(X, y, parameters, momentums, caches, rate, epoch):
    """Train one epoch with Adam; the parameters change in place."""
    hidden, probabilities = forward(X, parameters)
    dlogits = (probabilities - np.eye(3)[y]) / len(y)  # (N, 3)
    dhidden = np.dot(dlogits, parameters[2].T) * (hidden > 0)  # (N, 64)
    gradients = [np.dot(X.T, dhidden), np.sum(dhidden, axis=0, keepdims=True)]
    gradients += [np.dot(hidden.T, dlogits), np.sum(dlogits, axis=0, keepdims=True)]
    for parameter, gradient, m, c in zip(parameters, gradients, momentums, caches):
        m += 0.1 * (gradient - m)
        c += 0.001 * (gradient * gradient - c)
        step = m / (1 - 0.9**epoch) / (np.sqrt(c / (1 - 0.999**epoch)) + 1e-7)
        parameter -= rate * step


def train(X, y, rate):
    network = start()
    for epoch in range(1, 301):
        update(X, y, *network, rate, epoch)
    return network[0]


nnfs.init()
X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)
order = np.random.permutation(300)  # shuffled: the data is sorted by class
X_test, y_test = spiral_data(samples=100, classes=3)
folds = np.split(order, 5)  # five times 60 rows
splits = [(np.setdiff1d(order, fold), fold) for fold in folds]  # 240 rows and 60

# Early stopping
training, validation = splits[0]
network = start()
parameters, lowest, patience = network[0], np.inf, 200
for epoch in range(1, 3001):
    update(X[training], y[training], *network, 0.05, epoch)
    validation_loss = loss(X[validation], y[validation], parameters)
    if validation_loss < lowest:
        lowest, best_epoch = validation_loss, epoch
        best = [parameter.copy() for parameter in parameters]  # update changes them
    if epoch == best_epoch + patience:
        break
print(f"lowest validation loss: {lowest:.3f} at epoch {best_epoch}, stopped at {epoch}")
print(f"test loss of the copy: {loss(X_test, y_test, best):.3f}")
for later in range(epoch + 1, 3001):
    update(X[training], y[training], *network, 0.05, later)
print(f"test loss at epoch 3000: {loss(X_test, y_test, parameters):.3f}")

# Cross-validation
rates = [0.002, 0.01, 0.05, 0.25]
losses = np.zeros((4, 5))
for row, rate in enumerate(rates):
    for column, (training, validation) in enumerate(splits):
        parameters = train(X[training], y[training], rate)
        losses[row, column] = loss(X[validation], y[validation], parameters)
    test_loss = loss(X_test, y_test, train(X, y, rate))
    print(f"rate {rate}:", *(f"{value:.3f}" for value in losses[row]), end=" ")
    print(f"mean {np.mean(losses[row]):.3f}, test {test_loss:.3f}")
print("the folds choose:", *(rates[row] for row in np.argmin(losses, axis=0)))
print("the mean chooses:", rates[np.argmin(np.mean(losses, axis=1))])

# Output:
# lowest validation loss: 0.528 at epoch 2198, stopped at 2398
# test loss of the copy: 0.844
# test loss at epoch 3000: 0.859
# rate 0.002: 1.099 1.127 1.141 1.150 1.068 mean 1.117, test 1.032
# rate 0.01: 0.799 0.988 0.941 0.891 0.700 mean 0.864, test 0.779
# rate 0.05: 0.941 0.974 0.731 0.996 0.742 mean 0.877, test 0.613
# rate 0.25: 1.067 0.957 0.943 1.274 1.041 mean 1.056, test 1.081
# the folds choose: 0.01 0.25 0.05 0.01 0.01
# the mean chooses: 0.01

"""Concept 29. How many neurons, how many samples? Look at both accuracies.

Nobody can tell beforehand how many neurons a task needs. But training and test accuracy
tell what is missing. If the network is bad even on its training data, it is too small
(or has not trained long enough, or has a mistake: concept 25): 4 neurons make 4 bends,
and more samples don't change that. If it is good on these and bad on test data, it has
too few samples: 30 points leave most of the spiral's course open, and more neurons
can't know it.

Do too many neurons overfit? The table has the means of five seeds, all after 300
epochs, with the loss in brackets. More neurons never make the test accuracy worse. With
30 samples they do make the test loss worse, from 1.379 to 4.151: the larger network is
right more often, and far too sure where it is wrong (concept 15). With 300 and 900
samples the test loss falls. (On ten seeds, 256 neurons are more accurate than 4 on all
ten, with 30 samples and with 300; with 30 their test loss is higher on all ten.)

So begin with a small network and double it until the validation no longer gets better.
If few samples make it too sure, stop early (concept 16) or add a penalty (step 18).

Try: range(101) instead of range(301), a third of the epochs. With 30 samples and 256
    neurons the test loss is only 3.338, and the test accuracy is nearly the same,
    0.496: the longer it trains, the surer it becomes.
Book: chapter 11, testing with out-of-sample data
Concepts: 15
"""

import matplotlib.pyplot as plt
import nnfs
import numpy as np
from nnfs.datasets import spiral_data


def forward(X, parameters):
    W1, b1, W2, b2 = parameters
    hidden = np.maximum(0, np.dot(X, W1) + b1)  # (N, neurons)
    logits = np.dot(hidden, W2) + b2  # (N, 3)
    exp_values = np.exp(logits - logits.max(axis=1, keepdims=True), dtype="float64")
    exp_values = exp_values.astype("float32")
    return hidden, exp_values / np.sum(exp_values, axis=1, keepdims=True)


def train(X, y, neurons):
    """Return the parameters of a network that has learned with Adam, as in step 16."""
    parameters = [0.01 * np.random.randn(2, neurons), np.zeros((1, neurons))]
    parameters += [0.01 * np.random.randn(neurons, 3), np.zeros((1, 3))]
    momentums = [np.zeros_like(parameter) for parameter in parameters]
    caches = [np.zeros_like(parameter) for parameter in parameters]
    y_true = np.eye(3)[y]  # (N, 3), one-hot
    for epoch in range(301):
        hidden, probabilities = forward(X, parameters)
        dlogits = (probabilities - y_true) / len(y)  # (N, 3)
        dhidden = np.dot(dlogits, parameters[2].T) * (hidden > 0)  # (N, neurons)
        gradients = [np.dot(X.T, dhidden), np.sum(dhidden, axis=0, keepdims=True)]
        gradients += [np.dot(hidden.T, dlogits), np.sum(dlogits, axis=0, keepdims=True)]
        for parameter, gradient, m, c in zip(parameters, gradients, momentums, caches):
            m += 0.1 * (gradient - m)
            c += 0.001 * (gradient * gradient - c)
            m_corrected = m / (1 - 0.9 ** (epoch + 1))
            c_corrected = c / (1 - 0.999 ** (epoch + 1))
            parameter -= 0.05 * m_corrected / (np.sqrt(c_corrected) + 1e-7)
    return parameters


def accuracy_and_loss(X, y, parameters):
    probabilities = forward(X, parameters)[1]  # (N, 3)
    confidences = np.clip(probabilities[range(len(y)), y], 1e-7, 1 - 1e-7)
    accuracy = np.mean(np.argmax(probabilities, axis=1) == y)
    return accuracy, np.mean(-np.log(confidences, dtype="float64"))


def mean_of_seeds(samples, neurons):
    """Return accuracy and loss, on training data and then on test data."""
    results = []
    for seed in range(5):
        np.random.seed(seed)
        X, y = spiral_data(samples=samples // 3, classes=3)
        X_test, y_test = spiral_data(samples=300, classes=3)
        parameters = train(X, y, neurons)
        training = accuracy_and_loss(X, y, parameters)
        results.append(training + accuracy_and_loss(X_test, y_test, parameters))
    return np.mean(results, axis=0)  # (4,)


nnfs.init()
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
sizes_of = {30: [4, 16, 64, 256], 300: [4, 16, 64, 256], 900: [4, 16, 64]}
for samples, sizes in sizes_of.items():
    print(f"{samples} samples")
    rows = []
    for neurons in sizes:
        rows.append(mean_of_seeds(samples, neurons))
        accuracy, loss, test_accuracy, test_loss = rows[-1]
        print(f"    {neurons:3} neurons: training {accuracy:.3f} ({loss:.3f})", end="")
        print(f", test {test_accuracy:.3f} ({test_loss:.3f})")
    _, _, test_accuracies, test_losses = np.transpose(rows)
    names = [str(neurons) for neurons in sizes]  # texts stand equally far apart
    left.plot(names, test_accuracies, marker="o", label=f"{samples} samples")
    right.plot(names, test_losses, marker="o")
left.set_ylabel("test accuracy")
right.set_ylabel("test loss")
for axes in left, right:
    axes.set_xlabel("neurons")
    axes.set_ylim(bottom=0)
left.legend()
plt.show()

# Output:
# 30 samples
#       4 neurons: training 0.467 (0.926), test 0.379 (1.379)
#      16 neurons: training 0.773 (0.472), test 0.432 (2.469)
#      64 neurons: training 0.933 (0.128), test 0.493 (3.954)
#     256 neurons: training 0.933 (0.113), test 0.507 (4.151)
# 300 samples
#       4 neurons: training 0.432 (1.058), test 0.423 (1.067)
#      16 neurons: training 0.565 (0.850), test 0.508 (0.950)
#      64 neurons: training 0.807 (0.492), test 0.708 (0.676)
#     256 neurons: training 0.920 (0.220), test 0.834 (0.442)
# 900 samples
#       4 neurons: training 0.414 (1.059), test 0.413 (1.062)
#      16 neurons: training 0.536 (0.906), test 0.504 (0.957)
#      64 neurons: training 0.790 (0.519), test 0.760 (0.593)

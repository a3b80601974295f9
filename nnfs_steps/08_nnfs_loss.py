"""Step 08. Loss: one number says how wrong the network is.

To improve the network we have to measure it. The loss of a sample is -log of the
probability that the network gave to the true class. It is 0 when that probability is 1,
and grows as the probability shrinks. Being confident and wrong costs most. The loss of
the network is the mean over all samples.

Ours gives each class 1/3, and -log(1/3) is 1.0986. That is what guessing costs with
three classes: each training on this spiral will start there. Accuracy, the share of
right answers, is easier to read, but it does not move until an answer changes.

New: log, check_labels (for the slips that NumPy would not notice), Loss,
    Loss_CategoricalCrossentropy
Try: give calculate dense2.output instead of activation2.output. Forgetting softmax is
    an easy slip, and the error names it.
Book: chapter 5, calculating network error with loss
Video: parts 7 and 8, https://youtu.be/dEXPMQXoiLc and https://youtu.be/levekYbxauw
Concepts: 01, 02, 03, 08
"""

import nnfs
import numpy as np
from nnfs.datasets import spiral_data


def exp(x):
    """e ** x, with the same digits on every processor.

    The last digit of NumPy's float32 exp depends on the processor. So we compute in
    float64, with twice the digits, and round back: the difference disappears.
    """
    x = np.asarray(x)
    result = np.exp(x, dtype="float64")
    return result.astype("float32") if x.dtype == "float32" else result


def log(x):
    """The natural logarithm, computed as exp is, for the same reason."""
    x = np.asarray(x)
    result = np.log(x, dtype="float64")
    return result.astype("float32") if x.dtype == "float32" else result


class Layer_Dense:
    """A layer in which every neuron is connected to every input."""

    def __init__(self, n_inputs, n_neurons):
        # A column for each neuron, so that forward needs no transpose
        self.weights = 0.01 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        # (N, n_inputs) times (n_inputs, n_neurons) gives (N, n_neurons)
        self.output = np.dot(inputs, self.weights) + self.biases


class Activation_ReLU:
    """Rectified linear unit: negative values become 0, the others stay."""

    def forward(self, inputs):
        self.output = np.maximum(0, inputs)  # same shape as inputs


class Activation_Softmax:
    """Exponentials divided by their sum: each row becomes probabilities."""

    def forward(self, inputs):
        # We subtract each row's largest value m, so that exp can't get too large. Since
        # exp(z - m) is exp(z) / exp(m), the division by the sum cancels exp(m) again.
        # keepdims leaves a column, (N, 1): (N,) would be laid along the columns
        exp_values = exp(inputs - np.max(inputs, axis=1, keepdims=True))  # (N, C)
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)


def check_labels(y_pred, y_true):
    """Return the labels as an array; ValueError if they or predictions don't fit."""
    y_pred, y_true = np.asarray(y_pred), np.asarray(y_true)
    shapes = f"labels {y_true.shape}, predictions {y_pred.shape}"
    low, high, last = np.min(y_true), np.max(y_true), y_pred.shape[-1] - 1
    if y_true.shape not in [y_pred.shape, y_pred.shape[:1]]:
        raise ValueError(f"{shapes}: each sample needs a class number or one-hot row")
    if low < 0 or high > last:
        raise ValueError(f"labels go from {low} to {high}, but must be 0 to {last}")
    if np.isnan(y_pred).any():
        raise ValueError("predictions are nan: the training has diverged, or X has nan")
    if not np.max(np.abs(np.sum(y_pred, axis=1) - 1)) < 0.001:
        raise ValueError("predictions must add up to 1 for each sample: no softmax?")
    return y_true


class Loss:
    """What every loss has in common: the mean of the sample losses."""

    def calculate(self, output, y):
        sample_losses = self.forward(output, y)  # (N,); each kind of loss has its own
        return np.mean(sample_losses)


class Loss_CategoricalCrossentropy(Loss):
    """-log of the probability that was predicted for the true class."""

    def forward(self, y_pred, y_true):
        y_true = check_labels(y_pred, y_true)
        # log(0) is minus infinity: one such sample spoils the mean. Clipped at 1e-7 it
        # costs 16.1, and 1 is clipped too, for balance (in float32 1 - 1e-8 would be 1)
        y_pred_clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)  # (N, C)
        if y_true.ndim == 1:  # class numbers: in row 0 column y_true[0], and so on
            correct_confidences = y_pred_clipped[range(len(y_pred)), y_true]  # (N,)
        else:  # one-hot: in each row the column with the 1
            correct_confidences = y_pred_clipped[y_true == 1]  # (N,)
        return -log(correct_confidences)  # (N,)


# Seeds the random numbers with 0, so that they are the same in every run. From then on
# zeros, eye and randn give float32 (7 digits), and np.dot computes with 16 digits,
# rounds to 7, and wants arrays, not lists
nnfs.init()


X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)

dense1 = Layer_Dense(2, 3)
activation1 = Activation_ReLU()
dense2 = Layer_Dense(3, 3)
activation2 = Activation_Softmax()
loss_function = Loss_CategoricalCrossentropy()

dense1.forward(X)  # (300, 3)
activation1.forward(dense1.output)  # (300, 3)
dense2.forward(activation1.output)  # (300, 3)
activation2.forward(dense2.output)  # (300, 3)

loss = loss_function.calculate(activation2.output, y)
predictions = np.argmax(activation2.output, axis=1)  # (300,)
accuracy = np.mean(predictions == y)

print(activation2.output[:5])
print("loss:", loss)
print("acc:", accuracy)

# Output:
# [[0.33333334 0.33333334 0.33333334]
#  [0.33333316 0.3333332  0.33333364]
#  [0.33333287 0.3333329  0.33333418]
#  [0.3333326  0.33333263 0.33333477]
#  [0.33333233 0.3333324  0.33333528]]
# loss: 1.0986104
# acc: 0.34

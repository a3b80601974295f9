"""Step 07. Softmax: outputs become probabilities.

The second layer has a neuron for each class, but its outputs can be any numbers. Which
class do they mean, and how sure is the network? Softmax takes e to the power of each
output, so that all are above 0, and divides each by the sum of its row. So each row
adds up to 1: it has a probability for each class.

All of them are close to 1/3 here. The weights are small and random: this network knows
nothing, and says so. In the shapes, N is the number of samples and C that of classes.

New: exp, Activation_Softmax
Try: take 1 instead of 0.01 in Layer_Dense. Print activation2.output[95:100], too: up
    to 0.9 for one class, though the network has learned nothing.
Book: chapter 4, softmax activation function
Video: part 6, https://youtu.be/omz_NdFgWyU
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


# Seeds the random numbers with 0, so that they are the same in every run. From then on
# zeros, eye and randn give float32 (7 digits), and np.dot computes with 16 digits,
# rounds to 7, and wants arrays, not lists
nnfs.init()


X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)

dense1 = Layer_Dense(2, 3)
activation1 = Activation_ReLU()
dense2 = Layer_Dense(3, 3)
activation2 = Activation_Softmax()

dense1.forward(X)  # (300, 3)
activation1.forward(dense1.output)  # (300, 3)
dense2.forward(activation1.output)  # (300, 3)
activation2.forward(dense2.output)  # (300, 3)

print(activation2.output[:5])

# Output:
# [[0.33333334 0.33333334 0.33333334]
#  [0.33333316 0.3333332  0.33333364]
#  [0.33333287 0.3333329  0.33333418]
#  [0.3333326  0.33333263 0.33333477]
#  [0.33333233 0.3333324  0.33333528]]

"""Step 07. Added an activation function for the output layer: softmax.

New: `Activation_Softmax` and its object `activation2`; `dense2` is back, three inputs
    to three neurons.
Changed: `plt` and the picture stay behind in step 06.
Book: chapter 4, softmax activation function
Video: part 6, https://youtu.be/omz_NdFgWyU
Run: python nnfs_steps/07_nnfs_activation02.py
"""

import nnfs
import numpy as np
from nnfs.datasets import spiral_data


class Layer_Dense:
    """A layer in which every neuron is connected to every input.

    forward takes N samples, and keeps its result in output.
    """

    def __init__(self, n_inputs, n_neurons):
        # One column per neuron, so that forward needs no transpose
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
        # The row's maximum is subtracted so that exp can't overflow; it cancels below
        shifted = inputs - np.max(inputs, axis=1, keepdims=True)  # (N, C), 0 or less
        # The last digit of a float32 exp depends on the processor; that of a float64
        # exp, rounded to float32, does not. (Inputs of other types give float64.)
        exp_values = np.exp(shifted, dtype="float64")  # (N, C)
        if shifted.dtype == "float32":
            exp_values = exp_values.astype("float32")
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)


# Sets the random seed to 0, makes float32 the default, and makes np.dot give the same
# digits on every machine (it takes only arrays from here on, no lists)
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

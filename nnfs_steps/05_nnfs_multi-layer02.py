"""Step 05. A class: a dense layer makes and keeps its own weights.

Every further dense layer, in which each neuron sees all inputs, would need three more
names and a copy of the same line. A class holds the names and the line together, and
from one class we make as many layers as we like. Nobody can choose good weights by hand
for large layers. So each layer starts with small random weights, since with weights of
0 all neurons would do the same, and with biases of 0.

The weights of a neuron stand in a column now, so forward needs no transpose. The
numbers are the video's; the book multiplies the random weights by 0.01, not by 0.10,
and so do we in steps 06 to 20.

New: Layer_Dense
Try: give dense1 50 neurons. The error names the two shapes that don't fit, (3, 50) and
    (5, 2). Then give dense2 50 inputs.
Book: chapter 3, dense layer class
Video: part 4, https://youtu.be/TEWy9vZcxW4
"""

import numpy as np


class Layer_Dense:
    """A layer in which every neuron is connected to every input."""

    def __init__(self, n_inputs, n_neurons):
        # A column for each neuron, so that forward needs no transpose
        self.weights = 0.10 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        # (N, n_inputs) times (n_inputs, n_neurons) gives (N, n_neurons)
        self.output = np.dot(inputs, self.weights) + self.biases


np.random.seed(0)  # the same random weights in every run

inputs = [  # (3, 4): a row for each sample
    [1, 2, 3, 2.5],
    [2, 5, -1, 2],
    [-1.5, 2.7, 3.3, -0.8],
]

dense1 = Layer_Dense(4, 5)
dense2 = Layer_Dense(5, 2)

dense1.forward(inputs)  # (3, 5)
dense2.forward(dense1.output)  # (3, 2)

print(dense2.output)

# Output:
# [[ 0.148296   -0.08397602]
#  [ 0.14100315 -0.01340469]
#  [ 0.20124979 -0.07290616]]

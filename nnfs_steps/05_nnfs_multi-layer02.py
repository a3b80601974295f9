"""Step 05. Added object-oriented programming: a dense layer is a class.

The numbers are those of the video, which multiplies the random weights by 0.10; the
book takes 0.01, as from step 06 on.

New: `Layer_Dense`, which makes its own weights and biases; the layers `dense1` and
    `dense2` are two objects of it.
Changed: the program takes another form. `weights`, `biases`, `layer1_outputs` and
    `weights2`, `biases2`, `layer2_outputs` are now kept inside the layers, with five
    neurons in the first and two in the second; the weights are random.
Book: chapter 3, dense layer class
Video: part 4, https://youtu.be/TEWy9vZcxW4
Run: python nnfs_steps/05_nnfs_multi-layer02.py
"""

import numpy as np


class Layer_Dense:
    """A layer in which every neuron is connected to every input.

    forward takes N samples, and keeps its result in output.
    """

    def __init__(self, n_inputs, n_neurons):
        # One column per neuron, so that forward needs no transpose
        self.weights = 0.10 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        # (N, n_inputs) times (n_inputs, n_neurons) gives (N, n_neurons)
        self.output = np.dot(inputs, self.weights) + self.biases


np.random.seed(0)  # the same random weights in every run

inputs = [[1, 2, 3, 2.5],  # (3, 4): one row per sample
          [2, 5, -1, 2],
          [-1.5, 2.7, 3.3, -0.8]]

dense1 = Layer_Dense(4, 5)
dense2 = Layer_Dense(5, 2)

dense1.forward(inputs)  # (3, 5)
dense2.forward(dense1.output)  # (3, 2)

print(dense2.output)

# Output:
# [[ 0.148296   -0.08397602]
#  [ 0.14100315 -0.01340469]
#  [ 0.20124979 -0.07290616]]

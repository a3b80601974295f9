"""Concept 06. The layer of concept 05 with ReLU, optimized by one step.

To have something to lower, the layer's own output is taken for the gradient that comes
in: the larger an output, the harder it is pushed down.

Book: chapter 9, backpropagation
Run: python concepts/06_backpropagation_single-layer_optimization.py
"""

import numpy as np

inputs = np.array([[1, 2, 3, 2.5],  # (3, 4): one row per sample
                   [2, 5, -1, 2],
                   [-1.5, 2.7, 3.3, -0.8]])
weights = np.array([[0.2, 0.8, -0.5, 1],  # (3, 4): one row per neuron
                    [0.5, -0.91, 0.26, -0.5],
                    [-0.26, -0.27, 0.17, 0.87]]).T  # (4, 3): now one column
biases = np.array([[2.0, 3.0, 0.5]])  # (1, 3)

# Forward
layer_outputs = np.dot(inputs, weights) + biases  # (3, 3)
relu_outputs = np.maximum(0, layer_outputs)  # (3, 3)
print(relu_outputs)

# Backward
dvalues = relu_outputs
drelu = dvalues.copy()  # (3, 3)
drelu[layer_outputs <= 0] = 0
dweights = np.dot(inputs.T, drelu)  # (4, 3)
dbiases = np.sum(drelu, axis=0, keepdims=True)  # (1, 3)

# One step against the gradient; the learning rate sets its size
learning_rate = 0.001
weights -= learning_rate * dweights
biases -= learning_rate * dbiases
print(weights)
print(biases)

# Forward again: every output above 0 is smaller now
print(np.maximum(0, np.dot(inputs, weights) + biases))

# Output:
# [[4.8   1.21  2.385]
#  [8.9   0.    0.2  ]
#  [1.41  1.051 0.026]]
# [[ 0.179515   0.5003665 -0.262746 ]
#  [ 0.742093  -0.9152577 -0.2758402]
#  [-0.510153   0.2529017  0.1629592]
#  [ 0.971328  -0.5021842  0.8636583]]
# [[1.98489  2.997739 0.497389]]
# [[4.546452   1.1708347  2.33098595]
#  [8.507194   0.         0.1570534 ]
#  [1.2587013  1.01231643 0.        ]]

"""Concept 06. The layer of concept 05 with ReLU, optimized by one step.

To optimize we need a loss. We take an easy one: half the sum of the squares of all
outputs. Its derivative with respect to an output is that output, so the gradient that
comes in is relu_outputs itself. We go back through ReLU and the layer, and take one
step against the gradient. The loss falls: every output above 0 has become smaller.

Try: a learning rate of 0.1 instead of 0.001. The step is so long that ReLU turns every
    neuron off. The loss is 0, but so is every gradient, and nothing can be learned.
Book: chapter 9, backpropagation
Concepts: 05
"""

import numpy as np

inputs = np.array([[1, 2, 3, 2.5],  # (3, 4): a row for each sample
                   [2, 5, -1, 2],
                   [-1.5, 2.7, 3.3, -0.8]])  # fmt: skip
weights = np.array([[0.2, 0.5, -0.26],  # (4, 3): a column for each neuron
                    [0.8, -0.91, -0.27],
                    [-0.5, 0.26, 0.17],
                    [1, -0.5, 0.87]])  # fmt: skip
biases = np.array([[2.0, 3.0, 0.5]])  # (1, 3)

# Forward
layer_outputs = np.dot(inputs, weights) + biases  # (3, 3)
relu_outputs = np.maximum(0, layer_outputs)  # (3, 3)
print(relu_outputs)
print(f"loss: {0.5 * np.sum(relu_outputs * relu_outputs):.4f}")

# Backward
dvalues = relu_outputs  # (3, 3): the derivative of the loss
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

# Forward again
relu_outputs = np.maximum(0, np.dot(inputs, weights) + biases)  # (3, 3)
print(relu_outputs)
print(f"loss: {0.5 * np.sum(relu_outputs * relu_outputs):.4f}")

# Output:
# [[4.8   1.21  2.385]
#  [8.9   0.    0.2  ]
#  [1.41  1.051 0.026]]
# loss: 56.2679
# [[ 0.179515   0.5003665 -0.262746 ]
#  [ 0.742093  -0.9152577 -0.2758402]
#  [-0.510153   0.2529017  0.1629592]
#  [ 0.971328  -0.5021842  0.8636583]]
# [[1.98489  2.997739 0.497389]]
# [[4.546452   1.1708347  2.33098595]
#  [8.507194   0.         0.1570534 ]
#  [1.2587013  1.01231643 0.        ]]
# loss: 51.2404

"""Concept 10. Why an activation: without one, two layers are one.

The first part gives a sample to two dense layers. Then it multiplies their weights with
each other and gets a single layer that does the same. This works for any two layers,
and so for a hundred: without an activation function, depth adds nothing.

The second part has two neurons with one input, and a neuron that adds them up. Without
ReLU they draw a straight line, as one layer would. With ReLU the first neuron bends the
line at 0, and the second one at 1: a tent, which no single layer can draw. The picture
shows both.

Try: change [[1], [-2]] to [[1], [-1]] in both lines. The tent becomes a step up to a
    plateau.
Book: chapter 4, activation functions
"""

import matplotlib.pyplot as plt
import numpy as np

inputs = np.array([[1, 2]])  # (1, 2): one sample
weights1 = np.array([[1, 0], [2, -1]])  # (2, 2): a column for each neuron
biases1 = np.array([[1, 1]])
weights2 = np.array([[2], [3]])  # (2, 1)
biases2 = np.array([[-4]])

# By hand: 1 * 1 + 2 * 2 + 1 = 6 and 1 * 0 + 2 * -1 + 1 = -1; 6 * 2 + -1 * 3 - 4 = 5
layer1_outputs = np.dot(inputs, weights1) + biases1
print("two layers:", np.dot(layer1_outputs, weights2) + biases2)

# (x W1 + b1) W2 + b2 is x (W1 W2) + (b1 W2 + b2)
weights = np.dot(weights1, weights2)  # (2, 1)
biases = np.dot(biases1, weights2) + biases2  # (1, 1)
print("one layer:", np.dot(inputs, weights) + biases)

# By hand: 6 * 2 + 0 * 3 - 4 = 8
print("with ReLU:", np.dot(np.maximum(0, layer1_outputs), weights2) + biases2)

x = np.array([[-1], [0], [1], [2], [3]])  # (5, 1): five samples
layer1_outputs = np.dot(x, [[1, 1]]) + [[0, -1]]  # (5, 2): x and x - 1
lines = np.dot(layer1_outputs, [[1], [-2]])  # (5, 1)
tent = np.dot(np.maximum(0, layer1_outputs), [[1], [-2]])  # (5, 1)
print("without:", lines.ravel())
print("with:   ", tent.ravel())

plt.plot(x, lines, linestyle="--", marker="s", label="without ReLU: one straight line")
plt.plot(x, tent, marker="o", label="with ReLU: a bend for each neuron")
plt.title("max(0, x) - 2 max(0, x - 1)")
plt.xlabel("input")
plt.ylabel("output")
plt.legend()
plt.show()

# Output:
# two layers: [[5]]
# one layer: [[5]]
# with ReLU: [[8]]
# without: [ 3  2  1  0 -1]
# with:    [ 0  0  1  0 -1]

"""Concept 05. Backpropagation through a layer of three neurons, for a batch.

What concept 04 did for each number, three lines do for all: each line adds up the
products of the chain rule, over the neurons or over the samples.

Book: chapter 9, backpropagation
Run: python concepts/05_backpropagation_single-layer.py
"""

import numpy as np

inputs = np.array([[1, 2, 3, 2.5],  # (3, 4): one row per sample
                   [2, 5, -1, 2],
                   [-1.5, 2.7, 3.3, -0.8]])
weights = np.array([[0.2, 0.8, -0.5, 1],  # (3, 4): one row per neuron
                    [0.5, -0.91, 0.26, -0.5],
                    [-0.26, -0.27, 0.17, 0.87]]).T  # (4, 3): now one column
# The gradient that comes in, for each sample and neuron: numbers easy to follow
dvalues = np.array([[1.0, 1.0, 1.0],  # (3, 3)
                    [2.0, 2.0, 2.0],
                    [3.0, 3.0, 3.0]])

# By hand, for the first input of the first sample: it reaches all three neurons, each
# through a weight of its own
dinput = 1 * 0.2 + 1 * 0.5 + 1 * -0.26
print("first input:", round(dinput, 2))

# By hand, for the first weight of the first neuron: it is used in all three samples,
# each with an input of its own
dweight = 1 * 1 + 2 * 2 + 3 * -1.5
print("first weight:", dweight)

# By hand, for the first neuron's bias: it is added in all three samples, with slope 1
dbias = 1 + 2 + 3
print("first bias:", dbias)

# All of them
dinputs = np.dot(dvalues, weights.T)  # (3, 3) times (3, 4) gives (3, 4), like inputs
dweights = np.dot(inputs.T, dvalues)  # (4, 3) times (3, 3) gives (4, 3), like weights
dbiases = np.sum(dvalues, axis=0, keepdims=True)  # (1, 3)
print(dinputs)
print(dweights)
print(dbiases)

# Output:
# first input: 0.44
# first weight: 0.5
# first bias: 6
# [[ 0.44 -0.38 -0.07  1.37]
#  [ 0.88 -0.76 -0.14  2.74]
#  [ 1.32 -1.14 -0.21  4.11]]
# [[ 0.5  0.5  0.5]
#  [20.1 20.1 20.1]
#  [10.9 10.9 10.9]
#  [ 4.1  4.1  4.1]]
# [[6. 6. 6.]]

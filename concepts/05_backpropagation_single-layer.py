"""Concept 05. Backpropagation through a layer of three neurons, for a batch.

Concept 04 multiplied one derivative at a time. A layer has many, and np.dot multiplies
them in pairs and adds up. We add because each way to the loss counts: an input reaches
every neuron, and a weight serves every sample.

The incoming gradient has the same number for all three neurons of a sample, to be easy
to follow. So all neurons get the same dweights, and the columns are equal; in a real
network they differ.

Try: change the first 1.0 of dvalues to 0. Only the first row of dinputs, the first
    column of dweights and the first of dbiases change. (So do the three lines by hand,
    if you put 0 for the first 1 of each there, too.)
Book: chapter 9, backpropagation
Concepts: 04
"""

import numpy as np

inputs = np.array([[1, 2, 3, 2.5],  # (3, 4): a row for each sample
                   [2, 5, -1, 2],
                   [-1.5, 2.7, 3.3, -0.8]])  # fmt: skip
weights = np.array([[0.2, 0.5, -0.26],  # (4, 3): a column for each neuron
                    [0.8, -0.91, -0.27],
                    [-0.5, 0.26, 0.17],
                    [1, -0.5, 0.87]])  # fmt: skip
# The gradient that comes in from the next layer
dvalues = np.array([[1.0, 1.0, 1.0],  # (3, 3): a row for each sample
                    [2.0, 2.0, 2.0],
                    [3.0, 3.0, 3.0]])  # fmt: skip

# The first input of the first sample reaches three neurons, each through its own weight
dinput = 1 * 0.2 + 1 * 0.5 + 1 * -0.26
print("first input:", round(dinput, 2))

# The first weight of the first neuron serves three samples, each with its own input
dweight = 1 * 1 + 2 * 2 + 3 * -1.5
print("first weight:", dweight)

# The first neuron's bias is added in all three samples, with slope 1
dbias = 1 + 2 + 3
print("first bias:", dbias)

# All of them at once
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

"""Concept 05. Backpropagation through a layer of three neurons, for a batch.

Concept 04 had one way from an input to the loss. In a layer there are many, and we add
up what comes back on each. An input reaches every neuron, each through its own weight:
its gradient is a sum over the neurons. A weight serves every sample, each time with
another input: its gradient is a sum over the samples.

Why the transposes? np.dot takes a row of the first array and a column of the second,
multiplies them in pairs and adds up. For the first input we pair the first row of
dvalues with the weights from this input to the three neurons, and they are a row of
weights: weights.T makes it a column. For the first weight we pair the first column of
inputs with the first column of dvalues: inputs.T makes the first of them a row. The
shapes agree: dinputs has the shape of inputs, and dweights the shape of weights.

Try: the rows [1.0, 1.0, 1.0], [2.0, 2.0, 2.0] and [3.0, 3.0, 3.0] in dvalues, as in the
    book. Now all columns of dweights are the same, 0.5, 20.1, 10.9 and 4.1, and you
    can't see any more which neuron a gradient belongs to.
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
dvalues = np.array([[1.0, 2.0, -1.0],  # (3, 3): a row for each sample
                    [2.0, 0.5, 1.0],
                    [-1.0, 1.0, 3.0]])  # fmt: skip

# The first input of the first sample reaches three neurons, each through its own weight
dinput = 1 * 0.2 + 2 * 0.5 + -1 * -0.26
print("first input:", round(dinput, 2))

# The first weight of the first neuron serves three samples, each with its own input
dweight = 1 * 1 + 2 * 2 + -1.5 * -1
print("first weight:", dweight)

# The first neuron's bias is added in all three samples, with slope 1
dbias = 1 + 2 - 1
print("first bias:", dbias)

# All of them at once
dinputs = np.dot(dvalues, weights.T)  # (3, 3) times (3, 4) gives (3, 4), like inputs
dweights = np.dot(inputs.T, dvalues)  # (4, 3) times (3, 3) gives (4, 3), like weights
dbiases = np.sum(dvalues, axis=0, keepdims=True)  # (1, 3)
print(dinputs)
print(dweights)
print(dbiases)

# Output:
# first input: 1.46
# first weight: 6.5
# first bias: 2
# [[ 1.46  -0.75  -0.15  -0.87 ]
#  [ 0.39   0.875 -0.7    2.62 ]
#  [-0.48  -2.52   1.27   1.11 ]]
# [[ 6.5  1.5 -3.5]
#  [ 9.3  9.2 11.1]
#  [-2.3  8.8  5.9]
#  [ 7.3  5.2 -2.9]]
# [[2.  3.5 3. ]]

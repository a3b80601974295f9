"""Concept 22. Scaling: inputs and weights have to fit each other.

A weight's gradient is its input times what comes back to the neuron. So it matters how
large the inputs are and where they lie, in three ways. A single neuron that learns
y = 3 * a + 2 * b shows two of them.

An unequal spread: a lies between -1 and 1, b between 0 and 200, so b's weight gets far
larger gradients. The valley is steep one way and flat the other, and no learning rate
suits both (concept 13). A rate of 0.0001 brings b's weight home in ten steps; beyond
0.00014 it would jump away, and a's weight has hardly moved after 200.

An offset: first we divide b by 100, so it lies between 0 and 2. Now a rate of 0.5 suits
both weights. (The right ones are 3 and 200: a hundredth of b needs 100 times the
weight.) But all values of b are above 0, so raising its weight does much the same as
raising the bias, and one has to make up for the other. Take 1 off, and b lies between
-1 and 1: after 50 steps its weight is 199.945 instead of 197.453. Step 29's penguins
show both. On ten seeds its network gets right:

    columns as they were measured              0.206 to 0.868 of the test rows
    the mean of each taken off                 0.926 to 1.000
    and divided by the spread of each          0.971 to 1.000

A common size: even inputs of one size can all be too large or too small. Which size
fits depends on the weights, since a network multiplies the two. This is step 24's
network on ten seeds; "logits" says how large they are before the training:

    inputs     weights   logits   accuracy on test data
    0 to 255   0.1       200      0.874 to 0.892
    -1 to 1    0.1       2        0.932 to 0.942
    0 to 1     0.1       0.7      0.940 to 0.945
    0 to 255   0.01      0.2      0.955 to 0.964
    -1 to 1    0.01      0.002    0.901 to 0.907

The best are raw bytes with small weights, so small inputs are no rule. With logits of
200 softmax is sure before anything is learned. With 0.002, three layers of small
weights have left next to nothing of the image (concept 23). Large inputs make up for
small weights, and the other way round.

Try: a rate of 0.00015 for the first. The step is too long for b, and its weight jumps
    farther away each time: 4.262, -4.952, -1014.958 (concept 12).
Book: chapter 13, training dataset; chapter 19, data preprocessing
Concepts: 12, 13, 23
"""

import numpy as np

np.random.seed(0)  # the same samples in every run
a = np.random.uniform(-1, 1, size=100)
b = np.random.uniform(0, 200, size=100)
y = 3 * a + 2 * b  # (100,)


def learn(inputs, rate):
    """Print how the weights and bias of one neuron come along."""
    weights, bias = np.zeros(2), 0.0
    for step in range(1, 201):
        error = np.sum(inputs * weights, axis=1) + bias - y  # (100,)
        gradient = np.sum(inputs * error[:, np.newaxis], axis=0) / 100  # (2,)
        weights = weights - rate * gradient
        bias = bias - rate * np.sum(error) / 100
        if step in [1, 10, 50, 200]:
            print(f"    step {step}: weights {weights[0]:.3f} and {weights[1]:.3f}")


print("0 to 200, the right weights are 3 and 2:")
learn(np.stack([a, b], axis=1), rate=0.0001)
print("0 to 2, the right weights are 3 and 200:")
learn(np.stack([a, b / 100], axis=1), rate=0.5)
print("-1 to 1, the right weights are 3 and 200:")
learn(np.stack([a, b / 100 - 1], axis=1), rate=0.5)

# Output:
# 0 to 200, the right weights are 3 and 2:
#     step 1: weights -0.001 and 2.841
#     step 10: weights -0.000 and 1.998
#     step 50: weights 0.004 and 1.998
#     step 200: weights 0.019 and 1.998
# 0 to 2, the right weights are 3 and 200:
#     step 1: weights -7.353 and 142.057
#     step 10: weights -0.398 and 159.553
#     step 50: weights 2.842 and 197.453
#     step 200: weights 3.000 and 200.000
# -1 to 1, the right weights are 3 and 200:
#     step 1: weights -7.353 and 36.523
#     step 10: weights -4.203 and 164.465
#     step 50: weights 2.977 and 199.945
#     step 200: weights 3.000 and 200.000

"""Step 02. NumPy: one dot product computes the whole layer.

Two loops for one layer are a lot to read, and slow once layers are large. NumPy
computes with whole arrays. Its np.dot, the dot product, does what a neuron does before
it adds its bias: it multiplies in pairs, and adds up. Given the rows of weights, it
does so for every neuron in one call. The output has the same three numbers; an array
just prints without commas.

Try: swap the two arguments of np.dot. The error says "4 (dim 0) != 3 (dim 0)": the left
    side has 4 numbers, but the columns on the right have 3.
Book: chapter 2, a layer of neurons with NumPy
Video: part 3, https://youtu.be/tMrbN67U9d4
"""

import numpy as np

inputs = [1, 2, 3, 2.5]  # (4,): one sample with four features
weights = [  # (3, 4): a row for each neuron, a weight for each input
    [0.2, 0.8, -0.5, 1],
    [0.5, -0.91, 0.26, -0.5],
    [-0.26, -0.27, 0.17, 0.87],
]
biases = [2, 3, 0.5]  # (3,): one for each neuron

# (3, 4) times (4,) gives (3,)
layer_outputs = np.dot(weights, inputs) + biases

print(layer_outputs)

# Output:
# [4.8   1.21  2.385]

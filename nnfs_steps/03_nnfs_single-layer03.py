"""Step 03. A batch: three samples pass through the layer at once.

One sample shows a network very little, and computing samples one by one is slow. So we
give it many at once, a batch: inputs has a row for each sample now, and the output has
one too. The first row is what step 02 printed.

np.dot pairs the rows on its left with the columns on its right. In step 02 the weights
stood on the left. Now the samples do, since we want a row of output for each; so the
weights of a neuron have to stand in a column. Transposing (.T) turns rows into columns.

Try: leave out ".T". The error says "4 (dim 1) != 3 (dim 0)": rows of 4 meet columns of
    3.
Book: chapter 2, a layer of neurons and a batch of data
Video: part 4, https://youtu.be/TEWy9vZcxW4
"""

import numpy as np

inputs = [  # (3, 4): a row for each sample
    [1, 2, 3, 2.5],
    [2, 5, -1, 2],
    [-1.5, 2.7, 3.3, -0.8],
]
weights = [  # (3, 4): a row for each neuron, a weight for each input
    [0.2, 0.8, -0.5, 1],
    [0.5, -0.91, 0.26, -0.5],
    [-0.26, -0.27, 0.17, 0.87],
]
biases = [2, 3, 0.5]  # (3,): one for each neuron

# (3, 4) times (4, 3) gives (3, 3), and the biases are added to each row. A list has
# no .T, so the weights become an array first
layer_outputs = np.dot(inputs, np.array(weights).T) + biases

print(layer_outputs)

# Output:
# [[ 4.8    1.21   2.385]
#  [ 8.9   -1.81   0.2  ]
#  [ 1.41   1.051  0.026]]

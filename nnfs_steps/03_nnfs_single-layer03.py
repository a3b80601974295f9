"""Step 03. Added batch input: three samples pass through the layer at once.

Changed: `inputs` has three rows, one per sample; `layer_outputs` has a row for each of
    them: the inputs come first, and the weights are transposed, so that each row of
    inputs meets the weights of each neuron.
Book: chapter 2, a layer of neurons and a batch of data
Video: part 4, https://youtu.be/TEWy9vZcxW4
Run: python nnfs_steps/03_nnfs_single-layer03.py
"""

import numpy as np

inputs = [[1, 2, 3, 2.5],  # (3, 4): one row per sample
          [2, 5, -1, 2],
          [-1.5, 2.7, 3.3, -0.8]]
weights = [[0.2, 0.8, -0.5, 1],  # (3, 4): one row per neuron
           [0.5, -0.91, 0.26, -0.5],
           [-0.26, -0.27, 0.17, 0.87]]
biases = [2, 3, 0.5]  # (3,): one per neuron

# (3, 4) times (4, 3) gives (3, 3); the biases are added to every row. Only an array
# can be transposed (.T), a list can't
layer_outputs = np.dot(inputs, np.array(weights).T) + biases

print(layer_outputs)

# Output:
# [[ 4.8    1.21   2.385]
#  [ 8.9   -1.81   0.2  ]
#  [ 1.41   1.051  0.026]]

"""Step 04. Added a further layer: it takes the first layer's outputs as its inputs.

New: `weights2`, `biases2` and `layer2_outputs` are the second layer.
Changed: `layer_outputs` is now called `layer1_outputs`.
Book: chapter 3, adding layers
Video: part 4, https://youtu.be/TEWy9vZcxW4
Run: python nnfs_steps/04_nnfs_multi-layer01.py
"""

import numpy as np

inputs = [[1, 2, 3, 2.5],  # (3, 4): one row per sample
          [2, 5, -1, 2],
          [-1.5, 2.7, 3.3, -0.8]]
weights = [[0.2, 0.8, -0.5, 1],  # (3, 4): one row per neuron
           [0.5, -0.91, 0.26, -0.5],
           [-0.26, -0.27, 0.17, 0.87]]
biases = [2, 3, 0.5]  # (3,): one per neuron
weights2 = [[0.1, -0.14, 0.5],  # (3, 3): one row per neuron of the second layer
            [-0.5, 0.12, -0.33],
            [-0.44, 0.73, -0.13]]
biases2 = [-1, 2, -0.5]  # (3,)

# (3, 4) times (4, 3) gives (3, 3); the biases are added to every row. Only an array
# can be transposed (.T), a list can't
layer1_outputs = np.dot(inputs, np.array(weights).T) + biases
# (3, 3) times (3, 3) gives (3, 3)
layer2_outputs = np.dot(layer1_outputs, np.array(weights2).T) + biases2

print(layer2_outputs)

# Output:
# [[ 0.5031  -1.04185 -2.03875]
#  [ 0.2434  -2.7332  -5.7633 ]
#  [-0.99314  1.41254 -0.35655]]

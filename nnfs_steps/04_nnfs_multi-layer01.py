"""Step 04. A second layer: it takes the first layer's outputs as its inputs.

One layer can only weigh its inputs. A second one can weigh what the first has made of
them. It has three inputs, because the first layer has three neurons, and so each of its
neurons has three weights. The output is what the second layer makes of the three
samples. (What stands between the layers of a real network comes in step 06.)

Try: give the second layer a fourth neuron, that is a row in weights2 and a number in
    biases2. The output gets a fourth column.
Book: chapter 3, adding layers
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
weights2 = [  # (3, 3): a row for each neuron of the second layer
    [0.1, -0.14, 0.5],
    [-0.5, 0.12, -0.33],
    [-0.44, 0.73, -0.13],
]
biases2 = [-1, 2, -0.5]  # (3,)

# (3, 4) times (4, 3) gives (3, 3), and the biases are added to each row. A list has
# no .T, so the weights become an array first
layer1_outputs = np.dot(inputs, np.array(weights).T) + biases
# (3, 3) times (3, 3) gives (3, 3)
layer2_outputs = np.dot(layer1_outputs, np.array(weights2).T) + biases2

print(layer2_outputs)

# Output:
# [[ 0.5031  -1.04185 -2.03875]
#  [ 0.2434  -2.7332  -5.7633 ]
#  [-0.99314  1.41254 -0.35655]]

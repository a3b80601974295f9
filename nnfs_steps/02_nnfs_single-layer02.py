"""Step 02. Added NumPy: one dot product computes the whole layer.

New: `np`, whose function dot multiplies and adds up for all neurons at once.
Changed: `layer_outputs` takes one line, without loops and `neuron_output`, and is an
    array, which prints without commas.
Book: chapter 2, a layer of neurons with NumPy
Video: part 3, https://youtu.be/tMrbN67U9d4
Run: python nnfs_steps/02_nnfs_single-layer02.py
"""

import numpy as np

inputs = [1, 2, 3, 2.5]  # (4,): one sample with four features
weights = [[0.2, 0.8, -0.5, 1],  # (3, 4): one row per neuron
           [0.5, -0.91, 0.26, -0.5],
           [-0.26, -0.27, 0.17, 0.87]]
biases = [2, 3, 0.5]  # (3,): one per neuron

# (3, 4) times (4,) gives (3,)
layer_outputs = np.dot(weights, inputs) + biases

print(layer_outputs)

# Output:
# [4.8   1.21  2.385]

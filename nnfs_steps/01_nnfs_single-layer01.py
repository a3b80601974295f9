"""Step 01. A first single layer: three neurons in plain Python.

New: each neuron multiplies the inputs by its weights, adds the products up and
    adds its bias.
Book: chapter 2, a layer of neurons
Video: part 2, https://youtu.be/lGLto9Xd7bU
Run: python nnfs_steps/01_nnfs_single-layer01.py
"""

inputs = [1, 2, 3, 2.5]  # (4,): one sample with four features
weights = [[0.2, 0.8, -0.5, 1],  # (3, 4): one row per neuron
           [0.5, -0.91, 0.26, -0.5],
           [-0.26, -0.27, 0.17, 0.87]]
biases = [2, 3, 0.5]  # (3,): one per neuron

layer_outputs = []  # (3,) when filled
for neuron_weights, bias in zip(weights, biases):
    neuron_output = 0
    for value, weight in zip(inputs, neuron_weights):
        neuron_output += value * weight
    layer_outputs.append(neuron_output + bias)

print(layer_outputs)

# Output:
# [4.8, 1.21, 2.385]

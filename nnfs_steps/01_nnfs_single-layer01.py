"""Step 01. A first layer: three neurons in plain Python.

A neuron is a small sum. It multiplies each of its inputs by a weight, which says how
much that input counts, and adds up the products. Then it adds one more number, its
bias, which shifts the result up or down. Three neurons that look at the same inputs are
a layer. Here is the first one, by hand:

    1 * 0.2 + 2 * 0.8 + 3 * -0.5 + 2.5 * 1 + 2 = 4.8

It is the first number of the output. A network learns by changing its weights and
biases; here somebody has chosen them. A comment such as (3, 4) gives a shape: three
rows of four numbers.

Try: raise the first bias by 1, and one output moves. Then raise the first input by 1:
    all three move, each by its own weight.
Book: chapter 2, a layer of neurons
Video: part 2, https://youtu.be/lGLto9Xd7bU
"""

inputs = [1, 2, 3, 2.5]  # (4,): one sample with four features
weights = [  # (3, 4): a row for each neuron, a weight for each input
    [0.2, 0.8, -0.5, 1],
    [0.5, -0.91, 0.26, -0.5],
    [-0.26, -0.27, 0.17, 0.87],
]
biases = [2, 3, 0.5]  # (3,): one for each neuron

layer_outputs = []  # (3,) when filled
for neuron_weights, bias in zip(weights, biases):
    neuron_output = 0
    for value, weight in zip(inputs, neuron_weights):
        neuron_output += value * weight
    layer_outputs.append(neuron_output + bias)

print(layer_outputs)

# Output:
# [4.8, 1.21, 2.385]

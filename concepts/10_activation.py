"""Concept 10. Why an activation: without one, two layers are one.

The first part gives a sample to two dense layers. Then it multiplies their weights with
each other and gets a single layer that does the same. This works for any two layers,
and so for a hundred: without an activation function, depth adds nothing.

The second part has two neurons with one input, and a neuron that adds them up. Without
ReLU they draw a straight line, as one layer would. With ReLU the first neuron bends the
line at 0, and the second one at 1: a tent, which no single layer can draw.

So a curve can be made by hand, bend by bend, as the book does in chapter 4 with a sine
wave. Each hidden neuron starts at a place of its own, max(0, x - place), and its weight
in the next layer is how much steeper the curve becomes there. With eight neurons the
line meets the wave at nine points; the one that starts at 0.5 gets the weight 0, since
the wave doesn't bend there. (The book's network has a second hidden layer, in which
each piece also gets its end.) Nothing was learned here: to find such weights by itself
is what the network does from step 11 on. The picture shows tent and wave.

Try: change [[1], [-2]] to [[1], [-1]] in both lines. The tent becomes a step up to a
    plateau.
Book: chapter 4, activation functions
"""

import matplotlib.pyplot as plt
import numpy as np

inputs = np.array([[1, 2]])  # (1, 2): one sample
weights1 = np.array([[1, 0], [2, -1]])  # (2, 2): a column for each neuron
biases1 = np.array([[1, 1]])
weights2 = np.array([[2], [3]])  # (2, 1)
biases2 = np.array([[-4]])

# By hand: 1 * 1 + 2 * 2 + 1 = 6 and 1 * 0 + 2 * -1 + 1 = -1; 6 * 2 + -1 * 3 - 4 = 5
layer1_outputs = np.dot(inputs, weights1) + biases1
print("two layers:", np.dot(layer1_outputs, weights2) + biases2)

# (x W1 + b1) W2 + b2 is x (W1 W2) + (b1 W2 + b2)
weights = np.dot(weights1, weights2)  # (2, 1)
biases = np.dot(biases1, weights2) + biases2  # (1, 1)
print("one layer:", np.dot(inputs, weights) + biases)

# By hand: 6 * 2 + 0 * 3 - 4 = 8
print("with ReLU:", np.dot(np.maximum(0, layer1_outputs), weights2) + biases2)

x = np.array([[-1], [0], [1], [2], [3]])  # (5, 1): five samples
layer1_outputs = np.dot(x, [[1, 1]]) + [[0, -1]]  # (5, 2): x and x - 1
lines = np.dot(layer1_outputs, [[1], [-2]])  # (5, 1)
tent = np.dot(np.maximum(0, layer1_outputs), [[1], [-2]])  # (5, 1)
print("without:", lines.ravel())
print("with:   ", tent.ravel())

# A sine wave: eight neurons, which start at 0, 1/8, 2/8 and so on. The first weights by
# hand: 8 * 0.707 = 5.656 and 8 * (1 - 0.707) - 5.656 = -3.312
places = np.arange(8) / 8  # (8,)
heights = np.array([0, 0.707, 1, 0.707, 0, -0.707, -1, -0.707, 0])  # (9,): of the wave
slopes = np.diff(heights) * 8  # (8,): a piece is 1/8 long; the first rises by 0.707
steeper = np.diff(slopes, prepend=0)  # (8,): the change of slope at each start


def wave_of(x):  # x is (N, 1)
    layer1_outputs = np.dot(x, np.ones((1, 8))) - places  # (N, 8)
    return np.dot(np.maximum(0, layer1_outputs), steeper.reshape(8, 1))  # (N, 1)


print("starts: ", *(f"{place:6.3f}" for place in places))
print("weights:", *(f"{weight:6.3f}" for weight in steeper))
fine = np.linspace(0, 1, 161).reshape(-1, 1)  # (161, 1)
sine = np.sin(2 * np.pi * fine)
print(f"farthest from the sine: {np.max(np.abs(wave_of(fine) - sine)):.3f}")

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
left.plot(x, lines, linestyle="--", marker="s", label="without ReLU: one straight line")
left.plot(x, tent, marker="o", label="with ReLU: a bend for each neuron")
left.set_title("max(0, x) - 2 max(0, x - 1)")
right.plot(fine, sine, linestyle="--", label="sine")
right.plot(fine, wave_of(fine), label="eight neurons, made by hand")
right.plot(places, heights[:8], "o", color="C1")
right.set_title("a neuron starts at each dot")
left.set_ylabel("output")
for axes in left, right:
    axes.set_xlabel("input")
    axes.legend(loc="lower left")
plt.show()

# Output:
# two layers: [[5]]
# one layer: [[5]]
# with ReLU: [[8]]
# without: [ 3  2  1  0 -1]
# with:    [ 0  0  1  0 -1]
# starts:   0.000  0.125  0.250  0.375  0.500  0.625  0.750  0.875
# weights:  5.656 -3.312 -4.688 -3.312  0.000  3.312  4.688  3.312
# farthest from the sine: 0.070

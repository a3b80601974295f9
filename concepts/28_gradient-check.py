"""Concept 28. A gradient check: is the backward of your own layer right?

You wrote a layer of your own. The loss falls, but less far than you hoped. Is backward
wrong? Nudging tells, and needs no derivation: raise one number by a small h, lower it
by h, and see how far the loss moves (concept 09). That slope has to be what backward
says. Copy the functions slopes and difference into your program. They run forward twice
for each number, so check once, with a few samples, and not during the training.

This layer gives each input a weight and a bias of its own, and bends the result t to t
/ (1 + |t|). The slope of the bend is 1 / (1 + |t|) ** 2. By hand, for t = 1: it is 1 /
4 = 0.25; nudging with h = 0.1 finds (1.1 / 2.1 - 0.9 / 1.9) / 0.2 = 0.2506.

A loss is any single number. We take the sum of output * dvalues, with random dvalues.
When one output grows, the sum grows its dvalue times as fast. So these dvalues are what
backward gets. We divide each difference by the size of the slopes: 0.001 is little
beside 1000, and a lot beside 0.01.

About 1e-7 or less means that backward is right, 1e-3 or more that it is wrong: here the
bias has a mean where a sum belongs. In between, doubt the check first. An h that is too
large sees the curve bend. One that is too small loses the change among the last digits
of the loss; 1e-5 lies well between. A float32 has too few digits: even the right layer
only gets to about 1e-3. So check in float64, and before nnfs.init(), which makes np.dot
round to float32. And keep away from kinks: where ReLU's input is 0, nudging finds the
mean of the slopes 0 and 1.

Try: leave out "* self.weights" in backward. Only the inputs' gradient is wrong then.
    This layer would learn as before; the layers before it would get wrong gradients.
Book: chapter 7, derivatives (numerical differentiation)
Concepts: 09, 05
"""

import numpy as np


def slopes(loss, array, h=1e-5):
    """How fast loss() grows with each number of an array: found by nudging."""
    found = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        number = float(array[place])
        array[place] = number + h
        above = loss()
        array[place] = number - h
        below = loss()
        array[place] = number  # as it was
        found[place] = (above - below) / (2 * h)
    return found


def difference(a, b):
    """The largest difference of two gradients, each divided by the slopes' size."""
    size = np.maximum(np.abs(a) + np.abs(b), 1e-12)  # so that 0 and 0 are the same
    return np.max(np.abs(a - b) / size)


class Layer_Own:
    def __init__(self, n_inputs):
        self.weights = np.random.randn(1, n_inputs)
        self.biases = np.random.randn(1, n_inputs)

    def forward(self, inputs):
        self.inputs = inputs
        self.t = inputs * self.weights + self.biases  # (N, n_inputs)
        self.output = self.t / (1 + np.abs(self.t))

    def backward(self, dvalues):
        dt = dvalues / (1 + np.abs(self.t)) ** 2  # (N, n_inputs)
        self.dweights = np.sum(dt * self.inputs, axis=0, keepdims=True)
        self.dbiases = np.sum(dt, axis=0, keepdims=True)
        self.dinputs = dt * self.weights


class Layer_Wrong(Layer_Own):
    def backward(self, dvalues):
        super().backward(dvalues)
        self.dbiases /= len(dvalues)  # the mean


def check(name, layer, inputs, dvalues, h=1e-5):
    """Print how far backward is from nudging: for weights, biases and inputs."""

    def loss():
        layer.forward(inputs)
        return float(np.sum(layer.output * dvalues))

    loss()
    layer.backward(dvalues)
    pairs = [
        (layer.dweights, slopes(loss, layer.weights, h)),
        (layer.dbiases, slopes(loss, layer.biases, h)),
        (layer.dinputs, slopes(loss, inputs, h)),
    ]
    print(f"{name:20}", *(f"{difference(*pair):.0e}" for pair in pairs))


def bend(t):
    return t / (1 + abs(t))


for h in 0.1, 0.01:
    print(f"slope of the bend, h = {h}: {(bend(1 + h) - bend(1 - h)) / (2 * h):.5f}")

np.random.seed(0)  # the same numbers in every run
inputs, dvalues = np.random.randn(4, 3), np.random.randn(4, 3)
layer, wrong = Layer_Own(3), Layer_Wrong(3)

print("weights, biases, inputs:")
check("right", layer, inputs, dvalues)
check("wrong", wrong, inputs, dvalues)
for h in 0.1, 1e-3, 1e-7, 1e-11:
    check(f"right, h = {h:g}", layer, inputs, dvalues, h)

layer.weights, layer.biases = np.float32(layer.weights), np.float32(layer.biases)
inputs, dvalues = np.float32(inputs), np.float32(dvalues)
for h in 1e-2, 1e-3, 1e-5:
    check(f"float32, h = {h:g}", layer, inputs, dvalues, h)

h = 1e-5
print(f"ReLU at 0: {(max(0, h) - max(0, -h)) / (2 * h)}")

# Output:
# slope of the bend, h = 0.1: 0.25063
# slope of the bend, h = 0.01: 0.25001
# weights, biases, inputs:
# right                1e-10 2e-11 5e-09
# wrong                9e-11 6e-01 6e-10
# right, h = 0.1       9e-03 1e-03 9e-03
# right, h = 0.001     9e-07 1e-07 8e-07
# right, h = 1e-07     1e-08 4e-10 1e-07
# right, h = 1e-11     6e-04 9e-06 2e-03
# float32, h = 0.01    2e-04 3e-05 8e-04
# float32, h = 0.001   4e-03 1e-04 2e-02
# float32, h = 1e-05   9e-02 1e-02 1e+00
# ReLU at 0: 0.5

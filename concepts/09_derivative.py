"""Concept 09. The derivative: how fast a function grows, where you stand.

The slope between two points of a curve is how much it rises, divided by how far we go.
The closer the second point comes, the closer the slope comes to a fixed number: the
derivative. With one point on each side (central differences) we get there sooner.

Slopes in a chain multiply: if b moves twice as fast as a, and c three times as fast as
b, then c moves six times as fast as a. This is the chain rule, and all of concept 04.
The derivative of log(x), which the loss needs, is 1 / x.

The last part does this with step 10's network. The function is now its loss, and what
we nudge is the first weight. Nothing is derived by any rule here, and yet the slope
comes out as the first number of the gradients that step 10 prints. That is all a
gradient is: a slope for each weight. The last line follows it: a small step against the
slope, and the loss falls about as far as the slope promised.

Try: nudge weights1[0, 1] instead, in all four lines. The slope is now the second number
    of step 10's gradients, 7.8369e-05.
Book: chapters 7 and 8, derivatives, gradients and the chain rule
"""

import math

import nnfs
import numpy as np
from nnfs.datasets import spiral_data


def f(x):
    return x * x * x  # its derivative is 3 * x * x: 12 where x is 2


for h in [1, 0.1, 0.01]:
    slope = (f(2 + h) - f(2)) / h
    central = (f(2 + h) - f(2 - h)) / (2 * h)
    print(f"h = {h}: slope {slope:.4f}, central {central:.4f}")


def slope_of(function, x, h=0.001):
    return (function(x + h) - function(x - h)) / (2 * h)


def b_of(a):
    return 2 * a


def c_of(b):
    return 3 * b


print(f"b by a: {slope_of(b_of, 1):.4f}, c by b: {slope_of(c_of, 2):.4f}", end=", ")
print(f"c by a: {slope_of(lambda a: c_of(b_of(a)), 1):.4f}")
print(f"log at 0.5: {slope_of(math.log, 0.5):.4f}, 1 / 0.5: {1 / 0.5}")

nnfs.init()
X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)
weights1 = 0.01 * np.random.randn(2, 3)
weights2 = 0.01 * np.random.randn(3, 3)  # all biases are 0, as in step 10
# The changes of the loss are smaller than the last digit of a float32
X, weights1, weights2 = (array.astype("float64") for array in (X, weights1, weights2))


def loss():
    hidden = np.maximum(0, X @ weights1)  # (300, 3); @ stays in float64
    exp_values = np.exp(hidden @ weights2)  # (300, 3)
    probabilities = exp_values / exp_values.sum(axis=1, keepdims=True)  # (300, 3)
    return -np.log(probabilities[range(300), y]).sum() / 300


here = loss()
print(f"loss: {here:.6f}")

h = 0.000001
weights1[0, 0] += h
above = loss()
weights1[0, 0] -= 2 * h
below = loss()
weights1[0, 0] += h  # back
slope = (above - below) / (2 * h)
print(f"slope of the loss: {slope:.4e}")

weights1[0, 0] -= 0.001
print(f"promised: {-0.001 * slope:.2e}, seen: {loss() - here:.2e}")

# Output:
# h = 1: slope 19.0000, central 13.0000
# h = 0.1: slope 12.6100, central 12.0100
# h = 0.01: slope 12.0601, central 12.0001
# b by a: 2.0000, c by b: 3.0000, c by a: 6.0000
# log at 0.5: 2.0000, 1 / 0.5: 2.0
# loss: 1.098610
# slope of the loss: 1.5766e-04
# promised: -1.58e-07, seen: -1.56e-07

"""Concept 12. The learning rate: how far to step downhill.

A ball lies in the valley x * x, at x = 1, and wants to get down to 0. The slope is 2 *
x, so a step of gradient descent goes to x - rate * 2 * x. With a rate of 0.25 that
halves x: 1, 0.5, 0.25. Check the others by hand, too: 0.9 multiplies x by -0.8.

A rate that is too small creeps, one that is too large jumps to the other side, and one
above 1 climbs out of the valley: it diverges. Where "too large" begins depends on how
steep the valley is, and nobody knows that of a new problem. So we have to try.

Try: a steeper valley, with the slope 20 * x. A rate of 0.25 now diverges, and 0.025
    does what 0.25 did. (The titles stay as they are.)
Book: chapter 10, learning rate
Concepts: 09
"""

import matplotlib.pyplot as plt
import numpy as np


def slope(x):
    return 2 * x


figure, panels = plt.subplots(1, 4, figsize=(12, 3.5), layout="constrained")
for axes, rate, verdict in zip(
    panels, [0.02, 0.25, 0.9, 1.1], ["too small", "right", "too large", "diverges"]
):
    path = [1.0]
    for _ in range(6):
        path.append(path[-1] - rate * slope(path[-1]))
    print(f"rate {rate}, {verdict}:", *(f"{x:.4g}" for x in path))

    valley = np.linspace(-3.2, 3.2, 200)
    axes.plot(valley, valley * valley, color="0.6")
    axes.plot(path, [x * x for x in path], color="black", marker="o", markersize=4)
    axes.set_title(f"rate {rate}: {verdict}")
    axes.set_xlabel("x")
panels[0].set_ylabel("x * x")
plt.show()

# Output:
# rate 0.02, too small: 1 0.96 0.9216 0.8847 0.8493 0.8154 0.7828
# rate 0.25, right: 1 0.5 0.25 0.125 0.0625 0.03125 0.01562
# rate 0.9, too large: 1 -0.8 0.64 -0.512 0.4096 -0.3277 0.2621
# rate 1.1, diverges: 1 -1.2 1.44 -1.728 2.074 -2.488 2.986

"""Concept 13. Momentum: how a ball gets along a narrow valley.

This valley is 100 times as steep across as it is along. Gradient descent has to take
steps that are small enough for the steep walls, so along the floor it hardly moves, and
it still jumps from wall to wall. Momentum adds 0.9 of the last step to each new one.
Along the floor the steps add up; across the valley their signs change, and momentum is
no faster there. After 60 steps it is far closer to the lowest point, (0, 0).

The first step, by hand: at (-10, 1) the gradient is (-10, 100). With a rate of 0.0195
both go to -10 + 0.195 = -9.805 and 1 - 1.95 = -0.95.

Try: a rate of 0.021. Without momentum the walls throw the ball out of the valley; with
    momentum it still arrives.
Book: chapter 10, stochastic gradient descent with momentum
Concepts: 12
"""

import matplotlib.pyplot as plt
import numpy as np


def gradient(place):
    """Of the valley (x * x + 100 * y * y) / 2."""
    return place * [1, 100]


def path(rate, momentum):
    place, step = np.array([-10.0, 1.0]), np.zeros(2)
    places = [place]
    for _ in range(60):
        step = momentum * step - rate * gradient(place)
        place = place + step
        places.append(place)
    return np.array(places)  # (61, 2)


paths = {"without momentum": path(0.0195, 0), "with momentum 0.9": path(0.0195, 0.9)}
for name, places in paths.items():
    print(name)
    for step in [0, 1, 10, 30, 60]:
        x, y = places[step]
        height = (x * x + 100 * y * y) / 2
        print(f"    step {step}: x {x:.3f}, y {y:.3f}, height {height:.3f}")

x, y = np.meshgrid(np.linspace(-11, 7, 200), np.linspace(-2.5, 2.5, 100))
plt.figure(figsize=(10, 5))
plt.contour(x, y, (x * x + 100 * y * y) / 2, levels=12, colors="0.75")
for (name, places), style in zip(paths.items(), ["s--", "o-"]):
    plt.plot(*places.T, style, markersize=3, linewidth=1, label=name)
plt.plot(0, 0, "k+", markersize=12)
plt.title("60 steps in a narrow valley")
plt.xlabel("x")
plt.ylabel("y")
plt.legend()
plt.show()

# Output:
# without momentum
#     step 0: x -10.000, y 1.000, height 100.000
#     step 1: x -9.805, y -0.950, height 93.194
#     step 10: x -8.213, y 0.599, height 51.647
#     step 30: x -5.539, y 0.215, height 17.644
#     step 60: x -3.068, y 0.046, height 4.812
# with momentum 0.9
#     step 0: x -10.000, y 1.000, height 100.000
#     step 1: x -9.805, y -0.950, height 93.194
#     step 10: x -3.214, y -0.420, height 13.987
#     step 30: x 1.839, y -0.002, height 1.692
#     step 60: x -0.069, y -0.042, height 0.090

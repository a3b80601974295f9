"""Concept 21. Batches: rough gradients, and more of them.

The gradient of all 300 samples says which way the loss falls. A batch of some of them
says it roughly, for a part of the work. How nearly? Here 1,000 random batches of each
size give their gradient, for one and the same network. Their mean is the whole
gradient, 1.00 (that single samples print 0.81 is chance: with such a spread a mean of
1,000 is still off by about 0.1). A single batch points somewhere else; larger batches
point less far off. The spread falls with the root of the size: 16 times the samples
leave about a quarter of it. (128 are more than a third of all, so they do better yet.)

So four times the work makes a step only twice as sure. That is why many rough steps can
beat a few exact ones: step 24 makes 63 steps in an epoch, for about the work of one.

Try: weights of 0.01 instead of 0.5, as at the start of a training. The batches
    disagree more: the spread of single samples grows from 3.65 to 5.51.
Book: chapter 19, batches
Concepts: 09, 12
"""

import matplotlib.pyplot as plt
import nnfs
import numpy as np
from nnfs.datasets import spiral_data

nnfs.init()
X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)
weights = 0.5 * np.random.randn(2, 3)  # a network of a single layer, without biases


def gradient(X, y):
    """The gradient of the loss with respect to the weights, as six numbers."""
    logits = np.dot(X, weights)  # (N, 3)
    exp_values = np.exp(logits - logits.max(axis=1, keepdims=True), dtype="float64")
    probabilities = exp_values / np.sum(exp_values, axis=1, keepdims=True)
    return np.dot(X.T, (probabilities - np.eye(3)[y]) / len(y)).ravel()  # (6,)


def along(gradients):
    """How far gradients (1000, 6) go the way of the whole one, 1 for just as far."""
    return np.sum(gradients * whole, axis=1) / np.sum(whole * whole)  # (1000,)


whole = gradient(X, y)
figure, panels = plt.subplots(1, 4, figsize=(12, 3.3), layout="constrained")
for axes, size in zip(panels, [1, 16, 128, 300]):
    gradients = []
    for _ in range(1000):
        batch = np.random.permutation(300)[:size]
        gradients.append(gradient(X[batch], y[batch]))
    gradients = np.array(gradients)  # (1000, 6)
    forward = along(gradients)
    aside = gradients - forward[:, np.newaxis] * whole  # what is left points elsewhere
    aside = aside[:, 0] / np.sqrt(np.sum(whole * whole))
    spread = np.std(forward)
    print(f"batches of {size}: mean {np.mean(forward):.2f}, spread {spread:.2f}")

    axes.scatter(forward, aside, s=8, alpha=0.5)
    axes.plot(1, 0, marker="+", markersize=14, color="black")
    axes.set_title(f"batches of {size}")
    axes.set_xlim(-8, 10)
    axes.set_ylim(-8, 8)
panels[0].set_xlabel("along the whole gradient")
panels[0].set_ylabel("across it")
plt.show()

# Output:
# batches of 1: mean 0.81, spread 3.65
# batches of 16: mean 0.98, spread 0.84
# batches of 128: mean 1.00, spread 0.25
# batches of 300: mean 1.00, spread 0.00

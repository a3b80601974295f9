"""Concept 23. How large weights should start: what becomes of a signal.

A neuron adds up many products, and ReLU takes half of the results away. Whether what
comes out is larger or smaller than what went in depends on the weights. Through several
layers this multiplies: weights of 0.01 make the signal about 17 times smaller in each
layer of 64 neurons, so that little of the input arrives in the end, and little of the
gradient comes back. With 0.1 it falls slowly. The rule of Kaiming He takes sqrt(2 /
inputs), here 0.18: the root undoes the sum of 64 products, and the 2 undoes ReLU. The
signal keeps its size.

By hand: 64 products of a weight and an input of size 1 have a sum of size sqrt(64) *
0.01 = 0.08; ReLU leaves about 0.7 of it, 0.057.

Try: weights of 1 instead of 0.1. Each layer makes the signal about six times larger,
    and after six it is 5e+04; in a deep network it would overflow.
Book: chapter 17, regression (why its weights start at 0.1)
Concepts: 10
"""

import matplotlib.pyplot as plt
import numpy as np

np.random.seed(0)  # the same weights in every run
inputs = np.random.randn(1000, 64)  # a thousand samples
scales = {"0.01": 0.01, "0.1": 0.1, "He's rule": np.sqrt(2 / 64)}

for (name, scale), style in zip(scales.items(), ["o:", "s--", "^-"]):
    signal, sizes = inputs, [1.0]
    for _ in range(6):
        weights = scale * np.random.randn(64, 64)
        signal = np.maximum(0, signal @ weights)  # (1000, 64)
        sizes.append(float(np.sqrt(np.mean(np.mean(signal * signal, axis=0)))))
    print(f"{name}:", *(f"{size:.2g}" for size in sizes))
    plt.plot(sizes, style, label=name)
plt.yscale("log")
plt.title("How large the signal is after each layer")
plt.xlabel("layer")
plt.legend()
plt.show()

# Output:
# 0.01: 1 0.057 0.0031 0.00018 1.2e-05 6.9e-07 4.1e-08
# 0.1: 1 0.56 0.34 0.21 0.13 0.088 0.05
# He's rule: 1 0.98 1.1 1.1 1 1.3 1.3

"""Concept 27. Luck: how much of a result comes from the seed.

Step 16 ends with the same digits for you as for us, since all its random numbers come
from seed 0. Another seed draws other samples and other first weights. Here are ten
trainings that differ in nothing but the seed, of 1,000 epochs each: seed 0 has the
0.231 of step 16, the worst one 0.579. Which of them says how good Adam is? None of
them; all ten together do.

Is Adam better with its momentum (a beta_1 of 0.9) or without (0)? We train both from
the same ten seeds, so both get the same samples and first weights, and count where the
first ends with the lower loss. If momentum made no difference, each seed would toss a
coin. The output says how often pure chance would give such a result. The usual bar is 5
%: a result counts only if chance gives it in less than one case of twenty. 8 of 10
misses it by a hair with 5.5 %; 9 of 10, with 1.1 %, is well below. So the steps call it
a lesson from nine of ten on. A smaller share of wins needs more seeds. Chance gives 7
of 10 too often; it seldom gives 21 of 30, which is the same share. (If you don't know
beforehand which of two should win, double all these numbers: a coin has two sides.)

Why do we fix a seed, then? So that you can check our numbers, and when a digit changes
it is the code that changed it. A seed makes a result exact. It doesn't make it true.

Try: BETAS = 0.9, 0.5. In seed 0 the momentum of 0.9 is far ahead, 0.231 to 0.398. Of
    ten seeds it wins 5.
Book: chapter 10, Adam
Concepts: 14
"""

import math

import matplotlib.pyplot as plt
import nnfs
import numpy as np
from nnfs.datasets import spiral_data

BETAS = 0.9, 0.0  # with momentum, and without


def train(seed, beta_1):
    """Train the network of step 16, return its loss at each epoch."""
    np.random.seed(seed)
    X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)
    parameters = [0.01 * np.random.randn(2, 64), np.zeros((1, 64))]
    parameters += [0.01 * np.random.randn(64, 3), np.zeros((1, 3))]
    momentums = [np.zeros_like(parameter) for parameter in parameters]
    caches = [np.zeros_like(parameter) for parameter in parameters]
    y_true = np.eye(3)[y]  # (300, 3), one-hot
    losses = []
    for epoch in range(1001):
        W1, b1, W2, b2 = parameters
        inputs = np.dot(X, W1) + b1  # (300, 64)
        hidden = np.maximum(0, inputs)
        logits = np.dot(hidden, W2) + b2  # (300, 3)
        exp_values = np.exp(logits - logits.max(axis=1, keepdims=True), dtype="float64")
        exp_values = exp_values.astype("float32")
        y_pred = exp_values / np.sum(exp_values, axis=1, keepdims=True)  # (300, 3)
        confidences = np.clip(y_pred, 1e-7, 1 - 1e-7)[y_true == 1]  # (300,)
        sample_losses = -np.log(confidences, dtype="float64").astype("float32")
        losses.append(float(np.mean(sample_losses)))

        dlogits = (y_pred - y_true) / len(X)  # (300, 3)
        dhidden = np.dot(dlogits, W2.T) * (inputs > 0)  # (300, 64)
        gradients = [np.dot(X.T, dhidden), np.sum(dhidden, axis=0, keepdims=True)]
        gradients += [np.dot(hidden.T, dlogits), np.sum(dlogits, axis=0, keepdims=True)]
        rate = 0.05 * (1.0 / (1.0 + 5e-7 * epoch))
        for n, gradient in enumerate(gradients):
            momentums[n] = beta_1 * momentums[n] + (1 - beta_1) * gradient
            caches[n] = 0.999 * caches[n] + (1 - 0.999) * gradient**2
            momentum = momentums[n] / (1 - beta_1 ** (epoch + 1))
            size = np.sqrt(caches[n] / (1 - 0.999 ** (epoch + 1))) + 1e-7
            parameters[n] += -rate * momentum / size
    return losses


def coins(wins, seeds):
    """The probability of so many heads or more, when each seed tosses a coin."""
    return sum(math.comb(seeds, n) for n in range(wins, seeds + 1)) / 2**seeds


nnfs.init()
curves = [[train(seed, beta_1) for seed in range(10)] for beta_1 in BETAS]
ends = [[losses[-1] for losses in group] for group in curves]  # two lists of ten

first, second = BETAS
for seed, (end, other) in enumerate(zip(*ends)):
    print(f"seed {seed}: {end:.3f} with beta_1 {first}, {other:.3f} with {second}")
for beta_1, group in zip(BETAS, ends):
    mean = sum(group) / 10
    print(f"beta_1 {beta_1}: mean {mean:.3f}, {min(group):.3f} to {max(group):.3f}")
wins = sum(end < other for end, other in zip(*ends))
print(f"{first} ends lower on {wins} of 10")

for wins, seeds in [(8, 10), (9, 10), (10, 10), (7, 10), (14, 20), (21, 30)]:
    print(f"a coin, at least {wins} of {seeds}: {coins(wins, seeds):.1%}")

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
for beta_1, group, lows, color, mark in zip(BETAS, curves, ends, ["C0", "C1"], "os"):
    for losses in group:
        left.plot(losses, color=color, linewidth=1, alpha=0.6)
    right.plot(lows, mark, color=color, label=f"beta_1 {beta_1}")
right.vlines(range(10), *ends, color="0.7", zorder=0)
left.set_xlabel("epoch")
left.set_ylabel("loss")
right.set_xlabel("seed")
right.set_ylabel("loss at the end")
right.set_xticks(range(10))
right.set_ylim(bottom=0)
right.legend()
plt.show()

# Output:
# seed 0: 0.231 with beta_1 0.9, 0.613 with 0.0
# seed 1: 0.562 with beta_1 0.9, 0.607 with 0.0
# seed 2: 0.410 with beta_1 0.9, 0.529 with 0.0
# seed 3: 0.438 with beta_1 0.9, 0.651 with 0.0
# seed 4: 0.287 with beta_1 0.9, 0.492 with 0.0
# seed 5: 0.579 with beta_1 0.9, 0.464 with 0.0
# seed 6: 0.547 with beta_1 0.9, 0.594 with 0.0
# seed 7: 0.404 with beta_1 0.9, 0.676 with 0.0
# seed 8: 0.393 with beta_1 0.9, 0.556 with 0.0
# seed 9: 0.240 with beta_1 0.9, 0.459 with 0.0
# beta_1 0.9: mean 0.409, 0.231 to 0.579
# beta_1 0.0: mean 0.564, 0.459 to 0.676
# 0.9 ends lower on 9 of 10
# a coin, at least 8 of 10: 5.5%
# a coin, at least 9 of 10: 1.1%
# a coin, at least 10 of 10: 0.1%
# a coin, at least 7 of 10: 17.2%
# a coin, at least 14 of 20: 5.8%
# a coin, at least 21 of 30: 2.1%

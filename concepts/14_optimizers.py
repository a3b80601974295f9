"""Concept 14. The optimizers side by side: two updates, three gradients.

Three parameters have the gradients 0.1, 1 and 10, twice. How far does each optimizer
step, at a learning rate of 0.1? SGD steps by 0.1 times the gradient: the third one goes
100 times as far as the first. AdaGrad, RMSProp and Adam divide by the size of the
gradients, so all three go equally far. This is the point of these methods.

The second update shows the memories. Momentum has gathered speed: 1.9 times the first
step. AdaGrad has become slower: divided by the root of two squares, 0.1 / 1.4142.
RMSProp's mean starts at 0 and is still too small, so its first steps are too long.
Adam's means start at 0 too, but it corrects them and steps by 0.1 both times.

Try: gradients of 0 the second time. SGD stands still, momentum and Adam roll on.
Book: chapter 10, optimizers
Concepts: 12, 13
"""

import math

GRADIENTS = [[0.1, 1, 10], [0.1, 1, 10]]  # of three parameters, in two updates
RATE, EPSILON = 0.1, 1e-7


def sgd(gradients):
    return [-RATE * g for g in gradients]


def momentum(gradients):
    step, steps = 0, []
    for g in gradients:
        step = 0.9 * step - RATE * g
        steps.append(step)
    return steps


def adagrad(gradients):
    cache, steps = 0, []
    for g in gradients:
        cache += g * g
        steps.append(-RATE * g / (math.sqrt(cache) + EPSILON))
    return steps


def rmsprop(gradients):
    cache, steps = 0, []
    for g in gradients:
        cache = 0.9 * cache + 0.1 * g * g
        steps.append(-RATE * g / (math.sqrt(cache) + EPSILON))
    return steps


def adam(gradients):
    momentum, cache, steps = 0, 0, []
    for n, g in enumerate(gradients, start=1):
        momentum = 0.9 * momentum + 0.1 * g
        cache = 0.999 * cache + 0.001 * g * g
        corrected, corrected_cache = momentum / (1 - 0.9**n), cache / (1 - 0.999**n)
        steps.append(-RATE * corrected / (math.sqrt(corrected_cache) + EPSILON))
    return steps


for update in range(2):
    print(f"update {update + 1}, gradients:", *GRADIENTS[update])
    for optimizer in [sgd, momentum, adagrad, rmsprop, adam]:
        steps = [optimizer(gradients)[update] for gradients in zip(*GRADIENTS)]
        print(f"    {optimizer.__name__:8}", *(f"{step:8.4f}" for step in steps))

# Output:
# update 1, gradients: 0.1 1 10
#     sgd       -0.0100  -0.1000  -1.0000
#     momentum  -0.0100  -0.1000  -1.0000
#     adagrad   -0.1000  -0.1000  -0.1000
#     rmsprop   -0.3162  -0.3162  -0.3162
#     adam      -0.1000  -0.1000  -0.1000
# update 2, gradients: 0.1 1 10
#     sgd       -0.0100  -0.1000  -1.0000
#     momentum  -0.0190  -0.1900  -1.9000
#     adagrad   -0.0707  -0.0707  -0.0707
#     rmsprop   -0.2294  -0.2294  -0.2294
#     adam      -0.1000  -0.1000  -0.1000

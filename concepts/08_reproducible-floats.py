"""Concept 08. Reproducible floats: why last digits differ, and what to do about it.

A float has a fixed number of binary digits, so most results are rounded. For + - * /
all processors round alike; for functions such as exp and log they may not. Over
thousands of steps that one digit changes every later number. Steps 07 and 08 compute
exp and log in float64 and round the result to float32: the difference gets lost with
the digits that we don't keep.

Does your own program print other numbers than ours? Look for the reason in this order.
The output shows each, with the losses of step 11 up to epoch 1,000.

1. exp and log in float32. The first lines agree, later ones don't. With these two
   computed as here, the book's own programs print what steps 11 to 20 print.
2. nnfs.init() is missing. NumPy stays in float64 then, and without a seed each run
   draws other data and other weights.
3. A setting is different: the learning rate, the decay, the number of neurons.
4. The operations have another order: (a * b) / c and a * (b / c) are rounded
   differently. It looks like 1: at first the lines agree.
5. Random numbers are drawn in another order: here the weights before the data.
6. There is a mistake. In backward or in the update it leaves epoch 0 as it is, and no
   line after it. Here backward has forgotten ReLU. The tour's check finds where.

Try: print softmax_of(np.exp(shifted)) at the end. If your processor's float32 exp is
    rounded differently, some last digits are not those of the first table.
Book: none; it is about exp in step 07 and log in step 08
"""

from decimal import Decimal

import nnfs
import numpy as np
from nnfs.datasets import spiral_data

# 0.1, 0.2 and 0.3 have no end in binary, so the nearest floats are stored for them.
# Decimal shows these in full: the sum of the first two is not the third
print("0.1 is stored as", Decimal(0.1))
print("0.2 is stored as", Decimal(0.2))
print("0.3 is stored as", Decimal(0.3))
print("0.1 + 0.2 yields", Decimal(0.1 + 0.2))
print("0.1 + 0.2 == 0.3:", 0.1 + 0.2 == 0.3)

# A float64 keeps 53 binary digits, about 16 decimal ones; a float32 keeps 24, about 7
print("as float32, 0.1 is", Decimal(float(np.float32(0.1))))
print("after 1, the next float64 is 1 +", np.spacing(np.float64(1)))
print("after 1, the next float32 is 1 +", np.spacing(np.float32(1)))

# What goes into the softmax of step 07 (its logits), the first five rows
logits = np.array([[0.0, 0.0, 0.0],  # (5, 3)
                   [-1.8183968e-07, -1.5235776e-07, 1.2281279e-06],
                   [-5.0631292e-07, -4.2422371e-07, 3.4195891e-06],
                   [-8.4041352e-07, -7.0415609e-07, 5.6760728e-06],
                   [-1.1393766e-06, -9.5464793e-07, 7.6952419e-06]],
                  dtype="float32")  # fmt: skip
shifted = logits - np.max(logits, axis=1, keepdims=True)  # (5, 3)


def softmax_of(exp_values):
    return exp_values / np.sum(exp_values, axis=1, keepdims=True)


# float64 inside, float32 outside: step 07, digit for digit
exp_values64 = np.exp(shifted, dtype="float64")  # (5, 3)
exp_values = exp_values64.astype("float32")  # (5, 3)
print("exp in float64, rounded to float32:")
print(softmax_of(exp_values))

# An exp in float32 is not rounded to the nearest float by all processors: it may be the
# one next to it, and on most PCs it sometimes is. Here, on purpose, it is the one below
# wherever exp has to be rounded (exp(0) is 1)
below = np.nextafter(exp_values, np.float32(0))
exp_values_off = np.where(shifted < 0, below, exp_values)
print("exp in float32, one unit in the last place too small:")
print(softmax_of(exp_values_off))

# In float64 the last digit differs too, but it is half a billion times smaller. Rounded
# to float32 nothing is left of it (but for one number in a few hundred million, in the
# middle between two float32)
for name, towards in [("small", 0), ("large", 2)]:
    off64 = np.where(shifted < 0, np.nextafter(exp_values64, towards), exp_values64)
    same = np.array_equal(off64.astype("float32"), exp_values)
    print(f"exp in float64, one unit too {name}, rounded to float32: the same:", same)

print("without nnfs.init():", np.random.randn(1).dtype, end=", ")
nnfs.init()
print("with it:", np.random.randn(1).dtype)


def draw_weights():
    return 0.01 * np.random.randn(2, 64), 0.01 * np.random.randn(64, 3)


def train(change):
    """Print some losses of step 11, with one thing changed."""
    np.random.seed(0)
    if change == "another seed":
        np.random.seed(1)
    if change == "weights before data":
        W1, W2 = draw_weights()
        X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)
    else:
        X, y = spiral_data(samples=100, classes=3)
        W1, W2 = draw_weights()
    b1, b2 = np.zeros((1, 64)), np.zeros((1, 3))
    rate = 0.5 if change == "rate 0.5" else 1.0
    losses = []
    for epoch in range(1001):
        inputs = np.dot(X, W1) + b1  # (300, 64)
        hidden = np.maximum(0, inputs)
        logits = np.dot(hidden, W2) + b2  # (300, 3)
        shifted = logits - np.max(logits, axis=1, keepdims=True)
        exp_values = np.exp(shifted, dtype="float64").astype("float32")
        if change == "exp one unit off":
            below = np.nextafter(exp_values, np.float32(0))
            exp_values = np.where(shifted < 0, below, exp_values)
        y_pred = softmax_of(exp_values)  # (300, 3)
        if epoch in [0, 100, 500, 900, 1000]:
            confidences = np.clip(y_pred[range(300), y], 1e-7, 1 - 1e-7)
            losses.append(np.mean(-np.log(confidences, dtype="float64")))

        dlogits = (y_pred - np.eye(3)[y]) / 300  # (300, 3)
        dhidden = np.dot(dlogits, W2.T)  # (300, 64)
        if change != "a mistake":
            dhidden[inputs <= 0] = 0
        dW2 = np.dot(hidden.T, dlogits)  # (64, 3)
        if change == "another order":
            dW2 = np.dot(hidden.T, dlogits * 300) / 300
        db2 = np.sum(dlogits, axis=0, keepdims=True)
        W1 -= rate * np.dot(X.T, dhidden)
        b1 -= rate * np.sum(dhidden, axis=0, keepdims=True)
        W2 -= rate * dW2
        b2 -= rate * db2
    print(f"{change:20}", *(f"{loss:.3f}" for loss in losses))


print("epoch                0     100   500   900   1000")
for change in [
    "step 11",
    "exp one unit off",
    "another seed",
    "rate 0.5",
    "another order",
    "weights before data",
    "a mistake",
]:
    train(change)

# Output:
# 0.1 is stored as 0.1000000000000000055511151231257827021181583404541015625
# 0.2 is stored as 0.200000000000000011102230246251565404236316680908203125
# 0.3 is stored as 0.299999999999999988897769753748434595763683319091796875
# 0.1 + 0.2 yields 0.3000000000000000444089209850062616169452667236328125
# 0.1 + 0.2 == 0.3: False
# ...
# another seed         1.099 1.071 1.054 1.041 1.030
# rate 0.5             1.099 1.097 1.077 1.073 1.071
# another order        1.099 1.087 1.071 1.064 1.060
# weights before data  1.099 1.078 1.069 1.065 1.064
# a mistake            1.099 1.091 1.077 1.076 1.076

"""Concept 08. Reproducible floats: why last digits differ, and what to do about it.

A float has a fixed number of binary digits, so most results are rounded. For + - * /
all processors round alike; for functions such as exp and log they may not. A training
of thousands of steps turns one such digit into other numbers altogether. The cure of
steps 07 and 08 is to compute exp and log in float64 and to round the result to float32:
the difference gets lost with the digits that we don't keep.

Try: print softmax_of(np.exp(shifted)) at the end. If your processor's float32 exp is
    rounded differently, some last digits are not those of the first table.
Book: none; it is about exp in step 07 and log in step 08
"""

from decimal import Decimal

import numpy as np

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

# Output:
# 0.1 is stored as 0.1000000000000000055511151231257827021181583404541015625
# 0.2 is stored as 0.200000000000000011102230246251565404236316680908203125
# 0.3 is stored as 0.299999999999999988897769753748434595763683319091796875
# 0.1 + 0.2 yields 0.3000000000000000444089209850062616169452667236328125
# 0.1 + 0.2 == 0.3: False
# ...
#  [0.33333287 0.33333293 0.3333342 ]
#  [0.33333257 0.33333263 0.33333477]
#  [0.33333233 0.3333324  0.33333528]]
# exp in float64, one unit too small, rounded to float32: the same: True
# exp in float64, one unit too large, rounded to float32: the same: True

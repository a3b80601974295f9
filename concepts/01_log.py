"""Concept 01. The logarithm: log(b) is the x that solves e ** x = b.

Step 08 takes the logarithm of a probability; here is what that means.

Book: chapter 5, categorical cross-entropy loss
Run: python concepts/01_log.py
"""

import math

b = 5.2
x = math.log(b)  # the natural logarithm, whose base is e = 2.718...

print("x:", x)
print("e ** x:", math.e ** x)  # b again, but for rounding in the last digit

# e ** 0 = 1, so log(1) = 0. Below 1 it is negative and falls without limit: there is
# no log(0)
for probability in [1, 0.9, 0.5, 0.1, 0.01]:
    print(f"log({probability}): {math.log(probability):.4f}")

# Output:
# x: 1.6486586255873816
# e ** x: 5.199999999999999
# log(1): 0.0000
# log(0.9): -0.1054
# log(0.5): -0.6931
# log(0.1): -2.3026
# log(0.01): -4.6052

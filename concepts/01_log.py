"""Concept 01. The logarithm: log(b) is the x that solves e ** x = b.

Step 08 takes the logarithm of a probability. The logarithm undoes the power: e ** x
turns x into b, and log turns b back into x. For probabilities, which lie between 0 and
1, it is negative or 0. The smaller the probability, the further it falls, without end.

Try: take log(0). There is no such number, and Python says so. NumPy gives minus
    infinity.
Book: chapter 5, categorical cross-entropy loss
"""

import math

b = 5.2
x = math.log(b)  # the natural logarithm, whose base is e = 2.718...

print("x:", x)
print("e ** x:", math.e**x)  # b again, except for rounding in the last digit

# e ** 0 is 1, so log(1) is 0; from there it falls
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

"""Concept 24. Exact sums: how far "the same digits" can be taken.

A float64 keeps 53 binary digits, so the sum of many products is rounded again and
again, and the order of adding decides how. Matrix multiplication adds in the order that
suits the processor best. That is why no rule guarantees the last digit of np.dot, even
in float64; rounded to float32, as in the steps, it has shown in one training of 120
(see tests/README.md).

It could be guaranteed. We round both factors to so few digits that every later sum is
exact: every number is a whole multiple of a small power of two, with at most b binary
digits. A product then has 2 * b, and a sum of n of them log2(n) more. If 2 * b +
log2(n) is at most 53, every product and every sum is exact, and then the order can't
matter. With 1000 terms b is 21.

But 21 binary digits are fewer than the 24 of a float32, so the steps would print other
digits than the book. That is why they don't use the grid.

Try: 40 for the number of bits. The products and sums need rounding again, and the three
    orders disagree.
Book: none; it goes on where concept 08 ends
Concepts: 08
"""

import math

import numpy as np

np.random.seed(0)  # the same numbers in every run
TERMS = 1000
a, b = np.random.randn(TERMS), np.random.randn(TERMS)


def on_grid(x):
    """Round to multiples of a power of two, so coarse that dot products are exact."""
    bits = (53 - math.ceil(math.log2(TERMS))) // 2
    _, exponent = math.frexp(np.max(np.abs(x)))  # the power of two above the largest
    grid = 2.0 ** (exponent - bits)
    return np.round(x / grid) * grid


def in_three_orders(x, y):
    """Print the sum of the products from the front, from the back, small ones first."""
    products = (x * y).tolist()
    for order in [products, reversed(products), sorted(products, key=abs)]:
        total = 0.0
        for product in order:
            total += product
        print(f"    {total!r}")


print("as they are:")
in_three_orders(a, b)
print("on the grid:")
in_three_orders(on_grid(a), on_grid(b))
print(f"largest change by the grid: {np.max(np.abs(on_grid(a) - a)):.1e}")

# Output:
# as they are:
#     -30.72575470554917
#     -30.72575470554918
#     -30.7257547055492
# on the grid:
#     -30.72577773563171
#     -30.72577773563171
#     -30.72577773563171
# largest change by the grid: 9.5e-07

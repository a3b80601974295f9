"""Concept 18. Dropout: why what is left is divided by 1 - rate.

A mask sets some of eight outputs to 0, so less reaches the next layer. But in use
nothing is dropped, and the next layer would suddenly get more than it has learned with.
So we divide each output that stays by 1 - rate. With a rate of 0.25, three quarters of
the outputs stay, and each becomes 4/3 as large. A single mask still changes the sum,
but the mean over many masks is the sum without any.

Try: leave out "/ (1 - rate)" in both places. The mean over many masks is three quarters
    of the sum.
Book: chapter 15, dropout
"""

import numpy as np

np.random.seed(0)  # the same masks in every run
outputs = np.array([1.0, 2.0, 0.5, 3.0, 1.5, 2.5, 0.0, 1.5])  # (8,)
rate = 0.25
print("outputs:", outputs)
print("sum:    ", np.sum(outputs))

for _ in range(3):
    mask = np.random.binomial(1, 1 - rate, size=8)  # (8,): 1 stays, 0 is dropped
    dropped = outputs * mask / (1 - rate)
    print("mask:   ", mask)
    print("dropped:", np.round(dropped, 2), f"sum: {np.sum(dropped):.2f}")

for masks in [10, 1000, 100_000]:
    mask = np.random.binomial(1, 1 - rate, size=(masks, 8)) / (1 - rate)  # (masks, 8)
    mean = np.mean(np.sum(outputs * mask, axis=1))
    print(f"mean over {masks} masks: {mean:.2f}")

# Output:
# outputs: [1.  2.  0.5 3.  1.5 2.5 0.  1.5]
# sum:     12.0
# mask:    [1 1 1 1 1 1 1 0]
# dropped: [1.33 2.67 0.67 4.   2.   3.33 0.   0.  ] sum: 14.00
# mask:    [0 1 0 1 1 0 1 1]
# dropped: [0.   2.67 0.   4.   2.   0.   0.   2.  ] sum: 10.67
# mask:    [1 0 0 0 0 0 1 0]
# dropped: [1.33 0.   0.   0.   0.   0.   0.   0.  ] sum: 1.33
# mean over 10 masks: 14.27
# mean over 1000 masks: 12.01
# mean over 100000 masks: 11.98

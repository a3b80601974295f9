"""Concept 20. Squared and absolute error: which mistakes count.

A network says 2.5 where 3 is right: the error is -0.5. To keep errors of both signs
from cancelling out, a loss takes the square, 0.25, or the absolute value, 0.5, and the
mean over all outputs. With respect to a prediction p of N, the slope of the mean square
is 2 * (p - y) / N: large errors pull hardest, and the pull fades as they shrink. The
slope of the mean absolute value is 1 / N or -1 / N, however small the error is. (The
book's code has this slope with the wrong sign. Copied as it is, it climbs.)

So one sample that is far off pulls the squared error's choice far, and the absolute
one's hardly. The last lines show which single number each loss would choose for the
same five samples: the mean and the median.

And one trap. Predictions are a column, (3, 1), since a layer has a column for each
neuron. If y is a row of numbers, (3,), NumPy says nothing: it takes each prediction
minus each y and gives a table, (3, 3). The loss is a number all the same, and a wrong
one. So targets are made a column, too: y.reshape(-1, 1).

Try: change 30.0 to 300.0. The choice of the squared error runs after it; the other
    stays.
Book: chapter 17, mean squared error loss
Concepts: 09
"""

import numpy as np

y = np.array([3.0, -1.0, 2.0])  # (3,)
predictions = np.array([2.5, -1.0, 4.0])
errors = predictions - y  # -0.5, 0, 2
N = len(y)

# By hand: (0.25 + 0 + 4) / 3 and (0.5 + 0 + 2) / 3
print("errors:", errors)
print(f"mean squared error: {np.mean(errors * errors):.4f}")
print(f"mean absolute error: {np.mean(np.abs(errors)):.4f}")
print("slopes of the squared error:", np.round(2 * errors / N, 4))
print("slopes of the absolute error:", np.round(np.sign(errors) / N, 4))

column = predictions.reshape(-1, 1)  # (3, 1)
print("column minus row:", (column - y).shape, f"{np.mean((column - y) ** 2):.4f}")
print("column minus column:", (column - y.reshape(-1, 1)).shape, end=" ")
print(f"{np.mean((column - y.reshape(-1, 1)) ** 2):.4f}")

samples = np.array([1.0, 2.0, 3.0, 4.0, 30.0])
choices = np.linspace(0, np.max(samples), 301)  # 0, 0.1, 0.2, ...
differences = choices[:, np.newaxis] - samples  # (301, 5)
squared = np.mean(differences * differences, axis=1)  # (301,)
absolute = np.mean(np.abs(differences), axis=1)  # (301,)
print(f"the squared error chooses {choices[np.argmin(squared)]:.1f}")
print(f"the absolute error chooses {choices[np.argmin(absolute)]:.1f}")

# Output:
# errors: [-0.5  0.   2. ]
# mean squared error: 1.4167
# mean absolute error: 0.8333
# slopes of the squared error: [-0.3333  0.      1.3333]
# slopes of the absolute error: [-0.3333  0.      0.3333]
# column minus row: (3, 3) 7.5278
# column minus column: (3, 1) 1.4167
# the squared error chooses 8.0
# the absolute error chooses 3.0

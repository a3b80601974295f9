"""Concept 03. Accuracy: the share of samples whose most probable class is the true one.

The loss says how wrong the network is, but 0.7 in itself tells a person little.
Accuracy counts right answers. For each sample the answer is the class with the highest
probability, and argmax finds its position. It needs to know in which direction to look:
that is the axis, which the last lines show with sums.

Try: change 0.5 in the second row to 0.05. The prediction becomes class 2, which is
    wrong too, and the accuracy stays.
Book: chapter 5, accuracy calculation
"""

import numpy as np

softmax_outputs = [  # (3, 3): a row for each sample
    [0.7, 0.2, 0.1],
    [0.5, 0.1, 0.4],
    [0.02, 0.9, 0.08],
]
class_targets = np.array([0, 1, 1])  # (3,)

# Along axis 1: one position for each row
predictions = np.argmax(softmax_outputs, axis=1)  # (3,)
right = predictions == class_targets  # (3,)
accuracy = np.mean(right)  # True counts as 1, False as 0

print("predictions:", predictions)
print("right:", right)
print("acc:", accuracy)

# In one-hot targets argmax finds the 1
one_hot_targets = [[1, 0, 0], [0, 1, 0], [0, 1, 0]]  # (3, 3)
print("targets:", np.argmax(one_hot_targets, axis=1))

# axis 0 goes down the rows, axis 1 along each row; keepdims leaves a place for what was
# added up, so that the sums of the rows stand in a column, and can divide these rows
numbers = np.array([[1, 2, 3], [10, 20, 30]])  # (2, 3)
print("axis 0:", np.sum(numbers, axis=0))  # (3,)
print("axis 1:", np.sum(numbers, axis=1))  # (2,)
print("keepdims:", np.sum(numbers, axis=1, keepdims=True).tolist())  # (2, 1)

# Output:
# predictions: [0 0 1]
# right: [ True False  True]
# acc: 0.6666666666666666
# targets: [0 1 1]
# axis 0: [11 22 33]
# axis 1: [ 6 60]
# keepdims: [[6], [60]]

"""Concept 03. Accuracy: the share of samples whose most probable class is the true one.

Book: chapter 5, accuracy calculation
Run: python concepts/03_accuracy.py
"""

import numpy as np

softmax_outputs = np.array([[0.7, 0.2, 0.1],  # (3, 3): one row per sample
                            [0.5, 0.1, 0.4],
                            [0.02, 0.9, 0.08]])
class_targets = np.array([0, 1, 1])  # (3,)

# argmax is the position of the largest value: along axis 1, one for each row
predictions = np.argmax(softmax_outputs, axis=1)  # (3,)
right = predictions == class_targets  # (3,)
accuracy = np.mean(right)  # True counts as 1, False as 0

print("predictions:", predictions)
print("right:", right)
print("acc:", accuracy)

# One-hot targets: argmax also finds the place of the 1
one_hot_targets = np.array([[1, 0, 0],  # (3, 3)
                            [0, 1, 0],
                            [0, 1, 0]])
print("targets:", np.argmax(one_hot_targets, axis=1))

# Output:
# predictions: [0 0 1]
# right: [ True False  True]
# acc: 0.6666666666666666
# targets: [0 1 1]

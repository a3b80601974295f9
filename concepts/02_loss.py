"""Concept 02. The loss of one sample: -log of its true class's probability.

Categorical cross-entropy is defined as -sum(y * log(y_hat)) over the classes, with y
for what is true and y_hat for what was predicted. A one-hot y is 1 for the true class
and 0 for all others, so only one term remains. A sure answer costs next to nothing if
it is right, and a lot if it is wrong. The last line does for a batch what step 08 does:
it picks from each row the probability of the true class.

Try: print the loss of 1/3. It is 1.0986, where step 08 starts: three classes, and no
    idea which.
Book: chapter 5, categorical cross-entropy loss
Concepts: 01
"""

import math

import numpy as np

softmax_output = [0.7, 0.1, 0.2]  # y_hat: the predicted probability of each class
target_output = [1, 0, 0]  # y: one-hot, class 0 is the true one

# The definition, term by term
loss = 0
for target, probability in zip(target_output, softmax_output):
    term = target * -math.log(probability)
    print("term:", term)
    loss += term
print("loss:", loss)

# Only the true class counts: the others were multiplied by 0
target_class = 0
print("loss:", -math.log(softmax_output[target_class]))

# A confident prediction costs little if it is right, and much if it is wrong
for confidence in [0.99, 0.7, 0.5, 0.1, 0.01]:
    print(f"true class predicted with {confidence}: loss {-math.log(confidence):.4f}")

# Two lists of positions pick a number from each row: (0, 0), then (1, 1), then (2, 1)
y_pred = np.array([[0.7, 0.1, 0.2], [0.1, 0.5, 0.4], [0.02, 0.9, 0.08]])  # (3, 3)
y_true = np.array([0, 1, 1])  # (3,)
print("of the true classes:", y_pred[range(3), y_true])

# Output:
# term: 0.35667494393873245
# term: 0.0
# term: 0.0
# loss: 0.35667494393873245
# loss: 0.35667494393873245
# true class predicted with 0.99: loss 0.0101
# true class predicted with 0.7: loss 0.3567
# true class predicted with 0.5: loss 0.6931
# true class predicted with 0.1: loss 2.3026
# true class predicted with 0.01: loss 4.6052
# of the true classes: [0.7 0.5 0.9]

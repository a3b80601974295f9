"""Concept 11. Softmax and loss joined: two long gradients make a short one.

The loss sends its gradient back to softmax, and softmax multiplies it by its Jacobian.
That is the long way. But the gradient of the loss divides by a probability, and that of
softmax multiplies by it, so nearly everything cancels. What is left is the short way:
prediction minus truth, divided by the number of samples. For the true class of the
first sample, by hand:

    long:  -1 / 0.7 * 0.7 * (1 - 0.7) / 3 = -0.1        short:  (0.7 - 1) / 3 = -0.1

Both ways print the same. In step 10, the backward of the loss and then that of softmax
are the long way; the class that joins them goes the short way. That also says how
learning works: what goes into softmax for a class is pushed up or down by as much as
its probability is off.

Try: set the first row to [1, 0, 0]. A right and sure prediction has no gradient on the
    short way. On the long way 0 is divided by 0, which gives a warning and nan. That is
    why step 10 clips the predictions in the loss's backward, too.
Book: chapter 9, common categorical cross-entropy loss and softmax activation derivative
Concepts: 02, 07
"""

import numpy as np

predictions = np.array([[0.7, 0.1, 0.2],  # (3, 3): a row for each sample
                        [0.1, 0.5, 0.4],
                        [0.02, 0.9, 0.08]])  # fmt: skip
class_targets = np.array([0, 1, 1])  # (3,)
N = len(predictions)
one_hot = np.eye(3)[class_targets]  # (3, 3): row 0 of eye for class 0, and so on

# The long way, first half: the loss, -y / y_hat, and 1 / N since it is a mean
dvalues = -one_hot / predictions / N  # (3, 3)
print("gradient of the loss:")
print(dvalues)

# Second half: the Jacobian of each sample (concept 07)
dinputs = np.empty_like(dvalues)  # (3, 3)
for index, (output, gradient) in enumerate(zip(predictions, dvalues)):
    jacobian = np.diagflat(output) - np.outer(output, output)  # (3, 3)
    dinputs[index] = np.dot(jacobian, gradient)
print("through softmax, the long way:")
print(dinputs)

print("the short way:")
print((predictions - one_hot) / N)

# Output:
# gradient of the loss:
# [[-0.47619048 -0.         -0.        ]
#  [-0.         -0.66666667 -0.        ]
#  [-0.         -0.37037037 -0.        ]]
# through softmax, the long way:
# [[-0.1         0.03333333  0.06666667]
#  [ 0.03333333 -0.16666667  0.13333333]
#  [ 0.00666667 -0.03333333  0.02666667]]
# the short way:
# [[-0.1         0.03333333  0.06666667]
#  [ 0.03333333 -0.16666667  0.13333333]
#  [ 0.00666667 -0.03333333  0.02666667]]

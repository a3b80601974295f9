"""Concept 07. The derivative of softmax: a Jacobian matrix for each sample.

Each output of softmax depends on all of its inputs, so the derivative of one sample is
a matrix: how much output j changes with input k. With S for the output,

    dS[j] / dz[k] = S[j] * (delta(j, k) - S[k]) = S[j] * delta(j, k) - S[j] * S[k]

where Kronecker's delta(j, k) is 1 if j equals k, and 0 if not. A matrix for each sample
is slow for many samples. The last part finds the same gradient without any, as step 10
does.

Try: set dvalues of the single sample to [1, 1, 1]. The gradient is 0 (except for
    rounding): nothing can raise all outputs at once, since they add up to 1.
Book: chapter 9, softmax activation derivative
Concepts: 04
"""

import numpy as np

softmax_output = np.array([0.7, 0.1, 0.2])  # (3,)

# Element by element, as in the formula
jacobian = np.zeros((3, 3))
for j in range(3):
    for k in range(3):
        delta = 1 if j == k else 0
        jacobian[j, k] = softmax_output[j] * (delta - softmax_output[k])
print("Jacobian, element by element:")
print(jacobian)

# Both terms as matrices: S on the diagonal, and every product S[j] * S[k]
S = softmax_output.reshape(-1, 1)  # (3, 1): a column
print("diagonal and outer product:")
print(np.diagflat(S))
print(np.dot(S, S.T))
print("Jacobian, diagonal minus outer product:")
print(np.diagflat(S) - np.dot(S, S.T))

# Backpropagation multiplies the Jacobian by the gradient that comes in
dvalues = np.array([1.0, 2.0, 3.0])  # (3,)
print("Jacobian times dvalues:")
print(np.dot(jacobian, dvalues))

# Step 10 does without the matrix: S * (dvalues - sum(dvalues * S)). By hand:
#     sum(dvalues * S) = 1 * 0.7 + 2 * 0.1 + 3 * 0.2 = 1.5
#     0.7 * (1 - 1.5) = -0.35    0.1 * (2 - 1.5) = 0.05    0.2 * (3 - 1.5) = 0.3
print("closed form:")
print(softmax_output * (dvalues - np.sum(dvalues * softmax_output)))

# A batch: a Jacobian for each sample in a loop, or the closed form for all at once
softmax_outputs = np.array([[0.7, 0.1, 0.2],  # (3, 3)
                            [0.1, 0.5, 0.4],
                            [0.02, 0.9, 0.08]])  # fmt: skip
dvalues = np.array([[1.0, 2.0, 3.0],  # (3, 3)
                    [3.0, 0.0, -1.0],
                    [0.0, 1.0, 0.0]])  # fmt: skip

dinputs_loop = np.empty_like(dvalues)  # (3, 3)
for index, (output, gradient) in enumerate(zip(softmax_outputs, dvalues)):
    S = output.reshape(-1, 1)  # (3, 1)
    jacobian = np.diagflat(S) - np.dot(S, S.T)  # (3, 3)
    dinputs_loop[index] = np.dot(jacobian, gradient)  # (3,)

weighted = np.sum(dvalues * softmax_outputs, axis=1, keepdims=True)  # (3, 1)
dinputs_closed = softmax_outputs * (dvalues - weighted)  # (3, 3)
print("closed form for a batch:")
print(dinputs_closed)
print("the same as in the loop:", np.allclose(dinputs_loop, dinputs_closed))

# Output:
# Jacobian, element by element:
# [[ 0.21 -0.07 -0.14]
#  [-0.07  0.09 -0.02]
#  [-0.14 -0.02  0.16]]
# diagonal and outer product:
# ...
# closed form for a batch:
# [[-0.35   0.05   0.3  ]
#  [ 0.31   0.05  -0.36 ]
#  [-0.018  0.09  -0.072]]
# the same as in the loop: True

"""Concept 19. The sigmoid: any number becomes a probability.

The sigmoid of z is 1 / (1 + e ** -z). A large z makes e ** -z nearly 0, and the result
nearly 1; a z far below 0 makes it nearly 0; and z = 0 gives 1 / 2. Its derivative is
simple in its own terms: s * (1 - s), at most 0.25, where s is 0.5. Far out on both
sides it is close to 0, and little of a gradient comes back through it. So a hidden
neuron that is sure learns slowly.

The output of step 20 does not, where it is wrong. Its loss, -log of the probability of
what is true, is steep where the sigmoid is flat, and the product of the two slopes is
s - y. By hand, for z = 5 where 0 is right: 0.0066 * 149.4 = 0.99. An output that is
sure and wrong learns fastest, one that is sure and right hardly at all. (From z = 17 on
a float32 sigmoid is 1, so its slope s * (1 - s) is 0.)

For two classes, softmax does the same. With the outputs z and 0, by hand:

    e ** z / (e ** z + e ** 0) = 1 / (1 + e ** -z)    (above and below times e ** -z)

Try: print the slope at 10. It is 0.0000 in four digits.
Book: chapter 16, sigmoid activation function
Concepts: 04, 07
"""

import math


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


for z in [-4, -1, 0, 1, 4]:
    s = sigmoid(z)
    slope = s * (1 - s)
    nudged = (sigmoid(z + 0.001) - sigmoid(z - 0.001)) / 0.002  # as in concept 09
    print(f"z {z}: sigmoid {s:.4f}, slope {slope:.4f}, by nudging {nudged:.4f}")

for z, y in (5, 0), (5, 1):
    s = sigmoid(z)
    slope, loss_slope = s * (1 - s), (1 - y) / (1 - s) - y / s
    print(f"z {z}, y {y}: {slope:.4f} * {loss_slope:.1f} = {slope * loss_slope:.4f}")

z = 1.5
softmax = math.exp(z) / (math.exp(z) + math.exp(0))
print(f"softmax of [1.5, 0]: {softmax:.4f}, sigmoid of 1.5: {sigmoid(1.5):.4f}")

# Output:
# z -4: sigmoid 0.0180, slope 0.0177, by nudging 0.0177
# z -1: sigmoid 0.2689, slope 0.1966, by nudging 0.1966
# z 0: sigmoid 0.5000, slope 0.2500, by nudging 0.2500
# z 1: sigmoid 0.7311, slope 0.1966, by nudging 0.1966
# z 4: sigmoid 0.9820, slope 0.0177, by nudging 0.0177
# z 5, y 0: 0.0066 * 149.4 = 0.9933
# z 5, y 1: 0.0066 * -1.0 = -0.0067
# softmax of [1.5, 0]: 0.8176, sigmoid of 1.5: 0.8176

"""Step 28. Tuned: the same digits in less than a third of the time.

Where does step 16 spend its time? A profile of it and of this step, in microseconds an
epoch (on one machine; on yours the numbers differ, the proportions less):

                                                step 16    this step
    matrix products in float64                       25           22
    conversions to float64 and back                  38           14
    biases: adding them, and their gradients         23           15
    ReLU, and where it lets gradients pass           43            8
    softmax, and the gradient of its inputs          41            8
    Adam                                             37            9
    loss, accuracy, checks of the labels             48            0
    together                                        255           76

The products have to be. Much of the rest is overhead: calls of small functions, new
arrays and conversions, and most of that can go:

- Loss and accuracy are worked out only when they are printed.
- Each array is made once and filled again, with out=, += or [...].
- All parameters stand in one flat array, and the weights are views of it. So Adam is
  one update, not four.
- np.dot of nnfs makes new float64 arrays in each call. We keep ours, named wide_...,
  and fill them.
- The output layer has a row for each class, (3, 300), so that its maximum and its sum
  run along whole rows.

Every number that the training uses is computed in the order of step 16 and rounded
where step 16 rounds it. The output is the same to the last digit.

From: step 16 (its classes, checks and picture are gone)
New: views
Try: doutput.sum(axis=1, keepdims=True, out=dbiases2) instead of the two lines that
    fill dbiases2. The same sum in another order has other last digits, and they grow:
    at epoch 100 the accuracy is 0.700, not 0.713.
Book: none, it is the network of chapter 10
Concepts: 08, 14
"""

import nnfs
import numpy as np
from nnfs.datasets import spiral_data


def views(flat):
    """The weights and biases of both layers, as parts of one flat array."""
    weights1 = flat[:128].reshape(2, 64)
    biases1 = flat[128:192].reshape(1, 64)
    weights2 = flat[192:384].reshape(3, 64)  # a row for each neuron, unlike step 16
    biases2 = flat[384:].reshape(3, 1)
    return weights1, biases1, weights2, biases2


# Sets the random seed to 0; randn and zeros give float32. Its np.dot is not used: we
# multiply with np.matmul, which nnfs leaves as it is, and round to float32 ourselves
nnfs.init()

X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)
wide_X = X.astype("float64")
one_hot = np.eye(3)[y].T.copy()  # (3, 300)

# A view shares its numbers with the flat array: to change one is to change both
parameters = np.zeros(387)
weights1, biases1, weights2, biases2 = views(parameters)
weights1[...] = 0.01 * np.random.randn(2, 64)
weights2[...] = 0.01 * np.random.randn(64, 3).T
wide_parameters = parameters.astype("float64")
wide_weights1, _, wide_weights2, _ = views(wide_parameters)
gradients = np.zeros(387)
_, dbiases1, _, dbiases2 = views(gradients)
wide_gradients = gradients.astype("float64")
wide_dweights1, _, wide_dweights2, _ = views(wide_gradients)

# What an epoch fills. d... are gradients, as in the book; wide_... is float64
hidden = np.zeros((300, 64))
dhidden = np.zeros((300, 64))
wide_hidden = np.zeros((300, 64), dtype="float64")  # of hidden, then of dhidden
zeros = np.zeros((300, 64))
active = np.zeros((300, 64), dtype="bool")
slopes = np.zeros((300, 64))
output = np.zeros((3, 300))  # a row for each class, a column for each sample
doutput = np.zeros((3, 300))
wide_output = np.zeros((3, 300), dtype="float64")
largest = np.zeros(300)
total = np.zeros(300)

learning_rate = 0.05
current_learning_rate = learning_rate
decay = 5e-7
beta_1 = 0.9
beta_2 = 0.999
momentums = np.zeros(387)
cache = np.zeros(387)
updates = np.zeros(387)
scratch = np.zeros(387)
# Arrays of one number: Python's own numbers would be converted in each operation
samples = np.array(300, dtype="float32")
epsilon = np.array(1e-7, dtype="float32")
keep_1 = np.array(beta_1, dtype="float32")
take_1 = np.array(1 - beta_1, dtype="float32")
keep_2 = np.array(beta_2, dtype="float32")
take_2 = np.array(1 - beta_2, dtype="float32")

for epoch in range(10001):
    # Forward. x[...] = y fills x with the numbers of y, and converts them
    wide_parameters[...] = parameters
    np.matmul(wide_X, wide_weights1, out=wide_hidden)
    hidden[...] = wide_hidden
    hidden += biases1
    np.maximum(hidden, zeros, out=hidden)  # much faster than with the number 0
    wide_hidden[...] = hidden
    np.matmul(wide_weights2, wide_hidden.T, out=wide_output)
    output[...] = wide_output
    output += biases2
    # Softmax, with exp in float64 as in step 16
    output.max(axis=0, out=largest)
    output -= largest
    wide_output[...] = output
    np.exp(wide_output, out=wide_output)
    output[...] = wide_output
    output.sum(axis=0, out=total)
    output /= total

    if not epoch % 100:
        # Step 16 clips them first, and rounds the log: both change no printed digit
        confidences = output[y, range(300)]
        loss = np.mean(-np.log(confidences, dtype="float64"))
        accuracy = np.mean(np.argmax(output, axis=0) == y)
        print(
            f"epoch: {epoch}, acc: {accuracy:.3f}, loss: {loss:.3f}, "
            f"lr: {current_learning_rate}"
        )

    # Backward. Step 16 also works out the gradient of X, which nobody needs
    np.subtract(output, one_hot, out=doutput)
    doutput /= samples
    wide_output[...] = doutput
    np.matmul(wide_output, wide_hidden, out=wide_dweights2)
    np.matmul(wide_output.T, wide_weights2, out=wide_hidden)
    dhidden[...] = wide_hidden
    np.greater(hidden, 0, out=active)
    slopes[...] = active  # 1 or 0: faster than to find elements and set them to 0
    dhidden *= slopes
    wide_hidden[...] = dhidden
    np.matmul(wide_X.T, wide_hidden, out=wide_dweights1)
    gradients[...] = wide_gradients
    dhidden.sum(axis=0, keepdims=True, out=dbiases1)
    # 0 - a - b - c ... and then the sign: one after another, as step 16 adds them up. A
    # sum along a row would add up parts of it first, and round differently
    np.subtract.reduce(doutput, axis=1, initial=0, keepdims=True, out=dbiases2)
    np.negative(dbiases2, out=dbiases2)

    # Adam, for all parameters at once
    momentums *= keep_1
    np.multiply(gradients, take_1, out=scratch)
    momentums += scratch
    cache *= keep_2
    np.square(gradients, out=scratch)
    scratch *= take_2
    cache += scratch
    current_learning_rate = learning_rate * (1.0 / (1.0 + decay * epoch))
    np.divide(momentums, 1 - beta_1 ** (epoch + 1), out=updates)
    updates *= -current_learning_rate
    np.divide(cache, 1 - beta_2 ** (epoch + 1), out=scratch)
    np.sqrt(scratch, out=scratch)
    scratch += epsilon
    updates /= scratch
    parameters += updates

# Output:
# epoch: 0, acc: 0.360, loss: 1.099, lr: 0.05
# epoch: 100, acc: 0.713, loss: 0.684, lr: 0.04999752512250644
# epoch: 200, acc: 0.807, loss: 0.510, lr: 0.04999502549496326
# epoch: 300, acc: 0.810, loss: 0.433, lr: 0.049992526117345455
# epoch: 400, acc: 0.877, loss: 0.379, lr: 0.04999002698961558
# ...
# epoch: 9600, acc: 0.980, loss: 0.082, lr: 0.049761171258544616
# epoch: 9700, acc: 0.963, loss: 0.084, lr: 0.0497586952075908
# epoch: 9800, acc: 0.970, loss: 0.083, lr: 0.04975621940303483
# epoch: 9900, acc: 0.963, loss: 0.083, lr: 0.049753743844839965
# epoch: 10000, acc: 0.973, loss: 0.078, lr: 0.04975126853296942

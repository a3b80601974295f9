"""Step 10. Backpropagation: which way to nudge each weight.

Random search does not know which way to go. A gradient does: for each weight it says
how fast the loss grows when we raise that weight. Where it is positive, we should lower
the weight; where it is negative, raise it. We could nudge one weight after another and
see, but each needs a forward pass of its own: 21 passes here, 118,282 in step 24. One
walk backward through the network, from the loss to the inputs, finds all slopes at
once: it multiplies the slopes of all that it passes. This is the chain rule.

The output ends with four arrays, the gradients of the weights and biases of both
layers. Their first number, 0.000158, means: lower the first weight by 0.001, and the
loss falls by about 0.001 * 0.000158. Concept 09 does exactly this, and prints how far
it falls. Step 11 learns from these gradients. In the names, d stands for the slope of
the loss: dweights has one for each weight. A layer gets dvalues from the layer after
it, which is nearer the loss, and passes dinputs back to the layer before.

From: step 08
New: Layer_Dense.backward, Activation_ReLU.backward, Activation_Softmax.backward,
    Loss_CategoricalCrossentropy.backward; and the last two in one, which has a simpler
    gradient: Activation_Softmax_Loss_CategoricalCrossentropy
Changed: Layer_Dense.forward and Activation_ReLU.forward keep their inputs, which
    backward needs
Differs: the book's Activation_Softmax.backward goes through the samples and multiplies
    by the Jacobian of each, as concept 07 does; its loss.backward divides by
    predictions that are not clipped
Try: leave out "/ len(y_pred)" in the class that joins the two. Every gradient becomes
    300 times as large. What would that do to a step downhill?
Book: chapter 9, backpropagation; before it 7 and 8, derivatives and the chain rule
Concepts: 09, 04, 05, 06, 07, 11, 28
"""

import nnfs
import numpy as np
from nnfs.datasets import spiral_data


def exp(x):
    """e ** x, with the same digits on every processor.

    The last digit of NumPy's float32 exp depends on the processor. So we compute in
    float64, with twice the digits, and round back: the difference disappears.
    """
    x = np.asarray(x)
    result = np.exp(x, dtype="float64")
    return result.astype("float32") if x.dtype == "float32" else result


def log(x):
    """The natural logarithm, computed as exp is, for the same reason."""
    x = np.asarray(x)
    result = np.log(x, dtype="float64")
    return result.astype("float32") if x.dtype == "float32" else result


class Layer_Dense:
    """A layer in which every neuron is connected to every input."""

    def __init__(self, n_inputs, n_neurons):
        # A column for each neuron, so that forward needs no transpose
        self.weights = 0.01 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs = inputs  # for backward
        # (N, n_inputs) times (n_inputs, n_neurons) gives (N, n_neurons)
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        # (n_inputs, N) times (N, n_neurons) adds up the gradients of all samples
        self.dweights = np.dot(self.inputs.T, dvalues)  # (n_inputs, n_neurons)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)  # (1, n_neurons)
        self.dinputs = np.dot(dvalues, self.weights.T)  # (N, n_inputs)


class Activation_ReLU:
    """Rectified linear unit: negative values become 0, the others stay."""

    def forward(self, inputs):
        self.inputs = inputs  # for backward
        self.output = np.maximum(0, inputs)  # same shape as inputs

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()  # same shape as inputs
        self.dinputs[self.inputs <= 0] = 0  # the slope is 1 above 0, and 0 elsewhere


class Activation_Softmax:
    """Exponentials divided by their sum: each row becomes probabilities."""

    def forward(self, inputs):
        # We subtract each row's largest value m, so that exp can't get too large. Since
        # exp(z - m) is exp(z) / exp(m), the division by the sum cancels exp(m) again.
        # keepdims leaves a column, (N, 1): (N,) would be laid along the columns
        exp_values = exp(inputs - np.max(inputs, axis=1, keepdims=True))  # (N, C)
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)

    def backward(self, dvalues):
        # With S for a sample's output, its Jacobian (concept 07) has the elements
        #     dS[j] / dz[k] = S[j] * (1 if j == k else 0) - S[j] * S[k]
        # and the chain rule multiplies it by the gradient that comes in:
        #     dinputs[k] = sum over j of dvalues[j] * dS[j] / dz[k]
        #                = S[k] * dvalues[k] - S[k] * sum over j of dvalues[j] * S[j]
        # The last sum is one number for each sample, so we need no Jacobian
        weighted = np.sum(dvalues * self.output, axis=1, keepdims=True)  # (N, 1)
        self.dinputs = self.output * (dvalues - weighted)  # (N, C)


def check_labels(y_pred, y_true):
    """Return the labels as an array; ValueError if they or predictions don't fit."""
    y_pred, y_true = np.asarray(y_pred), np.asarray(y_true)
    shapes = f"labels {y_true.shape}, predictions {y_pred.shape}"
    low, high, last = np.min(y_true), np.max(y_true), y_pred.shape[-1] - 1
    if y_true.shape not in [y_pred.shape, y_pred.shape[:1]]:
        raise ValueError(f"{shapes}: each sample needs a class number or one-hot row")
    if low < 0 or high > last:
        raise ValueError(f"labels go from {low} to {high}, but must be 0 to {last}")
    if np.isnan(y_pred).any():
        raise ValueError("predictions are nan: the training has diverged, or X has nan")
    if not np.max(np.abs(np.sum(y_pred, axis=1) - 1)) < 0.001:
        raise ValueError("predictions must add up to 1 for each sample: no softmax?")
    return y_true


class Loss:
    """What every loss has in common: the mean of the sample losses."""

    def calculate(self, output, y):
        sample_losses = self.forward(output, y)  # (N,); each kind of loss has its own
        return np.mean(sample_losses)


class Loss_CategoricalCrossentropy(Loss):
    """-log of the probability that was predicted for the true class."""

    def forward(self, y_pred, y_true):
        y_true = check_labels(y_pred, y_true)
        # log(0) is minus infinity: one such sample spoils the mean. Clipped at 1e-7 it
        # costs 16.1, and 1 is clipped too, for balance (in float32 1 - 1e-8 would be 1)
        y_pred_clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)  # (N, C)
        if y_true.ndim == 1:  # class numbers: in row 0 column y_true[0], and so on
            correct_confidences = y_pred_clipped[range(len(y_pred)), y_true]  # (N,)
        else:  # one-hot: in each row the column with the 1
            correct_confidences = y_pred_clipped[y_true == 1]  # (N,)
        return -log(correct_confidences)  # (N,)

    def backward(self, y_pred, y_true):
        # The loss comes last: no gradient comes in, so it starts from the predictions
        if np.ndim(y_true) == 1:  # one-hot: row 2 of eye has its 1 in column 2
            y_true = np.eye(y_pred.shape[1])[y_true]  # (N, C)
        y_true = np.asarray(y_true, dtype=y_pred.dtype)
        # Clipped as in forward, since 0 can't be divided by
        y_pred_clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)  # (N, C)
        # The loss is a mean: each sample has 1 / N of the gradient
        self.dinputs = -y_true / y_pred_clipped / len(y_pred)  # (N, C)


class Activation_Softmax_Loss_CategoricalCrossentropy:
    """Softmax and cross-entropy in one: together they have a simpler gradient."""

    def __init__(self):
        self.activation = Activation_Softmax()
        self.loss = Loss_CategoricalCrossentropy()

    def forward(self, inputs, y_true):
        self.activation.forward(inputs)
        self.output = self.activation.output  # (N, C)
        return self.loss.calculate(self.output, y_true)

    def backward(self, y_pred, y_true):
        if np.ndim(y_true) == 1:  # one-hot: row 2 of eye has its 1 in column 2
            y_true = np.eye(y_pred.shape[1])[y_true]  # (N, C)
        y_true = np.asarray(y_true, dtype=y_pred.dtype)
        # The product of both gradients is y_hat - y (concept 11); 1 / N as in the loss
        self.dinputs = (y_pred - y_true) / len(y_pred)  # (N, C)


# Seeds the random numbers with 0, so that they are the same in every run. From then on
# zeros, eye and randn give float32 (7 digits), and np.dot computes with 16 digits,
# rounds to 7, and wants arrays, not lists
nnfs.init()


X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)

dense1 = Layer_Dense(2, 3)
activation1 = Activation_ReLU()
dense2 = Layer_Dense(3, 3)
loss_activation = Activation_Softmax_Loss_CategoricalCrossentropy()

dense1.forward(X)  # (300, 3)
activation1.forward(dense1.output)  # (300, 3)
dense2.forward(activation1.output)  # (300, 3)

loss = loss_activation.forward(dense2.output, y)
predictions = np.argmax(loss_activation.output, axis=1)  # (300,)
accuracy = np.mean(predictions == y)

# Backward, from the last to the first: the dinputs of each go to the one before it
loss_activation.backward(loss_activation.output, y)  # dinputs (300, 3)
dense2.backward(loss_activation.dinputs)  # dinputs (300, 3)
activation1.backward(dense2.dinputs)  # dinputs (300, 3)
dense1.backward(activation1.dinputs)  # dinputs (300, 2)

print(loss_activation.output[:5])
print("loss:", loss)
print("acc:", accuracy)
# How fast the loss grows with each weight and bias, of the first layer and the second
print(dense1.dweights)  # (2, 3)
print(dense1.dbiases)  # (1, 3)
print(dense2.dweights)  # (3, 3)
print(dense2.dbiases)  # (1, 3)

# Output:
# [[0.33333334 0.33333334 0.33333334]
#  [0.33333316 0.3333332  0.33333364]
#  [0.33333287 0.3333329  0.33333418]
#  [0.3333326  0.33333263 0.33333477]
#  [0.33333233 0.3333324  0.33333528]]
# loss: 1.0986104
# acc: 0.34
# [[ 1.5766358e-04  7.8368575e-05  4.7324404e-05]
#  [ 1.8161036e-04  1.1045571e-05 -3.3096316e-05]]
# [[-3.6055347e-04  9.6611722e-05 -1.0367142e-04]]
# [[ 5.4410957e-05  1.0741142e-04 -1.6182236e-04]
#  [-4.0791339e-05 -7.1678100e-05  1.1246944e-04]
#  [-5.3011299e-05  8.5817286e-05 -3.2805994e-05]]
# [[-1.0732794e-05 -9.4590941e-06  2.0027626e-05]]

"""Step 10. Added backpropagation: the gradient of the loss for every weight and bias.

These gradients say how to change each parameter to lower the loss; to do so, again and
again, is the matter of the book's chapter 10.

New: `Layer_Dense.backward`, `Activation_ReLU.backward`, `Activation_Softmax.backward`
    and `Loss_CategoricalCrossentropy.backward`; for the last two in one there is
    `Activation_Softmax_Loss_CategoricalCrossentropy`, whose gradient is shorter and
    the one that the program uses, with its object `loss_activation`.
Changed: the program is that of step 08 again. `Layer_Dense.forward` and
    `Activation_ReLU.forward` keep their inputs; `loss_activation` stands in for
    `activation2` and `loss_function`, so `loss` and `predictions` come from it. Gone
    with the search: its loop, which made `X` and `y`, and `data_sets`,
    `vertical_data`, `parameters`, `best_parameters`, `lowest_loss`,
    `accuracy_of_best`, `plt`, `left`, `bottom`, `right`, `top`, `grid_x`, `grid_y` and
    `regions`.
Book: chapter 9, backpropagation; before it 7 and 8, derivatives and the chain rule
Run: python nnfs_steps/10_nnfs_backpropagation.py
"""

import nnfs
import numpy as np
from nnfs.datasets import spiral_data


class Layer_Dense:
    """A layer in which every neuron is connected to every input.

    forward takes N samples, and keeps its result in output.
    """

    def __init__(self, n_inputs, n_neurons):
        # One column per neuron, so that forward needs no transpose
        self.weights = 0.01 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs = inputs  # for backward
        # (N, n_inputs) times (n_inputs, n_neurons) gives (N, n_neurons)
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        # (n_inputs, N) times (N, n_neurons): the samples' gradients are added up
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
        # The row's maximum is subtracted so that exp can't overflow; it cancels below
        shifted = inputs - np.max(inputs, axis=1, keepdims=True)  # (N, C), 0 or less
        # The last digit of a float32 exp depends on the processor; that of a float64
        # exp, rounded to float32, does not. (Inputs of other types give float64.)
        exp_values = np.exp(shifted, dtype="float64")  # (N, C)
        if shifted.dtype == "float32":
            exp_values = exp_values.astype("float32")
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)

    def backward(self, dvalues):
        # With S for a sample's output, its Jacobian (concept 07) has the elements
        #     dS[j] / dinputs[k] = S[j] * (1 if j == k else 0) - S[j] * S[k]
        # and the chain rule multiplies it by the gradient that comes in:
        #     dinputs[k] = sum over j of dvalues[j] * dS[j] / dinputs[k]
        #                = S[k] * dvalues[k] - S[k] * sum over j of dvalues[j] * S[j]
        # The last sum is one number per sample, so no Jacobian has to be built.
        weighted = np.sum(dvalues * self.output, axis=1, keepdims=True)  # (N, 1)
        self.dinputs = self.output * (dvalues - weighted)  # (N, C)


class Loss:
    """What every loss has in common: the mean of the sample losses."""

    def calculate(self, output, y):
        """Return the mean loss of predictions (N, C) against labels.

        Labels are class numbers (N,) or one-hot rows (N, C). Raises ValueError if their
        shape does not fit the predictions or a class number is not in 0 .. C - 1.
        """
        N, C = output.shape
        if y.shape not in [(N,), (N, C)]:
            raise ValueError(f"labels {y.shape} do not fit predictions {output.shape}: "
                             "labels are class numbers (N,) or one-hot (N, C)")
        if y.ndim == 1:
            outside = y[(y < 0) | (y >= C)]  # NumPy would take -1 for the last
            if outside.size:
                raise ValueError(f"class number {outside[0]} is not in 0 .. {C - 1}")
        sample_losses = self.forward(output, y)  # (N,); each kind of loss has its own
        return np.mean(sample_losses)


class Loss_CategoricalCrossentropy(Loss):
    """-log of the probability that was predicted for the true class."""

    def forward(self, y_pred, y_true):
        # log(0) is -infinity, so clip; at 1 as well, to pull the mean to neither side
        y_pred_clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)  # (N, C)
        if y_true.ndim == 1:  # class numbers: in row 0 column y_true[0], and so on
            correct_confidences = y_pred_clipped[range(len(y_pred)), y_true]  # (N,)
        else:  # one-hot
            correct_confidences = np.sum(y_pred_clipped * y_true, axis=1)  # (N,)
        # float64 inside, as in the softmax, for the same digits on every processor
        logs = np.log(correct_confidences, dtype="float64")
        return -logs.astype(y_pred_clipped.dtype)  # (N,)

    def backward(self, dvalues, y_true):
        # The loss comes last, so no gradient comes in: dvalues are the predictions
        if y_true.ndim == 1:
            y_true = np.eye(dvalues.shape[1])[y_true]  # one-hot, (N, C)
        y_true = y_true.astype(dvalues.dtype)  # integers would make it float64
        # As in forward: away from 0, which can't be divided by
        y_pred_clipped = np.clip(dvalues, 1e-7, 1 - 1e-7)  # (N, C)
        # The loss is a mean: each sample has 1 / N of the gradient
        self.dinputs = -y_true / y_pred_clipped / len(dvalues)  # (N, C)


class Activation_Softmax_Loss_CategoricalCrossentropy:
    """Softmax and cross-entropy in one: together they have a short gradient."""

    def __init__(self):
        self.activation = Activation_Softmax()
        self.loss = Loss_CategoricalCrossentropy()

    def forward(self, inputs, y_true):
        self.activation.forward(inputs)
        self.output = self.activation.output  # (N, C)
        return self.loss.calculate(self.output, y_true)

    def backward(self, dvalues, y_true):
        # dvalues are the predictions, as in the loss
        if y_true.ndim == 1:
            y_true = np.eye(dvalues.shape[1])[y_true]  # one-hot, (N, C)
        y_true = y_true.astype(dvalues.dtype)
        # The product of the two gradients: y_hat - y, again with 1 / N for each sample
        self.dinputs = (dvalues - y_true) / len(dvalues)  # (N, C)


# Sets the random seed to 0, makes float32 the default, and makes np.dot give the same
# digits on every machine (it takes only arrays from here on, no lists)
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

# Backward, in reverse order: it begins with the predictions, then the dinputs of each
# object go to the one before it
loss_activation.backward(loss_activation.output, y)  # dinputs (300, 3)
dense2.backward(loss_activation.dinputs)  # dinputs (300, 3)
activation1.backward(dense2.dinputs)  # dinputs (300, 3)
dense1.backward(activation1.dinputs)  # dinputs (300, 2)

print(loss_activation.output[:5])
print("loss:", loss)
print("acc:", accuracy)
print(dense1.dweights)
print(dense1.dbiases)
print(dense2.dweights)
print(dense2.dbiases)

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

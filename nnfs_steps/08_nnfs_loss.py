"""Step 08. Added a loss function: categorical cross-entropy.

New: `Loss` and `Loss_CategoricalCrossentropy`, its object `loss_function`, the `loss`;
    beside it the `accuracy`, the share of right `predictions`.
Book: chapter 5, calculating network error with loss
Video: parts 7 and 8, https://youtu.be/dEXPMQXoiLc and https://youtu.be/levekYbxauw
Run: python nnfs_steps/08_nnfs_loss.py
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
        # (N, n_inputs) times (n_inputs, n_neurons) gives (N, n_neurons)
        self.output = np.dot(inputs, self.weights) + self.biases


class Activation_ReLU:
    """Rectified linear unit: negative values become 0, the others stay."""

    def forward(self, inputs):
        self.output = np.maximum(0, inputs)  # same shape as inputs


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


# Sets the random seed to 0, makes float32 the default, and makes np.dot give the same
# digits on every machine (it takes only arrays from here on, no lists)
nnfs.init()

X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)

dense1 = Layer_Dense(2, 3)
activation1 = Activation_ReLU()
dense2 = Layer_Dense(3, 3)
activation2 = Activation_Softmax()
loss_function = Loss_CategoricalCrossentropy()

dense1.forward(X)  # (300, 3)
activation1.forward(dense1.output)  # (300, 3)
dense2.forward(activation1.output)  # (300, 3)
activation2.forward(dense2.output)  # (300, 3)

loss = loss_function.calculate(activation2.output, y)
predictions = np.argmax(activation2.output, axis=1)  # (300,)
accuracy = np.mean(predictions == y)

print(activation2.output[:5])
print("loss:", loss)
print("acc:", accuracy)

# Output:
# [[0.33333334 0.33333334 0.33333334]
#  [0.33333316 0.3333332  0.33333364]
#  [0.33333287 0.3333329  0.33333418]
#  [0.3333326  0.33333263 0.33333477]
#  [0.33333233 0.3333324  0.33333528]]
# loss: 1.0986104
# acc: 0.34

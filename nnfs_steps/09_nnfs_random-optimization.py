"""Step 09. Random search: change the weights blindly, keep what helps.

The simplest way to improve the network is to try. We nudge all weights and biases at
random. If the loss falls we keep them; if not, we go back to the best so far. On easy
data, three vertical stripes, this reaches an accuracy of 0.93. In iteration 30 (see
nnfs_steps/outputs/09.txt) the loss falls, and so does the accuracy: the loss sees how
sure each answer is, accuracy only counts the right ones.

On the spiral the search stops at 0.39. Three neurons in the first layer can't bend
enough to follow it, whatever the method. And blind nudges of many weights rarely help:
with 64 neurons, which are enough for step 16, 10,000 nudges only get to 0.43.

New: draw_regions
Try: nudge by 0.5 instead of 0.05. On the stripes large nudges help a lot at first;
    later almost none do.
Book: chapter 6, introducing optimization
Video: part 9, https://youtu.be/txh3TQDwP1g
"""

import matplotlib.pyplot as plt
import nnfs
import numpy as np
from nnfs.datasets import spiral_data, vertical_data


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
        # (N, n_inputs) times (n_inputs, n_neurons) gives (N, n_neurons)
        self.output = np.dot(inputs, self.weights) + self.biases


class Activation_ReLU:
    """Rectified linear unit: negative values become 0, the others stay."""

    def forward(self, inputs):
        self.output = np.maximum(0, inputs)  # same shape as inputs


class Activation_Softmax:
    """Exponentials divided by their sum: each row becomes probabilities."""

    def forward(self, inputs):
        # We subtract each row's largest value m, so that exp can't get too large. Since
        # exp(z - m) is exp(z) / exp(m), the division by the sum cancels exp(m) again.
        # keepdims leaves a column, (N, 1): (N,) would be laid along the columns
        exp_values = exp(inputs - np.max(inputs, axis=1, keepdims=True))  # (N, C)
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)


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


def draw_regions(X, y, title):
    """Colour each point of a grid by the class that the network gives it."""
    left, bottom = (X.min(axis=0) - 0.1).tolist()
    right, top = (X.max(axis=0) + 0.1).tolist()
    # 150j asks for 150 points; c_ puts x and y side by side, a row for each point
    grid_x, grid_y = np.mgrid[left:right:150j, bottom:top:150j]  # (150, 150) each
    dense1.forward(np.c_[grid_x.ravel(), grid_y.ravel()])  # from (22500, 2)
    activation1.forward(dense1.output)
    dense2.forward(activation1.output)
    # The largest output stays the largest without softmax
    regions = np.argmax(dense2.output, axis=1).reshape(grid_x.shape)
    plt.imshow(regions.T, extent=[left, right, bottom, top], origin="lower", alpha=0.5)
    plt.scatter(X[:, 0], X[:, 1], c=y, s=15, edgecolors="black", linewidths=0.5)
    plt.locator_params(nbins=5)
    plt.title(title)


# Seeds the random numbers with 0, so that they are the same in every run. From then on
# zeros, eye and randn give float32 (7 digits), and np.dot computes with 16 digits,
# rounds to 7, and wants arrays, not lists
nnfs.init()


plt.figure(figsize=(10, 5))
data_sets = {"Vertical data": vertical_data, "Spiral data": spiral_data}
for panel, (name, create_data) in enumerate(data_sets.items(), start=1):
    print(name)
    np.random.seed(0)  # the same seed for both
    X, y = create_data(samples=100, classes=3)  # (300, 2) and (300,)

    dense1 = Layer_Dense(2, 3)
    activation1 = Activation_ReLU()
    dense2 = Layer_Dense(3, 3)
    activation2 = Activation_Softmax()
    loss_function = Loss_CategoricalCrossentropy()

    # The layers' own arrays, no copies: changing these changes the layers
    parameters = [dense1.weights, dense1.biases, dense2.weights, dense2.biases]
    lowest_loss = float("inf")  # the first loss will be lower

    for iteration in range(10000):
        for parameter in parameters:
            # The star unpacks a shape: randn(2, 3) for (2, 3)
            parameter += 0.05 * np.random.randn(*parameter.shape)

        dense1.forward(X)  # (300, 3)
        activation1.forward(dense1.output)  # (300, 3)
        dense2.forward(activation1.output)  # (300, 3)
        activation2.forward(dense2.output)  # (300, 3)

        loss = loss_function.calculate(activation2.output, y)
        predictions = np.argmax(activation2.output, axis=1)  # (300,)
        accuracy = np.mean(predictions == y)

        if loss < lowest_loss:
            print("New set of weights found, iteration:", iteration, end=" ")
            print("loss:", loss, "acc:", accuracy)
            best_parameters = [parameter.copy() for parameter in parameters]
            lowest_loss, accuracy_of_best = loss, accuracy
        else:
            for parameter, best in zip(parameters, best_parameters):
                # [:] writes into the layer's own array. "parameter = best" would only
                # give the best numbers another name, and the layer would keep its own
                parameter[:] = best

    plt.subplot(1, 2, panel)
    draw_regions(X, y, f"{name}: accuracy {accuracy_of_best:.2f}")

plt.show()

# Output:
# Vertical data
# New set of weights found, iteration: 0 loss: 1.0987684 acc: 0.3333333333333333
# New set of weights found, iteration: 1 loss: 1.0987465 acc: 0.3333333333333333
# New set of weights found, iteration: 5 loss: 1.0976487 acc: 0.3333333333333333
# ...
# New set of weights found, iteration: 9397 loss: 0.17279711 acc: 0.93
# Spiral data
# New set of weights found, iteration: 0 loss: 1.1008677 acc: 0.3333333333333333
# New set of weights found, iteration: 1 loss: 1.0994315 acc: 0.3333333333333333
# New set of weights found, iteration: 2 loss: 1.099122 acc: 0.3333333333333333
# ...
# New set of weights found, iteration: 4016 loss: 1.0792656 acc: 0.39666666666666667
# New set of weights found, iteration: 4309 loss: 1.0792212 acc: 0.4033333333333333
# New set of weights found, iteration: 5157 loss: 1.0791876 acc: 0.3933333333333333
# New set of weights found, iteration: 5415 loss: 1.0790575 acc: 0.39

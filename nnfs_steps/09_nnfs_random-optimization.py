"""Step 09. Added random optimization of weights and biases: keep what lowers the loss.

It does well on easy data (accuracy 0.93) and fails on the spiral (0.39, where guessing
gives 0.33). A better way to change the parameters is wanted: step 10.

New: `parameters`, `best_parameters`, `lowest_loss` and `accuracy_of_best`, for the
    search; `vertical_data`, which is easier than the spiral, and `data_sets` for both;
    `plt`, `left`, `bottom`, `right`, `top`, `grid_x`, `grid_y` and `regions`, for a
    picture of what is found.
Changed: the program runs inside a loop over both data sets, which makes `X` and `y`;
    it prints improvements in place of probabilities.
Book: chapter 6, introducing optimization
Video: part 9, https://www.youtube.com/playlist?list=PLQVvvaa0QuDcjD5BAw2DxE6OF2tius3V3
Run: python nnfs_steps/09_nnfs_random-optimization.py
"""

import matplotlib.pyplot as plt
import nnfs
import numpy as np
from nnfs.datasets import spiral_data, vertical_data


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

plt.figure(figsize=(10, 5))
data_sets = {"Vertical data": vertical_data, "Spiral data": spiral_data}
for panel, (name, create_data) in enumerate(data_sets.items(), start=1):
    np.random.seed(0)  # the same seed for both
    X, y = create_data(samples=100, classes=3)  # (300, 2) and (300,)

    dense1 = Layer_Dense(2, 3)
    activation1 = Activation_ReLU()
    dense2 = Layer_Dense(3, 3)
    activation2 = Activation_Softmax()
    loss_function = Loss_CategoricalCrossentropy()

    # The layers' own arrays, not copies: to change these is to change the layers
    parameters = [dense1.weights, dense1.biases, dense2.weights, dense2.biases]
    lowest_loss = float("inf")  # the first loss will be lower

    for iteration in range(10000):
        for parameter in parameters:
            # The star makes randn(2, 3) of the shape (2, 3)
            parameter += 0.05 * np.random.randn(*parameter.shape)

        dense1.forward(X)  # (300, 3)
        activation1.forward(dense1.output)  # (300, 3)
        dense2.forward(activation1.output)  # (300, 3)
        activation2.forward(dense2.output)  # (300, 3)

        loss = loss_function.calculate(activation2.output, y)
        predictions = np.argmax(activation2.output, axis=1)  # (300,)
        accuracy = np.mean(predictions == y)

        if loss < lowest_loss:
            print("New set of weights found, iteration:", iteration,
                  "loss:", loss, "acc:", accuracy)
            best_parameters = [parameter.copy() for parameter in parameters]
            lowest_loss, accuracy_of_best = loss, accuracy
        else:
            for parameter, best in zip(parameters, best_parameters):
                parameter[:] = best  # back, in place

    # The picture: the class that the best network predicts at each point of a grid,
    # which has 300 (that is what 300j says) times 300 points; c_ makes them rows. It
    # needs no softmax, which would not change which output is the largest
    left, bottom = (X.min(axis=0) - 0.1).tolist()
    right, top = (X.max(axis=0) + 0.1).tolist()
    grid_x, grid_y = np.mgrid[left:right:300j, bottom:top:300j]  # (300, 300) each
    dense1.forward(np.c_[grid_x.ravel(), grid_y.ravel()])  # (90000, 2) to (90000, 3)
    activation1.forward(dense1.output)
    dense2.forward(activation1.output)
    regions = np.argmax(dense2.output, axis=1).reshape(grid_x.shape)

    plt.subplot(1, 2, panel)
    plt.contourf(grid_x, grid_y, regions, levels=[-0.5, 0.5, 1.5, 2.5],
                 colors=["blue", "red", "lime"], alpha=0.3)  # brg, as for the samples
    plt.scatter(X[:, 0], X[:, 1], c=y, cmap="brg", s=10)
    plt.title(f"{name}: accuracy {accuracy_of_best:.2f}")

plt.show()

# Output:
# New set of weights found, iteration: 0 loss: 1.0987684 acc: 0.3333333333333333
# New set of weights found, iteration: 1 loss: 1.0987465 acc: 0.3333333333333333
# New set of weights found, iteration: 5 loss: 1.0976487 acc: 0.3333333333333333
# ...
# New set of weights found, iteration: 29 loss: 1.0725244 acc: 0.5266666666666666
# New set of weights found, iteration: 30 loss: 1.0724432 acc: 0.3466666666666667
# ...
# New set of weights found, iteration: 7446 loss: 0.17280102 acc: 0.9333333333333333
# New set of weights found, iteration: 9397 loss: 0.17279711 acc: 0.93
# New set of weights found, iteration: 0 loss: 1.1008677 acc: 0.3333333333333333
# New set of weights found, iteration: 1 loss: 1.0994315 acc: 0.3333333333333333
# New set of weights found, iteration: 2 loss: 1.099122 acc: 0.3333333333333333
# ...
# New set of weights found, iteration: 5157 loss: 1.0791876 acc: 0.3933333333333333
# New set of weights found, iteration: 5415 loss: 1.0790575 acc: 0.39

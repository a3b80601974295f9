"""Step 17. Test data: what the network has not seen.

Step 16 gets 0.973 of the samples right, but it has seen each of them 10,000 times. Has
it learned the spiral, or its 300 points? To find out we draw 300 new points of the same
spiral, and only pass them forward: nothing is learned. The last line, which the book
calls validation, says 0.793, with a loss of 0.981. So a good part was memorized. This
is overfitting. The gap between the two accuracies is there on all ten seeds, from 0.040
to 0.180; this one has the largest.

The picture shows when it begins. Both losses fall until about epoch 900; then the test
loss rises, while the other still falls: the network bends its borders around single
points of the training, and the test points lie elsewhere. On nine of ten seeds the test
loss ends at least 7 % above its lowest, and on nine the accuracy falls by 0.010 at most
from there: few more answers are wrong, but the network is surer of those that are.

Changed: nothing in the classes; the program passes the test data forward in each epoch
Differs: the book's run ends with 0.983 and a loss of 0.074, on test data with 0.803 and
    0.858
Try: samples=1000 for X and y, and range(2001). The network can't memorize so many: its
    accuracy is 0.842, and 0.817 on the test data, with a loss of 0.436. (With
    range(2001) alone it is 0.930, and 0.790 on the test data, with a loss of 0.542.)
Book: chapter 11, testing with out-of-sample data
Concepts: 15, 16, 29
"""

import matplotlib.pyplot as plt
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


class Optimizer_Adam:
    """Momentum, and a rate for each parameter from a memory that fades."""

    def __init__(
        self, learning_rate=0.001, decay=0.0, epsilon=1e-7, beta_1=0.9, beta_2=0.999
    ):
        self.learning_rate = learning_rate
        self.current_learning_rate = learning_rate
        self.decay = decay
        self.iterations = 0
        self.epsilon = epsilon  # keeps from dividing by 0
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def pre_update_params(self):
        decayed = 1.0 / (1.0 + self.decay * self.iterations)
        self.current_learning_rate = self.learning_rate * decayed

    def update_params(self, layer):
        if not hasattr(layer, "weight_cache"):
            layer.weight_momentums = np.zeros_like(layer.weights)
            layer.bias_momentums = np.zeros_like(layer.biases)
            layer.weight_cache = np.zeros_like(layer.weights)
            layer.bias_cache = np.zeros_like(layer.biases)
        layer.weight_momentums = (
            self.beta_1 * layer.weight_momentums + (1 - self.beta_1) * layer.dweights
        )
        layer.bias_momentums = (
            self.beta_1 * layer.bias_momentums + (1 - self.beta_1) * layer.dbiases
        )
        layer.weight_cache = (
            self.beta_2 * layer.weight_cache + (1 - self.beta_2) * layer.dweights**2
        )
        layer.bias_cache = (
            self.beta_2 * layer.bias_cache + (1 - self.beta_2) * layer.dbiases**2
        )
        # Both start at 0, which pulls the first ones towards 0; this makes up for it
        momentum_correction = 1 - self.beta_1 ** (self.iterations + 1)
        cache_correction = 1 - self.beta_2 ** (self.iterations + 1)
        weight_momentums = layer.weight_momentums / momentum_correction
        bias_momentums = layer.bias_momentums / momentum_correction
        weight_sizes = np.sqrt(layer.weight_cache / cache_correction) + self.epsilon
        bias_sizes = np.sqrt(layer.bias_cache / cache_correction) + self.epsilon
        layer.weights += -self.current_learning_rate * weight_momentums / weight_sizes
        layer.biases += -self.current_learning_rate * bias_momentums / bias_sizes

    def post_update_params(self):
        self.iterations += 1


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


def mark_peaks(losses):
    """Show losses up to 1.2. Where one is higher, say at the top how high it is."""
    plt.ylim(0, 1.2)  # the same in each step, so that their pictures can be compared
    for epoch, loss in enumerate(losses):
        # Labels need room: a peak is the highest loss within 700 epochs
        if loss > 1.2 and loss == max(losses[max(0, epoch - 700) : epoch + 700]):
            plt.text(epoch, 1.22, f"{loss:.1f}", fontsize=9, ha="center")


# Seeds the random numbers with 0, so that they are the same in every run. From then on
# zeros, eye and randn give float32 (7 digits), and np.dot computes with 16 digits,
# rounds to 7, and wants arrays, not lists
nnfs.init()


X, y = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)

dense1 = Layer_Dense(2, 64)
activation1 = Activation_ReLU()
dense2 = Layer_Dense(64, 3)
loss_activation = Activation_Softmax_Loss_CategoricalCrossentropy()
optimizer = Optimizer_Adam(learning_rate=0.05, decay=5e-7)

# New samples of the same spiral
X_test, y_test = spiral_data(samples=100, classes=3)  # (300, 2) and (300,)

losses, test_losses = [], []
for epoch in range(10001):
    dense1.forward(X)  # (300, 64)
    activation1.forward(dense1.output)  # (300, 64)
    dense2.forward(activation1.output)  # (300, 3)

    loss = loss_activation.forward(dense2.output, y)
    predictions = np.argmax(loss_activation.output, axis=1)  # (300,)
    accuracy = np.mean(predictions == y)
    losses.append(loss)

    if not epoch % 100:
        print(
            f"epoch: {epoch}, acc: {accuracy:.3f}, loss: {loss:.3f}, "
            f"lr: {optimizer.current_learning_rate}"
        )

    # Backward, from the last to the first: the dinputs of each go to the one before it
    loss_activation.backward(loss_activation.output, y)  # dinputs (300, 3)
    dense2.backward(loss_activation.dinputs)  # dinputs (300, 64)
    activation1.backward(dense2.dinputs)  # dinputs (300, 64)
    dense1.backward(activation1.dinputs)  # dinputs (300, 2)

    optimizer.pre_update_params()
    optimizer.update_params(dense1)
    optimizer.update_params(dense2)
    optimizer.post_update_params()

    # The test data only passes forward: nothing is learned from it
    dense1.forward(X_test)  # (300, 64)
    activation1.forward(dense1.output)  # (300, 64)
    dense2.forward(activation1.output)  # (300, 3)
    test_loss = loss_activation.forward(dense2.output, y_test)
    test_losses.append(test_loss)

# Validation: how the test data ends
predictions = np.argmax(loss_activation.output, axis=1)  # (300,)
accuracy = np.mean(predictions == y_test)

print(f"validation, acc: {accuracy:.3f}, loss: {test_loss:.3f}")

plt.figure(figsize=(10, 5))
plt.subplot(1, 2, 1)
draw_regions(X_test, y_test, f"Adam: test accuracy {accuracy:.3f}")
plt.subplot(1, 2, 2)
plt.plot(losses, label="training")
plt.plot(test_losses, label="test")
mark_peaks(np.maximum(losses, test_losses))
plt.legend()
plt.xlabel("epoch")
plt.ylabel("loss")
plt.show()

# Output:
# epoch: 0, acc: 0.360, loss: 1.099, lr: 0.05
# epoch: 100, acc: 0.713, loss: 0.684, lr: 0.04999752512250644
# epoch: 200, acc: 0.807, loss: 0.510, lr: 0.04999502549496326
# epoch: 300, acc: 0.810, loss: 0.433, lr: 0.049992526117345455
# epoch: 400, acc: 0.877, loss: 0.379, lr: 0.04999002698961558
# ...
# epoch: 9700, acc: 0.963, loss: 0.084, lr: 0.0497586952075908
# epoch: 9800, acc: 0.970, loss: 0.083, lr: 0.04975621940303483
# epoch: 9900, acc: 0.963, loss: 0.083, lr: 0.049753743844839965
# epoch: 10000, acc: 0.973, loss: 0.078, lr: 0.04975126853296942
# validation, acc: 0.793, loss: 0.981

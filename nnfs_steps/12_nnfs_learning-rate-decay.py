"""Step 12. Learning rate decay: large steps first, small ones later.

Step 11 has to choose: a large learning rate jumps about, a small one takes forever. Why
not both? We start with a rate of 1.0 and divide it by 1 + decay * iterations. With a
decay of 0.001 it is 0.5 after 1,000 epochs, and 0.091 after 10,000.

The jumps shrink. On none of ten seeds does the loss climb by more than 0.024 in an
epoch. In step 11 it jumps by 0.059 or more on each. (It still rises in every third
epoch here, by a little.) But from a start of 1.0 the steps soon become too small: all
10,000 rates add up to 2,400. With this seed the loss still ends lower than in step 11,
at 0.770 instead of 0.883; on eight of ten it ends higher. Decay pays when we start with
steps that would be too large alone: see Try.

New: Optimizer_SGD.pre_update_params, Optimizer_SGD.post_update_params
Changed: Optimizer_SGD.__init__ takes decay, Optimizer_SGD.update_params uses the
    current rate
Differs: the later digits, as in step 11
Try: a learning rate of 5.0. The accuracy ends at 0.933, and without decay, in step 11,
    at 0.640. Decay wins on all ten seeds.
Book: chapter 10, learning rate decay
Concepts: 12
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


class Optimizer_SGD:
    """Gradient descent with a learning rate that decays."""

    def __init__(self, learning_rate=1.0, decay=0.0):
        self.learning_rate = learning_rate
        self.current_learning_rate = learning_rate
        self.decay = decay
        self.iterations = 0

    def pre_update_params(self):
        decayed = 1.0 / (1.0 + self.decay * self.iterations)
        self.current_learning_rate = self.learning_rate * decayed

    def update_params(self, layer):
        layer.weights += -self.current_learning_rate * layer.dweights
        layer.biases += -self.current_learning_rate * layer.dbiases

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
optimizer = Optimizer_SGD(learning_rate=1.0, decay=1e-3)

losses = []
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

plt.figure(figsize=(10, 5))
plt.subplot(1, 2, 1)
draw_regions(X, y, f"Learning rate decay: accuracy {accuracy:.3f}")
plt.subplot(1, 2, 2)
plt.plot(losses)
mark_peaks(losses)
plt.xlabel("epoch")
plt.ylabel("loss")
plt.show()

# Output:
# epoch: 0, acc: 0.360, loss: 1.099, lr: 1.0
# epoch: 100, acc: 0.400, loss: 1.088, lr: 0.9099181073703367
# epoch: 200, acc: 0.423, loss: 1.078, lr: 0.8340283569641367
# epoch: 300, acc: 0.423, loss: 1.076, lr: 0.7698229407236336
# epoch: 400, acc: 0.420, loss: 1.076, lr: 0.7147962830593281
# ...
# epoch: 9600, acc: 0.657, loss: 0.775, lr: 0.09434852344560807
# epoch: 9700, acc: 0.657, loss: 0.773, lr: 0.09346667912889055
# epoch: 9800, acc: 0.663, loss: 0.772, lr: 0.09260116677470137
# epoch: 9900, acc: 0.673, loss: 0.771, lr: 0.09175153683824203
# epoch: 10000, acc: 0.673, loss: 0.770, lr: 0.09091735612328393

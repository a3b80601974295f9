"""Step 20. Two classes: one output that says yes or no.

A network that only has to say yes or no doesn't need a neuron for each answer: one
output is enough, the probability of yes. Softmax can't produce it, since a single
number divided by itself is always 1. The sigmoid can: it bends any number into the
range from 0 to 1. The loss is again -log of the probability of what is true, which is p
for a yes and 1 - p for a no. Above 0.5 the answer counts as yes. With several outputs,
each says yes or no on its own; so the labels have a row for each sample and a column
for each output, here one.

On the spiral of two classes the network ends with 0.945 on the training data, and on
the test data too. That is this seed's luck: on eight of ten the test is worse, and on
average it is 0.836 and the training 0.881. Adam has its default rate here, 0.001.

From: step 18 (the softmax and its loss are gone)
New: Activation_Sigmoid, check_shapes, Loss_BinaryCrossentropy
Changed: draw_regions asks which side of 0 the output is on
Differs: the book's run ends with 0.965 and a loss of 0.219, on test data with 0.945 and
    0.207
Try: leave out y.reshape(-1, 1). Against a column, a row of labels would silently make a
    table of 200 by 200 losses; the error prevents it.
Book: chapter 16, binary logistic regression
Concepts: 19, 30
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

    def __init__(
        self,
        n_inputs,
        n_neurons,
        weight_regularizer_l1=0,
        weight_regularizer_l2=0,
        bias_regularizer_l1=0,
        bias_regularizer_l2=0,
    ):
        # A column for each neuron, so that forward needs no transpose
        self.weights = 0.01 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))
        self.weight_regularizer_l1 = weight_regularizer_l1
        self.weight_regularizer_l2 = weight_regularizer_l2
        self.bias_regularizer_l1 = bias_regularizer_l1
        self.bias_regularizer_l2 = bias_regularizer_l2

    def forward(self, inputs):
        self.inputs = inputs  # for backward
        # (N, n_inputs) times (n_inputs, n_neurons) gives (N, n_neurons)
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        # (n_inputs, N) times (N, n_neurons) adds up the gradients of all samples
        self.dweights = np.dot(self.inputs.T, dvalues)  # (n_inputs, n_neurons)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)  # (1, n_neurons)
        # The slopes of the penalties: l1 or -l1, and 2 * l2 times the parameter
        if self.weight_regularizer_l1 > 0:
            signs = np.where(self.weights >= 0, 1, -1)
            self.dweights += self.weight_regularizer_l1 * signs
        if self.weight_regularizer_l2 > 0:
            self.dweights += 2 * self.weight_regularizer_l2 * self.weights
        if self.bias_regularizer_l1 > 0:
            signs = np.where(self.biases >= 0, 1, -1)
            self.dbiases += self.bias_regularizer_l1 * signs
        if self.bias_regularizer_l2 > 0:
            self.dbiases += 2 * self.bias_regularizer_l2 * self.biases
        self.dinputs = np.dot(dvalues, self.weights.T)  # (N, n_inputs)


class Activation_ReLU:
    """Rectified linear unit: negative values become 0, the others stay."""

    def forward(self, inputs):
        self.inputs = inputs  # for backward
        self.output = np.maximum(0, inputs)  # same shape as inputs

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()  # same shape as inputs
        self.dinputs[self.inputs <= 0] = 0  # the slope is 1 above 0, and 0 elsewhere


class Activation_Sigmoid:
    """1 / (1 + e ** -x): any number becomes a probability."""

    def forward(self, inputs):
        # Beyond 88 the power is too large for a float32, and nothing changes any more
        self.output = 1 / (1 + exp(-np.clip(inputs, -88, 88)))  # same shape as inputs

    def backward(self, dvalues):
        self.dinputs = dvalues * (1 - self.output) * self.output


def check_shapes(y_pred, y_true):
    """Raise ValueError unless shapes are the same, and predictions are finite."""
    shapes = f"targets {np.shape(y_true)}, predictions {np.shape(y_pred)}"
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError(f"{shapes}: both need one shape, a row for each sample")
    if not np.isfinite(y_pred).all():
        raise ValueError("predictions not finite: training diverged, or nan in X or y")


class Loss:
    """What every loss has in common: the mean of the sample losses."""

    def calculate(self, output, y):
        sample_losses = self.forward(output, y)  # (N,); each kind of loss has its own
        return np.mean(sample_losses)

    def regularization_loss(self, layer):
        """The penalty for the weights and biases of a layer, as a float."""
        penalty = 0.0
        penalty += layer.weight_regularizer_l1 * float(np.sum(np.abs(layer.weights)))
        penalty += layer.weight_regularizer_l2 * float(np.sum(layer.weights**2))
        penalty += layer.bias_regularizer_l1 * float(np.sum(np.abs(layer.biases)))
        penalty += layer.bias_regularizer_l2 * float(np.sum(layer.biases**2))
        return penalty


class Loss_BinaryCrossentropy(Loss):
    """-log of the probability of what is true, for outputs that say yes or no."""

    def forward(self, y_pred, y_true):
        check_shapes(y_pred, y_true)
        # As in the categorical loss, log(0) would be minus infinity
        y_pred_clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)  # (N, outputs)
        sample_losses = -(
            y_true * log(y_pred_clipped) + (1 - y_true) * log(1 - y_pred_clipped)
        )
        return np.mean(sample_losses, axis=-1)  # (N,)

    def backward(self, y_pred, y_true):
        samples, outputs = y_pred.shape
        y_pred_clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)  # (N, outputs)
        self.dinputs = (
            -(y_true / y_pred_clipped - (1 - y_true) / (1 - y_pred_clipped))
            / outputs
            / samples
        )


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
    # The sigmoid is above 0.5 where its input is above 0
    regions = (dense2.output > 0).reshape(grid_x.shape)
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


X, y = spiral_data(samples=100, classes=2)  # (200, 2) and (200,)
y = y.reshape(-1, 1)  # (200, 1): a row for each sample, as the outputs have

dense1 = Layer_Dense(2, 64, weight_regularizer_l2=5e-4, bias_regularizer_l2=5e-4)
activation1 = Activation_ReLU()
dense2 = Layer_Dense(64, 1)
activation2 = Activation_Sigmoid()
loss_function = Loss_BinaryCrossentropy()
optimizer = Optimizer_Adam(decay=5e-7)

# New samples of the same spiral
X_test, y_test = spiral_data(samples=100, classes=2)  # (200, 2) and (200,)
y_test = y_test.reshape(-1, 1)  # (200, 1)

losses, test_losses = [], []
for epoch in range(10001):
    dense1.forward(X)  # (200, 64)
    activation1.forward(dense1.output)  # (200, 64)
    dense2.forward(activation1.output)  # (200, 1)
    activation2.forward(dense2.output)  # (200, 1)

    data_loss = loss_function.calculate(activation2.output, y)
    regularization_loss = loss_function.regularization_loss(dense1)
    regularization_loss += loss_function.regularization_loss(dense2)
    loss = data_loss + regularization_loss
    predictions = (activation2.output > 0.5) * 1  # (200, 1)
    accuracy = np.mean(predictions == y)
    losses.append(data_loss)  # the test has no penalty

    if not epoch % 100:
        print(
            f"epoch: {epoch}, acc: {accuracy:.3f}, loss: {loss:.3f} "
            f"(data_loss: {data_loss:.3f}, reg_loss: {regularization_loss:.3f}), "
            f"lr: {optimizer.current_learning_rate}"
        )

    # Backward, from the last to the first: the dinputs of each go to the one before it
    loss_function.backward(activation2.output, y)  # dinputs (200, 1)
    activation2.backward(loss_function.dinputs)  # dinputs (200, 1)
    dense2.backward(activation2.dinputs)  # dinputs (200, 64)
    activation1.backward(dense2.dinputs)  # dinputs (200, 64)
    dense1.backward(activation1.dinputs)  # dinputs (200, 2)

    optimizer.pre_update_params()
    optimizer.update_params(dense1)
    optimizer.update_params(dense2)
    optimizer.post_update_params()

    # The test data only passes forward: nothing is learned from it
    dense1.forward(X_test)  # (200, 64)
    activation1.forward(dense1.output)  # (200, 64)
    dense2.forward(activation1.output)  # (200, 1)
    activation2.forward(dense2.output)  # (200, 1)
    test_loss = loss_function.calculate(activation2.output, y_test)
    test_losses.append(test_loss)

# Validation: how the test data ends
predictions = (activation2.output > 0.5) * 1  # (200, 1)
accuracy = np.mean(predictions == y_test)

print(f"validation, acc: {accuracy:.3f}, loss: {test_loss:.3f}")

plt.figure(figsize=(10, 5))
plt.subplot(1, 2, 1)
draw_regions(X_test, y_test[:, 0], f"Two classes: test accuracy {accuracy:.3f}")
plt.subplot(1, 2, 2)
plt.plot(losses, label="training")
plt.plot(test_losses, label="test")
mark_peaks(np.maximum(losses, test_losses))
plt.legend()
plt.xlabel("epoch")
plt.ylabel("loss")
plt.show()

# Output:
# epoch: 0, acc: 0.500, loss: 0.693 (data_loss: 0.693, reg_loss: 0.000), lr: 0.001
# epoch: 100, acc: 0.630, loss: 0.674 (data_loss: 0.673, reg_loss: 0.001), lr: 0.0009999505024501287
# epoch: 200, acc: 0.625, loss: 0.669 (data_loss: 0.668, reg_loss: 0.001), lr: 0.0009999005098992651
# epoch: 300, acc: 0.650, loss: 0.664 (data_loss: 0.663, reg_loss: 0.002), lr: 0.000999850522346909
# epoch: 400, acc: 0.650, loss: 0.659 (data_loss: 0.657, reg_loss: 0.002), lr: 0.0009998005397923115
# ...
# epoch: 9700, acc: 0.945, loss: 0.248 (data_loss: 0.192, reg_loss: 0.056), lr: 0.000995173904151816
# epoch: 9800, acc: 0.945, loss: 0.247 (data_loss: 0.191, reg_loss: 0.056), lr: 0.0009951243880606966
# epoch: 9900, acc: 0.945, loss: 0.246 (data_loss: 0.190, reg_loss: 0.056), lr: 0.0009950748768967994
# epoch: 10000, acc: 0.945, loss: 0.245 (data_loss: 0.189, reg_loss: 0.056), lr: 0.0009950253706593885
# validation, acc: 0.945, loss: 0.220

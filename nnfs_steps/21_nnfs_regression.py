"""Step 21. Regression: a number instead of a class.

So far the network chose. Now it has to say how much: from X it should tell y, the sine
of 2 * pi * X. The output is the number itself. A sine goes from -1 to 1, and ReLU could
say nothing below 0, a sigmoid nothing outside 0 to 1: so the last activation does
nothing (linear). The loss is the square of the error. For the accuracy we have to say
what counts as right: an error below a 250th of the standard deviation of y (the usual
distance of y from its mean). The 250 is the book's choice.

This accuracy is strict. When the curve moves by a hair, most points miss at once: that
is why it falls from 0.885 to 0.082 and comes back, while the loss stays tiny. And 0.936
is luck, the best of ten seeds; their mean is 0.729. There are two hidden layers. The
biases start at 0, so every bend of the curve starts at X = 0, and with one layer the
bends don't get far enough: on eight of ten seeds the loss stays above 0.03. (With
biases that start at random, as weights do, one layer gets below 0.01 on all ten.) The
weights start at 0.1 instead of 0.01: three small layers in a row would leave next to
nothing of X.

From: step 16 (the classes for classification are gone)
New: Activation_Linear, Loss_MeanSquaredError, Loss_MeanAbsoluteError (not used here),
    and check_shapes from step 20
Changed: Layer_Dense.__init__ takes weight_scale
Differs: the book trains 10,000 epochs, we 1,000. In the book the gradient of
    Loss_MeanAbsoluteError has the wrong sign: a training with it makes the loss grow
Try: a weight_scale of 0.01. At epoch 200 the accuracy is 0.033 instead of 0.242, and
    the loss is larger on all ten seeds, then and at the end.
Book: chapter 17, regression
Concepts: 20, 23
"""

import matplotlib.pyplot as plt
import nnfs
import numpy as np
from nnfs.datasets import sine_data


class Layer_Dense:
    """A layer in which every neuron is connected to every input."""

    def __init__(self, n_inputs, n_neurons, weight_scale=0.01):
        # A column for each neuron, so that forward needs no transpose
        self.weights = weight_scale * np.random.randn(n_inputs, n_neurons)
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


class Activation_Linear:
    """Passes on what it gets: the outputs are the predictions themselves."""

    def forward(self, inputs):
        self.output = inputs

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()


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


class Loss_MeanSquaredError(Loss):
    """The square of the difference: large errors count most."""

    def forward(self, y_pred, y_true):
        check_shapes(y_pred, y_true)
        return np.mean((y_true - y_pred) ** 2, axis=-1)  # (N,)

    def backward(self, y_pred, y_true):
        samples, outputs = y_pred.shape
        self.dinputs = -2 * (y_true - y_pred) / outputs / samples  # (N, outputs)


class Loss_MeanAbsoluteError(Loss):
    """The size of the difference: all errors pull alike."""

    def forward(self, y_pred, y_true):
        check_shapes(y_pred, y_true)
        return np.mean(np.abs(y_true - y_pred), axis=-1)  # (N,)

    def backward(self, y_pred, y_true):
        samples, outputs = y_pred.shape
        self.dinputs = np.sign(y_pred - y_true) / outputs / samples  # (N, outputs)


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


# Seeds the random numbers with 0, so that they are the same in every run. From then on
# zeros, eye and randn give float32 (7 digits), and np.dot computes with 16 digits,
# rounds to 7, and wants arrays, not lists
nnfs.init()


X, y = sine_data()  # (1000, 1) and (1000, 1)

dense1 = Layer_Dense(1, 64, weight_scale=0.1)
activation1 = Activation_ReLU()
dense2 = Layer_Dense(64, 64, weight_scale=0.1)
activation2 = Activation_ReLU()
dense3 = Layer_Dense(64, 1, weight_scale=0.1)
activation3 = Activation_Linear()
loss_function = Loss_MeanSquaredError()
optimizer = Optimizer_Adam(learning_rate=0.005, decay=1e-3)
accuracy_precision = np.std(y) / 250  # nearer than this counts as right

for epoch in range(1001):
    dense1.forward(X)  # (1000, 64)
    activation1.forward(dense1.output)  # (1000, 64)
    dense2.forward(activation1.output)  # (1000, 64)
    activation2.forward(dense2.output)  # (1000, 64)
    dense3.forward(activation2.output)  # (1000, 1)
    activation3.forward(dense3.output)  # (1000, 1)

    loss = loss_function.calculate(activation3.output, y)
    predictions = activation3.output  # (1000, 1)
    accuracy = np.mean(np.absolute(predictions - y) < accuracy_precision)

    if not epoch % 100:
        print(
            f"epoch: {epoch}, acc: {accuracy:.3f}, loss: {loss:.6f}, "
            f"lr: {optimizer.current_learning_rate}"
        )

    # Backward, from the last to the first: the dinputs of each go to the one before it
    loss_function.backward(activation3.output, y)  # dinputs (1000, 1)
    activation3.backward(loss_function.dinputs)  # dinputs (1000, 1)
    dense3.backward(activation3.dinputs)  # dinputs (1000, 64)
    activation2.backward(dense3.dinputs)  # dinputs (1000, 64)
    dense2.backward(activation2.dinputs)  # dinputs (1000, 64)
    activation1.backward(dense2.dinputs)  # dinputs (1000, 64)
    dense1.backward(activation1.dinputs)  # dinputs (1000, 1)

    optimizer.pre_update_params()
    optimizer.update_params(dense1)
    optimizer.update_params(dense2)
    optimizer.update_params(dense3)
    optimizer.post_update_params()

plt.plot(X, y, color="0.7", linewidth=6, label="sine")
plt.plot(X, activation3.output, color="black", linestyle="--", label="learned")
plt.xlabel("X")
plt.ylabel("y")
plt.legend()
plt.show()

# Output:
# epoch: 0, acc: 0.003, loss: 0.496439, lr: 0.005
# epoch: 100, acc: 0.017, loss: 0.048106, lr: 0.004549590536851684
# epoch: 200, acc: 0.242, loss: 0.000759, lr: 0.004170141784820684
# epoch: 300, acc: 0.786, loss: 0.000065, lr: 0.003849114703618168
# epoch: 400, acc: 0.885, loss: 0.000020, lr: 0.0035739814152966403
# epoch: 500, acc: 0.082, loss: 0.000091, lr: 0.00333555703802535
# epoch: 600, acc: 0.914, loss: 0.000006, lr: 0.0031269543464665416
# epoch: 700, acc: 0.921, loss: 0.000004, lr: 0.002942907592701589
# epoch: 800, acc: 0.086, loss: 0.000374, lr: 0.0027793218454697055
# epoch: 900, acc: 0.931, loss: 0.000003, lr: 0.0026329647182727752
# epoch: 1000, acc: 0.936, loss: 0.000002, lr: 0.002501250625312656

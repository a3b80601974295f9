"""Step 22. The model: layers and loop become an object.

Every new network so far meant writing the whole loop again, with each layer in three to
six places. But the loop only ever does the same: forward through all layers, the loss,
backward through all layers, an update for each that has weights. So we put the layers
in a list and let loops go through it. What is left of the program says what the network
is, and nothing else. It prints what step 21 prints, digit for digit: an object changes
nothing in the numbers. (The picture is gone.)

New: Model
Differs: the book's model has an input layer, links each layer to the next and the one
    before (prev, next, in finalize), and hands training to each forward
Try: add a third hidden layer, which is one more line; in step 21 it would have been
    seven. With this seed the accuracy ends at 0.595, on seven of ten seeds it ends
    higher than here: so this shows nothing about depth.
Book: chapter 18, model object
"""

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


class Model:
    """A network and its training: layers in a row, a loss and an optimizer."""

    def __init__(self):
        self.layers = []
        self.trainable = []  # the layers that have weights

    def add(self, *layers):
        for layer in layers:
            if layer in self.layers:
                raise ValueError(f"{type(layer).__name__} added twice: make a new one")
            self.layers.append(layer)
            if hasattr(layer, "weights"):
                self.trainable.append(layer)

    def set(self, *, loss, optimizer):
        self.loss = loss
        self.optimizer = optimizer

    def forward(self, X):
        for layer in self.layers:
            layer.forward(X)
            X = layer.output
        return X

    def backward(self, output, y):
        after = self.loss
        after.backward(output, y)
        for layer in reversed(self.layers):
            layer.backward(after.dinputs)
            after = layer

    def update(self):
        self.optimizer.pre_update_params()
        for layer in self.trainable:
            self.optimizer.update_params(layer)
        self.optimizer.post_update_params()

    def train(self, X, y, *, epochs=1, print_every=1):
        accuracy_precision = np.std(y) / 250  # nearer than this counts as right

        for epoch in range(epochs):
            output = self.forward(X)
            loss = self.loss.calculate(output, y)
            accuracy = np.mean(np.absolute(output - y) < accuracy_precision)

            if not epoch % print_every:
                print(
                    f"epoch: {epoch}, acc: {accuracy:.3f}, loss: {loss:.6f}, "
                    f"lr: {self.optimizer.current_learning_rate}"
                )

            self.backward(output, y)
            self.update()


# Seeds the random numbers with 0, so that they are the same in every run. From then on
# zeros, eye and randn give float32 (7 digits), and np.dot computes with 16 digits,
# rounds to 7, and wants arrays, not lists
nnfs.init()


X, y = sine_data()  # (1000, 1) and (1000, 1)

model = Model()
model.add(Layer_Dense(1, 64, weight_scale=0.1), Activation_ReLU())
model.add(Layer_Dense(64, 64, weight_scale=0.1), Activation_ReLU())
model.add(Layer_Dense(64, 1, weight_scale=0.1), Activation_Linear())
optimizer = Optimizer_Adam(learning_rate=0.005, decay=1e-3)
model.set(loss=Loss_MeanSquaredError(), optimizer=optimizer)
model.train(X, y, epochs=1001, print_every=100)

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

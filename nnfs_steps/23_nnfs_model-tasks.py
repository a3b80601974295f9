"""Step 23. One model for every task.

Step 22's model can only do regression: its accuracy is written into train. Tasks differ
in three places: the last activation, the loss, and what counts as right. Each gets an
object of its own. The last activation says which answer its outputs mean (predictions),
an Accuracy compares the answers with the targets, and the model is the same for all:

    task            last activation   loss                       y
    some classes    softmax           categorical crossentropy   (N,), class numbers
    yes or no       sigmoid           binary crossentropy        (N, 1), 0 or 1
    a number        linear            mean squared error         (N, 1)

The model also adds the penalties, tells dropout whether this is training, and uses step
10's joined class where softmax meets its loss. The output has the networks of steps 19,
20 and 21 with their numbers; the first stops after 200 epochs to save time. Your own
rows may be lists or pandas: row 1 of X belongs to row 1 of y.

New: Accuracy, Accuracy_Categorical, Accuracy_Regression, Model.measure, Model.report,
    Model.evaluate, predictions in each output activation:
    Activation_Softmax.predictions, Activation_Sigmoid.predictions,
    Activation_Linear.predictions
Changed: Model.set takes the accuracy; Model.forward tells the layers whether this is
    training; Model.backward joins softmax and its loss; Model.train adds the penalties
    and prints the loss in its parts; Layer_Dropout.forward drops nothing outside
    training; Layer_Dense.__init__ takes weight_scale and penalties.
    From step 20 come Activation_Sigmoid and Loss_BinaryCrossentropy, and from 19
    Layer_Dropout, Activation_Softmax, exp, log, check_labels,
    Loss_CategoricalCrossentropy, Activation_Softmax_Loss_CategoricalCrossentropy,
    Loss.regularization_loss and the penalties in Layer_Dense.backward
Differs: the first network has 64 neurons, not 512; test data are drawn after the
    training, not before the weights; epochs count from 0. The book's losses add up
    over batches (remember_trainable_layers, new_pass, calculate_accumulated)
Try: take Layer_Dropout(0.1) out of the first network. The accuracy at epoch 200 rises
    from 0.593 to 0.796.
Book: chapter 18, model object; chapter 20, model evaluation
"""

import nnfs
import numpy as np
from nnfs.datasets import sine_data, spiral_data


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
        weight_scale=0.01,
        weight_regularizer_l1=0,
        weight_regularizer_l2=0,
        bias_regularizer_l1=0,
        bias_regularizer_l2=0,
    ):
        # A column for each neuron, so that forward needs no transpose
        self.weights = weight_scale * np.random.randn(n_inputs, n_neurons)
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


class Layer_Dropout:
    """Sets a share of its inputs to 0 at random, and scales the others up."""

    def __init__(self, rate):
        if not 0 <= rate < 1:
            raise ValueError(f"dropout rate must be at least 0 and below 1, not {rate}")
        self.rate = 1 - rate  # the share that stays, as in the book

    def forward(self, inputs):
        if not self.training:  # set by the model
            self.output = inputs
            return
        # Divided by the share that stays, so that the mean stays too
        self.binary_mask = (
            np.random.binomial(1, self.rate, size=inputs.shape) / self.rate
        )  # same shape as inputs
        self.output = inputs * self.binary_mask

    def backward(self, dvalues):
        self.dinputs = dvalues * self.binary_mask


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

    def predictions(self, outputs):
        return np.argmax(outputs, axis=1)  # (N,): class numbers


class Activation_Sigmoid:
    """1 / (1 + e ** -x): any number becomes a probability."""

    def forward(self, inputs):
        # Beyond 88 the power is too large for a float32, and nothing changes any more
        self.output = 1 / (1 + exp(-np.clip(inputs, -88, 88)))  # same shape as inputs

    def backward(self, dvalues):
        self.dinputs = dvalues * (1 - self.output) * self.output

    def predictions(self, outputs):
        return (outputs > 0.5) * 1  # 0 or 1, same shape as outputs


class Activation_Linear:
    """Passes on what it gets: the outputs are the predictions themselves."""

    def forward(self, inputs):
        self.output = inputs

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()

    def predictions(self, outputs):
        return outputs


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


class Accuracy:
    """What every accuracy has in common: the share of right predictions."""

    def init(self, y):
        """Look at the targets before the training; most kinds need nothing of them."""

    def calculate(self, predictions, y):
        return np.mean(self.compare(predictions, y))


class Accuracy_Categorical(Accuracy):
    """Right is the right class, also where there are only two (binary)."""

    def __init__(self, *, binary=False):
        self.binary = binary

    def compare(self, predictions, y):
        if not self.binary and np.ndim(y) == 2:
            y = np.argmax(y, axis=1)  # one-hot
        return predictions == y


class Accuracy_Regression(Accuracy):
    """Right is what lies within a 250th of the targets' standard deviation."""

    def init(self, y):
        self.precision = np.std(y, axis=0) / 250

    def compare(self, predictions, y):
        return np.absolute(predictions - y) < self.precision


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

    def set(self, *, loss, optimizer, accuracy):
        self.loss = loss
        self.optimizer = optimizer
        self.accuracy = accuracy

    def forward(self, X, training):
        for layer in self.layers:
            layer.training = training  # only dropout asks
            layer.forward(X)
            X = layer.output
        return X

    def backward(self, output, y):
        layers, after = self.layers, self.loss
        ends = type(layers[-1]), type(after)
        if ends == (Activation_Softmax, Loss_CategoricalCrossentropy):
            # Where these two meet, the two in one have the simpler gradient
            layers = layers[:-1]
            after = Activation_Softmax_Loss_CategoricalCrossentropy()
        after.backward(output, y)
        for layer in reversed(layers):
            layer.backward(after.dinputs)
            after = layer

    def update(self):
        self.optimizer.pre_update_params()
        for layer in self.trainable:
            self.optimizer.update_params(layer)
        self.optimizer.post_update_params()

    def measure(self, output, y):
        """Return the loss without penalties, and the accuracy."""
        predictions = self.layers[-1].predictions(output)
        loss = self.loss.calculate(output, y)
        return loss, self.accuracy.calculate(predictions, y)

    def report(self, epoch, data_loss, accuracy, decimals):
        regularization_loss = sum(map(self.loss.regularization_loss, self.trainable))
        loss = data_loss + regularization_loss
        print(
            f"epoch: {epoch}, acc: {accuracy:.3f}, loss: {loss:.{decimals}f} "
            f"(data_loss: {data_loss:.{decimals}f}, "
            f"reg_loss: {regularization_loss:.{decimals}f}), "
            f"lr: {self.optimizer.current_learning_rate}"
        )

    def train(self, X, y, *, epochs=1, print_every=1, decimals=3):
        X, y = np.asarray(X), np.asarray(y)
        self.accuracy.init(y)

        for epoch in range(epochs):
            output = self.forward(X, training=True)
            if not epoch % print_every:
                self.report(epoch, *self.measure(output, y), decimals)

            self.backward(output, y)
            self.update()

    def evaluate(self, X, y):
        X, y = np.asarray(X), np.asarray(y)
        loss, accuracy = self.measure(self.forward(X, training=False), y)
        print(f"validation, acc: {accuracy:.3f}, loss: {loss:.3f}")


# Seeds the random numbers with 0, so that they are the same in every run. From then on
# zeros, eye and randn give float32 (7 digits), and np.dot computes with 16 digits,
# rounds to 7, and wants arrays, not lists
nnfs.init()

print("three classes, with dropout (step 19)")
X, y = spiral_data(samples=1000, classes=3)
model = Model()
model.add(Layer_Dense(2, 64, weight_regularizer_l2=5e-4, bias_regularizer_l2=5e-4))
model.add(Activation_ReLU(), Layer_Dropout(0.1))
model.add(Layer_Dense(64, 3), Activation_Softmax())
adam, accuracy = Optimizer_Adam(0.05, decay=5e-5), Accuracy_Categorical()
model.set(loss=Loss_CategoricalCrossentropy(), optimizer=adam, accuracy=accuracy)
model.train(X, y, epochs=201, print_every=100)
X_test, y_test = spiral_data(samples=100, classes=3)
model.evaluate(X_test, y_test)

print("two classes (step 20)")
np.random.seed(0)  # as at the start of each step
X, y = spiral_data(samples=100, classes=2)
model = Model()
model.add(Layer_Dense(2, 64, weight_regularizer_l2=5e-4, bias_regularizer_l2=5e-4))
model.add(Activation_ReLU(), Layer_Dense(64, 1), Activation_Sigmoid())
adam, accuracy = Optimizer_Adam(decay=5e-7), Accuracy_Categorical(binary=True)
model.set(loss=Loss_BinaryCrossentropy(), optimizer=adam, accuracy=accuracy)
model.train(X, y.reshape(-1, 1), epochs=10001, print_every=1000)
X_test, y_test = spiral_data(samples=100, classes=2)
model.evaluate(X_test, y_test.reshape(-1, 1))

print("a number (step 21)")
np.random.seed(0)
X, y = sine_data()
model = Model()
model.add(Layer_Dense(1, 64, weight_scale=0.1), Activation_ReLU())
model.add(Layer_Dense(64, 64, weight_scale=0.1), Activation_ReLU())
model.add(Layer_Dense(64, 1, weight_scale=0.1), Activation_Linear())
adam, accuracy = Optimizer_Adam(0.005, decay=1e-3), Accuracy_Regression()
model.set(loss=Loss_MeanSquaredError(), optimizer=adam, accuracy=accuracy)
model.train(X, y, epochs=1001, print_every=100, decimals=6)

# Output:
# three classes, with dropout (step 19)
# epoch: 0, acc: 0.324, loss: 1.099 (data_loss: 1.099, reg_loss: 0.000), lr: 0.05
# epoch: 100, acc: 0.549, loss: 0.922 (data_loss: 0.900, reg_loss: 0.023), lr: 0.04975371909050202
# epoch: 200, acc: 0.593, loss: 0.885 (data_loss: 0.856, reg_loss: 0.029), lr: 0.049507401356502806
# validation, acc: 0.680, loss: 0.811
# ...
# epoch: 600, acc: 0.914, loss: 0.000006 (data_loss: 0.000006, reg_loss: 0.000000), lr: 0.0031269543464665416
# epoch: 700, acc: 0.921, loss: 0.000004 (data_loss: 0.000004, reg_loss: 0.000000), lr: 0.002942907592701589
# epoch: 800, acc: 0.086, loss: 0.000374 (data_loss: 0.000374, reg_loss: 0.000000), lr: 0.0027793218454697055
# epoch: 900, acc: 0.931, loss: 0.000003 (data_loss: 0.000003, reg_loss: 0.000000), lr: 0.0026329647182727752
# epoch: 1000, acc: 0.936, loss: 0.000002 (data_loss: 0.000002, reg_loss: 0.000000), lr: 0.002501250625312656

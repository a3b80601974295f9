"""What is asked of each kind of class: small programs, run with the step's and a reader's.

A program makes objects and yields what each call has done, as (name, value). If a call
fails, the program ends there, and the others go on: so each asks one thing.
"""

import functools

import numpy as np

X1, X2 = np.array([[-2.0, 1, 3]]), np.array([[5.0, -1, 2], [1, 1, -100]])
D1, D2 = np.array([[0.5, -3.0, 2]]), np.array([[1.0, -2, 0.25], [3, 0.5, -1]])
PASSES = [(X1, D1), (X2, D2)]  # inputs, then gradients: of one sample, then of two
WEIGHTS = np.array([[0.5, -1], [2, 0.25], [-0.75, 1.5]])
BIASES = np.array([[-1.0, 2]])
PENALTIES = {
    "weight_regularizer_l1": 0.1,
    "weight_regularizer_l2": 0.2,
    "bias_regularizer_l1": 0.3,
    "bias_regularizer_l2": 0.4,
}
LABELS = np.array([0, 2, 1, 3, 2])
ROWS = np.eye(4)[[0, 2, 1, 3, 3]] * 0.9 + 0.025  # probabilities; the last is wrong
CLASS_NUMBERS, ONE_HOT = "class numbers", "one-hot labels"
FORMS = {CLASS_NUMBERS: LABELS, ONE_HOT: np.eye(4)[LABELS]}
SURE = "with 0 and 1"
PAIRS = np.linspace(0, 1, 8).reshape(4, 2) * 0.8 + 0.1
BITS = np.array([[0, 1], [1, 0], [0, 1], [0, 1]])


def outputs(side):
    thing = side.make()
    for x, _ in PASSES:
        thing.forward(x)
        yield "output", thing.output


def gradients(side):
    thing = side.make()
    for x, d in PASSES:
        thing.forward(x)
        thing.backward(d)
        yield "dinputs", thing.dinputs


def predictions(side):
    thing = side.make()
    for outputs in X2, ROWS - 0.3:
        yield "the result", thing.predictions(outputs)


def large(side):
    thing = side.make()
    thing.forward(np.array([[1000.0, 0, 999], [-1000, -999, 0]]))
    yield "output", thing.output


def first_weights(side):
    layer = side.make(n_inputs=40, n_neurons=50)
    yield "the shape of weights", np.shape(layer.weights)
    yield "the size of its first weights", float(f"{np.std(layer.weights):.1g}")
    yield "the mean of its first weights", np.round(np.mean(layer.weights), 1)
    yield "the size of its first biases", np.ptp(layer.biases)


def weight_scale(side):
    if "weight_scale" in side.shared:
        layer = side.make(n_inputs=40, n_neurons=50, weight_scale=0.5)
        yield "the size of the weights", float(f"{np.std(layer.weights):.1g}")


def dense_layer(side, **penalties):
    layer = side.make(n_inputs=3, n_neurons=2, **penalties)
    layer.forward(X2)
    yield "the shape of output", np.shape(layer.output)
    layer.weights, layer.biases = WEIGHTS, BIASES
    return layer


def dense_outputs(side):
    layer = yield from dense_layer(side)
    for x, _ in PASSES:
        layer.forward(x)
        yield "output", layer.output


def dense_gradients(side, **penalties):
    layer = yield from dense_layer(side, **penalties)
    for x, d in PASSES:
        layer.forward(x)
        layer.backward(d[:, :2])
        yield "dweights", layer.dweights
        yield "dbiases", layer.dbiases
        yield "dinputs", layer.dinputs


def sample_losses(side, p, y):
    loss = side.make()
    if "calculate" in side.shared:
        yield "the result", loss.forward(p, y)
    else:  # it may return the mean at once
        yield "the mean of the result", np.mean(loss.forward(p, y))


def mean_loss(side, p, y):
    yield "the result", side.make().calculate(p, y)


def loss_gradient(side, p, y):
    loss = side.make()
    loss.backward(p, y)
    yield "dinputs", loss.dinputs


def of_loss(*cases):
    """All that is asked of a loss, for some predictions and targets."""
    asked = sample_losses, mean_loss, loss_gradient
    return [functools.partial(f, p=p, y=y) for p, y in cases for f in asked]


def joined_loss(side, y):
    thing = side.make()
    yield "the result", thing.forward(np.log(ROWS), y)
    yield "output", thing.output


def joined_gradient(side, y):
    thing, p = side.make(), ROWS / ROWS.sum(axis=1, keepdims=True)
    if "forward" in side.shared:
        thing.forward(np.log(ROWS), y)  # gives p
    thing.backward(p, y)
    yield "dinputs", thing.dinputs


def base_loss(side):
    losses = np.array([1.0, 2, 6])
    loss = side.make(forward=lambda self, output, y: output)
    yield "the result", loss.calculate(losses, np.array([0, 1, 2]))


def penalty(side, **penalties):
    layer = side.part("Layer_Dense", n_inputs=3, n_neurons=2, **penalties)
    layer.weights, layer.biases = WEIGHTS, BIASES
    loss = side.make(forward=lambda self, output, y: output)
    yield "the result", loss.regularization_loss(layer)


def optimizer(side, **settings):
    thing = side.make(**settings)
    layers = [side.part("Layer_Dense", n_inputs=3, n_neurons=2) for _ in range(2)]
    for number, layer in enumerate(layers, 1):
        layer.weights, layer.biases = WEIGHTS * number, BIASES / number
    for size in 1e-6, 1.0, 1e-3, -0.5:  # the first gradients are tiny
        if "pre_update_params" in side.shared:
            thing.pre_update_params()
        for layer in layers:
            layer.forward(X2 / 10)
            layer.backward(size * (D2[:, :2] + 0.1))
            weights, biases = np.array(layer.weights), np.array(layer.biases)
            thing.update_params(layer)
            yield "the change of weights", layer.weights - weights
            yield "the change of biases", layer.biases - biases
        if "post_update_params" in side.shared:
            thing.post_update_params()


def of_optimizer(**others):
    """All that is asked of an optimizer: its defaults, others, and those without decay."""
    settings = {"learning_rate": 0.3, **others}
    with_decay = settings | {"decay": 0.1}
    return [functools.partial(optimizer, **s) for s in ({}, settings, with_decay)]


def dropout(side):
    layer, ones = side.make(rate=0.3), np.ones((200, 100))
    last = ones
    for training in [True, True, False, True]:
        if side.asks_training or training:
            layer.training = training
            layer.forward(ones)
            mask = np.array(layer.output)
            share = np.mean(mask == 0)
            yield "the share of 0", 0.3 if abs(share - 0.3) < 0.02 else share
            yield "the factor of what stays", np.max(mask)
            yield "rows of the mask are the same", np.ptp(mask, axis=0).max() == 0
            yield "columns of the mask are the same", np.ptp(mask, axis=1).max() == 0
            yield "the mask is that of the call before", np.array_equal(mask, last)
            last = mask
        if training:
            layer.backward(2 * ones)
            yield (
                "dinputs are dvalues times the mask",
                np.allclose(layer.dinputs, 2 * mask),
            )


def accuracy(side, method, binary, outputs, y):
    thing = side.make(binary=binary)
    last = side.part("Activation_Sigmoid" if binary else "Activation_Softmax")
    yield "the result", getattr(thing, method)(last.predictions(outputs), y)


def of_accuracy(method):
    """What is asked of calculate or compare: both forms of labels, and two classes."""
    cases = [(False, ROWS, y) for y in FORMS.values()] + [(True, PAIRS, BITS)]
    return [
        functools.partial(accuracy, method=method, binary=b, outputs=p, y=y)
        for b, p, y in cases
    ]


def precision(side):
    thing = side.make()
    for size in 1, 0.1:  # a second training begins with init too
        y = size * np.linspace(0, 1000, 40).reshape(-1, 1)
        if thing.has("init"):
            thing.init(y)
        yield (
            "the result",
            thing.calculate(y + np.linspace(-2, 2, 40).reshape(-1, 1), y),
        )


def base_accuracy(side):
    thing = side.make(compare=lambda self, a, b: a == b)
    yield "the result", thing.calculate(np.array([1, 2, 3, 4]), np.array([1, 2, 3, 5]))


def three_epochs(side, sizes, last, loss, accuracy, y):
    model, layers, width = side.make(), [], 3
    for number, neurons in enumerate(sizes):
        penalties = {} if number else {"weight_regularizer_l2": 0.01}
        layers.append(
            side.part("Layer_Dense", n_inputs=width, n_neurons=neurons, **penalties)
        )
        rng = np.random.RandomState(number)
        layers[-1].weights = rng.normal(size=(width, neurons))
        layers[-1].biases = rng.normal(size=(1, neurons))
        model.add(layers[-1])
        is_last = number == len(sizes) - 1
        model.add(side.part(last if is_last else "Activation_ReLU"))
        width = neurons
    model.set(
        loss=side.part(loss),
        optimizer=side.part("Optimizer_Adam", learning_rate=0.05, decay=0.1),
        accuracy=side.part(accuracy, binary=loss == "Loss_BinaryCrossentropy"),
    )
    if model.has("finalize"):
        model.finalize()
    rng = np.random.RandomState(9)
    model.train(rng.normal(size=(len(y), 3)), y, epochs=3, print_every=1)
    for number, layer in enumerate(layers, 1):
        yield f"the weights of layer {number}", layer.weights
        yield f"the biases of layer {number}", layer.biases


def of_function(side, x):
    for kind in "float32", "float64":
        yield "the result", side.call(x.astype(kind))


def task(sizes, last, loss, accuracy, y):
    words = {"sizes": sizes, "last": last, "loss": loss, "accuracy": accuracy, "y": y}
    return functools.partial(three_epochs, **words)


EACH_PENALTY = [{}, PENALTIES, *({name: size} for name, size in PENALTIES.items())]
DIFFERENCES = of_loss((PAIRS, BITS + 0.15), (X2 / 50, X2 / 40))
FUNCTION = [
    functools.partial(of_function, x=x)
    for x in (np.array([1.0, 2]), np.array([[0.5, 3]]))
]

CALLS = {
    "exp": FUNCTION,
    "log": FUNCTION,
    "Layer_Dense": [first_weights, weight_scale, dense_outputs]
    + [functools.partial(dense_gradients, **penalties) for penalties in EACH_PENALTY],
    "Layer_Dropout": [dropout],
    "Activation_ReLU": [outputs, gradients, predictions],
    "Activation_Softmax": [outputs, gradients, large, predictions],
    "Activation_Sigmoid": [outputs, gradients, predictions],
    "Activation_Linear": [outputs, gradients, predictions],
    "Loss": [base_loss]
    + [functools.partial(penalty, **penalties) for penalties in EACH_PENALTY],
    "Loss_CategoricalCrossentropy": of_loss(
        *[(p, y) for y in FORMS.values() for p in (ROWS, np.round(ROWS))]
    ),
    "Loss_BinaryCrossentropy": of_loss(
        (PAIRS, BITS), (np.array([[0.0, 1], [1, 0.5]]), BITS[:2])
    ),
    "Loss_MeanSquaredError": DIFFERENCES,
    "Loss_MeanAbsoluteError": DIFFERENCES,
    "Activation_Softmax_Loss_CategoricalCrossentropy": [
        functools.partial(f, y=y)
        for y in FORMS.values()
        for f in (joined_loss, joined_gradient)
    ],
    "Optimizer_SGD": of_optimizer(momentum=0.7),
    "Optimizer_Adagrad": of_optimizer(epsilon=1e-2),
    "Optimizer_RMSprop": of_optimizer(epsilon=1e-2, rho=0.7),
    "Optimizer_Adam": of_optimizer(epsilon=1e-2, beta_1=0.7, beta_2=0.8),
    "Accuracy": [base_accuracy],
    "Accuracy_Categorical": of_accuracy("calculate") + of_accuracy("compare"),
    "Accuracy_Regression": [precision],
    "Model": [
        task(
            (4, 3),
            "Activation_Softmax",
            "Loss_CategoricalCrossentropy",
            "Accuracy_Categorical",
            np.array([0, 2, 1, 0, 1, 2, 2]),
        ),
        task(
            (4, 1),
            "Activation_Sigmoid",
            "Loss_BinaryCrossentropy",
            "Accuracy_Categorical",
            np.array([[0], [1], [1], [0], [1]]),
        ),
        task(
            (4, 4, 1),
            "Activation_Linear",
            "Loss_MeanSquaredError",
            "Accuracy_Regression",
            np.array([[0.3], [-1], [2], [0.5]]),
        ),
    ],
}

"""What is asked of each kind of class: small programs, run with the step's and a reader's.

A program makes objects and yields what its calls have done, as (name, value). It ends at a
call that fails, and the others go on: so each asks one thing.
"""

import functools
import itertools

import numpy as np

X1, X2 = np.array([[-2.0, 1, 3]]), np.array([[5.0, -1, 2], [1, 1, -100]])
D1, D2 = np.array([[0.5, -3.0, 2]]), np.array([[1.0, -2, 0.25], [3, 0.5, -1]])
PASSES = [(X1, D1), (X2, D2)]  # inputs, then gradients: of one sample, then of two
LARGE = np.array([[1000.0, 1, 999], [-1000, -999, 1]]), D2
WEIGHTS = np.array([[0.5, -1], [2, 0.25], [-0.75, 1.5]])
BIASES = np.array([[-1.0, 2]])
KINDS = "weight_regularizer_l1 weight_regularizer_l2 bias_regularizer_l1 bias_regularizer_l2"
PENALTIES = dict(zip(KINDS.split(), [0.1, 0.2, 0.3, 0.4]))
EACH_PENALTY = [{}, PENALTIES, *({name: size} for name, size in PENALTIES.items())]
NUMBERS = np.array([0, 2, 1, 3, 2])  # the labels as class numbers
ONE_HOT = np.eye(4)[NUMBERS]
ROWS = np.eye(4)[[0, 2, 1, 3, 3]] * 0.9 + 0.025  # probabilities; the last is wrong
PAIRS = np.linspace(0, 1, 8).reshape(4, 2) * 0.8 + 0.1
BITS = np.array([[0, 1], [1, 0], [0, 1], [0, 1]])


def each(programs, *settings):
    """Programs with each of some settings."""
    return [functools.partial(f, **words) for words in settings for f in programs]


def passes(bench):
    thing = bench.make()
    for x, d in [*PASSES, LARGE]:
        thing.forward(x)
        yield "output", thing.output
        yield "the shape of output", np.shape(thing.output)
        if "backward" in bench.shared:
            thing.backward(d)
            yield "dinputs", thing.dinputs


def predictions(bench, outputs, label="the result"):
    yield label, bench.make().predictions(outputs)


def first_weights(bench):
    layer = bench.make(n_inputs=40, n_neurons=50)
    yield "the size of its first weights", float(f"{np.std(layer.weights):.1g}")
    yield "the mean of its first weights", np.round(np.mean(layer.weights), 1)
    yield "the largest bias at first", np.max(np.abs(layer.biases))


def dense(bench, **penalties):
    layer = bench.make(n_inputs=3, n_neurons=2, **penalties)
    layer.forward(X2)
    yield "the shape of output", np.shape(layer.output)
    layer.put(weights=WEIGHTS, biases=BIASES)
    for x, d in PASSES:
        layer.forward(x)
        yield "output", layer.output
        yield "the shape of output", np.shape(layer.output)
        if "backward" in bench.shared:
            layer.backward(d[:, :2])
            yield "dweights", layer.dweights
            yield "dbiases", layer.dbiases
            yield "dinputs", layer.dinputs


def sample_losses(bench, p, y):
    loss = bench.make()
    result = loss.forward(p, y)
    # It may return the mean at once
    yield "the result", result if "calculate" in bench.shared else np.mean(result)
    yield "what was given, after the call,", loss.given[0]


def mean_loss(bench, p, y):
    yield "the result", bench.make().calculate(p, y)


def loss_gradient(bench, p, y):
    loss = bench.make()
    for method in "forward", "calculate":  # a loss may keep what it gets there
        if loss.has(method):
            getattr(loss, method)(p, y)
    loss.backward(p, y)
    yield "dinputs", loss.dinputs


LOSS = [sample_losses, mean_loss, loss_gradient]


def joined(bench, y):
    thing, p = bench.make(), ROWS / ROWS.sum(axis=1, keepdims=True)
    if "forward" in bench.shared:
        yield "the result", thing.forward(np.log(ROWS), y)
        output = np.array(thing.output)
    thing.backward(p, y)
    yield "dinputs", thing.dinputs
    if "forward" in bench.shared and output.shape == p.shape != y.shape:
        yield "output", output  # which is p, and no one-hot labels that it keeps


def base_loss(bench, **penalties):
    loss = bench.make()
    loss.own.forward = lambda output, y: output
    yield "the result", loss.calculate(np.array([1.0, 2, 6]), np.array([0, 1, 2]))
    layer = bench.other("Layer_Dense", n_inputs=3, n_neurons=2, **penalties)
    layer.put(weights=WEIGHTS, biases=BIASES)
    yield "the result", loss.regularization_loss(layer)


def optimizer(bench, **settings):
    thing = bench.make(**settings)
    layers = [bench.other("Layer_Dense", n_inputs=3, n_neurons=2) for _ in range(2)]
    for number, layer in enumerate(layers, 1):
        layer.put(weights=WEIGHTS * number, biases=BIASES / number)
    for size in 1e-6, 1.0, 1e-3, -0.5:  # the first gradients are tiny
        before = []
        for layer in layers:
            layer.forward(X2 / 10)
            layer.backward(size * (D2[:, :2] + 0.1))
            before.append((np.array(layer.weights), np.array(layer.biases)))
        if thing.has("pre_update_params"):
            thing.pre_update_params()
        thing.update_params(*layers)
        for layer, (weights, biases) in zip(layers, before):
            yield "the change of weights", layer.weights - weights
            yield "the change of biases", layer.biases - biases
        if thing.has("post_update_params"):
            thing.post_update_params()


def defaults(bench):
    for name in bench.defaults:
        yield f"its {name} by default", bench.default(name)


def of_optimizer(**settings):
    """What is asked of an optimizer: with its defaults, with others, and with decay."""
    settings = {"learning_rate": 0.3, **settings}
    return each([defaults], {}) + each(
        [optimizer], {}, settings, settings | {"decay": 0.1}
    )


def dropout(bench, trainings):
    layer, ones = bench.make(rate=0.3), np.ones((200, 100))
    last = ones
    for training in trainings:
        layer.training = training
        layer.forward(ones)
        mask = np.array(layer.output)
        share = np.mean(mask == 0)
        yield "the share of 0", 0.3 if abs(share - 0.3) < 0.02 else share
        yield "the factor of what stays", np.max(mask)
        same = [np.ptp(mask, axis).max() == 0 for axis in (0, 1)]
        yield "rows, columns of the mask are the same", np.array(same)
        yield "the mask is that of the call before", np.array_equal(mask, last)
        last = mask
        if training:
            layer.backward(2 * ones)
            zeros = np.equal(layer.dinputs, 0)
            yield "dinputs are 0 where output is", np.array_equal(zeros, mask == 0)
            yield "the factor of the dvalues that stay", np.max(layer.dinputs) / 2


def accuracy(bench, binary, outputs, y):
    thing = bench.make(binary=binary)
    last = bench.other("Activation_Sigmoid" if binary else "Activation_Softmax")
    for method in thing.calculate, thing.compare:
        yield "the result", method(last.predictions(outputs), y)


def precision(bench):
    thing = bench.make()
    for size in 1, 0.1:  # a second training begins with init too
        y = size * np.linspace(0, 1000, 40).reshape(-1, 1)
        if thing.has("init"):
            thing.init(y)
        predictions = y + np.linspace(-2, 2, 40).reshape(-1, 1)
        yield "the result", thing.calculate(predictions, y)


def base_accuracy(bench):
    thing = bench.make()
    thing.own.compare = lambda a, b: a == b
    yield "the result", thing.calculate(np.array([1, 2, 3, 4]), np.array([1, 2, 3, 5]))


def training(bench, task):
    sizes, last, loss, accuracy, y = task
    model, layers, rng = bench.make(), [], np.random.RandomState(1)
    for inputs, neurons in itertools.pairwise(sizes):
        shape = {"n_inputs": inputs, "n_neurons": neurons}
        layer = bench.other("Layer_Dense", **shape, weight_regularizer_l2=0.01)
        layer.put(weights=rng.normal(size=(inputs, neurons)))
        layer.put(biases=rng.normal(size=(1, neurons)))
        layers.append(layer)
        kind = "ReLU" if len(layers) < len(sizes) - 1 else last
        model.add(layer)
        model.add(bench.other(f"Activation_{kind}"))
    adam = bench.other("Optimizer_Adam", learning_rate=0.05, decay=0.1)
    accuracy = bench.other(f"Accuracy_{accuracy}", binary=last == "Sigmoid")
    model.set(loss=bench.other(f"Loss_{loss}"), optimizer=adam, accuracy=accuracy)
    if model.has("finalize"):
        model.finalize()
    X = rng.normal(size=(len(y), sizes[0]))
    model.train(X, y, epochs=3, print_every=1)
    again = bench.file.exercise and last == "Linear"  # other files may do as the book
    if again:
        model.train(X, 2 * y)
    for number, layer in enumerate(layers, 1):
        yield f"the weights of layer {number}", layer.weights
        yield f"the biases of layer {number}", layer.biases
    if again and accuracy.has("precision"):
        yield "the precision of a second training", accuracy.precision


def function(bench, x):
    call = getattr(bench.make(), bench.own.__name__)
    for kind in "float32", "float64":
        yield "the result", call(x.astype(kind))


FUNCTION = each([function], {"x": np.array([1.0, 2])}, {"x": np.array([[0.5, 3]])})
ACTIVATION = [
    *each([passes], {}),
    *each([predictions], {"outputs": X2}, {"outputs": 0.45 * ROWS}),
]
BORDER = {"outputs": np.array([[0.5]]), "label": "its prediction for 0.5"}
Y = [{"y": NUMBERS}, {"y": ONE_HOT}]
CATEGORICAL = [{**y, "p": p} for y in Y for p in (ROWS, np.round(ROWS))]
BINARY = {"p": PAIRS, "y": BITS}, {"p": np.array([[0, 1], [1, 0.5]]), "y": BITS[:2]}
DISTANCE = {"p": PAIRS, "y": BITS + 0.15}, {"p": X2 / 50, "y": X2 / 40}
CLASSES = [{**y, "binary": False, "outputs": ROWS} for y in Y]
CLASSES.append({"y": BITS, "binary": True, "outputs": PAIRS})
IN_TRAINING, OUTSIDE = {"trainings": (True, True)}, {"trainings": (True, False, True)}
TASKS = [  # some classes, yes or no, a number
    ((3, 4, 3), "Softmax", "CategoricalCrossentropy", "Categorical", NUMBERS % 3),
    ((3, 4, 1), "Sigmoid", "BinaryCrossentropy", "Categorical", BITS[:, :1]),
    ((3, 4, 5, 1), "Linear", "MeanSquaredError", "Regression", X2.T[:, :1] / 10),
]

CALLS = {  # in the order in which one needs others
    None: [],
    "exp": FUNCTION,
    "log": FUNCTION,
    "Layer_Dense": each([first_weights, defaults], {}) + each([dense], *EACH_PENALTY),
    "Layer_Dropout": each([dropout], IN_TRAINING, OUTSIDE),
    "Activation_ReLU": ACTIVATION,
    "Activation_Softmax": ACTIVATION,
    "Activation_Sigmoid": [*ACTIVATION, *each([predictions], BORDER)],
    "Activation_Linear": ACTIVATION,
    "Loss": each([base_loss], *EACH_PENALTY),
    "Loss_CategoricalCrossentropy": each(LOSS, *CATEGORICAL),
    "Loss_BinaryCrossentropy": each(LOSS, *BINARY),
    "Loss_MeanSquaredError": each(LOSS, *DISTANCE),
    "Loss_MeanAbsoluteError": each(LOSS, *DISTANCE),
    "Activation_Softmax_Loss_CategoricalCrossentropy": each([joined], *Y),
    "Optimizer_SGD": of_optimizer(momentum=0.7),
    "Optimizer_Adagrad": of_optimizer(epsilon=1e-2),
    "Optimizer_RMSprop": of_optimizer(epsilon=1e-2, rho=0.7),
    "Optimizer_Adam": of_optimizer(epsilon=1e-2, beta_1=0.7, beta_2=0.8),
    "Accuracy": each([base_accuracy], {}),
    "Accuracy_Categorical": each([accuracy], *CLASSES),
    "Accuracy_Regression": each([precision], {}),
    "Model": each([training], *({"task": task} for task in TASKS)),
}
# Labels of what may differ, unless in an exercise
NO_MISTAKE = "first|default|given|0.5"
# What is left out where the code of a class does not ask for it
FORM = r"\bndim\b|\blen\([\w.(]*shape"
LEFT_OUT = [
    ("with one-hot labels", FORM, "y", NUMBERS),
    ("with class numbers", FORM, "y", ONE_HOT),
    ("in training", r"training|\b(is_?)?train\b", "trainings", OUTSIDE["trainings"]),
]
FEW = {  # what makes the program of an exercise short, and shows its penalties
    r"(range\(|\bepochs=)\d{3,}": r"\g<1>21",
    r"(epoch % |print_every=)\d+": r"\g<1>5",
    r"_l2=5e-4": "_l2=0.05",
    r"(add\(Layer_Dense\(64, \d)\)": r"\1, weight_regularizer_l2=0.05)",
}

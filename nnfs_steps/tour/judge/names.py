"""How readers call what the steps have: patterns for names without _ and capitals."""

import functools
import re

from tour.scripts import spelled

# A class of the steps, the last step that has all of it, and names that stand for it.
# The first that fits counts
KINDS = [
    ("Activation_Softmax_Loss_CategoricalCrossentropy", 23, r"softmax.*(loss|cross|cce|ce$)"),
    (None, 23, r"sigmoid.*(loss|cross|bce)|linear.*loss"),  # two in one that no step has
    ("Layer_Dense", 23, r"dense|linearlayer|layerlinear|fullyconnected"),
    ("Layer_Dropout", 23, r"dropout"),
    ("Loss_BinaryCrossentropy", 23, r"binary.*(cross|loss)|bce"),
    ("Loss_CategoricalCrossentropy", 23, r"(?<!sparse)(categorical)?crossentropy|cce"),
    ("Loss_MeanSquaredError", 23, r"squarederror|mse"),
    ("Loss_MeanAbsoluteError", 23, r"absoluteerror|mae"),
    ("Activation_ReLU", 23, r"(?<!leaky)relu|rectified"),
    ("Activation_Softmax", 23, r"softmax"),
    ("Activation_Sigmoid", 23, r"sigmoid"),
    ("Activation_Linear", 23, r"^(act(ivation)?)?linear(act(ivation)?)?$"),
    ("Optimizer_SGD", 13, r"sgd|gradientde"),
    ("Optimizer_Adagrad", 14, r"ada?grad"),
    ("Optimizer_RMSprop", 15, r"rmsprop"),
    ("Optimizer_Adam", 23, r"^adam|adam$"),
    ("Accuracy_Categorical", 23, r"acc(uracy)?(categ|class)|(categorical|classif\w*)acc"),
    ("Accuracy_Regression", 23, r"acc(uracy)?regr|regress?ionacc"),
    ("Accuracy", 23, r"^(base)?accuracy(base)?$"),
    ("Loss", 23, r"^(base)?loss(base|common|function)?$"),
    ("Model", 23, r"^(neural)?(model|network|net)$"),
    ("exp", 23, r"^exp$"),
    ("log", 23, r"^log$"),
]  # fmt: skip

ALIASES = {  # methods, attributes and settings
    "forward": r"fwd|forward\w*|feedforward",
    "backward": r"bwd|backward(pass|prop)?|backprop\w*",
    "pre_update_params": r"(pre|before)\w*",
    "update_params": r"update\w*|step|apply",
    "post_update_params": r"(post|after)\w*",
    "calculate": r"calc\w*|compute\w*",
    "regularization_loss": r"reg(ulari[sz]ation)?loss",
    "remember_trainable_layers": r"\w*(trainable|layers)\w*",
    "new_pass": r"(new|clea[nr]|reset)\w*",
    "set": r"setup|compile|configure",
    "finalize": r"finali[sz]e|build",
    "train": r"fit",
    "predictions": r"predictions?",
    "output": r"outputs?|out|y",
    "dinputs": r"d(input|inp|in|x)|(g|grad|dl?d)(inputs?|in|x)|inputs?grad(ient)?",
    "inputs": r"inputs?|x",
    "weights": r"weight|w|kernel",
    "biases": r"bias|b",
    "dweights": r"dweight|dw|(d|g|grad(ient)?)(w\w*|kernel)|weights?grad\w*",
    "dbiases": r"dbias|db|g(rad(ient)?)?b\w*|bias(es)?grad\w*",
    "learning_rate": r"lr|rate|alpha|eta|learnrate",
    "epsilon": r"eps",
    "momentum": r"beta|gamma|mu",
    "rho": r"gamma|beta|decayrate",
    "beta_1": r"b1|betaone|momentum",
    "beta_2": r"b2|betatwo|beta|rho",
    "weight_scale": r"(weights?|w)?(init)?(scale|std)\w*",
    "rate": r"dropoutrate|dropout|droprate|p",
    "weight_regularizer_l1": r"w(eights?)?(reg\w*)?l1|l1w\w*",
    "weight_regularizer_l2": r"(w(eights?)?(reg\w*)?l2|l2w\w*)",
    "bias_regularizer_l1": r"(b(ias(es)?)?(reg\w*)?l1|l1b\w*)",
    "bias_regularizer_l2": r"(b(ias(es)?)?(reg\w*)?l2|l2b\w*)",
    "n_inputs": r"(n|num)?(in(put)?s?|features)(size|dim|count)?|fanin",
    "n_neurons": r"(n|num)?(out(put)?s?|neurons?|units)(size|dim|count)?|fanout",
    "training": r"_?(is)?train(ing)?(mode)?",
    "y_true": r"y|ytrue|yture|true|targets?|labels?|groundtruth|yactual",
}

LATEST = {kind: step for kind, step, _ in KINDS}


def alias(name, names):
    """The one of a reader's names that stands for ours, or None."""
    return first_alias(name, tuple(names))


@functools.cache
def first_alias(name, names):
    for pattern in re.escape(spelled(name)), ALIASES.get(name, "$^"):
        for other in names:
            if re.fullmatch(pattern, spelled(other)):
                return other
    return None


def kind_of(name, names=()):
    """What a reader's class of this name, with methods and settings, stands for, or None."""
    for kind, _, pattern in KINDS:
        if re.search(pattern, spelled(name)):
            return kind
    dense = [alias(ours, names) for ours in ("n_inputs", "n_neurons", "forward")]
    return "Layer_Dense" if all(dense) else None

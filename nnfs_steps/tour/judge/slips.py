"""What readers slip on: changes to the step's own code, and the words for each.

A row has patterns for the class, the method and what changes in it, as ast.unparse writes
it; then what stands there in its place, and the words. Each is made everywhere, and in
each place alone. With BOOK before the words it is no mistake: the book has it so.
"""

BOOK = "as the book has it: "
ROOT = r"np\.sqrt\(((?:[^()]|\([^()]*\))*)\) \+ self\.epsilon"
DECAYED = r"self\.learning_rate \* decayed"
MEMORY = r"self\.(momentum|rho|beta_\d) \* layer\.\w+ ([+-]) "
NO_N = "the division by N, the number of samples, is missing"
TWICE_N = "N, the number of samples, divides twice"
SIGN = "the sign is turned"
AXIS = "axis=0 where axis=1 belongs"

SLIPS = [
    # What the book has
    ("Loss_MeanA", "backward", r"y_pred - y_true", "y_true - y_pred", "the sign is turned, as in the book; the loss grows"),
    ("Loss_Cat", "backward", r"np\.clip\(y_pred, .*\)", "y_pred", BOOK + "it divides by predictions that it has not clipped"),
    ("Accuracy_R", "init", r"= (.*)", r"= getattr(self, 'precision', \1)", BOOK + "it keeps the first precision"),
    ("Accuracy_R", "init", r"np\.std\(y, axis=0\)", r"np.std(y)", BOOK + "one precision for all columns"),
    ("Layer_Dense", "backward", r"np\.where\((.*?) >= 0, 1, -1\)", r"np.sign(\1)", BOOK + "the slope of a weight that is 0"),
    # Optimizers
    ("Opt", "update_params", ROOT, r"np.sqrt(\1 + self.epsilon)", "epsilon is inside the root"),
    ("Opt", "update_params", ROOT, r"np.sqrt(\1)", "epsilon is missing"),
    ("Opt", "update_params", r"/ (\w+_sizes)$", r"/ (\1 - self.epsilon) + self.epsilon", "epsilon is outside the division"),
    ("Opt", "update_params", r"\* ([\w.]+) / (\w+_sizes)$", r"* (\1 / (\2 - self.epsilon) + self.epsilon)", "epsilon is outside the division"),
    ("Opt", "update_params", r"self\.iterations \+ 1", "max(self.iterations, 1)", "iterations for iterations + 1"),
    ("Opt", "update_params", r"self\.iterations \+ 1", "self.iterations", "iterations for iterations + 1"),
    ("Opt", "update_params", r" / momentum_correction", "", "the correction of the first momentums is missing"),
    ("Opt", "update_params", r"\*\*2", "", "the square is missing"),
    ("Opt", "update_params", r"np\.sqrt", "", "the root is missing"),
    ("Opt", "update_params", MEMORY, r"0 \2 ", "the memory of earlier steps is not kept"),
    ("Opt", "update_params", r"_cache \+=", "_cache =", "the memory of earlier steps is not kept"),
    ("Opt", "update_params", r"\(1 - self\.\w+\) \* ", "", "the factor 1 - rho, or 1 - beta, is missing"),
    ("Opt", "update_params", r"\+= -", "+= ", SIGN),
    ("Optimizer_SGD", "update_params", r" - (\w+_steps)", r" + \1", SIGN),
    ("Opt", "update_params", r"current_learning_rate", "learning_rate", "the rate is used without its decay"),
    ("Opt", "pre_update_params", DECAYED, "self.current_learning_rate * decayed", "the decayed rate is decayed again"),
    ("Opt", "pre_update_params", r"self\.iterations", "(self.iterations + 1)", "the decay counts from 1"),
    ("Opt", "post_update_params", r"\+= 1", "+= 0", "iterations are not counted"),
    # Losses
    (".*Loss", "backward", r" / (samples|len\(y_pred\))", "", NO_N),
    (".*Loss", "backward", r"( / (samples|len\(y_pred\)))", r"\1\1", TWICE_N),
    ("Loss", "backward", r" / outputs", "", "the division by the number of outputs is missing"),
    ("Loss_MeanS", "backward", r"-2 \* ", "-", "the 2 of the square's slope is missing"),
    (".*Loss", "backward", r"self\.dinputs = ((.|\n)*)", r"self.dinputs = -(\1)", SIGN),
    ("Loss", "forward", r"return (.*)", r"return -(\1)", SIGN),
    ("Loss", "forward", r"np\.mean\((.*), axis=-1\)", r"np.sum(\1, axis=-1)", "a sum where a mean belongs"),
    ("Loss", "forward", r"np\.mean\((.*), axis=-1\)", r"np.mean(\1)", "a mean of all where a mean of each sample belongs: axis=-1"),
    ("Loss", "forward", r"np\.clip\(y_pred, .*\)", "y_pred", "the predictions are not clipped"),
    ("Loss_B", "backward", r"\(1 - y_pred_clipped\)", "y_pred_clipped", "the second term divides by the prediction, not by 1 minus it"),
    ("Loss_B", "backward", r" - \(1 - y_true\) / \(1 - y_pred_clipped\)", "", "the second term is missing"),
    ("Loss_B", "forward", r" \+ \(1 - y_true\) \* log\(1 - y_pred_clipped\)", "", "the second term is missing"),
    ("Loss$", "calculate", r"np\.mean", "np.sum", "a sum where a mean belongs"),
    ("Loss$", "regularization_loss", r"np\.abs\((.*?)\)", r"(\1)", "the absolute value is missing"),
    ("Loss$", "regularization_loss", r"layer\.biases", "layer.weights", "weights where biases belong"),
    # Layers and activations
    ("Layer_Dense", "backward", r"self\.biases", "self.weights.sum(axis=0)", "weights where biases belong"),
    ("Layer_Dense", "backward", r"2 \* self", "self", "the 2 of the square's slope is missing"),
    ("Layer_Dense", "backward", r"np\.sum\(dvalues", "np.mean(dvalues", "a mean where a sum belongs"),
    ("Layer_Dense", "backward", r"np\.dot\((self\.inputs\.T, dvalues)\)", r"np.dot(\1) / len(dvalues)", "the division by N belongs to the loss, which has done it"),
    ("Layer_Dense", "forward", r" \+ self\.biases", "", "the biases are missing"),
    ("Layer_Dropout", "forward", r" / self\.rate", "", "the mask is not divided by the share that stays"),
    ("Layer_Dropout", "__init__", r"1 - rate$", "rate", "the share of those that go is taken for those that stay"),
    ("Layer_Dropout", "backward", r" \* self\.binary_mask", "", "backward forgets the mask"),
    ("Layer_Dropout", "forward", r"if not self\.training", "if False", "it drops outside training too"),
    ("Activation_ReLU", "backward", r"<= 0", "> 0", "the comparison is turned"),
    ("Activation_ReLU", "backward", r"self\.inputs <= 0", "dvalues <= 0", "it asks the gradient's signs, not the inputs'"),
    ("Activation_ReLU", "backward", r"self\.dinputs\[.*= 0", "pass", "the slope 0 below 0 is missing"),
    ("Activation_Softmax", "backward", r" - weighted", "", "the second term of the Jacobian is missing"),
    ("Activation_Softmax", "forward", r" - np\.max\(.*?\)\)", ")", "the largest value of each row is not taken away"),
    ("Activation_Softmax", "forward|backward", r"axis=1", "axis=0", AXIS),
    ("Activation_Sigmoid", "forward", r"exp\(-", "exp(", SIGN),
    ("Activation_Sigmoid", "backward", r"\(1 - self\.output\) \* ", "", "the factor 1 - output is missing"),
    ("Activation_(Si|L)", "backward", r"dvalues( \*|\.copy\(\))", r"np.ones_like(dvalues)\1", "dvalues is not used: the chain rule multiplies by it"),
    ("Activation_S", "predictions", r"axis=1", "axis=0", AXIS),
    ("Accuracy_C", "compare", r"axis=1", "axis=0", AXIS),
    ("Accuracy$", "calculate", r"np\.mean", "np.sum", "a sum where a mean belongs"),
    ("Accuracy_R", "compare", r"< ", "> ", "the comparison is turned"),
]  # fmt: skip

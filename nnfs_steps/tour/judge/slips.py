"""What readers slip on: changes to the step's own code, and the words for each.

A row has patterns for the class, the method and what changes in it, as ast.unparse writes
it; then what stands there in its place, and the words. Each is made everywhere, and in
each place alone. With BOOK before the words it is no mistake: the book has it so.
"""

BOOK = "as the book has it: "
ROOT = r"np\.sqrt\(((?:[^()]|\([^()]*\))*)\) \+ self\.epsilon"
MEMORY = r"self\.(momentum|rho|beta_\d) \* layer\.\w+ ([+-]) "
SIGN = "the sign is turned"

SLIPS = [
    # What the book has
    ("Loss_MeanA", "backward", r"y_pred - y_true", "y_true - y_pred", "the sign is turned, as in the book; the loss grows"),
    ("Loss_Cat", "backward", r"np\.clip\(y_pred, .*\)", "y_pred", BOOK + "it divides by predictions that it has not clipped"),
    ("Loss_Cat", "backward", r"np\.clip\(y_pred, .*\)", "np.where(y_true, y_pred, 1)", BOOK + "it divides by predictions that it has not clipped"),
    ("Accuracy_R", "init", r"= (.*)", r"= getattr(self, 'precision', \1)", BOOK + "it keeps the first precision"),
    # Optimizers
    ("Opt", "update_params", ROOT, r"np.sqrt(\1 + self.epsilon)", "epsilon is inside the root"),
    ("Opt", "update_params", ROOT, r"np.sqrt(\1)", "epsilon is missing"),
    ("Opt", "update_params", r"/ (\w+_sizes)$", r"/ (\1 - self.epsilon) + self.epsilon", "epsilon is outside the division"),
    ("Opt", "update_params", r"\* ([\w.]+) / (\w+_sizes)$", r"* (\1 / (\2 - self.epsilon) + self.epsilon)", "epsilon is outside the division"),
    ("Opt", "update_params", r"self\.iterations \+ 1", "max(self.iterations, 1)", "iterations for iterations + 1"),
    ("Opt", "update_params", r"self\.iterations \+ 1", "self.iterations", "iterations for iterations + 1"),
    ("Opt", "update_params", r" / momentum_correction", "", "the correction of the first momentums is missing"),
    ("Opt", "update_params", r"np\.sqrt", "", "the root is missing"),
    ("Opt", "update_params", MEMORY, r"0 \2 ", "the memory of earlier steps is not kept"),
    ("Opt", "update_params", r"_cache \+=", "_cache =", "the memory of earlier steps is not kept"),
    ("Opt", "update_params", r"\(1 - self\.\w+\) \* ", "", "the factor 1 - rho, or 1 - beta, is missing"),
    ("Opt|Activation_Si", "update_params|forward", r"(\+= |exp\()-", r"\1", SIGN),
    ("Optimizer_SGD", "update_params", r" - (\w+_steps)", r" + \1", SIGN),
    ("Opt", "update_params", r"current_learning_rate", "learning_rate", "the rate is used without its decay"),
    ("Opt", "pre_update_params", r"self\.learning_rate", "self.current_learning_rate", "the decayed rate is decayed again"),
    ("Opt", "pre_update_params", r"self\.iterations", "(self.iterations + 1)", "the decay counts from 1"),
    # Losses
    (".*Loss", "backward", r" / (samples|len\(y_pred\))", "", "the division by N, the number of samples, is missing"),
    (".*Loss", "backward", r"( / (samples|len\(y_pred\)))", r"\1\1", "N, the number of samples, divides twice"),
    ("Loss", "backward", r" / outputs", "", "the division by the number of outputs is missing"),
    (".*Loss", "backward", r"self\.dinputs = ((.|\n)*)", r"self.dinputs = -(\1)", SIGN),
    ("Loss", "forward", r"return (.*)", r"return -(\1)", SIGN),
    ("Loss", "forward", r"np\.mean\((.*), axis=-1\)", r"np.sum(\1, axis=-1)", "a sum where a mean belongs"),
    ("Loss", "forward", r"np\.mean\((.*), axis=-1\)", r"np.mean(\1)", "a mean of all where a mean of each sample belongs: axis=-1"),
    ("Loss", "forward", r"np\.clip\(y_pred, .*\)", "y_pred", "the predictions are not clipped"),
    ("Loss_B", "backward", r"\(1 - y_pred_clipped\)", "y_pred_clipped", "the second term divides by the prediction, not by 1 minus it"),
    ("Loss_B", "backward|forward", r" [-+] \(1 - y_true\) (/ |\* log)\(1 - y_pred_clipped\)", "", "the second term is missing"),
    ("Loss$|Accuracy$", "calculate", r"np\.mean", "np.sum", "a sum where a mean belongs"),
    ("Loss$", "regularization_loss", r"np\.abs\((.*?)\)", r"(\1)", "the absolute value is missing"),
    ("Loss$", "regularization_loss", r"layer\.biases", "layer.weights", "weights where biases belong"),
    # Layers, activations and accuracies
    ("Loss_MeanS|Layer_Dense", "backward", r"2 \* ", "", "the 2 of the square's slope is missing"),
    ("Layer_Dense", "backward", r"np\.sum\(dvalues", "np.mean(dvalues", "a mean where a sum belongs"),
    ("Layer_Dense", "backward", r"np\.dot\((self\.inputs\.T, dvalues)\)", r"np.dot(\1) / len(dvalues)", "the division by N belongs to the loss, which has done it"),
    ("Layer_Dense", "forward", r" \+ self\.biases", "", "the biases are missing"),
    ("Layer_Dropout", "forward", r" / self\.rate", "", "the mask is not divided by the share that stays"),
    ("Layer_Dropout", "__init__", r"1 - rate$", "rate", "the share of those that go is taken for those that stay"),
    ("Layer_Dropout", "backward", r" \* self\.binary_mask", "", "backward forgets the mask"),
    ("Activation_ReLU|Accuracy_R", "backward|compare", r"<=?", ">", "the comparison is turned"),
    ("Activation_ReLU", "backward", r"self\.inputs <= 0", "dvalues <= 0", "it asks the gradient's signs, not the inputs'"),
    ("Activation_ReLU", "backward", r"self\.dinputs\[.*= 0", "pass", "the slope 0 below 0 is missing"),
    ("Activation_Softmax", "backward", r" - weighted", "", "the second term of the Jacobian is missing"),
    ("Activation_Softmax", "forward", r" - np\.max\(.*?\)\)", ")", "the largest value of each row is not taken away"),
    ("Activation_S|Accuracy_C", "forward|backward|predictions|compare", r"axis=1", "axis=0", "axis=0 where axis=1 belongs"),
    ("Activation_Sigmoid", "backward", r"\(1 - self\.output\) \* ", "", "the factor 1 - output is missing"),
    ("Activation_(Si|L)", "backward", r"dvalues( \*|\.copy\(\))", r"np.ones_like(dvalues)\1", "dvalues is not used: the chain rule multiplies by it"),
]  # fmt: skip

"""The derivations as Python expressions, and how an expression becomes a formula.

assets/draw.py draws the formulas; tests/test_pictures.py works out each line.
"""

import ast

# What a derivation derives, then its lines, each with the reason why it equals the line
# before. d(a, b) is the derivative of a with respect to b.
SUM = "sum(exp(z[i, l]) for l in numbers)"
DERIVATIONS = {
    "relu_derivative": [
        "d(ReLU(z), z)",
        "d(max(0, z), z)  # definition",
        "d(z, z) if z > 0 else d(0, z)  # each side on its own",
        "1 if z > 0 else 0  # no slope at $z = 0$:\n0 by convention",
    ],
    "cross_categorical_derivative": [
        "d(L[i], y_hat[i, j])",
        "d(-sum(y[i, k] * log(y_hat[i, k]) for k in classes), y_hat[i, j])"
        "  # definition",
        "-sum(y[i, k] * d(log(y_hat[i, k]), y_hat[i, j]) for k in classes)"
        "  # $y$ is constant",
        "-(y[i, j] * d(log(y_hat[i, j]), y_hat[i, j]))  # 0 for $k \\neq j$",
        "-(y[i, j] * (1 / y_hat[i, j]))  # derivative of log",
        "-(y[i, j] / y_hat[i, j])  # simplified",
    ],
    "softmax_derivative": [
        "d(S[i, j], z[i, k])",
        f"d(exp(z[i, j]) / {SUM}, z[i, k])  # definition",
        f"(d(exp(z[i, j]), z[i, k]) * {SUM} - exp(z[i, j]) * d({SUM}, z[i, k]))"
        f" / ({SUM}) ** 2  # quotient rule",
        f"(delta[j, k] * exp(z[i, j]) * {SUM} - exp(z[i, j]) * exp(z[i, k]))"
        f" / ({SUM}) ** 2  # derivative of exp;\nin the sum only $l = k$",
        f"delta[j, k] * (exp(z[i, j]) / {SUM})"
        f" - (exp(z[i, j]) / {SUM}) * (exp(z[i, k]) / {SUM})"
        "  # split; one sum cancels",
        "delta[j, k] * S[i, j] - S[i, j] * S[i, k]  # definition of S",
        "S[i, j] * (delta[j, k] - S[i, k])  # $S_{i,j}$ factored out",
    ],
    "cross_categorical_softmax_derivative": [
        "d(L[i], z[i, k])",
        "sum(d(L[i], y_hat[i, j]) * d(S[i, j], z[i, k]) for j in classes)"
        "  # chain rule; $\\hat{y} = S$",
        "sum(-(y[i, j] / y_hat[i, j]) * (y_hat[i, j] * (delta[j, k] - y_hat[i, k]))"
        " for j in classes)  # the two derived above",
        "-sum(y[i, j] * (delta[j, k] - y_hat[i, k]) for j in classes)"
        "  # $\\hat{y}_{i,j}$ cancels",
        "-sum(y[i, j] * delta[j, k] for j in classes)"
        " + y_hat[i, k] * sum(y[i, j] for j in classes)  # two sums",
        "-y[i, k] + y_hat[i, k]  # first: $j = k$ is left,\nsecond adds up to 1",
        "y_hat[i, k] - y[i, k]  # reordered",
    ],
}
LETTERS = {"y_hat": r"\hat{y}", "delta": r"\delta", "max": r"\max"}
LETTERS |= {"ReLU": r"\mathrm{ReLU}"}
LIMITS = {"numbers": "_{{{0}=1}}^{{L}}", "classes": "_{{{0}}}"}
OPERATIONS = {ast.Add: "{} + {}", ast.Sub: "{} - {}"}
OPERATIONS |= {ast.Div: r"\dfrac{{{}}}{{{}}}", ast.Pow: r"\left({}\right)^{{{}}}"}


def formula(node):
    """Render an expression, as text or parsed by ast, in matplotlib's mathtext."""
    match node:
        case str():
            return formula(ast.parse(node, mode="eval").body)
        case ast.Constant():
            return str(node.value)
        case ast.Name():
            return LETTERS.get(node.id, node.id)
        case ast.Tuple():
            return ",".join(map(formula, node.elts))
        case ast.Subscript():
            return f"{formula(node.value)}_{{{formula(node.slice)}}}"
        case ast.UnaryOp(ast.USub()):
            return f"-{formula(node.operand)}"
        case ast.BinOp(left, ast.Mult(), right):
            return rf"{factor(left)}\,{factor(right)}"
        case ast.BinOp(left, operation, right):
            return OPERATIONS[type(operation)].format(formula(left), formula(right))
        case ast.IfExp(ast.Compare(left, [ast.Gt()], [right]), yes, no):
            yes, no, left, right = map(formula, (yes, no, left, right))
            yes = rf"{yes}\quad\mathrm{{if}}\ {left} > {right}"
            no = rf"{no}\quad\mathrm{{if}}\ {left} \leq {right}"
            return rf"\left\{{\genfrac{{}}{{}}{{0}}{{0}}{{{yes}}}{{{no}}}\right."
        case ast.Call(ast.Name("exp"), [power]):
            return f"e^{{{formula(power)}}}"
        case ast.Call(ast.Name("log"), [value]):
            return rf"\log {formula(value)}"
        case ast.Call(ast.Name("sum"), [ast.GeneratorExp(term, [loop])]):
            limits = LIMITS[loop.iter.id]
            return rf"\sum{limits.format(loop.target.id)} {factor(term)}"
        case ast.Call(ast.Name("d"), [value, variable]):
            d = r"\partial " if isinstance(variable, ast.Subscript) else "d"
            above, beside = "", formula(value)
            if isinstance(value, ast.Subscript) or beside.startswith("e^"):
                above, beside = beside, ""
            elif isinstance(value, ast.BinOp | ast.UnaryOp):
                beside = rf"\left({beside}\right)"
            return rf"\dfrac{{{d}{above}}}{{{d}{formula(variable)}}}\,{beside}"
        case ast.Call(function, arguments):
            return f"{formula(function)}({formula(ast.Tuple(arguments))})"
    raise ValueError(f"can't draw {ast.unparse(node)}")


def factor(node):
    """A factor of a product, or what a sum adds up: in brackets if it has a sign."""
    match node:
        case ast.BinOp(_, ast.Add() | ast.Sub(), _) | ast.UnaryOp():
            return rf"\left({formula(node)}\right)"
    return formula(node)

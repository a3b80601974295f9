"""What headers and comments say is so: shapes, sums, figures, names."""

import ast
import inspect
import io
import math
import re
import tokenize

import numpy as np
import pytest

import readme
import seeds
from conftest import BY_NAME, STEP, each_script
from parts import classes
from programs import program
from tour.project import ROOT, SCRIPTS, STEPS
from tour.scripts import origin

README = (ROOT / "README.md").read_text(encoding="utf-8")


def comments(text):
    """The comments of a program by their line."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found = [token for token in tokens if token.type == tokenize.COMMENT]
    return {token.start[0]: token.string[1:].strip() for token in found}


# ---- Shapes

SHAPE = r"\((?:\w+,|\w+(?:, \w+)+)\)"
CLAIM = rf"(dinputs |from )?(?:{SHAPE} times {SHAPE} gives )?"
CLAIM += rf"({SHAPE}(?: and {SHAPE})*)( each)?(?![\w ]*filled)"


def claims_of(script):
    """By line: of what, which shapes, and whether each has it."""
    found = {n: re.match(CLAIM, text) for n, text in comments(script.program).items()}
    return {line: claim.groups() for line, claim in found.items() if claim}


def noting(text, claims):
    """The program, which gives note() what a comment says the shape of."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        ends = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
        line = next(filter(claims.get, ends), None)
        if not line or not isinstance(node, ast.Assign | ast.Expr | ast.Return):
            continue
        value = ast.unparse(node.value)
        if isinstance(node, ast.Expr):
            owner, _, method = ast.unparse(node.value.func).rpartition(".")
            shown = {"forward": f"{owner}.output", "backward": f"{owner}.dinputs"}
            if method not in shown or claims[line][0] == "from ":
                shown[method] = ast.unparse(node.value.args[-1])
            value = f"({value}, {shown[method]})[1]"
        elif isinstance(getattr(node, "targets", [None])[0], ast.Tuple):
            value = f"tuple({value})"
        node.value = ast.parse(f"note({line}, {value})", mode="eval").body
    return ast.fix_missing_locations(tree)


def is_many(shape, wanted):
    """Whether N, if a shape is said to have it, is more than 1."""
    names = re.findall(r"\w+", wanted)
    return "N" in names and shape[names.index("N")] > 1


def fits(shape, wanted):
    """Whether a shape is as wanted: (3, 4) is (N, 4), too."""
    return re.fullmatch(re.sub(r"[A-Za-z_]\w*", r"\\d+", re.escape(wanted)), f"{shape}")


MANY = r"(in range\((?:.*,)?) ?(?:10000|\d+01|30|max\(epochs\) \+ 1)\)"  # epochs
WITH_SHAPES = [s for s in SCRIPTS if "Needs" not in s.header and claims_of(s)]


@pytest.mark.parametrize("script", WITH_SHAPES, ids=lambda s: s.path.stem)
def test_shapes(script, tmp_path):
    claims, seen, many = claims_of(script), set(), set()

    def note(line, value):
        _, expected, each = claims[line]
        wanted = re.findall(SHAPE, expected)
        shapes = [*map(np.shape, value if isinstance(value, tuple) else (value,))]
        if each:
            wanted *= len(shapes)
        assert len(shapes) == len(wanted), (line, shapes)
        assert all(map(fits, shapes, wanted)), (line, shapes, wanted)
        seen.add(line)
        if "N" not in expected or any(map(is_many, shapes, wanted)):
            many.add(line)
        return value

    few = re.sub(MANY, r"\1 3)", script.text)
    few = noting(re.sub(r"epochs=\d+", "epochs=1", few), claims)
    status, _, errors = program(script, cwd=tmp_path, code=few, note=note)
    assert (status, errors) == (0, "")
    with_numbers = [n for n, claim in claims.items() if re.search(r"\d", claim[1])]
    assert len(seen) > 0.5 * len(with_numbers)
    assert seen == many, "what is N here is always 1"


# ---- Sums


def sums(script):
    """Each "arithmetic = number" of a header and of the comments, as two texts."""
    text = " ".join([script.text.split('"""')[1], *comments(script.program).values()])
    pattern = r"((?:[-+*/() \d.]|sqrt)+)(?<= )= (-?[\d.]*\d)(?! [-+*/])"
    for left, right in re.findall(pattern, " ".join(text.split())):
        left = left.strip() if left.count("(") == left.count(")") else left.strip(" (")
        if re.match(r"[-\d(s].* [-+*/]+ ", left):
            yield left, right


def test_sums():
    found = [(script.name, *pair) for script in SCRIPTS for pair in sums(script)]
    assert len(found) > 12
    for name, left, right in found:
        value = eval(left, {"sqrt": math.sqrt})
        digits = len(right.partition(".")[2])
        assert round(value, digits) == float(right), (name, left, right)


def test_parameters_are_counted():
    """Step 10 says how many weights and biases there are, in it and in step 24."""
    for number in 10, 24:
        layers = re.findall(r"Layer_Dense\((\d+), (\d+)", STEP[number].program)
        count = sum((int(inputs) + 1) * int(neurons) for inputs, neurons in layers)
        assert f" {count:,} " in STEP[10].text


# ---- Figures

DECIMAL = (
    r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)|(?<![\w.])\d[\d,]*\.\d+(?![\w.]*\d)"
)
WHOLE = r"(?<![\w.,-])[1-9][\d,]*\d(?![\w.]*\d|e-)"  # from 10 on
NAMES = r"\S+[/:]\S+|\S+\.\w+\b|\b(?:[Ss]tep|[Cc]oncept|[Cc]hapter|[Pp]art)s? \d+"
NAMES += r"(?:(?:,| and| to) \d+)*"  # whose numbers are no figures
TRAINED = seeds.read(seeds.FILE.read_text())
CONFUSION = [line.split()[-10:] for line in STEP[27].output if "taken for" in line]
CONFUSION = np.array(CONFUSION, int)
MISTAKES = CONFUSION * (1 - np.eye(10, dtype=int))
# What else a header may say, and why
WORKED_OUT = {
    "Step 10": [21, 118_282],  # parameters: test_parameters_are_counted
    "Step 12": [0.024, 0.059],  # ten seeds: the largest jump of all, 11's smallest
    "Step 14": [0.933],  # the Try of step 12
    # Ten seeds: the smallest gap, the largest, and how far the test accuracy falls on
    # nine at most, from the epoch with the lowest test loss to the end
    "Step 17": [0.040, 0.180, 0.010],
    "Step 15": [int(TRAINED[15][0]["peaks"])],
    "Step 16": [21],  # test_tries.py: the peaks without momentum
    "Step 18": [0.779],  # ten seeds, at its rate and without the penalty
    "Step 19": [0.743, 0.870],  # test_tries.py: without its masks, and without dropout
    "Step 21": [0.03, 0.01],  # ten seeds, with one hidden layer
    "Step 24": [0.932, 0.942, math.ceil(8000 / 128)],  # ten seeds
    "Step 27": [np.sum(MISTAKES[:, 7]), np.sum(MISTAKES), 26],  # 26: a step
    # Measured, as tests/README.md says
    "Step 28": [25, 22, 38, 14, 23, 43, 41, 37, 48, 255, 76],
    "Step 29": [0.971, 0.206, 0.868, 0.926, 4000, 17],  # ten seeds; a penguin
    # Ten seeds; the answers as they are; test_tries.py
    "Step 30": [0.029, 229, 300, 293, 340, 616, 732, 262, 4000, 3690],
    "Concept 14": [math.sqrt(2), 10 / 0.1],
    "Concept 16": [28, 5 * 10],  # ten seeds
    "Concept 17": [2019],  # a year
    "Concept 18": [0.52, 0.71],  # ten seeds; so in 22: test_counts.py
    "Concept 19": [next(z for z in range(99) if 1 + np.exp(np.float32(-z)) == 1)],
    "Concept 21": [math.ceil(8000 / 128)],
    "Concept 22": [0.206, 0.868, 0.926, 0.971]
    + [0.00014, 0.874, 0.892, 0.932, 0.942, 0.940, 0.945, 0.955, 0.964]
    + [0.901, 0.907],  # ten seeds; test_images.py trains them
    # How much smaller in each of six layers, as printed
    "Concept 23": [math.sqrt(2 / 64), math.sqrt(1 / 2), round(4.1e-08 ** (-1 / 6))],
    # The trainings of tests/README.md, and the bits of its formula
    "Concept 24": [120, math.floor((53 - math.log2(1000)) / 2)],
    "Concept 25": [-math.log(1e-7)],
    "Concept 26": [8000],  # the images of step 24
    "Concept 28": [1000],  # an example
    "Concept 30": [100 - 5, 95 - 10, 4 + 10, 267],  # 267: test_counts.py
}


def figures_of(script, text):
    """The numbers of a script's code and output, of trainings the lines that its record
    shows and those of the epochs that a text names."""
    named = re.findall(r"(?:epoch|iteration) ([\d,]*\d)", text)
    named = {number.replace(",", "") for number in named}
    lines = [*script.code.values()]
    for line in script.output:
        epoch = re.search(r"(?:epoch|iteration): (\d+)", line)
        if not epoch or epoch[1] in named or line in script.record:
            lines.append(line)
    if script.kind == "Step" and script.number in TRAINED:
        for kind in "", "test ":
            lines += readme.seeds_cells(script.number, kind, TRAINED)
    return re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?", "\n".join(lines))


def stands(number, figures):
    digits, _, power = number.replace(",", "").partition("e")
    form = f".{len(digits.partition('.')[2])}{'e' if power else 'f'}"
    wanted = f"{float(number.replace(',', '')):{form}}"
    return wanted in [f"{float(figure):{form}}" for figure in figures]


def named_in(text):
    pattern = r"\b([Ss]tep|[Cc]oncept)s? (\d+)((?:(?:,| and| to) \d+)*)"
    for kind, first, more in re.findall(pattern, text):
        for number in [first, *re.findall(r"\d+", more)]:
            yield f"{kind.capitalize()} {int(number):02}"


def told(script):
    """What a header says of a script, and the scripts of which it says something."""
    field = r"^(Try|Differs): .*?(?=^[A-Z]\w+: |\Z)"
    text = re.sub(field, "", script.text.split('"""')[1], flags=re.M | re.S)
    scripts = {script, *(BY_NAME[name] for name in named_in(text))}
    if script in STEPS[1:]:
        scripts.add(origin(script, STEP))
    return text, scripts


@each_script
def test_figures(script):
    text, scripts = told(script)
    figures = [n for other in scripts for n in figures_of(other, text)]
    figures += WORKED_OUT.get(script.name, [])
    figures += re.findall(r"[\d.]+\b", str([*sums(script)]))
    wrong = [n for n in re.findall(DECIMAL, text) if not stands(n, figures)]
    assert not wrong, "say in WORKED_OUT of this file where these come from"


@each_script
def test_whole_numbers(script):
    text, scripts = told(script)
    lines = [line for one in scripts for line in [*one.code.values(), *one.output]]
    lines = "\n".join(lines).replace("_", "")
    there = {int(number) for number in re.findall(r"(?<![\w.])\d+", lines)}
    there |= {*WORKED_OUT.get(script.name, [])}
    text = re.sub(r"^(Book|Video|Concepts): .*", "", text, flags=re.M)
    found = re.findall(WHOLE, re.sub(NAMES, "", text))
    wrong = [number for number in found if int(number.replace(",", "")) not in there]
    assert not wrong, "say in WORKED_OUT of this file where these come from"
    printed = re.findall(r"(?:epoch|iteration):? (\d+)", lines)
    named = re.findall(r"\b(?:epoch|iteration) (\d[\d,]*)", text)
    assert {number.replace(",", "") for number in named} <= {*printed, "1"}


def test_ranges_of_ten_seeds():
    """Between a and b is from the lowest accuracy, or loss, to the highest."""
    count = 0
    for number in TRAINED:
        cells = " ".join(readme.seeds_cells(number, "", TRAINED))
        text = STEP[number].text
        for ends in re.findall(r"between (0\.\d+)\s+and\s+(0\.\d+)", text):
            assert " to ".join(ends) in cells
            count += 1
    assert count > 1


def test_figures_of_pictures():
    found = re.findall(r'src="assets/([^"]+)"[^>]*alt="([^"]+)"', README)
    assert len(found) > 8
    for name, alt in found:
        kind, number = re.match(r"(concept-)?(\d*)", name).groups()
        for decimal in re.findall(DECIMAL, alt):  # the animation's say of which step
            number = number or re.search(r"step (\d+)", alt)[1]
            script = BY_NAME[f"{'Concept' if kind else 'Step'} {number}"]
            assert stands(decimal, figures_of(script, alt)), (name, decimal)


# ---- Names and numbers of scripts


def test_named_scripts_are_there():
    texts = [README, *(script.program for script in SCRIPTS)]
    names = {name for text in texts for name in named_in(text)}
    assert names <= BY_NAME.keys() and len(names) > 40
    for step in STEPS:
        text = " ".join(step.text.split('"""')[1].split())
        for number in re.findall(r"\bcomes from step (\d+)", text):
            assert origin(step, STEP).number == int(number), step.name


# ---- The book's calls, and branches that no program takes

RATE = "learning_rate=0.001, decay=0.0, epsilon=1e-07"
PENALTIES = [f"{w}_regularizer_l{n}=0" for w in ("weight", "bias") for n in (1, 2)]
BOOK = {
    "Optimizer_SGD": "learning_rate=1.0, decay=0.0, momentum=0.0",
    "Optimizer_Adagrad": "learning_rate=1.0, decay=0.0, epsilon=1e-07",
    "Optimizer_RMSprop": f"{RATE}, rho=0.9",
    "Optimizer_Adam": f"{RATE}, beta_1=0.9, beta_2=0.999",
    "Layer_Dense": ", ".join(["n_inputs, n_neurons, weight_scale=0.01", *PENALTIES]),
    "Layer_Dropout": "rate",
}


@pytest.mark.parametrize("step", STEPS[4:], ids=lambda s: s.path.stem)
def test_calls_are_the_books(step):
    for name in BOOK.keys() & step.parts.keys():
        parameters = inspect.signature(getattr(classes(step), name)).parameters
        found, book = [*map(str, parameters.values())], BOOK[name].split(", ")
        # In the book's order, as far as the step has got
        assert found == [text for text in book if text in found]
        assert len(found) == len(book) or "Accuracy_Regression" not in step.parts


TASKS = [step for step in STEPS if "Accuracy_Categorical" in step.parts]


@pytest.mark.parametrize("step", TASKS, ids=lambda s: s.path.stem)
def test_branches_that_no_program_takes(step):
    module = classes(step)
    if "Activation_Sigmoid" in step.parts:
        sigmoid = module.Activation_Sigmoid()
        half = sigmoid.predictions(np.array([[0.5, 0.5001, 0.4999]]))
        assert (half * 1).tolist() == [[0, 1, 0]]
    y_pred = module.Activation_Softmax().predictions(np.array([[0.2, 0.8], [0.6, 0.4]]))
    for labels in np.array([1, 1]), np.array([[0, 1], [0, 1]]):  # and one-hot
        accuracy = module.Accuracy_Categorical()
        assert np.mean(accuracy.compare(y_pred, labels)) == 0.5

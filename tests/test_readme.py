"""The README's tables are the headers', links lead somewhere, set-up files agree."""

import math
import re

import numpy as np
import pytest

import readme
from project import ROOT


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


README = read("README.md")
TEXT = re.sub(r"^```.*?^```", "", README, flags=re.M | re.S)  # without the code blocks
LINKS = re.findall(r"\]\(([^)\s]+)\)", TEXT) + re.findall(
    r'(?:src|href)="([^"]+)"', TEXT
)


@pytest.mark.parametrize("link", sorted(set(LINKS)))
def test_link(link):
    if link.startswith("#"):
        titles = re.findall(r"^##+ (.*)", TEXT, re.M)
        assert link[1:] in [title.lower().replace(" ", "-") for title in titles]
    elif link.startswith("https://"):
        assert re.fullmatch(r"https://[\w.-]+(/[\w./?=&%#-]*)?", link)
    else:
        assert "\\" not in link
        # By name, since Windows and macOS do not mind upper and lower case
        path = ROOT / link
        assert path.name in [entry.name for entry in path.parent.iterdir()]


def test_tables_are_those_of_the_headers():
    assert readme.render(README) == README, "run python tests/readme.py"


def test_there_are_two_commands_of_one_line():
    blocks = re.findall(r"^```bash\n(.*?)^```", README, re.M | re.S)
    assert [block.count("\n") for block in blocks] == [1, 1]
    assert [block.split()[-1] for block in blocks] == ["nnfs_steps", "tests"]


def test_the_rule_for_exp_is_what_it_says():
    [rule] = re.findall(r"^```python\n(.*)\n```", README, re.M)
    x = np.random.default_rng(0).normal(size=10_000).astype("float32")
    expected = np.float32([math.exp(value) for value in x.tolist()])
    assert np.array_equal(eval(rule, {"np": np, "x": x}), expected)


def test_conda_and_pip_install_the_same():
    pip = read("requirements.txt").split()
    conda = re.findall(r"^ +- (\S+)$", read("environment.yml"), re.M)
    others = {"conda-forge", "nodefaults", "python>=3.11", "pip", "pip:"}
    assert sorted(pip) == sorted(set(conda) - others)
    assert others <= set(conda)
    assert "numpy>=1.26" in pip
    # conda-forge has no nnfs, so pip's part has to be the one that brings it
    assert read("environment.yml").endswith("  - pip:\n      - nnfs>=0.5.1\n")


def test_nothing_is_pinned():
    for name in ["requirements.txt", "environment.yml", "tests/requirements.txt"]:
        assert not re.search(r"==|<|~=|=\d", read(name).replace(">=", ""))

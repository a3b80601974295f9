"""The README names every script, its links lead somewhere, and the set-up files agree."""

import math
import re

import numpy as np
import pytest
from project import CONCEPTS, ROOT, SCRIPTS, STEPS, fields, read

README = read(ROOT / "README.md")
TEXT = re.sub(r"^```.*?^```", "", README, flags=re.M | re.S)  # without the code blocks
LINKS = re.findall(r"\]\(([^)\s]+)\)", TEXT) + re.findall(r'(?:src|href)="([^"]+)"', TEXT)


@pytest.mark.parametrize("link", sorted(set(LINKS)))
def test_link(link):
    if link.startswith("https://"):
        assert re.fullmatch(r"https://[\w.-]+(/[\w./?=&%#-]*)?", link)
    else:
        assert "\\" not in link
        # By name, since Windows and macOS do not mind upper and lower case
        path = ROOT / link
        assert path.name in [entry.name for entry in path.parent.iterdir()]


def rows(section):
    """The cells of the table in a section of the README, by the script that they link."""
    text = TEXT.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    table = [[cell.strip() for cell in line.strip("|").split("|")]
             for line in text.splitlines() if line.startswith("| [")]
    return {re.search(r"\((.*)\)", cells[0])[1]: cells for cells in table}


@pytest.mark.parametrize("section, scripts", [("Steps", STEPS), ("Concepts", CONCEPTS)])
def test_every_script_has_its_row_in_order(section, scripts):
    assert list(rows(section)) == [path.relative_to(ROOT).as_posix() for path in scripts]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_row_says_what_the_docstring_says(path):
    about = fields(path)
    cells = (rows("Steps") | rows("Concepts"))[path.relative_to(ROOT).as_posix()]
    kind = "Step" if path in STEPS else "Concept"
    assert about["Title"] == f"{kind} {path.name[:2]}. {cells[1]}"
    assert cells[0].startswith(f"[{path.name[:2]}]")
    assert about["Book"] in cells
    if path in STEPS:
        assert re.findall(r"https://\S+", about.get("Video", "")) == \
            re.findall(r"https://[^)]+", cells[3])


def test_quick_start_has_two_commands_of_one_line():
    quick_start = README.partition("\n## Quick start\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```bash\n(.*?)^```", README, re.M | re.S)
    assert blocks == re.findall(r"^```bash\n(.*?)^```", quick_start, re.M | re.S)
    assert [block.count("\n") for block in blocks] == [1, 1]


def test_the_rule_for_exp_is_what_it_says():
    [rule] = re.findall(r"^```python\n(.*)\n```", README, re.M)
    x = np.random.default_rng(0).normal(size=10_000).astype("float32")
    expected = np.float32([math.exp(value) for value in x.tolist()])
    assert np.array_equal(eval(rule, {"np": np, "x": x}), expected)


def test_conda_and_pip_install_the_same():
    pip = read(ROOT / "requirements.txt").split()
    conda = re.findall(r"^ +- (\S+)$", read(ROOT / "environment.yml"), re.M)
    others = {"conda-forge", "nodefaults", "python>=3.11", "pip", "pip:"}
    assert sorted(pip) == sorted(set(conda) - others)
    assert others <= set(conda)
    assert "numpy>=1.26" in pip
    # conda-forge has no nnfs, so pip's part has to be the one that brings it
    assert read(ROOT / "environment.yml").endswith("  - pip:\n      - nnfs\n")


def test_nothing_is_pinned():
    for name in ["requirements.txt", "environment.yml", "tests/requirements.txt"]:
        assert not re.search(r"==|<|~=|=\d", read(ROOT / name).replace(">=", ""))

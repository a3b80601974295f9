"""What the READMEs show is what is there: tables, links, set-up files, commands."""

import inspect
import re
import shlex

import pytest

import readme
from conftest import BY_NAME
from tour.commands import parse
from tour.project import CONCEPTS, ROOT, SCRIPTS, STEPS, python

READMES = *readme.FILES, "tests/README.md", "CONTRIBUTING.md"


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


README = read("README.md")


# ---- Tables, figures, links


@pytest.mark.parametrize("name", readme.FILES)
def test_tables_and_figures_are_those_of_the_scripts(name):
    assert readme.render(name) == read(name), "run python tests/tools/update.py"


def anchor(title):
    return "#" + re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


@pytest.mark.parametrize("name", READMES)
def test_links(name):
    text = re.sub(r"^```.*?^```", "", read(name), flags=re.M | re.S)
    links = re.findall(r"\[([^]]*)\]\(([^)\s]+)\)", text)
    links += [("", address) for address in re.findall(r"(?:src|href)=\"(.*?)\"", text)]
    for words, address in links:
        if address.startswith("https://"):
            assert re.fullmatch(r"https://[\w.-]+(/[\w./?=&%#-]*)?", address)
            continue
        file, found, title = address.partition("#")
        path = (ROOT / name).parent / (file or (ROOT / name).name)
        # By name, since Windows and macOS do not mind upper and lower case
        assert path.name in [entry.name for entry in path.parent.iterdir()], address
        number = re.match(r"\d\d(?=_)", path.name)
        assert not number or words.endswith(f"{int(number[0]):02}"), address
        kind = re.match("step|concept", words)
        assert not kind or kind[0] in path.parent.name, address
        if found:
            titles = re.findall(r"^##+ (.*)", path.read_text(encoding="utf-8"), re.M)
            assert f"#{title}" in map(anchor, titles), address
            # A reader who follows it finds the words that stood in the link
            assert file or anchor(words) == f"#{title}", address


def test_glossary_names_the_first_script():
    row = r"^\| ([^|]+) \| [^|]+ \| (step|concept) (\d\d)[^|]* \|$"
    found = re.findall(row, read("nnfs_steps/README.md"), re.M)
    assert len(found) > 20
    for words, kind, number in found:
        scripts = STEPS if kind == "step" else CONCEPTS
        ways = "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in words.split(", "))
        word = re.compile(rf"\b({ways})(s|es)?\b", re.I)
        first = next(s.number for s in scripts if word.search(s.program))
        assert first == int(number), words


def test_names_of_the_books_calls_are_ours():
    """What the right column of that table names is there."""
    text = read("nnfs_steps/README.md").partition("## The book's call")[2]
    rows = re.findall(r"^\| `.*?` \| (.*) \|$", text.partition("\n## ")[0], re.M)
    code = "\n".join(step.text for step in STEPS[21:])
    names = re.findall(r"`(?:\w+\.)?(\w+)", "\n".join(rows))
    assert len(names) > 5
    assert [name for name in names if not re.search(rf"\b{name}\b", code)] == []


def test_what_one_looks_for_is_there():
    table = README.partition("## Where is what")[2].partition("\n## ")[0]
    places = r"(step|concept)s? ((?:\d\d(?:, | and |$)?)+)"
    for words, cell in re.findall(r"^\| (.*?) \| (.*?) \|$", table, re.M):
        known = {*re.findall(r"\w\w+", words.lower())} - {"and", "is", "it", "my"}
        known |= {"time"} if "slow" in known else set()
        for kind, numbers in re.findall(places, cell):
            for number in re.findall(r"\d\d", numbers):
                text = BY_NAME[f"{kind.capitalize()} {number}"].text.lower()
                assert any(word in text for word in known), (words, number)


# ---- Set-up files


@pytest.mark.parametrize("name", READMES)
def test_paths(name):
    text = re.sub("^```.*?^```", "", read(name), flags=re.M | re.S)
    paths = {*re.findall(r"`([\w.*-]+/[\w./*-]+)`", text)} - {"page/index.html"}  # made
    places = (ROOT / name).parent, ROOT
    assert [x for x in paths if not any((place / x).exists() for place in places)] == []
    # Those of an environment
    assert {*re.findall(r"\.venv\\(\w+)", read(name))} <= {"Scripts"}  # on Windows
    assert {*re.findall(r"\.venv/(\w+)", read(name))} <= {"bin"}


def test_versions_agree_and_nothing_is_pinned():
    pip, conda = read("requirements.txt").split(), read("environment.yml")
    [name] = re.findall("^name: (.*)", conda, re.M)
    assert {*re.findall(r"conda activate (\w+)", README)} == {name}
    others = {"conda-forge", "nodefaults", "python>=3.11", "pip", "pip:"}
    assert {*re.findall(r"^ +- (\S+)$", conda, re.M)} == {*pip} | others
    # conda-forge has no nnfs, so pip's part has to be the one that brings it
    assert conda.endswith("  - pip:\n      - nnfs>=0.5.1\n")
    for text in read("requirements.txt"), conda, read("tests/requirements.txt"):
        assert not re.search(r"==|<|~=|=\d", text.replace(">=", ""))
    names = ["README.md", "tests/README.md", "environment.yml", "requirements.txt"]
    names += ["pyproject.toml", ".ci/run", ".github/workflows/tests.yml"]
    text = "\n".join(map(read, names))
    python = r"(?:Python |python>=|= \"py|oldest && ')(3\.?\d\d)(?: or newer|'|\"|$)"
    numpy = r"(?:numpy>=|numpy==|NumPy )(\d\.\d+)(?:$|\.\*| and)"
    for pattern, count in (python, 4), (numpy, 5):
        found = [number.replace(".", "") for number in re.findall(pattern, text, re.M)]
        assert len(found) == count and len({*found}) == 1, found


def test_the_workflow_gives_known_commands():
    """Each is one that .ci/run gives too, but for the program that does it."""
    known, workflow = read(".ci/run") + README, read(".github/workflows/tests.yml")
    for command in re.findall(r"^ +- run: (python .*)", workflow, re.M):
        words = command.replace("python ", "", 1).partition(" torch")[0]
        assert words in known or words.startswith("-m pip"), command


# ---- Commands

PROGRAMS = "python", "python3", "torchrun", "run", "ruff", "git"
# What the reader makes or brings
THEIRS = {"mine.py", "my13.py", "exercise_10.py", "model.npz", ".venv", "pictures"}
THEIRS |= {"16.png", "overview.png"}  # draw.py knows their folder
THEIRS |= {"FILE.npz", "TABLE.csv", "MODEL.npz"}
THEIRS |= {"list", "concept", "compare", "check", "exercise"}  # the commands


def commands():
    """All commands of the READMEs and headers, as lists of words without comments."""
    texts = "\n".join(map(read, READMES))
    found = "\n".join(re.findall(r"^```(?:ba)?sh\n(.*?)^```", texts, re.M | re.S))
    lines = [*found.splitlines(), *re.findall(r"`!?([^`\s]+ [^`]+|\.ci/run)`", texts)]
    in_headers = r"(?:python|torchrun --n)[^`()]*?(?=[.`)]*\n|`)"
    headers = [inspect.cleandoc(s.text.split('"""')[1]) for s in SCRIPTS]
    lines += [line for text in headers for line in re.findall(in_headers, text)]
    for part in " && ".join(" ".join(line.split()) for line in lines).split(" && "):
        words = shlex.split(part.replace("\\", "/"), comments=True)
        if words[:1] == ["uv"]:
            words = words[words.index("python") :]
        if words and words[0].rpartition("/")[2] in PROGRAMS:
            yield words


def test_commands_can_be_given():
    found = [*commands()]
    assert len(found) > 40 and ["ruff", "check"] in found
    for program, *words in found:
        if words[:1] == ["nnfs_steps"] and "python" in program:
            given = parse(words[1:]).words
            scripts = CONCEPTS if given[:1] == ["concept"] else STEPS
            there = {str(script.number) for script in scripts} | THEIRS
            assert {*given} <= there, words
            assert given[:1] == ["exercise"] or "--solution" not in words, words
            continue
        files = [w for w in words if re.search(r"[/.]|^tests$|^concepts$", w)]
        files = [w for w in files if w not in THEIRS and w[0] not in "-'"]
        assert [w for w in files if not (ROOT / w).exists()] == []


def test_the_commands_of_the_table_do_what_it_says(tmp_path):
    """Each once, from an empty folder, in the table's order; trainings are left out."""
    given = []
    found = re.findall(r"^\| `python nnfs_steps (\D.*?)`", README, re.M)
    for words in map(str.split, [*found, "exercise 10 --solution"]):
        if words[0] == "compare" or "mine.py" in words:  # the transcripts have these
            continue
        result = python(ROOT / "nnfs_steps", *words, cwd=tmp_path)
        # An exercise that is still empty is not right
        assert result.returncode == int(words[0] == "check"), result.stderr
        assert result.stdout and not result.stderr
        given.append(words[0])
    assert given == ["exercise", "check", "list", "concept", "--figures", "exercise"]
    there = sorted(path.name for path in tmp_path.iterdir())
    assert there == ["exercise_10.py", "pictures"]


def test_the_two_commands():
    """They stand alone in their blocks; .ci/run takes them from there."""
    blocks = re.findall(r"^```bash\n(.*?)^```", README, re.M | re.S)
    assert [block.count("\n") for block in blocks] == [1, 1]
    assert [block.split()[-1] for block in blocks] == ["nnfs_steps", "tests"]

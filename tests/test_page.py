"""The page shows each script as it is, and marks what differs."""

import re
import shutil
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from types import SimpleNamespace

import pytest

import page
from tour.project import CONCEPTS, ROOT, SCRIPTS, STEPS, python
from tour.scripts import origin

BY_NUMBER = {step.number: step for step in STEPS}
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}
page.load()


class Reader(HTMLParser):
    """What is on the page: addresses, headings, each script's lines and outputs."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.hrefs, self.images, self.levels = [], [], [], []
        self.scripts, self.open, self.script, self.number = {}, [], None, 0
        self.feed(html)

    def inside(self, tag, kind=None):
        return any(t == tag and kind in (None, k) for t, k in self.open)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        kind = attributes.get("class", "").partition(" ")[0]
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.hrefs += [attributes["href"]] if "href" in attributes else []
        self.images += [attributes] if tag == "img" else []
        self.levels += [int(tag[1])] if re.fullmatch(r"h\d", tag) else []
        if (tag, kind) == ("section", "script"):
            empty = {"lines": [], "outputs": [], "marks": [], "pictures": []}
            self.script = SimpleNamespace(**empty, folds=[], first={})
            self.scripts[attributes["id"]] = self.script
        if self.inside("div", "code"):
            self.handle_code(tag, attributes)
        if self.script and tag == "img":
            self.script.pictures.append(attributes["src"])
        if tag == "pre" and self.inside("div", "output"):
            self.script.outputs.append("")
        if tag == "mark":
            self.script.marks.append((kind, ""))
        if tag not in VOID:
            self.open.append((tag, kind))

    def handle_code(self, tag, attributes):
        if tag == "pre":
            self.number = int(attributes.get("style", "0").partition(":n ")[2] or 0)
        elif tag == "details":
            self.script.folds.append("")
        elif tag == "a":
            assert not self.inside("summary")
            self.script.first[self.script.folds[-1]] = attributes["href"]
        elif self.open[-1][0] == "pre":
            self.number += tag != "del"
            folds = [*filter(None, self.script.folds), None]
            line = SimpleNamespace(tag=tag, number=self.number, text="", fold=folds[0])
            self.script.lines.append(line)

    def handle_endtag(self, tag):
        while self.open.pop()[0] != tag:
            pass
        if tag == "details" and self.inside("div", "code"):
            self.script.folds.pop()

    def handle_data(self, text):
        if self.inside("div", "code") and self.inside("summary"):
            self.script.folds[-1] += text if self.inside("code") else ""
        elif self.inside("div", "code") and self.inside("pre"):
            self.script.lines[-1].text += text
        elif self.inside("pre") and self.inside("div", "output"):
            self.script.outputs[-1] += text
            if self.open[-1][0] == "mark":
                self.script.marks[-1] = (self.open[-1][1], text)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "page"
    page.main([], folder)
    return folder


@pytest.fixture(scope="session")
def html(folder):
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def read(html):
    return Reader(html)


def shown(read, script):
    return read.scripts[page.address(script)]


# ---- What is there


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.path.stem)
def test_script_is_there_with_all_lines_of_its_code(read, script):
    lines = [line for line in shown(read, script).lines if line.tag != "del"]
    assert {x.number: x.text[:-1] for x in lines if x.text.strip()} == script.code
    # With its blank lines, so that it can be copied
    text = "".join(line.text for line in lines)
    assert script.text.partition("# Output:")[0].strip().endswith(text.strip())


def test_nothing_else_is_there(read):
    by_number = {concept.number: concept for concept in CONCEPTS}
    named = [number for step in STEPS for number in step.concepts]
    concepts = [by_number[n] for n in dict.fromkeys([*named, *by_number])]
    assert [*read.scripts] == [page.address(script) for script in [*STEPS, *concepts]]


@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.path.stem)
def test_what_is_marked_as_new_is_what_differs(read, step):
    before, lines = origin(step, BY_NUMBER), shown(read, step).lines
    lines = [line for line in lines if line.text.strip()]
    if not before:
        assert {(line.tag, line.fold) for line in lines} == {("span", None)}
        return

    def numbers(script, names):
        places = [script.parts[name].place for name in names if name in script.parts]
        return {n + 1 for place in places for n in range(place.start, place.stop)}

    # Take the new lines away, put the others back: this is the step before
    same = [name for name in step.parts if step.source(name) == before.source(name)]
    known, code = numbers(step, same), Counter()
    for line in lines:
        folded = line.fold in step.parts and line.tag != "del"
        stays = line.number in known if folded else line.tag != "ins"
        code[line.text.strip()] += stays
    # What comes back from an earlier step is not in sight as it was before
    back = {line.fold for line in lines} & step.parts.keys() - {*same}
    gone = numbers(before, back) - numbers(before, same)
    stood = {n: line for n, line in before.code.items() if n not in gone}
    assert +code == Counter(line.strip() for line in stood.values())


@pytest.mark.parametrize("step", STEPS[1:], ids=lambda s: s.path.stem)
def test_what_is_folded_stood_before(read, step):
    lines = [line for line in shown(read, step).lines if line.fold]
    assert {line.tag for line in lines} <= {"span"}
    texts = {line.text.strip() for line in lines if line.fold.startswith("lines ")}
    before = origin(step, BY_NUMBER)
    assert texts <= {"", *(line.strip() for line in before.code.values())}
    for name, place in shown(read, step).first.items():
        other = BY_NUMBER[int(place.removeprefix("#step-"))]
        assert other.number < step.number
        assert other.source(name) == step.source(name)


def test_most_of_step_13_is_folded(read, html):
    lines = [line for line in shown(read, BY_NUMBER[13]).lines if line.fold is None]
    assert 30 < len(lines) < 60
    new = [line.text for line in lines if line.tag == "ins"]
    assert "        self.momentum = momentum\n" in new and 10 < len(new) < 30
    assert "Layer_Dense" in shown(read, BY_NUMBER[13]).first
    # More than three in a row are one
    text = html[html.index('<section id="step-13"') :].partition("</section>")[0]
    assert re.findall(r"<summary>(\d+) parts as before", text) == ["10", "4"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.path.stem)
def test_outputs_are_the_recorded_ones(read, script):
    before = script.kind == "Step" and origin(script, BY_NUMBER)
    expected = [before.record] if before else []
    expected += [script.record] + [script.output] * ("..." in script.record)
    outputs = shown(read, script).outputs
    assert outputs == ["\n".join(lines) for lines in expected]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.path.stem)
def test_header_is_there(html, script):
    start = html.index(f'<section id="{page.address(script)}"')
    text = html[start : html.index('<div class="code"', start)]
    text = re.sub(r"</?(p|pre|dt|dd|li)\b[^>]*>", " ", text)
    text = " ".join(unescape(re.sub("<[^>]+>", "", text)).split())
    for name, value in script.header.items():
        if name not in ("Concepts", "Video"):
            assert value[1:] in text
    for paragraph in script.lesson.split("\n\n"):
        assert " ".join(paragraph.split()).replace("https://", "") in text


def test_numbers_that_differ_are_marked(read):
    step, before = BY_NUMBER[13], BY_NUMBER[12]
    expected = [[], []]
    for lines in zip(before.record, step.record):
        for pair in zip(*(re.findall(r"[\d.]+", line) for line in lines)):
            if pair[0] != pair[1]:
                expected[0].append(pair[0])
                expected[1].append(pair[1])
    marks = [text for _, text in shown(read, step).marks]
    assert marks == expected[0] + expected[1] and len(marks) == 36


@pytest.mark.parametrize(
    "old, new, expected",
    [
        (["loss: 1.5"], ["loss: 1.5"], [["loss: 1.5"], ["loss: 1.5"]]),
        (
            ["loss: 1.5, acc: 2"],
            ["loss: 1.2, acc: 2"],
            [["loss: =1.5=, acc: 2"], ["loss: =1.2=, acc: 2"]],
        ),
        (["[1 2]"], ["[[1 2]", " [3 4]]"], [["[1 2]"], ["[[1 2]", " [+3 4+]]"]]),
        (["a", "b 1"], ["b 2"], [["-a-", "b =1="], ["b =2="]]),
        (["all"], ["differs", "now"], [["all"], ["differs", "now"]]),
    ],
)
def test_marks(old, new, expected):
    signs = {"": "=", "gone": "-", "new": "+"}
    found = []
    for lines in page.marks(old, new):
        for kind, sign in signs.items():
            start = f'<mark class="{kind}">' if kind else "<mark>"
            ends = rf"{start}(.*?)</mark>"
            lines = [re.sub(ends, rf"{sign}\1{sign}", line) for line in lines]
        found.append(lines)
    assert found == expected


# ---- Links, pictures, headings


def test_links_lead_somewhere(read):
    assert len(read.ids) == len({*read.ids})
    places = [href for href in read.hrefs if href.startswith("#")]
    assert {href[1:] for href in places} <= {*read.ids} and len(places) > 500
    others = {href for href in read.hrefs if not href.startswith("#")}
    scripts = {f"{s.path.parent.name}/{s.path.name}" for s in SCRIPTS}
    assert scripts <= others
    for href in others - scripts:
        assert re.fullmatch(r"data:,|https://[\w./?=&-]+", href)


def test_steps_and_concepts_in_a_header_are_links(html):
    text = html[html.index('<section id="step-10"') :].partition("</section>")[0]
    assert '<dt>From<dd>step <a href="#step-08">08</a>' in text.replace("Step", "step")
    for number in BY_NUMBER[10].concepts:
        assert f'<li><a href="#concept-{number:02}">{number:02} ' in text
    assert 'href="#step-10.Layer_Dense.backward"' in text
    assert "steps compare 10</code>" in text and "steps exercise 10</code>" in text


@pytest.mark.parametrize(
    "text, places",
    [
        ("step 10 and the 20", "#step-10"),
        ("Steps 11 to 13, 15\nor 16; then 17", "#step-11 #step-13 #step-15 #step-16"),
        ("concept\n21, concepts 04 and\n05.", "#concept-21 #concept-04 #concept-05"),
        ("step 99, steps 1 2, 10 steps", ""),
        ("<code>step 10</code> <b class='step 10'>step 11</b>", "#step-11"),
        ("see https://nnfs.io/a-b, step 01", "https://nnfs.io/a-b #step-01"),
        ('"https://nnfs.io" (https://a.b/?c=d).', "https://nnfs.io https://a.b/?c=d"),
    ],
)
def test_words_that_are_links(text, places):
    html = page.linked(text)
    assert re.findall('href="(.*?)"', html) == places.split()
    assert re.sub("</?a.*?>", "", html) == text.replace("https://", "")


def test_pictures_and_scripts_are_there_to_the_byte(read, folder):
    names = {image["src"] for image in read.images}
    scripts = {f"{s.path.parent.name}/{s.path.name}" for s in SCRIPTS}
    there = {path for path in folder.rglob("*") if path.is_file()}
    assert there == {folder / name for name in names | scripts | {"index.html"}}
    for name in names:
        assert (folder / name).read_bytes() == (ROOT / "assets" / name).read_bytes()
    for name in scripts:
        assert (folder / name).read_bytes() == (ROOT / name).read_bytes()
    assert all(len(image["alt"]) > 15 and image["width"] for image in read.images)
    assert all(image["loading"] == "lazy" for image in read.images)
    assert shown(read, BY_NUMBER[13]).pictures == ["12.png", "13.png"]


def test_headings_leave_no_level_out(read):
    assert read.levels.count(1) == 1
    main = read.levels[read.levels.index(1) :]
    assert all(new <= old + 1 for old, new in pairwise(main))


def test_page_is_small_and_asks_for_nothing(folder, html):
    assert len(html.encode()) <= 1.5e6
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 5e6
    assert not re.search(r'(src|srcset|action)="(https?:)?//|url\(|@import|fetch', html)


def test_readme_is_there(html):
    for words in (
        "gradients, backpropagation",
        "Kronecker delta",
        "a label as a row with",
    ):
        assert words in html
    assert html.count('class="formula"') == 4


# ---- The chart


def test_curves_are_the_printed_values(html):
    found = re.findall(r'<polyline class="(.*?)" .*? points="(.*?)"', html)
    curves = [training for step in STEPS for training in page.curves(step)]
    expected = [
        (x.title, " ".join(f"{n},{values[field]}" for n, values in x.epochs.items()))
        for field in ("loss", "acc")
        for x in curves
    ]
    assert found == expected and len(curves) > 15


def test_table_has_every_step_and_its_printed_values(html):
    table = html[html.index('<div class="few0">') :].partition("</table>")[0]
    lines = dict(re.findall(r"<tr><td[^>]*>([^<]*)<(.*?)(?=<tr>|$)", table))
    epochs = ["0", "100", "200", "500", "1,000", "2,000", "5,000", "10,000"]
    assert [*lines] == epochs
    assert '<th class="t13-0">13 Momentum<' in table
    values = [line for line in BY_NUMBER[13].output if line.startswith("epoch: 1000,")]
    acc, loss = re.findall(r"0\.\d{3}", values[0])[:2]
    assert f'class="t13-0">{loss} {acc}<' in lines["1,000"]


def test_validation_is_a_curve_of_its_own(html):
    table = html[html.index('<div class="few1">') :].partition("</table>")[0]
    assert '<th class="t24-0">24 Real images<th class="t24-0v">24 validation<' in table
    [line] = re.findall(r"<tr><td[^>]*>10(<.*?)$", table)
    printed = [re.findall(r"0\.\d{3}", x) for x in BY_NUMBER[24].output]
    values = [f"{loss} {acc}" for acc, loss, *_ in printed[-2:]]
    assert re.findall(r'class="t24-0v?">([^<]*)', line) == values


# ---- What can't be built


def test_interrupted_build_leaves_the_page_as_it_was(monkeypatch, tmp_path):
    (tmp_path / "index.html").write_text("before")
    monkeypatch.setattr(page, "build", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        page.main([], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_text() == "before"


STEP = "nnfs_steps/02_nnfs_single-layer02.py"


@pytest.mark.parametrize(
    "file, old, new, said",
    [
        (STEP, "import numpy", "import import", "invalid syntax (02_nnfs_"),
        (
            STEP,
            "# Output:",
            "# Outputs:",
            'layer02.py does not end with a block "# Out',
        ),
        (STEP, "Book:", "Concepts: 99\nBook:", "layer02.py names concept 99"),
        ("README.md", "## Derivations", "## Others", 'has the chapter "Derivations"'),
        (
            "nnfs_steps/02_b.py",
            "",
            "",
            "two files have one number: 02_b.py and 02_nnfs",
        ),
        (
            "assets/markdown.py",
            "",
            "import not_there",
            "is built with not_there: python",
        ),
    ],
)
def test_what_can_not_be_built_is_said_in_a_line(tmp_path, file, old, new, said):
    for name in ("nnfs_steps", "concepts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    pictures = shutil.ignore_patterns("mnist", "penguins")
    shutil.copytree(ROOT / "assets", tmp_path / "assets", ignore=pictures)
    shutil.copy(ROOT / "README.md", tmp_path)
    path = tmp_path / file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = python(tmp_path / "assets" / "page.py")
    error = result.stderr.decode().strip()
    assert result.returncode and said in error and "\n" not in error

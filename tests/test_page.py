"""The page shows each script as it is, marks what differs, and works in a browser."""

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from types import SimpleNamespace

import pytest

import page
from project import CONCEPTS, ROOT, SCRIPTS, STEPS, Mistake
from tour.curves import STYLES
from tour.scripts import origin

BY_NUMBER = {step.number: step for step in STEPS}
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}


class Reader(HTMLParser):
    """What is on the page: addresses, headings, each script's lines and outputs."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.hrefs, self.images, self.levels = [], [], [], []
        self.scripts, self.open, self.script = {}, [], None
        self.feed(html)

    def inside(self, tag, *kinds):
        return any(t == tag and (not kinds or k in kinds) for t, k in self.open)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        kind = attributes.get("class")
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.hrefs += [attributes["href"]] if "href" in attributes else []
        self.images += [attributes] if tag == "img" else []
        self.levels += [int(tag[1])] if re.fullmatch(r"h\d", tag) else []
        if (tag, kind) == ("section", "script"):
            empty = {"lines": [], "outputs": [], "marks": [], "folds": {}, "fold": None}
            self.script = SimpleNamespace(**empty, pictures=[])
            self.scripts[attributes["id"]] = self.script
        if self.script and kind == "l":
            line = SimpleNamespace(tag=tag, fold=self.script.fold, text="")
            line.number, line.sign = attributes["data-n"][:3], attributes["data-n"][4:]
            self.script.lines.append(line)
        if self.script and tag == "summary":
            self.script.fold = ""
        if self.script and tag == "img":
            self.script.pictures.append(attributes["src"])
        if tag == "pre" and self.inside("div", "prints", "prints alone"):
            self.script.outputs.append("")
        if tag == "mark":
            self.script.marks.append((kind, ""))
        if tag == "a" and self.inside("summary"):
            self.script.folds[self.script.fold.strip()] = attributes["href"]
        if tag not in VOID:
            self.open.append((tag, kind))

    def handle_endtag(self, tag):
        while self.open.pop()[0] != tag:
            pass
        if tag == "details" and self.script:
            self.script.fold = None

    def handle_data(self, text):
        if self.inside("summary") and self.inside("code"):
            self.script.fold += text
        elif any(kind == "l" for _, kind in self.open):
            self.script.lines[-1].text += text
        elif self.inside("pre") and self.inside("div", "prints", "prints alone"):
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


def kept(script, before, line):
    """Whether a line has not changed, or stands in a part that has not."""
    if not line.fold or line.fold.startswith("lines "):
        return line.sign != "+"
    parts = [name for name, part in script.parts.items() if part.place]
    places = {name: script.parts[name].place for name in parts}
    around = [n for n, p in places.items() if p.start < int(line.number) <= p.stop]
    return any(script.source(name) == before.source(name) for name in around)


# ---- What is there


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.path.stem)
def test_script_is_there_with_all_lines_of_its_code(read, script):
    lines = [line for line in shown(read, script).lines if line.tag != "del"]
    code = {int(x.number): x.text[:-1] for x in lines if x.text.strip()}
    assert code == script.code


def test_nothing_else_is_there(read):
    assert [*read.scripts] == [page.address(script) for script in [*STEPS, *named()]]


def named():
    """The concepts in the order in which steps name them, then the others."""
    by_number = {concept.number: concept for concept in CONCEPTS}
    numbers = [number for step in STEPS for number in step.concepts]
    return [by_number[n] for n in dict.fromkeys([*numbers, *by_number])]


@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.path.stem)
def test_what_is_marked_as_new_is_what_differs(read, step):
    before, lines = origin(step, BY_NUMBER), shown(read, step).lines
    lines = [line for line in lines if line.text.strip()]
    if not before:
        assert {(line.tag, line.sign, line.fold) for line in lines} == {
            ("span", " ", None)
        }
        return
    assert {line.tag for line in lines if line.sign == "+"} <= {"ins"}
    assert {line.tag for line in lines if line.sign == "-"} <= {"del"}
    # Take the new lines away, put the others back: this is the step before
    same = [line for line in lines if kept(step, before, line)]
    code = Counter(line.text.strip() for line in same)
    assert code == Counter(line.strip() for line in before.code.values())


@pytest.mark.parametrize("step", STEPS[1:], ids=lambda s: s.path.stem)
def test_what_is_folded_stood_before(read, step):
    lines = [line for line in shown(read, step).lines if line.fold is not None]
    assert {line.sign for line in lines} <= {" "}
    texts = {line.text.strip() for line in lines if line.fold.startswith("lines ")}
    before = origin(step, BY_NUMBER)
    assert texts <= {"", *(line.strip() for line in before.code.values())}
    for name, place in shown(read, step).folds.items():
        other = BY_NUMBER[int(place.removeprefix("#step-"))]
        assert other.number < step.number
        assert other.source(name) == step.source(name)


def test_most_of_step_13_is_folded(read):
    lines = [line for line in shown(read, BY_NUMBER[13]).lines if line.fold is None]
    assert 30 < len(lines) < 60
    new = [line.text for line in lines if line.sign == "+"]
    assert "        self.momentum = momentum\n" in new and 10 < len(new) < 30
    assert "Layer_Dense" in shown(read, BY_NUMBER[13]).folds


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
    text = html[start : html.index('<div class="code">', start)]
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
    assert all(re.fullmatch(r"data:,|https://[\w./?=&-]+", href) for href in others)


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
    ],
)
def test_words_that_are_links(text, places):
    html = page.linked(text)
    assert re.findall('href="(.*?)"', html) == places.split()
    assert re.sub("</?a.*?>", "", html) == text.replace("https://", "")


def test_pictures_are_there_and_say_what_they_show(read, folder):
    names = {image["src"] for image in read.images}
    there = {path.name for path in folder.iterdir()}
    assert there == names | {"index.html"}
    assert all(len(image["alt"]) > 15 and image["width"] for image in read.images)
    for name in names:
        assert (folder / name).read_bytes() == (ROOT / "assets" / name).read_bytes()
    assert shown(read, BY_NUMBER[13]).pictures == ["12.png", "13.png"]


def test_headings_leave_no_level_out(read):
    assert read.levels.count(1) == 1
    main = read.levels[read.levels.index(1) :]
    assert all(new <= old + 1 for old, new in pairwise(main))


def test_page_is_small_and_asks_for_nothing(folder, html):
    assert sum(path.stat().st_size for path in folder.iterdir()) < 5e6
    assert not re.search(r'(src|srcset|action)="(https?:)?//|url\(|@import|fetch', html)


def test_readme_is_there(html):
    for words in (
        "the derivatives of softmax",
        "Kronecker delta",
        "a label as a row with",
    ):
        assert words in html
    assert html.count('class="formula"') == 4


# ---- The chart


def test_curves_are_the_printed_values(html):
    curves = re.findall(r'<polyline class="(.*?)" (.*?) points="(.*?)"', html)
    expected = [*page.curves()]
    assert len(curves) == 2 * len(expected) and len(expected) > 15
    for field, top, found in ("loss", 1.2, curves), ("acc", 1, curves[len(expected) :]):
        for (name, _, training, _), (shown_name, _, points) in zip(expected, found):
            assert name == shown_name
            places = [point.split(",") for point in points.split()]
            for (x, y), (epoch, values) in zip(
                places, training.epochs.items(), strict=True
            ):
                assert float(x) / 460 * 10_000 == pytest.approx(epoch, abs=3)
                value = (1 - float(y) / 240) * top
                assert value == pytest.approx(float(values[field]), abs=1e-3)


def test_curves_have_the_colours_of_the_pictures(html):
    for number, style in enumerate(STYLES[:6]):
        [colour, *_] = re.findall(f'class="t{11 + number}-0" stroke="(.*?)"', html)
        assert colour.replace("currentColor", "#000000") == style["color"]


def test_table_has_the_printed_values(html):
    table = html[html.index('<div class="few0">') :].partition("</table>")[0]
    [line] = re.findall(r"<tr><td[^>]*>1,000(.*?)<tr>", table)
    assert '<th class="t13-0">13 Momentum<' in table
    cells = re.findall(r'class="t13-0">(.*?)<', line)
    values = [line for line in BY_NUMBER[13].output if line.startswith("epoch: 1000,")]
    acc, loss = re.findall(r"0\.\d{3}", values[0])[:2]
    assert cells == [f"{loss} {acc}"]


def test_validation_has_a_column_of_its_own(html):
    table = html[html.index('<div class="few1">') :].partition("</table>")[0]
    heads = re.findall(r'<th class="t24-0">([^<]*)', table)
    assert heads == ["24 Real images", "24 validation"]
    [line] = re.findall(r"<tr><td[^>]*>10(<.*?)$", table)
    printed = [re.findall(r"0\.\d{3}", x) for x in BY_NUMBER[24].output]
    values = [f"{loss} {acc}" for acc, loss, *_ in printed[-2:]]
    assert re.findall(r'class="t24-0">([^<]*)', line) == values


def test_interrupted_build_leaves_the_page_as_it_was(monkeypatch, tmp_path):
    (tmp_path / "index.html").write_text("before")
    monkeypatch.setattr(page, "build", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        page.main([], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_text() == "before"


def test_unknown_word_is_said():
    with pytest.raises(Mistake, match="unrecognized arguments: 13"):
        page.main(["13"])

"""The page shows each script as it is, and marks what differs."""

import re
import shutil
from collections import Counter
from html import unescape
from itertools import pairwise, product
from typing import NamedTuple

import pytest

import page
from conftest import each_script
from tour.project import ROOT, SCRIPTS, STEPS, python
from tour.scripts import origin

page.load()


@pytest.fixture(scope="session")
def html(page_folder):
    return (page_folder / "index.html").read_text(encoding="utf-8")


def section(html, script):
    start = f'<section id="{page.address(script)}"'
    return html[html.index(start) :].partition("</section>")[0]


def words(html):
    return unescape(re.sub("<[^>]+>", "", html))


class Line(NamedTuple):
    tag: str  # ins, del or span
    number: int
    text: str
    folded: bool
    part: str  # that it belongs to, if this is folded and stands in an earlier step


COMES_FROM = r'<p><code>(?P<part>[^<]*)</code> as in <a href="#step-(?P<step>\d+)"'
TOKEN = re.compile(
    rf"<details>|</details>|{COMES_FROM}|counter-reset:n (?P<start>\d+)"
    r"|<(?P<tag>ins|span|del)\b[^>]*>(?P<text>[^\n]*)\n</"
)


def lines(html, script):
    """The lines of a script's code on the page, also those that are gone."""
    found, folded, part, number = [], False, "", 0
    code = section(html, script).partition('<div class="code"')[2]
    for token in TOKEN.finditer(code.partition('<div class="prints"')[0]):
        if token["tag"]:
            number += token["tag"] != "del"
            found.append(Line(token["tag"], number, words(token["text"]), folded, part))
        elif token["start"]:
            number = int(token["start"])
            part = part if code[: token.start()].endswith('</p><pre style="') else ""
        elif token["part"]:
            part = token["part"]
        else:
            folded, part = token[0] == "<details>", ""
    return found


# ---- Scripts


@each_script
def test_script_is_there_as_it_is(html, script):
    there = [line for line in lines(html, script) if line.tag != "del"]
    assert {x.number: x.text for x in there if x.text.strip()} == script.code
    # With its blank lines, so that it can be copied
    text = "\n".join(line.text for line in there)
    assert script.text.partition("# Output:")[0].strip().endswith(text.strip())
    # Its header
    notes = re.sub("</?(p|pre|dt|dd|li)[^>]*>", " ", section(html, script))
    notes = " ".join(words(notes).split())
    for name, value in script.header.items():
        assert name in ("Concepts", "Video") or value in notes
    for paragraph in re.findall(r"[A-Za-z][^\n]*", script.lesson):
        assert " ".join(paragraph.split()).replace("https://", "") in notes
    # Its output, beside that of the step before
    before = script.kind == "Step" and origin(script, page.STEPS)
    expected = [before.record] if before else []
    expected += [script.record] + [script.output] * ("..." in script.record)
    prints = section(html, script).partition('<div class="prints">')[2]
    found = re.findall("<pre[^>]*>(.*?)</pre>", prints, re.S)
    assert [*map(words, found)] == ["\n".join(lines) for lines in expected]


@pytest.mark.parametrize("step", STEPS[1:], ids=lambda step: step.path.stem)
def test_what_is_marked_as_new_is_what_differs(html, step):
    """Without the new lines, and with those that are gone, it is the step before."""
    before, code = origin(step, page.STEPS), Counter()
    same = [name for name in step.parts if step.source(name) == before.source(name)]
    known = page.lines_of(step, same)
    found = [line for line in lines(html, step) if line.text.strip()]
    for line in found:
        # What is the same is folded, and nothing that is new
        assert line.folded or line.tag == "del" or line.number not in known
        assert line.tag == "span" or line.part or not line.folded
        folded = line.part and line.tag != "del"
        is_old = line.number in known if folded else line.tag != "ins"
        code[line.text.strip()] += is_old
    # What comes back from an earlier step is not in sight as it was before
    back = {line.part for line in found} & step.parts.keys() - {*same}
    gone = page.lines_of(before, back).keys() - page.lines_of(before, same).keys()
    stood = [line.strip() for n, line in before.code.items() if n not in gone]
    assert +code == Counter(stood)
    for part, number in re.findall(COMES_FROM, section(html, step)):
        assert int(number) < step.number
        assert page.STEPS[int(number)].source(part) == step.source(part)


@pytest.mark.parametrize(
    "old, new, marked_old, marked_new",
    [
        ("loss: 1.5, acc: 2", "loss: 1.5, acc: 2", "", ""),
        ("loss: 1.5, acc: 2", "loss: 1.2, acc: 2", "1.5", "1.2"),
        ("[1 2]", "[[1 3]\n [3 4]]", "2", "3"),
        ("a\nb 1", "b 2\nc 3", "1", "2"),
        ("a 1\na 2", "a 0\na 1\na 2", "", ""),  # the same lines, further down
    ],
)
def test_numbers_that_differ_are_marked(old, new, marked_old, marked_new):
    both = old.split("\n"), new.split("\n")
    page.mark(*both)
    for found, text, marked in zip(both, (old, new), (marked_old, marked_new)):
        assert re.findall("<mark>(.*?)</mark>", "\n".join(found)) == marked.split()
        assert words("\n".join(found)) == text


# ---- The page


def test_all_is_there_in_order_and_links_lead_there(html):
    ids = re.findall(r'<[^>]* id="(.*?)"', html)
    named = dict.fromkeys(number for step in STEPS for number in step.concepts)
    concepts = [page.CONCEPTS[n] for n in {**named, **dict.fromkeys(page.CONCEPTS)}]
    shown = re.findall(r'<section id="(.*?)" class="script"', html)
    assert shown == [page.address(script) for script in [*STEPS, *concepts]]
    assert len(ids) == len({*ids})
    hrefs = {*re.findall(r'<[^>]* href="(.*?)"', html)} - {*map(page.file, SCRIPTS)}
    assert {href[1:] for href in hrefs if href[0] == "#"} <= {*ids}
    others = [href for href in hrefs if href[0] != "#"]
    assert all(re.fullmatch(r"data:,|https://[\w./?=&-]+", x) for x in others)
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels.count(1) == 1
    assert all(new <= old + 1 for old, new in pairwise(levels))
    assert "Kronecker delta" in html and "a label as a row with" in html


@pytest.mark.parametrize(
    "text, places",
    [
        ("step 10 and the 20", "#step-10"),
        ("Steps 11 to 13, 15\nor 16; then 17", "#step-11 #step-13 #step-15 #step-16"),
        ("concept\n21, concepts 04 and\n05.", "#concept-21 #concept-04 #concept-05"),
        ("step 99, steps 1 2, 10 steps", ""),
        ("log, Loss.x, Layer_Dense.backward.", "#step-10.Layer_Dense.backward"),
        ("<code>step 10</code> <b class='step 10'>step 11</b>", "#step-11"),
        ("see https://nnfs.io/a-b, step 01", "https://nnfs.io/a-b #step-01"),
        ('"https://nnfs.io" (https://a.b/?c=d).', "https://nnfs.io https://a.b/?c=d"),
    ],
)
def test_words_that_are_links(text, places):
    html = page.linked(text, STEPS[9])
    assert re.findall('href="(.*?)"', html) == places.split()
    assert words(html) == words(text).replace("https://", "")


def test_pictures_and_scripts_are_there_and_it_is_small(html, page_folder):
    images = re.findall(r'<img (.*?") ?/?>', html)
    usual = re.compile(r'loading="lazy" src=".*?" width.* alt=".{15,}"')
    assert all(map(usual.fullmatch, images))
    names = {re.search('src="(.*?)"', image)[1] for image in images}
    expected = {page.file(script): script.path for script in SCRIPTS}
    expected |= {name: ROOT / "assets" / name for name in names}
    there = {x.relative_to(page_folder).as_posix() for x in page_folder.rglob("*.*")}
    assert there == expected.keys() | {"index.html"}
    for name, path in expected.items():
        assert (page_folder / name).read_bytes() == path.read_bytes()
    assert re.findall('src="(.*?)"', section(html, STEPS[12])) == ["12.png", "13.png"]
    assert len(html.encode()) <= 1.5e6
    assert sum(path.stat().st_size for path in page_folder.rglob("*")) < 5e6
    assert not re.search(r'(src|srcset|action)="(https?:)?//|url\(|@import|fetch', html)


def test_curves_and_tables_have_the_printed_values(html):
    found = re.findall(r'<polyline class="(.*?)" points="(.*?)"', html)
    curves = [training for step in STEPS for training in page.curves(step)]
    assert found == [
        (x.title, " ".join(f"{n},{values[field]}" for n, values in x.epochs.items()))
        for field in ("loss", "acc")
        for x in curves
    ]
    table = html[html.index("</fieldset>") :].partition("</table>")[0]
    for title, epoch in ("13 Momentum", 1000), ("24 validation", 10):
        [training] = [curve for curve in curves if curve.heading == title]
        assert f'<th class="{training.title}">{title}<' in table
        row = table.partition(f"<tr><td>{epoch:,}<")[2].partition("<tr>")[0]
        values = training.epochs[epoch]
        assert f'<td class="{training.title}">{values["loss"]} {values["acc"]}<' in row


def light(colour):
    """The relative luminance of #rrggbb."""
    shares = [part / 255 for part in bytes.fromhex(colour)]
    r, g, b = (((x + 0.055) / 1.055) ** 2.4 if x > 0.04 else x / 12.92 for x in shares)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_has_contrast(scheme):
    css = (page.ASSETS / "page.css").read_text()
    found = re.findall(r"([\w-]+): light-dark\(#(\w+), #(\w+)\)", css)
    named = {name: pair[scheme] for name, *pair in found}
    texts = [pair[scheme] for name, *pair in found if name == "color"]
    texts += [named[f"--{name}"] for name in ("ink", "soft", "accent")]
    papers = [named[f"--{name}"] for name in ("paper", "block", "new", "gone")]
    pairs = [*product(texts, papers), (named["--ink"], named["--mark"])]
    assert len(pairs) == 25
    for pair in pairs:
        low, high = sorted(map(light, pair))
        assert (high + 0.05) / (low + 0.05) >= 4.5, pair


# ---- What can't be built


@pytest.mark.parametrize(
    "file, said",
    [
        ("README.md", '01_x.py does not end with a block "# Output:"'),
        ("assets/markdown.py", "the page is built with no: python -m pip"),
    ],
)
def test_what_can_not_be_built_is_said_in_a_line(project, file, said):
    project.step(1, "print(1)")
    hide = shutil.ignore_patterns("mnist", "penguins")
    shutil.copytree(ROOT / "assets", project.root / "assets", ignore=hide)
    (project.root / file).write_text("import no")
    result = python(project.root / "assets" / "page.py")
    error = result.stderr.decode().strip()
    assert result.returncode and said in error and "\n" not in error

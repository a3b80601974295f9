"""The page shows each script as it is, and marks what differs."""

import re
import shutil
from collections import Counter
from html import unescape
from itertools import pairwise
from typing import NamedTuple

import pytest

import page
from tour.project import ROOT, SCRIPTS, STEPS, python
from tour.scripts import origin

page.load()
every_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.path.stem)
every_step = pytest.mark.parametrize("step", STEPS[1:], ids=lambda s: s.path.stem)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "page"
    page.main(folder)
    return folder


@pytest.fixture(scope="session")
def html(folder):
    return (folder / "index.html").read_text(encoding="utf-8")


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
    first: int  # this step


TOKEN = re.compile(
    r'<details>|</details>|<pre style="counter-reset:n (?P<start>\d+)'
    r'|<p><code>(?P<part>.*?)</code> as in <a href="#step-(?P<step>\d+)"'
    r"|<(?P<tag>ins|span|del)\b[^>]*>(?P<text>[^\n]*)\n</"
)


def lines(html, script):
    """The lines of a script's code on the page, also those that are gone."""
    found, folded, part, first, number = [], False, "", 0, 0
    code = section(html, script).partition('<div class="code"')[2]
    for token in TOKEN.finditer(code.partition('<div class="prints"')[0]):
        if token["tag"]:
            number += token["tag"] != "del"
            text = words(token["text"])
            found.append(Line(token["tag"], number, text, folded, part, first))
        elif token["start"]:
            number = int(token["start"])
            if not code[: token.start()].endswith("</p>"):
                part, first = "", 0
        elif token["part"]:
            part, first = token["part"], int(token["step"])
        else:
            folded, part, first = token[0] == "<details>", "", 0
    return found


# ---- Scripts


@every_script
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


@every_script
def test_outputs_are_the_recorded_ones(html, script):
    before = script.kind == "Step" and origin(script, page.STEPS)
    expected = [before.record] if before else []
    expected += [script.record] + [script.output] * ("..." in script.record)
    prints = section(html, script).partition('<div class="prints">')[2]
    found = re.findall("<pre[^>]*>(.*?)</pre>", prints, re.S)
    assert [*map(words, found)] == ["\n".join(lines) for lines in expected]


@every_step
def test_what_is_marked_as_new_is_what_differs(html, step):
    """Without the new lines, and with those that are gone, it is the step before."""
    before, code = origin(step, page.STEPS), Counter()
    same = [name for name in step.parts if step.source(name) == before.source(name)]
    known = page.lines_of(step, same)
    found = [line for line in lines(html, step) if line.text.strip()]
    for line in found:
        folded = line.part and line.tag != "del"
        code[line.text.strip()] += bool(
            line.number in known if folded else line.tag != "ins"
        )
    # What comes back from an earlier step is not in sight as it was before
    back = {line.part for line in found} & step.parts.keys() - {*same}
    gone = page.lines_of(before, back).keys() - page.lines_of(before, same).keys()
    stood = [line.strip() for n, line in before.code.items() if n not in gone]
    assert +code == Counter(stood)


@every_step
def test_what_is_folded_stood_before(html, step):
    stood = {line.strip() for line in origin(step, page.STEPS).code.values()}
    for line in lines(html, step):
        if line.part:
            first = page.STEPS[line.first]
            assert line.first < step.number
            assert first.source(line.part) == step.source(line.part)
        elif line.folded:
            assert line.tag == "span" and line.text.strip() in {"", *stood}


def test_step_13_shows_momentum_and_folds_the_rest(html):
    shown = [line for line in lines(html, STEPS[12]) if not line.folded]
    new = [line.text for line in shown if line.tag == "ins"]
    assert "        self.momentum = momentum" in new
    assert 10 < len(new) < 30 < len(shown) < 60
    folds = re.findall("<summary>(.*?) as before</summary>", section(html, STEPS[12]))
    # More than three in a row are one
    assert folds[0] == "10 parts" and "Optimizer_SGD.pre_update_params" in folds


@pytest.mark.parametrize(
    "old, new, marked_old, marked_new",
    [
        ("loss: 1.5, acc: 2", "loss: 1.5, acc: 2", "", ""),
        ("loss: 1.5, acc: 2", "loss: 1.2, acc: 2", "1.5", "1.2"),
        ("[1 2]", "[[1 3]\n [3 4]]", "2", "3"),
        ("a\nb 1", "b 2\nc 3", "1", "2"),
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


def test_names_in_a_header_are_links(html):
    text = section(html, STEPS[9])
    assert '<dt>From<dd>step <a href="#step-08">08</a>' in text
    assert '<li><a href="#concept-09">09 The derivative' in text
    assert 'href="#step-10.Layer_Dense.backward"' in text
    assert "steps exercise 10</code>" in text


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


def test_pictures_and_scripts_are_there_and_it_is_small(html, folder):
    images = re.findall(r'<img (.*?") ?/?>', html)
    assert all(
        re.fullmatch(r'loading="lazy" src=".*?" width.* alt=".{15,}"', x)
        for x in images
    )
    names = {re.search('src="(.*?)"', image)[1] for image in images}
    expected = {page.file(script): script.path for script in SCRIPTS}
    expected |= {name: ROOT / "assets" / name for name in names}
    there = {x.relative_to(folder).as_posix() for x in folder.rglob("*.*")}
    assert there == expected.keys() | {"index.html"}
    for name, path in expected.items():
        assert (folder / name).read_bytes() == path.read_bytes()
    assert re.findall('src="(.*?)"', section(html, STEPS[12])) == ["12.png", "13.png"]
    assert len(html.encode()) <= 1.5e6
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 5e6
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
    head, *rows = table.split("<tr>")[1:]
    titles = ["13 Momentum", "24 Real images", "24 validation"]
    assert {*titles} <= {*re.findall('<th class=".*?">([^<]*)', head)}
    rows = dict(re.match(r"<td>([\d,]*)(.*)", row).groups() for row in rows)
    for title, step, epoch in zip(titles, (13, 24, 24), ("1,000", "10", "10")):
        [training] = [curve for curve in curves if curve.heading == title]
        values = training.epochs[int(epoch.replace(",", ""))]
        cell = f'<td class="{training.title}">{values["loss"]} {values["acc"]}<'
        assert cell in f"{rows[epoch]}<"
        assert values["loss"] in "\n".join(page.STEPS[step].output)


# ---- What can't be built


def test_interrupted_build_leaves_the_page_as_it_was(monkeypatch, tmp_path):
    monkeypatch.setattr(page, "build", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        page.main(tmp_path)
    assert [*tmp_path.iterdir()] == []


STEP = "nnfs_steps/02_nnfs_single-layer02.py"


@pytest.mark.parametrize(
    "file, old, new, said",
    [
        (STEP, "import numpy", "import import", "invalid syntax (02_nnfs_"),
        (STEP, "# Output:", "# None:", '02.py does not end with a block "# Output:"'),
        (STEP, "Book:", "Concepts: 99\nBook:", "layer02.py names concept 99"),
        ("README.md", "## Derivations", "## Others", 'has the chapter "Derivations"'),
        ("nnfs_steps/02_b.py", "", "", "files have one number: 02_b.py and 02_nnfs"),
        ("assets/markdown.py", "", "import no", "the page is built with no: python -m"),
    ],
)
def test_what_can_not_be_built_is_said_in_a_line(tmp_path, file, old, new, said):
    big = shutil.ignore_patterns("mnist", "penguins")
    for name in "nnfs_steps", "concepts", "assets":
        shutil.copytree(ROOT / name, tmp_path / name, ignore=big)
    shutil.copy(ROOT / "README.md", tmp_path)
    path = tmp_path / file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = python(tmp_path / "assets" / "page.py")
    error = result.stderr.decode().strip()
    assert result.returncode and said in error and "\n" not in error

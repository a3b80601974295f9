"""Build the page to read along the book, page/index.html: python assets/page.py"""

import argparse
import json
import re
import sys
from html import escape
from itertools import groupby, pairwise
from pathlib import Path
from textwrap import shorten

try:
    import markdown
    from PIL import Image
    from pygments.lexers import PythonLexer
    from pygments.token import Comment, Keyword, Name, Number, Operator, String
except ModuleNotFoundError as error:
    install = "python -m pip install -r requirements.txt -r tests/requirements.txt"
    sys.exit(f"the page is built with {error.name}: {install}")

sys.path.insert(0, str(Path(__file__).parents[1] / "nnfs_steps"))
from tour import exercises
from tour.changes import signed
from tour.curves import STYLES
from tour.differences import notes, pairs
from tour.scripts import Mistake, chapter, origin, scripts_in, write
from tour.trainings import NUMBER, Training, rows, trainings

ROOT = Path(__file__).parents[1]
ASSETS = ROOT / "assets"
STEPS, CONCEPTS = {}, {}  # by number, filled by load
FOLDERS = {"nnfs_steps": STEPS, "concepts": CONCEPTS}
README = (ROOT / "README.md").read_text(encoding="utf-8")
# Chapters that the page takes over, from whichever README has them
SECTIONS = ["Where is what", "Words", "The book's call, and ours", "Derivations"]
SECTIONS += ["The digits", "What it costs"]
MARKDOWN = [README, *(path.read_text("utf-8") for path in ROOT.glob("*/README.md"))]
# What is luck: the table of the ten seeds, and the paragraph above it
ABOVE, _, BELOW = "".join(MARKDOWN).partition("<!-- seeds -->")
SEEDS = ABOVE.rstrip().rpartition("\n\n")[2] + "\n\n" + BELOW.partition("<!-- /")[0]
PICTURE = r'<img src="(?:\.\./)?(?:assets/)?([^"]*)"(?: \w+="[^"]*")* ?/?>'
ALTS = dict(re.findall(r'src="[^"]*?(\w[^/"]*)".*? alt="(.*?)"', "".join(MARKDOWN)))
GAP = "..."  # stands for parts that a comparison leaves out
used = set()  # the pictures that the page shows


def load():
    """Read the scripts; what the page can't show raises Mistake."""
    for folder, scripts in FOLDERS.items():
        scripts.update(scripts_in(ROOT / folder))
    for script in [*STEPS.values(), *CONCEPTS.values()]:
        if script.record is None:
            raise Mistake(f'{script.path.name} does not end with a block "# Output:"')
        for number in {*script.concepts} - {*CONCEPTS}:
            raise Mistake(f"{script.path.name} names concept {number}: there is none")


def address(script):
    return f"{script.kind.lower()}-{script.number:02}"


def short(script):
    """The idea in a few words."""
    idea = script.idea.partition(":")[0].strip(".")
    return escape(shorten(idea, 32, placeholder=" ..."))


def link(script, text="{:02}"):
    return f'<a href="#{address(script)}">{text.format(script.number)}</a>'


def code(text):  # it may break after its parts
    return f"<code>{re.sub('(?<=[._/])', '<wbr>', text)}</code>"


def wide(html):
    """A box that scrolls if its window is narrow, by keyboard too."""
    return f'<div class="wide" tabindex="0">{html}</div>'


def linked(html, script=None, names="[_.]"):
    """HTML with its steps, concepts, addresses and the script's own names as links."""
    own = [n for n, p in script.parts.items() if p.place] if script else []
    own = [n for n in sorted(own, key=len, reverse=True) if re.search(names, n)]
    patterns = {
        "skip": r"<(?P<tag>a|code|pre)\b.*?</(?P=tag)>|<[^>]+>",
        "number": r"\b(?:[Ss]tep|[Cc]oncept)s?\s\d\d(?:(?:,|\sand|\sto|\sor)\s\d\d)*",
        "url": r"https://[^\s<>\"'()]*[\w/]",
        "name": rf"(?<![\w.])(?:{'|'.join(map(re.escape, own)) or '(?!)'})(?!\w)",
    }

    def replace(match):
        found, kind = match[0], match.lastgroup
        if kind == "url":
            return f'<a href="{found}">{found.removeprefix("https://")}</a>'
        if kind == "name":
            return f'<a href="#{address(script)}.{found}">{code(found)}</a>'
        if kind == "number":
            known = STEPS if found[0] in "Ss" else CONCEPTS
            there = {f"{n:02}": link(script) for n, script in known.items()}
            return re.sub(r"\d\d", lambda n: there.get(n[0], n[0]), found)
        return found

    pattern = "|".join(f"(?P<{name}>{text})" for name, text in patterns.items())
    return re.sub(pattern, replace, html, flags=re.S)


def lesson(script):
    """The paragraphs of a header; what is indented stays as it is."""
    for block in re.split(r"\n\n+", script.lesson):
        for indented, lines in groupby(block.split("\n"), lambda x: x[:4] == "    "):
            text = escape("\n".join(lines), quote=False)
            if indented:
                text = re.sub("^    ", "", text, flags=re.M)
                kind = "table" if "  " in text else "flow"
                yield f'<pre class="{kind}" tabindex="0">{text}</pre>'
            else:
                yield f"<p>{linked(text, script)}</p>"


def fields(script, before):
    """Yield the fields of a header and the commands, each with its name."""
    for name, text in script.header.items():
        if name not in ("Idea", "Concepts"):
            text = re.sub(r"^[a-z]+ ", lambda word: word[0].capitalize(), text)
            names = "" if name in ("New", "Changed") else "[_.]"
            yield name, linked(escape(text, quote=False), script, names)
    if script.concepts:
        found = [CONCEPTS[n] for n in script.concepts]
        links = [f"<li>{link(each, '{:02} ' + escape(each.idea))}" for each in found]
        yield "Concepts", f"<ul>{''.join(links)}</ul>"
    readers = [s for s in STEPS.values() if script.number in s.concepts]
    if script.kind == "Concept" and readers:
        yield "For step", ", ".join(map(link, readers))
    place = f"{script.path.parent.name}/{script.path.name}"
    copy = '<button type="button" class="copy" hidden>Copy the code</button>'
    yield "Script", f'<a href="{place}">{script.path.name}</a> {copy}'
    yield "Run", code(f"python {place}")
    if before:
        yield "Compare", code(f"python nnfs_steps compare {script.number}")
    if before and exercises.new_in(script, STEPS):
        yield "Write it yourself", code(f"python nnfs_steps exercise {script.number}")


def rendered(text):
    """Markdown of a README as HTML, with links to places on the page."""
    text = re.sub(r"<summary>(.*?)</summary>", r"### \1", text)
    text = re.sub(r"</?details>|<!--.*?-->", "", text)
    html = markdown.markdown(text, extensions=["tables", "fenced_code"])
    html = re.sub(r'href="(\d\d_)', r'href="steps/\1', html)  # in the steps' own README
    script = r'href="(?:\.\./)?(?:nnfs_)?(step|concept)s/(\d\d)_[^"]*"'
    html = re.sub(script, r'href="#\1-\2"', html)
    html = re.sub(r'href="[\w./]*README.md(#[\w-]+)"', r'href="\1"', html)
    html = re.sub(r'href="[\w./]*README.md"', 'href="#what-it-costs"', html)
    html = re.sub("<pre>", '<pre tabindex="0">', html)
    html = re.sub("<table>.*?</table>", lambda found: wide(found[0]), html, flags=re.S)
    return linked(re.sub(PICTURE, lambda found: picture(found[1]), html))


def anchor(title):
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def readme(title):
    """A chapter of the README, or of the one that has it."""
    found = [text.partition(f"\n## {title}\n")[2] for text in MARKDOWN]
    if not any(found):
        raise Mistake(f'no README has the chapter "{title}", which the page shows')
    text = max(found, key=len).partition("\n## ")[0]
    start = f'<section id="{anchor(title)}" class="text">'
    return f"{start}<h2>{title}</h2>{rendered(text)}</section>"


def picture(name, script=None):
    used.add(name)
    with Image.open(ASSETS / name) as image:
        scale = 1 if script else 2  # draw.py's have 200 dots for an inch, not 100
        width, height = (length // scale for length in image.size)
        shown = json.loads(image.info.get("Shows", "{}"))
    titles = "; ".join(shown.get("titles", [])).replace("\n", " ")
    words = escape(titles or script.idea) if script else ""
    alt = ALTS.get(name) or f"Picture of {script.title}: {words}"
    kind = f'class="{"formula" if name.endswith(".PNG") else "picture"}" loading="lazy"'
    return f'<img {kind} src="{name}" width="{width}" height="{height}" alt="{alt}">'


# ---- The code of a script


COLOURS = {Keyword: "k", Operator.Word: "k", Name.Function: "d", Name.Class: "d"}
COLOURS |= {String: "s", Number: "m", Comment: "c"}


def coloured(script):
    """The lines of a script by their number, as HTML."""
    html, tokens = "", PythonLexer(stripnl=False).get_tokens(script.text)
    kinds = (
        (next(filter(COLOURS.get, reversed(k.split())), None), x) for k, x in tokens
    )
    for kind, run in groupby(kinds, lambda pair: pair[0]):
        text = escape("".join(x for _, x in run), quote=False)
        tag = f'<span class="{COLOURS.get(kind)}">'
        html += re.sub("(.+)", rf"{tag}\1</span>", text) if kind else text
    return dict(enumerate(html.split("\n"), 1))


def listing(script, before):
    """Yield the code as HTML: what is new is marked, what stood before is folded."""
    html, old_html = coloured(script), before and coloured(before)
    signs, gone, left, owner = changes(script, before) if before else ({}, {}, [], {})
    names = {p.place.start + 1: n for n, p in script.parts.items() if p.place}

    def removed(numbers):
        return "".join(f'<del data-n="{n}">{old_html[n]}\n</del>' for n in numbers)

    def line(n):
        place = f' id="{address(script)}.{names[n]}"' if n in names else ""
        sign = escape(signs.get(n, " "))
        tag = "ins" if sign == "+" else "span"
        moved = f' data-sign="{sign}"' if sign.startswith("&") else ""
        return f"<{tag}{place}{moved}>{html[n]}\n</{tag}>"

    parts = []
    numbers = range(min(script.code), max(script.code) + 1)
    for name, run in groupby(numbers, owner.get):
        run = [*run]
        first = next(n for n in run if n in script.code)
        if above := removed(gone.pop(first, [])):  # stays in sight
            parts.append((None, f"<pre>{above}</pre>"))
        lines = "".join(removed(gone.get(n, [])) + line(n) for n in run)
        lines = f'<pre style="counter-reset:n {run[0] - 1}">{lines}</pre>'
        parts.append((name, fold(script, name, lines) if name else lines))
    for folded, run in groupby(parts, lambda part: bool(part[0])):
        blocks = [html for _, html in run]
        inside = "".join(blocks)
        if folded and len(blocks) > 3:
            words = f"<summary>{len(blocks)} parts as before</summary>"
            inside = f"<details>{words}{inside}</details>"
        yield inside
    yield f"<pre>{removed(left)}</pre>" if left else ""


def visible(script, hidden):
    """Line numbers and lines of a script, without those of some of its parts."""
    places = [script.parts[name].place for name in hidden]
    gone = {n + 1 for place in places for n in range(place.start, place.stop)}
    lines = [(n, GAP if n in gone else line) for n, line in script.code.items()]
    groups = groupby(lines, key=lambda pair: pair[1] == GAP)
    return [x for gap, group in groups for x in ([next(group)] if gap else group)]


def changes(script, before):
    """How the code differs from the step before: {line: its sign}, {line: the lines
    that stood above it}, those that stood at the end, and {line: what it is folded in}.
    """
    earlier = [s for s in STEPS.values() if s.number < script.number]
    own = {name: script.source(name) for name in script.parts}
    hidden = [n for n in own if any(own[n] == s.source(n) for s in earlier)]
    old = visible(before, [name for name in hidden if name in before.parts])
    new = visible(script, hidden)
    signs, gone, left, owner = {}, {}, [], {}
    for sign, n, line in signed(old, new):
        if sign != "-":
            signs[n] = sign if line != GAP else " "
            gone[n], left = left, []
        elif line != GAP:
            left.append(n)
    places = {name: p.place for name, p in script.parts.items() if p.place}
    for name in sorted(hidden, key=len, reverse=True):
        place = places[name]  # a class comes after its methods, and takes them in
        owner |= dict.fromkeys(range(place.start + 1, place.stop + 1), name)
    # Of the program, what is far from changes
    inside = {n + 1 for p in places.values() for n in range(p.start, p.stop)}
    lines = [*script.code]
    busy = [i for i, n in enumerate(lines) if signs.get(n, " ") != " " or gone.get(n)]
    near = {n for i in busy for n in lines[max(i - 2, 0) : i + 3]}
    for calm, run in groupby(lines, lambda n: n not in inside and n not in near):
        run = [*run]
        if calm and len(run) > 3:
            owner |= dict.fromkeys(run, f"lines {run[0]} to {run[-1]}")
    # The blank lines around what is folded are folded with it
    for a, b in pairwise(lines):
        owner |= dict.fromkeys(range(a + 1, b), owner.get(a) or owner.get(b))
    return signs, gone, left, owner


def fold(script, name, html):
    note, where = "as before", ""
    having = [s for s in STEPS.values() if s.source(name) == script.source(name)]
    if name in script.parts:
        note = f"as in step {having[0].number:02}"
        where = f"<p>{link(having[0], 'Go to step {:02}, which has it first')}</p>"
    title = f"<summary><code>{name}</code> <small>{note}</small></summary>"
    return f"<details>{title}{where}{html}</details>"


# ---- What a script prints


def marks(old, new):
    """The lines of two outputs as HTML, with marks: numbers that differ in lines that
    are the same but for them and for brackets, or else the whole line.
    """
    inner = [[line.strip(" []") for line in lines] for lines in (old, new)]
    alike, *alone = pairs(*inner)
    sides = {}, {}
    for pair in alike:
        parts = [re.split(f"({NUMBER})", line) for line in pair]
        for line, texts, side in zip(pair, parts, sides):
            changed = (n % 2 and len({*both}) > 1 for n, both in enumerate(zip(*parts)))
            html = (f"<mark>{x}</mark>" if c else x for x, c in zip(texts, changed))
            side[line] = "".join(html)
    for kind, lines, whole, side in zip(("gone", "new"), alone, (old, new), sides):
        if len(lines) < len(whole):  # if all differs, marks say nothing
            side |= {x: f'<mark class="{kind}">{x}</mark>' for x in lines if x}
    for lines, texts, side in zip((old, new), inner, sides):
        yield [line.replace(x, side.get(x, x)) for line, x in zip(lines, texts)]


def outputs(script, before):
    """What a script prints and shows, beside what the step before does."""
    both, blocks = [s for s in (before, script) if s], ""
    records = [[escape(line, quote=False) for line in s.record] for s in both]
    for each, lines in zip(both, marks(*records) if before else records):
        title = "Output" if each is script else link(each, "Step {:02} prints")
        kind = "output" if each is script else "output earlier"
        name = f"{'concept-' * (each.kind == 'Concept')}{each.number:02}.png"
        image = picture(name, each) if (ASSETS / name).exists() else ""
        record, whole = "\n".join(lines), ""
        if each is script and "..." in each.record:
            text, count = escape("\n".join(each.output)), len(each.output)
            text = f'<pre tabindex="0">{text}</pre>'
            whole = f"<details><summary>All {count} lines</summary>{text}</details>"
        record = f'<pre tabindex="0">{record}</pre>'
        blocks += f'<div class="{kind}"><h4>{title}</h4>{record}{image}{whole}</div>'
    return f'<div class="prints">{blocks}</div>'


def curves(step):
    """Yield the trainings that a step prints, with titles for the page: t24-0. What is
    validated more than once is a curve of its own: t24-0v.
    """
    for number, training in enumerate(trainings(step.output, "", step.idea)[0]):
        title, seen = f"t{step.number}-{number}", training.validation
        if len(seen) > 1:
            yield training._replace(title=title, validation={})
            yield Training(f"{title}v", "validation", seen, {})
        else:
            yield training._replace(title=title)


def training_table(script, before):
    """The trainings of two steps side by side, if both have one."""
    both = [[*curves(step)] for step in (before, script) if step]
    if len(both) < 2 or not all(both):
        return ""
    found = both[0] + both[1]
    names = " ".join(training.title for training in found)
    ways = f'<a href="#trainings" data-on="{names}">Their curves</a>'
    ways += ', and <a href="#how-much-is-luck">what is luck</a>'
    return f"{table(found)}<p>{' '.join(notes([before, script]))} {ways}.</p>"


def table(found, shown=".*"):
    """Trainings as an HTML table; a cell has the training's title as its class."""
    names, headings, _, *lines = rows(found)
    numbers = [re.sub(r"^t(\d+)-.*", r"\1", name) for name in names]
    heads = [f"{number} {text}" for number, text in zip(numbers, headings)]
    heads[0] = "epoch"
    html = '<table class="numbers"><caption>Loss, then accuracy</caption><tr>'
    html += "".join(f'<th class="{x}">{escape(y)}' for x, y in zip(names, heads))
    for line in lines:
        if re.fullmatch(shown, line[0]):
            cells = (f'<td class="{name}">{text}' for name, text in zip(names, line))
            html += f"<tr>{''.join(cells)}"
    return wide(html + "</table>")


def section(script, group):
    before = origin(script, STEPS) if script.kind == "Step" else None
    numbers = [*group]
    place = numbers.index(script.number)
    ways = [(group[n], "&larr; {:02}", "") for n in numbers[:place][-1:]]
    ways += [(group[n], "{:02}", " &rarr;") for n in numbers[place + 1 :][:1]]
    ways = [link(to, f"{a} <span>{short(to)}</span>{b}") for to, a, b in ways]
    terms = "".join(f"<dt>{k}<dd>{v}" for k, v in fields(script, before))
    title = re.sub("(:.*)", r"<i>\1</i>", escape(script.idea))
    prints, name = outputs(script, before), script.name
    table = training_table(script, before)
    return f"""
<section id="{address(script)}" class="script">
<p class="here"><b>{name}</b> <span>{short(script)}</span> <i>{" ".join(ways)}</i></p>
<h3>{title}</h3>
<div class="lesson">
<div class="notes">{"".join(lesson(script))}<dl>{terms}</dl></div>
<div><div class="code" tabindex="0" role="group" aria-label="Code of {script.title}">
<div>{"".join(listing(script, before))}</div></div>{"" if before else prints}</div>
</div>
{table + prints if before else ""}
</section>"""


# ---- The trainings


DASHES = {"--": "7 4", "-.": "8 3 2 3", ":": "2 3", "-": "none"}
LAST = 10_000  # the epoch at the right


def panel(title, field, top, curves):
    """One SVG: the curves of the loss or of the accuracy, of points as printed."""
    lines = ticks = ""
    for style, training in curves:
        points = " ".join(f"{n},{x[field]}" for n, x in training.epochs.items())
        lines += f'<polyline {style} points="{points}"/>'
    for y in 0, 0.2, 0.4, 0.6, 0.8, 1:
        at = 240 * (1 - y / top)
        ticks += f'<text x="-8" y="{at + 5:.0f}" text-anchor="end">{y}</text>'
        ticks += f'<path d="M0 {at:.0f}h460"/>'
    for x in 0, 0.5, 1:
        place = f'x="{x * 460}" y="260" text-anchor="middle"'
        ticks += f'<text class="epoch" {place}>{x * LAST:,.0f}</text>'
    return f"""
<svg viewBox="-42 -30 540 296" role="img" aria-label="{title} over the epochs">
<text y="-14" class="title">{title}</text><g class="ticks">{ticks}</g>
<svg class="lines" width="460" height="240" viewBox="0 -{top} {LAST} {top}"
preserveAspectRatio="none"><g transform="scale(1 -1)">{lines}</g></svg>
<path class="at" d="M0 0v240"/></svg>"""


def regions(said):
    """What the steps of chapter 10 have learned, a picture for each: all are parts of
    one sprite, a column for each step, a row for each recorded epoch.
    """
    used.add("regions.png")
    size, rows, columns = said["size"], len(said["epochs"]), len(said["steps"])
    image = f'src="regions.png" width="{size * columns}" height="{size * rows}"'
    dots, figures = "", ""
    for kind in sorted({kind for *_, kind in said["points"]}):
        points = "".join(f"M{x:g} {y:g}h0" for x, y, k in said["points"] if k == kind)
        dots += f'<path d="{points}"/><path class="class{kind}" d="{points}"/>'
    for column, number in enumerate(said["steps"]):
        alt = f"The spiral, and the regions of the three classes in step {number}"
        step, loss = STEPS[number], said["loss"][-1][column]
        figures += f"""
<figure><div style="--column:{column}"><img loading="lazy" {image} alt="{alt}">
<svg viewBox="0 0 {size} {size}"><use href="#dots"/></svg></div><figcaption>
{link(step)} {short(step)} <output>{loss:.3f}</output></figcaption></figure>"""
    return f"""<svg class="skip"><g id="dots">{dots}</g></svg>
<div class="regions" style="--row:{rows - 1};--rows:{rows};--columns:{columns}">
{figures}</div>"""


def chart():
    """How the steps learn: the regions of chapter 10, the curves of all trainings, a
    switch for each, tables of those that are on.
    """
    said = json.loads((ASSETS / "regions.json").read_text(encoding="utf-8"))
    switches, rules, tables, lines, few = "", "", "", [], {}
    for number, style in enumerate(STYLES):
        colour = style["color"].replace("#000000", "currentColor")  # the text's
        look = f"stroke:{colour};stroke-dasharray:{DASHES[style['linestyle']]}"
        rules += f'[data-style="{number}"]{{{look}}}'
    found = [(step, training) for step in STEPS.values() for training in curves(step)]
    for step, training in found:
        name, heading = training.title, training.heading.partition(":")[0].strip(".")
        style = f'class="{name}" data-style="{len(lines) % len(STYLES)}"'
        lines.append((style, training))
        on = " checked" if step.number in said["steps"] else ""
        box = f'<input type="checkbox" id="{name}"{on}>'
        box += f'<svg viewBox="0 0 32 8"><path d="M0 4h32" {style}/></svg>'
        title = f"{step.number} {escape(heading)}"
        switches += f"<label>{box}<span>{title}</span><output></output></label>"
        rules += f"#trainings:has(#{name}:not(:checked)) .{name}{{display:none}}"
        few.setdefault(max(training.epochs) < 100, []).append(training)
    for kind, some in few.items():
        shown = "[125]0*" if kind else "0|[125][0,]*00"
        tables += f'<div class="few{kind:d}">{table(some, shown)}</div>'
        on = ":checked, #".join(training.title for training in some)
        rules += f"#trainings:not(:has(#{on}:checked)) .few{kind:d}{{display:none}}"
    data = {"epochs": said["epochs"], "loss": said["loss"]}
    return f"""
<section id="trainings" class="text"><h2>See it learn</h2><style>{rules}</style>
<p>The spiral, and which class the networks of chapter 10 see where at one epoch, each
with its loss. All start from seed 0.</p>
<p class="slider" hidden><button type="button">Play</button> <label>epoch <b></b>
<input type="range" value="100" step=".1"></label></p>{regions(said)}
<h3>The curves of all trainings</h3><p>As the steps print them: every 100th epoch; of
images, where an epoch is a round of many batches, every one.</p>
<div class="panels">{panel("Loss", "loss", 1.2, lines)}
{panel("Accuracy", "acc", 1, lines)}</div>
<fieldset><legend>Trainings, with loss and accuracy at this epoch</legend>
{switches}</fieldset>{tables}<div id="how-much-is-luck">{rendered(SEEDS)}</div>
<script type="application/json">{json.dumps(data)}</script></section>"""


# ---- The page


def contents(chapters):
    """Yield the contents: the steps by chapter, the concepts, the rest."""
    yield '<p><a href="#top">Start</a></p>'
    for title, group in chapters.items():
        if title == "Concepts":
            yield '<p><a href="#trainings">Trainings</a></p>'
        links = (f"<li>{link(x, '<b>{:02}</b> ' + short(x))}" for x in group)
        yield f"<div><p>{title}</p><ol>{''.join(links)}</ol></div>"
    for title in SECTIONS:
        yield f'<p><a href="#{anchor(title)}">{title}</a></p>'


def build():
    """The page as HTML."""
    load()
    title, text = README.partition("\n## Quick start")[0].lstrip("# ").split("\n", 1)
    text = re.sub(r'<img [^>]*\.gif"[^>]*>', "", text)
    groups = groupby(STEPS.values(), chapter)
    chapters = {f"Chapter {n}" if n else "Beyond the book": [*g] for n, g in groups}
    steps = ""
    for name, group in chapters.items():
        steps += f"<h2>{name}</h2>{''.join(section(step, STEPS) for step in group)}"
    named = dict.fromkeys(n for step in STEPS.values() for n in step.concepts)
    concepts = {n: CONCEPTS[n] for n in [*named, *CONCEPTS]}
    chapters["Concepts"] = concepts.values()
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8"><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{(ASSETS / "page.css").read_text()}</style>
<body id="top">
<a class="skip" href="#steps">To the steps</a>
<nav aria-label="Contents">
<button type="button" popovertarget="contents">Contents</button>
<div id="contents" popover>{"".join(contents(chapters))}</div></nav>
<main>
<section class="text"><h1>{title.replace("-", " ")}</h1>{rendered(text)}</section>
{readme("Quick start")}
<section id="steps" class="text"><h2>Steps</h2><p>Beside each step stands its code:
lines <ins>+ are new,</ins> <del>- are gone,</del> &gt; and &lt; only moved. What a step
keeps from an earlier one is folded. <span class="keys" hidden>Click a name in the code
to see where it is used. Keys: <kbd>n</kbd> next, <kbd>p</kbd> back, <kbd>a</kbd> all
code of the step, or only what is new.</span></p></section>{steps}
{chart()}
<h2>Concepts</h2>
{"".join(section(each, concepts) for each in concepts.values())}
{"".join(map(readme, SECTIONS))}
<p id="uses" role="status" hidden></p>
</main>
<script>{(ASSETS / "page.js").read_text()}</script></html>
"""


def main(words, folder=ROOT / "page"):
    argparse.ArgumentParser(description=__doc__).parse_args(words)
    html = build()
    for name in used:
        write(folder / name, (ASSETS / name).read_bytes())
    for scripts in FOLDERS.values():
        for script in scripts.values():
            path = folder / script.path.parent.name / script.path.name
            write(path, script.path.read_bytes())
    write(folder / "index.html", html)
    print(f"{folder / 'index.html'}: {len(html.encode()) / 1e6:.1f} MB")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (Mistake, OSError, SyntaxError) as error:
        sys.exit(str(error))

"""Build the page to read along the book, page/index.html: python assets/page.py"""

import json
import re
import sys
from html import escape
from itertools import groupby
from pathlib import Path

import markdown
from PIL import Image
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "nnfs_steps"))
from tour import exercises
from tour.changes import GAP, compared, matched, signed, visible
from tour.curves import STYLES
from tour.differences import NUMBER, notes, pairs, rows, trainings
from tour.scripts import chapter, origin, scripts_in, write

ASSETS = ROOT / "assets"
STEPS, CONCEPTS = (scripts_in(ROOT / name) for name in ("nnfs_steps", "concepts"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
ALTS = {
    name: alt for name, alt in re.findall(r'src="assets/(.*?)".*? alt="(.*?)"', README)
}
used = set()  # the pictures that the page shows


# ---- Words


def address(script):
    return f"{script.kind.lower()}-{script.number:02}"


def link(script, text=None):
    return f'<a href="#{address(script)}">{text or f"{script.number:02}"}</a>'


def code(text):
    """A name or command, which may break after its parts."""
    return f"<code>{re.sub('(?<=[._/])', '<wbr>', text)}</code>"


def linked(text, script=None, names="[_.]"):
    """HTML with its steps, concepts, addresses and the script's own names as links."""
    own = [n for n, p in script.parts.items() if p.place] if script else []
    own = [n for n in sorted(own, key=len, reverse=True) if re.search(names, n)]
    patterns = {
        "refs": r"\b(?:[Ss]tep|[Cc]oncept)s? \d\d(?:(?:, | and | to | or )\d\d)*",
        "url": r"https://[^\s<]+[^\s<,;.]",
        "name": rf"(?<![\w.])(?:{'|'.join(map(re.escape, own)) or '(?!)'})(?!\w)",
    }
    pattern = "|".join(f"(?P<{name}>{p})" for name, p in patterns.items())

    def replace(match):
        found, kind = match[0], match.lastgroup
        if kind == "url":
            return f'<a href="{found}">{found.removeprefix("https://")}</a>'
        if kind == "name":
            return f'<a href="#{address(script)}.{found}">{code(found)}</a>'
        group = STEPS if found[0] in "Ss" else CONCEPTS
        there = {n: script for n, script in group.items()}
        return re.sub(
            r"\d\d",
            lambda n: link(there[int(n[0])]) if int(n[0]) in there else n[0],
            found,
        )

    # What is a link or code already, and the insides of tags, stay as they are
    parts = re.split(r"(<(a|code|pre)\b.*?</\2>|<[^>]+>)", text, flags=re.S)[::3]
    tags = [m[0] for m in re.finditer(r"<(a|code|pre)\b.*?</\1>|<[^>]+>", text, re.S)]
    parts = [re.sub(pattern, replace, part) for part in parts]
    return "".join(a + b for a, b in zip(parts, [*tags, ""]))


def lesson(script):
    """The paragraphs of a header; what is indented stays as it is."""
    for block in re.split(r"\n\n+", script.lesson):
        for indented, lines in groupby(block.split("\n"), lambda x: x[:4] == "    "):
            text = escape("\n".join(lines), quote=False)
            if indented:
                text = re.sub("^    ", "", text, flags=re.M)
                kind = "" if "  " in text else ' class="flow"'  # it has no columns
                yield f"<pre{kind}>{text}</pre>"
            else:
                yield f"<p>{linked(text, script)}</p>"


def fields(script, before):
    """The fields of a header, and the commands, as a list of terms."""
    for name, text in script.header.items():
        if name in ("Idea", "Concepts"):
            continue
        text = re.sub(r"^[a-z]+ ", lambda word: word[0].capitalize(), text)
        names = "" if name in ("New", "Changed") else "[_.]"
        yield name, linked(escape(text, quote=False), script, names)
    if script.concepts:
        found = [CONCEPTS[n] for n in script.concepts]
        links = "".join(f"<li>{link(s, f'{s.number:02} {s.idea}')}" for s in found)
        yield "Concepts", f"<ul>{links}</ul>"
    readers = [s for s in STEPS.values() if script.number in s.concepts]
    if script.kind == "Concept" and readers:
        yield "For step", ", ".join(map(link, readers))
    folder = script.path.parent.name
    yield "Run", code(f"python {folder}/{script.path.name}")
    if before:
        yield "Compare", code(f"python nnfs_steps compare {script.number}")
    if script.kind == "Step" and exercises.new_in(script, STEPS):
        command = f"python nnfs_steps exercise {script.number}"
        yield "Write it yourself", code(command)


def rendered(text):
    """Markdown of the README as HTML, with links to places on the page."""
    text = re.sub(r"<summary>(.*?)</summary>", r"### \1", text)
    text = re.sub(r"</?details>|<!--.*?-->", "", text)
    html = markdown.markdown(text, extensions=["tables", "fenced_code"])
    html = re.sub(r'href="nnfs_steps/(\d\d)_[^"]*"', r'href="#step-\1"', html)
    html = re.sub(r'href="concepts/(\d\d)_[^"]*"', r'href="#concept-\1"', html)
    html = re.sub(
        r"<table>.*?</table>", r'<div class="wide">\g<0></div>', html, flags=re.S
    )
    images = r'<img src="assets/([^"]*)"[^>]*>'
    return linked(re.sub(images, lambda found: picture(found[1]), html))


def chapter_of_readme(title):
    text = README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    name = title.lower().replace(" ", "-")
    return (
        f'<section id="{name}" class="text"><h2>{title}</h2>{rendered(text)}</section>'
    )


def picture(name, script=None):
    used.add(name)
    alt = ALTS.get(name)
    with Image.open(ASSETS / name) as image:
        width, height = image.size
        if not alt:
            shown = json.loads(image.info["Description"])
            words = [v[1] for k, v in shown.items() if re.fullmatch(r"panel \d+", k)]
            words = [" ".join(word.split()) for word in words + shown["figure"][2:]]
            alt = f"Picture of {script.name.lower()}: {'; '.join(filter(None, words))}"
    kind = ' class="formula"' if name.endswith(".PNG") else ""
    if not script:  # with 200 dots for an inch
        width, height = width // 2, height // 2
    return (
        f'<img{kind} src="{name}" width="{width}" height="{height}" '
        f'loading="lazy" alt="{alt}">'
    )


# ---- Code


def coloured(script):
    """The lines of a script by their number, as HTML."""
    lexer, formatter = PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)
    html = highlight(script.text, lexer, formatter)
    # Names, operators and spaces have no colour of their own
    html = re.sub(r'<span class="(?:n|o|p|w|nn|fm|vm)">(.*?)</span>', r"\1", html)
    return dict(enumerate(html.split("\n"), 1))


def listing(script, before):
    """The code as HTML: what is new is marked, what stood before is folded."""
    html, code = coloured(script), [*script.code]
    places = {n: p.place for n, p in script.parts.items() if p.place}
    signs, gone, left, hidden = {}, {}, [], {}
    if before:
        earlier = [s for s in STEPS.values() if s.number < script.number]
        _, same, back = compared(before, script, [s for s in earlier if s != before])
        hidden = {name: places[name] for name in [*same, *back] if name in places}
        old, new = visible(before, same), visible(script, hidden)
        for kind, a, b, c, d in matched(old, new).get_opcodes():
            for sign, n, line in signed(kind, old[a:b], new[c:d]):
                if sign != "-":
                    signs[n], gone[n], left = sign, left, []
                elif line != GAP:
                    left.append(n)
    owner = {}
    for name in sorted(hidden, key=len, reverse=True):  # a class after its methods
        owner |= {n + 1: name for n in range(hidden[name].start, hidden[name].stop)}
    for run in still(code, signs, gone, places) if before else []:
        owner |= dict.fromkeys(run, f"lines {run[0]} to {run[-1]}")
    starts = {place.start + 1: name for name, place in places.items()}
    removed = coloured(before) if before else {}

    def show(n, html, tag="span", sign=""):
        id = starts.get(n) if tag != "del" else None
        where = f' id="{address(script)}.{id}"' if id else ""
        return f'<{tag} class="l" data-n="{n:>3}{sign}"{where}>{html}\n</{tag}>'

    def block(numbers):
        for n in range(numbers[0], numbers[-1] + 1):
            yield from (show(m, removed[m], "del", " -") for m in gone.get(n, []))
            sign = signs.get(n, " ").strip()
            tag = "ins" if sign else "span"
            yield show(n, html[n], tag, sign and f" {sign}")

    for name, numbers in groupby(code, owner.get):
        numbers = [*numbers]
        pre = f"<pre>{''.join(block(numbers))}</pre>"
        if not name:
            yield pre
            continue
        first = [s for s in STEPS.values() if s.source(name) == script.source(name)]
        note = (
            f"as in {link(first[0], first[0].name.lower())}" if name in places else ""
        )
        text = f"<code>{name}</code> <small>{note or 'as before'}</small>"
        yield f"<details><summary>{text}</summary>{pre}</details>"
    if left:
        yield f"<pre>{''.join(show(n, removed[n], 'del', ' -') for n in left)}</pre>"


def still(code, signs, gone, places):
    """Runs of the program's lines that are far from what changes."""
    inside = {n + 1 for p in places.values() for n in range(p.start, p.stop)}
    hot = [i for i, n in enumerate(code) if signs.get(n, " ") != " " or gone.get(n)]
    near = {i + offset for i in hot for offset in range(-2, 3)}
    cold = ((i not in near and n not in inside, n) for i, n in enumerate(code))
    for is_cold, run in groupby(cold, lambda pair: pair[0]):
        numbers = [n for _, n in run]
        if is_cold and len(numbers) > 3:
            yield numbers


# ---- Outputs


def marks(old, new):
    """What differs in two outputs, as {line: HTML} for either: numbers in lines that are
    the same but for them, or from the same epoch; else the whole line.
    """
    epochs = []
    for lines in old, new:
        found = [
            (m[0], m.string) for m in (re.match(r"epoch: \d+", x) for x in lines) if m
        ]
        epochs.append(dict(found) if len({n for n, _ in found}) == len(found) else {})
    both = [(epochs[0][n], epochs[1][n]) for n in epochs[0] if n in epochs[1]]
    known = {line for pair in both for line in pair}
    rest = [[line for line in lines if line not in known] for lines in (old, new)]
    alike, *alone = pairs(*rest)
    sides = {}, {}
    for lines in [*both, *alike]:
        parts = [[*words(line)] for line in lines]
        for mine, others, line, side in zip(parts, parts[::-1], lines, sides):
            theirs = dict(others)
            side[line] = "".join(
                mark(text) if place and theirs.get(place) != text else escape(text)
                for place, text in mine
            )
    for kind, lines, whole, side in zip(("gone", "new"), alone, (old, new), sides):
        if len(lines) < len(whole):  # if all differs, marks say nothing
            side |= {line: mark(line, f' class="{kind}"') for line in lines}
    return sides


def mark(text, kind=""):
    return f"<mark{kind}>{escape(text)}</mark>"


def words(line):
    """Yield the parts of a line, each number with its place: the word before it, and the
    how many-th number it is after that."""
    label, count = "", 0
    for text in re.split(f"({NUMBER})", line):
        if re.fullmatch(NUMBER, text):
            count += 1
            yield (label, count), text
        else:
            if found := re.findall(r"\w+", text):
                label, count = found[-1], 0
            yield None, text


def outputs(script, before):
    """What a script prints and shows, beside what the step before does."""
    both = [s for s in (before, script) if s and s.record is not None]
    marked = marks(before.record, script.record) if len(both) == 2 else ({}, {})
    for each, side in zip(both, marked[-len(both) :]):
        lines = "\n".join(side.get(line, escape(line)) for line in each.record)
        whole = ""
        if each is script and each.output != each.record:
            text = escape("\n".join(each.output))
            whole = f"<summary>All {len(each.output)} lines</summary><pre>{text}</pre>"
            whole = f"<details>{whole}</details>"
        name = f"{'concept-' * (each.kind == 'Concept')}{each.number:02}.png"
        image = picture(name, each) if (ASSETS / name).exists() else ""
        title = f"{link(each, each.name)} prints" if each is before else "Output"
        yield f"<div><h5>{title}</h5><pre>{lines}</pre>{image}{whole}</div>"


def training_table(scripts):
    """The trainings of two steps side by side, if both have one."""
    found = [trainings(s.output, s.name, s.idea)[0] for s in scripts if s and s.record]
    if len(found) == 2 and all(found):
        _, _, _, *lines = rows([each for some in found for each in some])
        said = " ".join(notes(scripts))
        more = '<a href="#trainings">Their curves</a>'
        more += ', and <a href="#seeds">ten seeds</a>.' if "id=seeds" in LUCK else "."
        titles = [f"{t.title}: {t.heading}" for some in found for t in some]
        yield table(["epoch", *titles], lines, f"{said} {more}")


def table(head, lines, note="", classes=()):
    """An HTML table; classes are those of its columns."""
    classes = dict(enumerate(classes))

    def cells(line, tag):
        for n, cell in enumerate(line):
            kind = f' class="{classes[n]}"' if classes.get(n) else ""
            yield f"<{tag}{kind}>{escape(cell)}</{tag}>"

    body = "".join(f"<tr>{''.join(cells(line, 'td'))}" for line in lines)
    head = f"<tr>{''.join(cells(head, 'th'))}"
    return f"""<div class="wide"><table class="numbers">
<caption>Loss and accuracy</caption>{head}{body}</table></div><p>{note}</p>"""


def section(script, group):
    before = origin(script, STEPS) if script.kind == "Step" else None
    others = [*group.values()]
    place = others.index(script)
    last, following = others[max(place - 1, 0)], others[min(place + 1, len(others) - 1)]
    terms = "".join(f"<dt>{k}<dd>{v}" for k, v in fields(script, before))
    ways = [link(last, f"&larr; {last.number:02}")] * (last is not script)
    ways += [link(following, f"{following.number:02} &rarr;")] * (
        following is not script
    )
    prints = "".join(outputs(script, before))
    title, _, rest = script.idea.partition(":")
    return f"""\
<section id="{address(script)}" class="script" aria-labelledby="{address(script)}-name">
<header><p>{script.name}<span>{" ".join(ways)}</span></p>
<h4 id="{address(script)}-name">{escape(title)}{rest and ":"}<i>{escape(rest)}</i></h4></header>
<div class="notes">{"".join(lesson(script))}<dl>{terms}</dl></div>
<div class="code"><div>{"".join(listing(script, before))}</div></div>
{"".join(training_table([before, script]))}
<div class="prints{" alone" * (not before)}">{prints}</div>
</section>"""


# ---- Trainings


SIZE = WIDTH, HEIGHT = 460, 240
DASHES = {"--": "7 4", "-.": "8 3 2 3", ":": "2 3", "-": "none"}
FIRST = range(11, 17)  # the trainings that are on at first


def curves():
    """Yield the trainings of the steps, each with its name for addresses, and its step."""
    for step in STEPS.values():
        found = trainings(step.output or [], step.name, step.idea)[0]
        for number, training in enumerate(found):
            more = f"-{number + 1}" if number else ""
            yield f"{step.number}{more}", step, training


def style(number):
    values = STYLES[number % len(STYLES)]
    colour = values["color"].replace("#000000", "currentColor")
    dashes = DASHES[values["linestyle"]]
    return f'stroke="{colour}" stroke-dasharray="{dashes}"'


def panel(title, field, top):
    """One SVG: the curves of the loss or of the accuracy."""
    lines = []
    for number, (name, _, training) in enumerate(CURVES):
        points = " ".join(
            f"{epoch / 10000 * WIDTH:.4g},{HEIGHT - float(x[field]) / top * HEIGHT:.4g}"
            for epoch, x in training.epochs.items()
        )
        lines.append(f'<polyline class="t{name}" {style(number)} points="{points}"/>')
    ticks = "".join(
        f'<text x="-8" y="{HEIGHT * (1 - y / top) + 5:.0f}" text-anchor="end">{y}</text>'
        f'<path d="M0 {HEIGHT * (1 - y / top):.0f}h{WIDTH}"/>'
        for y in (0, 0.2, 0.4, 0.6, 0.8, 1)
    )
    for x in 0, 0.5, 1:
        ticks += (
            f'<text class="epoch" x="{x * WIDTH:.0f}" y="{HEIGHT + 20}" '
            f'text-anchor="middle">{x * 10000:,.0f}</text>'
        )
    return f"""\
<svg viewBox="-42 -30 540 296" role="img" aria-label="{title} over the epochs">
<text x="0" y="-14" class="title">{title}</text><g class="ticks">{ticks}</g>
<svg width="{WIDTH}" height="{HEIGHT}"><g class="lines">{"".join(lines)}</g></svg>
<path class="at" d="M-99 0v{HEIGHT}"/></svg>"""


def chart():
    """The curves of all trainings, a switch for each, and the table of those that are on."""
    switches, hide, data = [], [], {}
    for number, (name, step, training) in enumerate(CURVES):
        on = " checked" * (step.number in FIRST)
        line = f'<svg viewBox="0 0 32 8"><path d="M0 4h32" {style(number)}/></svg>'
        switches.append(
            f'<label><input type="checkbox" id="on{name}" data-curve="{name}"{on}>{line}'
            f"<span>{step.number} {escape(training.heading)}</span><output></output></label>"
        )
        hide.append(f"#trainings:has(#on{name}:not(:checked)) .t{name}{{display:none}}")
        values = training.epochs.items()
        data[name] = {n: f"{x['loss']} {x['acc']}" for n, x in values}
    tables = ""
    for few in False, True:
        some = [c for c in CURVES if (max(c[2].epochs) < 100) == few]
        _, _, _, *lines = rows([training for _, _, training in some])
        lines = [line for line in lines if re.fullmatch("0|[125][0,]*", line[0])]
        columns = ["", *(f"t{name}" for name, _, _ in some)]
        heads = ["epoch", *(f"{s.number} {t.heading}" for _, s, t in some)]
        on = ", ".join(f"#on{name}:checked" for name, _, _ in some)
        hide.append(f"#trainings:not(:has({on})) .few{few:d}{{display:none}}")
        tables += f'<div class="few{few:d}">{table(heads, lines, "", columns)}</div>'
    return f"""\
<section id="trainings" class="text"><h2>Trainings</h2><style>{"".join(hide)}</style>
<div class="panels">{panel("Loss", "loss", 1.2)}{panel("Accuracy", "acc", 1)}</div>
<label class="slider" hidden>epoch <b></b><input type="range" min="0" max="100" value="100"></label>
<fieldset><legend>Trainings, with loss and accuracy at this epoch</legend>{"".join(switches)}</fieldset>
{tables}{LUCK}
<script type="application/json">{json.dumps(data, separators=(",", ":"))}</script></section>"""


# ---- The page


def contents():
    """The steps by chapter and the concepts by the steps that name them, as links."""

    def items(scripts):
        for s in scripts:
            text = f"<b>{s.number:02}</b> <span>{escape(s.idea.partition(':')[0].strip('.'))}</span>"
            yield f"<li>{link(s, text)}"

    yield '<p><a href="#top">Start</a></p>'
    for title, group in CHAPTERS:
        yield f"<div><h2>{title}</h2><ol>{''.join(items(group))}</ol></div>"
    yield '<p><a href="#trainings">Trainings</a></p>'
    yield f"<div><h2>Concepts</h2><ol>{''.join(items(NAMED.values()))}</ol></div>"
    for title in SECTIONS:
        yield f'<p><a href="#{title.lower().replace(" ", "-")}">{title}</a></p>'


def heading(step):
    return f"Chapter {chapter(step)}" if chapter(step) else "Beyond the book"


SECTIONS = ["Where is what", "Derivations", "The digits", "What it costs"]
CHAPTERS = [(title, [*group]) for title, group in groupby(STEPS.values(), heading)]
CURVES = [*curves()]
named = dict.fromkeys(n for step in STEPS.values() for n in step.concepts)
NAMED = {n: CONCEPTS[n] for n in [*named, *CONCEPTS]}
SEEDS = README.partition("<!-- /comparison -->")[2].partition("\n## ")[0]
LUCK = f"<div id=seeds>{rendered(SEEDS)}</div>" if SEEDS.strip() else ""


def build():
    """The page as HTML."""
    title, text = README.partition("\n## Quick start")[0].lstrip("# ").split("\n", 1)
    text = re.sub(r"<img[^>]*\.gif.*?>", "", text)
    chapters = "".join(
        f"<h3>{title}</h3>{''.join(section(step, STEPS) for step in group)}"
        for title, group in CHAPTERS
    )
    return f"""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{(ASSETS / "page.css").read_text()}</style>
<body id="top">
<a class="skip" href="#main">To the steps</a>
<nav aria-label="Contents">{"".join(contents())}</nav>
<main id="main">
<section class="text"><h1>{title.replace("-", " ")}</h1>{rendered(text)}
</section>
{chapter_of_readme("Quick start")}
<section class="text"><h2>Steps</h2><p>Beside each step stands its code: lines
<ins class="l">+ are new,</ins> <del class="l">- are gone,</del> &gt; and &lt; only moved,
and what a step keeps from an earlier one is folded. <span class="keys" hidden>Keys:
<kbd>n</kbd> next, <kbd>p</kbd> back, <kbd>a</kbd> all code of the step, or what is new
only.</span></p></section>{chapters}
{chart()}
<h2 id="concepts">Concepts</h2>{"".join(section(c, NAMED) for c in NAMED.values())}
{"".join(map(chapter_of_readme, SECTIONS))}
</main>
<script>{(ASSETS / "page.js").read_text()}</script>
</html>
"""


def main(folder=ROOT / "page"):
    html = build()
    for name in used:
        write(folder / name, (ASSETS / name).read_bytes())
    write(folder / "index.html", html)
    print(f"{folder / 'index.html'}: {len(html.encode()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

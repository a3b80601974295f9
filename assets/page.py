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

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from project import ROOT, Parser, command, scripts_in, write
from tour import exercises
from tour.changes import GAP, kept, matched, signed, visible
from tour.commands import heading
from tour.curves import STYLES
from tour.differences import notes, pairs
from tour.scripts import origin
from tour.trainings import NUMBER, rows, trainings

ASSETS = ROOT / "assets"
STEPS, CONCEPTS = (scripts_in(ROOT / name) for name in ("nnfs_steps", "concepts"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTIONS = ["Where is what", "Derivations", "The digits", "What it costs"]
# Of the README, what follows the comparison: what is luck
SEEDS = README.partition("comparison.png")[2].partition("\n## ")[0].partition("\n\n")[2]
ALTS = dict(re.findall(r'src="assets/(.*?)".*? alt="(.*?)"', README))
used = set()  # the pictures that the page shows


def address(script):
    return f"{script.kind.lower()}-{script.number:02}"


def link(script, text="{:02}"):
    return f'<a href="#{address(script)}">{text.format(script.number)}</a>'


def code(text):  # it may break after its parts
    return f"<code>{re.sub('(?<=[._/])', '<wbr>', text)}</code>"


def linked(html, script=None, names="[_.]"):
    """HTML with its steps, concepts, addresses and the script's own names as links."""
    own = [n for n, p in script.parts.items() if p.place] if script else []
    own = [n for n in sorted(own, key=len, reverse=True) if re.search(names, n)]
    patterns = {
        "skip": r"<(?P<tag>a|code|pre)\b.*?</(?P=tag)>|<[^>]+>",
        "number": r"\b(?:[Ss]tep|[Cc]oncept)s?\s\d\d(?:(?:,|\sand|\sto|\sor)\s\d\d)*",
        "url": r"https://[^\s<]+[^\s<,;.]",
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
                yield f'<pre class="{"" if "  " in text else "flow"}">{text}</pre>'
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
    yield "Run", code(f"python {script.path.parent.name}/{script.path.name}")
    if before:
        yield "Compare", code(f"python nnfs_steps compare {script.number}")
    if before and exercises.new_in(script, STEPS):
        yield "Write it yourself", code(f"python nnfs_steps exercise {script.number}")


def rendered(text):
    """Markdown of the README as HTML, with links to places on the page."""
    text = re.sub(r"<summary>(.*?)</summary>", r"### \1", text)
    text = re.sub(r"</?details>|<!--.*?-->", "", text)
    html = markdown.markdown(text, extensions=["tables", "fenced_code"])
    script = r'href="(?:nnfs_)?(step|concept)s/(\d\d)_[^"]*"'
    html = re.sub(script, r'href="#\1-\2"', html)
    image = r'<img src="assets/([^"]*)"( \w+="[^"]*")* ?/?>'
    return linked(re.sub(image, lambda found: picture(found[1]), html))


def readme(title):
    """A chapter of the README."""
    text = README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    start = f'<section id="{title.lower().replace(" ", "-")}" class="text">'
    return f"{start}<h2>{title}</h2>{rendered(text)}</section>"


def picture(name, script=None):
    used.add(name)
    with Image.open(ASSETS / name) as image:
        scale = 1 if script else 2  # draw.py's have 200 dots for an inch, not 100
        width, height = (length // scale for length in image.size)
        said = image.info.get("Description", "")
    titles = "; ".join(re.findall(r'"panel \d+": \["[^"]*", "([^"]+)"', said))
    words = escape(titles.replace(r"\n", " ") or script.idea) if script else ""
    alt = ALTS.get(name) or f"Picture of {script.title}: {words}"
    kind = f'class="{"formula" if name.endswith(".PNG") else "picture"}" loading="lazy"'
    return f'<img {kind} src="{name}" width="{width}" height="{height}" alt="{alt}">'


def coloured(script):
    """The lines of a script by their number, as HTML."""
    lexer, formatter = PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)
    html = highlight(script.text, lexer, formatter)
    # Names, operators and spaces have no colour of their own
    html = re.sub(r'<span class="(?:n|o|p|w|nn|fm|vm)">(.*?)</span>', r"\1", html)
    return dict(enumerate(html.split("\n"), 1))


def listing(script, before):
    """Yield the code as HTML: what is new is marked, what stood before is folded."""
    places = {name: p.place for name, p in script.parts.items() if p.place}
    names = {place.start + 1: name for name, place in places.items()}
    signs, gone, left, owner = {}, {}, [], {}
    if before:
        earlier = [s for s in STEPS.values() if s.number < script.number]
        same, back = kept(before, script, earlier)
        hidden = [*same, *back]
        for name in sorted({*hidden} & {*places}, key=len, reverse=True):
            place = places[name]  # a class comes after its methods, and takes them in
            owner |= dict.fromkeys(range(place.start + 1, place.stop + 1), name)
        old, new = visible(before, same), visible(script, hidden)
        for kind, a, b, c, d in matched(old, new).get_opcodes():
            for sign, n, line in signed(kind, old[a:b], new[c:d]):
                if sign != "-":
                    signs[n] = sign if line != GAP else " "
                    gone[n], left = left, []
                elif line != GAP:
                    left.append(n)
        for run in still(script, signs, gone, places):
            owner |= dict.fromkeys(run, f"lines {run[0]} to {run[-1]}")
    html, old_html = coloured(script), before and coloured(before)

    def removed(numbers):
        for n in numbers:
            yield f'<del class="l" data-n="{n:3} -">{old_html[n]}\n</del>'

    def block(numbers):
        for n in range(numbers[0], numbers[-1] + 1):
            yield from removed(gone.get(n, []))
            sign = signs.get(n, " ")
            tag = "ins" if sign == "+" else "span"
            place = f' id="{address(script)}.{names[n]}"' if n in names else ""
            yield f'<{tag} class="l" data-n="{n:3} {sign}"{place}>{html[n]}\n</{tag}>'

    for name, numbers in groupby(script.code, owner.get):
        numbers = [*numbers]
        yield f"<pre>{''.join(removed(gone.pop(numbers[0], [])))}</pre>"
        pre = f"<pre>{''.join(block(numbers))}</pre>"
        if name:
            first = [s for s in STEPS.values() if s.source(name) == script.source(name)]
            note = link(first[0], "as in step {:02}") if name in places else "as before"
            name = f"<summary><code>{name}</code> <small>{note}</small></summary>"
        yield f"<details>{name}{pre}</details>" if name else pre
    yield f"<pre>{''.join(removed(left))}</pre>"


def still(script, signs, gone, places):
    """Yield the numbers of the program's lines far from changes, run by run."""
    inside = {n + 1 for p in places.values() for n in range(p.start, p.stop)}
    lines = [*script.code]
    busy = [i for i, n in enumerate(lines) if signs.get(n, " ") != " " or gone.get(n)]
    near = {n for i in busy for n in lines[max(i - 2, 0) : i + 3]}
    for calm, run in groupby(lines, lambda n: n not in inside and n not in near):
        run = [*run]
        if calm and len(run) > 3:
            yield run


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
    """Yield what a script prints and shows, after what the step before does."""
    both = [s for s in (before, script) if s and s.record is not None]
    records = [[escape(line, quote=False) for line in s.record] for s in both]
    for each, lines in zip(both, marks(*records) if len(both) == 2 else records):
        title = "Output" if each is script else link(each, "Step {:02} prints")
        name = f"{'concept-' * (each.kind == 'Concept')}{each.number:02}.png"
        image = picture(name, each) if (ASSETS / name).exists() else ""
        text, count = escape("\n".join(each.output)), len(each.output)
        whole = (
            f"<details><summary>All {count} lines</summary><pre>{text}</pre></details>"
        )
        whole *= each is script and "..." in each.record
        record = "\n".join(lines)
        yield f"<div><h4>{title}</h4><pre>{record}</pre>{image}{whole}</div>"


def training_table(script, before):
    """The trainings of two steps side by side, if both have one."""
    both = [trainings(s.output, s.name, s.idea)[0] for s in (before, script) if s]
    if len(both) < 2 or not all(both):
        return ""
    luck = ', and <a href="#seeds">what is luck</a>' * bool(SEEDS)
    said = " ".join(notes([before, script]))
    note = f'<p>{said} <a href="#trainings">Their curves</a>{luck}.</p>'
    return table(both[0] + both[1]) + note


def table(found, rest="|.*"):
    """Trainings as an HTML table; a cell has the training's title as its class."""
    names, headings, _, *lines = rows(found)
    numbers = [re.sub(r"^t(\d+)-\d+", r"\1", name) for name in names]
    heads = [f"{number} {text}" for number, text in zip(numbers, headings)]
    heads[0] = "epoch"
    html = '<table class="numbers"><caption>Loss, then accuracy</caption><tr>'
    html += "".join(f'<th class="{x}">{escape(y)}' for x, y in zip(names, heads))
    for line in lines:
        if re.fullmatch(f"0|[125][0,]*{rest}", line[0]):
            cells = (f'<td class="{name}">{text}' for name, text in zip(names, line))
            html += f"<tr>{''.join(cells)}"
    return html + "</table>"


def section(script, group):
    before = origin(script, STEPS) if script.kind == "Step" else None
    numbers = [*group]
    place = numbers.index(script.number)
    ways = [link(group[n], "&larr; {:02}") for n in numbers[:place][-1:]]
    ways += [link(group[n], "{:02} &rarr;") for n in numbers[place + 1 :][:1]]
    terms = "".join(f"<dt>{k}<dd>{v}" for k, v in fields(script, before))
    title = re.sub("(:.*)", r"<i>\1</i>", escape(script.idea))
    return f"""
<section id="{address(script)}" class="script">
<header><p>{script.name}<span>{" ".join(ways)}</span></p><h3>{title}</h3></header>
<div class="notes">{"".join(lesson(script))}<dl>{terms}</dl></div>
<div class="code"><div>{"".join(listing(script, before))}</div></div>
{training_table(script, before)}
<div class="prints{" alone" * (not before)}">{"".join(outputs(script, before))}</div>
</section>"""


WIDTH, HEIGHT, LAST = 460, 240, 10_000  # pixels, and the epoch at the right
DASHES = {"--": "7 4", "-.": "8 3 2 3", ":": "2 3", "-": "none"}


def curves():
    """Yield the trainings of the steps, with class, title and style for the chart."""
    steps = [(s, trainings(s.output, "", s.idea)[0]) for s in STEPS.values()]
    found = [(s, number, x) for s, some in steps for number, x in enumerate(some)]
    for place, (step, number, training) in enumerate(found):
        values = STYLES[place % len(STYLES)]
        colour = values["color"].replace("#000000", "currentColor")  # the text's
        style = f'stroke="{colour}" stroke-dasharray="{DASHES[values["linestyle"]]}"'
        name, title = f"t{step.number}-{number}", training.heading.partition(":")[0]
        title = f"{step.number} {escape(title.strip('.'))}"
        yield name, title, training._replace(title=name), style


def panel(title, field, top):
    """One SVG: the curves of the loss or of the accuracy."""
    lines = ticks = ""
    for name, _, training, style in curves():
        points = " ".join(
            f"{n / LAST * WIDTH:.4g},{(1 - float(x[field]) / top) * HEIGHT:.4g}"
            for n, x in training.epochs.items()
        )
        lines += f'<polyline class="{name}" {style} points="{points}"/>'
    for y in 0, 0.2, 0.4, 0.6, 0.8, 1:
        at = (1 - y / top) * HEIGHT
        ticks += f'<text x="-8" y="{at + 5:.0f}" text-anchor="end">{y}</text>'
        ticks += f'<path d="M0 {at:.0f}h{WIDTH}"/>'
    for x in 0, 0.5, 1:
        place = f'x="{x * WIDTH}" y="{HEIGHT + 20}" text-anchor="middle"'
        ticks += f'<text class="epoch" {place}>{x * LAST:,.0f}</text>'
    return f"""
<svg viewBox="-42 -30 540 296" role="img" aria-label="{title} over the epochs">
<text y="-14" class="title">{title}</text><g class="ticks">{ticks}</g>
<svg width="{WIDTH}" height="{HEIGHT}"><g class="lines">{lines}</g></svg>
<path class="at" d="M0 0v{HEIGHT}"/></svg>"""


def chart():
    """The curves of all trainings, a switch for each, tables of those that are on."""
    switches, hide, tables, data, few = "", "", "", {}, {}
    for name, title, training, style in curves():
        on = " checked" * (11 <= int(title[:2]) <= 16)
        line = f'<svg viewBox="0 0 32 8"><path d="M0 4h32" {style}/></svg>'
        box = f'<input type="checkbox" id="{name}"{on}>'
        switches += f"<label>{box}{line}<span>{title}</span><output></output></label>"
        hide += f"#trainings:has(#{name}:not(:checked)) .{name}{{display:none}}"
        data[name] = {n: f"{x['loss']} {x['acc']}" for n, x in training.epochs.items()}
        few.setdefault(max(training.epochs) < 100, []).append(training)
    for kind, some in few.items():
        tables += f'<div class="few{kind:d}">{table(some, rest="")}</div>'
        on = ":checked, #".join(training.title for training in some)
        hide += f"#trainings:not(:has(#{on}:checked)) .few{kind:d}{{display:none}}"
    return f"""
<section id="trainings" class="text"><h2>Trainings</h2><style>{hide}</style>
<div class="panels">{panel("Loss", "loss", 1.2)}{panel("Accuracy", "acc", 1)}</div>
<label class="slider" hidden>epoch <b></b><input type="range" value="100"></label>
<fieldset><legend>Trainings, with loss and accuracy at this epoch</legend>
{switches}</fieldset>{tables}<div id="seeds">{rendered(SEEDS)}</div>
<script type="application/json">{json.dumps(data)}</script></section>"""


def contents(chapters):
    """Yield the navigation: the steps by chapter, the concepts, the rest."""
    yield '<p><a href="#top">Start</a></p>'
    for title, group in chapters.items():
        if title == "Concepts":
            yield '<p><a href="#trainings">Trainings</a></p>'
        yield f"<div><h2>{title}</h2><ol>"
        for each in group:
            idea = escape(each.idea.partition(":")[0].strip("."))
            yield f"<li>{link(each, '<b>{:02}</b> <span>' + idea + '</span>')}"
        yield "</ol></div>"
    for title in SECTIONS:
        yield f'<p><a href="#{title.lower().replace(" ", "-")}">{title}</a></p>'


def build():
    """The page as HTML."""
    title, text = README.partition("\n## Quick start")[0].lstrip("# ").split("\n", 1)
    text = re.sub(r'<img [^>]*\.gif"[^>]*>', "", text)
    groups = groupby(STEPS.values(), lambda s: heading(s).removeprefix("Steps, "))
    chapters = {name.capitalize(): [*group] for name, group in groups}
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
<nav aria-label="Contents">{"".join(contents(chapters))}</nav>
<main>
<section class="text"><h1>{title.replace("-", " ")}</h1>{rendered(text)}</section>
{readme("Quick start")}
<section id="steps" class="text"><h2>Steps</h2><p>Beside each step stands its code:
lines <ins>+ are new,</ins> <del>- are gone,</del> &gt; and &lt; only moved, and what a
step keeps from an earlier one is folded. <span class="keys" hidden>Keys: <kbd>n</kbd>
next, <kbd>p</kbd> back, <kbd>a</kbd> all code of the step, or only what is
new.</span></p></section>{steps}
{chart()}
<section class="text"><h2>Concepts</h2></section>
{"".join(section(each, concepts) for each in concepts.values())}
{"".join(map(readme, SECTIONS))}
</main>
<script>{(ASSETS / "page.js").read_text()}</script></html>
"""


def main(words, folder=ROOT / "page"):
    Parser(description=__doc__).parse_args(words)
    html = build()
    for name in used:
        write(folder / name, (ASSETS / name).read_bytes())
    write(folder / "index.html", html)
    print(f"{folder / 'index.html'}: {len(html.encode()) / 1e6:.1f} MB")


if __name__ == "__main__":
    command(main)

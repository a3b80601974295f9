"""Build the page to read along the book, page/index.html: python assets/page.py"""

import json
import re
import sys
from html import escape
from itertools import groupby, pairwise
from pathlib import Path
from textwrap import shorten

try:
    import markdown
    from markdown.extensions.toc import slugify
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
from tour.outputs import NUMBER, Training, aligned, line_of, notes, rows, trainings
from tour.scripts import Mistake, chapter, origin, scripts_in, write

ROOT = Path(__file__).parents[1]
ASSETS = ROOT / "assets"
STEPS, CONCEPTS = {}, {}  # by number, filled by load
FILES = ROOT / "README.md", *ROOT.glob("*/README.md")
README = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
# Chapters that the page takes over
SECTIONS = ["Where is what", "Words", "The book's call, and ours", "How much is luck"]
SECTIONS += ["Derivations", "The digits", "The same digits", "What it costs"]


def load():
    """Read the scripts; what the page can't show raises Mistake."""
    STEPS.update(scripts_in(ROOT / "nnfs_steps"))
    CONCEPTS.update(scripts_in(ROOT / "concepts"))
    for script in [*STEPS.values(), *CONCEPTS.values()]:
        if script.record is None:
            raise Mistake(f'{script.path.name} does not end with a block "# Output:"')
        for number in {*script.concepts} - {*CONCEPTS}:
            raise Mistake(f"{script.path.name} names concept {number}: there is none")


def address(script):
    return f"{script.kind.lower()}-{script.number:02}"


def file(script):
    return script.path.relative_to(ROOT).as_posix()


def link(script, text="{:02}"):
    return f'<a href="#{address(script)}">{text.format(script.number)}</a>'


def named(script):
    """A link that says the idea in a few words."""
    idea = script.idea.partition(":")[0].strip(".")
    idea = escape(shorten(idea, 32, placeholder=" ..."))
    return link(script, f"{{:02}} <span>{idea}</span>")


# ---- Words


def rendered(text, script=None):
    """Markdown of a README or header as HTML, with links to places on the page."""
    text = re.sub("<!--.*?-->", "", text)
    text = text.replace("<details>", '<details markdown="1">')
    html = markdown.markdown(text, extensions=["tables", "fenced_code", "md_in_html"])
    html = re.sub(r'href="[^"]*?(\d\d)_nnfs_[^"]*"', r'href="#step-\1"', html)
    html = re.sub(r'href="[^"]*?(\d\d)_[^"]*\.py"', r'href="#concept-\1"', html)
    html = re.sub(r'href="[^"]*README\.md#', 'href="#', html)
    html = re.sub('<img src="[^"]*/', '<img loading="lazy" src="', html)
    return linked(re.sub("<(pre|table)>", r'<\1 tabindex="0">', html), script)


def linked(html, script=None):
    """HTML with its addresses, steps, concepts and the script's own names as links."""
    parts = re.split(r"(<a\b.*?</a>|<code.*?</code>|<[^>]+>)", html, flags=re.S)
    own = script.parts if script else []
    names = "|".join(sorted(map(re.escape, own), key=len, reverse=True)) or "(?!)"

    def numbers(found):
        known = STEPS if found[0][0] in "Ss" else CONCEPTS
        there = {f"{n:02}": link(each) for n, each in known.items()}
        return re.sub(r"\d\d", lambda n: there.get(n[0], n[0]), found[0])

    for n, text in enumerate(parts[::2]):
        url = r"https://([^\s<>\"'()]*[\w/])"
        text = re.sub(url, r'<a href="https://\1">\1</a>', text)
        place = rf'<a href="#{script and address(script)}.\1"><code>\1</code></a>'
        text = re.sub(rf"(?<![\w.])(?=\w*[_.])({names})(?!\.?\w)", place, text)
        several = r"\b(?:step|concept)s?\s\d\d(?:(?:,|\sand|\sto|\sor)\s\d\d)*"
        parts[2 * n] = re.sub(several, numbers, text, flags=re.I)
    return "".join(parts)


def readme(title):
    """A chapter of the READMEs."""
    _, found, text = README.partition(f"\n## {title}\n")
    if not found:
        raise Mistake(f'no README has the chapter "{title}", which the page shows')
    text = rendered(re.split("\n##? ", text)[0])
    return f'<section id="{slugify(title, "-")}"><h2>{title}</h2>{text}</section>'


def fields(script):
    """Yield the fields of a header and the commands, each with its name."""
    for name, text in script.header.items():
        if name not in ("Idea", "Concepts"):
            yield name, linked(escape(text, quote=False), script)
    concepts = [CONCEPTS[n] for n in script.concepts]
    links = [f"<li>{link(each, '{:02} ' + escape(each.idea))}" for each in concepts]
    if links:
        yield "Concepts", f"<ul>{''.join(links)}</ul>"
    readers = [step for step in STEPS.values() if script.number in step.concepts]
    if readers and script.kind == "Concept":
        yield "For step", ", ".join(map(link, readers))
    copy = '<button type="button" class="copy" hidden>Copy the code</button>'
    yield "Script", f'<a href="{file(script)}">{script.path.name}</a> {copy}'
    yield "Run", f"<code>python {file(script)}</code>"
    if script.kind == "Step" and exercises.new_in(script, STEPS):
        yield "Exercise", f"<code>python nnfs_steps exercise {script.number}</code>"


# ---- The code of a script


COLOURS = {Keyword: "k", Operator.Word: "k", Name.Function: "d", Name.Class: "d"}
COLOURS |= {String: "s", Number: "m", Comment: "c"}


def colour(token):
    return next((name for kind, name in COLOURS.items() if token[0] in kind), "")


def coloured(script):
    """The lines of a script by their number, as HTML."""
    html, tokens = "", PythonLexer(stripnl=False).get_tokens(script.text)
    for name, run in groupby(tokens, colour):
        text = escape("".join(word for _, word in run), quote=False)
        tag = f'<span class="{name}">'
        html += re.sub("(.+)", rf"{tag}\1</span>", text) if name else text
    return dict(enumerate(html.split("\n"), 1))


def lines_of(script, names):
    """{line: its part} for some parts; a class has the lines of its methods too."""
    there = sorted({*names} & script.parts.keys(), key=len, reverse=True)
    places = {name: script.parts[name].place for name in there}
    return {n + 1: x for x, y in places.items() for n in range(y.start, y.stop)}


def changes(script, before):
    """How the code differs from the step before: {line: its sign}, {line: the lines of
    the step before that stood above it}, and {line: what it is folded in}.
    """
    known = [step for step in STEPS.values() if step.number < script.number]
    own = {name: script.source(name) for name in script.parts}
    kept = [n for n in own if any(own[n] == step.source(n) for step in known)]
    folds, hidden = lines_of(script, kept), lines_of(before, kept)
    old = [pair for pair in before.code.items() if pair[0] not in hidden]
    new = [pair for pair in script.code.items() if pair[0] not in folds]
    signs, above, gone = {}, {}, []
    for sign, n, _ in signed(old, new):
        if sign == "-":
            gone.append(n)
        else:
            signs[n], above[n], gone = sign, gone, []
    above["end"] = gone
    # Of the program, what is far from changes is folded too
    changed = [n for n, sign in signs.items() if sign != " " or above[n]]
    near = {n + far for n in changed for far in range(-2, 3)}
    near |= lines_of(script, script.parts).keys()
    for close, run in groupby(script.code, near.__contains__):
        run = [*run]
        if not close and len(run) > 3:
            folds |= dict.fromkeys(run, f"lines {run[0]} to {run[-1]}")
    # The blank lines around what is folded are folded with it
    for a, b in pairwise(script.code):
        folds |= dict.fromkeys(range(a + 1, b), folds.get(a) or folds.get(b))
    return signs, above, folds


def came_from(script, name):
    """Where a part stands first that is as in an earlier step."""
    same = [s for s in STEPS.values() if s.source(name) == script.source(name)]
    return f"<p><code>{name}</code> as in {link(same[0], 'step {:02}')}</p>"


def listing(script, before):
    """Yield the code as HTML: what is new is marked, what stood before is folded."""
    html, old_html = coloured(script), before and coloured(before)
    signs, above, folds = changes(script, before) if before else ({}, {}, {})
    names = {part.place.start + 1: name for name, part in script.parts.items()}

    def removed(n):
        gone = above.get(n, [])
        return "".join(f'<del data-n="{n}">{old_html[n]}\n</del>' for n in gone)

    def line(n):
        place = f' id="{address(script)}.{names[n]}"' if n in names else ""
        sign = escape(signs.get(n, " "))
        shown = f' data-sign="{sign}"' if sign != " " else ""
        tag = "ins" if sign == "+" else "span"
        return f"{removed(n)}<{tag}{place}{shown}>{html[n]}\n</{tag}>"

    def block(name, numbers):
        lines = "".join(map(line, numbers))
        where = came_from(script, name) if name in script.parts else ""
        return f'{where}<pre style="counter-reset:n {numbers[0] - 1}">{lines}</pre>'

    numbers = range(min(script.code), max(script.code) + 1)
    for folded, run in groupby(numbers, lambda n: bool(folds.get(n))):
        blocks = {name: block(name, [*some]) for name, some in groupby(run, folds.get)}
        inside = "".join(blocks.values())
        if folded:
            title = f"{len(blocks)} parts" if len(blocks) > 3 else ", ".join(blocks)
            inside = f"<details><summary>{title} as before</summary>{inside}</details>"
        yield inside
    yield f"<pre>{removed('end')}</pre>"


# ---- What a script prints


def picture(name, script):
    with Image.open(ASSETS / name) as image:
        w, h = image.size
        shown = json.loads(image.info["Shows"])
    titles = "; ".join(shown["titles"]).replace("\n", " ")
    alt = f"Picture of {script.title}: {escape(titles or script.idea)}"
    return f'<img loading="lazy" src="{name}" width="{w}" height="{h}" alt="{alt}">'


def mark(old, new):
    """Mark the numbers that differ, in lines of the same words."""
    pairs = [*aligned(*([*map(line_of, lines)] for lines in (old, new)))]
    old[:] = [marked(one, other) for one, other in pairs if one]
    new[:] = [marked(other, one) for one, other in pairs if other]


def marked(line, other):
    if other is None:
        return line.text
    theirs = iter(other.values.values())

    def replace(number):
        return number[0] if number[0] == next(theirs) else f"<mark>{number[0]}</mark>"

    return re.sub(NUMBER, replace, line.text)


def outputs(script, before):
    """What a script prints and shows, beside what the step before does."""
    both, blocks = [each for each in (before, script) if each], ""
    records = [[escape(line, quote=False) for line in x.record] for x in both]
    if before:
        mark(*records)
    for each, lines in zip(both, records):
        title, name = link(each, each.kind + " {:02} prints"), f"{each.picture}.png"
        record = "\n".join(lines)
        image = picture(name, each) if (ASSETS / name).exists() else ""
        record = f'<h4>{title}</h4><pre tabindex="0">{record}</pre>{image}'
        blocks += f"<div>{record}</div>"
    if "..." in script.record:
        text = "\n".join(script.output)
        title = f"<summary>All {len(script.output)} lines of {script.title}</summary>"
        blocks += f'<details>{title}<pre tabindex="0">{escape(text)}</pre></details>'
    return f'<div class="prints">{blocks}</div>'


def curves(step):
    """Yield the trainings that a step prints: t24-0, and t24-0v is its validation."""
    for number, training in enumerate(trainings(step.output, "", step.idea)[0]):
        title, seen = f"t{step.number}-{number}", training.validation
        heading = f"{step.number} {training.heading}"
        yield training._replace(title=title, heading=heading, validation={})
        if len(seen) > 1:
            yield Training(f"{title}v", f"{step.number} validation", seen, {})


def table(found):
    """Trainings as an HTML table; a cell has the training's title as its class."""
    _, _, _, *lines = rows(found)
    head = "".join(f'<th class="{x.title}">{escape(x.heading)}' for x in found)
    title = "Loss of the data, without penalties; then accuracy"
    html = f"<caption>{title}</caption><tr><th>epoch{head}"
    for epoch, *texts in lines:
        cells = (f'<td class="{x.title}">{text}' for x, text in zip(found, texts))
        html += f"<tr><td>{epoch}{''.join(cells)}"
    return f'<table class="numbers" tabindex="0">{html}</table>'


def training_table(script, before):
    """The trainings of two steps side by side, if both have one."""
    both = [[*curves(step)] for step in (before, script)]
    if not all(both):
        return ""
    found = both[0] + both[1]
    names = " ".join(training.title for training in found)
    return f"""{table(found)}<p>{" ".join(notes([before, script]))}
<a href="#trainings" data-on="{names}">Their curves</a>, and
<a href="#how-much-is-luck">what is luck</a>.</p>"""


def section(script, group):
    """A script; group has those among which it is shown, in their order."""
    before = origin(script, STEPS) if script.kind == "Step" else None
    place = group.index(script)
    ways = [f"&larr; {named(other)}" for other in group[:place][-1:]]
    ways += [f"{named(other)} &rarr;" for other in group[place + 1 :][:1]]
    terms = "".join(f"<dt>{name}<dd>{text}" for name, text in fields(script))
    title = re.sub("(:.*)", r"<i>\1</i>", escape(script.idea))
    return f"""
<section id="{address(script)}" class="script">
<p class="here"><b>{script.kind} {named(script)}</b> <i>{" ".join(ways)}</i></p>
<h3>{title}</h3>
<div class="lesson">
<div class="notes">{rendered(script.lesson, script)}<dl>{terms}</dl></div>
<div class="code" tabindex="0" role="group" aria-label="Code of {script.title}">
<div>{"".join(listing(script, before))}</div></div>
</div>
{training_table(script, before) if before else ""}{outputs(script, before)}
</section>"""


# ---- The trainings


DASHES = "none", "7 4", "8 3 2 3", "2 3"
CLASSES = "#440154", "#21908c", "#fde725"  # as the steps have them


def panel(title, field, found):
    """One SVG: the curves of the loss or of the accuracy, of points as printed."""
    lines = ticks = ""
    for training in found:
        points = " ".join(f"{n},{x[field]}" for n, x in training.epochs.items())
        lines += f'<polyline class="{training.title}" points="{points}"/>'
    for y in 0, 0.2, 0.4, 0.6, 0.8, 1:
        at = 240 - 200 * y
        ticks += f'<text x="-8" y="{at + 5}" text-anchor="end">{y}</text>'
        ticks += f'<path d="M0 {at}h460"/>'
    return f"""
<svg viewBox="-42 -30 540 296" role="img" aria-label="{title} over the epochs">
<text y="-14">{title}</text><g class="ticks">{ticks}</g>
<text x="460" y="260" text-anchor="end" class="epoch">epoch 10,000</text>
<svg class="lines" width="460" height="240" viewBox="0 -1.2 10000 1.2"
preserveAspectRatio="none"><g transform="scale(1 -1)">{lines}</g></svg>
<path class="at" d="M0 0v240"/></svg>"""


def regions(said):
    """What chapter 10 has learned: in one sprite, a column a step, a row an epoch."""
    size, rows, columns = said["size"], len(said["epochs"]), len(said["steps"])
    image = f'src="regions.png" width="{size * columns}" height="{size * rows}"'
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r=".9" fill="{CLASSES[kind]}"/>'
        for x, y, kind in said["points"]
    )
    figures = ""
    for column, number in enumerate(said["steps"]):
        alt = f"The spiral, and the regions of the three classes in step {number}"
        name, loss = named(STEPS[number]), said["loss"][-1][column]
        figures += f"""
<figure><div style="--column:{column}"><img loading="lazy" {image} alt="{alt}">
<svg viewBox="0 0 {size} {size}"><use href="#dots"/></svg></div><figcaption>
{name} <output>{loss:.3f}</output></figcaption></figure>"""
    return f"""<svg class="skip"><g id="dots">{dots}</g></svg>
<p class="slider" hidden><button type="button">Play, pause</button> <label>epoch <b></b>
<input type="range" max="{rows - 1}" value="{rows - 1}"></label></p>
<div class="regions" style="--row:{rows - 1};--rows:{rows};--columns:{columns}">
{figures}</div>"""


def chart():
    """The regions of chapter 10; all trainings, as curves and in a table."""
    text = (ASSETS / "regions.json").read_text(encoding="utf-8")
    said, switches, rules = json.loads(text), "", ""
    found = [training for step in STEPS.values() for training in curves(step)]
    for number, training in enumerate(found):
        name, style = training.title, STYLES[number % len(STYLES)]
        colour = style["color"].replace("#000000", "currentColor")
        dash = DASHES[number % len(DASHES)]  # 7 colours, 4 dashes: 28 looks
        rules += f"""
.{name} {{stroke: {colour}; stroke-dasharray: {dash}}}
#trainings:has(#{name}:not(:checked)) .{name} {{display: none}}
#trainings:has(#{name}:checked) tr:has(.{name}:not(:empty)) {{display: table-row}}"""
        on = "checked" if number < len(said["steps"]) else ""
        box = f'<input type="checkbox" id="{name}" value="{max(training.epochs)}" {on}>'
        line = f'<svg viewBox="0 0 32 8"><path d="M0 4h32" class="{name}"/></svg>'
        switches += f"<label>{box}{line}{training.heading}</label>"
    return f"""
<section id="trainings"><h2>See it learn</h2><style>{rules}</style>
<p>The spiral, and which class the networks of chapter 10 see where at one epoch, each
with its loss. All start from seed 0.</p>{regions(said)}
<h3>The curves of all trainings</h3><p>As the steps print them: every 100th epoch; of
images, where an epoch is a round of many batches, every one. Where a step prints its
penalty apart, the loss is without it.</p>
<div class="panels">{panel("Loss", "loss", found)}
{panel("Accuracy", "acc", found)}</div>
<fieldset><legend>Trainings</legend>{switches}</fieldset>{table(found)}
<script type="application/json">{text}</script></section>"""


# ---- The page


def contents(chapters):
    """Yield the contents: the steps by chapter, the concepts, the rest."""
    yield '<p><a href="#top">Start</a><a href="#trainings">See it learn</a></p>'
    for title, group in chapters.items():
        links = "".join(f"<li>{named(script)}" for script in group)
        yield f"<div><p>{title}</p><ol>{links}</ol></div>"
    for title in SECTIONS:
        yield f'<p><a href="#{slugify(title, "-")}">{title}</a></p>'


def build():
    """The page as HTML."""
    load()
    title, text = README.partition("\n## Quick start")[0].lstrip("# ").split("\n", 1)
    groups = groupby(STEPS.values(), chapter)
    chapters = {f"Chapter {n}" if n else "Beyond the book": [*g] for n, g in groups}
    every, steps = [*STEPS.values()], ""
    for name, group in chapters.items():
        steps += f"<h2>{name}</h2>{''.join(section(step, every) for step in group)}"
    named = dict.fromkeys(n for step in every for n in step.concepts)
    concepts = [CONCEPTS[n] for n in dict.fromkeys([*named, *CONCEPTS])]
    chapters["Concepts"] = concepts
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
<div id="contents" popover><div>{"".join(contents(chapters))}</div></div></nav>
<main>
<section><h1>{title.replace("-", " ")}</h1>{rendered(text)}</section>
{readme("Quick start")}{readme("Where else it runs")}
<section id="steps"><h2>Steps</h2><p>Beside each step stands its code:
lines <ins>+ are new,</ins> <del>- are gone,</del> &gt; and &lt; only moved. What a step
keeps from an earlier one is folded. <span class="keys" hidden>Click a name in the code
to see where it is used. Keys: <kbd>n</kbd> next, <kbd>p</kbd> back, <kbd>a</kbd> all
code of the step, or only what is new, <kbd>u</kbd> uses of the name that is selected or
has the caret.</span></p></section>{steps}
{chart()}
<h2>Concepts</h2>
{"".join(section(each, concepts) for each in concepts)}
{"".join(map(readme, SECTIONS))}
<p id="uses" popover></p>
</main>
<script>{(ASSETS / "page.js").read_text()}</script></html>
"""


def main(folder=ROOT / "page"):
    html = build()
    for name in {*re.findall(r'<img [^>]*src="(.*?)"', html)}:
        write(folder / name, (ASSETS / name).read_bytes())
    for script in [*STEPS.values(), *CONCEPTS.values()]:
        write(folder / file(script), script.path.read_bytes())
    write(folder / "index.html", html)
    print(f"{folder / 'index.html'}: {len(html.encode()) / 1e6:.1f} MB")


if __name__ == "__main__":
    try:
        main()
    except (Mistake, OSError, SyntaxError) as error:
        sys.exit(str(error))

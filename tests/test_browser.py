"""The page in Chromium: keys, switches and addresses work, it fits, it can be read."""

import base64
import json
import re
import shutil

import pytest

import page
from tour.project import STEPS

pytestmark = pytest.mark.browser
selenium = pytest.importorskip("selenium", reason="needs selenium and Chromium")
from selenium import webdriver  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

OPTIONS = [
    *("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run"),
    *("disable-sync", "disable-background-networking", "disable-component-update"),
]


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    options = webdriver.ChromeOptions()
    paths = [shutil.which(name) for name in ("google-chrome", "chromium")]
    options.binary_location = next(filter(None, paths), "")
    for option in [*OPTIONS, f"user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(f"--{option}")
    kinds = {"browser": "ALL", "performance": "ALL"}
    options.set_capability("goog:loggingPrefs", kinds)
    path = shutil.which("chromedriver")
    driver = webdriver.Chrome(options, webdriver.ChromeService(path))
    driver.set_script_timeout(300)  # for a busy machine
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "page"
    page.main([], folder)
    return (folder / "index.html").as_uri()


@pytest.fixture
def visit(driver, built):
    """Open the page anew: visit(place, width, scheme); returns what runs JavaScript."""

    def open_page(place="", width=1300, scheme="light", media="", script=True):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1}
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", size | {"mobile": False}
        )
        scheme = {"name": "prefers-color-scheme", "value": scheme}
        driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"media": media, "features": [scheme]}
        )
        driver.execute_cdp_cmd(
            "Emulation.setScriptExecutionDisabled", {"value": not script}
        )
        driver.get("about:blank")
        driver.get(f"{built}#{place}" if place else built)
        return driver.execute_script

    yield open_page
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def press(driver, keys):
    ActionChains(driver).send_keys(keys).perform()


def place(driver):
    return driver.execute_script("return location.hash")


def test_no_error_and_no_request(driver, visit, built):
    driver.get_log("browser"), driver.get_log("performance")
    visit("trainings")
    press(driver, "npa")
    assert driver.get_log("browser") == []
    messages = [json.loads(x["message"]) for x in driver.get_log("performance")]
    sent = [x["message"] for x in messages]
    sent = [x for x in sent if x["method"] == "Network.requestWillBeSent"]
    urls = {x["params"]["request"]["url"] for x in sent}
    folder = built.removesuffix("index.html")
    assert built in {url.partition("#")[0] for url in urls}
    assert all(url.startswith((folder, "about:", "data:")) for url in urls)


def test_pictures_are_loaded(driver, visit):
    run = visit()
    run("for (const image of document.images) image.loading = 'eager'")
    broken = "return [...document.images].filter((x) => !x.naturalWidth).length"
    WebDriverWait(driver, 10).until(lambda _: run(broken) == 0)


@pytest.mark.parametrize("width", [320, 768, 1024, 1280, 1600])
@pytest.mark.parametrize("folds", ["closed", "open"])
def test_nothing_is_wider_than_the_window(visit, width, folds):
    run = visit(width=width)
    if folds == "open":
        run("for (const x of document.querySelectorAll('details')) x.open = true")
    assert run("return innerWidth") == width
    assert run("return document.documentElement.scrollWidth") <= width
    # Nor is it cut off: what is wide can be scrolled
    cut = """return [...document.querySelectorAll("main :not(figure div)")]
        .filter((each) =>
        each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1 &&
        getComputedStyle(each).overflowX === "hidden").length"""
    assert run(cut) == 0


BOX = """const box = document.querySelector(arguments[0]).getBoundingClientRect();
    return [box.top, box.bottom, box.left, box.right]"""


@pytest.mark.parametrize("width", [390, 1279, 1280])
def test_words_stay_beside_their_code(visit, width):
    run = visit("step-20", width=width)
    run("scrollBy(0, 1500)")
    notes, code, prints = (
        run(BOX, f"#step-20 .{x}") for x in ("notes", "code", "prints")
    )
    assert max(notes[1], code[1]) <= prints[0]
    if width < 1280:
        assert notes[1] <= code[0]
    else:
        assert 0 < notes[0] < notes[1] <= 900 and notes[3] <= code[2]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_bar_says_where_one_is_and_leads_everywhere(driver, visit, width):
    run = visit("step-13", width=width)
    run("scrollBy(0, 1500)")
    assert run(BOX, "#step-13 .here")[0] == 0
    seen = run("return document.querySelector('#step-13 .here').innerText").split()
    assert seen[:2] == ["Step", "13"] and {"12", "14"} <= {*seen}
    driver.find_element("css selector", "nav button").click()
    name = driver.find_element("css selector", "#contents a[href='#concept-13']")
    assert name.text == "13 Momentum"
    name.click()
    assert place(driver) == "#concept-13"
    assert not name.is_displayed()


CONTRAST = r"""
const numbers = (color) => color.match(/[\d.]+/g).map(Number);
function light(color) {
  const [r, g, b] = numbers(color).map((x) =>
    x / 255 <= .04045 ? x / 255 / 12.92 : ((x / 255 + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
}
const known = {};
function below(element) {
  for (; element; element = element.parentElement) {
    const color = getComputedStyle(element).backgroundColor;
    if (numbers(color)[3] !== 0) return color;
  }
  return "rgb(255, 255, 255)";
}
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || element.closest("script, style")) continue;
  const style = getComputedStyle(element);
  const color = element.closest("svg") ? style.fill : style.color;
  const pair = color + " on " + below(element);
  known[pair] ||= [color, below(element), element.outerHTML.slice(0, 80)];
}
return Object.values(known).map(([color, paper, where]) => {
  const [a, b] = [light(color), light(paper)];
  return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), color, paper, where];
});
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(visit, scheme):
    pairs = visit(scheme=scheme)(CONTRAST)
    assert len(pairs) > 15
    assert [pair for pair in pairs if pair[0] < 4.5] == []
    papers = {pair[2] for pair in pairs}
    assert ("rgb(253, 252, 250)" in papers) == (scheme == "light")
    assert ("rgb(25, 27, 28)" in papers) == (scheme == "dark")


def test_keys_go_to_the_next_and_the_last_step_and_back_works(driver, visit):
    run = visit("step-12")
    press(driver, "n")
    assert place(driver) == "#step-13"
    top = "return document.querySelector(location.hash).getBoundingClientRect().top"
    assert 0 <= run(top) < 20
    press(driver, "pp")
    assert place(driver) == "#step-11"
    driver.back()
    assert place(driver) == "#step-12"


def test_a_key_with_control_is_the_browsers(driver, visit):
    visit("step-12")
    chain = ActionChains(driver).key_down(Keys.ALT).send_keys("n").key_up(Keys.ALT)
    chain.perform()
    assert place(driver) == "#step-12"


def test_a_key_opens_and_closes_what_is_folded(driver, visit):
    run = visit("step-13")
    opened = "return document.querySelectorAll('#step-13 .code details[open]').length"
    all_of_them = run(
        "return document.querySelectorAll('#step-13 .code details').length"
    )
    others = "return document.querySelectorAll('#step-12 details[open]').length"
    assert run(opened) == 0
    press(driver, "a")
    assert run(opened) == all_of_them > 10 and run(others) == 0
    press(driver, "a")
    assert run(opened) == 0


def test_an_address_opens_what_is_folded(visit):
    run = visit("step-13.Layer_Dense")
    inside = "return document.getElementById('step-13.Layer_Dense')"
    assert run(f"{inside}.closest('details').open")
    assert 0 < run(f"{inside}.getBoundingClientRect().top") < 900


def test_outputs_and_tables_are_not_cut(visit):
    run = visit(width=1280)
    cut = """return [...document.querySelectorAll(".output pre, .script .wide")]
        .filter((each) => each.scrollWidth > each.clientWidth).length"""
    assert run(cut) == 0


def test_a_name_shows_where_it_is_used(driver, visit):
    run = visit("step-10.Layer_Dense.backward", width=390)
    line = "document.getElementById('step-10.Layer_Dense.backward')"
    end = f"""const text = {line}.lastChild, range = new Range();
        range.setStart(text, text.data.indexOf("dvalues") + 2);
        range.setEnd(text, text.data.indexOf("dvalues") + 3);
        const box = range.getBoundingClientRect();
        return [box.x, box.y].map(Math.round)"""
    x, y = run(end)
    for kind in "mousePressed", "mouseReleased":
        event = {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}
        driver.execute_cdp_cmd("Input.dispatchMouseEvent", event)
    found = """return [...CSS.highlights.get("use")].map((range) =>
        range.startContainer.data.slice(range.startOffset, range.endOffset))"""
    program = STEPS[9].program.partition('"""\n')[2]
    code = "\n".join(line.partition("#")[0] for line in program.split("\n"))
    assert run(found) == ["dvalues"] * len(re.findall(r"\bdvalues\b", code))
    words = run("return document.querySelector('#uses').innerText")
    assert "Layer_Dense.backward 4" in words and "Activation_ReLU.backward" in words
    press(driver, Keys.ESCAPE)
    assert run("return CSS.highlights.size") == 0


def test_the_code_is_copied_whole(driver, visit):
    run = visit("step-13")
    run("""navigator.clipboard.writeText = (text) => (window.copied = text);
        document.querySelector("#step-13 .copy").click()""")
    assert run("return copied.trim()") in STEPS[12].program
    assert run("return copied").startswith("import matplotlib")
    assert len(run("return copied").split("\n")) > len(STEPS[12].code)


def curves_shown(run):
    return run("""return [...document.querySelectorAll(".panels polyline")]
        .filter((line) => line.getClientRects().length)
        .map((line) => line.getAttribute("class"))""")


FIRST = [f"t{number}-0" for number in range(11, 17)]


def test_switches_show_and_hide_curves_and_columns(driver, visit):
    run = visit("trainings")
    column = (
        "return document.querySelector('#trainings td.t13-0').getClientRects().length"
    )
    assert curves_shown(run) == 2 * FIRST and run(column) == 1
    run("document.getElementById('t13-0').click()")
    left = [name for name in FIRST if name != "t13-0"]
    assert curves_shown(run) == 2 * left and run(column) == 0
    run("document.getElementById('t28-0').click()")
    assert curves_shown(run) == 2 * [*left, "t28-0"]


def test_the_chart_goes_as_far_as_the_longest_training(visit):
    run = visit("trainings")
    ticks = (
        """return [...document.querySelectorAll(".epoch")].map((x) => x.textContent)"""
    )
    table = "return document.querySelector('.few1').getClientRects().length"
    assert run(ticks) == 2 * ["0", "5,000", "10,000"] and run(table) == 0
    for name in [*FIRST, "t24-0"]:
        run(f"document.getElementById('{name}').click()")
    assert run(ticks) == 2 * ["0", "5", "10"] and run(table) == 1
    line, panel = run(BOX, ".lines .t24-0"), run(BOX, ".ticks path")
    assert abs(line[3] - panel[3]) < 3


def test_a_step_opens_the_chart_with_its_curves(driver, visit):
    run = visit("step-25")
    driver.find_element("css selector", "#step-25 [data-on]").click()
    assert place(driver) == "#trainings"
    found = [f"t{number}-0{kind}" for number in (24, 25) for kind in ("", "v")]
    assert curves_shown(run) == 2 * found
    styles = """return [...document.querySelectorAll("label path")]
        .filter((path) => path.getClientRects().length)
        .map((path) => getComputedStyle(path))
        .map((style) => style.stroke + style.strokeDasharray)"""
    assert len({*run(styles)}) == 4


def test_no_row_of_the_table_is_empty(visit):
    run = visit("trainings")
    for name in [*FIRST, "t29-0"]:
        run(f"document.getElementById('{name}').click()")
    rows = """return [...document.querySelectorAll(".few0 tr")]
        .filter((row) => row.getClientRects().length).map((row) => row.innerText)"""
    assert all(len(row.split()) > 1 for row in run(rows)) and len(run(rows)) == 2


def move_slider(run, epoch):
    run(f"""const range = document.querySelector("[type=range]");
        range.value = 100 * ({epoch} / 10000) ** .4;
        range.dispatchEvent(new Event("input"))""")


def test_slider_and_pointer_give_the_values(driver, visit):
    run = visit("trainings")
    value = "return document.getElementById('t13-0').parentElement.innerText"
    [training] = page.curves(STEPS[12])
    printed = {
        f"{epoch:,}": [values["loss"], values["acc"]]
        for epoch, values in training.epochs.items()
    }
    assert run(value).split()[-2:] == printed["10,000"]
    move_slider(run, 1010)
    assert run(value).split()[-2:] == printed["1,000"]
    panel = driver.find_element("css selector", ".panels > svg > svg")
    ActionChains(driver).move_to_element(panel).perform()
    epoch = int(
        run("return document.querySelector('.slider b').innerText").replace(",", "")
    )
    assert 4900 < epoch < 5100
    assert run(value).split()[-2:] == printed[f"{epoch // 100 * 100:,}"]
    run("document.getElementById('t13-0').click()")
    assert run(value).split() == ["13", "Momentum"]


def test_the_slider_shows_the_regions_of_its_epoch(visit):
    run = visit("trainings")
    said = json.loads((page.ASSETS / "regions.json").read_text())
    row = "return +document.querySelector('.regions').style.getPropertyValue('--row')"
    losses = """return [...document.querySelectorAll("figure output")]
        .map((each) => +each.innerText)"""
    last = len(said["epochs"]) - 1
    for number in last, 20, 0:
        move_slider(run, said["epochs"][number] + (1 if number else 0))
        assert run(row) == number
        assert run(losses) == [round(loss, 3) for loss in said["loss"][number]]
        # Of the sprite, this cell is in sight
        cell, sprite = (
            run(BOX, "figure:nth-child(3) div"),
            run(BOX, "figure:nth-child(3) img"),
        )
        side = cell[3] - cell[2]
        assert cell[2] - sprite[2] == pytest.approx(2 * side, abs=1)
        assert cell[0] - sprite[0] == pytest.approx(number * side, abs=1)
        assert sprite[1] - sprite[0] == pytest.approx((last + 1) * side, abs=1)


def test_play_runs_to_the_end(driver, visit):
    run = visit("trainings")
    move_slider(run, 9000)
    button = "document.querySelector('#trainings button')"
    run(f"{button}.click()")
    assert run(f"return {button}.innerText") == "Pause"
    epoch = "return document.querySelector('.slider b').innerText"
    WebDriverWait(driver, 20).until(lambda _: run(epoch) == "10,000")
    WebDriverWait(driver, 20).until(
        lambda _: run(f"return {button}.innerText") == "Play"
    )


def test_all_is_there_without_javascript(visit):
    run = visit("step-13", script=False)
    assert curves_shown(run) == 2 * FIRST
    # But for what is folded
    hidden = """const names = "p, pre, dt, li, img, h3";
        const all = document.querySelectorAll(`main :is(${names})`);
        return [...all].filter((each) => !each.closest("details, [hidden]"))
            .filter((each) => !each.getClientRects().length).length"""
    assert run(hidden) == 0
    assert run("return document.querySelector('.slider').getClientRects().length") == 0
    run("document.getElementById('t13-0').click()")
    assert "t13-0" not in curves_shown(run)


def test_paper(driver, visit):
    run = visit(scheme="dark", media="print")
    shown = """return [...document.querySelectorAll(arguments[0])]
        .filter((each) => each.getClientRects().length).length"""
    assert run(shown, "nav, .here a, .slider, .earlier, button, input") == 0
    assert run(shown, "fieldset label path") == len(FIRST)
    assert (
        run("return getComputedStyle(document.body).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    stream = driver.execute_cdp_cmd(
        "Page.printToPDF", {"transferMode": "ReturnAsStream"}
    )
    text, chunk = b"", {"eof": False}
    while not chunk["eof"]:
        chunk = driver.execute_cdp_cmd("IO.read", {"handle": stream["stream"]})
        text += base64.b64decode(chunk["data"])
    pages = [int(x) for x in re.findall(rb"/Count (\d+)", text)]
    assert 50 < max(pages) <= 150


def test_focus_is_seen(driver, visit):
    run = visit()
    press(driver, Keys.TAB)
    focus = """const here = document.activeElement;
        return [here.innerText, getComputedStyle(here).outlineStyle]"""
    text, outline = run(focus)
    assert text == "To the steps" and outline != "none"
    press(driver, Keys.ENTER)
    assert place(driver) == "#steps"

"""The page in Chromium: keys, switches and addresses work, it fits, it can be read."""

import base64
import json
import re
import shutil
import time

import pytest

import page
from tour.project import STEPS

pytestmark = pytest.mark.browser
selenium = pytest.importorskip("selenium", reason="needs selenium and Chromium")
from selenium import webdriver  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

OPTIONS = [
    *("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run"),
    *("disable-sync", "disable-background-networking", "disable-component-update"),
]
# What the tests call in the page
HELPERS = """
list = (css) => [...document.querySelectorAll(css)];
seen = (css) => list(css).filter((each) => each.getClientRects().length);
box = (css) => { const b = list(css)[0].getBoundingClientRect();
    return { top: b.top, bottom: b.bottom, left: b.left, right: b.right }; };
"""


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


@pytest.fixture
def visit(driver, page_folder):
    """Open the page anew: visit(place, width, scheme); returns what runs JavaScript."""
    emulate, built = driver.execute_cdp_cmd, (page_folder / "index.html").as_uri()

    def open_page(place="", width=1300, scheme="light", media="", script=True):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        emulate("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": scheme}
        emulate("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})
        emulate("Emulation.setScriptExecutionDisabled", {"value": not script})
        driver.get("about:blank")
        driver.get(f"{built}#{place}" if place else built)
        driver.execute_script(HELPERS)
        return driver.execute_script

    yield open_page
    emulate("Emulation.setScriptExecutionDisabled", {"value": False})


def press(driver, *keys):
    ActionChains(driver).send_keys(*keys).perform()


def place(driver):
    return driver.execute_script("return location.hash")


# ---- It is there, and it fits


def test_no_error_no_request_no_broken_picture(driver, visit, page_folder):
    driver.get_log("browser"), driver.get_log("performance")
    run = visit("trainings")
    press(driver, "npa")
    run("for (const image of document.images) image.loading = 'eager'")
    broken = "return [...document.images].filter((x) => !x.naturalWidth).length"
    WebDriverWait(driver, 20).until(lambda _: run(broken) == 0)
    assert driver.get_log("browser") == []
    sent = [json.loads(x["message"])["message"] for x in driver.get_log("performance")]
    sent = [x for x in sent if x["method"] == "Network.requestWillBeSent"]
    urls = {x["params"]["request"]["url"] for x in sent}
    own = page_folder.as_uri(), "about:", "data:", "chrome:"
    assert len(urls) > 20 and all(url.startswith(own) for url in urls)


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280, 1600])
def test_nothing_is_wider_than_the_window(visit, width):
    run = visit(width=width)
    # Nor is it cut off: what is wide can be scrolled
    cut = """return list("main :not(figure div)").filter((each) =>
        each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1 &&
        getComputedStyle(each).overflowX === "hidden").length"""
    for folds in "closed", "open":
        run("for (const x of list('details')) x.open = arguments[0]", folds == "open")
        assert run("return document.documentElement.scrollWidth") <= width
        assert run(cut) == 0
    if width == 1280:  # outputs and tables need no scrolling
        wide = "list('.prints div pre, .script table')"
        scroll = "filter((x) => x.scrollWidth > x.clientWidth)"
        assert run(f"return {wide}.{scroll}.length") == 0
    # The regions fill their rows, and all lines stand under the output
    lefts = run("return list('figure').map((each) => each.offsetLeft)")
    assert len({*lefts}) in (1, 2, 3, 6)
    output = run("return box('#step-28 .prints > div:has(+ details)')")
    lines = run("return box('#step-28 details:last-child')")
    assert lines["top"] > output["bottom"] - 1  # parts of a pixel are rounded


@pytest.mark.parametrize("table", ["#trainings", "#how-much-is-luck"])
def test_a_table_that_scrolls_keeps_its_first_column(visit, table):
    run = visit(width=390)
    first = f"return seen('{table} td')[0].getBoundingClientRect().left"
    before = run(first)
    run(f"list('{table} table')[0].scrollLeft = 9999")
    assert run(first) == before
    last = run(f"return seen('{table} tr > *').at(-1).getBoundingClientRect()")
    assert last["width"] >= 96 and last["right"] <= 390


@pytest.mark.parametrize("width", [390, 768, 1279, 1280])
def test_words_stay_beside_their_code_and_the_contents_at_hand(driver, visit, width):
    run = visit("step-20", width=width)
    run("scrollBy(0, 1500)")
    names = "notes", "code", "prints", "here"
    notes, code, prints, here = (run(f"return box('#step-20 .{x}')") for x in names)
    assert max(notes["bottom"], code["bottom"]) <= prints["top"]
    if width < 1280:
        assert notes["bottom"] <= code["top"]
    else:
        assert 0 < notes["top"] < notes["bottom"] <= 900
        assert notes["right"] <= code["left"]
    assert here["top"] == 0
    bar = run("return list('#step-20 .here')[0].innerText").split()
    assert bar[:2] == ["Step", "20"] and {"19", "21"} <= {*bar}
    # The contents scroll, and leave the page where it is
    page_at = run("return scrollY")
    driver.find_element("css selector", "nav button").click()
    contents = driver.find_element("css selector", "#contents")
    wheel = ScrollOrigin.from_element(contents)
    for _ in range(2):
        ActionChains(driver).scroll_from_origin(wheel, 0, 3000).perform()
    left = "return arguments[0].scrollHeight - arguments[0].scrollTop - 1"
    assert run(left, contents) <= run("return arguments[0].clientHeight", contents)
    assert run("return arguments[0].scrollWidth", contents) <= width
    assert run("return scrollY") == page_at
    name = driver.find_element("css selector", "#contents a[href='#concept-13']")
    assert name.text == "13 Momentum"
    name.click()
    assert place(driver) == "#concept-13" and not name.is_displayed()


# ---- Keys and code


def test_keys_lead_anywhere_and_unfold(driver, visit):
    run = visit()
    press(driver, Keys.TAB)
    here = "document.activeElement"
    assert run(f"return {here}.innerText") == "To the steps"
    assert run(f"return getComputedStyle({here}).outlineStyle") != "none"
    press(driver, Keys.ENTER)
    assert place(driver) == "#steps"
    run = visit("step-12")
    chain = ActionChains(driver).key_down(Keys.ALT).send_keys("n").key_up(Keys.ALT)
    chain.perform()  # the browser's
    assert place(driver) == "#step-12"
    for keys, there in ("n", "#step-13"), ("pp", "#step-11"):
        press(driver, keys)
        assert place(driver) == there
        assert -1 < run(f"return box('{there}').top") < 20
    driver.back()
    assert place(driver) == "#step-12"
    folds = "return list('#step-12 .code details[open]').length"
    press(driver, "a")
    assert run(folds) == run(folds.replace("[open]", "")) > 3
    press(driver, "a")
    assert run("return list('details[open]').length") == 0


@pytest.mark.parametrize("how", ["click", "key"])
def test_a_name_shows_where_it_is_used(driver, visit, how):
    run = visit("step-10.Layer_Dense.backward", width=390)  # which unfolds it
    x, y = run("""const line = document.getElementById("step-10.Layer_Dense.backward");
        const text = line.lastChild, at = text.data.indexOf("dvalues") + 2;
        const range = new Range();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        getSelection().collapse(text, at);
        const { x, y } = range.getBoundingClientRect();
        return [Math.round(x), Math.round(y)]""")
    assert 0 < y < 900
    if how == "click":
        run("getSelection().empty()")
        for kind in "mousePressed", "mouseReleased":
            event = {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}
            driver.execute_cdp_cmd("Input.dispatchMouseEvent", event)
    else:
        press(driver, "u")
    found = """return [...CSS.highlights.get("use")].map((range) =>
        range.startContainer.data.slice(range.startOffset, range.endOffset))"""
    program = STEPS[9].program.partition('"""\n')[2]
    code = "\n".join(line.partition("#")[0] for line in program.split("\n"))
    assert run(found) == ["dvalues"] * len(re.findall(r"\bdvalues\b", code))
    words = run("return list('#uses')[0].innerText")
    assert "Layer_Dense.backward 4" in words and "Activation_ReLU.backward" in words
    assert run("return document.activeElement.innerText") == "Layer_Dense.backward 4"
    # Its links leave the bar there; Escape or the next step closes it
    press(driver, Keys.ENTER)
    driver.find_element("css selector", "#uses a:last-child").click()
    assert place(driver).startswith("#step-10") and run("return seen('#uses').length")
    press(driver, Keys.ESCAPE if how == "click" else "n")
    WebDriverWait(driver, 20).until(lambda _: run("return !seen('#uses').length"))
    WebDriverWait(driver, 20).until(lambda _: run("return CSS.highlights.size") == 0)


def test_the_code_is_copied_whole(visit):
    run = visit("step-13")
    run("""navigator.clipboard.writeText = (text) => (window.copied = text);
        list("#step-13 .copy")[0].click()""")
    copied = run("return copied.trim()")
    assert copied in STEPS[12].program and copied.startswith("import matplotlib")
    assert len(copied.split("\n")) > len(STEPS[12].code)


# ---- The chart


CURVES = "return seen('.panels polyline').map((line) => line.getAttribute('class'))"
ROWS = "return seen('#trainings tr').map((row) => row.innerText.split(/\\s/)[0])"
FIRST = [f"t{number}-0" for number in range(11, 17)]
LONG = ["0", "100", "200", "500", "1,000", "1,300", "2,000", "5,000", "10,000"]


def switch(run, *names):
    for name in names:
        run(f"document.getElementById('{name}').click()")


def test_switches_show_curves_columns_and_rows_as_far_as_they_go(driver, visit):
    run = visit("trainings")
    end = "return list('.epoch').map((text) => text.textContent)"
    assert run(CURVES) == 2 * FIRST and run(ROWS) == ["epoch", *LONG]
    assert run(end) == 2 * ["epoch 10,000"]
    switch(run, "t13-0", "t28-0")
    left = [name for name in FIRST if name != "t13-0"]
    assert run(CURVES) == 2 * [*left, "t28-0"]
    assert run("return seen('#trainings td.t13-0').length") == 0
    switch(run, *left, "t28-0", "t24-0")
    assert run(CURVES) == 2 * ["t24-0"] and run(ROWS) == ["epoch", "1", "2", "5", "10"]
    assert run(end) == 2 * ["epoch 10"]
    line, panel = run("return [box('.lines .t24-0').right, box('.ticks path').right]")
    assert line == pytest.approx(panel, abs=3)
    # A step opens the chart with its own
    run = visit("step-25")
    driver.find_element("css selector", "#step-25 [data-on]").click()
    assert place(driver) == "#trainings"
    found = [f"t{number}-0{kind}" for number in (24, 25) for kind in ("", "v")]
    assert run(CURVES) == 2 * found
    looks = run("""return list("label path").map((path) => getComputedStyle(path))
        .map((style) => style.stroke + style.strokeDasharray)""")
    assert len({*looks}) == len(looks)


def test_the_slider_shows_the_regions_of_its_epoch_and_plays(driver, visit):
    run = visit("trainings")
    epoch_shown = "return list('.slider b')[0].innerText"
    said = json.loads((page.ASSETS / "regions.json").read_text())
    last = len(said["epochs"]) - 1
    for row in last, 20, 0:
        run(f"""const range = list("[type=range]")[0];
            range.value = {row};
            range.dispatchEvent(new Event("input", {{ bubbles: true }}))""")
        epoch = f"{said['epochs'][row]:,}"
        assert run(epoch_shown) == epoch
        spoken = "return list('[type=range]')[0].getAttribute('aria-valuetext')"
        assert run(spoken) == f"epoch {epoch}"
        losses = run("return list('figure output').map((each) => +each.innerText)")
        assert losses == [round(loss, 3) for loss in said["loss"][row]]
        # Of the sprite, this cell is in sight
        cell = run("return box('figure:nth-child(3) div')")
        sprite = run("return box('figure:nth-child(3) img')")
        side = cell["right"] - cell["left"]
        assert cell["left"] - sprite["left"] == pytest.approx(2 * side, abs=1)
        assert cell["top"] - sprite["top"] == pytest.approx(row * side, abs=1)
    # From the start to the end, with a pause
    button = driver.find_element("css selector", "#trainings button")
    button.click()
    WebDriverWait(driver, 20).until(lambda _: run(epoch_shown) not in ("0", "10,000"))
    button.click()
    here = run(epoch_shown)
    time.sleep(1)
    assert run(epoch_shown) == here
    button.click()
    WebDriverWait(driver, 60).until(lambda _: run(epoch_shown) == "10,000")


# ---- Other ways to read


def test_all_is_there_without_javascript(visit):
    run = visit("step-13", script=False)
    assert run(CURVES) == 2 * FIRST and run(ROWS) == ["epoch", *LONG]
    # But for what is folded, and what can't work
    hidden = """return list("main :is(p, pre, dt, li, img, h3)")
        .filter((each) => !each.closest("details, [hidden], [popover]"))
        .filter((each) => !each.getClientRects().length).length"""
    assert run(hidden) == 0 and run("return seen('.slider').length") == 0
    switch(run, "t13-0")
    assert "t13-0" not in run(CURVES)


def test_paper(driver, visit):
    run = visit(scheme="dark", media="print")
    seen = "return seen(arguments[0]).length"
    hidden = "nav", ".here i", ".slider", ".prints > div:has(+ div)", "button", "input"
    assert [css for css in hidden if run(seen, css)] == []
    assert run(seen, "fieldset label path") == len(FIRST)
    paper = "return getComputedStyle(document.body).backgroundColor"
    assert run(paper) == "rgb(255, 255, 255)"
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    how = {"transferMode": "ReturnAsStream"}
    stream = driver.execute_cdp_cmd("Page.printToPDF", how)["stream"]
    text, chunk = b"", {"eof": False}
    while not chunk["eof"]:
        chunk = driver.execute_cdp_cmd("IO.read", {"handle": stream})
        text += base64.b64decode(chunk["data"])
    pages = [int(x) for x in re.findall(rb"/Count (\d+)", text)]
    assert 50 < max(pages) <= 150

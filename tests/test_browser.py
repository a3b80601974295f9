"""The page in Chromium: keys, switches and addresses work, it fits, it can be read."""

import json
import shutil

import pytest

import page

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


@pytest.mark.parametrize("width", [320, 768, 1120, 1600])
@pytest.mark.parametrize("folds", ["closed", "open"])
def test_nothing_is_wider_than_the_window(visit, width, folds):
    run = visit(width=width)
    if folds == "open":
        run("for (const x of document.querySelectorAll('details')) x.open = true")
    assert run("return innerWidth") == width
    assert run("return document.documentElement.scrollWidth") <= width
    # Nor is it cut off: what is wide can be scrolled
    cut = """return [...document.querySelectorAll("main *")].filter((each) =>
        each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1 &&
        getComputedStyle(each).overflowX === "hidden").length"""
    assert run(cut) == 0


@pytest.mark.parametrize("width", [360, 1300])
def test_no_part_of_a_step_lies_over_another(visit, width):
    run = visit("step-13", width=width)
    run("scrollBy(0, 800)")
    parts = """return ["notes", "code", "prints"].map((name) =>
        document.querySelector(`#step-13 .${name}`).getBoundingClientRect())
        .map((box) => [box.top, box.bottom, box.left, box.right])"""
    notes, code, prints = run(parts)
    assert max(notes[1], code[1]) <= prints[0]
    assert notes[3] <= code[2] or notes[1] <= code[0]


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
    here = "return document.querySelector('nav [aria-current]').hash"
    run("dispatchEvent(new Event('scroll'))")
    assert run(here) == "#step-13"
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


def curves_shown(run):
    return run("""return [...document.querySelectorAll(".panels polyline")]
        .filter((line) => line.getClientRects().length)
        .map((line) => line.getAttribute("class"))""")


FIRST = [f"t{number}-0" for number in range(11, 17)]


def test_switches_show_and_hide_curves_and_columns(driver, visit):
    run = visit("trainings")
    column = "return document.querySelector('td.t13-0').getClientRects().length"
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
    ends = """return [".lines", ".ticks path"].map((name) =>
        document.querySelector(name).getBoundingClientRect().right)"""
    line, panel = run(ends)
    assert abs(line - panel) < 3


def test_slider_and_pointer_give_the_values(driver, visit):
    run = visit("trainings")
    value = "return document.getElementById('t13-0').parentElement.innerText"
    assert run(value).split()[-2:] == ["0.117", "0.960"]
    run("""const range = document.querySelector(".slider input");
        range.value = 10; range.dispatchEvent(new Event("input"))""")
    assert run(value).split()[-2:] == ["0.332", "0.883"]  # at epoch 1,000
    panel = driver.find_element("css selector", ".panels > svg > svg")
    ActionChains(driver).move_to_element(panel).perform()
    epoch = run("return document.querySelector('.slider b').innerText")
    printed = dict(PRINTED)[epoch]
    assert run(value).split()[-2:] == printed
    run("document.getElementById('t13-0').click()")
    assert run(value).split() == ["13", "Momentum"]


PRINTED = [
    (f"{epoch:,}", [values["loss"], values["acc"]])
    for name, _, training, _ in page.curves()
    if name == "t13-0"
    for epoch, values in training.epochs.items()
]


def test_all_is_there_without_javascript(visit):
    run = visit("step-13", script=False)
    assert curves_shown(run) == 2 * FIRST
    # But for what is folded
    hidden = """const names = "p, pre, dt, li, img, h3";
        const all = document.querySelectorAll(`main :is(${names})`);
        return [...all].filter((each) => !each.closest("details"))
            .filter((each) => !each.getClientRects().length).length"""
    assert run(hidden) == 0
    assert run("return document.querySelector('.slider').getClientRects().length") == 0
    assert run("return document.querySelector('nav [aria-current]')") is None
    run("document.getElementById('t13-0').click()")
    assert "t13-0" not in curves_shown(run)


def test_paper_has_no_navigation_and_is_light(visit):
    run = visit(scheme="dark", media="print")
    assert (
        run("return getComputedStyle(document.querySelector('nav')).display") == "none"
    )
    paper = run("return getComputedStyle(document.body).backgroundColor")
    assert int(paper[4:].split(",")[0]) > 240
    assert run(
        "return getComputedStyle(document.querySelector('.code')).overflowX"
    ) == ("visible")


def test_focus_is_seen(driver, visit):
    run = visit()
    press(driver, Keys.TAB)
    focus = """const here = document.activeElement;
        return [here.innerText, getComputedStyle(here).outlineStyle]"""
    text, outline = run(focus)
    assert text == "To the steps" and outline != "none"
    press(driver, Keys.ENTER)
    assert place(driver) == "#steps"

const all = (selector, where = document) => [...where.querySelectorAll(selector)];
const one = (selector, where = document) => where.querySelector(selector);
const contents = one("#contents");
const links = all("a", contents);
const places = links.map((link) => one(link.hash));

// The place at the top of the window, as its number in the contents
function current() {
  return places.findLastIndex((each) => each.getBoundingClientRect().top < innerHeight / 4);
}

contents.addEventListener("toggle", () => {
  const here = links[current()];
  for (const link of links) link.ariaCurrent = link === here ? "true" : null;
  here.scrollIntoView({ block: "nearest" });
});
contents.addEventListener("click", () => contents.hidePopover());
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const here = current();
  const next = places[here + { n: 1, p: -1 }[event.key]];
  if (next) location.hash = next.id;
  if (event.key === "Escape") hideUses();
  const folds = event.key === "a" ? all("details", places[here]) : [];
  const open = folds.some((fold) => !fold.open);
  for (const fold of folds) fold.open = open;
});

// The code: copied whole, and where a name is used
const lines = (section) => all(".code pre > :not(del)", section);
for (const button of navigator.clipboard ? all(".copy") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const texts = lines(button.closest("section")).map((line) => line.textContent);
    await navigator.clipboard.writeText(texts.join(""));
    button.textContent = "Copied";
  });
}

const uses = one("#uses");
const NO_NAME = ".c, .s, .k, .m";
function hideUses() {
  uses.hidden = true;
  CSS.highlights?.delete("use");
}

function nameAt({ clientX, clientY }) {
  const { offsetNode, offset } = document.caretPositionFromPoint?.(clientX, clientY) ?? {};
  if (!offsetNode?.data || offsetNode.parentElement.matches(NO_NAME)) return "";
  const start = offsetNode.data.slice(0, offset).search(/\w*$/);
  return offsetNode.data.slice(start).match(/^([a-z_]\w*)?/i)[0];
}

// Yields the texts of a section's code with the part that each belongs to
function* names(section) {
  let part;
  for (const line of lines(section)) {
    const indented = /^[\s)\]}]/.test(line.textContent);
    part = line.id || (indented ? part : section.id);
    const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
      if (!texts.currentNode.parentElement.matches(NO_NAME)) yield [texts.currentNode, part];
  }
}

function showUses(event) {
  hideUses();
  const name = getSelection().isCollapsed && nameAt(event);
  if (!name) return;
  const [ranges, parts] = [[], new Map()];
  for (const [text, part] of names(event.currentTarget.closest("section")))
    for (const { index } of text.data.matchAll(new RegExp(`\\b${name}\\b`, "g"))) {
      const range = { startContainer: text, startOffset: index, endContainer: text };
      ranges.push(new StaticRange({ ...range, endOffset: index + name.length }));
      parts.set(part, (parts.get(part) ?? 0) + 1);
    }
  if (globalThis.Highlight) CSS.highlights.set("use", new Highlight(...ranges));
  uses.textContent = `${name}: ${ranges.length}`;
  for (const [id, count] of parts) {
    const link = document.createElement("a");
    link.href = `#${id}`;
    link.textContent = `${id.split(".").slice(1).join(".") || "the program"} ${count}`;
    uses.append(" ", link);
  }
  uses.hidden = false;
}
for (const code of all(".code")) code.addEventListener("click", showUses);

// How the steps learn: one slider for the regions and the curves, which follows the
// pointer too. Most happens early, so it has more room there
const chart = one("#trainings");
const data = JSON.parse(one("script", chart).textContent);
const slider = one("[type=range]", chart);
const play = one("button", chart);
const switches = all("fieldset input", chart);
const epochs = ({ id }) => Object.keys(data.values[id]).map(Number);
let last, timer;

function show() {
  const share = (slider.value / 100) ** 2.5;
  const epoch = Math.round(share * last);
  one(".slider b").textContent = epoch.toLocaleString("en");
  for (const line of all(".at", chart)) line.setAttribute("d", `M${share * 460} 0v240`);
  for (const box of switches) {
    const near = epochs(box).findLast((each) => each <= epoch);
    const there = box.checked && near >= 0 && epoch <= epochs(box).at(-1);
    one("output", box.parentElement).value = there ? data.values[box.id][near] : "";
  }
  const row = data.epochs.findLastIndex((each) => each <= epoch);
  one(".regions").style.setProperty("--row", row);
  all("figure output").forEach((each, column) => (each.value = data.loss[row][column].toFixed(3)));
}

// What is switched on gets a style that no other has, while there are some
function dress(box) {
  const style = ({ id }) => one(`polyline.${id}`).dataset.style;
  const taken = switches.filter((each) => each.checked && each !== box).map(style);
  const free = [..."0123456"].find((each) => !taken.includes(each)) ?? style(box);
  for (const line of all(`svg .${box.id}`)) line.dataset.style = free;
}

// The chart goes as far as the longest training
function scale() {
  const on = switches.filter((box) => box.checked);
  last = Math.max(1, ...on.flatMap(epochs));
  for (const lines of all(".lines")) lines.setAttribute("transform", `scale(${10000 / last} 1)`);
  all(".epoch").forEach((tick, number) => {
    tick.textContent = (((number % 3) / 2) * last).toLocaleString("en");
  });
  const filled = on.map(({ id }) => `td.${id}:not(:empty)`).join() || "td";
  for (const row of all("tr:has(.numbers td)", chart)) row.hidden = !one(filled, row);
  show();
}

function stop() {
  timer = clearInterval(timer);
  play.textContent = "Play";
}

play.addEventListener("click", () => {
  if (timer) return stop();
  if (+slider.value === 100) slider.value = 0;
  play.textContent = "Pause";
  timer = setInterval(() => {
    slider.value = +slider.value + 1;
    show();
    if (+slider.value === 100) stop();
  }, 100);
});
slider.addEventListener("input", show);
chart.addEventListener("change", ({ target }) => {
  if (target.checked) dress(target);
  scale();
});
for (const link of all("[data-on]"))
  link.addEventListener("click", () => {
    const on = link.dataset.on.split(" ");
    for (const box of switches) box.checked = on.includes(box.id) && !dress(box);
    scale();
  });
for (const panel of all(".panels > svg"))
  panel.addEventListener("pointermove", ({ clientX }) => {
    const { left, width } = panel.getBoundingClientRect();
    const share = (((clientX - left) / width) * 540 - 42) / 460;
    slider.value = 100 * Math.max(0, share) ** (1 / 2.5);
    show();
  });
for (const hint of all(".keys, .slider")) hint.hidden = false;
scale();

const all = (selector, where = document) => [...where.querySelectorAll(selector)];
const one = (selector, where = document) => where.querySelector(selector);
const contents = one("#contents");
const links = all("a", contents);
const places = links.map((link) => one(link.hash));

// The place at the top of the window, as its number in the contents
function current() {
  return places.findLastIndex((each) => each.getBoundingClientRect().top < innerHeight / 4);
}

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
const recorded = JSON.parse(one("script", chart).textContent);
const slider = one("[type=range]", chart);
const play = one("button", chart);
const switches = all("fieldset input", chart);
let last, timer;

// The points of a training as texts: [[epoch, loss, accuracy], ...]
const points = Object.fromEntries(switches.map(({ id }) => {
  const [loss, acc] = all(`polyline.${id}`).map((line) => line.getAttribute("points").split(" "));
  return [id, loss.map((point, n) => [...point.split(","), acc[n].split(",")[1]])];
}));

function show() {
  const share = (slider.value / 100) ** 2.5;
  const epoch = Math.round(share * last);
  one(".slider b").textContent = epoch.toLocaleString("en");
  for (const line of all(".at")) line.setAttribute("d", `M${share * 460} 0v240`);
  for (const box of switches) {
    const near = points[box.id].findLast(([each]) => each <= epoch) ?? [];
    const there = box.checked && epoch <= points[box.id].at(-1)[0];
    one("output", box.parentElement).value = there ? near.slice(1).join(" ") : "";
  }
  const row = recorded.epochs.findLastIndex((each) => each <= epoch);
  one(".regions").style.setProperty("--row", row);
  const losses = recorded.loss[row];
  all("figure output").forEach((each, column) => (each.value = losses[column].toFixed(3)));
}

// The chart goes as far as the longest training that is on, and each that is on has a
// style of its own while there are some
function draw() {
  const on = switches.filter((box) => box.checked);
  last = Math.max(1, ...on.map(({ id }) => points[id].at(-1)[0]));
  const taken = new Set();
  for (const { id } of on) {
    const lines = all(`svg .${id}`);
    const styles = [lines[0].dataset.style, ..."0123456"];
    const free = styles.find((style) => !taken.has(style)) ?? styles[0];
    taken.add(free);
    for (const line of lines) line.dataset.style = free;
  }
  for (const lines of all("svg.lines")) lines.viewBox.baseVal.width = last;
  all(".epoch").forEach((tick, number) => {
    tick.textContent = (((number % 3) / 2) * last).toLocaleString("en");
  });
  const filled = on.map(({ id }) => `td.${id}:not(:empty)`).join() || "td";
  for (const row of all(".numbers tr:has(td)", chart)) row.hidden = !one(filled, row);
  show();
}

function stop() {
  timer = clearInterval(timer);
  play.textContent = "Play";
}

function move() {
  slider.value = +slider.value + 1;
  show();
  if (+slider.value === 100) stop();
}

play.addEventListener("click", () => {
  if (timer) return stop();
  if (+slider.value === 100) slider.value = 0;
  play.textContent = "Pause";
  timer = setInterval(move, 100);
});
slider.addEventListener("input", show);
chart.addEventListener("change", draw);
for (const link of all("[data-on]"))
  link.addEventListener("click", () => {
    for (const box of switches) box.checked = link.dataset.on.split(" ").includes(box.id);
    draw();
  });
for (const panel of all(".panels > svg"))
  panel.addEventListener("pointermove", ({ clientX }) => {
    const { left, width } = panel.getBoundingClientRect();
    const share = (((clientX - left) / width) * 540 - 42) / 460;
    slider.value = 100 * Math.max(0, share) ** (1 / 2.5);
    show();
  });
for (const hint of all(".keys, .slider")) hint.hidden = false;
draw();

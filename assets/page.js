const all = (selector, where = document) => [...where.querySelectorAll(selector)];
const contents = document.querySelector("#contents");
const links = all("a", contents);
const places = links.map((link) => document.querySelector(link.hash));

// The place at the top of the window, as its number in the contents
function current() {
  return places.findLastIndex((each) => each.getBoundingClientRect().top < innerHeight / 4);
}

function mark() {
  const here = links[current()];
  for (const link of links) link.ariaCurrent = link === here ? "true" : null;
  here.scrollIntoView({ block: "nearest" });
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const here = current();
  const next = places[here + { n: 1, p: -1 }[event.key]];
  if (next) location.hash = next.id;
  if (event.key === "Escape") hideUses();
  const folds = event.key === "a" ? all("details", places[here]) : [];
  const open = folds.some((fold) => !fold.open);
  for (const fold of folds) fold.open = open;
}

for (const hint of all(".keys, .slider")) hint.hidden = false;
contents.addEventListener("toggle", mark);
contents.addEventListener("click", () => contents.hidePopover());
addEventListener("keydown", press);

// The code: copied whole, and where a name is used
for (const button of navigator.clipboard ? all(".copy") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const lines = all(".code pre > :not(del)", button.closest("section"));
    await navigator.clipboard.writeText(lines.map((line) => line.textContent).join(""));
    button.textContent = "Copied";
  });
}

const uses = document.querySelector("#uses");
const NO_NAME = ".c1, .s1, .s2, .sd, .sa, .se, .k, .kn, .kc, .ow, .mi, .mf";

function hideUses() {
  uses.hidden = true;
  CSS.highlights?.delete("use");
}

function nameAt({ clientX, clientY }) {
  const { offsetNode, offset } = document.caretPositionFromPoint?.(clientX, clientY) ?? {};
  if (!offsetNode?.data || offsetNode.parentElement.closest(NO_NAME)) return "";
  const start = offsetNode.data.slice(0, offset).search(/\w*$/);
  return offsetNode.data.slice(start).match(/^([a-z_]\w*)?/i)[0];
}

function showUses(event) {
  const name = getSelection().isCollapsed && nameAt(event);
  hideUses();
  if (!name) return;
  const section = event.currentTarget.closest("section");
  const [ranges, parts] = [[], new Map()];
  let part;
  for (const line of all(".code pre > :not(del)", section)) {
    if (line.id) part = line.id;
    else if (/^[^\s)\]}#]/.test(line.textContent)) part = section.id;
    const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      if (node.parentElement.closest(NO_NAME)) continue;
      for (const { index } of node.data.matchAll(new RegExp(`\\b${name}\\b`, "g"))) {
        const [startOffset, endOffset] = [index, index + name.length];
        ranges.push(new StaticRange({ startContainer: node, startOffset, endContainer: node, endOffset }));
        parts.set(part, (parts.get(part) ?? 0) + 1);
      }
    }
  }
  if (globalThis.Highlight) CSS.highlights.set("use", new Highlight(...ranges));
  uses.replaceChildren(`${name}: ${ranges.length} times`);
  for (const [id, count] of parts) {
    const link = document.createElement("a");
    link.href = `#${id}`;
    link.textContent = `${id.split(".").slice(1).join(".") || "the program"} ${count}`;
    uses.append(link);
  }
  uses.hidden = false;
}
for (const code of all(".code")) code.addEventListener("click", showUses);

// The regions: one row of the picture for each epoch
const learn = document.querySelector(".regions");
const [regionData, chartData] = all("#trainings script").map((each) => JSON.parse(each.textContent));
const [regionSlider, range] = all("#trainings [type=range]");
const play = document.querySelector("#trainings button");
let timer;

function showRegions() {
  const row = +regionSlider.value;
  learn.style.setProperty("--row", row);
  regionSlider.parentElement.querySelector("b").textContent = regionData.epochs[row].toLocaleString("en");
  all("output", learn).forEach((each, column) => {
    each.value = regionData.loss[row][column].toFixed(3);
  });
}

function stop() {
  clearInterval(timer);
  timer = undefined;
  play.textContent = "Play";
}

play.addEventListener("click", () => {
  if (timer) return stop();
  const last = regionData.epochs.length - 1;
  if (+regionSlider.value === last) regionSlider.value = 0;
  play.textContent = "Pause";
  timer = setInterval(() => {
    showRegions();
    if (+regionSlider.value === last) return stop();
    regionSlider.value = +regionSlider.value + 1;
  }, 200);
});
regionSlider.addEventListener("input", () => {
  stop();
  showRegions();
});

// The chart: its slider follows the pointer; it goes as far as the longest training
const chart = document.querySelector("#trainings");
const switches = all("fieldset input", chart);
const epochs = ({ id }) => Object.keys(chartData[id]).map(Number);
let last;

function show() {
  const epoch = Math.round((range.value / 100) * last);
  range.parentElement.querySelector("b").textContent = epoch.toLocaleString("en");
  for (const line of all(".at", chart)) line.setAttribute("d", `M${range.value * 4.6} 0v240`);
  for (const box of switches) {
    const near = epochs(box).findLast((each) => each <= epoch);
    const there = box.checked && near >= 0 && epoch <= epochs(box).at(-1);
    box.parentElement.querySelector("output").value = there ? chartData[box.id][near] : "";
  }
}

// What is switched on gets a style that no other has
function style(box) {
  const others = switches.filter((each) => each.checked && each !== box);
  const taken = others.map(({ id }) => chart.querySelector(`polyline.${id}`).dataset.style);
  const free = ["0", "1", "2", "3", "4", "5", "6"].find((each) => !taken.includes(each));
  for (const line of all(`svg .${box.id}`, chart)) line.dataset.style = free ?? line.dataset.style;
}

function scale() {
  const on = switches.filter((box) => box.checked);
  last = Math.max(1, ...on.flatMap(epochs));
  for (const lines of all(".lines", chart))
    lines.setAttribute("transform", `scale(${10000 / last} 1)`);
  all(".epoch", chart).forEach((tick, number) => {
    tick.textContent = (((number % 3) / 2) * last).toLocaleString("en");
  });
  const shown = on.map(({ id }) => `td.${id}:not(:empty)`).join() || "td";
  for (const row of all(".numbers tr:has(td)", chart)) row.hidden = !row.querySelector(shown);
  show();
}

function only(names) {
  for (const box of switches) box.checked = false;
  for (const box of switches.filter(({ id }) => names.includes(id))) {
    box.checked = true;
    style(box);
  }
  scale();
}

range.addEventListener("input", show);
chart.addEventListener("change", (event) => {
  if (event.target.checked) style(event.target);
  scale();
});
for (const link of all("[data-on]"))
  link.addEventListener("click", () => only(link.dataset.on.split(" ")));
for (const panel of all(".panels > svg", chart))
  panel.addEventListener("pointermove", (event) => {
    const { left, width } = panel.getBoundingClientRect();
    range.value = (((event.clientX - left) / width) * 540 - 42) / 4.6;
    show();
  });
scale();

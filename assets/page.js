const all = (selector, where = document) => [...where.querySelectorAll(selector)];
const one = (selector, where = document) => where.querySelector(selector);
const sections = all("section[id]");

one("#contents").addEventListener("click", (event) => event.currentTarget.hidePopover());
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const near = (each) => each.getBoundingClientRect().top < innerHeight / 4;
  const here = sections.findLastIndex(near);
  const next = sections[here + { n: 1, p: -1 }[event.key]];
  if (next) location.hash = next.id;
  const folds = event.key === "a" ? all("details", sections[here]) : [];
  const open = folds.some((fold) => !fold.open);
  for (const fold of folds) fold.open = open;
  if (event.key === "u") showUses();
});

// The code: copied whole, and where a name is used
const lines = (section) => all(".code pre > :not(del)", section);
for (const button of all(".copy"))
  button.addEventListener("click", async () => {
    const texts = lines(button.closest("section")).map((line) => line.textContent);
    await navigator.clipboard.writeText(texts.join(""));
    button.textContent = "Copied";
  });

const uses = one("#uses");
uses.addEventListener("toggle", ({ newState }) => {
  if (newState === "closed") CSS.highlights?.delete("use");
});
addEventListener("hashchange", ({ newURL }) => {
  if (!all("a", uses).some((link) => link.href === newURL)) uses.hidePopover();
});

// What of a line can be names: what has a colour is none, but for (d) what is defined
const texts = (line) => [...line.childNodes]
  .filter((child) => !child.matches?.(".c, .s, .k, .m"))
  .map((child) => child.firstChild ?? child);

// Show where the name at the caret is used, and in which parts
function showUses() {
  const { anchorNode: node, anchorOffset: at } = getSelection();
  const line = node?.parentElement?.closest(".code pre > *");
  if (!line || !texts(line).includes(node)) return;
  const start = node.data.slice(0, at).search(/\w*$/);
  const [name] = node.data.slice(start).match(/^[a-z_]\w*/i) ?? [];
  if (!name) return;
  const section = line.closest("section");
  const [ranges, parts] = [[], new Map()];
  let part;
  for (const each of lines(section)) {
    if (each.id || /^\w/.test(each.textContent)) part = each.id || section.id;
    for (const text of texts(each))
      for (const { index } of text.data.matchAll(new RegExp(`\\b${name}\\b`, "g"))) {
        const range = { startContainer: text, startOffset: index, endContainer: text };
        ranges.push(new StaticRange({ ...range, endOffset: index + name.length }));
        parts.set(part, (parts.get(part) ?? 0) + 1);
      }
  }
  CSS.highlights?.set("use", new Highlight(...ranges));
  uses.textContent = `${name}: ${ranges.length}`;
  for (const [id, count] of parts) {
    const link = document.createElement("a");
    link.href = `#${id}`;
    link.textContent = `${id.split(".").slice(1).join(".") || "the program"} ${count}`;
    uses.append(" ", link);
  }
  uses.showPopover();
  one("a", uses).focus();
}
for (const code of all(".code"))
  code.addEventListener("click", ({ clientX, clientY }) => {
    if (!getSelection().isCollapsed) return;
    const caret = document.caretPositionFromPoint?.(clientX, clientY);
    if (caret) getSelection().collapse(caret.offsetNode, caret.offset);
    showUses();
  });

// How the steps learn: a slider over the recorded epochs, and the curves that are on
const chart = one("#trainings");
const recorded = JSON.parse(one("script", chart).textContent);
const slider = one("[type=range]", chart);
let timer;

function show() {
  const row = slider.value;
  const epoch = recorded.epochs[row];
  one("b", slider.parentElement).textContent = epoch.toLocaleString("en");
  slider.ariaValueText = slider.parentElement.textContent.trim();
  one(".regions").style.setProperty("--row", row);
  all("figure output").forEach((each, n) => (each.value = recorded.loss[row][n].toFixed(3)));
  // The chart goes as far as the longest training that is on
  const last = Math.max(1, ...all("input:checked", chart).map((box) => box.value));
  for (const lines of all("svg.lines")) lines.viewBox.baseVal.width = last;
  for (const text of all(".epoch")) text.textContent = "epoch " + last.toLocaleString("en");
  const place = `M${Math.min(1, epoch / last) * 460} 0v240`;
  for (const line of all(".at")) line.setAttribute("d", place);
}

function move() {
  slider.stepUp();
  show();
  if (slider.value === slider.max) timer = clearInterval(timer);
}

one("button", chart).addEventListener("click", () => {
  if (slider.value === slider.max) slider.value = 0;
  if (timer) timer = clearInterval(timer);
  else timer = setInterval(move, 250);
});
chart.addEventListener("input", show);
for (const link of all("[data-on]"))
  link.addEventListener("click", () => {
    const on = link.dataset.on.split(" ");
    for (const box of all("fieldset input")) box.checked = on.includes(box.id);
    show();
  });
for (const each of all("[hidden]")) each.hidden = false;
show();

const all = (selector, where = document) => [...where.querySelectorAll(selector)];
const links = all("nav a");
const places = links.map((link) => document.querySelector(link.hash));

// The place at the top of the window, as its number in the contents
function current() {
  return places.findLastIndex((each) => each.getBoundingClientRect().top < innerHeight / 4);
}

function follow() {
  const here = links[current()];
  if (here.ariaCurrent) return;
  for (const link of links) link.ariaCurrent = link === here ? "true" : null;
  const nav = here.closest("nav"); // scrolls on its own where it stands at the side
  nav.scrollTop = here.offsetTop - nav.clientHeight / 2;
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const here = current();
  const next = places[here + { n: 1, p: -1 }[event.key]];
  if (next) location.hash = next.id;
  const folds = event.key === "a" ? all("details", places[here]) : [];
  const open = folds.some((fold) => !fold.open);
  for (const fold of folds) fold.open = open;
}

document.querySelector(".keys").hidden = false;
addEventListener("scroll", follow);
addEventListener("keydown", press);
addEventListener("load", follow);

// The chart: its slider follows the pointer; it goes as far as the longest training
const chart = document.querySelector("#trainings");
const values = JSON.parse(chart.querySelector("script").textContent);
const slider = chart.querySelector(".slider");
const range = slider.control;
const switches = all("fieldset input", chart);
const epochs = ({ id }) => Object.keys(values[id]).map(Number);
let last;
function show() {
  const epoch = Math.round((range.value / 100) * last);
  slider.querySelector("b").textContent = epoch.toLocaleString("en");
  for (const line of all(".at", chart)) line.setAttribute("d", `M${range.value * 4.6} 0v240`);
  for (const box of switches) {
    const near = epochs(box).findLast((each) => each <= epoch);
    const there = box.checked && near >= 0 && epoch <= epochs(box).at(-1);
    box.parentElement.querySelector("output").value = there ? values[box.id][near] : "";
  }
}
function scale() {
  last = Math.max(1, ...switches.filter((box) => box.checked).flatMap(epochs));
  for (const lines of all(".lines", chart))
    lines.setAttribute("transform", `scale(${10000 / last} 1)`);
  all(".epoch", chart).forEach((tick, number) => {
    tick.textContent = (((number % 3) / 2) * last).toLocaleString("en");
  });
  show();
}
slider.hidden = false;
range.addEventListener("input", show);
chart.addEventListener("change", scale);
for (const panel of all(".panels > svg", chart))
  panel.addEventListener("pointermove", (event) => {
    const { left, width } = panel.getBoundingClientRect();
    range.value = (((event.clientX - left) / width) * 540 - 42) / 4.6;
    show();
  });
scale();

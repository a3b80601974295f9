const all = (selector, where = document) => [...where.querySelectorAll(selector)];
const links = all("nav a");
const places = links.map((link) => document.querySelector(link.hash));

// The place at the top of the window, as its number in the contents
function current() {
  return places.findLastIndex((each) => each.getBoundingClientRect().top < innerHeight / 4);
}

function follow() {
  const here = links[current()];
  if (!here || here.ariaCurrent) return;
  for (const link of links) link.ariaCurrent = link === here ? "true" : null;
  const nav = here.closest("nav"); // scrolls on its own where it stands at the side
  nav.scrollTop = here.offsetTop - nav.clientHeight / 2;
}
addEventListener("scroll", follow, { passive: true });
follow();

// What is folded opens for an address inside
function unfold() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const closed = place?.closest("details:not([open])");
  if (closed) {
    closed.open = true;
    place.scrollIntoView();
  }
}
addEventListener("hashchange", unfold);
unfold();

document.querySelector(".keys").hidden = false;
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const here = current();
  const next = places[here + { n: 1, p: -1 }[event.key]];
  if (next) location.hash = next.id;
  if (event.key !== "a") return;
  const folds = all(".code details", places[here]);
  const open = folds.some((each) => !each.open);
  for (const fold of folds) fold.open = open;
});

// ---- The chart

const chart = document.getElementById("trainings");
const values = JSON.parse(chart.querySelector("script").textContent);
const slider = chart.querySelector(".slider");
const range = slider.querySelector("input");
const switches = all("fieldset input", chart);
const epochsOf = (name) => Object.keys(values[name]).map(Number);
let last = 10000; // epoch, at the right side

function show() {
  const epoch = (range.value / 100) * last;
  slider.querySelector("b").textContent = Math.round(epoch).toLocaleString("en");
  for (const line of all(".at", chart)) line.setAttribute("d", `M${range.value * 4.6} 0v240`);
  for (const box of switches) {
    const known = epochsOf(box.id);
    const near = known.reduce((a, b) => (Math.abs(b - epoch) < Math.abs(a - epoch) ? b : a));
    const there = box.checked && epoch <= known.at(-1);
    const text = there ? values[box.id][near] : "";
    box.parentElement.querySelector("output").textContent = text;
  }
}

function scale() {
  const on = switches.filter((box) => box.checked);
  last = Math.max(...on.map((box) => epochsOf(box.id).at(-1)), 1);
  for (const lines of all(".lines", chart))
    lines.setAttribute("transform", `scale(${10000 / last} 1)`);
  for (const panel of all(".panels > svg", chart))
    all(".epoch", panel).forEach((tick, n) => {
      tick.textContent = ((n / 2) * last).toLocaleString("en");
    });
  show();
}

slider.hidden = false;
range.addEventListener("input", show);
chart.addEventListener("change", scale);
for (const panel of all(".panels > svg", chart))
  panel.addEventListener("pointermove", (event) => {
    const { left, width } = panel.getBoundingClientRect();
    const x = ((event.clientX - left) / width) * 540 - 42;
    range.value = (x / 460) * 100;
    show();
  });
scale();

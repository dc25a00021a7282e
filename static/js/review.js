/* The review page by keyboard: one key an action, j and k for the neighbours, f for the findings. */

import { registerShortcuts } from "./shortcuts.js";

const page = document.querySelector("[data-review]");

const places = [...document.querySelectorAll("[data-finding]")];
let place = -1;

function nextFinding() {
  if (!places.length) return;
  place = (place + 1) % places.length;
  for (const mark of document.querySelectorAll(".mark[data-current]")) delete mark.dataset.current;
  const mark = document.querySelector(places[place].hash);
  if (mark) mark.dataset.current = "";
  places[place].focus();
  mark?.scrollIntoView({ block: "nearest" });
}

if (page) {
  registerShortcuts([
    { key: "f", label: page.dataset.labelFinding, run: nextFinding },
    {
      key: "d",
      label: page.dataset.labelDifference,
      run: () => document.querySelector("#panel .tabs__tab")?.click(),
    },
    { key: "q", label: page.dataset.labelBack, run: () => location.assign(page.dataset.back) },
  ]);
}

// After "r" a digit chooses the reason.
const rejection = document.querySelector("[data-reject]");
document.addEventListener("keydown", (event) => {
  if (!rejection || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = rejection.closest("details");
  if (event.key === "Escape") {
    for (const drop of document.querySelectorAll("[data-drop][open]")) drop.open = false;
    return;
  }
  if (document.body.dataset.shortcuts === "off" || !box.open) return;
  if (event.target.closest("input:not([type=hidden]), textarea")) return;
  const reason = rejection.querySelector(`[data-digit="${CSS.escape(event.key)}"]`);
  if (!reason) return;
  event.preventDefault();
  reason.click();
});

// One drop-down at a time.
for (const drop of document.querySelectorAll("[data-drop]")) {
  drop.addEventListener("toggle", () => {
    if (!drop.open) return;
    for (const other of document.querySelectorAll("[data-drop][open]")) {
      if (other !== drop) other.open = false;
    }
  });
}

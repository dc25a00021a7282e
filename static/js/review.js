/* The queue and the review page by keyboard and at hand: keys for rows and findings, edit in place,
   a sentence lights up its facts. Buttons and links name their own keys (shortcuts.js). */

import { registerShortcuts } from "./shortcuts.js";

const page = document.querySelector("[data-review]");
const queue = document.querySelector("[data-queue]");

const links = [...document.querySelectorAll("[data-finding]")];
let place = -1;

function nextFinding() {
  if (!links.length) return;
  place = (place + 1) % links.length;
  for (const mark of document.querySelectorAll(".mark[data-current]")) delete mark.dataset.current;
  const mark = document.querySelector(links[place].hash);
  if (mark) mark.dataset.current = "";
  links[place].focus();
  mark?.scrollIntoView({ block: "nearest" });
}

// Edit in place: the text area takes the place of the text, and gives it back.
const editor = document.getElementById("edit");
const area = editor?.querySelector("textarea");

function showEditor(isOpen) {
  editor.hidden = !isOpen;
  document.getElementById("marked-text").hidden = isOpen;
  document.getElementById("findings").hidden = isOpen;
  if (!isOpen) {
    document.querySelector("[data-edit-open]")?.focus();
    return;
  }
  area.focus();
  editor.scrollIntoView({ block: "nearest" });
}

if (editor) {
  document.querySelector("[data-edit-open]")?.addEventListener("click", (event) => {
    event.preventDefault();
    showEditor(true);
  });
  editor.querySelector("[data-edit-close]").addEventListener("click", (event) => {
    event.preventDefault();
    showEditor(false);
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) showEditor(false);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      area.form.requestSubmit(area.form.querySelector("[value=save]"));
    }
  });
  // What was typed before a reload came back (keep.js): show it.
  if (area.value !== area.defaultValue) showEditor(true);
}

// Point at a sentence or move to it, and the facts that it speaks of light up; and the other way.
function light(sentence, isOn) {
  for (const number of sentence.dataset.facts.split(" ")) {
    for (const fact of document.querySelectorAll(`[data-fact="${CSS.escape(number)}"]`)) {
      fact.toggleAttribute("data-lit", isOn);
    }
  }
}

for (const sentence of document.querySelectorAll(".sentence[data-facts]")) {
  for (const name of ["mouseenter", "focusin"]) sentence.addEventListener(name, () => light(sentence, true));
  for (const name of ["mouseleave", "focusout"]) sentence.addEventListener(name, () => light(sentence, false));
}

for (const fact of document.querySelectorAll("[data-fact]")) {
  const show = (isOn) => {
    for (const sentence of document.querySelectorAll(".sentence[data-facts]")) {
      const isIts = sentence.dataset.facts.split(" ").includes(fact.dataset.fact);
      if (isIts) sentence.toggleAttribute("data-lit", isOn);
    }
  };
  fact.addEventListener("mouseenter", () => show(true));
  fact.addEventListener("mouseleave", () => show(false));
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
  const button = document.querySelector("[data-next-finding]");
  if (button) {
    button.hidden = !links.length;
    button.addEventListener("click", nextFinding);
  }
}

// The rows of the queue: j and k go through them, x ticks one, Enter opens it.
if (queue) {
  const rows = [...queue.querySelectorAll("[data-row]")];
  const go = (step) => {
    const at = rows.indexOf(document.activeElement.closest("tr")?.querySelector("[data-row]"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  registerShortcuts([
    { key: "j", label: queue.dataset.labelDown, run: () => go(1) },
    { key: "k", label: queue.dataset.labelUp, run: () => go(-1) },
    {
      key: "x",
      label: queue.dataset.labelTick,
      run: () => document.activeElement.closest("tr")?.querySelector("[type=checkbox]")?.click(),
    },
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

/* Cmd/Ctrl K: go to any page of the navigation, or to what a page marks with data-palette. */

import { registerShortcuts } from "./shortcuts.js";

const dialog = document.getElementById("palette");
const input = document.getElementById("palette-input");
const list = document.getElementById("palette-list");
const none = dialog?.querySelector("[data-palette-none]");
const keyName = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘ K" : "Ctrl K";
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

let shown = [];
let current = 0;

function targets() {
  const seen = new Set();
  return [...document.querySelectorAll("a.nav__link[href], [data-palette]")]
    .map((element) => ({ element, label: element.dataset.palette || element.textContent.trim() }))
    .filter(({ label }) => label && !seen.has(label) && seen.add(label));
}

function mark(place) {
  current = Math.max(0, Math.min(place, shown.length - 1));
  [...list.children].forEach((option, index) => {
    option.setAttribute("aria-selected", String(index === current));
    if (index === current) option.scrollIntoView({ block: "nearest" });
  });
  if (shown.length) input.setAttribute("aria-activedescendant", `palette-option-${current}`);
  else input.removeAttribute("aria-activedescendant");
}

function choose(place) {
  const target = shown[place]?.element;
  if (!target) return;
  dialog.close();
  target.click();
}

function filter() {
  const wanted = plain(input.value);
  shown = targets().filter(({ label }) => plain(label).includes(wanted));
  list.replaceChildren(
    ...shown.map(({ label }, index) => {
      const option = document.createElement("li");
      option.id = `palette-option-${index}`;
      option.className = "palette__option";
      option.setAttribute("role", "option");
      option.textContent = label;
      option.addEventListener("click", () => choose(index));
      return option;
    }),
  );
  none.hidden = shown.length > 0;
  list.hidden = shown.length === 0;
  mark(0);
}

function open() {
  if (dialog.open || document.querySelector("dialog[open]")) return;
  input.value = "";
  filter();
  dialog.showModal();
  input.focus();
}

if (dialog) {
  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      mark(current + steps[event.key]);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      choose(current);
    }
  });
  for (const button of document.querySelectorAll("[data-palette-open]")) {
    button.querySelector("[data-palette-key]").textContent = keyName;
    button.addEventListener("click", open);
  }
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (document.body.dataset.shortcuts === "off") return;
    event.preventDefault();
    open();
  });
  registerShortcuts([{ key: keyName, label: document.body.dataset.keyPalette, run: open }]);
}

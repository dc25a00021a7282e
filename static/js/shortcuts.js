/* Single keys, off in text fields and for people who switched them off; "?" lists them. */

const shortcuts = new Map();
const sheet = document.getElementById("shortcuts");
const names = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

const isTyping = (target) =>
  target.isContentEditable || target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");

/* Each shortcut: {key, label, run}. A key registered again is replaced. */
export function registerShortcuts(list) {
  for (const shortcut of list) shortcuts.set(shortcut.key, shortcut);
}

function row({ key, label }) {
  const line = document.createElement("div");
  const term = document.createElement("dt");
  const meaning = document.createElement("dd");
  const keyboard = document.createElement("kbd");
  keyboard.textContent = names[key] || key;
  meaning.textContent = label;
  term.append(keyboard);
  line.append(term, meaning);
  return line;
}

export function toggleHelp() {
  if (!sheet) return;
  if (sheet.open) {
    sheet.close();
    return;
  }
  sheet.querySelector("[data-shortcuts-list]").replaceChildren(...[...shortcuts.values()].map(row));
  sheet.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.body.dataset.shortcuts === "off" || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") && event.key !== "?") return;
  const shortcut = shortcuts.get(event.key);
  if (!shortcut) return;
  event.preventDefault();
  shortcut.run(event);
});

// Links, buttons and summaries with data-key name their key; pressing it is clicking them. What a
// summary opens gets the focus.
function pressed(element) {
  if (element.tagName !== "SUMMARY") {
    element.click();
    return;
  }
  element.parentElement.open = true;
  const first = element.parentElement.querySelector("textarea, button, input:not([type=hidden])");
  first?.focus();
  first?.scrollIntoView({ block: "nearest" });
}

registerShortcuts(
  [...document.querySelectorAll("a[data-key], button[data-key], summary[data-key]")].map((element) => ({
    key: element.dataset.key,
    label: element.dataset.keyLabel || element.textContent.trim(),
    run: () => pressed(element),
  })),
);

for (const button of document.querySelectorAll("[data-shortcuts-open]")) {
  button.hidden = false;
  button.addEventListener("click", toggleHelp);
}

registerShortcuts([{ key: "?", label: document.body.dataset.keyHelp, run: toggleHelp }]);

/* Single keys, off in text fields and for people who switched them off; "?" lists them. */

const shortcuts = new Map();
let sheet = null;

const isTyping = (target) =>
  target.isContentEditable || target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");

export function registerShortcuts(list) {
  for (const shortcut of list) shortcuts.set(shortcut.key, shortcut);
}

function help() {
  if (sheet?.open) {
    sheet.close();
    return;
  }
  sheet?.remove();
  sheet = document.createElement("dialog");
  sheet.className = "dialog shortcuts";
  const title = document.createElement("h2");
  title.id = "shortcuts-title";
  title.textContent = document.querySelector("[data-shortcuts-title]")?.dataset.shortcutsTitle || "?";
  sheet.setAttribute("aria-labelledby", title.id);
  const list = document.createElement("dl");
  list.className = "shortcuts__list";
  for (const { key, label } of shortcuts.values()) {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const keyboard = document.createElement("kbd");
    keyboard.textContent = key === "ArrowDown" ? "↓" : key;
    term.append(keyboard);
    const meaning = document.createElement("dd");
    meaning.textContent = label;
    row.append(term, meaning);
    list.append(row);
  }
  const close = document.createElement("form");
  close.method = "dialog";
  const button = document.createElement("button");
  button.className = "button";
  button.textContent = document.querySelector("[data-shortcuts-close]")?.dataset.shortcutsClose || "OK";
  close.append(button);
  sheet.append(title, list, close);
  document.body.append(sheet);
  sheet.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.body.dataset.shortcuts === "off" || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") && event.key !== "?") return;
  if (event.key === "?" && shortcuts.size) {
    event.preventDefault();
    help();
    return;
  }
  const shortcut = shortcuts.get(event.key);
  if (!shortcut) return;
  event.preventDefault();
  shortcut.run(event);
});

for (const button of document.querySelectorAll("[data-shortcuts-open]")) {
  button.hidden = false;
  button.addEventListener("click", help);
}

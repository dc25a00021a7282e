/* What every page needs: confirmations, errors of htmx, self-submitting selects, menus, copying. */

import "./palette.js";
import { registerShortcuts } from "./shortcuts.js";
import "./theme.js";

const page = document.body;
const BUSY_MS = 8000; // A download never leaves the page, so that its button must come back by itself.

export function toast(text) {
  const note = document.createElement("div");
  note.className = "toast";
  const words = document.createElement("p");
  words.className = "toast__text";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--quiet";
  close.textContent = page.dataset.close;
  close.addEventListener("click", () => note.remove());
  note.append(words, close);
  document.getElementById("toasts")?.append(note);
  setTimeout(() => note.remove(), 12000);
}

function confirmDialog(question) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("#confirm-question").textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

// A form with data-confirm, or one sent by a button with it, asks first. Captured before htmx
// sees the event, so that nothing is sent until the answer is yes.
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    const submitter = event.submitter;
    const question = submitter?.dataset.confirm || form.dataset.confirm;
    if (!question || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!(await confirmDialog(question))) return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.confirmed;
  },
  true,
);

// A form is on its way once: a second press while it is sent does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  if (event.submitter) event.submitter.dataset.busy = "";
  setTimeout(() => ready(form), BUSY_MS);
});

function ready(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-busy]")) delete button.dataset.busy;
}

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(ready));

for (const select of document.querySelectorAll("[data-auto-submit]")) {
  select.form.querySelector("[data-auto-submit-button]")?.setAttribute("hidden", "");
  select.addEventListener("change", () => select.form.requestSubmit());
}

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => toast(page.dataset.failed));
}
document.addEventListener("htmx:responseError", (event) => {
  const isExpired = [401, 403].includes(event.detail.xhr.status);
  toast(isExpired ? page.dataset.expired : page.dataset.refused);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  toast(page.dataset.copied);
});

document.querySelector("[data-focus]")?.focus();

// Menus close when something else is pressed, or by Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// On narrow screens the menu starts closed; without JavaScript it stays open.
const nav = document.querySelector("[data-nav]");
const narrow = matchMedia("(max-width: 56rem)");
const fold = () => nav?.toggleAttribute("open", !narrow.matches);
narrow.addEventListener("change", fold);
fold();
nav?.setAttribute("data-ready", "");

const search = document.querySelector('form[role="search"] input, input[type="search"]');
if (search) {
  registerShortcuts([{ key: "/", label: page.dataset.keySearch, run: () => search.select() }]);
}

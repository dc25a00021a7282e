/* What every page needs: confirmations, errors of htmx, self-submitting selects, the menu. */

const page = document.body;

function toast(text) {
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  document.getElementById("toasts")?.append(note);
  setTimeout(() => note.remove(), 8000);
}

function confirmDialog(question) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const text = document.createElement("p");
  text.id = "confirm-question";
  text.textContent = question;
  dialog.setAttribute("aria-labelledby", text.id);
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "cluster";
  for (const [value, label, style] of [
    ["yes", page.dataset.continue, "button button--danger"],
    ["no", page.dataset.cancel, "button button--quiet"],
  ]) {
    const button = document.createElement("button");
    button.value = value;
    button.className = style;
    button.textContent = label;
    form.append(button);
  }
  dialog.append(text, form);
  page.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

// A form with data-confirm, or one sent by a button with it, asks first.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm || form.dataset.confirm;
  if (!question || form.dataset.confirmed) return;
  event.preventDefault();
  const submitter = event.submitter;
  if (!(await confirmDialog(question))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(submitter);
  delete form.dataset.confirmed;
});

for (const select of document.querySelectorAll("[data-auto-submit]")) {
  select.form.querySelector("[data-auto-submit-button]")?.setAttribute("hidden", "");
  select.addEventListener("change", () => select.form.requestSubmit());
}

for (const event of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(event, () => toast(page.dataset.failed));
}

document.querySelector("[data-focus]")?.focus();

// On narrow screens the menu starts closed; without JavaScript it stays open.
const menu = document.querySelector("[data-nav]");
const narrow = matchMedia("(max-width: 56rem)");
const fold = () => menu?.toggleAttribute("open", !narrow.matches);
narrow.addEventListener("change", fold);
fold();

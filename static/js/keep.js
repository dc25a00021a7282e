/* Keep what is typed in forms with data-keep, so that a reload, a lost connection or an expired
   log-in loses nothing. It lives in this tab only and goes when the form is sent and accepted. */

const keyOf = (form) => `keep:${location.pathname}:${form.id || form.action}`;

function read(form) {
  const values = [];
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.type === "password") continue;
    if (field.type === "file" || field.closest("[data-keep-skip]")) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      values.push([field.name, field.value, field.checked]);
    } else if ("value" in field && field.tagName !== "BUTTON") {
      values.push([field.name, field.value, null]);
    }
  }
  return values;
}

function write(form, values) {
  const places = new Map();
  for (const [name, value, checked] of values) {
    const fields = [...form.elements].filter((field) => field.name === name);
    if (checked === null) {
      const place = places.get(name) || 0;
      places.set(name, place + 1);
      if (fields[place] && "value" in fields[place]) fields[place].value = value;
    } else {
      const field = fields.find((one) => one.value === value);
      if (field) field.checked = checked;
    }
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  for (const area of form.querySelectorAll("textarea")) {
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

for (const form of document.querySelectorAll("form[data-keep]")) {
  const key = keyOf(form);
  const blank = JSON.stringify(read(form));
  const kept = sessionStorage.getItem(key);
  // A page that came back with errors already holds what was sent.
  if (kept && kept !== blank && !document.querySelector(".form-errors, [data-keep-drop]")) {
    write(form, JSON.parse(kept));
    const note = document.createElement("p");
    note.className = "notice notice--info";
    note.setAttribute("role", "status");
    note.textContent = document.body.dataset.restored;
    form.prepend(note);
  }
  form.addEventListener("input", () => sessionStorage.setItem(key, JSON.stringify(read(form))));
  form.addEventListener("submit", () => sessionStorage.setItem("keep:sent", key));
}

// The form was sent and the server answered with another page: what was kept is saved there. The
// log-in page is no answer, and a page with the same form means that it has to be sent again.
const sent = sessionStorage.getItem("keep:sent");
if (sent && !document.querySelector("input[name=username]")) {
  const isBack = [...document.querySelectorAll("form[data-keep]")].some((form) => keyOf(form) === sent);
  if (!isBack) sessionStorage.removeItem(sent);
  sessionStorage.removeItem("keep:sent");
}

// Who signs out leaves nothing behind for the next person at this screen.
for (const form of document.querySelectorAll("form[data-keep-forget]")) {
  form.addEventListener("submit", () => {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith("keep:")) sessionStorage.removeItem(key);
    }
  });
}

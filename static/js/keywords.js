/* Turn a text area of words into chips. The text area stays in the form and holds the truth, so
   that the server sees the same with and without this module. */

const SEPARATORS = /[,;\n\r]+/;

function parsed(text) {
  const words = new Map();
  for (const part of text.split(SEPARATORS)) {
    const word = part.trim().replace(/\s+/g, " ");
    if (word && !words.has(word.toLowerCase())) words.set(word.toLowerCase(), word);
  }
  return [...words.values()];
}

class Chips {
  constructor(area) {
    this.area = area;
    this.list = document.createElement("span");
    this.list.className = "keywords-chips__list";
    this.input = document.createElement("input");
    this.input.className = "keywords-chips__input";
    this.input.type = "text";
    // The label, the summary of errors and its links lead to what can be seen.
    this.input.id = area.id;
    area.id = `${area.id}-words`;
    this.input.autocomplete = "off";
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (area.hasAttribute(name)) this.input.setAttribute(name, area.getAttribute(name));
    }
    this.box = document.createElement("div");
    this.box.className = "keywords-chips";
    this.box.append(this.list, this.input);
    area.after(this.box);
    area.hidden = true;
    this.listen();
    this.render();
  }

  listen() {
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("input", (event) => {
      event.stopPropagation();
      if (SEPARATORS.test(this.input.value)) this.take();
    });
    this.input.addEventListener("change", (event) => event.stopPropagation());
    this.input.addEventListener("blur", () => this.take());
    this.input.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text");
      if (!SEPARATORS.test(text)) return;
      event.preventDefault();
      this.input.value += text;
      this.take();
    });
    this.box.addEventListener("click", (event) => {
      if (event.target === this.box || event.target === this.list) this.input.focus();
    });
    // What was typed is brought back after a reload by writing into the text area.
    this.area.addEventListener("input", () => this.render());
    this.area.form.addEventListener("submit", () => this.take());
  }

  onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && this.input.value.trim()) {
      event.preventDefault();
      this.take();
    } else if (event.key === "Enter") {
      event.preventDefault();
    } else if (event.key === "Backspace" && !this.input.value) {
      const words = parsed(this.area.value);
      if (words.length) this.write(words.slice(0, -1));
    }
  }

  take() {
    if (!this.input.value.trim()) return;
    const words = parsed(`${this.area.value}\n${this.input.value}`);
    this.input.value = "";
    this.write(words);
  }

  write(words) {
    this.area.value = words.join(", ");
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  render() {
    this.list.replaceChildren(...parsed(this.area.value).map((word) => this.chip(word)));
  }

  chip(word) {
    const text = document.createElement("bdi");
    text.textContent = word;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "keywords-chips__remove";
    remove.textContent = "×";
    remove.setAttribute("aria-label", `${this.area.dataset.chips} ${word}`);
    remove.addEventListener("click", () => {
      this.write(parsed(this.area.value).filter((other) => other !== word));
      this.input.focus();
    });
    const chip = document.createElement("span");
    chip.className = "chip";
    chip.append(text, remove);
    return chip;
  }
}

for (const area of document.querySelectorAll("textarea[data-chips]")) new Chips(area);

/* Count the characters of a text while it is typed, as the server counts them: by code point. */

for (const line of document.querySelectorAll("[data-count-for]")) {
  const field = document.getElementById(line.dataset.countFor);
  const value = line.querySelector("[data-count-value]");
  const hint = Number(field.dataset.countHint || 0);

  const show = () => {
    const count = [...field.value].length;
    value.textContent = String(count);
    line.classList.toggle("catalogue-count--over", hint > 0 && count > hint);
  };

  field.addEventListener("input", show);
  show();
}

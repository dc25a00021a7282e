/* Tick all rows of a page at once. Ticks travel to the server by htmx on every change. */

for (const form of document.querySelectorAll("[data-selection]")) {
  const all = form.querySelector("[data-selection-page]");
  const boxes = () => [...form.querySelectorAll('input[type="checkbox"][name="product"]')];

  const follow = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  };

  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
  });
  form.addEventListener("change", follow);
  follow();
}

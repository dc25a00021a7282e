/* Tick all rows of a page at once. The page says where the ticks go. */

for (const form of document.querySelectorAll("[data-selection]")) {
  const all = form.querySelector("[data-selection-page]");
  const boxes = () => [...form.querySelectorAll("tbody input[type=checkbox]")];

  const follow = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  };

  all.hidden = false;
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
  });
  form.addEventListener("change", follow);
  follow();
}

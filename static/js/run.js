/* What a run does, for those who listen to the page: said once each time it changes. The fragment of
   the progress is no live region: it is swapped each second, and each word that grows would be said. */

const said = document.getElementById("run-said");

function state() {
  const words = document.querySelector("[data-run-state]")?.textContent ?? "";
  return words.replace(/\s+/g, " ").trim();
}

let last = state();

document.addEventListener("htmx:afterSettle", () => {
  const now = state();
  if (now === last) return;
  last = now;
  said.textContent = now;
});

// Keys on the case page: m merges with the likeliest same matter, n says that it is another one.
// The panel says which case it is; the page tells what was done.
const SAME = { m: "[data-merge]", n: "[data-apart]" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!Object.hasOwn(SAME, event.key) || event.target.closest("input, select, textarea")) return;
  const button = document.querySelector(`#case-same ${SAME[event.key]}`);
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
});

// One key on the case page: m merges with the likeliest same matter. The panel says which it is.
document.addEventListener("keydown", (event) => {
  if (event.key !== "m" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, select, textarea")) return;
  const button = document.querySelector("#case-same [data-merge]");
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
});

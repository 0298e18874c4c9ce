// The worklist by keyboard: j and k walk the rows, a accepts the suggestion, m merges with the
// likely same case, Enter opens the case.
// The queue is swapped whole when news comes, so the row one stands on is kept by its id.
let here = null;

const rows = () => [...document.querySelectorAll("#queue [data-row]")];

function stand(row) {
  if (!row) return;
  here = row.id;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function walk(steps) {
  const all = rows();
  const at = all.findIndex((row) => row.id === here);
  stand(all[at < 0 ? 0 : Math.min(Math.max(at + steps, 0), all.length - 1)]);
}

function press(row, what) {
  const button = row?.querySelector(what);
  if (!button) return;
  const all = rows();
  const next = all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1];
  here = next ? next.id : null; // the row leaves the queue; stand on its neighbour
  button.form.requestSubmit(button);
}

const ACTS = {
  j: () => walk(1),
  k: () => walk(-1),
  a: (row) => press(row, "[data-accept]"),
  m: (row) => press(row, "[data-merge]"),
  Enter: (row) => row?.querySelector("[data-open]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const inside = event.target.closest("input, select, textarea, button, a, summary");
  if (inside && (event.key === "Enter" || inside.matches("input, select, textarea"))) return;
  const act = ACTS[event.key];
  if (!act) return;
  event.preventDefault();
  act(document.getElementById(here) ?? event.target.closest("[data-row]"));
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("#queue [data-row]");
  if (row) here = row.id;
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const queue = document.getElementById("queue");
  if (event.detail.target.id !== "queue" || !here) return;
  if (document.activeElement !== document.body && !queue.contains(document.activeElement)) return;
  const row = document.getElementById(here);
  if (!row?.contains(document.activeElement)) row?.focus(); // who stands on something in it stays there
});

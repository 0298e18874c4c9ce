// Parts of a page that come anew with news: none is dropped, and nobody loses their place to one.

// Whoever has opened something or writes must not lose it to news: neither to a refresh that is
// about to be asked for, nor to one asked for before and only now come back. It is made up for
// as soon as nothing is open any more.
const late = new Set();
const isHeld = (fragment) => Boolean(fragment.querySelector("details[open], input:focus, select:focus, textarea:focus"));

function hold(event, refuse) {
  const news = event.detail.requestConfig?.triggeringEvent?.type ?? "";
  const fragment = event.detail.target;
  if (!news.startsWith("live:") || !isHeld(fragment)) return;
  late.add(fragment);
  refuse();
}

function makeUp() {
  for (const fragment of [...late].filter((one) => !isHeld(one))) {
    late.delete(fragment);
    if (!fragment.isConnected) continue;
    // Asked for directly: it has waited long enough.
    window.htmx.ajax("GET", fragment.getAttribute("hx-get"), { source: fragment, event: new Event("live:missed") });
  }
}

// News of a part reach its fragments at most once in `data-every` seconds, and the last of them
// always does. The library's own throttle drops what comes within it, and a fragment that replaces
// itself forgets when it was asked for; so when each was is kept here, by its id.
const BUSY_MS = 250;
const asked = new Map();
const due = new Set();

function tell(id, news) {
  const fragment = document.getElementById(id);
  // What is asked for meanwhile waits on the element that is about to be replaced, and goes with it.
  if (fragment?.classList.contains("htmx-request")) return void setTimeout(tell, BUSY_MS, id, news);
  due.delete(id);
  asked.set(id, Date.now());
  fragment?.dispatchEvent(new CustomEvent(news));
}

function soon(fragment, news) {
  const { id } = fragment;
  if (due.has(id)) return;
  due.add(id);
  const next = (asked.get(id) ?? 0) + 1000 * Number(fragment.dataset.every);
  setTimeout(tell, Math.max(0, next - Date.now()), id, news);
}

for (const part of (document.body.dataset.parts ?? "").split(" ").filter(Boolean)) {
  const news = `live:${part}`;
  document.body.addEventListener(news, () => document.querySelectorAll(`[hx-trigger*="${news}"]`).forEach((one) => soon(one, news)));
}

// Whoever walks by keyboard stands on something: on the same of the new part, when the part comes.
// The library sees to what has an id of its own, which the links and buttons of a list have not.
let stood = null;

function marks(one) {
  const what = one.getAttribute("href") ?? one.form?.getAttribute("action") ?? one.textContent.trim();
  return [one.tagName, what, one.name, one.value].join("\n");
}

function remember({ detail }) {
  const at = document.activeElement;
  const home = at?.parentElement?.closest("[id]");
  const leaves = home && detail.shouldSwap && !at.id && detail.target.contains(at);
  stood = leaves ? { home: home.id, kind: at.tagName, marks: marks(at) } : null;
}

function standAgain() {
  if (!stood || document.activeElement !== document.body) return;
  const within = document.getElementById(stood.home)?.querySelectorAll(stood.kind) ?? [];
  [...within].find((one) => marks(one) === stood.marks)?.focus({ preventScroll: true });
  stood = null;
}

document.body.addEventListener("htmx:beforeRequest", (event) => hold(event, () => event.preventDefault()));
document.body.addEventListener("htmx:beforeSwap", (event) => hold(event, () => { event.detail.shouldSwap = false; }));
document.body.addEventListener("htmx:beforeSwap", remember);
document.body.addEventListener("htmx:afterSwap", standAgain);
for (const name of ["toggle", "focusout"]) document.addEventListener(name, () => setTimeout(makeUp), true);

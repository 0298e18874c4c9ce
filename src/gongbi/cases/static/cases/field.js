// The field: what is done goes into a queue and from there to the city, signal or none.
import { all, drop, freshId, keep, outlives } from "./field-queue.js";
import { shrunk } from "./shrink.js";

const bar = document.getElementById("field");
const words = bar.dataset;
const NEXT = { accept: "accepted", arrive: "on_site", declare: "sent", return: "sent" };
const FORMS = "#tasks form, #found-form";
const RETRY_MS = 20_000;
const PATIENCE_MS = 30_000; // for words; a picture has as long again for each half megabyte
const BYTES_A_PATIENCE = 500_000;
const CUT_OFF = new Map(); // how often each was: over a weak signal the next try has longer
let acts = [];
let taken = 0; // by the city, since the page was opened
let takenAsAsked = 0;

const list = () => document.getElementById("tasks");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
const verbOf = (form) => form.dataset.field ?? form.getAttribute("action").split("/").at(-1);

/* --- what is waiting shows on its card, and the card goes on as if it were done --- */
function stateOf(card) {
  const mine = acts.filter((one) => one.task === card.dataset.number && one.state === "waiting");
  const moved = mine.filter((one) => one.verb in NEXT).at(-1);
  return { state: moved ? NEXT[moved.verb] : card.dataset.state, stands: moved && words[moved.verb], waiting: mine.length };
}

function overlay() {
  for (const card of list().querySelectorAll("[data-task]")) {
    const { state, stands, waiting } = stateOf(card);
    const label = card.querySelector("[data-stands]");
    label.dataset.city ??= label.textContent;
    label.textContent = stands ?? label.dataset.city;
    for (const part of card.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
    const note = card.querySelector("[data-waiting]");
    note.hidden = !waiting;
  }
  tell();
}

function tell() {
  const waiting = acts.filter((one) => one.state === "waiting").length;
  const many = waiting === 1 ? words.one : words.many.replace("{n}", waiting);
  bar.querySelector("[data-said]").textContent = waiting ? `${navigator.onLine ? "" : `${words.offline} `}${many}` : navigator.onLine ? "" : words.offlineNone;
  bar.querySelector("[data-send]").hidden = !waiting;
  bar.hidden = !waiting && navigator.onLine && !acts.length;
  showRefused();
}

function showRefused() {
  const place = bar.querySelector("[data-refused]");
  place.replaceChildren();
  for (const one of acts.filter((act) => act.state === "refused")) {
    const made = document.getElementById("refused-template").content.cloneNode(true);
    made.querySelector("[data-number]").textContent = one.number;
    made.querySelector("[data-verb]").textContent = one.name;
    made.querySelector("[data-error]").textContent = one.error;
    made.querySelector("[data-words]").textContent = one.fields.words ?? "";
    made.querySelector("[data-photo]").hidden = !one.photo;
    made.querySelector("[data-settle=note]").hidden = Boolean(one.gone || one.verb === "found"); // no longer this unit's to write on
    const mendable = Boolean(one.lacks && formOf(one));
    made.querySelector("[data-settle=mend]").hidden = !mendable;
    made.querySelector("[data-settle=again]").hidden = mendable; // the same again would be refused again
    for (const button of made.querySelectorAll("button")) button.addEventListener("click", () => settle(one, button.dataset.settle));
    place.append(made);
  }
}

/** The form a refused act came from, as long as its card is on the list and offers it. */
function formOf(one) {
  if (one.verb === "found") return document.getElementById("found-form");
  const form = list().querySelector(`[data-task][data-number="${one.task}"] details form[action$="/${one.verb}"]`);
  return form?.closest("details").hidden ? null : form;
}

/** Its words and photo go back into that form, opened; it is kept until the mended one is in the queue. */
function mend(one) {
  const form = formOf(one);
  for (const field of form.querySelectorAll("input:not([type=hidden], [type=file]), textarea, select")) {
    const said = one.fields[field.name];
    if (["radio", "checkbox"].includes(field.type)) field.checked = said === field.value;
    else field.value = said ?? "";
  }
  if (one.photo) {
    const held = new DataTransfer();
    held.items.add(new File([one.photo], "photo.jpg", { type: one.photo.type }));
    form.elements.photo.files = held.files;
    form.elements.photo.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (one.verb === "found") form.dispatchEvent(new CustomEvent("field:at", { detail: one.fields })); // where it was found
  form.dataset.mends = one.order;
  form.closest("details").open = true;
  (form.elements[one.lacks] ?? form.elements.words).focus();
}

/** What becomes of a refused act: mended, tried again, kept as a note on the case, or thrown away. */
async function settle(one, how) {
  if (how === "mend") return mend(one);
  if (how === "drop") await drop(one.order);
  else if (how === "again") await keep({ ...one, state: "waiting", id: freshId() });
  else await keep({ ...one, state: "waiting", id: freshId(), verb: "note", fields: { on_task: one.task, words: [one.name, one.fields.words].filter(Boolean).join(": ") } });
  await refresh();
  if (how !== "drop") send();
  return undefined;
}

/* --- into the queue --- */
/** What the city would refuse is asked for while the worker still stands there. */
function ask(form) {
  if (!form) return;
  const { words: said, photo, declared, where } = form.elements;
  if (photo && "needed" in photo.dataset) photo.required = declared.value === "done";
  if (verbOf(form) === "note") said.required = !photo.files.length;
  if (where) where.required = !form.elements.lon.value && !form.elements.code?.value.trim();
  for (const one of [said, photo, where]) one?.setCustomValidity(""); // said of the form as it was before
}

async function take(event) {
  const form = event.target.closest(FORMS);
  if (!form) return;
  event.preventDefault();
  ask(form);
  if (!form.reportValidity() || form.dataset.taking) return;
  form.dataset.taking = "yes"; // pressed twice it is taken once
  try { await queue(form); } finally { delete form.dataset.taking; }
  send();
}

/** As it was said, at once: what takes time, such as a smaller picture, is done on the way out. */
async function queue(form) {
  const said = new FormData(form);
  const card = form.closest("[data-task]");
  const photo = said.get("photo");
  const fields = Object.fromEntries([...said].filter(([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "seen", "next", "once"].includes(name)));
  await keep({
    id: freshId(), person: words.person, task: card?.dataset.number ?? "", number: card?.dataset.case ?? "",
    verb: verbOf(form), name: (form.closest("details")?.querySelector("summary") ?? form.querySelector("button")).textContent.trim(), fields,
    photo: photo?.size ? photo : null, at: new Date().toISOString(), state: "waiting",
  });
  if (form.dataset.mends) await drop(Number(form.dataset.mends));
  delete form.dataset.mends;
  form.reset();
  form.closest("details")?.removeAttribute("open");
  await refresh();
}

/* --- out of the queue: in order, one by one, each once --- */
async function post(one) {
  const body = new FormData();
  for (const [name, value] of Object.entries(one.fields)) body.append(name, value);
  body.append("action_id", one.id);
  body.append("verb", one.verb);
  body.append("did_at", one.at);
  if (one.photo) body.append("photo", one.photo, "photo.jpg");
  const enough = new AbortController();
  const hangs = setTimeout(() => enough.abort(), PATIENCE_MS * (1 + (one.photo?.size ?? 0) / BYTES_A_PATIENCE) * 2 ** Math.min(CUT_OFF.get(one.order) ?? 0, 4));
  try {
    return await fetch(words.sync, { method: "POST", body, headers: { "X-CSRFToken": token() }, redirect: "manual", signal: enough.signal });
  } finally { clearTimeout(hangs); }
}

/** With its picture made small, which is kept: another try begins there. */
async function small(one) {
  if (!one.photo || one.small) return one;
  const made = { ...one, photo: await shrunk(one.photo), small: true };
  await keep(made);
  return made;
}

/** "sent" also where it was refused, for a refusal is an answer; "later"; or "stop": nothing can be sent now. */
async function sendOne(whole) {
  const one = await small(whole);
  let answer;
  try { answer = await post(one); } catch { CUT_OFF.set(one.order, (CUT_OFF.get(one.order) ?? 0) + 1); return "later"; }
  if (answer.ok) { standsAs(one); taken += 1; await drop(one.order); return "sent"; }
  if (answer.type === "opaqueredirect" || answer.status === 403) { bar.querySelector("[data-said]").textContent = words.signIn; return "stop"; }
  if (answer.status >= 500 || answer.status === 429) return "later";
  const said = await answer.json().catch(() => ({ error: words.failed }));
  await keep({ ...one, state: "refused", error: said.error, lacks: answer.status === 422 && said.field, gone: answer.status === 404 });
  return "sent";
}

/** Taken, and the list has not come anew yet: the card must not fall back, least of all under an open form. */
function standsAs(one) {
  for (const card of list().querySelectorAll("[data-task]")) {
    if (card.dataset.number !== one.task || !(one.verb in NEXT)) continue;
    card.dataset.state = NEXT[one.verb];
    card.querySelector("[data-stands]").dataset.city = words[one.verb];
  }
}

/* Words go on one way and pictures on another, so that one that hangs holds up nobody's words; what was done
   on one case goes in its order all the same. */
const busy = { words: false, pictures: false };
const send = () => Promise.all(Object.keys(busy).map(run));

async function run(way) {
  if (busy[way]) return;
  busy[way] = true;
  let any = false;
  const later = new Set();
  try {
    for (let next = first(way, later); next; next = first(way, later)) {
      const how = await sendOne(next);
      if (how === "sent") any = true;
      else if (how === "stop" || way === "words") break;
      else later.add(next.order);
      await refresh();
      if (how === "sent") run(way === "words" ? "pictures" : "words"); // what came after it may go now
    }
  } finally { busy[way] = false; }
  if (any) document.body.dispatchEvent(new CustomEvent("live:cases"));
}

const waiting = () => acts.filter((one) => one.state === "waiting");

/** The next of those that are the first of their case. */
function first(way, later) {
  const heads = new Map();
  for (const one of waiting()) if (!heads.has(one.number || one.id)) heads.set(one.number || one.id, one);
  return [...heads.values()].find((one) => Boolean(one.photo) === (way === "pictures") && !later.has(one.order));
}

async function refresh() {
  acts = await all(words.person);
  overlay();
}

/* --- leaving the phone --- */
function signOut(event) {
  if (!event.target.matches('form[action="/sign-out/"]')) return;
  if (acts.length && !window.confirm(words.leaving)) { event.preventDefault(); return; }
  navigator.serviceWorker?.controller?.postMessage("forget");
}

document.addEventListener("submit", take);
// The browser refuses by itself what was asked before: asked anew at each choice, or "not possible" would stay shut.
document.addEventListener("change", (event) => ask(event.target.closest(FORMS)));
document.addEventListener("submit", signOut);
// A list asked for before the city took something does not know of it; another is asked for once all is sent.
const onList = (act) => (event) => { if (event.detail.target.id === "tasks") act(event); };
document.body.addEventListener("htmx:beforeRequest", onList(() => { takenAsAsked = taken; }));
document.body.addEventListener("htmx:beforeSwap", onList((event) => { if (taken !== takenAsAsked) event.detail.shouldSwap = false; }));
document.body.addEventListener("htmx:afterSwap", onList(overlay));
bar.querySelector("[data-send]").addEventListener("click", send);
window.addEventListener("online", () => { tell(); send(); });
window.addEventListener("offline", tell);
document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
setInterval(() => { if (waiting().length) send(); }, RETRY_MS);
if ("serviceWorker" in navigator) navigator.serviceWorker.register(words.worker).catch(() => null);
bar.querySelector("[data-memory]").hidden = await outlives();
await refresh();
send();

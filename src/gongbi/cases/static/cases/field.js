// The field: what is done goes into a queue and from there to the city, signal or none.
import { all, drop, freshId, keep, outlives } from "./field-queue.js";

const bar = document.getElementById("field");
const words = bar.dataset;
const NEXT = { accept: "accepted", arrive: "on_site", declare: "sent", return: "sent" };
const RETRY_MS = 20_000;
let sending = false;
let acts = [];

const list = () => document.getElementById("tasks");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
const verbOf = (form) => form.dataset.field ?? form.getAttribute("action").split("/").at(-1);

/* --- what is waiting shows on its card, and the card goes on as if it were done --- */
function stateOf(card) {
  const mine = acts.filter((one) => one.task === card.dataset.number && one.state === "waiting");
  const state = mine.reduce((now, one) => NEXT[one.verb] ?? now, card.dataset.state);
  return { state, waiting: mine.length };
}

function overlay() {
  for (const card of list().querySelectorAll("[data-task]")) {
    const { state, waiting } = stateOf(card);
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
    made.querySelector("[data-settle=note]").hidden = Boolean(one.gone); // no longer this unit's to write on
    for (const button of made.querySelectorAll("button")) button.addEventListener("click", () => settle(one, button.dataset.settle));
    place.append(made);
  }
}

/** What becomes of a refused act: tried again, kept as a note on the case, or thrown away. */
async function settle(one, how) {
  if (how === "drop") await drop(one.order);
  else if (how === "again") await keep({ ...one, state: "waiting", id: freshId() });
  else await keep({ ...one, state: "waiting", id: freshId(), verb: "note", fields: { on_task: one.task, words: [one.name, one.fields.words].filter(Boolean).join(": ") } });
  await refresh();
  if (how !== "drop") send();
}

/* --- into the queue --- */
async function take(event) {
  const form = event.target.closest("#tasks form");
  if (!form) return;
  event.preventDefault();
  if (!form.reportValidity()) return;
  const said = new FormData(form);
  const card = form.closest("[data-task]");
  const photo = said.get("photo");
  const fields = Object.fromEntries([...said].filter(([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "seen", "next"].includes(name)));
  await keep({
    id: freshId(), person: words.person, task: card.dataset.number, number: card.dataset.case,
    verb: verbOf(form), name: (form.closest("details")?.querySelector("summary") ?? form.querySelector("button")).textContent.trim(), fields,
    photo: photo?.size ? photo : null, at: new Date().toISOString(), state: "waiting",
  });
  form.reset();
  form.closest("details")?.removeAttribute("open");
  await refresh();
  send();
}

/* --- out of the queue: in order, one by one, each once --- */
async function post(one) {
  const body = new FormData();
  for (const [name, value] of Object.entries(one.fields)) body.append(name, value);
  body.append("action_id", one.id);
  body.append("verb", one.verb);
  body.append("did_at", one.at);
  if (one.photo) body.append("photo", one.photo, "photo.jpg");
  return fetch(words.sync, { method: "POST", body, headers: { "X-CSRFToken": token() }, redirect: "manual" });
}

/** True when the next may be sent: a refusal is an answer, no signal is not. */
async function sendOne(one) {
  let answer;
  try { answer = await post(one); } catch { return false; }
  if (answer.ok) { standsAs(one); await drop(one.order); return true; }
  if (answer.type === "opaqueredirect" || answer.status === 403) { bar.querySelector("[data-said]").textContent = words.signIn; return false; }
  if (answer.status >= 500 || answer.status === 429) return false;
  const said = await answer.json().catch(() => ({ error: words.failed }));
  await keep({ ...one, state: "refused", error: said.error, gone: answer.status === 404 });
  return true;
}

/** Taken, and the list has not come anew yet: the card must not fall back, least of all under an open form. */
function standsAs(one) {
  for (const card of list().querySelectorAll("[data-task]")) {
    if (card.dataset.number === one.task) card.dataset.state = NEXT[one.verb] ?? card.dataset.state;
  }
}

async function send() {
  if (sending) return;
  sending = true;
  let any = false;
  try {
    for (let [next] = waiting(); next; [next] = waiting()) {
      if (!(await sendOne(next))) break;
      any = true;
      await refresh();
    }
  } finally { sending = false; }
  if (any) document.body.dispatchEvent(new CustomEvent("live:cases"));
}

const waiting = () => acts.filter((one) => one.state === "waiting");

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
document.addEventListener("submit", signOut);
document.body.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "tasks") overlay(); });
bar.querySelector("[data-send]").addEventListener("click", send);
window.addEventListener("online", () => { tell(); send(); });
window.addEventListener("offline", tell);
document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
setInterval(() => { if (waiting().length) send(); }, RETRY_MS);
if ("serviceWorker" in navigator) navigator.serviceWorker.register(words.worker).catch(() => null);
bar.querySelector("[data-memory]").hidden = await outlives();
await refresh();
send();

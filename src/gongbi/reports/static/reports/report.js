// The report page: a draft that survives, a position by button or tap, one sending for two taps.
const form = document.querySelector("[data-report]");
const DRAFT = "gongbi-report-draft";
const SENT = "gongbi-report-sent";
const KEPT = ["words", "place_words"];

// At the counter somebody else's words are typed: they go with the tab, and into no other person's page.
function store(action) {
  try { return action("counter" in (form?.dataset ?? {}) ? sessionStorage : localStorage); } catch { return null; } // storage may be forbidden
}

/* --- draft: words stay in this browser until they are sent --- */
function readDraft() {
  return JSON.parse(store((s) => s.getItem(DRAFT)) || "null") || {};
}

function keepDraft() {
  const draft = Object.fromEntries(KEPT.map((name) => [name, form.elements[name].value]));
  const any = Object.values(draft).some(Boolean);
  store((s) => (any ? s.setItem(DRAFT, JSON.stringify(draft)) : s.removeItem(DRAFT)));
}

function bringBackDraft() {
  const draft = readDraft();
  const empty = KEPT.every((name) => !form.elements[name].value);
  if (!empty || !Object.values(draft).some(Boolean)) return;
  for (const name of KEPT) form.elements[name].value = draft[name] ?? "";
  form.querySelector("[data-draft]").hidden = false;
  form.elements.words.dispatchEvent(new Event("input", { bubbles: true }));
}

function dropDraft() {
  store((s) => s.removeItem(DRAFT));
  for (const name of KEPT) form.elements[name].value = "";
  form.querySelector("[data-draft]").hidden = true;
  form.elements.words.focus();
}

/* --- position --- */
const said = form?.querySelector("[data-position]");

export function setPosition(lon, lat, words) {
  form.elements.lon.value = lon.toFixed(6);
  form.elements.lat.value = lat.toFixed(6);
  said.textContent = words;
  form.querySelector("[data-forget-position]").hidden = false;
  form.dispatchEvent(new CustomEvent("position", { detail: { lon, lat } }));
}

function forgetPosition() {
  form.elements.lon.value = form.elements.lat.value = "";
  said.textContent = said.dataset.none;
  form.querySelector("[data-forget-position]").hidden = true;
  form.dispatchEvent(new CustomEvent("position", { detail: null }));
}

function locate(button) {
  button.setAttribute("aria-busy", "true");
  said.textContent = said.dataset.asking;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      button.removeAttribute("aria-busy");
      const metres = Math.max(5, Math.round(coords.accuracy / 5) * 5);
      setPosition(coords.longitude, coords.latitude, said.dataset.found.replace("{metres}", metres));
    },
    (error) => {
      button.removeAttribute("aria-busy");
      said.textContent = error.code === error.PERMISSION_DENIED ? said.dataset.denied : said.dataset.failed;
    },
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
  );
}

/* --- sending once --- */
function fingerprint() {
  // FNV-1a: enough to know the same words again without keeping them.
  const said = [...KEPT, "lon", "lat"].map((name) => form.elements[name].value).join("\u001f");
  let hash = 0x811c9dc5;
  for (const unit of said) hash = Math.imul(hash ^ unit.codePointAt(0), 0x01000193) >>> 0;
  return `${said.length}-${hash}`;
}

/** The back button may bring a fresh form with the old words: the same words keep their reference. */
function keepReference() {
  try {
    const sent = JSON.parse(sessionStorage.getItem(SENT) || "null");
    if (sent?.fingerprint === fingerprint()) form.elements.reference.value = sent.reference;
    sessionStorage.setItem(SENT, JSON.stringify({ fingerprint: fingerprint(), reference: form.elements.reference.value }));
  } catch { /* storage may be forbidden; then the server's own check must do */ }
}

/* --- is it this one? asked without leaving the page, so that a chosen photo stays chosen --- */
const LONGEST_ASKING = 4_000;

async function askFirst() {
  keepReference(); // the same words again are the same report, and are not asked about
  const said = new FormData(form);
  said.delete("photo");
  const here = form.querySelector("[data-same-here]");
  try {
    const answer = await fetch(form.dataset.same, { method: "POST", body: said, signal: AbortSignal.timeout(LONGEST_ASKING) });
    if (answer.ok) here.innerHTML = (await answer.text()).trim();
  } catch { /* the line is bad: better sent than asked */ }
  form.elements.asked.value = "1";
  if (!here.firstElementChild) return form.requestSubmit();
  comeBack();
  here.scrollIntoView({ block: "start" });
  here.querySelector("h2").focus();
}

function sendOnce(event) {
  if (form.dataset.sending) return event.preventDefault();
  if (!form.elements.asked.value && form.dataset.same) {
    event.preventDefault();
    if (!form.dataset.asking) { form.dataset.asking = "yes"; askFirst(); }
    return undefined;
  }
  keepReference();
  form.dataset.sending = "yes";
  const button = form.querySelector("[data-send]");
  button.setAttribute("aria-disabled", "true");
  button.querySelector("[data-words]").textContent = button.dataset.sending;
}

function comeBack() {
  // The back button shows the page as it was left: let it be used again.
  delete form.dataset.sending;
  const button = form.querySelector("[data-send]");
  button.removeAttribute("aria-disabled");
  button.querySelector("[data-words]").textContent = button.dataset.send;
}

/* --- photo: say what was chosen, and refuse early what the server would refuse --- */
function lookAtPhoto(input) {
  const [file] = input.files;
  const note = form.querySelector("[data-photo-note]");
  const tooLarge = file && file.size > Number(input.dataset.most);
  note.textContent = !file ? "" : tooLarge ? input.dataset.large : `${Math.ceil(file.size / 1024)} KB`;
  if (tooLarge) input.value = "";
}

if (form) {
  bringBackDraft();
  form.addEventListener("input", keepDraft);
  form.addEventListener("submit", sendOnce);
  window.addEventListener("pageshow", (event) => { if (event.persisted) comeBack(); });
  form.querySelector("[data-drop-draft]").addEventListener("click", dropDraft);
  form.querySelector("[data-forget-position]").addEventListener("click", forgetPosition);
  form.elements.photo?.addEventListener("change", (event) => lookAtPhoto(event.target));
  const button = form.querySelector("[data-locate]");
  if (button && "geolocation" in navigator && window.isSecureContext) {
    button.hidden = false;
    button.addEventListener("click", () => locate(button));
  }
  // A suggestion may be refreshed while typing; a choice made by hand is never overwritten.
  form.addEventListener("change", (event) => {
    if (event.target.name === "type" || event.target.name === "other_type") form.elements.by_hand.value = "1";
    if (event.target.name === "other_type" && event.target.value) {
      const other = form.querySelector("[name=type][value=other]");
      if (other) other.checked = true;
    }
  });
}

if (document.querySelector("[data-report-sent]")) {
  store((s) => s.removeItem(DRAFT));
  try { sessionStorage.removeItem(DRAFT); } catch { /* storage may be forbidden */ }
}

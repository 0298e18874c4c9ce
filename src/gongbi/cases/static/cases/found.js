// Where something is: this phone's position, given by a press, and the assets around to pick from.
import { say } from "../core/page.js";

const { near } = document.getElementById("field").dataset;
const form = document.getElementById("found-form");
const here = form?.querySelector("[data-here]");
const PATIENCE_MS = 8000;

async function asked(fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(near, { method: "POST", body, headers: { "X-CSRFToken": token }, redirect: "manual", signal: AbortSignal.timeout?.(PATIENCE_MS) });
  return answer.ok ? (await answer.json()).near : [];
}

/** Buttons that write an asset's code into the field; none where there is no signal. */
async function offer(place, fields) {
  const input = place?.closest("form").elements.code;
  if (!input) return;
  const found = await asked(fields).catch(() => []);
  place.replaceChildren(...found.map((one) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button", textContent: one.words });
    button.addEventListener("click", () => {
      input.value = one.ref;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      for (const other of place.children) other.setAttribute("aria-pressed", String(other === button));
    });
    button.setAttribute("aria-pressed", "false");
    return button;
  }));
  place.hidden = !found.length;
}

function stand({ coords }) {
  form.elements.lon.value = coords.longitude;
  form.elements.lat.value = coords.latitude;
  here.querySelector("span").textContent = here.dataset.taken.replace("{n}", Math.round(coords.accuracy));
  here.setAttribute("aria-pressed", "true");
  here.dispatchEvent(new Event("change", { bubbles: true }));
  offer(form.querySelector("[data-near]"), { lon: coords.longitude, lat: coords.latitude });
}

/** The questions of the chosen kind alone are there to be answered, and sent. */
function askOfKind() {
  for (const part of form.querySelectorAll("[data-questions-of]")) part.hidden = part.disabled = part.dataset.questionsOf !== form.elements.type.value;
}

/** A hidden field is not emptied with its form: the next finding is elsewhere. */
function leave() {
  for (const name of ["lon", "lat"]) form.elements[name].value = "";
  here.querySelector("span").textContent = here.dataset.words;
  here.setAttribute("aria-pressed", "false");
  form.querySelector("[data-near]")?.replaceChildren();
}

/** A finding that is mended goes on with where it was found, not with where this phone is now. */
function again({ detail }) {
  leave();
  askOfKind();
  if (!detail.lon) return;
  form.elements.lon.value = detail.lon;
  form.elements.lat.value = detail.lat;
  here.querySelector("span").textContent = here.dataset.kept;
  here.setAttribute("aria-pressed", "true");
}

if (form) {
  form.addEventListener("field:at", again);
  here.dataset.words = here.querySelector("span").textContent;
  here.hidden = !("geolocation" in navigator);
  here.addEventListener("click", () => navigator.geolocation.getCurrentPosition(stand, () => say(here.dataset.refused, "warning"), { enableHighAccuracy: true, maximumAge: 10_000, timeout: 15_000 }));
  form.addEventListener("reset", leave);
  form.addEventListener("reset", () => setTimeout(askOfKind));
  form.elements.type.addEventListener("change", askOfKind);
  askOfKind();
}

// Of a task, when its form is opened: around the case, so that this phone tells nothing of itself.
document.addEventListener("toggle", (event) => {
  const place = event.target.open && event.target.querySelector?.("#tasks [data-near]");
  if (place && !place.children.length) offer(place, { on_task: place.closest("[data-task]").dataset.number });
}, true);

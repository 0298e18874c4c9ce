// What every page does: theme button, closing a message, errors of htmx said in words.
import "./fields.js";
import "./fresh.js";

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** The theme in force: the one chosen here, or the system's. */
export function theme() {
  return root.dataset.theme ?? (dark.matches ? "dark" : "light");
}

function turnTheme(button) {
  const next = theme() === "dark" ? "light" : "dark";
  const system = dark.matches ? "dark" : "light";
  if (next === system) delete root.dataset.theme;
  else root.dataset.theme = next;
  try {
    if (next === system) localStorage.removeItem("theme");
    else localStorage.setItem("theme", next);
  } catch { /* storage may be forbidden; the choice then lasts for this page */ }
  showTheme(button);
  document.body.dispatchEvent(new Event("theme"));
}

function showTheme(button) {
  button.setAttribute("aria-pressed", String(theme() === "dark"));
}

/** Say something in the message region; errors interrupt, the rest waits for a pause. */
export function say(words, kind = "info") {
  const region = document.getElementById("messages");
  const made = document.getElementById("message-template").content.cloneNode(true);
  const message = made.querySelector(".message");
  message.classList.add(`message-${kind}`);
  if (kind === "error") message.setAttribute("role", "alert");
  message.querySelector("[data-words]").textContent = words;
  region.append(made);
}

function refusalWords(detail) {
  const words = document.getElementById("message-template").dataset;
  const status = detail.xhr?.status ?? 0;
  if (status === 0) return words.offline;
  if (status === 401 || status === 403) return words.forbidden;
  if (status === 404 || status === 410) return words.gone;
  if (status === 409) return words.conflict;
  return words.failed.replace("{status}", status);
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  showTheme(button);
  button.hidden = false;
  button.addEventListener("click", () => turnTheme(button));
  dark.addEventListener("change", () => showTheme(button));
}
dark.addEventListener("change", () => document.body.dispatchEvent(new Event("theme")));

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-close-message], [data-print]");
  if (!pressed) return;
  if (pressed.hasAttribute("data-print")) window.print();
  else pressed.closest(".message").remove();
});

// A form that comes back unsent may lie below the screen, in a part that is folded away: whoever
// sent it begins where something is wrong, not at the top of a page that looks as before.
document.querySelector(".form-errors, [aria-invalid=true]")?.focus();

// A form field that is changed by choice alone (a place, a level) sends its form at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// A fragment that refetches itself may fail many times an hour: one message, not a pile.
let lastSaid = { words: "", at: 0 };
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(name, (event) => {
    const words = refusalWords(event.detail);
    if (words === lastSaid.words && Date.now() - lastSaid.at < 60_000) return;
    lastSaid = { words, at: Date.now() };
    say(words, "error");
  });
}

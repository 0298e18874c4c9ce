// Two controls that a browser draws in its own language get the page's: files and days.
// The browser's own control stays underneath, for keyboards, for screen readers, for dropping on.
const words = document.getElementById("message-template").dataset;
const DAY = { dateStyle: "full" };
const MOMENT = { dateStyle: "long", timeStyle: "short" };

function made(kind, text = "") {
  const one = document.createElement("span");
  one.className = kind;
  one.textContent = text;
  return one;
}

/** A button and the file's name in the page's words; the browser's control lies over them, unseen. */
function dressFile(input) {
  const box = made("file");
  const face = made("file-face");
  const name = made("file-name", words.noFile);
  face.setAttribute("aria-hidden", "true");
  face.append(made("button", words.chooseFile), name);
  input.replaceWith(box);
  box.append(face, input);
  const show = () => { name.textContent = [...input.files].map((one) => one.name).join(", ") || words.noFile; };
  input.addEventListener("change", () => setTimeout(show)); // whoever refuses a file is asked first
  input.form?.addEventListener("reset", () => setTimeout(show));
  show();
}

/** The day chosen, said beside its label: 02/03 is another day in another browser. */
function dressDay(input) {
  const label = input.id && document.querySelector(`label[for="${input.id}"]`);
  if (!label) return;
  const said = made("day-said small soft");
  const show = () => {
    const at = new Date(input.type === "date" ? `${input.value}T00:00` : input.value);
    const form = input.type === "date" ? DAY : MOMENT;
    said.textContent = Number.isNaN(at.getTime()) ? "" : ` ${at.toLocaleString(document.documentElement.lang, form)}`;
  };
  label.append(said);
  input.addEventListener("change", show);
  input.form?.addEventListener("reset", () => setTimeout(show));
  show();
}

export function dress(within) {
  for (const input of within.querySelectorAll("input[type=file]:not([data-dressed]), input[type=date]:not([data-dressed]), input[type=datetime-local]:not([data-dressed])")) {
    input.dataset.dressed = "";
    if (input.type === "file") dressFile(input);
    else dressDay(input);
  }
}

// A required field left empty is asked for in the page's words, not the browser's.
document.addEventListener("invalid", ({ target }) => {
  if (target.validity.valueMissing) target.setCustomValidity(words.required);
}, true);
for (const name of ["input", "change"]) document.addEventListener(name, ({ target }) => target.setCustomValidity?.(""), true);

dress(document);
document.body.addEventListener("htmx:load", (event) => dress(event.detail.elt));

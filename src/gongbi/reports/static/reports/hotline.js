// The call: a picture pasted into the page is chosen, and one press opens one case.
const form = document.querySelector("[data-call]");
const photo = form?.querySelector("[data-photo]");
const note = form?.querySelector("[data-photo-note]");

function takePasted(event) {
  const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
  if (!file || !photo) return;
  event.preventDefault();
  const held = new DataTransfer();
  held.items.add(file);
  photo.files = held.files;
  photo.dispatchEvent(new Event("change"));
  note.textContent = note.dataset.pasted;
}

function sendOnce(event) {
  if (form.dataset.sending) return event.preventDefault();
  form.dataset.sending = "yes";
}

if (form) {
  document.addEventListener("paste", takePasted);
  form.addEventListener("submit", sendOnce);
  window.addEventListener("pageshow", (event) => { if (event.persisted) delete form.dataset.sending; });
}

// A worker's list, nearest first. Where the worker is stays in the phone: only the order changes.
import { say } from "../core/page.js";

const EARTH_METRES = 6371008.8;
const button = document.getElementById("nearest");
let at = null;

const radians = (degrees) => (degrees * Math.PI) / 180;

function metres(task) {
  if (!task.dataset.lon) return Infinity;
  const lon = radians(Number(task.dataset.lon) - at.lon);
  const lat = radians(Number(task.dataset.lat) - at.lat);
  const middle = radians((Number(task.dataset.lat) + at.lat) / 2);
  return EARTH_METRES * Math.hypot(lon * Math.cos(middle), lat);
}

function inWords(distance, words) {
  if (!Number.isFinite(distance)) return "";
  if (distance < 1000) return `${Math.round(distance / 10) * 10} ${words.metres}`;
  return `${(distance / 1000).toFixed(1)} ${words.kilometres}`;
}

function order() {
  const list = document.getElementById("tasks");
  const tasks = [...list.querySelectorAll("[data-task]")];
  for (const task of tasks) task.querySelector("[data-distance]").textContent = at ? inWords(metres(task), list.dataset) : "";
  if (!at) return;
  const sorted = tasks.map((task, rank) => ({ task, rank, far: metres(task) }));
  sorted.sort((a, b) => a.far - b.far || a.rank - b.rank);
  list.append(...sorted.map((one) => one.task));
}

function turn() {
  button.querySelector("span").textContent = at ? button.dataset.on : button.dataset.off;
}

function found({ coords }) {
  at = { lon: coords.longitude, lat: coords.latitude };
  turn();
  order();
}

if (button && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (at) { window.location.reload(); return; }
    navigator.geolocation.getCurrentPosition(found, () => say(button.dataset.refused, "warning"), { maximumAge: 60_000, timeout: 10_000 });
  });
}

document.body.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "tasks") order(); });

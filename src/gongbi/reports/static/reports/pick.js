// A small map to tap: one mark, and the keyboard's way (arrows move the map, Enter marks its middle).
import * as maplibre from "../core/vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";
import { styleOf } from "../core/map-style.js";
import { setPosition } from "./report.js";

const EMPTY = { type: "FeatureCollection", features: [] };
const box = document.querySelector("[data-pick]");
const form = document.querySelector("[data-report]");
const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

async function baseMap() {
  try {
    const answer = await fetch(box.dataset.base);
    return answer.ok ? await answer.json() : EMPTY;
  } catch { return EMPTY; }
}

function boundsOf(collection) {
  const [west, south, east, north] = box.dataset.bounds.split(",").map(Number);
  if (north !== undefined) return [[west, south], [east, north]];
  const bounds = new maplibre.LngLatBounds();
  const reach = (at) => (typeof at[0] === "number" ? bounds.extend(at) : at.forEach(reach));
  for (const feature of collection.features) if (feature.geometry) reach(feature.geometry.coordinates);
  return bounds;
}

function markAt(map, mark, { lng, lat }) {
  mark.setLngLat([lng, lat]).addTo(map);
  setPosition(lng, lat, box.dataset.marked);
}

async function start() {
  const base = await baseMap();
  const note = box.querySelector("[data-pick-note]");
  if (!base.features.length) { // a town without a drawn map is asked in words
    box.querySelector("[data-pick-canvas]").hidden = true;
    note.textContent = note.dataset.none;
    return;
  }
  const style = () => styleOf({ base, points: EMPTY, language });
  const map = new maplibre.Map({
    container: box.querySelector("[data-pick-canvas]"), style: style(), bounds: boundsOf(base),
    fitBoundsOptions: { padding: 8 }, attributionControl: false, cooperativeGestures: true,
    locale: JSON.parse(box.dataset.words),
    pitchWithRotate: false, dragRotate: false, touchPitch: false,
  });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.touchZoomRotate.disableRotation();
  const canvas = map.getCanvas();
  canvas.setAttribute("aria-label", box.dataset.label);
  canvas.style.cursor = "crosshair";
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--seal").trim();
  const mark = new maplibre.Marker({ color: colour });
  map.on("click", (event) => markAt(map, mark, event.lngLat));
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); markAt(map, mark, map.getCenter()); }
  });
  form.addEventListener("position", ({ detail }) => {
    if (!detail) return mark.remove();
    mark.setLngLat([detail.lon, detail.lat]).addTo(map);
    map.easeTo({ center: [detail.lon, detail.lat], zoom: Math.max(map.getZoom(), 15) });
  });
  document.body.addEventListener("theme", () => map.setStyle(style(), { diff: false }));
  map.on("load", () => { box.dataset.ready = "yes"; });
}

// Fetched only when somebody opens it: on a phone with bad signal the words come first.
box?.addEventListener("toggle", () => {
  if (!box.open || box.dataset.started) return;
  box.dataset.started = "yes";
  start().catch((error) => { box.hidden = true; console.warn(error); });
});

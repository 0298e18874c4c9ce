// The city's own map: its base layers, its places, what is wrong where. No tile, font or glyph is
// fetched from anywhere: without `glyphs` the library draws text in the reader's own fonts.
import * as maplibre from "./vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";
import { levelImages } from "./map-signs.js";
import { styleOf } from "./map-style.js";

const EMPTY = { type: "FeatureCollection", features: [] };

/** Fetch JSON or say why not; a map without points is still a map. */
async function fetchJson(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function boundsOf(collection) {
  const bounds = new maplibre.LngLatBounds();
  const reach = (at) => (typeof at[0] === "number" ? bounds.extend(at) : at.forEach(reach));
  for (const feature of collection.features) if (feature.geometry) reach(feature.geometry.coordinates);
  return bounds;
}

class CityMap {
  constructor(box) {
    this.box = box;
    this.canvas = box.querySelector("[data-map-canvas]");
    this.note = box.querySelector("[data-map-note]");
    this.words = JSON.parse(box.dataset.words);
    this.language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
    this.kinds = new Set(["alert", "case", "place"]);
  }

  async start() {
    const [base, points] = await Promise.all([
      fetchJson(this.box.dataset.base).catch(() => EMPTY),
      fetchJson(this.box.dataset.points).catch(() => EMPTY),
    ]);
    this.base = base;
    this.points = points;
    const map = new maplibre.Map({
      container: this.canvas,
      style: this.style(),
      bounds: this.firstBounds(),
      fitBoundsOptions: { padding: 40, maxZoom: 15 },
      attributionControl: false,
      // A wheel over the map scrolls the page; Ctrl or two fingers move the map.
      cooperativeGestures: this.box.dataset.cooperative !== "no",
      locale: this.words.controls,
      pitchWithRotate: false, dragRotate: false, touchPitch: false,
      fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200,
    });
    this.map = map;
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-left");
    map.touchZoomRotate.disableRotation();
    map.getCanvas().setAttribute("aria-label", this.box.dataset.label);
    map.on("style.load", () => this.dress());
    map.on("load", () => { this.box.dataset.ready = "yes"; });
    map.on("click", (event) => this.open(event));
    map.on("mousemove", (event) => { map.getCanvas().style.cursor = this.at(event.point) ? "pointer" : ""; });
    this.listen();
    this.tell();
  }

  style() {
    return styleOf({ base: this.base, points: this.points, language: this.language });
  }

  firstBounds() {
    const [lon, lat] = (this.box.dataset.centre || "0,0").split(",").map(Number);
    const framed = this.points.bounds ?? null;
    if (framed) return framed;
    const bounds = boundsOf(this.base.features.length ? this.base : this.points);
    if (!bounds.isEmpty()) return bounds;
    return [[lon - 0.05, lat - 0.05], [lon + 0.05, lat + 0.05]];
  }

  dress() {
    for (const [name, image] of levelImages()) {
      if (!this.map.hasImage(name)) this.map.addImage(name, image, { pixelRatio: 2 });
    }
    this.sift();
  }

  listen() {
    document.body.addEventListener("theme", () => this.map.setStyle(this.style(), { diff: false }));
    for (const part of (this.box.dataset.parts || "").split(" ").filter(Boolean)) {
      document.body.addEventListener(`live:${part}`, () => this.refetchSoon());
    }
    for (const input of this.box.querySelectorAll("[data-map-kind]")) {
      input.addEventListener("change", () => {
        if (input.checked) this.kinds.add(input.value); else this.kinds.delete(input.value);
        this.sift();
      });
    }
    // A row of the list beside the map can show where its thing is.
    document.addEventListener("click", (event) => {
      const row = event.target.closest("[data-show-at]");
      if (!row) return;
      const at = row.dataset.showAt.split(",").map(Number);
      this.map.easeTo({ center: at, zoom: Math.max(this.map.getZoom(), 14) });
      this.canvas.scrollIntoView({ block: "nearest" });
    });
  }

  refetchSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refetch(), 1500);
  }

  async refetch() {
    try {
      this.points = await fetchJson(this.box.dataset.points);
      this.map.getSource("points")?.setData(this.points);
      this.tell();
    } catch {
      this.note.textContent = this.words.stale;
    }
  }

  sift() {
    const wanted = ["in", ["get", "kind"], ["literal", [...this.kinds]]];
    for (const layer of this.map.getStyle().layers) {
      if (layer.metadata?.sifted) this.map.setFilter(layer.id, ["all", layer.metadata.sifted, wanted]);
    }
  }

  tell() {
    const alerts = this.points.features.filter((point) => point.properties.kind === "alert").length;
    const found = this.points.features.filter((point) => point.properties.kind === "case");
    const cases = found.reduce((sum, point) => sum + (point.properties.many ?? 1), 0);
    this.note.textContent = this.words.count.replace("{alerts}", alerts).replace("{cases}", `${cases}${this.points.more ? "+" : ""}`);
  }

  at(point) {
    const near = [[point.x - 12, point.y - 12], [point.x + 12, point.y + 12]];
    return this.map.queryRenderedFeatures(near, { layers: ["points-signs", "points-cases"] })[0];
  }

  open(event) {
    const found = this.at(event.point);
    if (!found) return;
    const popup = new maplibre.Popup({ maxWidth: "20rem", focusAfterOpen: true });
    popup.setLngLat(found.geometry.coordinates).setDOMContent(this.card(found.properties)).addTo(this.map);
  }

  card(properties) {
    const card = document.createElement("div");
    const kind = document.createElement("p");
    kind.className = "small soft";
    kind.textContent = [this.words.kinds[properties.kind], properties.level >= 0 ? this.words.levels[properties.level] : ""].filter(Boolean).join(" · ");
    const title = document.createElement(properties.url ? "a" : "strong");
    title.textContent = properties.title;
    if (properties.url) title.href = properties.url;
    card.append(kind, title);
    if (properties.note) {
      const note = document.createElement("p");
      note.className = "small";
      note.textContent = properties.note;
      card.append(note);
    }
    return card;
  }
}

for (const box of document.querySelectorAll("[data-map]")) {
  const map = new CityMap(box);
  box.cityMap = map;
  map.start().catch((error) => {
    // WebGL may be switched off; the list beside the map says the same.
    box.dataset.ready = "failed";
    map.note.textContent = map.words.failed;
    console.warn(error);
  });
}

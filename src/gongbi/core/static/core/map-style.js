// A map style from the city's own layers and the page's own colours.
const ORDER = [
  "sea", "park", "lake", "river", "building_block", "road_minor", "road_major", "pipe", "metro_line",
];
const WIDTHS = {
  road_minor: ["interpolate", ["exponential", 1.5], ["zoom"], 11, 0.4, 16, 5],
  road_major: ["interpolate", ["exponential", 1.5], ["zoom"], 9, 1, 16, 12],
  metro_line: ["interpolate", ["linear"], ["zoom"], 9, 1.5, 16, 4],
  pipe: ["interpolate", ["linear"], ["zoom"], 12, 0.5, 17, 2.5],
  river: ["interpolate", ["linear"], ["zoom"], 9, 1.5, 16, 10],
};
const LEAST_ZOOM = { building_block: 12, road_minor: 11.5, pipe: 15 };

function palette() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

function fill(name, colour, tone) {
  return {
    id: `${name}-area`, type: "fill", source: "base", minzoom: LEAST_ZOOM[name] ?? 0,
    filter: ["all", ["==", ["get", "layer"], name], ["==", ["geometry-type"], "Polygon"]],
    paint: { "fill-color": colour(tone), "fill-antialias": true },
  };
}

function line(name, colour, tone, extra = {}) {
  return {
    id: `${name}-line`, type: "line", source: "base", minzoom: LEAST_ZOOM[name] ?? 0,
    filter: ["all", ["==", ["get", "layer"], name], ["==", ["geometry-type"], "LineString"]],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": colour(tone), "line-width": WIDTHS[name] ?? 1, ...extra },
  };
}

function baseLayer(name, colour) {
  const water = { sea: 1, lake: 1, river: 1 };
  if (name in water) return [fill(name, colour, "map-water"), line(name, colour, "map-water")];
  if (name === "park") return [fill(name, colour, "map-park")];
  if (name === "building_block") return [fill(name, colour, "map-block")];
  if (name === "metro_line") return [line(name, colour, "map-metro")];
  if (name === "pipe") return [line(name, colour, "map-pipe", { "line-dasharray": [3, 2] })];
  const edge = line(name, colour, "map-road-edge", { "line-width": WIDTHS[name], "line-gap-width": 0.5 });
  return [{ ...edge, id: `${name}-edge` }, line(name, colour, "map-road")];
}

function stations(colour) {
  return {
    id: "metro_station", type: "circle", source: "base", minzoom: 11,
    filter: ["==", ["get", "layer"], "metro_station"],
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 2, 16, 5], "circle-color": colour("sheet"),
      "circle-stroke-color": colour("map-metro"), "circle-stroke-width": 2,
    },
  };
}

/** Text in the reader's own fonts: names of fonts here are CSS families, not files on a server. */
function words(id, source, filter, colour, language, extra = {}) {
  return {
    id, type: "symbol", source, filter,
    layout: {
      "text-field": ["coalesce", ["get", `name_${language}`], ["get", "name_zh"], ["get", "name_en"], ["get", "name"], ""],
      "text-font": ["Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"],
      "text-size": 12, "text-max-width": 8, "text-padding": 6, ...extra.layout,
    },
    paint: { "text-color": colour("ink-soft"), "text-halo-color": colour("map-land"), "text-halo-width": 1.5, ...extra.paint },
    ...(extra.minzoom ? { minzoom: extra.minzoom } : {}),
  };
}

function labels(colour, language) {
  const named = (layer) => ["all", ["==", ["get", "layer"], layer], ["any", ["has", "name_zh"], ["has", "name_en"]]];
  const water = ["all", ["match", ["get", "layer"], ["river", "lake", "sea"], true, false]];
  return [
    words("water-names", "base", water, colour, language, { layout: { "symbol-placement": "point", "text-size": 13 } }),
    words("park-names", "base", named("park"), colour, language, { minzoom: 12 }),
    words("road-names", "base", named("road_major"), colour, language, { layout: { "symbol-placement": "line", "text-size": 11 }, minzoom: 12 }),
    words("station-names", "base", named("metro_station"), colour, language, { layout: { "text-anchor": "top", "text-offset": [0, 0.6] }, minzoom: 13 }),
  ];
}

function placeNames(colour, language) {
  const rank = (kind) => ["==", ["get", "place_kind"], kind];
  const layout = (size) => ({ layout: { "text-size": size }, paint: { "text-color": colour("ink") } });
  return [
    { ...words("names-district", "places", rank("district"), colour, language, layout(16)), maxzoom: 12.5 },
    { ...words("names-subdistrict", "places", rank("subdistrict"), colour, language, layout(14)), minzoom: 10, maxzoom: 14 },
    { ...words("names-quarter", "places", rank("quarter"), colour, language, layout(12)), minzoom: 13 },
  ];
}

const LEVEL_NAME = ["match", ["get", "level"], 3, "alarm", 2, "warning", 1, "notice", 0, "normal", "missing"];

function pointLayers(colour) {
  const isCase = ["==", ["get", "kind"], "case"];
  const isMany = ["all", isCase, ["has", "many"]];
  const many = ["to-number", ["get", "many"]];
  const isSign = ["!=", ["get", "kind"], "case"];
  return [
    {
      id: "points-cases", type: "circle", source: "points", filter: isCase, metadata: { sifted: isCase },
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 3.5, 15, 7], "circle-color": colour("accent"),
        "circle-stroke-color": colour("sheet"), "circle-stroke-width": 1.5,
      },
    },
    {
      id: "points-many", type: "circle", source: "points", filter: isMany, metadata: { sifted: isMany },
      paint: {
        "circle-radius": ["interpolate", ["linear"], many, 1, 9, 100, 16, 2000, 26], "circle-color": colour("accent"),
        "circle-stroke-color": colour("sheet"), "circle-stroke-width": 2,
      },
    },
    {
      id: "points-how-many", type: "symbol", source: "points", filter: isMany, metadata: { sifted: isMany },
      layout: { "text-field": ["to-string", many], "text-size": 12, "text-allow-overlap": true },
      paint: { "text-color": colour("sheet") },
    },
    {
      id: "points-signs", type: "symbol", source: "points", filter: isSign, metadata: { sifted: isSign },
      layout: {
        "icon-image": ["concat", "level-", LEVEL_NAME], "icon-allow-overlap": true,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, ["match", ["get", "level"], 0, 0.4, -1, 0.6, 0.8], 14, ["match", ["get", "level"], 0, 0.6, -1, 0.8, 1.2]], "symbol-sort-key": ["get", "level"],
      },
    },
  ];
}

/** The whole style: base, names of places, points. */
export function styleOf({ base, points, language }) {
  const colour = palette();
  const places = { type: "FeatureCollection", features: points.places?.features ?? [] };
  return {
    version: 8,
    sources: {
      base: { type: "geojson", data: base },
      places: { type: "geojson", data: places },
      points: { type: "geojson", data: points },
    },
    layers: [
      { id: "land", type: "background", paint: { "background-color": colour("map-land") } },
      ...ORDER.flatMap((name) => baseLayer(name, colour)),
      stations(colour), ...labels(colour, language), ...placeNames(colour, language), ...pointLayers(colour),
    ],
  };
}

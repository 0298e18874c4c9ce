// Charts from data in the page. Each has the same data as a table beneath it, written by the server;
// the drawing is for eyes only and is hidden from screen readers.
const LIBRARY = new URL("./vendor/echarts-6.1.0/echarts.common.min.js", import.meta.url).href;
const LEVELS = ["normal", "notice", "warning", "alarm"];
const SYMBOLS = ["circle", "rect", "triangle", "diamond"];
const charts = new Map();

function loadLibrary() {
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = LIBRARY;
    script.onload = () => done(window.echarts);
    script.onerror = () => failed(new Error(LIBRARY));
    document.head.append(script);
  });
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

function limitLines(data, colour) {
  return (data.limits ?? []).map(({ value, level, name }) => ({
    yAxis: value,
    lineStyle: { color: colour(LEVELS[level]), type: "dashed", width: 1 },
    label: { formatter: name, color: colour(LEVELS[level]), position: "insideEndTop" },
  }));
}

function lines(data, colour) {
  const tones = [colour("accent"), colour("warning"), colour("map-metro"), colour("normal")];
  return data.series.map((series, at) => ({
    name: series.name, type: series.type ?? "line", data: series.values, connectNulls: false,
    symbol: SYMBOLS[at % SYMBOLS.length], symbolSize: series.type === "scatter" ? 9 : 4, showSymbol: series.values.length < 40,
    lineStyle: { width: 2, type: at % 2 ? "dashed" : "solid" }, color: tones[at % tones.length],
    barMaxWidth: 28,
    markLine: at ? undefined : { silent: true, symbol: "none", data: limitLines(data, colour) },
  }));
}

function options(data) {
  const colour = colours();
  const axis = { axisLabel: { color: colour("ink-soft") }, axisLine: { lineStyle: { color: colour("line-strong") } }, splitLine: { lineStyle: { color: colour("line") } } };
  const tops = (data.limits ?? []).map((limit) => limit.value);
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: { fontFamily: colour("sans"), color: colour("ink") },
    grid: { left: 8, right: 16, top: data.series.length > 1 ? 40 : 24, bottom: 8, containLabel: true },
    legend: data.series.length > 1 ? { textStyle: { color: colour("ink") }, top: 0 } : undefined,
    // Rich text, because the HTML tooltip writes style attributes, which the page's policy forbids.
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: colour("sheet"), borderColor: colour("line-strong"), textStyle: { color: colour("ink") } },
    xAxis: { type: "category", data: data.x, ...axis, splitLine: { show: false } },
    yAxis: { type: "value", name: data.unit, nameTextStyle: { color: colour("ink-soft"), align: "left" }, scale: Boolean(data.scale), max: tops.length ? (span) => Math.max(span.max, ...tops) : undefined, min: tops.length && data.scale ? (span) => Math.min(span.min, ...tops) : undefined, ...axis },
    series: lines(data, colour),
  };
}

function draw(box, echarts) {
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const chart = charts.get(box) ?? echarts.init(box, null, { renderer: "svg" });
  charts.set(box, chart);
  chart.setOption(options(data), true);
}

async function drawAll(scope = document) {
  const boxes = [...scope.querySelectorAll("[data-chart]")];
  if (!boxes.length) return;
  const echarts = window.echarts ?? (await loadLibrary());
  for (const box of boxes) draw(box, echarts);
}

function forgetGone() {
  for (const [box, chart] of charts) {
    if (!box.isConnected) { chart.dispose(); charts.delete(box); }
  }
}

document.body.addEventListener("theme", () => drawAll());
document.body.addEventListener("htmx:afterSettle", (event) => { forgetGone(); drawAll(event.target); });
addEventListener("resize", () => { for (const chart of charts.values()) chart.resize(); });
addEventListener("beforeprint", () => { for (const chart of charts.values()) chart.resize(); });
drawAll();

"use strict";
const results = JSON.parse(document.getElementById("results").textContent);
const metrics = results.metrics;
const main = document.getElementById("report");

// Figures as people read them.
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const short = v => v == null ? "–" : v >= 1e6 ? trim(v / 1e6) + " M" : v >= 1e4 ? trim(v / 1e3) + " k" : v >= 100 ? whole.format(v) : trim(v);
const trim = v => String(+v.toPrecision(3));
const milliseconds = v => v == null ? "–" : v >= 1000 ? trim(v / 1000) + " s" : trim(v) + " ms";
const bytes = v => v == null ? "–" : v >= 1e9 ? trim(v / 1e9) + " GB" : v >= 1e6 ? trim(v / 1e6) + " MB" : v >= 1e3 ? trim(v / 1e3) + " kB" : trim(v) + " B";
const seconds = v => v == null ? "–" : trim(v) + " s";
const byUnit = (v, unit) => v == null ? "not measured" : unit === "ms" ? milliseconds(v) : unit === "bytes" ? bytes(v) : unit === "s" ? seconds(v) : ["events", "requests", "syncs"].includes(unit) ? whole.format(v) : `${short(v)} ${unit}`;

function element(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) e.setAttribute(name, value);
  e.append(...children.flat().filter(c => c != null));
  return e;
}
const card = (kind, ...children) => element("section", { class: "card " + kind }, ...children);
const table = (heads, rows) => element("div", { class: "scroll" }, element("table", {},
  heads.some(h => h.text ?? h) ? element("tr", {}, heads.map(h => element("th", h.number ? { class: "number" } : {}, h.text ?? h))) : null,
  rows.map(row => element("tr", {}, row.map((cell, i) => element("td", heads[i].number ? { class: "number" } : {}, cell ?? "–"))))));
const number = text => ({ text, number: true });

// Head.
main.append(element("header", {},
  element("div", {},
    element("h1", {}, results.name),
    results.description ? element("p", {}, results.description) : null,
    element("p", { class: "muted" }, `${new Date(results.startedAt).toLocaleString("en-GB")} · ${results.load.integrations} integration${results.load.integrations === 1 ? "" : "s"} · ${whole.format(results.load.eventsPerRequest)} event${results.load.eventsPerRequest === 1 ? "" : "s"} a request, ${results.load.eventBytes} bytes each · ${results.target.process ?? results.target.ingest}`)),
  element("div", { class: "badge " + (results.passed ? "good" : "bad") }, results.passed ? "PASSED" : "FAILED")));
const grid = element("div", { class: "grid" });
main.append(grid);

// Tiles.
function tile(name, value, more) {
  const [, figure, unit] = /^(\S+)\s?(.*)$/.exec(value);
  grid.append(card("tile", element("div", { class: "name" }, name), element("div", { class: "value" }, figure, unit ? element("small", {}, " " + unit) : null), element("div", { class: "more" }, more)));
}
const lost = metrics.missing;
tile("Acknowledged", short(metrics.throughput) + " events/s", `${whole.format(metrics.acknowledged)} events, ${whole.format(metrics.failed)} requests failed`);
tile("Delivered", short(metrics.deliveries) + " events/s", `${short(metrics.batch_events)} events a request`);
tile("Acknowledgement p99", milliseconds(metrics["ack.p99"]), `p50 ${milliseconds(metrics["ack.p50"])}, p99.9 ${milliseconds(metrics["ack.p99.9"])}`);
tile("End to end p99", milliseconds(metrics["e2e.p99"]), `p50 ${milliseconds(metrics["e2e.p50"])}, p99.9 ${milliseconds(metrics["e2e.p99.9"])}`);
tile("Missing", whole.format(lost), `${whole.format(metrics.duplicates)} duplicates, ${whole.format(metrics.reordered)} out of order`);
if (metrics["process.cpu"] != null) {
  tile("CPU", trim(metrics["process.cpu"]) + " cores", `${seconds(metrics["process.cpu_per_million"])} a million events`);
  tile("Memory, peak", bytes(metrics["process.rss_peak"]), metrics["process.allocated_per_event"] == null ? "resident" : `${bytes(metrics["process.allocated_per_event"])} allocated an event`);
  tile("Written", bytes(metrics["process.written"]), metrics["process.syncs"] == null ? "to block devices" : `${whole.format(metrics["process.syncs"])} syncs`);
}
if (metrics["process.cpu"] == null) tile("Drained", seconds(metrics.drain), "after the last event was sent");

// Thresholds.
const badge = holds => element("span", { class: "badge " + (holds ? "good" : "bad") }, holds ? "passed" : "FAILED");
const unitOf = text => results.units[text.split("/").pop().match(/^\s*[a-z0-9._]+/)[0].trim()].unit;
grid.append(card("half", element("h2", {}, "Thresholds"), table(["Asked for", number("Measured"), number("")],
  results.thresholds.map(t => [element("code", {}, t.text), byUnit(t.value, unitOf(t.text)), badge(t.holds)]))));
const problems = [
  ...Object.entries(results.failures).map(([reason, count]) => [whole.format(count) + " requests", reason]),
  ...results.missingByIntegration.map((count, i) => [count, i]).filter(([count]) => count > 0).map(([count, i]) => [whole.format(count) + " events", "missing at integration " + i]),
  ...results.notes.map(note => ["Note", note]),
];
const machine = results.machine;
grid.append(card("half", element("h2", {}, "Measured on"), table(["", ""], [
  ["Processor", `${machine.cpu}, ${machine.cores} cores`],
  ["Memory", bytes(machine.memoryBytes)],
  ["System", `${machine.operatingSystem}, kernel ${machine.kernel}`],
  ["Busy", `${trim(metrics["machine.cpu"] ?? 0)} of ${machine.cores} cores, ${trim(metrics["tool.cpu"])} of them the load tool (${machine.dotNet})`],
  ["Target", results.target.ingest],
  ...problems,
])));

// Charts. Colours come from the page, so that they are drawn anew when it turns dark or light.
const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const series = results.series;
const time = series.map(s => s.at);
const charts = [];

function phases(u) {
  const { ctx } = u, { left, top, width, height } = u.bbox, ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  ctx.font = `${11 * ratio}px system-ui, "DejaVu Sans", sans-serif`;
  results.phases.forEach((phase, i) => {
    const [from, to] = [u.valToPos(phase.from, "x", true), u.valToPos(phase.to, "x", true)];
    if (i % 2 === 0) {
      ctx.fillStyle = colour("band");
      ctx.fillRect(from, top, to - from, height);
    }
    ctx.fillStyle = colour("muted");
    if (ctx.measureText(phase.name).width < to - from - 10 * ratio) ctx.fillText(phase.name, from + 5 * ratio, top + 13 * ratio);
  });
  ctx.restore();
}

function chart(title, format, lines, options = {}) {
  lines = lines.filter(line => line.values.some(v => v != null));
  if (lines.length === 0) return;
  const legend = element("div", { class: "legend" }), place = element("div");
  grid.append(card(options.kind ?? "half", element("h2", {}, title), legend, place));
  const x = options.x ?? time;
  const spans = lines.map(line => {
    const value = element("b", {});
    legend.append(element("span", {}, element("i", { style: `background:${line.isDashed ? `repeating-linear-gradient(90deg,var(--${line.colour}) 0 4px,transparent 4px 6px)` : `var(--${line.colour})`}` }), line.name + " ", value));
    return value;
  });
  const draw = () => {
    place.replaceChildren();
    const axis = { stroke: colour("muted"), grid: { stroke: colour("grid"), width: 1 }, ticks: { show: false }, font: '12px system-ui, "DejaVu Sans", sans-serif' };
    const plot = new uPlot({
      width: place.clientWidth, height: options.height ?? 230, legend: { show: false }, padding: [10, 32, 0, 0],
      cursor: { sync: options.x ? undefined : { key: "time" }, points: { size: 7 }, drag: { setScale: true } },
      scales: {
        x: options.xScale ?? { time: false, range: (u, min, max) => [min === time[0] ? 0 : min, max] },
        y: options.isLog ? { distr: 3, range: (u, min, max) => [10 ** Math.floor(Math.log10(Math.max(min, 1e-3))), 10 ** Math.ceil(Math.log10(Math.max(max, 1e-2)))] } : { range: (u, min, max) => [0, max > 0 ? max * 1.12 : 1] },
      },
      axes: [
        { ...axis, size: 34, values: options.xValues ?? ((u, ticks) => ticks.map(t => t + " s")), splits: options.xSplits },
        { ...axis, size: 72, values: (u, ticks) => ticks.map(t => t == null || (options.isLog && !/^1(e|0*$|\.?0*$)|^0\.0*1$/.test(String(t))) ? null : format(t)) },
      ],
      series: [{}, ...lines.map(line => ({
        stroke: colour(line.colour), width: 2, fill: line.isFilled ? colour(line.colour) + "22" : undefined, dash: line.isDashed ? [6, 5] : undefined, spanGaps: true, points: { show: false },
      }))],
      hooks: {
        drawClear: options.x ? [] : [phases],
        setCursor: [u => spans.forEach((span, i) => {
          const at = u.cursor.idx;
          span.textContent = at == null || lines[i].values[at] == null ? "" : format(lines[i].values[at]);
        })],
      },
    }, [x, ...lines.map(line => line.values)], place);
    return plot;
  };
  charts.push(draw);
}
const of = name => series.map(s => s[name]);

chart("Throughput, events a second", short, [
  { name: "delivered", values: of("deliveredRate"), colour: "green", isFilled: true },
  { name: "acknowledged", values: of("acknowledgedRate"), colour: "blue" },
  { name: "sent", values: of("sentRate"), colour: "amber", isDashed: true },
]);
chart("Backlog, events acknowledged and not yet delivered", short, [{ name: "backlog", values: of("backlog"), colour: "amber", isFilled: true }]);
chart("Latency over time", milliseconds, [
  { name: "end to end p99", values: of("endToEndP99"), colour: "green" },
  { name: "end to end p50", values: of("endToEndP50"), colour: "green", isDashed: true },
  { name: "acknowledgement p99", values: of("ackP99"), colour: "blue" },
  { name: "acknowledgement p50", values: of("ackP50"), colour: "blue", isDashed: true },
], { isLog: true });

// Percentiles: each power of ten nearer to 100 % gets the same width.
const rank = p => -Math.log10(1 - p / 100);
chart("Latency by percentile", milliseconds, [
  { name: "end to end", values: results.percentiles.map(p => p.endToEnd), colour: "green" },
  { name: "acknowledgement", values: results.percentiles.map(p => p.ack), colour: "blue" },
], {
  isLog: true, x: results.percentiles.map(p => rank(p.percentile)), xScale: { time: false, range: [0, 5] },
  xSplits: () => [0, 1, 2, 3, 4, 5].map(n => n), xValues: (u, ticks) => ticks.map(t => (["0", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"])[t]),
});
chart("CPU, cores", short, [
  { name: "machine", values: of("machineCpu"), colour: "amber", isDashed: true },
  { name: "program under test", values: of("processCpu"), colour: "violet", isFilled: true },
  { name: "load tool", values: of("toolCpu"), colour: "blue" },
]);
chart("Memory of the program under test", bytes, [
  { name: "resident", values: of("rssBytes"), colour: "violet", isFilled: true },
  { name: "managed heap after GC", values: of("heapBytes"), colour: "rose" },
]);
chart("Bytes a second of the program under test", bytes, [
  { name: "written to block devices", values: of("writtenRate"), colour: "amber", isFilled: true },
  { name: "allocated, managed", values: of("allocatedRate"), colour: "rose" },
]);
chart("Syncs a second", short, [{ name: "syncs", values: of("syncRate"), colour: "violet", isFilled: true }]);

// Phases.
grid.append(card("", element("h2", {}, "Phases"), table(
  ["Phase", "Load", "Receiver", number("acknowledged/s"), number("delivered/s"), number("ack p50"), number("ack p99"), number("e2e p50"), number("e2e p99"), number("CPU"), number("RSS")],
  results.phases.map(p => [
    p.name + (p.isMeasured ? "" : " (warm-up)"), p.load, p.receiver, short(p.metrics.throughput), short(p.metrics.deliveries), milliseconds(p.metrics["ack.p50"]), milliseconds(p.metrics["ack.p99"]),
    milliseconds(p.metrics["e2e.p50"]), milliseconds(p.metrics["e2e.p99"]), p.metrics["process.cpu"] == null ? "–" : trim(p.metrics["process.cpu"]), bytes(p.metrics["process.rss_peak"]),
  ]))));

// All figures, and the scenario.
grid.append(card("", element("details", {}, element("summary", {}, "All figures"), table(["Metric", number("Value"), "What it is"],
  Object.keys(results.units).filter(name => metrics[name] != null).map(name => [element("code", {}, name), byUnit(metrics[name], results.units[name].unit), results.units[name].description])))));
if (results.scenario) grid.append(card("", element("details", {}, element("summary", {}, "Scenario"), element("pre", {}, results.scenario))));
main.append(element("footer", {}, "Everything on this page is in it, the results as JSON too; results.json beside it also has the histograms. Charts: uPlot, © Leon Sorokin, MIT licence. Drag in a chart to look closer, double-click to go back."));

let plots = [];
function draw() {
  plots.forEach(plot => plot.destroy());
  plots = charts.map(one => one());
}
draw();
addEventListener("resize", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

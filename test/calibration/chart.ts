/** docs/sizing.svg: predicted against logged, and their difference, for every row of the calibration. Readable on light and dark pages. */
import { predict, type Comparison } from "./predict";
import { calibrationRows, type CalibrationRow } from "./rows";

interface Series {
  name: string;
  symbol: "circle" | "diamond" | "square";
  points: (Comparison & { label: string })[];
}

const width = 860;
const height = 470;
/** Both panels, in the coordinates of the picture. */
const panel = { top: 86, size: 320, left: 62, right: 502 };
const mostGiB = 130;
const leastGiB = -10;
const mostOffGiB = 2.5;

export function calibrationChart(): string {
  const series = seriesOf();
  const beyond = series.flatMap(({ points }) => points).filter((point) => Math.abs(offBy(point)) > mostOffGiB);
  if (beyond.length > 0)
    throw new Error(`The chart's right panel ends at ${mostOffGiB} GiB; beyond are ${beyond.map(({ label }) => label).join(", ")}.`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title summary">`,
    '<title id="title">Memory of one GPU: predicted against logged</title>',
    `<desc id="summary">${summary(series)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}" rx="8"/>`,
    ...legend(series),
    ...comparisonPanel(series),
    ...differencePanel(series),
    "</svg>",
    "",
  ].join("\n");
}

function seriesOf(): Series[] {
  const predictions = calibrationRows.map(predict);
  const points = (key: "weights" | "kvCache", kinds: CalibrationRow["kind"][]) =>
    predictions.flatMap((each) => {
      const comparison = kinds.includes(each.row.kind) ? each[key] : undefined;
      return comparison ? [{ ...comparison, label: `row ${each.row.row}, ${each.row.model}` }] : [];
    });
  return [
    { name: "weights", symbol: "circle", points: points("weights", ["dense", "experts", "hybrid"]) },
    { name: "KV cache, dense models", symbol: "square", points: points("kvCache", ["dense"]) },
    { name: "KV cache, experts and hybrids", symbol: "diamond", points: points("kvCache", ["experts", "hybrid"]) },
  ];
}

const offBy = ({ predicted, logged }: Comparison) => predicted - logged;

function summary(series: Series[]): string {
  const parts = series.map(({ name, points }) => {
    const off = points.map((point) => Math.abs(offBy(point))).sort((a, b) => a - b);
    return `${name}: ${points.length} rows, half within ${(off[Math.floor(off.length / 2)] ?? 0).toFixed(2)} GiB, all within ${(off.at(-1) ?? 0).toFixed(2)} GiB`;
  });
  return `Left: predicted GiB over logged GiB, beside the line where both are equal. Right: predicted minus logged. ${parts.join(". ")}.`;
}

const style = [
  "text{font:13px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#24292f}",
  ".small{font-size:11.5px;fill:#57606a}.heading{font-weight:600;font-size:14px}",
  ".page{fill:#fff}.grid{stroke:#d8dee4;stroke-width:1}.equal{stroke:#57606a;stroke-width:1.2;stroke-dasharray:5 4}",
  ".circle{fill:#0072b2}.square{fill:#d55e00}.diamond{fill:#009e73}",
  ".circle,.square,.diamond{fill-opacity:.75;stroke:#fff;stroke-width:.8}",
  "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9da7b3}.page{fill:#0d1117}.grid{stroke:#30363d}.equal{stroke:#9da7b3}",
  ".circle{fill:#56b4e9}.square{fill:#f0883e}.diamond{fill:#3fb98f}.circle,.square,.diamond{fill-opacity:.85;stroke:#0d1117}}",
].join("");

const at = (value: number) => Number(value.toFixed(1));
/** From GiB to the picture, along the horizontal axis of the panel that begins at `left`, and upwards in the left panel. */
const across = (left: number, gib: number) => at(left + ((gib - leastGiB) / (mostGiB - leastGiB)) * panel.size);
const upwards = (gib: number) => at(panel.top + panel.size - ((gib - leastGiB) / (mostGiB - leastGiB)) * panel.size);
const difference = (gib: number) => at(panel.top + panel.size / 2 - (gib / mostOffGiB) * (panel.size / 2));

function legend(series: Series[]): string[] {
  const starts = [panel.left, panel.left + 150, panel.left + 375];
  return [
    text(panel.left, 28, "Memory of one GPU in published start-up logs", "heading"),
    ...series.flatMap(({ name, symbol, points }, index) => [
      mark(symbol, starts[index]! + 5, 52),
      text(starts[index]! + 17, 56, `${name} (${points.length})`),
    ]),
  ];
}

function comparisonPanel(series: Series[]): string[] {
  const { left, top, size } = panel;
  const ticks = [0, 25, 50, 75, 100, 125];
  return [
    text(left, top - 8, "Predicted over logged, GiB", "small"),
    ...ticks.flatMap((gib) => [
      line("grid", left, upwards(gib), left + size, upwards(gib)),
      line("grid", across(left, gib), top, across(left, gib), top + size),
      text(left - 8, upwards(gib) + 4, String(gib), "small", "end"),
      text(across(left, gib), top + size + 18, String(gib), "small", "middle"),
    ]),
    line("equal", across(left, leastGiB), upwards(leastGiB), across(left, mostGiB), upwards(mostGiB)),
    ...series.flatMap(({ symbol, points }) =>
      points.map((point) => mark(symbol, across(left, point.logged), upwards(point.predicted), tooltip(point))),
    ),
    text(left + size / 2, top + size + 40, "logged; on the dashed line both are equal", "small", "middle"),
  ];
}

function differencePanel(series: Series[]): string[] {
  const { right: left, top, size } = panel;
  return [
    text(left, top - 8, "Predicted minus logged, GiB", "small"),
    ...[-2, -1, 0, 1, 2].flatMap((gib) => [
      line(gib === 0 ? "equal" : "grid", left, difference(gib), left + size, difference(gib)),
      text(left - 8, difference(gib) + 4, gib > 0 ? `+${gib}` : String(gib).replace("-", "−"), "small", "end"),
    ]),
    ...[0, 25, 50, 75, 100, 125].flatMap((gib) => [
      line("grid", across(left, gib), top, across(left, gib), top + size),
      text(across(left, gib), top + size + 18, String(gib), "small", "middle"),
    ]),
    ...series.flatMap(({ symbol, points }) =>
      points.map((point) => mark(symbol, across(left, point.logged), difference(offBy(point)), tooltip(point))),
    ),
    text(left + size / 2, top + size + 40, "logged; above the dashed line the prediction is too high", "small", "middle"),
  ];
}

const tooltip = ({ label, predicted, logged }: Comparison & { label: string }) =>
  `${label}: ${predicted.toFixed(2)} predicted, ${logged.toFixed(2)} logged`;

function mark(symbol: Series["symbol"], x: number, y: number, title?: string): string {
  const inside = title === undefined ? "/>" : `><title>${title}</title></${symbol === "circle" ? "circle" : "path"}>`;
  if (symbol === "circle") return `<circle class="circle" cx="${x}" cy="${y}" r="4.5"${inside}`;
  const outline = symbol === "square" ? "m-4-4h8v8h-8z" : "m0-6 5.5 6-5.5 6-5.5-6z";
  return `<path class="${symbol}" d="M${x} ${y}${outline}"${inside}`;
}

const line = (name: string, x1: number, y1: number, x2: number, y2: number) =>
  `<line class="${name}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;

const text = (x: number, y: number, words: string, name = "", anchor = "start") =>
  `<text x="${x}" y="${y}"${name && ` class="${name}"`}${anchor === "start" ? "" : ` text-anchor="${anchor}"`}>${words}</text>`;

/** Tables for people. A separate module, so that `--json` does not load the table printer. */
import Table from "cli-table3";
import type { Paint } from "./text";

interface TableOptions {
  head?: string[];
  /** Columns of numbers, by index. */
  right?: number[];
  /** Maximum width of a column, by index; longer text wraps. */
  widths?: Record<number, number>;
  paint: Paint;
}

/** Without rules: three spaces separate the columns, as in kubectl. */
export function table(rows: string[][], options: TableOptions): string {
  const { head, right = [], widths = {}, paint } = options;
  const edges = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
  const rules = ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
  const columns = Math.max(...rows.map((row) => row.length));
  const printed = new Table({
    chars: { ...Object.fromEntries([...edges, ...rules].map((place) => [place, ""])), middle: "   " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: Array.from({ length: columns }, (_, index) => (right.includes(index) ? "right" : "left")),
    colWidths: Array.from({ length: columns }, (_, index) => widths[index] ?? null),
    wordWrap: true,
  });
  if (head) printed.push(head.map((cell) => paint("dim", cell)));
  printed.push(...rows);
  return printed
    .toString()
    .split("\n")
    .map((line) => `  ${line.trimEnd()}`)
    .join("\n");
}

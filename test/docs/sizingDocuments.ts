/** docs/sizing.md with the tables that are made from the code and from the tests' data, and its chart. */
import fs from "node:fs";
import path from "node:path";
import { calibrationChart } from "../calibration/chart";
import { oracleTable } from "../calibration/oracleTable";
import { calibrationReport } from "../calibration/report";
import { root, type Document } from "./documents";

export const sizingPage = "docs/sizing.md";

/** Between its markers, each table is what the function returns. */
const tables = { "calibration table": calibrationReport, "oracle table": oracleTable };

export function sizingDocuments(): Document[] {
  const page = fs.readFileSync(path.join(root, sizingPage), "utf8");
  return [
    { file: sizingPage, text: Object.entries(tables).reduce((text, [name, table]) => between(text, name, table()), page) },
    { file: "docs/sizing.svg", text: calibrationChart() },
  ];
}

function between(page: string, name: string, table: string): string {
  const [start, end] = [`<!-- ${name}: start -->`, `<!-- ${name}: end -->`];
  const [before = "", rest = ""] = page.split(start);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error(`${sizingPage} has lost the markers of its ${name}.`);
  return `${before}${start}\n\n${table}\n${end}${after}`;
}

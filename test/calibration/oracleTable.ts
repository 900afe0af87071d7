/** The oracle as Markdown: for each architecture how far the package is off, what it computes otherwise, and what has no answer. */
import { configShape } from "./models";
import { computed, groupedBy, isRefusal, oracle, type OracleRow } from "./oracle";
import { differenceOf, differences } from "./oracleDifferences";

export function oracleTable(): string {
  const byArchitecture = groupedBy(oracle.rows, ({ model }) => configShape(model).architecture);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const head = ["architecture", "models", "splits", "formats", "weights off by at most", "towers", "requests at once"];
  return [
    `vLLM ${oracle.vllm}, ${oracle.asOf}: ${oracle.rows.length} splits of ${groupedBy(oracle.rows, ({ model }) => model).size} models. Rows that are explained below do not count.`,
    "",
    line(head),
    line(head.map(() => "---")),
    ...[...byArchitecture].sort(([a], [b]) => (a < b ? -1 : 1)).map(([architecture, rows]) => line([architecture, ...cells(rows)])),
    "",
    "The package computes otherwise:",
    "",
    ...differences.map(({ of, because }) => `- ${of}: ${because}.`),
    "",
    "vLLM's classes do not make these:",
    "",
    ...withoutAnswer(),
    "",
  ].join("\n");
}

function cells(rows: OracleRow[]): string[] {
  const known = (row: OracleRow, what: string) => differenceOf(row).some((each) => each.what === what);
  const compared = rows.filter((row) => computed(row) && !known(row, "weights"));
  const off = compared.flatMap((row) =>
    computed(row)!.stages.map((stage, index) => Math.abs(stage.weightBytes / row.stages[index]!.weightBytes - 1)),
  );
  const formats = new Set(
    rows.map(({ model }) => configShape(model).weights).map(({ dtype, quantization }) => quantization?.method ?? dtype),
  );
  const models = new Set(rows.map(({ model }) => model.slice(model.indexOf("/") + 1)));
  const hasTowers = rows.some(({ stages }) => stages.some(({ towerBytes = 0 }) => towerBytes > 0));
  return [
    [...models].sort().join(", "),
    String(rows.length),
    [...formats].sort().join(", "),
    compared.length > 0 ? `${(100 * Math.max(...off)).toFixed(2)} %` : "explained below",
    hasTowers ? "exact" : "–",
    rows.some((row) => known(row, "concurrency")) ? "explained below" : "exact",
  ];
}

/** One line for each reason. */
function withoutAnswer(): string[] {
  const byReason = groupedBy(oracle.withoutAnswer, ({ error }) => reasonOf(error));
  return [...byReason].map(
    ([reason, cases]) => `- ${reason}: ${[...new Set(cases.map(({ model, tp, pp }) => `${model} TP ${tp} × PP ${pp}`))].join(", ")}.`,
  );
}

function reasonOf(error: string): string {
  if (isRefusal(error)) return "the split does not divide the model, and the package refuses it too";
  if (/does not divide num_groups/.test(error)) return "vLLM refuses to share the groups of Mamba-2, which the package does not check";
  if (/Unknown quantization method: bitsandbytes/.test(error)) return "this version has no bitsandbytes";
  return `the oracle has no kernels that would say (${error.replace(/^(\w+: )?(1 validation error for \w+ Value error, )?/, "").slice(0, 80)})`;
}

/** The calibration as Markdown: every row with the prediction, the logged value and the difference. */
import { predict, type Comparison } from "./predict";
import { calibrationRows, rowsLeftOut, type CalibrationRow } from "./rows";

export function calibrationReport(): string {
  const head = ["row", "model", "GPU", "TP", "vLLM", "weights GiB", "KV cache GiB", "KV tokens of the logged cache", "starts"];
  const rows = calibrationRows.map((row) => {
    const { weights, kvCache, tokens, starts } = predict(row);
    const { model, tensorParallelSize, pipelineParallelSize = 1, settings } = row;
    const split = pipelineParallelSize > 1 ? `${tensorParallelSize} × PP ${pipelineParallelSize}` : String(tensorParallelSize);
    return [
      row.row,
      model.slice(model.indexOf("/") + 1),
      row.gpu?.model ?? "–",
      split,
      settings.vllmVersion,
      beside(weights, 2),
      beside(kvCache, 2),
      beside(tokens, 0),
      verdict(starts),
    ];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(head),
    line(head.map(() => "---")),
    ...rows.map(line),
    "",
    "Predicted / logged, and the difference. Not compared:",
    "",
    ...calibrationRows.flatMap(exceptionsOf).map((text) => `- ${text}`),
    ...rowsLeftOut.map(([row, reason]) => `- row ${row}: left out, ${reason}.`),
    "",
    `Sources: ${sources()}.`,
    "",
  ].join("\n");
}

function beside(comparison: Comparison | undefined, digits: number): string {
  if (!comparison) return "–";
  const { predicted, logged, errorPercent } = comparison;
  const text = (value: number) => value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const sign = errorPercent >= 0 ? "+" : "−";
  return `${text(predicted)} / ${text(logged)}  ${sign}${Math.abs(errorPercent).toFixed(digits === 0 ? 2 : 1)} %`;
}

function verdict(starts: { predicted: boolean; logged: boolean } | undefined): string {
  if (!starts) return "–";
  const word = starts.logged ? "yes" : "no";
  return starts.predicted === starts.logged ? word : `${word}, predicted otherwise`;
}

const names = { weights: "weights", kvCache: "KV cache", tokens: "tokens" } as const;

function exceptionsOf({ row, exceptions = {} }: CalibrationRow): string[] {
  return Object.entries(exceptions).map(([key, reason]) => `row ${row}, ${names[key as keyof typeof names]}: ${reason}.`);
}

function sources(): string {
  const byPage = new Map<string, string[]>();
  for (const { row, source } of calibrationRows) byPage.set(source, [...(byPage.get(source) ?? []), row]);
  return [...byPage].map(([source, rows]) => `${source} (${[...new Set(rows)].join("; ")})`).join(", ");
}

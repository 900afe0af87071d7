/** The answer of `fit` for a person. */
import { quoted } from "../components/configCommand";
import type { Change } from "../sizing/problem";
import { explanation } from "./explanation";
import type { FitCandidateDocument, FitDocument } from "./fit";
import { problemText } from "./problemText";
import { memoryLines, memoryTitle, modelLines } from "./sizingText";
import { table } from "./table";
import { dollars, number, paragraph, type Paint } from "./text";

export interface FitReportOptions {
  paint: Paint;
  /** What was typed after `fit`, to which a mended setting is added. */
  argv: readonly string[];
  explain: boolean;
}

export function fitReport(found: FitDocument, { paint, argv, explain }: FitReportOptions): string {
  const section = (title: string, lines: string[]) => (lines.length > 0 ? ["", paint("bold", title), ...lines] : []);
  return [
    paragraph(
      [found.verdict === "deployable" ? paint("green", "FITS") : paint("red", "DOES NOT FIT"), headline(found)].join("  ").trimEnd(),
    ),
    ...(found.problems.length > 0 ? ["", ...problemText(found.problems, (changes) => fitCommands(changes, argv), paint)] : []),
    ...section("Model and shape", modelLines(found)),
    ...section(memoryTitle(found.shape), memoryLines(found.memory, paint)),
    ...(explain ? section("Arithmetic", explanation(found.memory)) : []),
    ...section("Shapes, cheapest first", found.candidates ? candidateLines(found.candidates, paint) : []),
    "",
  ].join("\n");
}

function headline({ model, shape, candidates }: FitDocument): string {
  if (candidates)
    return `${model?.id ?? ""}: ${candidates.filter(({ verdict }) => verdict === "deployable").length} instance types hold it`;
  return `${model?.id ?? ""}${shape ? ` on ${shape.nodeCount} × ${shape.instanceType}` : ""}`;
}

function candidateLines(candidates: readonly FitCandidateDocument[], paint: Paint): string[] {
  const fitting = candidates.filter(({ verdict }) => verdict === "deployable");
  const rows = fitting.map(({ shape, memory, hourlyUsd, enableExpertParallel }) => [
    `${shape.nodeCount} × ${shape.instanceType}`,
    `TP ${shape.tensorParallelSize} × PP ${shape.pipelineParallelSize}${enableExpertParallel ? ", expert parallel" : ""}`,
    hourlyUsd === null ? "blocks only" : dollars(hourlyUsd),
    memory ? number(memory.kvCacheTokens) : "",
    memory ? number(memory.maxConcurrency, 1) : "",
  ]);
  return [
    ...(rows.length > 0 ? [table(rows, { head: ["nodes", "split", "an hour", "KV tokens", "requests"], right: [2, 3, 4], paint })] : []),
    paragraph("On demand, us-east-1. Requests: of the longest context at once.", "  "),
    ...tooSmall(candidates).map((line) => paragraph(line, "  ")),
  ];
}

/** Types whose nodes cost less than the first that fits, by what stops them. */
function tooSmall(candidates: readonly FitCandidateDocument[]): string[] {
  const byCode = new Map<string, string[]>();
  for (const { shape, verdict, problems } of candidates) {
    if (verdict === "deployable") continue;
    const code = problems.find(({ severity }) => severity === "error")?.code ?? "refused";
    byCode.set(code, [...(byCode.get(code) ?? []), shape.instanceType]);
  }
  return [...byCode].map(([code, types]) => `${code}: ${types.join(", ")}.`);
}

/** `engine.maxModelLen` and `--max-model-len` are the same setting. */
const flagOf = (path: string) => `--${path.replace(/^engine\./, "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
const notAFlag = new Set(["nodeCount", "replicas", "model"]);

function fitCommands(changes: readonly Change[], argv: readonly string[]): string[][] {
  const flags = changes
    .filter(({ path }) => !notAFlag.has(path))
    .map(({ path, value }) => (value === true ? flagOf(path) : `${flagOf(path)} ${quoted(String(value))}`));
  return flags.length > 0 ? [["npm run fit --", ...argv.map(quoted), ...flags]] : [];
}

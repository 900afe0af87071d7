/** Writes the answer of `fit` for a person. */
import type { Change } from "../sizing/problem";
import type { FitCandidateDocument, FitDocument, FitThroughput } from "./fitDocument";
import { ownCommand } from "./ownPackage";
import { problemText } from "./problemText";
import { memoryLines, memoryTitle, modelLines } from "./sizingText";
import { table } from "./table";
import { dollars, number, paragraph, type Paint } from "./text";

interface FitReportOptions {
  paint: Paint;
  /** What was typed after `fit`; a proposed command appends the corrected setting. */
  argv: readonly string[];
  /** Lines of `--explain`. */
  arithmetic: string[];
}

export function fitReport(found: FitDocument, { paint, argv, arithmetic }: FitReportOptions): string {
  const section = (title: string, lines: string[]) => (lines.length > 0 ? ["", paint("bold", title), ...lines] : []);
  return [
    paragraph(
      [found.verdict === "deployable" ? paint("green", "FITS") : paint("red", "DOES NOT FIT"), headline(found)].join("  ").trimEnd(),
    ),
    ...(found.problems.length > 0 ? ["", ...problemText(found.problems, (changes) => fitCommands(changes, argv), paint)] : []),
    ...section("Model and shape", modelLines(found)),
    ...section(memoryTitle(found.shape), memoryLines(found.memory, paint)),
    ...section("Bounds", boundLines(found.throughput)),
    ...section("Arithmetic", arithmetic.map(wrapped)),
    ...section("Shapes, cheapest first", found.candidates ? candidateLines(found.candidates, paint) : []),
    ...section("Cheaper, but too small", found.candidates ? failingLines(found.candidates, paint) : []),
    "",
  ].join("\n");
}

/** Keeps the indent of a line. */
const wrapped = (line: string) => paragraph(line.trim(), /^ */.exec(line)?.[0]);

function headline({ model, shape, candidates }: FitDocument): string {
  if (candidates)
    return `${model?.id ?? ""}: ${candidates.filter(({ verdict }) => verdict === "deployable").length} instance types hold it`;
  return `${model?.id ?? ""}${shape ? ` on ${shape.nodeCount} × ${shape.instanceType}` : ""}`;
}

function boundLines(throughput: FitThroughput | null): string[] {
  if (!throughput) return [];
  const { singleTokensPerSecond, fullTokensPerSecond, batch, contextTokens, boundBy, usdPerMillionTokens } = throughput;
  const price = usdPerMillionTokens === null ? "" : `, so a million tokens cost at least ${dollars(usdPerMillionTokens)}`;
  return [
    `At most ${number(singleTokensPerSecond)} tokens a second for one request alone.`,
    `At most ${number(fullTokensPerSecond)} tokens a second for ${number(batch)} requests of ${number(contextTokens)} tokens together (${boundBy} is the limit)${price}.`,
    "These are limits of the hardware when decoding, not a prediction. Engines reach a half to four fifths of them.",
  ].map((line) => paragraph(line, "  "));
}

const nodesAndSplit = ({ shape, enableExpertParallel }: FitCandidateDocument) => [
  `${shape.nodeCount} × ${shape.instanceType}`,
  `TP ${shape.tensorParallelSize} × PP ${shape.pipelineParallelSize}${enableExpertParallel ? ", EP" : ""}`,
];
const hourly = ({ hourlyUsd }: FitCandidateDocument) => (hourlyUsd === null ? "blocks only" : dollars(hourlyUsd));

function candidateLines(candidates: readonly FitCandidateDocument[], paint: Paint): string[] {
  const fitting = candidates.filter(({ verdict }) => verdict === "deployable");
  const rows = fitting.map((candidate) => {
    const { memory, hourlyUsdPerMillionKvTokens: held, throughput } = candidate;
    const made = throughput?.usdPerMillionTokens;
    return [
      ...nodesAndSplit(candidate),
      hourly(candidate),
      memory ? number(memory.kvCacheTokens) : "",
      held === null ? "" : dollars(held),
      memory ? number(memory.maxConcurrency, 1) : "",
      made ? `≥ ${dollars(made)}` : "",
    ];
  });
  const head = ["nodes", "split", "an hour", "KV tokens", "per M held", "requests", "per M made"];
  return [
    ...(rows.length > 0 ? [table(rows, { head, right: [2, 3, 4, 5, 6], paint })] : []),
    paragraph(
      "Prices are on demand, us-east-1. EP: each GPU holds whole experts. Per M held: a million tokens of KV cache for an hour. Requests: " +
        "how many of the longest context run at once. Per M made: the least that decoding a million tokens costs.",
      "  ",
    ),
  ];
}

/** Number of shapes that do not fit and are shown as rows; the others are only named. */
const mostFailing = 6;

/** The shapes that almost fit, cheapest first. */
function failingLines(candidates: readonly FitCandidateDocument[], paint: Paint): string[] {
  const failing = candidates.filter(({ verdict }) => verdict === "refused");
  const closest = new Set([...failing].sort((a, b) => (a.missingGiBPerGpu ?? 0) - (b.missingGiBPerGpu ?? 0)).slice(0, mostFailing));
  const rows = [...failing]
    .filter((candidate) => closest.has(candidate))
    .map((candidate) => [
      ...nodesAndSplit(candidate),
      hourly(candidate),
      candidate.problems.find(({ severity }) => severity === "error")?.code ?? "",
      candidate.missingGiBPerGpu === null ? "" : `${number(candidate.missingGiBPerGpu, 1)} GiB`,
    ]);
  if (rows.length === 0) return [];
  const others = failing.filter((candidate) => !closest.has(candidate)).map((candidate) => nodesAndSplit(candidate)[0]);
  return [
    table(rows, { head: ["nodes", "split", "an hour", "why", "missing on each GPU"], right: [2, 4], paint }),
    ...(others.length > 0 ? [paragraph(`Further from fitting: ${others.join(", ")}.`, "  ")] : []),
  ];
}

/** `engine.maxModelLen` and `--max-model-len` are the same setting. */
const flagOf = (path: string) => `--${path.replace(/^engine\./, "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
const notAFlag = new Set(["nodeCount", "replicas", "model"]);

function fitCommands(changes: readonly Change[], argv: readonly string[]): string[][] {
  const flags = changes
    .filter(({ path }) => !notAFlag.has(path))
    .flatMap(({ path, value }) => (value === true ? [flagOf(path)] : [flagOf(path), String(value)]));
  return flags.length > 0 ? [[...ownCommand("fit"), ...argv, ...flags]] : [];
}

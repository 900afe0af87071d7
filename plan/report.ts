/** Writes the plan for a person: first the verdict, then memory, dollars and minutes, then what is not checked yet. */
import { shellCommand } from "../sizing/shellCommand";
import type { DocumentTime, PlanDocument } from "./document";
import { defaultsLines } from "./pinnedDefaults";
import { preflightLines, preflightTitle } from "./preflightText";
import { planCommands, problemText } from "./problemText";
import { recoveryLines } from "./recovery";
import { memoryLines, memoryTitle, modelLines } from "./sizingText";
import { table } from "./table";
import { longestWaits } from "./waits";
import { count, dollars, minutes, number, pageWidth, paragraph, type Paint } from "./text";

interface ReportOptions {
  paint: Paint;
  /** List every resource instead of counting them by type. */
  everyResource: boolean;
  /** What was typed after `--stack`: commands name the stack by it. */
  stack: string;
  /** What was typed after `--set`, so that a proposed command keeps it. */
  settings: readonly string[];
}

export function report(plan: PlanDocument, options: ReportOptions): string {
  const { paint } = options;
  const section = (title: string, lines: string[]) => (lines.length > 0 ? ["", paint("bold", title), ...lines] : []);
  return [
    ...verdictLines(plan, paint),
    ...problemText(plan.problems, (changes) => planCommands(changes, options.stack, options.settings), paint),
    ...section(preflightTitle, preflightLines(plan.preflight, paint)),
    ...section("Model and shape", modelLines(plan)),
    ...section(memoryTitle(plan.shape), memoryLines(plan.memory, paint)),
    ...section("Model store", storageLines(plan)),
    ...section("Cost", costLines(plan, paint)),
    ...section("Time to the first token", timeLines(plan.time, paint)),
    ...section("Recovery of a group", recoveryLines(plan.recovery, paint)),
    ...section("Longest waits of pulumi up and destroy", waitLines(plan, paint)),
    ...section("Defaults", defaultsLines(plan.defaults, options.stack)),
    ...section("Resources", resourceLines(plan, options)),
    ...section(
      plan.preflight && plan.preflight.notAsked === null ? "Known only at creation" : "Not checked offline",
      openLines(plan, paint),
    ),
    ...section("Next", nextLines(plan, options.stack)),
    "",
  ].join("\n");
}

function verdictLines(plan: PlanDocument, paint: Paint): string[] {
  const deployable = plan.verdict === "deployable";
  const place = plan.shape ? `: ${plan.model?.id ?? ""} on ${plan.shape.nodeCount} × ${plan.shape.instanceType}` : "";
  const number = (severity: string) => plan.problems.filter((problem) => problem.severity === severity).length;
  const counts = [count(number("error"), "error"), count(number("setBeforeUp"), "value") + " to set", count(number("warning"), "warning")];
  const summary = [counts.filter((text) => !text.startsWith("0 ")).join(", ")];
  if (plan.cost) summary.push(plan.cost.hourly.total === null ? "price unknown" : `${dollars(plan.cost.hourly.total)} an hour`);
  if (plan.time) summary.push(`first token after ${minutes(plan.time.toFirstTokenMinutes)}`);
  const known = summary.filter((text) => text !== "").join(" · ");
  return [
    paragraph(`${deployable ? paint("green", "DEPLOYABLE") : paint("red", "REFUSED")}  ${paint("bold", plan.environment)}${place}`),
    ...(known ? [paragraph(known, "  ")] : []),
    ...(plan.problems.length > 0 ? [""] : []),
  ];
}

function storageLines({ storage }: PlanDocument): string[] {
  if (!storage) return [];
  return [
    paragraph(
      `FSx for Lustre ${storage.deploymentType}, ${number(storage.capacityGiB)} GiB, ${number(storage.readMBps)} MB/s from disk for all nodes together.`,
      "  ",
    ),
    paragraph(
      `Loading the weights takes ${number(storage.loadSecondsCold)} s from disk (limited by ${storage.limitedBy}), ${number(storage.loadSecondsWarm)} s if they were read shortly before.`,
      "  ",
    ),
  ];
}

function costLines({ cost }: PlanDocument, paint: Paint): string[] {
  if (!cost) return [];
  const { gpuNodes, systemNodes, controlPlane, modelStore, loadBalancer, network, total } = cost.hourly;
  const parts: [string, number | null][] = [
    ["GPU nodes", gpuNodes],
    ["system nodes", systemNodes],
    ["control plane", controlPlane],
    ["model store", modelStore],
    ["load balancer", loadBalancer],
    ["network", network],
    ["total", total],
  ];
  const perMonth = (usd: number | null) => (usd === null ? "unknown" : `$${number(usd * 730)}`);
  const rows = parts.map(([name, usd]) => [name, dollars(usd), perMonth(usd)]);
  const first = cost.beforeFirstToken;
  return [
    table(rows, { head: ["part", "an hour", "730 h"], right: [1, 2], paint }),
    ...(first
      ? [
          paragraph(
            `Spent before the first token: ${dollars(first.total)} (${dollars(first.idleGpu)} of it on idle GPUs, ${dollars(first.dataTransfer)} on data).`,
            "  ",
          ),
        ]
      : []),
    paragraph(`List prices for ${cost.region}; GPU prices of ${cost.pricesAsOf}.`, "  "),
    ...cost.notes.map((note) => paragraph(note.replace(/ ?\(https?:[^)]*\)/, ""), "  ")),
  ];
}

/** Phases shorter than this, in minutes, get no line in the table. */
const shortestShown = 0.05;

function timeLines(time: DocumentTime | null, paint: Paint): string[] {
  if (!time) return [];
  const path = time.criticalPath
    .filter(({ startMinutes, endMinutes }) => endMinutes - startMinutes >= shortestShown)
    .map(({ name, startMinutes, endMinutes, source }) => [
      number(startMinutes, 1),
      number(endMinutes, 1),
      name,
      source.startsWith("http") ? "recorded" : source,
    ]);
  const other = time.alternatives.map(({ path: name, toFirstTokenMinutes }) => [number(toFirstTokenMinutes, 1), name]);
  const start = (["afterWeights", "withCluster"] as const).map((name) => {
    const { toFirstTokenMinutes, gpuBilledIdleMinutes, idleGpuUsd } = time.gpuNodesStart[name];
    const label = `${name}${name === time.gpuNodesStart.configured ? " (configured)" : ""}`;
    return [label, number(toFirstTokenMinutes, 1), number(gpuBilledIdleMinutes, 1), dollars(idleGpuUsd)];
  });
  return [
    table(path, { head: ["from min", "to min", "critical path", "source"], right: [0, 1], widths: { 2: 37, 3: 37 }, paint }),
    "",
    table(start, { head: ["gpuNodes.start", "first token, min", "GPUs billed idle, min", "idle GPUs"], right: [1, 2, 3], paint }),
    "",
    table(other, { head: ["first token, min", "the same program on another path"], right: [0], widths: { 1: 78 }, paint }),
    ...targetLines(time.target),
  ];
}

function targetLines({ from, minutes: target, bestPath, bestMinutes, longestPhases }: DocumentTime["target"]): string[] {
  if (bestMinutes <= target)
    return [paragraph(`The target of ${target} min from ${from} is within reach: ${minutes(bestMinutes)} at best (${bestPath}).`, "  ")];
  const phases = longestPhases.map(({ name, minutes: length }) => `${name} ${minutes(length)}`).join(", ");
  return [
    paragraph(
      `The target of ${target} min from ${from} is out of reach: ${minutes(bestMinutes)} at best (${bestPath}), including ${phases}.`,
      "  ",
    ),
  ];
}

function waitLines({ resources }: PlanDocument, paint: Paint): string[] {
  const rows = longestWaits(resources ?? []).map((wait) => [wait.what, wait.create, wait.update, wait.delete]);
  return rows.length > 0 ? [table(rows, { head: ["what", "create", "update", "delete"], right: [1, 2, 3], paint })] : [];
}

function resourceLines({ resources }: PlanDocument, { everyResource, paint }: ReportOptions): string[] {
  if (!resources) return [];
  if (everyResource) return resources.map(({ type, name }) => cut(`  ${type}  ${name}`));
  const byType = new Map<string, number>();
  for (const { type } of resources) byType.set(type, (byType.get(type) ?? 0) + 1);
  const rows = [...byType].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, found]) => [String(found), type]);
  return [
    table(rows, { right: [0], paint }),
    `  ${count(resources.length, "resource")} in all; --resources lists every name, --json every input.`,
  ];
}

const cut = (line: string) => (line.length > pageWidth ? `${line.slice(0, pageWidth - 1)}…` : line);

function openLines({ notCheckedOffline }: PlanDocument, paint: Paint): string[] {
  if (notCheckedOffline.length === 0) return [];
  return [
    table(
      notCheckedOffline.map(({ what, detail, answeredBy }) => [what, detail, answeredBy]),
      { widths: { 1: 62 }, paint },
    ),
  ];
}

function nextLines({ verdict, requiredBeforeUp }: PlanDocument, stack: string): string[] {
  if (verdict === "refused") return [paragraph("Fix the errors above and plan again. Nothing was deployed.", "  ")];
  const up = shellCommand("pulumi", "up", "-s", stack);
  if (requiredBeforeUp.length > 0) return [paragraph(`Set ${requiredBeforeUp.map(({ path }) => path).join(", ")}, then: ${up}`, "  ")];
  return [`  ${up}`];
}

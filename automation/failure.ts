/** From what an operation left behind when it failed to one error. */
import type { Problem } from "../sizing/problem";
import { AutomationError, type AutomationCause, type AutomationFailure } from "./automationError";
import { advice, causeOf } from "./errorRules";
import type { Redact } from "./redaction";

export interface FailedOperation {
  operation: AutomationFailure["operation"];
  stackName: string;
  /** What was thrown. */
  thrown: unknown;
  /** The engine's error messages. */
  diagnostics: readonly string[];
  /** Names of the resources whose steps failed. */
  resources: readonly string[];
  /** What the program found wrong with its configuration. */
  problems: readonly Problem[];
  /** The caller gave the signal. */
  cancelled: boolean;
  /** What is billed while somebody looks; empty where nothing was begun. */
  billed: string;
  redact: Redact;
}

/** Longest first line of an error, characters; everything is in `original`. */
const longestSummary = 400;

export function explainFailure(failed: FailedOperation): AutomationError {
  const { operation, stackName, thrown, diagnostics, resources, problems, billed, redact } = failed;
  const messages = diagnostics.map(stripColours).filter((line) => !isEpilogue(line));
  const thrownText = stripColours(thrown instanceof Error ? thrown.message : String(thrown));
  const cause = findCause(failed, messages.join("\n"), thrownText);
  const summary = (messages[0] ?? firstError(thrownText)).slice(0, longestSummary);
  const nextSteps = [advice[cause], billed].filter((words) => words !== "").join(" ");
  return new AutomationError({
    cause,
    operation,
    stackName,
    resources: [...resources],
    advice: nextSteps,
    problems: problems.map((problem) => JSON.parse(redact(JSON.stringify(problem))) as Problem),
    original: redact([...messages, thrownText].join("\n")),
    message: redact(`${operation} of ${stackName}: ${cause}: ${summary}\n${nextSteps}`),
  });
}

/** The caller's own signal first, then what the program says as data, then the engine's errors, then whatever the command line printed. */
function findCause({ cancelled, problems }: FailedOperation, messages: string, thrown: string): AutomationCause {
  if (cancelled) return "cancelled";
  if (problems.length > 0)
    return problems.every(({ severity }) => severity === "setBeforeUp") ? "missing-configuration" : "invalid-configuration";
  const fromEngine = causeOf(messages);
  // A warning may name what did no harm: credentials that the preflight could not find, for instance.
  return fromEngine === "unknown" ? causeOf(withoutWarnings(thrown)) : fromEngine;
}

const withoutWarnings = (text: string) =>
  text
    .split("\n")
    .filter((line) => !line.includes("warning:"))
    .join("\n");

/** The engine's colours, `<{%reset%}>`, and those of a terminal. */
const stripColours = (text: string) =>
  text
    .replace(/<\{%[^%]*%\}>/g, "")
    .replace(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "")
    .trim();

/** What the engine says at the end of every failed operation. */
const isEpilogue = (line: string) => /^(update|preview|refresh|destroy|operation) failed$/.test(line);

const firstError = (text: string) =>
  /error: (.+)/.exec(text)?.[1] ??
  text
    .split("\n")
    .find((line) => line.trim() !== "")
    ?.trim() ??
  "no words";

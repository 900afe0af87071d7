/** Turns what a failed operation left behind into one error. */
import type { Problem } from "../sizing/problem";
import { AutomationError, type AutomationCause, type AutomationFailure } from "./automationError";
import { adviceFor, causeOf } from "./errorRules";
import { redactValue, type Redact } from "./redaction";

export interface FailedOperation {
  operation: AutomationFailure["operation"];
  stackName: string;
  /** The error that was thrown. */
  thrown: unknown;
  /** The engine's error messages. */
  diagnostics: readonly string[];
  /** Names of the resources whose steps failed. */
  resources: readonly string[];
  /** What the program found wrong with its configuration. */
  problems: readonly Problem[];
  /** The caller sent the signal. */
  cancelled: boolean;
  /** What AWS still bills; empty when nothing was started. */
  billed: string;
  redact: Redact;
}

/** Longest first line of an error, characters; `original` has the whole text. */
const longestSummary = 400;

export function explainFailure(failed: FailedOperation): AutomationError {
  const { operation, stackName, thrown, diagnostics, resources, problems, billed, redact } = failed;
  const messages = diagnostics.map(stripColours).filter((line) => !isEpilogue(line));
  const thrownText = stripColours(thrown instanceof Error ? thrown.message : String(thrown));
  const cause = findCause(failed, messages.join("\n"), thrownText);
  // Redacted before it is cut: half a secret would not be recognised.
  const summary = redact(messages[0] ?? firstError(thrownText)).slice(0, longestSummary);
  const nextSteps = [adviceFor(cause, stackName), billed].filter((words) => words !== "").join(" ");
  return new AutomationError({
    cause,
    operation,
    stackName,
    resources: [...resources],
    advice: nextSteps,
    problems: redactValue([...problems], redact),
    original: redact([...messages, thrownText].join("\n")),
    message: redact(`${operation} of ${stackName}: ${cause}: ${summary}\n${nextSteps}`),
  });
}

/** Looks at the caller's signal first, then at the program's problems, the engine's errors, and what the command line printed. */
function findCause({ cancelled, problems }: FailedOperation, messages: string, thrown: string): AutomationCause {
  if (cancelled) return "cancelled";
  if (problems.length > 0)
    return problems.every(({ severity }) => severity === "setBeforeUp") ? "missing-configuration" : "invalid-configuration";
  const fromEngine = causeOf(messages);
  // A warning may name something harmless, for instance credentials that the preflight could not find.
  return fromEngine === "unknown" ? causeOf(withoutWarnings(thrown)) : fromEngine;
}

const withoutWarnings = (text: string) =>
  text
    .split("\n")
    .filter((line) => !line.includes("warning:"))
    .join("\n");

/** Removes the engine's colours, `<{%reset%}>`, and a terminal's colours. */
const stripColours = (text: string) =>
  text
    .replace(/<\{%[^%]*%\}>/g, "")
    .replace(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "")
    .trim();

/** The line that ends every failed operation of the engine. */
const isEpilogue = (line: string) => /^(update|preview|refresh|destroy|operation) failed$/.test(line);

const firstError = (text: string) =>
  /error: (.+)/.exec(text)?.[1] ??
  text
    .split("\n")
    .find((line) => line.trim() !== "")
    ?.trim() ??
  "no message";

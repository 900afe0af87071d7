/** The process of one operation: it runs the operation, reports, and ends. ownProcess.ts starts it. */
import { AutomationError } from "./automationError";
import type { Assignment, Order, Report } from "./messages";
import { operate, readOutputs } from "./operate";
import type { DeployResult } from "./options";

const cancel = new AbortController();

const report = (message: Report) =>
  new Promise<void>((resolve) => (process.connected ? process.send?.(message, () => resolve()) : resolve()));

process.on("message", (order: Order) => {
  if (order.kind === "cancel") cancel.abort();
  else void carryOut(order);
});
// A terminal interrupts every process it started; the parent process decides what that means.
process.on("SIGINT", () => {});
// The parent process is gone, so nothing would watch this operation.
process.on("disconnect", () => cancel.abort());
// When a program refuses its configuration, Pulumi's runtime leaves an unhandled rejection behind; the operation's own error says the same.
process.on("unhandledRejection", () => {});

async function carryOut(assignment: Assignment): Promise<void> {
  try {
    await report({ kind: "done", result: await run(assignment) });
  } catch (error) {
    if (!(error instanceof AutomationError)) return die(error);
    await report({ kind: "failed", failure: error.toJSON() });
  }
  // Providers and the SDK may keep timers and sockets open.
  process.exit(0);
}

/** Ends the process: a rejection would count as one of Pulumi's own, and the parent process would wait forever. */
function die(error: unknown): never {
  console.error(error);
  process.exit(1);
}

async function run({ options, operation, request, tell }: Assignment): Promise<DeployResult> {
  if (operation === "outputs") return { changes: {}, minutes: 0, outputs: await readOutputs(options) };
  return operate(options, operation, {
    ...request,
    signal: cancel.signal,
    ...(tell.progress && { onProgress: (progress) => void report({ kind: "progress", progress }) }),
    ...(tell.output && { onOutput: (line) => void report({ kind: "output", line }) }),
  });
}

void report({ kind: "ready" });

/** One operation in a process of its own: its memory, its environment variables and its failures are nobody else's. */
import { fork, type ChildProcess } from "node:child_process";
import path from "node:path";
import { AutomationError } from "./automationError";
import { explainFailure } from "./failure";
import type { Assignment, Order, Report } from "./messages";
import type { AutomationOptions, DeployResult, DestroyOptions } from "./options";
import { createRedaction, secretsOf } from "./redaction";

/** Beside this file, as source or as what it was compiled to. */
const defaultRunner = path.join(__dirname, `runner${path.extname(__filename)}`);
/** Of what a process says outside its reports, as much as an error needs. */
const longestWords = 20_000;

export function runInOwnProcess(
  options: AutomationOptions,
  operation: Assignment["operation"],
  request: DestroyOptions = {},
  runner = defaultRunner,
): Promise<DeployResult> {
  const { signal, onProgress, onOutput, remove } = request;
  const { stackName } = options;
  if (signal?.aborted) return Promise.reject(failure("It was cancelled before it began.", true));
  // Plugins of the AWS CLI, proxies, profiles: program and providers see the same surroundings.
  const child = fork(runner, [], { env: { ...process.env, ...options.environmentVariables }, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const lastWords = keepLastWords(child);
  const send = (order: Order) => child.connected && child.send(order);
  const cancel = () => send({ kind: "cancel" });
  signal?.addEventListener("abort", cancel, { once: true });
  return new Promise<DeployResult>((resolve, reject) => {
    let settle: (() => void) | undefined;
    child.on("message", (report: Report) => {
      switch (report.kind) {
        case "ready":
          send({
            kind: "assignment",
            options,
            operation,
            request: remove === undefined ? {} : { remove },
            tell: { progress: !!onProgress, output: !!onOutput },
          });
          if (signal?.aborted) cancel();
          break;
        case "progress":
          onProgress?.(report.progress);
          break;
        case "output":
          onOutput?.(report.line);
          break;
        case "done":
          settle = () => resolve(report.result);
          break;
        case "failed":
          settle = () => reject(new AutomationError(report.failure));
      }
    });
    child.on("error", (error) => reject(failure(error.message)));
    // The end of the process is the end of the operation: whoever counts operations counts processes.
    child.on("close", (status, by) =>
      settle ? settle() : reject(failure(`Its process ended with ${by ?? `status ${String(status)}`}. ${lastWords()}`)),
    );
  }).finally(() => signal?.removeEventListener("abort", cancel));

  function failure(thrown: string, cancelled = false): AutomationError {
    const nothing = { diagnostics: [], resources: [], problems: [], billed: "" };
    return explainFailure({ operation, stackName, thrown, cancelled, redact: createRedaction(secretsOf(options)), ...nothing });
  }
}

/** The end of what it printed: why it died, if it does. */
function keepLastWords(child: ChildProcess): () => string {
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-longestWords)));
  return () => said;
}

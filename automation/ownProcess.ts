/** Runs one operation in a separate process, so that its memory, environment variables and failures affect no other operation. */
import { fork, type ChildProcess } from "node:child_process";
import path from "node:path";
import { AutomationError } from "./automationError";
import { explainFailure } from "./failure";
import type { Assignment, Order, Report } from "./messages";
import type { AutomationOptions, DeployResult, DestroyOptions } from "./options";
import { childEnvironment } from "./childEnvironment";
import { redactionFor } from "./redaction";

/** Beside this file, as TypeScript or as compiled JavaScript. */
const defaultRunner = path.join(__dirname, `runner${path.extname(__filename)}`);
/** How much of a process's other output an error shows, characters. More is kept: a secret that is cut would not be recognised. */
const longestWords = 20_000;
const longestKept = 2 * longestWords;

export function runInOwnProcess(
  options: AutomationOptions,
  operation: Assignment["operation"],
  request: DestroyOptions = {},
  runner = defaultRunner,
): Promise<DeployResult> {
  const { signal, onProgress, onOutput, remove } = request;
  const { stackName } = options;
  const variables = childEnvironment(options, process.env);
  const redact = redactionFor(options, variables);
  if (signal?.aborted) return Promise.reject(failure("The operation was cancelled before it began.", true));
  // Program and providers see the same environment: AWS CLI plugins, proxies, profiles.
  const child = fork(runner, [], { env: variables, stdio: ["ignore", "pipe", "pipe", "ipc"] });
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
    // An operation ends when its process ends, so counting operations counts processes.
    child.on("close", (status, by) =>
      settle
        ? settle()
        : reject(
            failure(`The operation's process ended with ${by ?? `status ${String(status)}`}. ${redact(lastWords()).slice(-longestWords)}`),
          ),
    );
  }).finally(() => signal?.removeEventListener("abort", cancel));

  function failure(thrown: string, cancelled = false): AutomationError {
    const nothing = { diagnostics: [], resources: [], problems: [], billed: "" };
    return explainFailure({ operation, stackName, thrown, cancelled, redact, ...nothing });
  }
}

/** Keeps the end of what the process prints, which says why it died if it does. */
function keepLastWords(child: ChildProcess): () => string {
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-longestKept)));
  return () => said;
}

/** Runs one operation in this process from beginning to end: opens the stack, predicts, runs, and reports what went wrong in one error. */
import type { Stack } from "@pulumi/pulumi/automation";
import { ConfigurationError } from "../components";
import type { Problem } from "../sizing/problem";
import type { Environment } from "../environment/environment";
import { inferenceStack, pulumiConfiguration } from "../stacks";
import { failureAdvice } from "../stacks/failureAdvice";
import { AutomationError } from "./automationError";
import { listenToEngine, type EngineListener } from "./engineListener";
import { adviceFor } from "./errorRules";
import { expectOperation, type ExpectedOperation } from "./expected";
import { explainFailure } from "./failure";
import type { AutomationOptions, DeployResult, DestroyOptions } from "./options";
import type { Operation } from "./progress";
import { protectedResources, stateResources, type StateResource } from "./protection";
import { redactionFor, redactValue, type Redact } from "./redaction";
import { openStack, type OpenStack } from "./workspace";

/** What an error can report about an operation that failed. */
interface Witness {
  problems: readonly Problem[];
  expected?: ExpectedOperation;
  listener?: EngineListener;
}

/**
 * Carries out one operation in this process, one at a time: Pulumi's runtime keeps handlers for stray rejections and the recorder of `plan`
 * for the whole process, so two programs at once would report each other's errors.
 */
export function operate(options: AutomationOptions, operation: Operation, request: DestroyOptions = {}): Promise<DeployResult> {
  return oneAtATime(() => explainFailures(options, operation, request));
}

async function explainFailures(options: AutomationOptions, operation: Operation, request: DestroyOptions): Promise<DeployResult> {
  const witness: Witness = { problems: [] };
  const redact = redactionFor(options, process.env);
  try {
    return await carryOut(options, operation, request, witness, redact);
  } catch (thrown) {
    if (thrown instanceof AutomationError) throw thrown;
    const { expected, listener, problems } = witness;
    throw explainFailure({
      operation,
      stackName: options.stackName,
      thrown,
      diagnostics: listener?.diagnostics ?? [],
      resources: listener?.failed() ?? [],
      problems,
      cancelled: request.signal?.aborted === true,
      billed:
        operation === "deploy" && listener && expected?.environment && listener.progress().done > 0
          ? billed(expected.environment, listener)
          : "",
      redact,
    });
  } finally {
    witness.listener?.end();
  }
}

const billed = (environment: Environment, listener: EngineListener) =>
  failureAdvice(environment, listener.gpuNodesMayRun() ? "gpuNodesMayRun" : "beforeGpuNodes");

async function carryOut(
  options: AutomationOptions,
  operation: Operation,
  request: DestroyOptions,
  witness: Witness,
  redact: Redact,
): Promise<DeployResult> {
  request.signal?.throwIfAborted();
  const opened = await openStack(options, watchProgram(witness));
  try {
    const state = stateResources(await opened.stack.exportStack());
    if (operation === "destroy") refuseProtected(options.stackName, state);
    witness.expected = await expectOperation({ operation, ...opened, stackName: options.stackName, state, now: new Date() });
    request.signal?.throwIfAborted();
    witness.listener = listenToEngine(witness.expected.progress, request, redact);
    const changes = await runEngine(opened, operation, request, witness.listener);
    const outputs = operation === "deploy" ? redactValue(await readStackOutputs(opened.stack), redact) : {};
    const minutes = witness.listener.progress().elapsedMinutes;
    if (request.remove) await opened.stack.workspace.removeStack(options.stackName);
    return { changes, minutes, outputs };
  } finally {
    await opened.close();
  }
}

/** Problems of the configuration reach the engine as text; this keeps them as data. */
const watchProgram = (witness: Witness) => async () => {
  try {
    return await inferenceStack(pulumiConfiguration())();
  } catch (error) {
    if (error instanceof ConfigurationError) witness.problems = error.problems;
    throw error;
  }
};

function refuseProtected(stackName: string, state: readonly StateResource[]): void {
  const resources = protectedResources(state);
  if (resources.length === 0) return;
  const advice = adviceFor("protected", stackName);
  const message = `destroy of ${stackName}: protected: ${resources.join(", ")} must not be deleted; nothing was deleted.\n${advice}`;
  throw new AutomationError({
    cause: "protected",
    operation: "destroy",
    stackName,
    resources,
    advice,
    problems: [],
    original: message,
    message,
  });
}

/**
 * The signal becomes an interrupt of the CLI, which cancels running steps, writes the state and releases the lock. `stack.cancel()` is not
 * used: with a self-managed backend it takes the lock away from an engine that keeps working. The SDK forgets a signal that comes before
 * the CLI has started, and an interrupt before the engine has started kills the CLI, so the interrupt waits for the engine's first event.
 */
async function runEngine(
  { stack }: OpenStack,
  operation: Operation,
  { signal }: DestroyOptions,
  listener: EngineListener,
): Promise<Record<string, number>> {
  const interrupt = new AbortController();
  const abort = () => void listener.begun.then(() => interrupt.abort());
  signal?.addEventListener("abort", abort, { once: true });
  const { onEvent, onOutput } = listener;
  const engine = { onEvent, onOutput, color: "never" as const, signal: interrupt.signal };
  try {
    if (operation === "preview") return changesOf((await stack.preview(engine)).changeSummary);
    if (operation === "deploy") return changesOf((await stack.up(engine)).summary.resourceChanges);
    if (operation === "refresh") return changesOf((await stack.refresh(engine)).summary.resourceChanges);
    return changesOf((await stack.destroy(engine)).summary.resourceChanges);
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

const changesOf = (changes: Partial<Record<string, number>> | undefined): Record<string, number> =>
  Object.fromEntries(Object.entries(changes ?? {}).flatMap(([action, count]) => (count === undefined ? [] : [[action, count]])));

async function readStackOutputs(stack: Stack): Promise<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(await stack.outputs()).map(([name, output]) => [name, output.value as unknown]));
}

/** The outputs of the last deployment. */
export function readOutputs(options: AutomationOptions): Promise<Record<string, unknown>> {
  const redact = redactionFor(options, process.env);
  return oneAtATime(async () => {
    try {
      const { stack, close } = await openStack(options, () => Promise.resolve({}));
      return redactValue(await readStackOutputs(stack).finally(close), redact);
    } catch (thrown) {
      const { stackName } = options;
      const nothingRan = { diagnostics: [], resources: [], problems: [], cancelled: false, billed: "", redact };
      throw explainFailure({ operation: "outputs", stackName, thrown, ...nothingRan });
    }
  });
}

/** The last task that uses state of the whole process. Each task waits until the one before it has succeeded or failed. */
let last: Promise<unknown> = Promise.resolve();

function oneAtATime<Result>(task: () => Promise<Result>): Promise<Result> {
  const result = last.then(task);
  last = result.catch(() => undefined);
  return result;
}

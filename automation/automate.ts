/** Lets a program deploy, watch and destroy an environment. */
import { soundOptions } from "./refusal";
import type { AutomatedStack, AutomationOptions, DeployResult, DestroyOptions, OperationResult } from "./options";
import { runInOwnProcess } from "./ownProcess";
import type { Pool } from "./pool";
import type { Operation } from "./progress";

/**
 * Automates one environment; each operation runs in its own process. Operations on many environments can run at once, and one that fails or
 * dies does not affect the others. Nothing happens before the first operation.
 * @param pool Limit that the operations share with those of other environments. Default: no limit.
 * @example
 *     const environment = { apiKey, cluster: { publicAccessCidrs: [] } };
 *     const acme = automate({ stackName: "acme", aws: { region: "us-west-2" }, environment });
 *     const { outputs } = await acme.deploy({ onProgress: ({ percent, phase }) => console.log(percent, phase) });
 */
export function automate(options: AutomationOptions, pool?: Pool): AutomatedStack {
  const run = async (operation: Operation | "outputs", request: DestroyOptions = {}) => {
    const sound = await soundOptions(options, operation);
    const task = () => runInOwnProcess(sound, operation, request);
    return pool ? pool.run(task, request.signal) : task();
  };
  return createAutomatedStack(options.stackName, run);
}

/**
 * The same in this process, for a program that deploys one environment and ends. Operations on all environments wait for each other, and
 * the preflight asks the account with this process's own variables, not with `environmentVariables`.
 * @example
 *     await automateInThisProcess({ stackName: "dev", file: "Pulumi.dev.yaml" }).preview({ onOutput: console.log });
 */
export function automateInThisProcess(options: AutomationOptions): AutomatedStack {
  return createAutomatedStack(options.stackName, async (operation, request) => {
    const sound = await soundOptions(options, operation);
    // Loads Pulumi, its providers and the recorder of `plan`. A service that runs operations in their own processes never loads them.
    const { operate, readOutputs } = await import("./operate");
    return operation === "outputs" ? { changes: {}, minutes: 0, outputs: await readOutputs(sound) } : operate(sound, operation, request);
  });
}

type Run = (operation: Operation | "outputs", request?: DestroyOptions) => Promise<DeployResult>;

function createAutomatedStack(stackName: string, run: Run): AutomatedStack {
  const withoutOutputs = async (operation: Operation, request?: DestroyOptions): Promise<OperationResult> => {
    const { changes, minutes } = await run(operation, request);
    return { changes, minutes };
  };
  return {
    stackName,
    deploy: (request) => run("deploy", request),
    preview: (request) => withoutOutputs("preview", request),
    refresh: (request) => withoutOutputs("refresh", request),
    destroy: (request) => withoutOutputs("destroy", request),
    outputs: async () => (await run("outputs")).outputs,
  };
}

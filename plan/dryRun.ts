/** Runs a Pulumi program with a recorder in place of the engine: no account, no cluster, no Pulumi CLI. */
import type * as pulumi from "@pulumi/pulumi";
import { plannedResources, secretMark, type PlannedResource } from "./plannedResources";
import { record, type Recording } from "./recordingMonitor";
import { simulatedAccount } from "./simulatedAccount";

export interface DryRunOptions {
  /** @default vllm-eks */
  project?: string;
  /** @default dev */
  stack?: string;
  /** Region that sample ARNs and host names show. @default us-west-2 */
  region?: string;
  /** Pulumi configuration, keys with their namespace. */
  config?: Record<string, string>;
  /** What only the engine knows stays unknown, as in `pulumi preview`. @default false */
  preview?: boolean;
}

export interface DryRun {
  /** What the program registers; "[secret]" and "[output]" stand where a value is secret or known only after deployment. */
  resources: PlannedResource[];
  /** Outputs of the program; secrets are masked. */
  outputs: Record<string, unknown>;
  /** The same before masking, with sample values: for the timeline and for manifests. */
  recording: Recording;
}

/**
 * Registers what `program` makes and returns it. The Pulumi runtime is global to a process: one dry run at a time.
 * @example
 *     const { resources } = await dryRun(() => deploy(environment, {}), { region: "us-east-1" });
 */
export async function dryRun(program: () => unknown, options: DryRunOptions = {}): Promise<DryRun> {
  const { project = "vllm-eks", stack = "dev", region = "us-west-2", config = {}, preview = false } = options;
  const account = simulatedAccount(region);
  const recording = await record(program, {
    project,
    stack,
    preview,
    config: { "aws:region": region, ...config },
    account,
  });
  const secretOutputs = new Set(recording.secretOutputs);
  const outputs = Object.entries(recording.outputs).map(([name, value]) => [name, secretOutputs.has(name) ? secretMark : value]);
  let resources: PlannedResource[] | undefined;
  return {
    get resources() {
      return (resources ??= plannedResources(recording.resources, account.inventedValues));
    },
    outputs: Object.fromEntries(outputs) as Record<string, unknown>,
    recording,
  };
}

/** A program that returns stack outputs, as `stacks` exports one. */
export type Program = () => Record<string, pulumi.Input<unknown>>;

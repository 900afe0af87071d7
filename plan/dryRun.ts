/** Runs a Pulumi program with a recorder instead of the engine, without an account, a cluster or the Pulumi CLI. */
import type * as pulumi from "@pulumi/pulumi";
import { mask } from "../environment/masking";
import { plannedResources, secretMark, type PlannedResource } from "./plannedResources";
import { record, type Recording } from "./recordingMonitor";
import { simulatedAccount } from "./simulatedAccount";

export interface DryRunOptions {
  /** @default vllm-eks */
  project?: string;
  /** @default dev */
  stack?: string;
  /** Region in sample ARNs and host names. @default us-west-2 */
  region?: string;
  /** Pulumi configuration; keys include their namespace. */
  config?: Record<string, string>;
  /** Leaves values that only the engine knows unknown, as in `pulumi preview`. @default false */
  preview?: boolean;
}

export interface DryRun {
  /** What the program registers; "[secret]" and "[output]" replace values that are secret or known only after deployment. */
  resources: PlannedResource[];
  /** Outputs of the program, with secrets masked. */
  outputs: Record<string, unknown>;
  /** The same before masking, with sample values: for the timeline and for manifests. */
  recording: Recording;
}

/**
 * Runs `program` and returns what it registers. Run one at a time, because the Pulumi runtime is global to a process.
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
  const outputs = Object.entries(recording.outputs).map(([name, value]) => [name, secretOutputs.has(name) ? secretMark : mask(value)]);
  let resources: PlannedResource[] | undefined;
  return {
    get resources() {
      return (resources ??= plannedResources(recording.resources, account.inventedValues));
    },
    outputs: Object.fromEntries(outputs) as Record<string, unknown>,
    recording,
  };
}

/** A program that returns stack outputs, like the one that `stacks` exports. */
export type Program = () => Record<string, pulumi.Input<unknown>>;

/** The environments of the repository, resolved and recorded as `pulumi up` would register them. */
import assert from "node:assert/strict";
import path from "node:path";
import { readConfiguration } from "../../plan/configuration";
import type { Recording } from "../../plan/recordingMonitor";
import { deploy, resolveEnvironment, type ResolvedEnvironment } from "../../stacks";
import type { Environment } from "../../environment/environment";
import { recordProgram, type ProgramOptions } from "./record";
import { remembered } from "./remembered";

export const repository = path.resolve(__dirname, "../..");
export const today = "2026-11-24";
/** A value that must appear only in the one Secret. */
export const apiKey = "sk-test-only-4711";

/** `settings` are written as after `--set`. */
export function resolve(stack: string, ...settings: string[]): ResolvedEnvironment {
  return resolveEnvironment({ stack, today, ...readConfiguration({ directory: repository, stack, settings }) });
}

export function environmentOf(stack: string, ...settings: string[]): Environment {
  const { environment, problems } = resolve(stack, ...settings);
  assert.ok(environment, JSON.stringify(problems, null, 2));
  return environment;
}

/** Records an environment on an account that has everything only once; the recording is frozen. */
export function recordEnvironment(environment: Environment, options: Pick<ProgramOptions, "preview" | "account"> = {}): Promise<Recording> {
  const { account, preview = false } = options;
  const program = () => deploy(environment, { apiKey, huggingFaceToken: "hf_test_only" });
  const recorded = () => recordProgram(program, { stack: environment.name, ...options });
  return account ? recorded() : remembered(["recordEnvironment", environment, preview], recorded);
}

/** The environment on an existing cluster and network. */
export const adoptedSettings = [
  "cluster.name=shared",
  "availabilityZone=us-west-2b",
  "network.vpcId=vpc-0123456789abcdef0",
  "network.nodeSubnetId=subnet-0123456789abcdef0",
  'network.loadBalancerSubnetIds=["subnet-0123456789abcdef1","subnet-0123456789abcdef2"]',
  'network.loadBalancerCidrs=["10.0.1.0/24","10.0.2.0/24"]',
];

/** Stacks of this repository as a dry run passes them to `checkResources`, and helpers that break them. */
import assert from "node:assert/strict";
import { dryRun } from "../../plan/dryRun";
import type { CheckedResource } from "../../policy";
import { deploy } from "../../stacks";
import { adoptedSettings, apiKey, environmentOf } from "../support/environments";
import { remembered } from "../support/remembered";

const certificate = "ingress.certificateArn=arn:aws:acm:us-west-2:444455556666:certificate/0123abcd";
const open = ["ingress.scheme=internet-facing", 'ingress.inboundCidrs=["198.51.100.0/24"]', "apiKey=x"];

/** Stacks and their settings, by the title that tests use. */
export const stacks = {
  dev: ["dev"],
  prod: ["prod"],
  local: ["local"],
  "controller mode": ["dev", "ingress.mode=controller"],
  "an adopted cluster": ["dev", ...adoptedSettings],
  "a paused environment": ["dev", "nodeCount=0", "replicas=0"],
  "a capacity block": ["dev", "instanceType=p5.48xlarge", "capacity.type=capacityBlock", "capacity.reservationId=cr-0123456789abcdef0"],
  "an open endpoint": ["prod", ...open],
  "an open endpoint in controller mode": ["dev", "ingress.mode=controller", certificate, ...open],
} as const satisfies Record<string, readonly [string, ...string[]]>;
export type StackTitle = keyof typeof stacks;

/** Made once for each stack, and frozen; `changed` works on a copy. */
export function resourcesOf(title: StackTitle, preview = false): Promise<CheckedResource[]> {
  const [stack, ...settings] = stacks[title];
  const program = () => deploy(environmentOf(stack, ...settings), { apiKey, huggingFaceToken: "hf_test_only" });
  return remembered(["resourcesOf", title, preview], async () => (await dryRun(program, { stack, preview })).resources);
}

/** Inputs of Pulumi resources take any form; each mutation knows the form that it changes. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Inputs = any;

/** Includes the kind, because several kinds share a name: `LoadBalancer endpoint-lb`. */
const kindAndName = ({ type, name }: CheckedResource) => `${type.split(":").at(-1)} ${name}`;

/** A copy with changed inputs of one resource. */
export function changed(resources: readonly CheckedResource[], which: string, change: (inputs: Inputs) => void): CheckedResource[] {
  const copy = structuredClone(resources) as CheckedResource[];
  const [found] = copy.filter((resource) => kindAndName(resource) === which);
  assert.ok(found, `${which}: ${copy.map(kindAndName).join(", ")}`);
  change(found.inputs);
  return copy;
}

export function without(resources: readonly CheckedResource[], which: string): CheckedResource[] {
  const rest = resources.filter((resource) => kindAndName(resource) !== which);
  assert.equal(rest.length, resources.length - 1, which);
  return rest;
}

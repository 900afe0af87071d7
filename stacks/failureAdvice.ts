/** What a user must know when a deployment stops half way: GPUs are billed whether or not anything runs on them. */
import * as pulumi from "@pulumi/pulumi";
import { hourlyCostOf } from "../environment/cost";
import type { Environment } from "../environment/environment";
import { configSet, shellCommand } from "../sizing/shellCommand";

/** For a failure while GPU nodes may run, or in a step before their launch. In a later update, nodes of an earlier one may run. */
export function failureAdvice(environment: Environment, when: "gpuNodesMayRun" | "beforeGpuNodes"): string {
  const cost = hourlyCostOf(environment);
  if (!cost) return "Nothing in this environment is billed.";
  const { layout, instance, aws } = environment;
  const usd = (amount: number | null) => (amount === null ? "an unknown amount" : `$${amount.toFixed(2)}`);
  const withoutGpus = cost.total === null || cost.gpuNodes === null ? null : cost.total - cost.gpuNodes;
  const gpusRun = when === "gpuNodesMayRun" || aws?.gpuNodes.start === "withCluster";
  const nodes = `${layout.nodeCount} × ${instance.name}, ${usd(cost.gpuNodes)} an hour`;
  const billed = gpusRun
    ? `Still billed until you act: ${nodes}, and ${usd(withoutGpus)} for the rest.`
    : `No GPU node is launched before this step is done; the rest is billed at ${usd(withoutGpus)} an hour. GPU nodes of an earlier deployment, if there are any, keep running: ${nodes}.`;
  const stack = environment.name;
  const zero = (key: string) => shellCommand(...configSet(stack, key, 0));
  const up = shellCommand("pulumi", "up", "-s", stack);
  const pause = `To stop the GPUs and keep the weights: ${zero("nodeCount")} && ${zero("replicas")} && ${up}`;
  return `${billed} ${pause}. To stop everything: ${shellCommand("pulumi", "destroy", "-s", stack)}. To continue: ${up}.`;
}

export const failureMessage = (name: string, operation: string, advice: string) => `${name}: ${operation} failed. ${advice}`;

/** Options that give advice when the resource fails. The operation is never retried: the user decides. */
export function withFailureAdvice(name: string, advice: string): Required<Pick<pulumi.CustomResourceOptions, "hooks">> {
  const hook = new pulumi.ErrorHook(`${name}-failed`, async (failure) => {
    await pulumi.log.error(failureMessage(failure.name, failure.failedOperation, advice));
    return false;
  });
  return { hooks: { onError: [hook] } };
}

/** Types of the components' children that take long to create and cost money: file system, download, nodes, pods. */
const advisedTypes: readonly string[] = [
  "aws:fsx/lustreFileSystem:LustreFileSystem",
  "kubernetes:batch/v1:Job",
  "aws:eks/nodeGroup:NodeGroup",
  "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet",
];

/** Options of a component that give its children the advice. A component does not know what it costs or how to stop it. */
export function withFailureAdviceBelow(advice: string): Required<Pick<pulumi.ComponentResourceOptions, "transformations">> {
  return {
    transformations: [
      ({ type, name, props, opts }) =>
        advisedTypes.includes(type) ? { props, opts: pulumi.mergeOptions(opts, withFailureAdvice(name, advice)) } : undefined,
    ],
  };
}

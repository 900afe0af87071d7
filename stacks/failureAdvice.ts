/** What to know when a deployment stops half way: the GPUs are billed whether or not anything runs on them. */
import * as pulumi from "@pulumi/pulumi";
import { hourlyCostOf } from "../environment/cost";
import type { Environment } from "../environment/environment";

/** For a failure while the GPU nodes may run, or in a step that comes before their launch: on a later update those of an earlier one run. */
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
  const pause = "To stop the GPUs and keep the weights: pulumi config set nodeCount 0; pulumi config set replicas 0; pulumi up.";
  return `${billed} ${pause} To stop everything: pulumi destroy. To continue: pulumi up.`;
}

export const failureMessage = (name: string, operation: string, advice: string) => `${name}: the ${operation} has failed. ${advice}`;

/** Options of the resource whose failure calls for advice. The operation is never tried again: that is a person's choice. */
export function withFailureAdvice(name: string, advice: string): Required<Pick<pulumi.CustomResourceOptions, "hooks">> {
  const hook = new pulumi.ErrorHook(`${name}-failed`, async (failure) => {
    await pulumi.log.error(failureMessage(failure.name, failure.failedOperation, advice));
    return false;
  });
  return { hooks: { onError: [hook] } };
}

/** Types of the children of the components whose making takes long and costs: file system, download, nodes, pods. */
const advisedTypes: readonly string[] = [
  "aws:fsx/lustreFileSystem:LustreFileSystem",
  "kubernetes:batch/v1:Job",
  "aws:eks/nodeGroup:NodeGroup",
  "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet",
];

/** Options of a component that give its children the advice: a component knows what it makes, not what it costs and how it is stopped. */
export function withFailureAdviceBelow(advice: string): Required<Pick<pulumi.ComponentResourceOptions, "transformations">> {
  return {
    transformations: [
      ({ type, name, props, opts }) =>
        advisedTypes.includes(type) ? { props, opts: pulumi.mergeOptions(opts, withFailureAdvice(name, advice)) } : undefined,
    ],
  };
}

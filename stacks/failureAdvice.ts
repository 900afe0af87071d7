/** What to know when a deployment stops half way: the GPUs are billed whether or not anything runs on them. */
import { hourlyCostOf } from "../environment/cost";
import type { Environment } from "../environment/environment";

/** For a failure while the GPU nodes may run, or in a step that comes before their launch: on a later update those of an earlier one run. */
export function failureAdvice(environment: Environment, when: "gpuNodesMayRun" | "beforeGpuNodes"): string {
  const cost = hourlyCostOf(environment);
  if (!cost) return "Nothing of it is billed.";
  const { layout, instance, aws } = environment;
  const usd = (amount: number | null) => (amount === null ? "an unknown amount" : `$${amount.toFixed(2)}`);
  const withoutGpus = cost.total === null || cost.gpuNodes === null ? null : cost.total - cost.gpuNodes;
  const gpusRun = when === "gpuNodesMayRun" || aws?.gpuNodes.start === "withCluster";
  const nodes = `${layout.nodeCount} × ${instance.name}, ${usd(cost.gpuNodes)} an hour`;
  const billed = gpusRun
    ? `Still billed while you look: ${nodes}, and ${usd(withoutGpus)} for the rest.`
    : `No GPU node is launched before this step is done; the rest is billed at ${usd(withoutGpus)} an hour. If nodes of an earlier deployment run, they still do: ${nodes}.`;
  const pause = "To stop the GPUs and keep the weights: pulumi config set nodeCount 0; pulumi config set replicas 0; pulumi up.";
  return `${billed} ${pause} To stop everything: pulumi destroy. To go on where it stopped: pulumi up.`;
}

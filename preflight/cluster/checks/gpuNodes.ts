/** Whether the GPU nodes of an earlier deployment are ready and offer all devices that the pods request. */
import { findInstanceType } from "../../../catalog/instanceTypes";
import { gpuNodeLabel, instanceTypeLabel } from "../../../components/gpuNodeScheduling";
import type { Check, Finding } from "../../check";
import { list, nodeProblem, readinessOf, type Node } from "../kubernetesObjects";

const path = `/api/v1/nodes?labelSelector=${encodeURIComponent(`${gpuNodeLabel}=true`)}`;

export const gpuNodes: Check = {
  name: "gpu-nodes",
  question: ({ aws, cluster }) => cluster && `Are the existing GPU nodes of ${aws.cluster.name} ready, with all their devices?`,
  operations: ["eks:DescribeCluster"],
  ask: async ({ cluster }) => (cluster ? judge(await list<Node>(cluster, path)) : { answer: "no cluster yet", problems: [] }),
};

function judge(nodes: Node[]): Finding {
  if (nodes.length === 0) return { answer: "none yet", problems: [] };
  const flawed = nodes.flatMap((node) => {
    const flaws = flawsOf(node);
    return flaws.length === 0 ? [] : [`${node.metadata.name} ${flaws.join(" and ")}`];
  });
  const answer = `${nodes.length - flawed.length} of ${nodes.length} GPU nodes are ready with all their devices`;
  if (flawed.length === 0) return { answer, problems: [] };
  return {
    answer,
    problems: [
      nodeProblem(
        `${answer}: ${flawed.join("; ")}. A pod takes every GPU and EFA device of its node, so no pod starts on such a node, and the node is billed.`,
        "kubectl describe node <name> shows conditions and devices, kubectl get pods -A --field-selector spec.nodeName=<name> shows the device plugins. Let the node group replace the node: kubectl drain <name> --ignore-daemonsets --delete-emptydir-data, then terminate its instance.",
      ),
    ],
  };
}

function flawsOf(node: Node): string[] {
  const { metadata, spec, status } = node;
  const readiness = readinessOf(node);
  const type = metadata.labels?.[instanceTypeLabel] ?? "";
  const facts = findInstanceType(type);
  const fewer = (resource: string, expected: number): string[] => {
    const registered = Number(status?.allocatable?.[resource] ?? 0);
    return registered === expected ? [] : [`registers ${registered} ${resource} where a ${type} has ${expected}`];
  };
  return [
    ...(readiness?.status === "True" ? [] : [`is not Ready (${readiness?.reason ?? "no condition"})`]),
    ...(spec?.unschedulable ? ["is cordoned"] : []),
    ...(facts
      ? [...fewer("nvidia.com/gpu", facts.gpu?.count ?? 0), ...fewer("vpc.amazonaws.com/efa", facts.efaInterfaces)]
      : [type === "" ? "has no label with an instance type" : `has the type ${type}, which is not in the catalog`]),
  ];
}

/** Nodes of an adopted cluster for the download and for controllers that this stack installs. The taints of GPU nodes keep both away. */
import { gpuNodeLabel } from "../../../components/gpuNodeScheduling";
import type { Check, Finding } from "../../check";
import { list, nodeProblem, readinessOf, type Node } from "../kubernetesObjects";

export const plainNodes: Check = {
  name: "plain-nodes",
  question: ({ aws, cluster }) => cluster && `Does ${aws.cluster.name} have a node without taints, where the download can run?`,
  operations: ["eks:DescribeCluster"],
  ask: async ({ cluster }) => (cluster ? judge(await list<Node>(cluster, "/api/v1/nodes")) : { answer: "no cluster yet", problems: [] }),
};

function judge(nodes: Node[]): Finding {
  const free = nodes.filter(takesAnyPod).length;
  const answer = `${free} of ${nodes.length} nodes take pods without tolerations`;
  if (free > 0) return { answer, problems: [] };
  return {
    answer,
    problems: [
      // Only a warning: an autoscaler (Karpenter, Auto Mode) may add a node for the waiting pod.
      nodeProblem(
        `${answer}: the download waits for one until it times out, and no GPU node launches before the download is done.`,
        "Add a node group without GPUs and without taints, unless something on the cluster adds nodes for waiting pods.",
      ),
    ],
  };
}

function takesAnyPod(node: Node): boolean {
  const { metadata, spec } = node;
  const isReady = readinessOf(node)?.status === "True";
  const tainted = spec?.taints?.some(({ effect }) => effect !== "PreferNoSchedule") ?? false;
  return isReady && !tainted && !spec?.unschedulable && metadata.labels?.[gpuNodeLabel] !== "true";
}

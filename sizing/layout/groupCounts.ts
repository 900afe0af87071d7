/** Checks that nodes and replicas match, and says what idle nodes and GPUs cost. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ParallelLayout, ParallelRequest } from "./parallelLayout";
import { problem, type Problem } from "../problem";

/** Rules for one group's size, the nodes and the replicas. */
export function countProblems(type: InstanceTypeFacts, layout: ParallelLayout, request: ParallelRequest): Problem[] {
  const { nodeCount, replicas, nodesPerGroup, gpusPerNode, gpusPerGroup } = layout;
  if (nodeCount === 0 && replicas === 0 && (request.nodeCount === 0 || request.replicas === 0)) return [paused(layout)];
  const needed = Math.max(1, replicas) * nodesPerGroup;
  const split = `TP ${layout.tensorParallelSize} × PP ${layout.pipelineParallelSize} on ${nodesPerGroup} × ${type.name}`;
  if (nodeCount < nodesPerGroup) {
    const message = `${count(nodeCount, "node")} cannot hold one group: ${split} needs ${count(nodesPerGroup, "node")}.`;
    return [
      problem({
        code: "too-few-nodes",
        path: "nodeCount",
        message,
        fix: `Set nodeCount to ${needed}.`,
        changes: [{ path: "nodeCount", value: needed }],
      }),
    ];
  }
  if (replicas * nodesPerGroup > nodeCount) {
    const most = Math.floor(nodeCount / nodesPerGroup);
    const message = `${replicas} groups need ${needed} nodes (${split} each), but nodeCount is ${nodeCount}: groups that each hold only some of their nodes can wait for each other forever.`;
    const fix = `Set replicas to ${most}, or nodeCount to ${needed}.`;
    return [problem({ code: "too-many-replicas", path: "replicas", message, fix, changes: [{ path: "replicas", value: most }] })];
  }
  const problems: Problem[] = [];
  if (layout.idleNodes > 0) {
    const used = replicas * nodesPerGroup;
    const message = `${layout.idleNodes} of ${nodeCount} nodes are idle (${count(replicas, "group")} × ${count(nodesPerGroup, "node")})${price(type, layout.idleNodes)}.`;
    const fix = `Set nodeCount to ${used}${used === 0 ? ", which pauses the deployment" : `, or choose nodeCount and replicas for whole groups of ${count(nodesPerGroup, "node")}`}.`;
    problems.push(
      problem({ code: "idle-nodes", severity: "warning", path: "nodeCount", message, fix, changes: [{ path: "nodeCount", value: used }] }),
    );
  }
  const idleOfGroup = nodesPerGroup * gpusPerNode - gpusPerGroup;
  if (replicas > 0 && idleOfGroup > 0) {
    const message = `Each group computes on ${gpusPerGroup} of its ${nodesPerGroup * gpusPerNode} GPUs, but its pods take the whole node. ${idleOfGroup * replicas} GPUs are idle${price(type, (replicas * idleOfGroup) / gpusPerNode)}.`;
    problems.push(
      problem({
        code: "idle-gpus",
        severity: "warning",
        path: "tensorParallelSize",
        message,
        fix: `Raise tensorParallelSize towards ${gpusPerNode}, or choose a smaller instance type.`,
      }),
    );
  }
  return problems;
}

function paused({ nodesFollowReplicas }: ParallelLayout): Problem {
  const setting = nodesFollowReplicas ? "replicas" : "nodeCount";
  const zero = nodesFollowReplicas ? "replicas is 0" : "nodeCount and replicas are 0";
  const message = `${zero}: no GPU runs; the weights and the endpoint's name are kept.`;
  return problem({ code: "paused", severity: "warning", path: setting, message, fix: `Set ${setting} to serve again.` });
}

function price(type: InstanceTypeFacts, nodes: number): string {
  return type.onDemandUsdPerHour === undefined ? "" : `: $${(nodes * type.onDemandUsdPerHour).toFixed(2)} an hour on demand`;
}

const count = (value: number, noun: string) => `${value} ${noun}${value === 1 ? "" : "s"}`;

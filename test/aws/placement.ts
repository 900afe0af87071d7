/** Where the group was placed, from what the API server says about pods and nodes. */
import assert from "node:assert/strict";
import { instanceType } from "../../catalog/instanceTypes";
import { instanceTypeLabel, zoneLabel } from "../../components/gpuNodeScheduling";
import type { Deployment } from "./deployment";

export interface Pod {
  metadata: { name: string };
  spec: { nodeName?: string; containers: { resources?: { limits?: Record<string, string> } }[] };
  status: { conditions?: { type: string; status: string }[] };
}

export interface Node {
  metadata: { name: string; labels: Record<string, string> };
  status: { allocatable: Record<string, string> };
}

export const efaResource = "vpc.amazonaws.com/efa";

/** Every pod is ready, each on a separate node, and all nodes are in the one zone. */
export function checkPlacement(pods: readonly Pod[], nodes: readonly Node[], deployment: Deployment): void {
  const { nodeCount, availabilityZone } = deployment;
  const ready = (pod: Pod) => pod.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
  assert.equal(pods.length, nodeCount, `${pods.length} pods in the group instead of ${nodeCount}`);
  const waiting = pods.filter((pod) => !ready(pod)).map(({ metadata }) => metadata.name);
  assert.deepEqual(waiting, [], `not ready: ${waiting.join(", ")}`);
  const used = [...new Set(pods.map(({ spec }) => spec.nodeName))];
  assert.equal(used.length, nodeCount, `the pods are on ${used.join(", ")} instead of ${nodeCount} nodes`);
  const zones = [...new Set(used.map((name) => nodes.find(({ metadata }) => metadata.name === name)?.metadata.labels[zoneLabel]))];
  assert.deepEqual(zones, [availabilityZone], `the nodes are in ${zones.join(", ")} instead of ${availabilityZone}`);
}

/** The device plugin offers every interface of the type on every GPU node, and every pod holds the interfaces of its node. */
export function checkEfa(pods: readonly Pod[], nodes: readonly Node[], deployment: Deployment): void {
  const { nodeCount, instanceType: type } = deployment;
  const interfaces = String(instanceType(type).efaInterfaces);
  const offered = nodes
    .filter(({ metadata }) => metadata.labels[instanceTypeLabel] === type)
    .map(({ status }) => status.allocatable[efaResource] ?? "none");
  const expected = Array<string>(nodeCount).fill(interfaces);
  assert.deepEqual(offered, expected, `${efaResource} of the ${type} nodes: ${offered.join(", ")} instead of ${expected.join(", ")}`);
  const held = pods.map(({ spec }) => spec.containers[0]?.resources?.limits?.[efaResource] ?? "none");
  assert.deepEqual(held, expected, `${efaResource} of the pods: ${held.join(", ")} instead of ${expected.join(", ")}`);
}

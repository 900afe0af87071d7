/** What a managed node group does to its cluster: nodes join and leave it, with the labels and taints of the group. */
import { parse } from "yaml";
import { findInstanceType, instanceType } from "../../../catalog/instanceTypes";
import type { NodeTaint } from "../../../components/gpuNodeScheduling";
import { KubernetesApi } from "../support/kubernetesApi";
import { csiDriverStarted, nodeObject } from "../support/nodes";

interface NodeGroupInputs {
  instanceTypes?: string[];
  labels?: Record<string, string>;
  taints?: NodeTaint[];
  scalingConfig: { desiredSize: number };
}

const nodeGroupType = "aws:eks/nodeGroup:NodeGroup";
const groupLabel = "eks.amazonaws.com/nodegroup";
/** The zone when the subnet is not known. */
const defaultZone = "us-west-2a";

/** Label values cannot contain a colon. */
const labelOf = (id: string) => id.replaceAll(":", ".");

export function kubernetesApiOf(kubeconfig: string): KubernetesApi {
  const { clusters, users } = parse(kubeconfig) as {
    clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
    users: [{ user: { token: string } }];
  };
  const { server, "certificate-authority-data": ca } = clusters[0].cluster;
  return new KubernetesApi({ server, ca: Buffer.from(ca, "base64").toString(), token: users[0].user.token });
}

/** Deletes a node's pods with it; otherwise the garbage collector would find them a minute later. */
async function ended(api: KubernetesApi, node: string): Promise<void> {
  await api.delete("v1/Node", node);
  const pods = (await api.list("v1/Pod")).filter(({ spec }) => spec.nodeName === node);
  for (const { metadata } of pods) await api.delete("v1/Pod", metadata.name, metadata.namespace, { gracePeriodSeconds: 0 });
}

export function nodeGroupOnCluster(kubeconfig: string) {
  const api = kubeconfig ? kubernetesApiOf(kubeconfig) : undefined;
  /** Groups that were accepted while nodes could not join. */
  const waiting: [id: string, inputs: Record<string, unknown>, zones: string[]][] = [];
  const nodesOf = async (id: string) =>
    (await api!.list("v1/Node")).filter(({ metadata }) => metadata.labels?.[groupLabel] === labelOf(id));

  /** Also called after a change of size. */
  async function created(type: string, id: string, inputs: Record<string, unknown>, zones: string[], nodesJoin: boolean): Promise<void> {
    if (type !== nodeGroupType || !api) return;
    if (!nodesJoin) return void waiting.push([id, inputs, zones]);
    const { instanceTypes = [], labels, taints, scalingConfig } = inputs as unknown as NodeGroupInputs;
    const there = await nodesOf(id);
    for (let index = there.length; index < scalingConfig.desiredSize; index++) {
      const name = `${labelOf(id).split(".").at(-1)}-${index + 1}`.toLowerCase();
      // Types without GPUs are not in the catalog: use a plain node for them.
      const type = findInstanceType(instanceTypes[0] ?? "") ?? instanceType("cpu");
      const zone = zones[index % Math.max(1, zones.length)] ?? defaultZone;
      await api.create(nodeObject({ name, type, zone, labels: { ...labels, [groupLabel]: labelOf(id) }, ...(taints && { taints }) }));
      await csiDriverStarted(api, name);
    }
    for (const { metadata } of there.slice(scalingConfig.desiredSize)) await ended(api, metadata.name);
  }

  async function join(): Promise<void> {
    for (const [id, inputs, zones] of waiting.splice(0)) await created(nodeGroupType, id, inputs, zones, true);
  }

  async function deleted(type: string, id: string): Promise<void> {
    if (type !== nodeGroupType || !api) return;
    for (const { metadata } of await nodesOf(id)) await ended(api, metadata.name);
  }

  return { created, deleted, join };
}

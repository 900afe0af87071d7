/** The fields of Kubernetes objects that the checks read, and lists of them. */
import type { Environment } from "../../environment/environment";
import { namespaceOf } from "../../environment/stackName";
import { problem, type Problem } from "../../sizing/problem";
import type { ClusterApi } from "../check";
import { Unanswered } from "../unanswered";

export interface Metadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
}

interface NodeSelectorTerm {
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface PodSpec {
  containers?: { image?: string; command?: string[]; args?: string[] }[];
  tolerations?: Toleration[];
  affinity?: { nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms?: NodeSelectorTerm[] } } };
}

/** A Deployment or a DaemonSet; each fills its half of the status. */
export interface Workload {
  metadata: Metadata;
  spec?: { replicas?: number; template?: { spec?: PodSpec } };
  status?: { readyReplicas?: number; desiredNumberScheduled?: number; numberReady?: number };
}

export interface Node {
  metadata: Metadata;
  spec?: { unschedulable?: boolean; taints?: { key: string; effect: string }[] };
  status?: { conditions?: Condition[]; allocatable?: Record<string, string> };
}

export const readinessOf = ({ status }: Node): Condition | undefined => status?.conditions?.find(({ type }) => type === "Ready");

/** Nodes that exist but do not serve: an update may continue, and they are billed. */
export const nodeProblem = (message: string, fix: string): Problem =>
  problem({ code: "nodes-unsuitable", severity: "warning", path: "cluster.name", message, fix });

/** An answer without a list is not an empty list: a check reports as missing only what it knows to be absent. */
export async function list<Item>(cluster: ClusterApi, path: string): Promise<Item[]> {
  const answer = await cluster.get<{ items?: Item[] }>(path);
  if (!Array.isArray(answer?.items)) throw new Unanswered(`GET ${path} answered without a list`);
  return answer.items;
}

export const placeOf = ({ namespace, name }: Metadata): string => (namespace ? `${namespace}/${name}` : name);

/** The Helm release that an object belongs to. https://helm.sh/docs/chart_best_practices/labels/ */
export const releaseOf = ({ annotations }: Metadata): string | undefined => annotations?.["meta.helm.sh/release-name"];

/** Pulumi names a release after its resource, with eight random hexadecimal digits. */
export const isReleaseOfThisPackage = (release: string, resource: string): boolean =>
  release.startsWith(`${resource}-`) && /^[0-9a-f]{8}$/.test(release.slice(resource.length + 1));

/**
 * Whether this stack was deployed on the cluster before: then the parts that it installs are there and belong to it. The stack's namespace
 * (stacks/kubernetes/namespace.ts) tells: it needs only the cluster and is deleted last.
 */
export async function isEarlierDeployment(cluster: ClusterApi | undefined, { name }: Environment): Promise<boolean> {
  return (await cluster?.get(`/api/v1/namespaces/${namespaceOf(name)}`)) !== undefined;
}

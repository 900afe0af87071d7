/** Pod specs in the kinds of Kubernetes. The pods of a Helm release are not visible here: its provider renders the manifests. */
import { listAt, valueAt, type CheckedResource } from "./checkedResource";

export interface FoundPodSpec {
  /** Path of the pod spec inside the resource. */
  path: string;
  spec: unknown;
}

/** `spec.template` of Deployment, StatefulSet, DaemonSet, ReplicaSet and Job. A leader without a template uses the worker's. */
const specPaths: readonly (readonly string[])[] = [
  ["spec", "template", "spec"],
  ["spec", "jobTemplate", "spec", "template", "spec"],
  ["spec", "leaderWorkerTemplate", "leaderTemplate", "spec"],
  ["spec", "leaderWorkerTemplate", "workerTemplate", "spec"],
];

export function podSpecs({ type, inputs }: CheckedResource): FoundPodSpec[] {
  if (!type.startsWith("kubernetes:")) return [];
  const paths = type === "kubernetes:core/v1:Pod" ? [["spec"]] : specPaths;
  return paths
    .map((path) => ({ path: path.join("."), spec: valueAt(inputs, ...path) }))
    .filter(({ spec }) => typeof spec === "object" && spec !== null);
}

export interface FoundContainer {
  path: string;
  container: unknown;
}

export function containers({ path, spec }: FoundPodSpec): FoundContainer[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((kind) =>
    listAt(spec, kind).map((container, index) => ({ path: `${path}.${kind}[${index}]`, container })),
  );
}

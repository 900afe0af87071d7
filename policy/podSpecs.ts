/**
 * Pods in whatever Kubernetes object they are: workloads, patches of them, lists, templates, and kinds that only a cluster knows. A rule
 * that read only known kinds would let the next kind pass. The values of a Helm release are not pods; its chart makes those.
 */
import { listAt, valueAt, type CheckedResource } from "./checkedResource";

export interface FoundPodSpec {
  /** Path of the pod spec inside the resource. */
  path: string;
  spec: unknown;
}

export interface FoundContainer {
  path: string;
  container: unknown;
}

export interface FoundObject {
  path: string;
  value: Record<string, unknown>;
}

const containerLists = ["initContainers", "containers", "ephemeralContainers"] as const;
const hostNamespaces = ["hostNetwork", "hostPID", "hostIPC"] as const;

export const isKubernetesObject = ({ type }: CheckedResource): boolean =>
  type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/");

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Every object inside the resource, outermost first, with its path; the resource itself has the path "". */
export function objectsIn(value: unknown, path = ""): FoundObject[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => objectsIn(item, `${path}[${index}]`));
  if (!isObject(value)) return [];
  const inside = Object.entries(value).flatMap(([key, item]) => objectsIn(item, path === "" ? key : `${path}.${key}`));
  return [{ path, value }, ...inside];
}

/** A pod spec has containers, or shares a namespace of its node; a patch may have only the latter. */
export function podSpecs(resource: CheckedResource): FoundPodSpec[] {
  if (!isKubernetesObject(resource)) return [];
  return objectsIn(resource.inputs)
    .filter(({ value }) => hostNamespaces.some((key) => key in value) || containerLists.some((key) => listAt(value, key).some(isObject)))
    .map(({ path, value }) => ({ path, spec: value }));
}

export function containers({ path, spec }: FoundPodSpec): FoundContainer[] {
  return containerLists.flatMap((kind) => listAt(spec, kind).map((container, index) => ({ path: `${path}.${kind}[${index}]`, container })));
}

/** Texts and secrets of any name; and a disk of Ceph, which has an image as well. */
const isData = ({ type }: CheckedResource): boolean => /:(ConfigMap|Secret)(List|Patch)?$/.test(type);
const isDisk = (path: string): boolean => /(^|\.)rbd$/.test(path);

/** Every container of the resource: those of pods, and objects that only look like one, as some kinds have a single container. */
export function containersIn(resource: CheckedResource): FoundContainer[] {
  if (!isKubernetesObject(resource) || isData(resource)) return [];
  return objectsIn(resource.inputs)
    .filter(({ path, value }) => looksLikeContainer(value) && !isDisk(path))
    .map(({ path, value }) => ({ path, container: value }));
}

const looksLikeContainer = (value: Record<string, unknown>): boolean =>
  typeof value.image === "string" || typeof valueAt(value, "image", "reference") === "string" || isObject(value.securityContext);

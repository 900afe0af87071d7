/** Pods are not root on their node. */
import { isTrue, isUnknown, listAt, valueAt, type CheckedResource } from "../checkedResource";
import {
  containersIn,
  isKubernetesObject,
  objectsIn,
  podSpecs,
  type FoundContainer,
  type FoundObject,
  type FoundPodSpec,
} from "../podSpecs";
import { resourceRule, type Finding } from "../rule";

interface Settings {
  allowedCapabilities: string[];
  allowedHostPaths: string[];
}

export const podSecurity = resourceRule<Settings>(
  {
    name: "pod-security",
    description:
      "Pods are not privileged, stay out of the namespaces and directories of their node, keep its security " +
      "profiles, and add no capability " +
      "beyond IPC_LOCK, which EFA needs to pin memory: device plugins supply everything else, and each of these " +
      "settings is a way to the node " +
      "and its role.",
    source: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    settings: {
      allowedCapabilities: {
        type: "array",
        items: { type: "string" },
        default: ["IPC_LOCK"],
        description: "Capabilities that containers may add",
      },
      allowedHostPaths: {
        type: "array",
        items: { type: "string" },
        default: ["/mnt/k8s-disks/0/vllm-cache", "/var/cache/vllm"],
        description: "Directories of the node that pods may mount, with what is below them",
      },
    },
  },
  (resource, settings) => {
    if (!isKubernetesObject(resource)) return [];
    const objects = objectsIn(resource.inputs);
    return [
      ...podSpecs(resource).flatMap((pod) => checkHostNamespaces(resource, pod)),
      ...objects.flatMap((each) => [
        ...checkNodePath(resource, each, "hostPath", settings.allowedHostPaths),
        ...(isPersistentVolume(resource) ? checkNodePath(resource, each, "local", settings.allowedHostPaths) : []),
        ...checkProfile(resource, each),
        ...checkHostPort(resource, each),
      ]),
      ...checkAnnotations(resource, objects),
      ...containersIn(resource).flatMap((each) => [
        ...checkSwitches(resource, each),
        ...checkCapabilities(resource, each, settings.allowedCapabilities),
      ]),
    ];
  },
);

const joined = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

function checkHostNamespaces(resource: CheckedResource, { path, spec }: FoundPodSpec): Finding[] {
  return ["hostNetwork", "hostPID", "hostIPC"]
    .filter((key) => isTrue(valueAt(spec, key)))
    .map((key) => ({
      ...{ resource, path: joined(path, key), value: valueAt(spec, key) },
      ...{ rule: "a pod must not share the namespaces of its node", fix: `Remove ${key}` },
    }));
}

const isPersistentVolume = ({ type }: CheckedResource): boolean => /:PersistentVolume(List|Patch)?$/.test(type);

/** `hostPath` of a pod's volume and of a PersistentVolume, `local` of a PersistentVolume: both are a directory of the node. */
function checkNodePath(
  resource: CheckedResource,
  { path, value }: FoundObject,
  source: "hostPath" | "local",
  allowed: string[],
): Finding[] {
  const mounted = valueAt(value, source, "path");
  if (typeof mounted !== "string" || isUnknown(mounted) || allowed.some((directory) => isBelow(mounted, directory))) return [];
  const rule = `a pod may mount only ${allowed.join(", ") || "no directory"} of its node`;
  return [{ resource, path: joined(path, `${source}.path`), value: mounted, rule, fix: "Use an emptyDir or a claim" }];
}

function isBelow(mounted: string, directory: string): boolean {
  const parts = (text: string) => text.split("/").filter((part) => part !== "" && part !== ".");
  const [inner, outer] = [parts(mounted), parts(directory)];
  return outer.length > 0 && !inner.includes("..") && outer.every((part, index) => inner[index] === part);
}

const profiles = ["seccompProfile", "appArmorProfile"] as const;

function checkProfile(resource: CheckedResource, { path, value }: FoundObject): Finding[] {
  const unconfined = profiles.filter((key) => /^unconfined$/i.test(String(valueAt(value, key, "type"))));
  return [
    ...unconfined.map((key) => ({
      ...{ resource, path: joined(path, `${key}.type`), value: valueAt(value, key, "type") },
      ...{ rule: "a pod must keep a security profile", fix: `Set ${key}.type to RuntimeDefault` },
    })),
    ...(value.procMount === "Unmasked"
      ? [
          {
            ...{ resource, path: joined(path, "procMount"), value: value.procMount },
            ...{ rule: "a container must not see the whole /proc of its node", fix: "Remove procMount" },
          },
        ]
      : []),
  ];
}

/** The annotations that came before the fields; kubelets still read them. */
function checkAnnotations(resource: CheckedResource, objects: FoundObject[]): Finding[] {
  return objects.flatMap(({ path, value }) =>
    Object.entries((value.annotations as Record<string, unknown> | undefined) ?? {})
      .filter(
        ([name, content]) =>
          /(apparmor|seccomp)\.security\.(alpha|beta)\.kubernetes\.io/.test(name) && /^unconfined$/i.test(String(content)),
      )
      .map(([name, content]) => ({
        ...{ resource, path: joined(path, `annotations["${name}"]`), value: content },
        ...{ rule: "a pod must keep a security profile", fix: "Set it to runtime/default" },
      })),
  );
}

function checkHostPort(resource: CheckedResource, { path, value }: FoundObject): Finding[] {
  const { hostPort } = value;
  if (typeof hostPort !== "number" || hostPort === 0) return [];
  const rule = "a pod must not listen on a port of its node";
  return [{ resource, path: joined(path, "hostPort"), value: hostPort, rule, fix: "Remove hostPort and use a Service" }];
}

function checkSwitches(resource: CheckedResource, { path, container }: FoundContainer): Finding[] {
  const privileged = valueAt(container, "securityContext", "privileged");
  const onWindows = valueAt(container, "securityContext", "windowsOptions", "hostProcess");
  const rule = "a container must not be privileged";
  return [
    ...(isTrue(privileged)
      ? [
          {
            ...{ resource, path: joined(path, "securityContext.privileged"), value: privileged },
            ...{ rule, fix: "Remove privileged; devices come from device plugins" },
          },
        ]
      : []),
    ...(isTrue(onWindows)
      ? [{ resource, path: joined(path, "securityContext.windowsOptions.hostProcess"), value: onWindows, rule, fix: "Remove hostProcess" }]
      : []),
  ];
}

function checkCapabilities(resource: CheckedResource, { path, container }: FoundContainer, allowed: string[]): Finding[] {
  const value = listAt(container, "securityContext", "capabilities", "add");
  const beyond = value.filter((capability) => !isUnknown(capability) && !allowed.includes(withoutPrefix(String(capability))));
  if (beyond.length === 0) return [];
  const rule = allowed.length > 0 ? `only ${allowed.join(", ")} may be added` : "no capability may be added";
  return [{ resource, path: joined(path, "securityContext.capabilities.add"), value, rule, fix: `Remove ${beyond.join(", ")}` }];
}

/** Runtimes accept both names, in any case. */
const withoutPrefix = (capability: string) => capability.toUpperCase().replace(/^CAP_/, "");

/** Pods are not root on their node. */
import { isTrue, isUnknown, listAt, valueAt, type CheckedResource } from "../checkedResource";
import { containers, podSpecs, type FoundContainer, type FoundPodSpec } from "../podSpecs";
import { resourceRule, type Finding } from "../rule";

interface Settings {
  allowedCapabilities: string[];
}

export const podSecurity = resourceRule<Settings>(
  {
    name: "pod-security",
    description:
      "Pods are not privileged, stay out of the namespaces of their node and add no capability beyond IPC_LOCK, which EFA needs to pin " +
      "memory: device plugins supply everything else, and each of these settings is a way to the node and its role.",
    source: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    settings: {
      allowedCapabilities: {
        type: "array",
        items: { type: "string" },
        default: ["IPC_LOCK"],
        description: "Capabilities that containers may add",
      },
    },
  },
  (resource, { allowedCapabilities }) =>
    podSpecs(resource).flatMap((pod) => [
      ...checkHostNamespaces(resource, pod),
      ...containers(pod).flatMap((each) => [...checkPrivileged(resource, each), ...checkCapabilities(resource, each, allowedCapabilities)]),
    ]),
);

function checkHostNamespaces(resource: CheckedResource, { path, spec }: FoundPodSpec): Finding[] {
  return ["hostNetwork", "hostPID", "hostIPC"]
    .filter((key) => isTrue(valueAt(spec, key)))
    .map((key) => ({
      ...{ resource, path: `${path}.${key}`, value: valueAt(spec, key) },
      ...{ rule: "a pod must not share the namespaces of its node", fix: `Remove ${key}` },
    }));
}

function checkPrivileged(resource: CheckedResource, { path, container }: FoundContainer): Finding[] {
  const value = valueAt(container, "securityContext", "privileged");
  if (!isTrue(value)) return [];
  const rule = "a container must not be privileged";
  return [
    { resource, path: `${path}.securityContext.privileged`, value, rule, fix: "Remove privileged; devices come from device plugins" },
  ];
}

function checkCapabilities(resource: CheckedResource, { path, container }: FoundContainer, allowed: string[]): Finding[] {
  const value = listAt(container, "securityContext", "capabilities", "add");
  const beyond = value.filter((capability) => !isUnknown(capability) && !allowed.includes(withoutPrefix(String(capability))));
  if (beyond.length === 0) return [];
  const rule = allowed.length > 0 ? `only ${allowed.join(", ")} may be added` : "no capability may be added";
  return [{ resource, path: `${path}.securityContext.capabilities.add`, value, rule, fix: `Remove ${beyond.join(", ")}` }];
}

/** Runtimes accept both names. */
const withoutPrefix = (capability: string) => capability.replace(/^CAP_/, "");

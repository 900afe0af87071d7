/** The longest time that `pulumi up` waits for each kind of resource, so that a person who watches knows when to worry. */
import type { PlannedResource } from "./plannedResources";

interface Wait {
  what: string;
  create: string;
  update: string;
  delete: string;
}

const labels: [type: string, what: string][] = [
  ["aws:fsx/lustreFileSystem:LustreFileSystem", "file system"],
  ["kubernetes:batch/v1:Job", "download of the weights"],
  ["aws:eks/nodeGroup:NodeGroup", "GPU nodes"],
  ["kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet", "engine"],
  ["kubernetes:helm.sh/v3:Release", "each Helm release"],
  ["aws:eks/addon:Addon", "each EKS add-on"],
  ["aws:lb/loadBalancer:LoadBalancer", "load balancer"],
];

export function longestWaits(resources: readonly PlannedResource[]): Wait[] {
  return labels.flatMap(([type, what]) => {
    const timeouts = resources.find((resource) => resource.type === type && resource.timeouts)?.timeouts;
    return timeouts ? [{ what, create: timeouts.create ?? "", update: timeouts.update ?? "", delete: timeouts.delete ?? "" }] : [];
  });
}

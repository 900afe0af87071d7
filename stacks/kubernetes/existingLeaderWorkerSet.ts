/** The LeaderWorkerSet controller of a cluster that was there before: present, and new enough. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { charts, requirements } from "../../catalog/versions";
import { groupRestartPolicy } from "../../components/vllmLeaderWorkerSet/leaderWorkerSetObjects";

const kind = "leaderworkersets.leaderworkerset.x-k8s.io";

/** Known when the kind is there and offers what the groups ask for; fails by name otherwise, before anything waits for it. */
export function existingLeaderWorkerSet(provider: k8s.Provider): pulumi.Output<string> {
  const found = k8s.apiextensions.v1.CustomResourceDefinition.get("leader-worker-set", kind, { provider });
  return pulumi.all([found.metadata, found.spec]).apply(([metadata, spec]) => {
    // The definition carries no release number; the policy that groups use is a value that it lists since the least release.
    if (!JSON.stringify(spec).includes(`"${groupRestartPolicy}"`)) throw new pulumi.RunError(tooOld);
    return metadata.name;
  });
}

const tooOld =
  `The cluster's LeaderWorkerSet controller does not know the restart policy ${groupRestartPolicy}: it is older than ` +
  `${requirements.minimumLeaderWorkerSet.version}. Upgrade its definition and its controller, for example to ${charts.leaderWorkerSet.version} (docs/operations.md), then run pulumi up again.`;

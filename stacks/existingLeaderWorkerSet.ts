/** The LeaderWorkerSet controller of a cluster that was there before: present, and new enough. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { charts, requirements } from "../catalog/versions";

const kind = "leaderworkersets.leaderworkerset.x-k8s.io";

/** What the oldest controller that serves here knows and older ones do not; the kind carries no version of its controller. */
export const neededRestartPolicy = "RecreateGroupAfterStart";

/** Known when the kind is there and offers what the groups ask for; fails by name otherwise, before anything waits for it. */
export function existingLeaderWorkerSet(provider: k8s.Provider): pulumi.Output<string> {
  const found = k8s.apiextensions.v1.CustomResourceDefinition.get("leader-worker-set", kind, { provider });
  return pulumi.all([found.metadata, found.spec]).apply(([metadata, spec]) => {
    if (!JSON.stringify(spec).includes(`"${neededRestartPolicy}"`)) throw new pulumi.RunError(tooOld);
    return metadata.name;
  });
}

const tooOld =
  `The cluster's LeaderWorkerSet controller does not know the restart policy ${neededRestartPolicy}: it is older than ` +
  `${requirements.minimumLeaderWorkerSet.version}. Upgrade it, its custom resource definitions first, for example to ${charts.leaderWorkerSet.version}.`;

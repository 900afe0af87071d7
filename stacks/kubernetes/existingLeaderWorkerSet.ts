/** The LeaderWorkerSet controller of a cluster that was there before: present, and new enough. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { charts, requirements } from "../../catalog/versions";
import { groupRestartPolicy } from "../../components/vllmLeaderWorkerSet/leaderWorkerSetObjects";
import { platformPartNames } from "../../environment/platformPartNames";
import { knowsGroupRestart, leaderWorkerSetDefinition } from "../../preflight/cluster/leaderWorkerSetDefinition";

/** Known when the kind is there and offers what the groups ask for; fails by name otherwise, before anything waits for it. */
export function requireLeaderWorkerSet(provider: k8s.Provider): pulumi.Output<string> {
  const { leaderWorkerSet } = platformPartNames;
  const definition = k8s.apiextensions.v1.CustomResourceDefinition.get(leaderWorkerSet, leaderWorkerSetDefinition, { provider });
  return pulumi.all([definition.metadata, definition.spec]).apply(([metadata, spec]) => {
    if (!knowsGroupRestart(spec)) throw new pulumi.RunError(tooOld);
    return metadata.name;
  });
}

const tooOld =
  `The cluster's LeaderWorkerSet controller does not know the restart policy ${groupRestartPolicy}: it is older than ` +
  `${requirements.minimumLeaderWorkerSet.version}. Upgrade its definition and its controller, for example to ${charts.leaderWorkerSet.version} (docs/operations.md), then run pulumi up again.`;

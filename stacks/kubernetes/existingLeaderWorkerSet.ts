/** Checks that an existing cluster has a LeaderWorkerSet controller that is new enough. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { charts, requirements } from "../../catalog/versions";
import {
  groupRestartPolicy,
  knowsGroupRestart,
  leaderWorkerSetDefinition,
} from "../../components/vllmLeaderWorkerSet/leaderWorkerSetObjects";
import { platformPartNames } from "../../environment/platformPartNames";

/** Known when the kind exists and supports what the groups need. Otherwise it fails with the reason, before any resource waits for it. */
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

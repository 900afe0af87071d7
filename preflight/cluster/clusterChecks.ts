/** Every question to the cluster, in the order in which a report lists them: access, parts, nodes. */
import type { Check } from "../check";
import { apiAccess } from "./checks/apiAccess";
import { clusterVersion } from "./checks/clusterVersion";
import { gpuNodes } from "./checks/gpuNodes";
import { leaderWorkerSet } from "./checks/leaderWorkerSet";
import { networkPolicies } from "./checks/networkPolicies";
import { plainNodes } from "./checks/plainNodes";
import { platformParts } from "./checks/platformParts";

export const clusterChecks: readonly Check[] = [
  apiAccess,
  clusterVersion,
  leaderWorkerSet,
  platformParts,
  networkPolicies,
  plainNodes,
  gpuNodes,
];

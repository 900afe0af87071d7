/** What is asked of the cluster and of the machine that Pulumi runs on. */
import type { Check } from "../check";
import { apiAccess } from "./checks/apiAccess";
import { awsCli } from "./checks/awsCli";
import { clusterVersion } from "./checks/clusterVersion";
import { gpuNodes } from "./checks/gpuNodes";
import { leaderWorkerSet } from "./checks/leaderWorkerSet";
import { plainNodes } from "./checks/plainNodes";
import { platformParts } from "./checks/platformParts";
import { tokenPrincipal } from "./checks/tokenPrincipal";

export const clusterChecks: readonly Check[] = [
  awsCli,
  tokenPrincipal,
  apiAccess,
  clusterVersion,
  leaderWorkerSet,
  platformParts,
  plainNodes,
  gpuNodes,
];

/** What is asked of the cluster and of the machine that Pulumi runs on. */
import type { Check } from "./check";
import { apiAccess } from "./clusterChecks/apiAccess";
import { awsCli } from "./clusterChecks/awsCli";
import { clusterVersion } from "./clusterChecks/clusterVersion";
import { gpuNodes } from "./clusterChecks/gpuNodes";
import { leaderWorkerSet } from "./clusterChecks/leaderWorkerSet";
import { plainNodes } from "./clusterChecks/plainNodes";
import { platformParts } from "./clusterChecks/platformParts";
import { tokenPrincipal } from "./clusterChecks/tokenPrincipal";

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

/** The definition of the LeaderWorkerSet kind on a cluster: its name, and whether it is new enough for this package's groups. */
import { groupRestartPolicy } from "../../components/vllmLeaderWorkerSet/leaderWorkerSetObjects";

export const leaderWorkerSetDefinition = "leaderworkersets.leaderworkerset.x-k8s.io";

/** The definition carries no release number; the policy that groups use is a value that it lists since the least release. */
export const knowsGroupRestart = (spec: unknown): boolean => JSON.stringify(spec).includes(`"${groupRestartPolicy}"`);

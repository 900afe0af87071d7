/** The definition of the LeaderWorkerSet kind on a cluster: its name, and whether it is new enough for this package's groups. */
import { groupRestartPolicy } from "../../components/vllmLeaderWorkerSet/leaderWorkerSetObjects";

export const leaderWorkerSetDefinition = "leaderworkersets.leaderworkerset.x-k8s.io";

/** The definition has no release number. Since the oldest release that works, it lists the restart policy that groups use. */
export const knowsGroupRestart = (spec: unknown): boolean => JSON.stringify(spec).includes(`"${groupRestartPolicy}"`);

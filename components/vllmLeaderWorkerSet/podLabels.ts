/** Labels that select the pods of a set. The LeaderWorkerSet controller puts them on every pod; our labels only inform. */

const prefix = "leaderworkerset.sigs.k8s.io";

/** Every pod of the set. */
export const groupLabels = (name: string): Record<string, string> => ({ [`${prefix}/name`]: name });

/** The pods that serve: a leader has index 0 in its group. */
export const leaderLabels = (name: string): Record<string, string> => ({ ...groupLabels(name), [`${prefix}/worker-index`]: "0" });

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export const commonLabels = (name: string): Record<string, string> => ({
  "app.kubernetes.io/name": "vllm",
  "app.kubernetes.io/instance": name,
  "app.kubernetes.io/managed-by": "pulumi",
});

/**
 * What the LeaderWorkerSet controller does to a group that has started: when a container of it ends, it deletes all pods of the group, and
 * it makes them again when they are gone. https://github.com/kubernetes-sigs/lws/blob/v0.9.0/pkg/controllers/pod_controller.go
 */
import { eventually } from "../../engine/support/eventually";
import type { VllmGroup } from "./group";

/** Resolves with the seconds until every pod has ended, from the end of the first container or from now. */
export async function deleted(group: VllmGroup): Promise<number> {
  const began = Date.now();
  await Promise.all(group.pods.map((pod) => (pod.end ? undefined : pod.terminate())));
  return (Date.now() - began) / 1000;
}

/** Waits for the end of a container, as the controller does. */
export async function firstEnd(group: VllmGroup, seconds: number): Promise<string> {
  const dead = await eventually("the end of a container", seconds, async () => group.pods.find(({ end }) => end));
  return dead.name;
}

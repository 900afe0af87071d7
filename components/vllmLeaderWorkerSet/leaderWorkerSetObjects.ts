/** The set itself and the two objects that follow its groups: the leaders' Service and the disruption budget. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { fieldManager } from "../fieldManager";
import { servingPort } from "./engineArguments";
import { commonLabels, groupLabels, leaderLabels } from "./podLabels";
import { leaderTemplate, type PodWiring, workerTemplate } from "./podTemplates";
import type { ResolvedServing } from "./resolveServing";

/**
 * A group that lost a pod cannot go on; one whose pods still start is left alone, or a slow image pull would restart it for ever.
 * Since 0.9: https://github.com/kubernetes-sigs/lws/releases/tag/v0.9.0
 */
export const groupRestartPolicy = "RecreateGroupAfterStart";

/** The controller makes a headless Service with the set's own name, so the leaders' Service needs another. */
export const leaderServiceName = (name: string) => `${name}-leader`;

/**
 * Pulumi's own wait would last until the Service has a ready pod, which is the whole model load, and everything that needs no more than the
 * Service's name would stand still.
 */
export function leaderService(name: string, namespace: pulumi.Input<string>): k8s.core.v1.ServiceArgs {
  return {
    metadata: {
      name: leaderServiceName(name),
      namespace,
      labels: commonLabels(name),
      annotations: { ...fieldManager, "pulumi.com/skipAwait": "true" },
    },
    spec: {
      type: "ClusterIP",
      selector: leaderLabels(name),
      ports: [{ name: "http", port: servingPort, targetPort: servingPort, protocol: "TCP" }],
    },
  };
}

/** Pods that must stay: all groups but one. With a single group a budget would only keep its node from ever being emptied. */
export function disruptionBudget(serving: ResolvedServing): k8s.types.input.policy.v1.PodDisruptionBudgetSpec | undefined {
  if (serving.replicas < 2) return undefined;
  return { minAvailable: (serving.replicas - 1) * serving.groupSize, selector: { matchLabels: groupLabels(serving.name) } };
}

export function createDisruptionBudget(
  serving: ResolvedServing,
  namespace: pulumi.Input<string>,
  child: pulumi.CustomResourceOptions,
): k8s.policy.v1.PodDisruptionBudget | undefined {
  const spec = disruptionBudget(serving);
  return spec && new k8s.policy.v1.PodDisruptionBudget(`${serving.name}-budget`, { metadata: { namespace }, spec }, child);
}

export function leaderWorkerSet(
  serving: ResolvedServing,
  namespace: pulumi.Input<string>,
  wiring: PodWiring,
): k8s.apiextensions.CustomResourceArgs {
  const leader = leaderTemplate(serving, wiring);
  return {
    apiVersion: "leaderworkerset.x-k8s.io/v1",
    kind: "LeaderWorkerSet",
    metadata: {
      name: serving.name,
      namespace,
      labels: commonLabels(serving.name),
      // Pulumi knows no readiness of this kind by itself: an update would be green with no pod running. A set without groups never becomes
      // available.
      // The provider compares status.observedGeneration, so an update does not end on the condition of the release before it.
      annotations: { ...fieldManager, ...(serving.replicas > 0 && { "pulumi.com/waitFor": "condition=Available" }) },
    },
    spec: {
      replicas: serving.replicas,
      startupPolicy: "LeaderCreated", // the leader answers only when its workers have joined: LeaderReady would wait for ever
      // One group at a time, and no spare group: there are no spare GPUs, and its pods would stay Pending.
      rolloutStrategy: { type: "RollingUpdate", rollingUpdateConfiguration: { maxUnavailable: 1, maxSurge: 0 } },
      leaderWorkerTemplate: {
        size: serving.groupSize,
        restartPolicy: groupRestartPolicy,
        leaderTemplate: leader,
        // Required by the API; a group of one never makes a pod from it.
        workerTemplate: serving.groupSize > 1 ? workerTemplate(serving, wiring) : leader,
      },
    },
  };
}

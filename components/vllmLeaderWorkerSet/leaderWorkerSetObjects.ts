/** The set, and the two objects that select its pods: the leaders' Service and the disruption budget. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { fieldManager } from "../names";
import { servingPort } from "./engineArguments";
import { commonLabels, groupLabels, leaderLabels } from "./podLabels";
import { leaderTemplate, type PodWiring, workerTemplate } from "./podTemplates";
import type { ResolvedServing } from "./resolveServing";

/**
 * A group that lost a pod cannot continue. A group with pods that still start is left alone, or a slow image pull would restart it forever.
 * Since 0.9: https://github.com/kubernetes-sigs/lws/releases/tag/v0.9.0
 */
export const groupRestartPolicy = "RecreateGroupAfterStart";

/** Name of the definition of the kind on a cluster. */
export const leaderWorkerSetDefinition = "leaderworkersets.leaderworkerset.x-k8s.io";

/** The definition has no release number. Since the oldest release that works, it lists the restart policy that groups use. */
export const knowsGroupRestart = (spec: unknown): boolean => JSON.stringify(spec).includes(`"${groupRestartPolicy}"`);

/** The controller creates a headless Service with the name of the set, so the leaders' Service needs another name. */
const leaderServiceName = (name: string) => `${name}-leader`;

/**
 * Pulumi would wait until the Service has a ready pod, which takes the whole model load, and delay resources that need only the name of the
 * Service.
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

/** The pods of all groups but one must stay. With a single group a budget would only block drains of its nodes forever. */
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

export function leaderWorkerSet(serving: ResolvedServing, wiring: PodWiring): k8s.apiextensions.CustomResourceArgs {
  const leader = leaderTemplate(serving, wiring);
  return {
    apiVersion: "leaderworkerset.x-k8s.io/v1",
    kind: "LeaderWorkerSet",
    metadata: {
      name: serving.name,
      namespace: wiring.namespace,
      labels: commonLabels(serving.name),
      // Pulumi does not know the readiness of this kind: an update would succeed with no pod running. A set without groups never becomes
      // available. The provider compares status.observedGeneration, so an update does not read the condition of the previous release.
      annotations: { ...fieldManager, ...(serving.replicas > 0 && { "pulumi.com/waitFor": "condition=Available" }) },
    },
    spec: {
      replicas: serving.replicas,
      startupPolicy: "LeaderCreated", // the leader answers only after its workers have joined: LeaderReady would wait forever
      // One group at a time and no surge: there are no spare GPUs, so the pods of another group would stay Pending.
      rolloutStrategy: { type: "RollingUpdate", rollingUpdateConfiguration: { maxUnavailable: 1, maxSurge: 0 } },
      leaderWorkerTemplate: {
        size: serving.groupSize,
        restartPolicy: groupRestartPolicy,
        leaderTemplate: leader,
        // The API requires it, but the controller never uses it for a group of one.
        workerTemplate: serving.groupSize > 1 ? workerTemplate(serving, wiring) : leader,
      },
    },
  };
}

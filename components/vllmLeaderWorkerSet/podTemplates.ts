/** Pod templates of leader and workers. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { gpuNodeLabel, gpuTolerations, instanceTypeLabel, zoneLabel } from "../gpuNodeScheduling";
import { leaderArguments, servingPort, workerArguments } from "./engineArguments";
import { directCommand, launchCommand } from "./launchScript";
import { apiKeyEnvironment, engineEnvironment, nonRootEnvironment } from "./podEnvironment";
import { commonLabels, groupLabels } from "./podLabels";
import { podVolumes, volumeMounts } from "./podVolumes";
import { leaderLivenessProbe, leaderReadinessProbe, leaderStartupProbe, waitForDeregistration } from "./probes";
import { waitForLeader, workerReadinessProbe } from "./probes";
import type { ResolvedServing } from "./resolveServing";

type PodTemplate = k8s.types.input.core.v1.PodTemplateSpec;
type Container = k8s.types.input.core.v1.Container;

/** Values that come from other resources. */
export interface PodWiring {
  namespace: pulumi.Input<string>;
  image: pulumi.Input<string>;
  modelClaimName: pulumi.Input<string>;
  modelPath: pulumi.Input<string>;
  apiKeySecretName?: pulumi.Input<string> | undefined;
  probeConfigMapName: pulumi.Input<string>;
}

export function leaderTemplate(serving: ResolvedServing, wiring: PodWiring): PodTemplate {
  const { timeouts, engine } = serving;
  return podTemplate(serving, wiring, "leader", {
    args: leaderArguments(engine, wiring.modelPath),
    env: [...environmentOf(serving), ...apiKeyEnvironment(wiring.apiKeySecretName, serving.apiKeySecretKey)],
    ports: [{ name: "http", containerPort: servingPort }],
    startupProbe: leaderStartupProbe(engine.servedModelName, timeouts.startupProbeSeconds),
    readinessProbe: leaderReadinessProbe,
    livenessProbe: leaderLivenessProbe(engine.servedModelName, timeouts),
    lifecycle: waitForDeregistration(timeouts.preStopSeconds),
  });
}

/** Workers have no API key and no open port. */
export function workerTemplate(serving: ResolvedServing, wiring: PodWiring): PodTemplate {
  const { timeouts, engine } = serving;
  return podTemplate(serving, wiring, "worker", {
    args: workerArguments(engine, wiring.modelPath),
    env: environmentOf(serving),
    readinessProbe: workerReadinessProbe,
    lifecycle: waitForLeader(timeouts.workerPreStopSeconds),
  });
}

const environmentOf = (serving: ResolvedServing): k8s.types.input.core.v1.EnvVar[] => [
  ...engineEnvironment(serving.type, serving.timeouts, serving.hugePagesMiB),
  ...(serving.runAs.nonRoot ? nonRootEnvironment : []),
];

function podTemplate(serving: ResolvedServing, wiring: PodWiring, role: string, container: Partial<Container>): PodTemplate {
  const { requests, limits } = serving.resources;
  const mayUseHostDirectory = !serving.runAs.nonRoot;
  return {
    metadata: { labels: { ...commonLabels(serving.name), "app.kubernetes.io/component": role } },
    spec: {
      containers: [
        {
          name: "vllm",
          image: wiring.image,
          command: serving.groupSize > 1 ? launchCommand : directCommand,
          resources: { requests, limits },
          securityContext: containerSecurity(serving),
          volumeMounts,
          ...container,
        },
      ],
      volumes: podVolumes(serving.name, serving.type, { ...wiring, resources: serving.resources, mayUseHostDirectory }),
      ...placement(serving),
      securityContext: { ...userOf(serving), seccompProfile: { type: "RuntimeDefault" } },
      terminationGracePeriodSeconds: serving.timeouts.terminationGracePeriodSeconds,
      automountServiceAccountToken: false, // the engine never talks to Kubernetes
      enableServiceLinks: false, // a Service named vllm-… would define VLLM_PORT, which vLLM reads as a setting
    },
  };
}

/**
 * EFA pins the memory that it reads and writes, which the limit of locked memory stops without IPC_LOCK. The device plugins provide the
 * devices, so the pod needs nothing more.
 */
function containerSecurity(serving: ResolvedServing): k8s.types.input.core.v1.SecurityContext {
  const add = serving.type.gpu && !serving.runAs.nonRoot ? { add: ["IPC_LOCK"] } : {};
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: serving.readOnlyRootFilesystem,
    capabilities: { drop: ["ALL"], ...add },
  };
}

/**
 * Root without capabilities, except the one above. A capability that a pod adds is effective only for user 0: for every other user the
 * kernel clears it when the program starts, and Kubernetes has no ambient capabilities
 * (https://github.com/kubernetes/kubernetes/issues/56374). So another user can pin memory only if the node's runtime does not limit it.
 */
function userOf({ type, runAs }: ResolvedServing): k8s.types.input.core.v1.PodSecurityContext {
  if (runAs.nonRoot) return { runAsNonRoot: true, runAsUser: runAs.user, runAsGroup: runAs.user };
  return type.gpu ? { runAsUser: 0, runAsGroup: 0 } : {};
}

/** Puts a group on nodes of the type in one zone: EFA does not cross zones, and a group in two zones never starts. */
function placement(serving: ResolvedServing): Pick<k8s.types.input.core.v1.PodSpec, "nodeSelector" | "affinity" | "tolerations"> {
  if (!serving.type.gpu) return {};
  return {
    nodeSelector: { [gpuNodeLabel]: "true", [instanceTypeLabel]: serving.type.name },
    affinity: serving.availabilityZone === undefined ? withOwnPods(serving.name) : inZone(serving.availabilityZone),
    tolerations: gpuTolerations(),
  };
}

const inZone = (zone: string): k8s.types.input.core.v1.Affinity => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: zoneLabel, operator: "In", values: [zone] }] }],
    },
  },
});

/** Without a given zone the first pod decides it for the whole set; the scheduler lets a pod match itself. */
const withOwnPods = (name: string): k8s.types.input.core.v1.Affinity => ({
  podAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: groupLabels(name) }, topologyKey: zoneLabel }],
  },
});

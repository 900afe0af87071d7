/** Pod templates of leader and workers. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { gpuNodeLabel, gpuTolerations, instanceTypeLabel, zoneLabel } from "../gpuNodeScheduling";
import { leaderArguments, servingPort, workerArguments } from "./engineArguments";
import { directCommand, launchCommand } from "./launchScript";
import { apiKeyEnvironment, engineEnvironment } from "./podEnvironment";
import { commonLabels, groupLabels } from "./podLabels";
import { podVolumes, volumeMounts } from "./podVolumes";
import { leaderLivenessProbe, leaderReadinessProbe, leaderStartupProbe, workerReadinessProbe } from "./probes";
import type { ResolvedServing } from "./resolveServing";

type PodTemplate = k8s.types.input.core.v1.PodTemplateSpec;
type Container = k8s.types.input.core.v1.Container;

/** Values that come from other resources. */
export interface PodWiring {
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
    env: [
      ...engineEnvironment(serving.type, timeouts, serving.hugePagesMiB),
      ...apiKeyEnvironment(wiring.apiKeySecretName, serving.apiKeySecretKey),
    ],
    ports: [{ name: "http", containerPort: servingPort }],
    startupProbe: leaderStartupProbe(engine.servedModelName, timeouts.startupProbeSeconds),
    readinessProbe: leaderReadinessProbe,
    livenessProbe: leaderLivenessProbe,
    ...sleepBeforeStop(timeouts.preStopSeconds), // the load balancer still sends requests for a moment
  });
}

/** Workers have no API key and no open port. */
export function workerTemplate(serving: ResolvedServing, wiring: PodWiring): PodTemplate {
  const { timeouts, engine } = serving;
  return podTemplate(serving, wiring, "worker", {
    args: workerArguments(engine, wiring.modelPath),
    env: engineEnvironment(serving.type, timeouts, serving.hugePagesMiB),
    readinessProbe: workerReadinessProbe,
    // The controller deletes all pods of a group together. A worker that stopped at the first signal would end every request that its
    // leader is finishing.
    ...sleepBeforeStop(timeouts.workerPreStopSeconds),
  });
}

function podTemplate(serving: ResolvedServing, wiring: PodWiring, role: string, container: Partial<Container>): PodTemplate {
  const { sharedMemory, ...resources } = serving.resources;
  return {
    metadata: { labels: { ...commonLabels(serving.name), "app.kubernetes.io/component": role } },
    spec: {
      containers: [
        {
          name: "vllm",
          image: wiring.image,
          command: serving.groupSize > 1 ? launchCommand : directCommand,
          resources,
          securityContext: containerSecurity(serving),
          volumeMounts,
          ...container,
        },
      ],
      volumes: podVolumes(serving.name, serving.type, { ...wiring, sharedMemory }),
      ...placement(serving),
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      terminationGracePeriodSeconds: serving.timeouts.terminationGracePeriodSeconds,
      automountServiceAccountToken: false, // the engine never talks to Kubernetes
      enableServiceLinks: false, // a Service named vllm-… would define VLLM_PORT, which vLLM reads as a setting
    },
  };
}

/** The kubelet sleeps, so the image does not need a program for it. Kubernetes 1.30 and later. */
const sleepBeforeStop = (seconds: number): Pick<Container, "lifecycle"> =>
  seconds > 0 ? { lifecycle: { preStop: { sleep: { seconds } } } } : {};

/** IPC_LOCK lets EFA pin the memory that it reads and writes. The device plugins provide the devices, so the pod needs nothing more. */
function containerSecurity(serving: ResolvedServing): k8s.types.input.core.v1.SecurityContext {
  const add = serving.type.gpu ? { add: ["IPC_LOCK"] } : {};
  return { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"], ...add } };
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

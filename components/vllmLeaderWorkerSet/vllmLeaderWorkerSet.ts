/** vLLM on groups of one or more nodes, as a LeaderWorkerSet with its Service, probes, network policies and disruption budget. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { servingPort } from "./engineArguments";
import { leaderService, leaderWorkerSet, createDisruptionBudget } from "./leaderWorkerSetObjects";
import { createPolicies } from "./networkPolicies";
import { setChildren, type VllmLeaderWorkerSetNodes } from "./nodes";
import { groupLabels } from "./podLabels";
import { probeScripts } from "./probes";
import { type FitSummary, resolveServing } from "./resolveServing";
import type { VllmLeaderWorkerSetOptions } from "./servingProblems";

export interface VllmLeaderWorkerSetArgs extends VllmLeaderWorkerSetOptions {
  /** Namespace of every object of the component; it must exist. */
  namespace: pulumi.Input<string>;
  /** vLLM image with EFA libraries, pinned. `engine.vllmVersion` and `engine.cudaVersion` must be the versions in it. */
  image: pulumi.Input<string>;
  /** Claim of the model store in `namespace`, mounted read-only at `/models`. */
  modelClaimName: pulumi.Input<string>;
  /** Directory of the weights, under `/models`. */
  modelPath: pulumi.Input<string>;
  /** Secret in `namespace` with the key that clients send as bearer token. @default none: anyone who reaches the port is served */
  apiKeySecretName?: pulumi.Input<string>;
  /** Pulumi creates the set after these are known: the path of the weights, the node group, the controller's release. @default none */
  startAfter?: pulumi.Input<string>[];
}

/**
 * Creates: Service of the leaders, ConfigMap with the probes, NetworkPolicies, PodDisruptionBudget (two groups or more), LeaderWorkerSet
 * (controller 0.9 or later). Names of set and Service are fixed, so a second set needs another name. The set is ready when the model has
 * answered one request: image pull, load and compilation take minutes to tens of minutes.
 *
 * @example DeepSeek-R1-Distill-Qwen-32B on two p4d.24xlarge
 *     const serving = new VllmLeaderWorkerSet("vllm", {
 *       model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", tensorParallelSize: 8, pipelineParallelSize: 2, replicas: 1,
 *       instanceType: "p4d.24xlarge", availabilityZone: "us-west-2a", loadBalancerCidrs: ["10.0.96.0/24"],
 *       namespace, image, modelClaimName: store.claimName, modelPath: store.modelPath, apiKeySecretName,
 *       startAfter: [store.modelPath, nodes.nodeGroupName, lwsRelease.name],
 *     });
 */
export class VllmLeaderWorkerSet extends pulumi.ComponentResource {
  /** Name of the Service in front of the leaders. It is known before any pod runs. */
  public readonly serviceName: pulumi.Output<string>;
  /** Port of the Service and of the pods behind it. */
  public readonly servicePort: pulumi.Output<number>;
  /** Seconds of silence after which a load balancer in front should close a connection. */
  public readonly idleTimeoutSeconds: pulumi.Output<number>;
  /** Seconds that running requests have to finish when a pod must stop. */
  public readonly drainSeconds: pulumi.Output<number>;
  /** Labels of every pod of the set. */
  public readonly labels: pulumi.Output<Record<string, string>>;
  /** Number of pods of one group; each has its own node. */
  public readonly groupSize: pulumi.Output<number>;
  /** GPUs of all groups together. */
  public readonly gpuCount: pulumi.Output<number>;
  /** How the model fits one group. */
  public readonly fitSummary: pulumi.Output<FitSummary>;

  constructor(name: string, args: VllmLeaderWorkerSetArgs, opts?: pulumi.ComponentResourceOptions) {
    const serving = resolveServing(name, args); // throws all problems together, before anything is registered
    const { model, instanceType, tensorParallelSize, pipelineParallelSize, replicas, namespace } = args;
    super("vllm-eks:index:VllmLeaderWorkerSet", name, { model, instanceType, tensorParallelSize, pipelineParallelSize, replicas }, opts);
    const child = { parent: this };
    const metadata = { namespace }; // no name: a change creates a new object and replaces the pods that use it

    const service = new k8s.core.v1.Service(`${name}-leader`, leaderService(name, namespace), child);
    const probes = new k8s.core.v1.ConfigMap(`${name}-probes`, { metadata, data: probeScripts, immutable: true }, child);
    const { groupPolicy, clientPolicy } = createPolicies(name, args, child);
    const disruptionBudget = createDisruptionBudget(serving, namespace, child);
    const set = new k8s.apiextensions.CustomResource(
      `${name}-set`,
      leaderWorkerSet(serving, { ...args, probeConfigMapName: probes.metadata.name }),
      {
        ...child,
        // Policies first: a pod that starts before them is open to the cluster for a moment.
        dependsOn: [
          service,
          groupPolicy,
          ...(clientPolicy ? [clientPolicy] : []),
          pulumi.all(args.startAfter ?? []).apply(() => groupPolicy),
        ],
        customTimeouts: { ...serving.deploymentTimeout, ...args.timeouts },
      },
    );

    setChildren.keep(this, { service, groupPolicy, clientPolicy, disruptionBudget, leaderWorkerSet: set });
    this.serviceName = service.metadata.name;
    this.servicePort = pulumi.output(servingPort);
    this.idleTimeoutSeconds = pulumi.output(serving.timeouts.idleTimeoutSeconds);
    this.drainSeconds = pulumi.output(serving.timeouts.shutdownTimeoutSeconds);
    this.labels = pulumi.output(groupLabels(name));
    this.groupSize = pulumi.output(serving.groupSize);
    this.gpuCount = pulumi.output(serving.gpuCount);
    this.fitSummary = pulumi.output(serving.fit);
    const { serviceName, servicePort, idleTimeoutSeconds, drainSeconds, labels, groupSize, gpuCount, fitSummary } = this;
    this.registerOutputs({ serviceName, servicePort, idleTimeoutSeconds, drainSeconds, labels, groupSize, gpuCount, fitSummary });
  }

  /** The children, for programs in TypeScript. */
  get nodes(): VllmLeaderWorkerSetNodes {
    return setChildren.of(this);
  }
}

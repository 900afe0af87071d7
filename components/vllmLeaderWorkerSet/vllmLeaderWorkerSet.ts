/** vLLM over one or more nodes a group, as a LeaderWorkerSet: its pods, their Service, probes, network policies and disruption budget. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { withFailureAdvice } from "../failureAdvice";
import { servingPort, type VllmEngineArgs } from "./engineArguments";
import { disruptionBudget, leaderService, leaderWorkerSet } from "./leaderWorkerSetObjects";
import { clientPolicy, groupPolicy } from "./networkPolicies";
import { groupLabels } from "./podLabels";
import { probeScripts } from "./probes";
import { type FitSummary, resolveServing } from "./resolveServing";

export interface VllmLeaderWorkerSetArgs {
  /** Hugging Face id of the model, for example `Qwen/Qwen3-32B`. Decides memory and layout, so it must be known before deployment. */
  model: string;
  /** Text of the model's `config.json`, for a model outside the catalog; wins over the catalog. @default the catalog's row */
  modelConfigJson?: string;
  /** Name that clients put into `model`. A change breaks every client that names the old one. @default `model` */
  servedModelName?: string;
  /** GPUs that share each layer. Must divide the attention heads; more than a node has makes every layer wait for the network. */
  tensorParallelSize: number;
  /** Stages the layers are cut into; beyond one node, stages belong on nodes. */
  pipelineParallelSize: number;
  /**
   * Groups that each hold the whole model. `0` pauses: weights and endpoint stay, no pod runs. More than the nodes can hold as whole groups
   * lets two groups each take half of what they need, and both wait for ever.
   */
  replicas: number;
  /** EC2 instance type of the nodes, for example `p4d.24xlarge`, or `cpu` for a local cluster. Pods run on no other type. */
  instanceType: string;
  /** Zone of the GPU nodes and of the model store. @default pods of the set choose one zone together */
  availabilityZone?: string;
  /** Settings of the engine. @default vLLM's own for the catalog's default image */
  engine?: VllmEngineArgs;
  /** IPv4 ranges of the load balancer's subnets. Nobody else reaches the API: an empty list leaves `kubectl port-forward` only. */
  loadBalancerCidrs: string[];
  /** Namespace whose pods may read `/metrics`; the same port answers requests. @default none */
  metricsNamespace?: string;
  /** Huge pages that the node group reserved, MiB a node. More than was reserved keeps every pod Pending while its node is billed. @default 0 */
  hugePagesMiB?: number;
  /** How fast all nodes together read weights, MB/s. Too high, and pods are killed while they load. @default what a node without a file system reads */
  readMBps?: number;
  /** Silence after which the load balancer closes a connection, seconds: the server keeps connections longer. @default 600 */
  idleTimeoutSeconds?: number;
  /** How long running requests may finish when a pod is told to stop, seconds. Shorter cuts long answers. @default 120 */
  drainSeconds?: number;
  /** Printed when starting or changing the pods fails: for instance what is still billed and how to stop it. @default nothing */
  failureAdvice?: string;
  /** Namespace of everything; it must exist. */
  namespace: pulumi.Input<string>;
  /** vLLM image with EFA libraries, pinned. `engine.vllmVersion` and `cudaVersion` must be what is inside. */
  image: pulumi.Input<string>;
  /** Claim of the model store in `namespace`, mounted read-only at `/models`. */
  modelClaimName: pulumi.Input<string>;
  /** Directory of the weights, below `/models`. */
  modelPath: pulumi.Input<string>;
  /** Secret in `namespace` whose key `api-key` clients send as bearer token. @default none: whoever reaches the port is served */
  apiKeySecretName?: pulumi.Input<string>;
  /** The set is made only when these are known: the path of the weights, the node group, the controller's release. @default at once */
  startAfter?: pulumi.Input<string>[];
}

/**
 * Creates: Service of the leaders, ConfigMap with the probes, NetworkPolicies, PodDisruptionBudget (two groups or more), LeaderWorkerSet
 * (controller 0.9 or later). Names of set and Service are fixed, so a second set needs another name. Ready when the model has answered one
 * request: image pull, load and compilation, minutes to tens of minutes.
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
  /** Name of the Service in front of the leaders; known before any pod runs. */
  public readonly serviceName: pulumi.Output<string>;
  /** Port of the Service and of the pods behind it. */
  public readonly servicePort: pulumi.Output<number>;
  /** Labels that every pod of the set carries. */
  public readonly labels: pulumi.Output<Record<string, string>>;
  /** Pods, and nodes, of one group. */
  public readonly groupSize: pulumi.Output<number>;
  /** GPUs that all groups hold. */
  public readonly gpuCount: pulumi.Output<number>;
  /** How the model fits one group. */
  public readonly fitSummary: pulumi.Output<FitSummary>;

  constructor(name: string, args: VllmLeaderWorkerSetArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = resolveServing(name, args); // throws every problem at once, before anything is registered
    const { model, instanceType, tensorParallelSize, pipelineParallelSize, replicas } = args;
    super("vllm-eks:index:VllmLeaderWorkerSet", name, { model, instanceType, tensorParallelSize, pipelineParallelSize, replicas }, opts);
    const child = { parent: this };
    const metadata = { namespace: args.namespace }; // no name: a change makes a new object and rolls the pods that use it

    const service = new k8s.core.v1.Service(`${name}-leader`, leaderService(name, args.namespace), child);
    const probes = new k8s.core.v1.ConfigMap(`${name}-probes`, { metadata, data: probeScripts, immutable: true }, child);

    const group = new k8s.networking.v1.NetworkPolicy(`${name}-group`, { metadata, spec: groupPolicy(name) }, child);
    const clientsSpec = clientPolicy(name, args.loadBalancerCidrs, args.metricsNamespace);
    const clients = clientsSpec && new k8s.networking.v1.NetworkPolicy(`${name}-clients`, { metadata, spec: clientsSpec }, child);

    const budget = disruptionBudget(plan);
    if (budget) new k8s.policy.v1.PodDisruptionBudget(`${name}-budget`, { metadata, spec: budget }, child);

    new k8s.apiextensions.CustomResource(
      `${name}-set`,
      leaderWorkerSet(plan, args.namespace, { ...args, probeConfigMapName: probes.metadata.name }),
      {
        ...child,
        // Policies first: a pod that starts without them is open to the cluster for a moment.
        dependsOn: [service, group, ...(clients ? [clients] : []), pulumi.all(args.startAfter ?? []).apply(() => group)],
        customTimeouts: plan.deploymentTimeout,
        ...withFailureAdvice(`${name}-set`, args.failureAdvice),
      },
    );

    this.serviceName = service.metadata.name;
    this.servicePort = pulumi.output(servingPort);
    this.labels = pulumi.output(groupLabels(name));
    this.groupSize = pulumi.output(plan.groupSize);
    this.gpuCount = pulumi.output(plan.gpuCount);
    this.fitSummary = pulumi.output(plan.fit);
    const { serviceName, servicePort, labels, groupSize, gpuCount, fitSummary } = this;
    this.registerOutputs({ serviceName, servicePort, labels, groupSize, gpuCount, fitSummary });
  }
}

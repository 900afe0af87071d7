/**
 * The only definition of every setting: type, default, unit, meaning. Types, checks, documents and the editor's schema are derived from
 * this file.
 */
import { defaultSetNames } from "../catalog/defaults";
import { userId } from "../catalog/kubernetesRules";
import * as forms from "./textForms";
import { cidr, idOf, like, version, zone } from "./textForms";
import { flag, group, integer, list, map, number, oneOf, text, type ValueSchema } from "./valueSchema";

/** The namespace of these keys: `vllm-eks:model`. */
export const configNamespace = "vllm-eks";

/** Also used instead of a range that is wrong. */
export const defaultVpcCidr = "10.0.0.0/16";

const range = text("A range such as 198.51.100.7/32.", cidr);
const oneZone = text("One zone.", zone);
const oneSubnet = text("One subnet.", idOf("subnet"));

const platformPart = (what: string) => oneOf(`${what}: installed by this stack, or already on the cluster.`, ["install", "existing"]);

/** Parts of the platform. Each is installed by this stack or already on the cluster. */
const parts = {
  loadBalancerController: platformPart("AWS Load Balancer Controller"),
  leaderWorkerSet: platformPart("LeaderWorkerSet controller"),
  nvidiaDevicePlugin: platformPart("NVIDIA device plugin"),
  efaDevicePlugin: platformPart("EFA device plugin"),
  fsxCsiDriver: platformPart("FSx CSI driver"),
  metricsServer: platformPart("metrics-server"),
  nodeMonitoringAgent: platformPart("EKS node monitoring agent"),
  podIdentityAgent: platformPart("EKS Pod Identity agent, from which an installed load balancer controller gets its AWS rights"),
};

const schema = {
  model: text("Hugging Face repository of the model. A model outside the catalog also needs `modelConfigFile`.", {
    default: "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
    pattern: "^(?=.{1,128}$)[A-Za-z0-9][\\w.-]*(/[A-Za-z0-9][\\w.-]*)?$",
    patternHint: "a Hugging Face id such as Qwen/Qwen3-32B",
    names: "ModelName",
  }),
  modelRevision: text(
    "Commit of the repository. Default: the commit in the catalog; without one the branch `main`, resolved once and recorded.",
    like("^(?=.{1,64}$)(?!.*\\.\\.)[A-Za-z0-9][\\w.-]*(/[A-Za-z0-9][\\w.-]*)*$", "a commit, tag or branch name"),
  ),
  allowPickleWeights: flag(
    "Download weights in pickle format (`.bin`, `.pt`, `.pth`) where the repository has no safetensors. Loading a pickle can run code.",
    { default: false },
  ),
  modelConfigFile: text("Path of the model's `config.json`, for models outside the catalog.", forms.filePath),
  instanceType: text("EC2 instance type of the GPU nodes; `cpu` plans for any Kubernetes cluster without GPUs and without AWS.", {
    default: "p4d.24xlarge",
    maxLength: 32,
    ...forms.instanceTypeName,
    names: "InstanceTypeName",
  }),
  availabilityZone: text("Zone of the GPU nodes, the file system and the reservation: EFA traffic does not cross zones.", zone),
  tensorParallelSize: integer("GPUs that share every layer; keep it within one node.", 1, 256, { default: 8 }),
  pipelineParallelSize: integer("Stages that the layers are split into; one node each when tensor parallel fills a node.", 1, 128, {
    default: 2,
  }),
  nodeCount: integer("GPU nodes. 0 together with `replicas: 0` pauses: the GPUs go, weights and endpoint stay.", 0, 1000, { default: 2 }),
  replicas: integer("Groups that serve in parallel. Default: as many as the nodes hold.", 0, 1000),
  protect: flag("Refuse to delete the file system and the cluster.", { default: false }),
  preflight: flag(
    "Ask the account before the first resource: quota, identity, zones, reservation, versions. Needs read permissions (docs/preflight.md).",
    { default: true },
  ),
  apiKey: text("Key that clients send as `Authorization: Bearer`.", { secret: true }),
  huggingFaceToken: text("Token for gated models; only the download Job gets it.", { secret: true }),
  kmsKeyArn: text(
    "KMS key, in the stack's region, for the nodes' volumes, the file system (PERSISTENT_2) and, on a created cluster, Secrets and control plane logs. Default: keys that AWS manages. Set it before the first `pulumi up` ([security.md](security.md#your-own-key)).",
    forms.kmsKeyArn,
  ),
  capacity: group("How GPU capacity is bought.", {
    type: oneOf(
      "On demand, spot, an on-demand capacity reservation, or a Capacity Block for ML.",
      ["onDemand", "spot", "reservation", "capacityBlock"],
      { default: "onDemand" },
    ),
    reservationId: text("The reservation or Capacity Block, in `availabilityZone`.", idOf("cr")),
    reservationGroupArn: text("Resource group of several reservations, instead of `reservationId`.", forms.resourceGroupArn),
    startsAt: text(
      "When a Capacity Block begins, RFC 3339. Until then the node group stays empty.",
      like("^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(Z|[+-]\\d{2}:\\d{2})$", "a time such as 2026-12-01T11:30:00Z"),
    ),
  }),
  gpuNodes: group("The GPU node group.", {
    start: oneOf(
      "Launch after the weights are on the file system, or as soon as the cluster exists. Default: afterWeights; withCluster on paid reservations.",
      ["afterWeights", "withCluster"],
    ),
    rootVolumeGiB: integer("Encrypted root volume, GiB.", 50, 16384),
    placementGroup: flag("Create a cluster placement group. Default: on demand and spot; never with a reservation."),
    hugePagesMiB: integer("Huge pages of 2 MiB reserved at boot and requested by the pods, MiB.", 0, 65536, { default: 0 }),
    releaseVersion: text(
      "AMI release of the node group. Default: the newest at creation.",
      like("^\\d+\\.\\d+\\.\\d+-\\d{8}$", "an AMI release such as 1.35.0-20260714"),
    ),
  }),
  modelStore: group("FSx for Lustre.", {
    deploymentType: oneOf("SCRATCH_2: cheapest, not replicated. PERSISTENT_2: replicated within the zone.", ["SCRATCH_2", "PERSISTENT_2"], {
      default: "SCRATCH_2",
    }),
    storageCapacityGiB: integer("1200, 2400 or a multiple of 2400 GiB; it can grow and never shrink.", 1, 1_000_000, { default: 1200 }),
    throughputMBpsPerTiB: integer("125, 250, 500 or 1000 MB/s per TiB; PERSISTENT_2 only.", 1, 1000),
    rootSquash: text(
      "User and group that root of the nodes becomes on the file system; `0:0` for root. It changes a running file system. Default: as it is.",
      like("^\\d{1,10}:\\d{1,10}$", "a user and a group such as 65534:65534"),
    ),
    noSquashNids: list(
      "Lustre network ids of the nodes where root stays root: those that run the download.",
      text("Such as 10.0.1.6@tcp.", forms.line),
    ),
  }),
  engine: group("vLLM.", {
    image: text(
      "Container image. Default: the AWS Deep Learning Container of the catalog, from the region's own registry.",
      like(
        "^(?=.{1,400}$)[A-Za-z0-9][\\w.-]*(:\\d+(?=/))?(/[A-Za-z0-9][\\w.-]*)*(:\\w[\\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$",
        "an image such as docker.io/vllm/vllm-openai:v0.27.1, with or without @sha256: and the 64 digits of its digest",
      ),
    ),
    vllmVersion: text("vLLM version inside `image`, where the image is not in the catalog.", like(version, "a version such as 0.27.1")),
    cudaVersion: text("CUDA version inside `image`, where the image is not in the catalog.", like(version, "a version such as 13.0")),
    maxModelLen: integer("Longest context of one request, tokens. Default: the model's own.", 1, 10_000_000),
    gpuMemoryUtilization: number("Share of GPU memory that vLLM uses. Default: vLLM's own.", 0.1, 1),
    maxNumSeqs: integer("Requests in one batch. Fewer leave more memory for the KV cache.", 1, 65536),
    maxNumBatchedTokens: integer("Tokens processed in one step.", 1, 1_000_000),
    kvCacheDtype: oneOf("Type of the KV cache; fp8 halves it.", ["auto", "bfloat16", "fp8", "fp8_e4m3", "fp8_e5m2"]),
    stepTimeoutSeconds: integer(
      "Longest wait for the answer to one step; then the group starts again. Default: computed from the longest step, 300 to 1800.",
      30,
      86_400,
    ),
    enableExpertParallel: flag("Spread whole experts over the GPUs instead of slicing each (mixture of experts).", { default: false }),
    extraArguments: list("Further arguments of `vllm serve`, one entry each.", text("One argument.", forms.line)),
    runAsNonRoot: flag("Run the engine as `engine.runAsUser` and not as root. On GPUs no run with it is recorded: EFA must pin memory.", {
      default: false,
    }),
    runAsUser: integer("User and group of `engine.runAsNonRoot`. Default: 1000.", 1, userId.largest),
    readOnlyRootFilesystem: flag("The engine can write only to its volumes: caches, home, `/tmp`, `/dev/shm`.", { default: true }),
  }),
  ingress: group("The endpoint.", {
    mode: oneOf(
      "direct: Pulumi owns the load balancer. controller: an annotated Ingress. none: inside the cluster only.",
      ["direct", "controller", "none"],
      { default: "direct" },
    ),
    scheme: oneOf("Where clients connect from: the VPC, or the internet.", ["internal", "internet-facing"], { default: "internal" }),
    inboundCidrs: list("Ranges that may connect. Default: the VPC's own range.", range),
    hostname: text("DNS name of the endpoint; the URL uses it.", forms.hostname),
    hostedZoneId: text("Route 53 zone of `hostname`: gives certificate, validation and alias.", forms.hostedZone),
    certificateArn: text("Certificate in ACM, in the stack's region.", forms.certificateArn),
    idleTimeoutSeconds: integer("Longest silence on a connection, seconds: an answer that is not streamed must fit into it.", 1, 4000, {
      default: 600,
    }),
  }),
  network: group(
    "The VPC: adopted with `vpcId`, else created.",
    {
      vpcId: text("VPC to adopt.", idOf("vpc")),
      nodeSubnetId: text("Private subnet of the GPU nodes, in `availabilityZone` (adopt).", idOf("subnet")),
      loadBalancerSubnetIds: list("Subnets of the load balancer and the control plane, at least two zones (adopt).", oneSubnet),
      loadBalancerCidrs: list("Ranges of those subnets, for the pods' network policy (adopt).", range),
      cidrBlock: text("Range of the VPC, created or adopted; the file system admits it.", { ...cidr, default: defaultVpcCidr }),
      availabilityZones: list("Two or three zones, the GPU zone among them. Default: the GPU zone and its neighbours.", oneZone, {
        createdOnly: true,
      }),
      natGateways: oneOf(
        "One NAT gateway for all zones, or one in each zone, so that its nodes survive the loss of another zone.",
        ["single", "onePerZone"],
        { default: "single", createdOnly: true },
      ),
    },
    { adoptedBy: "vpcId" },
  ),
  cluster: group(
    "The EKS cluster: adopted with `name`, else created.",
    {
      name: text("Existing cluster to adopt.", forms.clusterName),
      kubeconfig: text(
        "kubeconfig of an adopted cluster: a path, or the text itself (with credentials: encrypted). Default: made from the cluster's name; for `cpu` the ambient one.",
        { encryptable: true, ...forms.lines },
      ),
      context: text("Context inside `kubeconfig`.", forms.line),
      version: text("Kubernetes version of a created cluster; of an adopted one, for its support dates.", {
        default: "1.35",
        pattern: "^1\\.\\d{2}$",
        patternHint: "a version such as 1.35",
      }),
      publicAccessCidrs: list("Ranges that may reach the Kubernetes API from outside the VPC; `[]` if Pulumi runs inside it.", range, {
        createdOnly: true,
      }),
      administrators: list(
        "IAM principals that become cluster administrators. Do not list the one that creates the cluster: EKS adds it.",
        text("An IAM ARN.", forms.principalArn),
        { createdOnly: true },
      ),
      logTypes: list(
        "Control plane logs in CloudWatch, which bills them by the gigabyte. Default: api, audit, authenticator; `[]` for none.",
        oneOf("One log.", ["api", "audit", "authenticator", "controllerManager", "scheduler"]),
        { createdOnly: true },
      ),
      accessRoleArn: text("Role that both AWS calls and `aws eks get-token` assume.", forms.roleArn),
      addonVersions: map("EKS add-on versions by add-on name. Default: EKS's own at creation.", text("A version.", forms.addonVersion), {
        createdOnly: true,
      }),
      systemInstanceType: text("x86 instance type of the two nodes that run controllers and the download.", {
        default: "m6i.large",
        createdOnly: true,
        ...forms.x86InstanceType, // the image of the system nodes is x86
      }),
    },
    { adoptedBy: "name" },
  ),
  platform: group("What this stack installs on the cluster. Default: install on a created cluster, existing on an adopted one.", {
    ...parts,
    chartRepository: text(
      "Mirror of the Helm charts, for clusters without internet: one `oci://` prefix for all charts.",
      forms.chartMirror,
    ),
  }),
  defaults: oneOf(
    "The dated set from which image and charts come where no other key names them (`catalog/defaults.ts`). Default: the set that the stack was made with, so that a new release of the package moves nothing; for a new stack the newest.",
    defaultSetNames,
  ),
  tags: map("Tags on every AWS resource that takes them.", text("A value.", { minLength: 0 })),
} as const satisfies Record<string, ValueSchema>;

/** The schema with all its literal types, from which settingTypes.ts derives types. */
export type ConfigSchema = typeof schema;

/** The same schema for code that looks up keys by name. */
export const configSchema: Readonly<Record<string, ValueSchema>> = schema;

export const platformParts = Object.keys(parts) as (keyof typeof parts)[];

/** Every configuration key: type, default, unit, meaning. Pulumi.yaml, docs/configuration.md and the validator are checked against this. */

export interface ValueSchema {
  type: "string" | "integer" | "number" | "boolean" | "array" | "object";
  description: string;
  default?: string | number | boolean;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  /** A regular expression, and in `patternHint` the same in words. */
  pattern?: string;
  patternHint?: string;
  minLength?: number;
  maxLength?: number;
  items?: ValueSchema;
  properties?: Record<string, ValueSchema>;
  /** Free-form object: tags, versions by add-on. */
  additionalProperties?: ValueSchema;
  /** Must be stored encrypted (`pulumi config set --secret`). */
  secret?: boolean;
}

const text = (description: string, more: Partial<ValueSchema> = {}): ValueSchema => ({
  type: "string",
  description,
  minLength: 1,
  ...more,
});
const oneOf = (description: string, values: readonly string[], more: Partial<ValueSchema> = {}) =>
  text(description, { enum: values, minLength: 0, ...more });
const integer = (description: string, minimum: number, maximum: number, more: Partial<ValueSchema> = {}): ValueSchema => ({
  type: "integer",
  description,
  minimum,
  maximum,
  ...more,
});
const flag = (description: string, more: Partial<ValueSchema> = {}): ValueSchema => ({ type: "boolean", description, ...more });
const list = (description: string, items: ValueSchema): ValueSchema => ({ type: "array", description, items });
const group = (description: string, properties: Record<string, ValueSchema>): ValueSchema => ({ type: "object", description, properties });

const cidr = text("A range such as 198.51.100.7/32.", {
  pattern: "^(\\d{1,3}\\.){3}\\d{1,3}/\\d{1,2}$",
  patternHint: "an IPv4 range such as 198.51.100.7/32",
});
const zone = { pattern: "^[a-z]{2}(-[a-z]+)+-\\d[a-z]$", patternHint: "a zone name such as us-west-2a" };
const idOf = (prefix: string, what: string) =>
  text(what, { pattern: `^(${prefix}-[0-9a-f]{8,17}|<[^>]+>)$`, patternHint: `an id such as ${prefix}-0123456789abcdef0` });
const principal = {
  pattern: "^(arn:aws[a-z-]*:iam::.+|<[^>]+>)$",
  patternHint: "an ARN such as arn:aws:iam::111122223333:role/deployer",
};

/** Parts of the platform, each made by this stack or found on the cluster. */
export const platformParts = [
  "loadBalancerController",
  "leaderWorkerSet",
  "nvidiaDevicePlugin",
  "efaDevicePlugin",
  "fsxCsiDriver",
  "metricsServer",
  "nodeMonitoringAgent",
  "podIdentityAgent",
] as const;
export type PlatformPart = (typeof platformParts)[number];

const platformPart = (what: string) => oneOf(`${what}: made by this stack, or already on the cluster.`, ["install", "existing"]);

export const configSchema: Record<string, ValueSchema> = {
  model: text("Hugging Face repository of the model. A model outside the catalog also needs `modelConfigFile`.", {
    default: "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
    pattern: "^(?=.{1,128}$)[A-Za-z0-9][\\w.-]*(/[A-Za-z0-9][\\w.-]*)?$",
    patternHint: "a Hugging Face id such as Qwen/Qwen3-32B",
  }),
  modelRevision: text(
    "Commit of the repository. Default: the commit in the catalog; without one the branch `main`, resolved once and recorded.",
    {
      pattern: "^(?=.{1,64}$)(?!.*\\.\\.)[A-Za-z0-9][\\w.-]*(/[A-Za-z0-9][\\w.-]*)*$",
      patternHint: "a commit, tag or branch name",
    },
  ),
  modelConfigFile: text("Path of the model's `config.json`, for models outside the catalog."),
  instanceType: text("EC2 instance type of the GPU nodes; `cpu` plans for any Kubernetes cluster without GPUs and without AWS.", {
    default: "p4d.24xlarge",
    maxLength: 32,
  }),
  availabilityZone: text("Zone of the GPU nodes, the file system and the reservation: EFA traffic does not cross zones.", zone),
  tensorParallelSize: integer("GPUs that share every layer; keep it within one node.", 1, 256, { default: 8 }),
  pipelineParallelSize: integer("Stages that the layers are split into; one node each when tensor parallel fills a node.", 1, 128, {
    default: 2,
  }),
  nodeCount: integer("GPU nodes. 0 together with `replicas: 0` pauses: GPUs gone, weights and endpoint kept.", 0, 1000, { default: 2 }),
  replicas: integer("Groups that serve side by side. Default: as many as the nodes hold.", 0, 1000),
  protect: flag("Refuse to delete the file system and the cluster.", { default: false }),
  preflight: flag(
    "Ask the account before the first resource: quota, identity, zones, reservation, versions. Needs read permissions (docs/preflight.md).",
    { default: true },
  ),
  apiKey: text("Key that clients send as `Authorization: Bearer`.", { secret: true }),
  huggingFaceToken: text("Token for gated models; only the download Job gets it.", { secret: true }),
  capacity: group("How GPU capacity is bought.", {
    type: oneOf(
      "On demand, spot, an on-demand capacity reservation, or a Capacity Block for ML.",
      ["onDemand", "spot", "reservation", "capacityBlock"],
      {
        default: "onDemand",
      },
    ),
    reservationId: idOf("cr", "The reservation or Capacity Block, in `availabilityZone`."),
    reservationGroupArn: text("Resource group of several reservations, instead of `reservationId`.", {
      pattern: "^(arn:aws[a-z-]*:resource-groups:.+|<[^>]+>)$",
      patternHint: "an ARN such as arn:aws:resource-groups:us-west-2:111122223333:group/gpus",
    }),
    startsAt: text("When a Capacity Block begins, RFC 3339. Until then the node group stays empty.", {
      pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(Z|[+-]\\d{2}:\\d{2})$",
      patternHint: "a time such as 2026-12-01T11:30:00Z",
    }),
  }),
  gpuNodes: group("The GPU node group.", {
    start: oneOf(
      "Launch after the weights are on the file system, or as soon as the cluster exists. Default: afterWeights, withCluster on paid reservations.",
      ["afterWeights", "withCluster"],
    ),
    rootVolumeGiB: integer("Encrypted root volume, GiB.", 50, 16384),
    placementGroup: flag("Own cluster placement group. Default: on demand and spot; never with a reservation."),
    hugePagesMiB: integer("Huge pages of 2 MiB reserved at boot and requested by the pods, MiB.", 0, 65536, { default: 0 }),
    releaseVersion: text("AMI release of the node group. Default: the newest at creation.", {
      pattern: "^\\d+\\.\\d+\\.\\d+-\\d{8}$",
      patternHint: "an AMI release such as 1.35.0-20260714",
    }),
  }),
  modelStore: group("FSx for Lustre.", {
    deploymentType: oneOf("SCRATCH_2: cheapest, not replicated. PERSISTENT_2: replicated within the zone.", ["SCRATCH_2", "PERSISTENT_2"], {
      default: "SCRATCH_2",
    }),
    storageCapacityGiB: integer("1200, 2400 or a multiple of 2400 GiB; it can grow and never shrink.", 1, 1_000_000, { default: 1200 }),
    throughputMBpsPerTiB: integer("125, 250, 500 or 1000 MB/s per TiB; PERSISTENT_2 only.", 1, 1000),
  }),
  engine: group("vLLM.", {
    image: text("Container image. Default: the AWS Deep Learning Container of the catalog, from the region's own registry.", {
      pattern: "^(?=.{1,400}$)[A-Za-z0-9][\\w.:/@-]*$",
      patternHint: "an image such as docker.io/vllm/vllm-openai:v0.27.1",
    }),
    vllmVersion: text("vLLM version inside `image`, where the image is not in the catalog.", {
      pattern: "^\\d+\\.\\d+(\\.\\d+)?$",
      patternHint: "a version such as 0.27.1",
    }),
    cudaVersion: text("CUDA version inside `image`, where the image is not in the catalog.", {
      pattern: "^\\d+\\.\\d+(\\.\\d+)?$",
      patternHint: "a version such as 13.0",
    }),
    maxModelLen: integer("Longest context of one request, tokens. Default: the model's own.", 1, 10_000_000),
    gpuMemoryUtilization: {
      type: "number",
      description: "Share of GPU memory that vLLM uses. Default: vLLM's own.",
      minimum: 0.1,
      maximum: 1,
    },
    maxNumSeqs: integer("Requests in one batch. Fewer leave more memory for the KV cache.", 1, 65536),
    maxNumBatchedTokens: integer("Tokens of one step.", 1, 1_000_000),
    kvCacheDtype: oneOf("Type of the KV cache; fp8 halves it.", ["auto", "bfloat16", "fp8", "fp8_e4m3", "fp8_e5m2"]),
    enableExpertParallel: flag("Spread whole experts over the GPUs instead of slicing each (mixture of experts).", { default: false }),
    extraArguments: list("Further arguments of `vllm serve`, one entry each.", text("One argument.")),
  }),
  ingress: group("The endpoint.", {
    mode: oneOf(
      "direct: Pulumi owns the load balancer. controller: an annotated Ingress. none: inside the cluster only.",
      ["direct", "controller", "none"],
      {
        default: "direct",
      },
    ),
    scheme: oneOf("Who can reach it: the VPC, or the internet.", ["internal", "internet-facing"], { default: "internal" }),
    inboundCidrs: list("Ranges that may connect. Default: the VPC's own range.", cidr),
    hostname: text("DNS name of the endpoint; the URL uses it.", {
      pattern: "^(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$",
      patternHint: "a DNS name such as llm.example.com",
    }),
    hostedZoneId: text("Route 53 zone of `hostname`: gives certificate, validation and alias.", {
      pattern: "^(Z[A-Z0-9]{1,31}|<[^>]+>)$",
      patternHint: "a hosted zone id such as Z0123456789ABC",
    }),
    certificateArn: text("Certificate in ACM, in the stack's region.", {
      pattern: "^(arn:aws[a-z-]*:acm:.+|<[^>]+>)$",
      patternHint: "an ARN such as arn:aws:acm:us-west-2:111122223333:certificate/…",
    }),
    idleTimeoutSeconds: integer("Longest silence on a connection: a long answer that is not streamed takes all of it, seconds.", 1, 4000, {
      default: 600,
    }),
  }),
  network: group("The VPC: adopted with `vpcId`, else created.", {
    vpcId: idOf("vpc", "VPC to adopt."),
    nodeSubnetId: idOf("subnet", "Private subnet of the GPU nodes, in `availabilityZone` (adopt)."),
    loadBalancerSubnetIds: list(
      "Subnets of the load balancer and the control plane, at least two zones (adopt).",
      idOf("subnet", "One subnet."),
    ),
    loadBalancerCidrs: list("Ranges of those subnets: the pods' network policy names them (adopt).", cidr),
    cidrBlock: {
      ...cidr,
      description: "Range of the VPC; of an adopted one too, because the file system lets it in.",
      default: "10.0.0.0/16",
    },
    availabilityZones: list(
      "Two or three zones, the GPU zone among them. Default: the GPU zone and its neighbours.",
      text("One zone.", zone),
    ),
    natGateways: oneOf(
      "One NAT gateway for all zones, or one in each: a zone's nodes then survive the loss of another.",
      ["single", "onePerZone"],
      {
        default: "single",
      },
    ),
  }),
  cluster: group("The EKS cluster: adopted with `name`, else created.", {
    name: text("Existing cluster to adopt.", { pattern: "^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$", patternHint: "a cluster name" }),
    kubeconfig: text(
      "kubeconfig of an adopted cluster: a path or the text itself. Default: made from the cluster's name; for `cpu` the ambient one.",
      {
        secret: false,
      },
    ),
    context: text("Context inside `kubeconfig`."),
    version: text("Kubernetes version of a created cluster; of an adopted one, for its support dates.", {
      default: "1.35",
      pattern: "^1\\.\\d{2}$",
      patternHint: "a version such as 1.35",
    }),
    publicAccessCidrs: list("Who may reach the Kubernetes API from outside the VPC; `[]` says that Pulumi runs inside the VPC.", cidr),
    administrators: list(
      "IAM principals that get cluster administration. Never the one that creates the cluster: EKS adds it itself.",
      text("An IAM ARN.", principal),
    ),
    accessRoleArn: text("Role that both AWS calls and `aws eks get-token` assume.", principal),
    addonVersions: {
      type: "object",
      description: "EKS add-on versions by add-on name. Default: EKS's own at creation.",
      additionalProperties: text("A version."),
    },
    systemInstanceType: text("x86 instance type of the two nodes that run controllers and the download.", {
      default: "m6i.large",
      // Graviton families carry a g after the generation; the controllers' node image is x86.
      pattern: "^(?![a-z]+\\d+g)[a-z][a-z0-9-]*\\.[a-z0-9-]+$",
      patternHint: "an x86 instance type such as m6i.large",
    }),
  }),
  platform: group("What this stack installs on the cluster. Default: install on a cluster of its own, existing on an adopted one.", {
    loadBalancerController: platformPart("AWS Load Balancer Controller"),
    leaderWorkerSet: platformPart("LeaderWorkerSet controller"),
    nvidiaDevicePlugin: platformPart("NVIDIA device plugin"),
    efaDevicePlugin: platformPart("EFA device plugin"),
    fsxCsiDriver: platformPart("FSx CSI driver"),
    metricsServer: platformPart("metrics-server"),
    nodeMonitoringAgent: platformPart("EKS node monitoring agent"),
    podIdentityAgent: platformPart("EKS Pod Identity agent, from which an installed load balancer controller gets its AWS rights"),
    chartRepository: text("Mirror of the Helm charts, for clusters without internet: an `oci://` prefix in place of each chart's own."),
  }),
  tags: {
    type: "object",
    description: "Tags on every AWS resource that takes them.",
    additionalProperties: text("A value.", { minLength: 0 }),
  },
};

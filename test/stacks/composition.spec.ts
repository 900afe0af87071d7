import assert from "node:assert/strict";
import type { Recording } from "../../plan/recordingMonitor";
import { ConfigurationError } from "../../components";
import { readConfiguration } from "../../plan/configuration";
import { simulatedAccount } from "../../plan/simulatedAccount";
import { inferenceStack } from "../../stacks";
import type { Environment } from "../../environment/environment";
import { adoptedSettings, apiKey, environmentOf, recordEnvironment, repository, resolve, today } from "../support/environments";
import { ofType, only, recordProgram, suspectInputs } from "../support/record";
import { golden } from "../support/golden";

// Proves what the program registers and with which inputs, but not what the remote components do with theirs.

const environments: [string, () => Environment][] = [
  ["dev", () => environmentOf("dev")],
  ["prod", () => environmentOf("prod")],
  ["local", () => environmentOf("local")],
  ["an adopted cluster", () => environmentOf("dev", ...adoptedSettings)],
  ["controller mode", () => environmentOf("dev", "ingress.mode=controller")],
  ["a paused environment", () => environmentOf("dev", "nodeCount=0", "replicas=0")],
];

for (const [title, environment] of environments) {
  describe(`the program of ${title}`, () => {
    let update: Recording;
    let preview: Recording;
    before(async () => {
      update = await recordEnvironment(environment());
      preview = await recordEnvironment(environment(), { preview: true });
    });

    it("registers the same resources in preview and in update", () => {
      const urns = (recording: Recording) => recording.resources.map(({ urn }) => urn).sort();
      assert.deepEqual(urns(preview), urns(update));
    });

    it("has no input that is undefined or an Output converted to a string", () => {
      assert.deepEqual(suspectInputs(update), []);
    });

    it("gives every Kubernetes object its Kubernetes provider and every AWS resource its AWS provider", () => {
      for (const { type, name, provider, remote, providers } of update.resources) {
        if (type.startsWith("kubernetes:")) assert.match(provider ?? "", /::pulumi:providers:kubernetes::kubernetes::/, name);
        if (type.startsWith("aws:")) assert.match(provider ?? "", /::pulumi:providers:aws::aws::/, name);
        // Their children would otherwise run under a plugin of another version.
        if (remote) assert.match(providers.aws ?? "", /::pulumi:providers:aws::aws::/, name);
      }
    });

    it("has the API key only in the input of one Secret, marked as secret", () => {
      const holders = update.resources.filter(({ inputs }) => JSON.stringify(inputs).includes(apiKey));
      assert.deepEqual(
        holders.map(({ type, name }) => `${type} ${name}`),
        ["kubernetes:core/v1:Secret api-key"],
      );
      assert.deepEqual(holders[0]!.secretPaths, ["stringData"]);
      assert.ok(!JSON.stringify(update.outputs).includes(apiKey));
    });

    it("gives every late resource a parent chain that ends in a component or the stack", () => {
      const urns = new Set(update.resources.map(({ urn }) => urn));
      for (const { name, parent } of update.resources) assert.ok(parent?.includes("pulumi:pulumi:Stack") || urns.has(parent ?? ""), name);
    });
  });
}

describe("names of resources", () => {
  for (const stack of ["dev", "prod", "local"])
    it(`stay as recorded in ${stack}: a changed name replaces the resource`, async () => {
      const recording = await recordEnvironment(environmentOf(stack));
      golden(
        `urns/${stack}.txt`,
        recording.resources
          .map(({ urn }) => urn.replace(/^urn:pulumi:\w+::vllm-eks::/, ""))
          .sort()
          .join("\n") + "\n",
      );
    });

  it("are fixed in Kubernetes only for LeaderWorkerSet, Service, Namespace and download Job", async () => {
    const recording = await recordEnvironment(environmentOf("dev"));
    const named = recording.resources
      .filter(
        ({ type, inputs }) => type.startsWith("kubernetes:") && (inputs.metadata as { name?: string } | undefined)?.name !== undefined,
      )
      .map(({ type }) => type.split(":").pop());
    assert.deepEqual(named.sort(), ["Job", "LeaderWorkerSet", "Namespace", "Service"]);
  });

  it("are left to Pulumi in AWS: an explicit one would be deleted before its replacement exists", async () => {
    const recording = await recordEnvironment(environmentOf("prod"));
    for (const { type, name, inputs } of recording.resources.filter(({ type }) => /^aws:(?!route53)/.test(type)))
      for (const key of ["name", "namePrefix", "nodeGroupName"]) assert.ok(!(key in inputs), `${type} ${name} has ${key}`);
  });
});

describe("the cluster", () => {
  const clusterOf = async (...settings: string[]) =>
    only(await recordEnvironment(environmentOf("dev", ...settings)), "eks:index:Cluster").inputs;

  it("leaves nodes, security groups, add-ons and identity provider to this program", async () => {
    const inputs = await clusterOf();
    assert.deepEqual(
      ["skipDefaultNodeGroup", "skipDefaultSecurityGroups", "useDefaultVpcCni", "createOidcProvider", "bootstrapSelfManagedAddons"].map(
        (key) => inputs[key],
      ),
      [true, true, true, false, false],
    );
    for (const options of [inputs.kubeProxyAddonOptions, inputs.corednsAddonOptions])
      assert.equal((options as { enabled: boolean }).enabled, false);
    assert.equal(inputs.authenticationMode, "API");
  });

  it("is reachable from outside exactly when cluster.publicAccessCidrs has a range", async () => {
    const inside = await clusterOf("cluster.publicAccessCidrs=[]");
    assert.deepEqual([inside.endpointPrivateAccess, inside.endpointPublicAccess, inside.publicAccessCidrs], [true, false, undefined]);
    const outside = await clusterOf('cluster.publicAccessCidrs=["198.51.100.7/32"]');
    assert.deepEqual(
      [outside.endpointPrivateAccess, outside.endpointPublicAccess, outside.publicAccessCidrs],
      [true, true, ["198.51.100.7/32"]],
    );
  });

  it("writes the logs that cluster.logTypes names, and three of them by default", async () => {
    assert.deepEqual((await clusterOf()).enabledClusterLogTypes, ["api", "audit", "authenticator"]);
    assert.deepEqual((await clusterOf('cluster.logTypes=["scheduler"]')).enabledClusterLogTypes, ["scheduler"]);
    assert.deepEqual((await clusterOf("cluster.logTypes=[]")).enabledClusterLogTypes, []);
  });

  it("has a plain name for the Kubernetes provider, so that an unknown kubeconfig does not preview as a replacement", async () => {
    const recording = await recordEnvironment(environmentOf("dev"));
    assert.equal(only(recording, "pulumi:providers:kubernetes").inputs.clusterIdentifier, "vllm-eks-dev");
    assert.equal(only(recording, "eks:index:Cluster").inputs.name, "vllm-eks-dev");
  });

  it("gives nodes and load balancer the group that EKS created, not the component's group", async () => {
    const recording = await recordEnvironment(environmentOf("dev"));
    const { type, name, inputs } = only(recording, "eks:index:Cluster");
    const { eksCluster, clusterSecurityGroupId } = simulatedAccount().create(type, name, inputs, false).state;
    const made = (eksCluster as { vpcConfig: { clusterSecurityGroupId: string } }).vpcConfig.clusterSecurityGroupId;
    assert.notEqual(made, clusterSecurityGroupId);
    const template = only(recording, "aws:ec2/launchTemplate:LaunchTemplate", "gpu-template");
    for (const { securityGroups } of template.inputs.networkInterfaces as { securityGroups: string[] }[])
      assert.equal(securityGroups[0], made);
    const rule = only(recording, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "endpoint-from-lb");
    assert.equal(rule.inputs.securityGroupId, made);
    const egress = only(recording, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "endpoint-to-pods");
    assert.equal(egress.inputs.referencedSecurityGroupId, made);
  });

  it("uses one principal for AWS calls and for Kubernetes tokens when an access role is given", async () => {
    const roleArn = "arn:aws:iam::444455556666:role/deployer";
    const recording = await recordEnvironment(environmentOf("dev", `cluster.accessRoleArn=${roleArn}`));
    assert.deepEqual(JSON.parse(String(only(recording, "pulumi:providers:aws").inputs.assumeRoles)), [{ roleArn }]);
    assert.deepEqual(only(recording, "eks:index:Cluster").inputs.providerCredentialOpts, { roleArn });
    assert.match(String(recording.outputs.kubeconfig), /--role-arn arn:aws:iam::444455556666:role\/deployer$/);
  });

  it("refuses its creator as a second administrator", () => {
    const role = "arn:aws:iam::444455556666:role/deployer";
    const { problems } = resolve("dev", `cluster.accessRoleArn=${role}`, `cluster.administrators=["${role}"]`);
    assert.deepEqual(
      problems.filter(({ code }) => code === "administrator-is-creator").map(({ path, severity }) => [path, severity]),
      [["cluster.administrators[0]", "error"]],
    );
  });
});

describe("protection", () => {
  it("covers the file system, and the cluster by deletion protection, so that a model change stays possible", async () => {
    const recording = await recordEnvironment(environmentOf("prod"));
    assert.deepEqual(
      recording.resources.filter(({ protect }) => protect).map(({ type }) => type),
      ["aws:fsx/lustreFileSystem:LustreFileSystem"],
    );
    assert.equal(only(recording, "eks:index:Cluster").inputs.deletionProtection, true);
  });

  it("is off everywhere in dev", async () => {
    const recording = await recordEnvironment(environmentOf("dev"));
    assert.deepEqual(
      recording.resources.filter(({ protect }) => protect),
      [],
    );
    assert.equal(only(recording, "eks:index:Cluster").inputs.deletionProtection, false);
  });
});

describe("a model, image or argument change", () => {
  const changes: [string, string[]][] = [
    ["another model", ["model=Qwen/Qwen3-32B"]],
    ["another image", ["engine.image=public.ecr.aws/deep-learning-containers/vllm:0.26.0-gpu-py312-cu130-ubuntu22.04-ec2"]],
    ["another argument", ["engine.maxModelLen=16384"]],
  ];
  for (const [title, settings] of changes)
    it(`touches neither cluster, network, store nor GPU nodes: ${title}`, async () => {
      const inputsOf = async (...given: string[]) =>
        (await recordEnvironment(environmentOf("dev", ...given))).resources
          .filter(({ type }) => /^(aws|awsx|eks):/.test(type))
          .map(({ urn, inputs }) => ({ urn, inputs }));
      assert.deepEqual(await inputsOf(...settings), await inputsOf());
    });
});

describe("controllers", () => {
  it("are pinned Helm Releases with the values that keep destroy and updates without changes", async () => {
    const recording = await recordEnvironment(environmentOf("dev"));
    const releases = ofType(recording, "kubernetes:helm.sh/v3:Release");
    assert.deepEqual(releases.map(({ name, inputs }) => [name, inputs.version, inputs.namespace]).sort(), [
      ["aws-load-balancer-controller", "3.5.0", "kube-system"],
      ["efa-device-plugin", "v0.5.30", "kube-system"],
      ["leader-worker-set", "0.10.0", "lws-system"],
      ["nvidia-device-plugin", "0.20.0", "kube-system"],
    ]);
    const values = (name: string) => only(recording, "kubernetes:helm.sh/v3:Release", name).inputs.values as Record<string, unknown>;
    const balancer = values("aws-load-balancer-controller");
    assert.deepEqual(
      [balancer.enableServiceMutatorWebhook, balancer.keepTLSSecret, balancer.clusterName, balancer.region],
      [false, true, "vllm-eks-dev", "us-west-2"],
    );
    assert.match(String(balancer.vpcId), /^vpc-/);
    assert.equal(values("nvidia-device-plugin").mofedEnabled, false);
    for (const plugin of ["efa-device-plugin", "nvidia-device-plugin"])
      assert.deepEqual(
        (values(plugin).tolerations as { key: string }[]).map(({ key }) => key),
        ["nvidia.com/gpu", "fsx.csi.aws.com/agent-not-ready"],
      );
  });

  it("come from a mirror if one is given", async () => {
    const recording = await recordEnvironment(
      environmentOf("dev", "platform.chartRepository=oci://444455556666.dkr.ecr.us-west-2.amazonaws.com/charts"),
    );
    for (const { inputs } of ofType(recording, "kubernetes:helm.sh/v3:Release")) {
      assert.match(String(inputs.chart), /^oci:\/\/444455556666\.dkr\.ecr\.us-west-2\.amazonaws\.com\/charts\/[a-z0-9-]+$/);
      assert.equal(inputs.repositoryOpts, undefined);
    }
  });

  it("let the load balancer controller only register targets in direct mode, and own load balancers in controller mode", async () => {
    const actionsOf = async (...settings: string[]) => {
      const policy = only(await recordEnvironment(environmentOf("dev", ...settings)), "aws:iam/rolePolicy:RolePolicy").inputs.policy;
      return (JSON.parse(String(policy)) as { Statement: { Action: string[] }[] }).Statement.flatMap(({ Action }) => Action);
    };
    const direct = (await actionsOf()).filter((action) => !/:Describe/.test(action));
    assert.deepEqual(direct, ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]);
    assert.ok((await actionsOf("ingress.mode=controller")).includes("elasticloadbalancing:CreateLoadBalancer"));
  });

  it("are not installed on an adopted cluster unless requested one by one", async () => {
    const names = async (...settings: string[]) =>
      ofType(await recordEnvironment(environmentOf("dev", ...adoptedSettings, ...settings)), "kubernetes:helm.sh/v3:Release").map(
        ({ name }) => name,
      );
    assert.deepEqual(await names(), []);
    assert.deepEqual(await names("platform.leaderWorkerSet=install"), ["leader-worker-set"]);
  });
});

describe("the local environment", () => {
  it("uses no AWS at all: a claim of the default class, the same download, the same engine", async () => {
    const recording = await recordEnvironment(environmentOf("local"));
    assert.deepEqual(
      recording.resources.filter(({ type }) => /^(aws|awsx|eks|pulumi:providers:aws)/.test(type)),
      [],
    );
    const claim = only(recording, "kubernetes:core/v1:PersistentVolumeClaim").inputs.spec as Record<string, unknown>;
    assert.ok(!("storageClassName" in claim) && !("volumeName" in claim));
    assert.equal(ofType(recording, "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet").length, 1);
  });
});

describe("pulumi up", () => {
  it("refuses placeholders and a missing key, all at once, before anything is registered", async () => {
    const { values } = readConfiguration({ directory: repository, stack: "prod" });
    const program = inferenceStack({ input: { stack: "prod", values, region: "us-west-2", today }, secrets: {} });
    await assert.rejects(recordProgram(program), (error: unknown) => {
      assert.ok(error instanceof ConfigurationError);
      assert.deepEqual(
        error.problems.map(({ code, path }) => `${code} ${path}`),
        [
          "api-key-unset apiKey",
          "placeholder-left capacity.reservationId",
          "placeholder-left ingress.hostname",
          "placeholder-left ingress.hostedZoneId",
          "placeholder-left cluster.publicAccessCidrs[0]",
        ],
      );
      return true;
    });
  });
});

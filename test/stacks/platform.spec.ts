import assert from "node:assert/strict";
import type { RecordedResource } from "../../plan/recordedResource";
import type { Recording } from "../../plan/recordingMonitor";
import { adoptedSettings, environmentOf, recordEnvironment } from "../support/environments";
import { ofType, only } from "../support/record";

// Proves what EKS, Helm and the namespace get. Only a cluster shows that add-ons and charts work with these settings.

const addon = "aws:eks/addon:Addon";
const release = "kubernetes:helm.sh/v3:Release";
const valuesOf = ({ inputs }: RecordedResource) => inputs.values as Record<string, unknown>;
const dev = (...settings: string[]) => recordEnvironment(environmentOf("dev", ...settings));

describe("add-ons", () => {
  let addons: RecordedResource[];
  before(async () => (addons = ofType(await dev('cluster.addonVersions={"coredns":"v1.12.1-eksbuild.2"}'), addon)));

  it("overwrite what EKS or an earlier installation put there, at creation and at every update", () => {
    assert.equal(addons.length, 7);
    for (const { name, inputs } of addons)
      assert.deepEqual([inputs.resolveConflictsOnCreate, inputs.resolveConflictsOnUpdate], ["OVERWRITE", "OVERWRITE"], name);
  });

  it("leave their versions to EKS, except those that cluster.addonVersions names", () => {
    assert.deepEqual(
      addons.filter(({ inputs }) => "addonVersion" in inputs).map(({ name, inputs }) => [name, inputs.addonVersion]),
      [["coredns", "v1.12.1-eksbuild.2"]],
    );
  });

  it("enforce network policies, which the network plugin does only if it is set", () => {
    assert.deepEqual(
      addons.filter(({ inputs }) => "configurationValues" in inputs).map(({ name, inputs }) => [name, inputs.configurationValues]),
      [["vpc-cni", '{"enableNetworkPolicy":"true"}']],
    );
  });
});

describe("GPU nodes of a stack", () => {
  it("run the newest AMI release at creation, unless gpuNodes.releaseVersion pins one", async () => {
    const releaseVersion = async (...settings: string[]) =>
      only(await dev(...settings), "aws:eks/nodeGroup:NodeGroup", "gpu-nodes").inputs.releaseVersion;
    assert.equal(await releaseVersion(), undefined);
    assert.equal(await releaseVersion("gpuNodes.releaseVersion=1.35.0-20260714"), "1.35.0-20260714");
  });

  it("reserve the huge pages that the pods request, and pods request only reserved ones", async () => {
    for (const [settings, pages] of [
      [[], undefined],
      [["gpuNodes.hugePagesMiB=5120"], "5Gi"],
    ] as const) {
      const recording = await dev(...settings);
      const userData = String(only(recording, "aws:ec2/launchTemplate:LaunchTemplate", "gpu-template").inputs.userData);
      assert.equal(/vm\.nr_hugepages = 2560\b/.test(Buffer.from(userData, "base64").toString()), pages !== undefined);
      const set = JSON.stringify(only(recording, "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet").inputs);
      const asked = [...set.matchAll(/"hugepages-2Mi":"(\w+)"/g)].map(([, amount]) => amount);
      assert.deepEqual([...new Set(asked)], pages === undefined ? [] : [pages]);
    }
  });
});

describe("system nodes", () => {
  it("are not replaced when tags change: their launch template keeps the tags of its first deployment", async () => {
    const template = async (team: string) =>
      only(await dev(`tags.team=${team}`), "aws:ec2/launchTemplate:LaunchTemplate", "system-template");
    const [before, after] = [await template("search"), await template("ads")];
    assert.deepEqual(after.ignoreChanges, ["tags"]);
    assert.deepEqual({ ...after.inputs, tags: {} }, { ...before.inputs, tags: {} });
  });
});

describe("the security group that EKS made for the cluster", () => {
  it("gets three rules, from load balancer and file system, and none that EKS already created", async () => {
    const recording = await dev();
    const [card] = only(recording, "aws:ec2/launchTemplate:LaunchTemplate", "gpu-template").inputs.networkInterfaces as {
      securityGroups: string[];
    }[];
    const rules = recording.resources.filter(
      ({ type, inputs }) => /securityGroup\w*Rule$/i.test(type) && inputs.securityGroupId === card!.securityGroups[0],
    );
    assert.deepEqual(
      rules.map(({ name, inputs }) => [name, inputs.fromPort, inputs.toPort]),
      [
        ["weights-callback-988", 988, 988],
        ["weights-callback-1018", 1018, 1023],
        ["endpoint-from-lb", 8000, 8000],
      ],
    );
    for (const { inputs } of rules) assert.notEqual(inputs.referencedSecurityGroupId, inputs.securityGroupId);
  });
});

describe("the namespace", () => {
  let recording: Recording;
  before(async () => (recording = await dev()));

  it("makes pods of later roll-outs wait for the load balancer, by a label that exists before any pod", () => {
    const { labels } = only(recording, "kubernetes:core/v1:Namespace").inputs.metadata as { labels: Record<string, string> };
    assert.equal(labels["elbv2.k8s.aws/pod-readiness-gate-inject"], "enabled");
  });

  it("has each secret under the key that its readers use", () => {
    const references = JSON.stringify(recording.resources.map(({ inputs }) => inputs)).matchAll(/"secretKeyRef":(\{[^}]+\})/g);
    const read = [...references].map(([, text]) => JSON.parse(text!) as { name: string; key: string });
    const kept = ofType(recording, "kubernetes:core/v1:Secret");
    assert.equal(read.length, 2);
    for (const { name, key } of read) {
      const secret = kept.find((each) => name.startsWith(`${each.name}-`));
      assert.ok(key in (secret!.inputs.stringData as object), `${name} ${key}`);
    }
  });
});

describe("releases of controllers", () => {
  it("let the EFA plugin run on our nodes, whatever their type, from the registry of the region", async () => {
    const values = valuesOf(only(await dev("aws:region=eu-west-1"), release, "efa-device-plugin"));
    assert.deepEqual(values.supportedInstanceLabels, { keys: ["vllm-eks/gpu-node"], values: ["true"] });
    assert.match((values.image as { repository: string }).repository, /^602401143452\.dkr\.ecr\.eu-west-1\.amazonaws\.com\//);
  });

  it("run their images by the digest behind the tag, where the catalog has one", async () => {
    const recording = await dev();
    const tag = (name: string, ...keys: string[]) =>
      keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], valuesOf(only(recording, release, name)));
    assert.match(String(tag("aws-load-balancer-controller", "image", "tag")), /^v3\.5\.0@sha256:298acdff[0-9a-f]{56}$/);
    assert.match(String(tag("nvidia-device-plugin", "image", "tag")), /^v0\.20\.0@sha256:a61ba9fd[0-9a-f]{56}$/);
    assert.equal(tag("leader-worker-set", "image", "manager", "tag"), undefined);
    assert.equal(tag("efa-device-plugin", "image", "tag"), undefined);
  });

  it("give the load balancer controller's role to the service account that it runs under", async () => {
    const recording = await dev();
    const { namespace, serviceAccount } = only(recording, "aws:eks/podIdentityAssociation:PodIdentityAssociation").inputs;
    const controller = only(recording, release, "aws-load-balancer-controller");
    assert.deepEqual(valuesOf(controller).serviceAccount, { name: serviceAccount });
    assert.equal(controller.inputs.namespace, namespace);
  });

  it("are not installed, and neither are add-ons, if platform says that a part already exists", async () => {
    const parts = ["loadBalancerController", "leaderWorkerSet", "nvidiaDevicePlugin", "efaDevicePlugin"];
    const addonParts = ["fsxCsiDriver", "metricsServer", "nodeMonitoringAgent", "podIdentityAgent"];
    const recording = await dev(...[...parts, ...addonParts].map((part) => `platform.${part}=existing`));
    assert.deepEqual([...ofType(recording, release), ...ofType(recording, addon)].map(({ name }) => name).sort(), [
      "coredns",
      "kube-proxy",
      "vpc-cni",
    ]);
  });

  it("include the agent that gives the load balancer controller its role, on an adopted cluster too", async () => {
    const settings = [...adoptedSettings, "platform.loadBalancerController=install", "platform.podIdentityAgent=install"];
    const recording = await recordEnvironment(environmentOf("dev", ...settings));
    assert.deepEqual(
      ofType(recording, addon).map(({ name }) => name),
      ["eks-pod-identity-agent"],
    );
    const controller = only(recording, release, "aws-load-balancer-controller");
    assert.ok(controller.dependsOn.some((urn) => urn.endsWith("Addon::eks-pod-identity-agent")));
  });

  it("make the engine wait until the LeaderWorkerSet kind is found, if its controller already exists", async () => {
    const recording = await recordEnvironment(environmentOf("dev", ...adoptedSettings));
    const engine = only(recording, "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet");
    assert.ok(engine.dependsOn.some((urn) => urn.endsWith("CustomResourceDefinition::leader-worker-set")));
  });
});

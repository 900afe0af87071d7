import assert from "node:assert/strict";
import { platformParts } from "../../../preflight/cluster/checks/platformParts";
import type { Environment } from "../../../environment/environment";
import { environmentOf } from "../../support/environments";
import { adopted, asked, denied, good, never, notAsked, seen } from "./clusterSurroundings";
import {
  bindings,
  criticalOnly,
  daemonSet,
  daemonSetsPath,
  definitionPath,
  deploymentsPath,
  driverPath,
  everything,
  gpuTaint,
  list,
  loadBalancerController,
  metricsPath,
  metricsService,
  wholeCluster,
  wholeDaemonSets,
} from "./clusterObjects";

// Proves how parts are recognised, with objects shortened from the charts, but not that today's releases look like them.

const ask = (changes: Record<string, unknown> = {}, environment: Environment = adopted()) =>
  asked(platformParts, environment, { cluster: { ...wholeCluster, ...changes } });
const withDaemonSets = (...more: object[]) => ({ [daemonSetsPath]: list("DaemonSetList", more) });
const without = (name: RegExp, ...more: object[]) =>
  withDaemonSets(...wholeDaemonSets.filter(({ metadata }) => !name.test(metadata.name)), ...more);
const all = "6 of 6 are there and work";
const five = "5 of 6 are there and work";
const install = (part: string, severity = "error") => ({
  code: "cluster-part-missing",
  severity,
  path: `platform.${part}`,
  changes: [{ path: `platform.${part}`, value: "install" }],
});
const broken = (part: string, severity = "error") => ({ ...install(part, severity), changes: [] });
const existing = (part: string) => ({
  ...install(part, "warning"),
  code: "cluster-part-present",
  changes: [{ path: `platform.${part}`, value: "existing" }],
});

describe("parts that an adopted cluster should have", () => {
  it("are found by properties that all their releases share", async () => {
    const result = await ask();
    assert.deepEqual(seen(result), good(all));
    const controllers = `${deploymentsPath}?labelSelector=app.kubernetes.io%2Fname%3Daws-load-balancer-controller`;
    const bound = definitionPath("targetgroupbindings.elbv2.k8s.aws");
    assert.equal(result?.source, [controllers, bound, daemonSetsPath, driverPath, metricsPath].map((path) => `GET ${path}`).join(", "));
  });

  it("are listed by name, and only those that this environment uses", async () => {
    const question = async (...settings: string[]) => (await ask({}, adopted(...settings)))?.question;
    const always = "NVIDIA device plugin, EFA device plugin, FSx CSI driver, metrics-server, EKS node monitoring agent";
    assert.equal(
      await question(),
      `Does shared have the parts of the platform that are set to existing (AWS Load Balancer Controller, ${always})?`,
    );
    assert.equal(await question("ingress.mode=none"), `Does shared have the parts of the platform that are set to existing (${always})?`);
    const identity = "platform.loadBalancerController=install";
    assert.equal(
      await question(identity),
      `Does shared have the parts of the platform that are set to existing (${always}, EKS Pod Identity agent)?`,
    );
    assert.equal(await asked(platformParts, environmentOf("dev"), {}), undefined);
  });

  for (const [part, changes, severity] of [
    ["loadBalancerController", { [deploymentsPath]: list("DeploymentList", []) }, "error"],
    ["nvidiaDevicePlugin", without(/nvidia/), "error"],
    ["efaDevicePlugin", without(/efa/), "error"],
    ["fsxCsiDriver", { [driverPath]: undefined }, "error"],
    ["metricsServer", { [metricsPath]: undefined }, "warning"],
    ["nodeMonitoringAgent", without(/monitoring/), "warning"],
  ] as const)
    it(`are reported missing, with a proposal to install them: ${part}`, async () => {
      const outcome = severity === "error" ? "bad" : "warning";
      assert.deepEqual(seen(await ask(changes)), { outcome, answer: five, problems: [install(part, severity)] });
    });

  it("are reported missing if only the agent is, which an installed controller needs for its rights", async () => {
    const result = await ask(
      without(/pod-identity/, daemonSet("eks-pod-identity-webhook")),
      adopted("platform.loadBalancerController=install"),
    );
    assert.deepEqual(seen(result)?.problems[0], install("podIdentityAgent"));
  });

  for (const [title, part, changes, what] of [
    [
      "no controller is ready",
      "loadBalancerController",
      { [deploymentsPath]: list("DeploymentList", [loadBalancerController({ ready: 0 })]) },
      "kube-system/aws-load-balancer-controller is there, but 0 of 2 replicas are ready",
    ],
    [
      "the kind that binds targets is missing, as on EKS Auto Mode",
      "loadBalancerController",
      { [definitionPath("targetgroupbindings.elbv2.k8s.aws")]: undefined },
      "the cluster has no kind targetgroupbindings.elbv2.k8s.aws",
    ],
    [
      "the EFA plugin tolerates no GPU taint, which is its chart's default",
      "efaDevicePlugin",
      without(/efa/, daemonSet("aws-efa-k8s-device-plugin", { tolerations: criticalOnly })),
      "kube-system/aws-efa-k8s-device-plugin is there, but it does not tolerate the taint nvidia.com/gpu of the GPU nodes",
    ],
    [
      "the EFA plugin's list of types is older than the type",
      "efaDevicePlugin",
      without(/efa/, daemonSet("aws-efa-k8s-device-plugin", { instanceTypes: ["p5.48xlarge", "p5en.48xlarge"] })),
      "kube-system/aws-efa-k8s-device-plugin is there, but it leaves out p4d.24xlarge by its node affinity",
    ],
    [
      "the NVIDIA plugin fails on all its nodes",
      "nvidiaDevicePlugin",
      without(/nvidia/, daemonSet("nvdp-nvidia-device-plugin", { desired: 3, ready: 0 })),
      "kube-system/nvdp-nvidia-device-plugin is there, but 0 of 3 pods are ready",
    ],
    [
      "the cluster only has NVIDIA's control daemon for MPS, with the plugin's labels",
      "nvidiaDevicePlugin",
      without(
        /nvidia/,
        daemonSet("nvdp-nvidia-device-plugin-mps-control-daemon", { labels: { "app.kubernetes.io/name": "nvidia-device-plugin" } }),
      ),
      "it is not on the cluster",
    ],
    [
      "the file system's driver does not run on the GPU nodes",
      "fsxCsiDriver",
      without(/fsx/, daemonSet("fsx-csi-node", { tolerations: criticalOnly })),
      "CSIDriver fsx.csi.aws.com is there, but kube-system/fsx-csi-node does not tolerate the taint nvidia.com/gpu of the GPU nodes",
    ],
    [
      "no server provides the metrics",
      "metricsServer",
      { [metricsPath]: metricsService("False", "MissingEndpoints") },
      "APIService v1beta1.metrics.k8s.io is there, but it is not available (MissingEndpoints)",
    ],
  ] as const)
    it(`do not work when ${title}`, async () => {
      const result = await ask(changes);
      const severity = part === "metricsServer" ? "warning" : "error";
      const expected = what === "it is not on the cluster" ? install(part) : broken(part, severity);
      assert.deepEqual(seen(result)?.problems, [expected]);
      assert.ok(result?.problems[0]?.message.includes(what), result?.problems[0]?.message);
    });

  for (const tolerations of [
    everything,
    [{ key: "nvidia.com/gpu", operator: "Equal", value: "present", effect: "NoSchedule" }],
    [{ key: "nvidia.com/gpu", operator: "Exists" }],
  ])
    it(`run on the GPU nodes with ${JSON.stringify(tolerations)}`, async () => {
      assert.deepEqual(seen(await ask(without(/efa/, daemonSet("aws-efa-k8s-device-plugin", { tolerations })))), good(all));
    });

  for (const tolerations of [
    [{ key: "nvidia.com/gpu", operator: "Equal", value: "true", effect: "NoSchedule" }],
    [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoExecute" }],
    [{ key: "aws.amazon.com/efa", operator: "Exists", effect: "NoSchedule" }],
  ])
    it(`do not run on the GPU nodes with ${JSON.stringify(tolerations)}`, async () => {
      const result = await ask(without(/efa/, daemonSet("aws-efa-k8s-device-plugin", { tolerations })));
      assert.deepEqual(seen(result)?.problems, [broken("efaDevicePlugin")]);
    });

  it("need one plugin that works, whatever plugins there are for other nodes", async () => {
    const forTrainium = daemonSet("aws-efa-k8s-device-plugin-trn", { tolerations: criticalOnly, instanceTypes: ["trn1.32xlarge"] });
    assert.deepEqual(seen(await ask(withDaemonSets(forTrainium, ...wholeDaemonSets))), good(all));
    const both = without(
      /efa/,
      forTrainium,
      daemonSet("efa", { labels: { "app.kubernetes.io/name": "aws-efa-k8s-device-plugin" }, tolerations: gpuTaint }),
    );
    assert.deepEqual(seen(await ask(both)), good(all));
  });

  it("that may not be listed are not judged; the others are reported", async () => {
    assert.deepEqual(
      seen(await ask({ [daemonSetsPath]: denied("daemonsets") })),
      notAsked('Forbidden: daemonsets is forbidden: User "deployer" cannot list resource "daemonsets"'),
    );
    assert.deepEqual(seen(await ask({ [daemonSetsPath]: denied("daemonsets"), [metricsPath]: undefined })), {
      outcome: "warning",
      answer:
        '1 of 6 are there and work; 4 could not be looked up: daemonsets is forbidden: User "deployer" cannot list resource "daemonsets"',
      problems: [install("metricsServer", "warning")],
    });
  });

  it("are not reported missing when an answer is late or not a list", async () => {
    assert.deepEqual(seen(await ask({ [deploymentsPath]: never })), notAsked("no answer in 0.2 s"));
    assert.deepEqual(seen(await ask({ [daemonSetsPath]: {} })), notAsked("GET /apis/apps/v1/daemonsets answered without a list"));
  });
});

describe("parts that this stack installs on an adopted cluster", () => {
  const nvidia = "platform.nvidiaDevicePlugin=install";
  const ownNamespace = { "/api/v1/namespaces/vllm-dev": { kind: "Namespace", metadata: { name: "vllm-dev" } } };
  const released = (release: string) =>
    without(/nvidia/, daemonSet(release, { labels: { "app.kubernetes.io/name": "nvidia-device-plugin" }, release }));

  it("can be installed if none of them exists", async () => {
    assert.deepEqual(
      seen(await ask(without(/nvidia/), adopted(nvidia))),
      good("5 of 5 are there and work; 0 of 1 to install are already there"),
    );
  });

  it("are reported if they would be there twice", async () => {
    const result = await ask({}, adopted(nvidia, "platform.loadBalancerController=install", "platform.metricsServer=install"));
    assert.deepEqual(seen(result), {
      outcome: "warning",
      answer: "4 of 4 are there and work; 3 of 3 to install are already there",
      problems: [existing("loadBalancerController"), existing("nvidiaDevicePlugin"), existing("metricsServer")],
    });
    assert.deepEqual(
      result?.problems.map(({ message }) => message.split(": ").at(-1)),
      [
        "Helm refuses a second one, because its webhook configurations have the same names.",
        "two plugins register nvidia.com/gpu on each node, and the kubelet uses the one that registered last.",
        "EKS refuses an add-on that exists (ResourceInUseException); it takes over one that Helm installed, and Helm's next upgrade undoes that.",
      ],
    );
  });

  it("belong to this stack after its first deployment", async () => {
    const answers = { ...released("nvidia-device-plugin-0a1b2c3d"), ...ownNamespace };
    const result = await ask(answers, adopted(nvidia, "platform.metricsServer=install"));
    assert.deepEqual(seen(result), good("4 of 4 are there and work; 0 of 2 to install are already there"));
  });

  it("do not belong to this stack if it was never deployed, or if the release has another name", async () => {
    for (const answers of [released("nvidia-device-plugin-0a1b2c3d"), { ...released("nvidia-device-plugin"), ...ownNamespace }]) {
      const result = await ask(answers, adopted(nvidia));
      assert.deepEqual(seen(result)?.problems, [existing("nvidiaDevicePlugin")]);
      assert.match(result?.problems[0]?.message ?? "", / of the Helm release nvidia-device-plugin(-0a1b2c3d)? is already on the cluster/);
    }
  });

  it("ignore a controller that nothing uses, and report the agent", async () => {
    const settings = ["ingress.mode=none", "platform.loadBalancerController=install", "platform.podIdentityAgent=install"];
    assert.deepEqual(seen(await ask({ [definitionPath("x")]: bindings }, adopted(...settings)))?.problems, [existing("podIdentityAgent")]);
  });
});

import assert from "node:assert/strict";
import { gpuNodes } from "../../../preflight/cluster/checks/gpuNodes";
import { plainNodes } from "../../../preflight/cluster/checks/plainNodes";
import { leaderWorkerSet } from "../../../preflight/cluster/checks/leaderWorkerSet";
import { environmentOf } from "../../support/environments";
import { adopted, asked, denied, good, never, notAsked, seen } from "./clusterSurroundings";
import { definition, definitionPath, deployment, deploymentsPath, list, lwsDefinition, oldLwsDefinition } from "./clusterObjects";

// Proves what the checks make of definition, controller and nodes of a cluster. The engine lane shows how real releases spell them.

const lwsPath = definitionPath("leaderworkersets.leaderworkerset.x-k8s.io");
const labels = { "app.kubernetes.io/name": "lws", "control-plane": "controller-manager" };
const controller = (options: object = {}) => deployment("lws-controller-manager", { namespace: "lws-system", labels, ...options });
const whole = { [lwsPath]: lwsDefinition, [deploymentsPath]: list("DeploymentList", [controller({ desired: 1 })]) };
const part = "platform.leaderWorkerSet";
const problem = (severity: string, ...values: string[]) => ({
  code: severity === "warning" ? "cluster-part-present" : "cluster-part-missing",
  severity,
  path: part,
  changes: values.map((value) => ({ path: part, value })),
});

describe("the LeaderWorkerSet controller that an adopted cluster should have", () => {
  const ask = (changes: Record<string, unknown> = {}) => asked(leaderWorkerSet, adopted(), { cluster: { ...whole, ...changes } });
  const deployments = (...items: object[]) => ({ [deploymentsPath]: list("DeploymentList", items) });

  it("is found by its label, or by its image if it has another name", async () => {
    const result = await ask();
    assert.deepEqual(seen(result), good("lws-system/lws-controller-manager has 1 ready"));
    assert.equal(result?.source, `GET ${lwsPath}, GET ${deploymentsPath}?labelSelector=control-plane%3Dcontroller-manager`);
    const renamed = deployment("groups", { namespace: "ops", image: "mirror.example/lws/lws@sha256:0f", desired: 2 });
    assert.deepEqual(seen(await ask(deployments(renamed))), good("ops/groups has 2 ready"));
  });

  it("is missing without its kind", async () => {
    assert.deepEqual(seen(await ask({ [lwsPath]: undefined })), {
      outcome: "bad",
      answer: "there is no LeaderWorkerSet kind",
      problems: [problem("error", "install")],
    });
  });

  for (const [title, found, answer] of [
    ["does not know the restart policy of the groups", oldLwsDefinition, "its definition does not know RecreateGroupAfterStart"],
    ["serves no v1", definition("x", { enum: ["RecreateGroupAfterStart"] }, "v1alpha1"), "its definition does not serve v1"],
  ] as const)
    it(`is too old when its definition ${title}`, async () => {
      assert.deepEqual(seen(await ask({ [lwsPath]: found })), { outcome: "bad", answer, problems: [problem("error")] });
    });

  it("does not run without a ready replica", async () => {
    const answer = "lws-system/lws-controller-manager has 0 of 2 replicas ready";
    assert.deepEqual(seen(await ask(deployments(controller({ ready: 0 })))), { outcome: "bad", answer, problems: [problem("error")] });
  });

  it("is missing when Helm left only the kind, even if other controllers have the label that Kubebuilder gives to all", async () => {
    const other = deployment("cert-controller-manager", { labels: { "control-plane": "controller-manager" } });
    assert.deepEqual(seen(await ask(deployments(other))), {
      outcome: "bad",
      answer: "no Deployment runs it",
      problems: [problem("error", "install")],
    });
  });

  it("is not judged when an answer is forbidden, late or not a list", async () => {
    assert.equal((await ask({ [deploymentsPath]: denied("deployments") }))?.outcome, "notAsked");
    assert.deepEqual(seen(await ask({ [lwsPath]: never })), notAsked("no answer in 0.2 s"));
    assert.equal((await ask({ [deploymentsPath]: { kind: "Status" } }))?.outcome, "notAsked");
  });
});

describe("the LeaderWorkerSet controller that this stack is to install", () => {
  const ask = (answers: Record<string, unknown>) =>
    asked(leaderWorkerSet, adopted(`${part}=install`), { cluster: { [deploymentsPath]: list("DeploymentList", []), ...answers } });
  const running = (release?: string) => ({ ...whole, [deploymentsPath]: list("DeploymentList", [controller({ release })]) });
  const namespace = { "/api/v1/namespaces/vllm-dev": { kind: "Namespace", metadata: { name: "vllm-dev" } } };

  it("can be installed, with or without a kind that an earlier installation left", async () => {
    assert.deepEqual(seen(await ask({})), good("it is not on the cluster"));
    assert.deepEqual(seen(await ask({ [lwsPath]: lwsDefinition })), good("an earlier installation left its kind; Helm keeps it"));
  });

  it("warns of an old kind, which Helm does not upgrade", async () => {
    const answer = "its definition does not know RecreateGroupAfterStart";
    assert.deepEqual(seen(await ask({ [lwsPath]: oldLwsDefinition })), { outcome: "warning", answer, problems: [problem("warning")] });
  });

  it("is refused beside one that runs", async () => {
    for (const [release, who] of [
      [undefined, "lws-system/lws-controller-manager"],
      ["lws", "lws-system/lws-controller-manager of the Helm release lws"],
      ["leader-worker-set-0a1b2c3d", "lws-system/lws-controller-manager of the Helm release leader-worker-set-0a1b2c3d"],
    ] as const)
      assert.deepEqual(seen(await ask(running(release))), {
        outcome: "warning",
        answer: `${who} is already there`,
        problems: [problem("warning", "existing")],
      });
  });

  it("is already there after this stack's first deployment", async () => {
    const result = await ask({ ...running("leader-worker-set-0a1b2c3d"), ...namespace });
    assert.deepEqual(seen(result), good("already installed as release leader-worker-set-0a1b2c3d"));
    assert.equal((await ask({ ...running("lws"), ...namespace }))?.outcome, "warning");
  });

  it("is not asked about before there is a cluster", async () => {
    assert.equal(await asked(leaderWorkerSet, environmentOf("dev"), {}), undefined);
  });
});

describe("nodes of an adopted cluster for what needs no GPU", () => {
  const node = (ready: string, spec: object = {}, labels: object = {}) => ({
    metadata: { name: "ip-10-0-1-1", labels },
    spec,
    status: { conditions: [{ type: "Ready", status: ready }] },
  });
  const taint = (effect: string) => ({ taints: [{ key: "nvidia.com/gpu", effect }] });
  const ask = (...items: object[]) => asked(plainNodes, adopted(), { cluster: { "/api/v1/nodes": list("NodeList", items) } });

  it("exist when one is ready, has no taint that keeps pods away, and is not a GPU node of this package", async () => {
    const result = await ask(node("True"), node("True", taint("NoSchedule")), node("True", taint("PreferNoSchedule")));
    assert.deepEqual(seen(result), good("2 of 3 nodes take pods without tolerations"));
    assert.equal(result?.source, "GET /api/v1/nodes");
  });

  it("are missing, which is only a warning: an autoscaler may add one", async () => {
    const unfit = [
      node("False"),
      node("True", taint("NoSchedule")),
      node("True", taint("NoExecute")),
      node("True", { unschedulable: true }),
      node("True", {}, { "vllm-eks/gpu-node": "true" }),
    ];
    const warning = { code: "nodes-unsuitable", severity: "warning", path: "cluster.name", changes: [] };
    const answer = "0 of 5 nodes take pods without tolerations";
    assert.deepEqual(seen(await ask(...unfit)), { outcome: "warning", answer, problems: [warning] });
    assert.match((await ask())!.problems[0]!.message, /^0 of 0 nodes .* no GPU node launches before the download is done\.$/);
  });

  it("are not judged if they may not be listed, or before there is a cluster", async () => {
    const refused = await asked(plainNodes, adopted(), { cluster: { "/api/v1/nodes": denied("nodes") } });
    assert.equal(refused?.outcome, "notAsked");
    assert.equal(await asked(plainNodes, environmentOf("dev"), {}), undefined);
  });
});

describe("the GPU nodes of an adopted cluster", () => {
  const node = (name: string, type: string, allocatable: Record<string, string>, ready = "True", more: object = {}) => ({
    metadata: { name, labels: { "vllm-eks/gpu-node": "true", "node.kubernetes.io/instance-type": type } },
    spec: { providerID: "aws:///us-west-2b/i-0abcd1234ef567890", ...more },
    status: {
      allocatable: { cpu: "95690m", memory: "1167389816Ki", pods: "250", ...allocatable },
      conditions: [
        { type: "MemoryPressure", status: "False", reason: "KubeletHasSufficientMemory" },
        { type: "Ready", status: ready, reason: ready === "True" ? "KubeletReady" : "NodeStatusUnknown" },
      ],
    },
  });
  const whole = { "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "4" };
  const ask = (...items: object[]) => asked(gpuNodes, adopted(), { cluster: { "/api/v1/nodes": list("NodeList", items) } });
  const mentions = async (...items: object[]) => (await ask(...items))?.problems.map(({ message }) => message.split(". A pod takes")[0]);

  it("do not exist before the first deployment", async () => {
    const result = await ask();
    assert.deepEqual(seen(result), good("none yet"));
    assert.equal(result?.source, "GET /api/v1/nodes?labelSelector=vllm-eks%2Fgpu-node%3Dtrue");
  });

  it("are ready with all the devices of their type", async () => {
    const p5 = node("ip-10-0-1-2", "p5.48xlarge", { "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32" });
    const result = await ask(node("ip-10-0-1-1", "p4d.24xlarge", whole), p5);
    assert.deepEqual(seen(result), good("2 of 2 GPU nodes are ready with all their devices"));
  });

  it("are listed with what each lacks", async () => {
    const items = [
      node("a", "p4d.24xlarge", whole),
      node("b", "p4d.24xlarge", { ...whole, "nvidia.com/gpu": "7" }),
      node("c", "p4d.24xlarge", { "nvidia.com/gpu": "8" }, "Unknown"),
      node("d", "p4d.24xlarge", whole, "True", { unschedulable: true }),
      node("e", "x9.metal", whole),
    ];
    const warning = { code: "nodes-unsuitable", severity: "warning", path: "cluster.name", changes: [] };
    const answer = "1 of 5 GPU nodes are ready with all their devices";
    assert.deepEqual(seen(await ask(...items)), { outcome: "warning", answer, problems: [warning] });
    assert.deepEqual(await mentions(...items), [
      `${answer}: b registers 7 nvidia.com/gpu where a p4d.24xlarge has 8; ` +
        "c is not Ready (NodeStatusUnknown) and registers 0 vpc.amazonaws.com/efa where a p4d.24xlarge has 4; d is cordoned; " +
        "e has the type x9.metal, which is not in the catalog",
    ]);
  });

  it("are also reported with more devices than the type has: shares of a GPU, or two plugins", async () => {
    assert.deepEqual(await mentions(node("a", "p4d.24xlarge", { ...whole, "nvidia.com/gpu": "32" })), [
      "0 of 1 GPU nodes are ready with all their devices: a registers 32 nvidia.com/gpu where a p4d.24xlarge has 8",
    ]);
  });

  it("are not judged if they may not be listed", async () => {
    const refused = await asked(gpuNodes, adopted(), { cluster: { "/api/v1/nodes": denied("nodes") } });
    assert.equal(refused?.outcome, "notAsked");
    assert.equal(await asked(gpuNodes, environmentOf("dev"), {}), undefined);
  });
});

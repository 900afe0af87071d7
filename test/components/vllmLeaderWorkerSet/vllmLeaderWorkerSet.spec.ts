import assert from "node:assert/strict";
import { fieldManager } from "../../../components/names";
import * as pulumi from "@pulumi/pulumi";
import { VllmLeaderWorkerSet, type VllmLeaderWorkerSetArgs } from "../../../components/vllmLeaderWorkerSet/vllmLeaderWorkerSet";
import type { Recording } from "../../../plan/recordingMonitor";
import { ancestors, comesBefore, ofType, only, recordProgram, suspectInputs } from "../../support/record";
import { local, oneNode, twoNodes } from "./servingSamples";

// Proves what is registered, under which parent and in which order. The engine lane proves that the controller forms groups from it.
const setType = "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet";
const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const budgetType = "kubernetes:policy/v1:PodDisruptionBudget";
const serviceType = "kubernetes:core/v1:Service";

const registered = (args: VllmLeaderWorkerSetArgs, preview = false): Promise<Recording> =>
  recordProgram(() => void new VllmLeaderWorkerSet("vllm", args), { preview });

/** As in a stack, every wired value comes from another resource. */
class Upstream extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  constructor(name: string) {
    super("kubernetes:core/v1:Namespace", name, { metadata: { name }, name: undefined });
  }
}

const wired = (): VllmLeaderWorkerSetArgs => {
  const [namespace, weights, nodes] = ["inference", "weights", "nodes"].map((name) => new Upstream(name));
  return { ...twoNodes, namespace: namespace!.id, modelPath: weights!.id, startAfter: [nodes!.id] };
};

describe("VllmLeaderWorkerSet", () => {
  it("registers these children, all directly below itself", async () => {
    const recording = await registered(twoNodes);
    const component = only(recording, "vllm-eks:index:VllmLeaderWorkerSet");
    const children = recording.resources.filter((resource) => resource !== component);
    assert.deepEqual(children.map(({ type, name }) => `${type} ${name}`).sort(), [
      "kubernetes:core/v1:ConfigMap vllm-probes",
      "kubernetes:core/v1:Service vllm-leader",
      `${setType} vllm-set`,
      `${policyType} vllm-clients`,
      `${policyType} vllm-group`,
    ]);
    for (const child of children) assert.equal(child.parent, component.urn, child.name);
    assert.deepEqual(suspectInputs(recording), []);
  });

  for (const [what, args] of Object.entries({
    twoNodes,
    oneNode,
    local,
    paused: { ...twoNodes, replicas: 0 },
    two: { ...twoNodes, replicas: 2 },
  })) {
    it(`registers the same resources in preview and update (${what})`, async () => {
      const urns = async (preview: boolean) => (await registered(args, preview)).resources.map(({ urn }) => urn).sort();
      assert.deepEqual(await urns(true), await urns(false));
    });
  }

  it("registers the same resources in preview and update if every wired value is unknown", async () => {
    const urns = async (preview: boolean) => {
      const recording = await recordProgram(() => void new VllmLeaderWorkerSet("vllm", wired()), { preview });
      return recording.resources.map(({ urn }) => urn).sort();
    };
    assert.deepEqual(await urns(true), await urns(false));
  });

  it("registers the component and its Service without waiting for weights or nodes, and the set after both", async () => {
    const recording = await recordProgram(() => void new VllmLeaderWorkerSet("vllm", wired()));
    for (const name of ["weights", "nodes"]) {
      const awaited = only(recording, "kubernetes:core/v1:Namespace", name);
      for (const type of ["vllm-eks:index:VllmLeaderWorkerSet", serviceType]) {
        assert.equal(ancestors(recording, only(recording, type)).has(awaited.urn), false, type);
      }
      assert.ok(comesBefore(recording, awaited, only(recording, setType)), name);
    }
  });

  it("registers the set after the Service and every policy, in preview too", async () => {
    for (const preview of [false, true]) {
      const recording = await recordProgram(() => void new VllmLeaderWorkerSet("vllm", wired()), { preview });
      const set = only(recording, setType);
      for (const first of [only(recording, serviceType), ...ofType(recording, policyType)]) {
        assert.ok(comesBefore(recording, first, set), `${first.name}, preview ${preview}`);
      }
    }
  });

  it("does not let Pulumi wait for the endpoints of the Service, which exist only after the model has loaded", async () => {
    const { inputs } = only(await registered(twoNodes), serviceType);
    const { annotations, name } = inputs.metadata as { annotations: unknown; name: string };
    assert.deepEqual(annotations, { ...fieldManager, "pulumi.com/skipAwait": "true" });
    assert.notEqual(name, "vllm", "the controller makes a headless Service of that name");
    assert.deepEqual((inputs.spec as { selector: unknown }).selector, {
      "leaderworkerset.sigs.k8s.io/name": "vllm",
      "leaderworkerset.sigs.k8s.io/worker-index": "0",
    });
  });

  it("waits until the set is available, for as long as image, load and drain may take", async () => {
    const set = only(await registered(twoNodes), setType);
    assert.deepEqual((set.inputs.metadata as { annotations: unknown }).annotations, {
      ...fieldManager,
      "pulumi.com/waitFor": "condition=Available",
    });
    assert.deepEqual(set.customTimeouts, { create: "48m", update: "52m", delete: "14m" });
  });

  it("pauses with zero replicas: the set stays, Pulumi does not wait for it, and Service and policies do not change", async () => {
    const [paused, running] = [await registered({ ...twoNodes, replicas: 0 }), await registered(twoNodes)];
    const set = only(paused, setType);
    assert.equal((set.inputs.spec as { replicas: number }).replicas, 0);
    assert.deepEqual((set.inputs.metadata as { annotations: unknown }).annotations, fieldManager);
    assert.deepEqual(only(paused, serviceType).inputs, only(running, serviceType).inputs);
    assert.deepEqual(paused.resources.map(({ urn }) => urn).sort(), running.resources.map(({ urn }) => urn).sort());
  });

  it("fixes only the names of set and Service, so that changed probes and policies replace the old objects", async () => {
    const named = (await registered({ ...twoNodes, replicas: 2 })).resources.filter(
      ({ inputs }) => (inputs.metadata as { name?: string } | undefined)?.name,
    );
    assert.deepEqual(named.map(({ name, inputs }) => [name, (inputs.metadata as { name: string }).name]).sort(), [
      ["vllm-leader", "vllm-leader"],
      ["vllm-set", "vllm"],
    ]);
  });

  it("has a disruption budget for all pods of all groups but one, and none with fewer than two groups", async () => {
    const spec = async (args: VllmLeaderWorkerSetArgs) => ofType(await registered(args), budgetType).map(({ inputs }) => inputs.spec);
    const selector = { matchLabels: { "leaderworkerset.sigs.k8s.io/name": "vllm" } };
    assert.deepEqual(await spec({ ...twoNodes, replicas: 3 }), [{ minAvailable: 4, selector }]);
    assert.deepEqual(await spec({ ...oneNode, replicas: 2 }), [{ minAvailable: 1, selector }]);
    assert.deepEqual(await spec(twoNodes), []);
    assert.deepEqual(await spec({ ...twoNodes, replicas: 0 }), []);
  });

  it("counts a worker as ready only with its leader, or the budget would count a loading group as serving", async () => {
    const { inputs } = only(await registered({ ...twoNodes, replicas: 2 }), setType);
    const { workerTemplate } = (
      inputs.spec as { leaderWorkerTemplate: { workerTemplate: { spec: { containers: { readinessProbe: unknown }[] } } } }
    ).leaderWorkerTemplate;
    const command = ["python3", "/etc/vllm-eks/probes/leader_health.py", "8000", "4"];
    assert.deepEqual(workerTemplate.spec.containers[0]?.readinessProbe, {
      exec: { command },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    });
  });

  it("does not change running pods when groups are added", async () => {
    const template = async (replicas: number) =>
      (only(await registered({ ...twoNodes, replicas }), setType).inputs.spec as Record<string, unknown>).leaderWorkerTemplate;
    assert.deepEqual(await template(4), await template(1));
  });

  it("does not show secrets: it names the key, and only the leader reads it", async () => {
    const recording = await registered({ ...twoNodes, apiKeySecretName: pulumi.secret("name-of-the-secret") });
    const text = JSON.stringify(recording.resources);
    assert.equal(text.split('"secretKeyRef"').length - 1, 1);
    assert.equal(text.split("name-of-the-secret").length - 1, 1);
  });

  it("outputs name, port, timeouts, labels, sizes and fit", async () => {
    const recording = await registered({ ...twoNodes, replicas: 2 });
    const { fitSummary, ...outputs } = recording.componentOutputs.get(only(recording, "vllm-eks:index:VllmLeaderWorkerSet").urn)!;
    const labels = { "leaderworkerset.sigs.k8s.io/name": "vllm" };
    const waits = { idleTimeoutSeconds: 600, drainSeconds: 120 };
    assert.deepEqual(outputs, { serviceName: "vllm-leader", servicePort: 8000, ...waits, labels, groupSize: 2, gpuCount: 32 });
    const fit = fitSummary as Record<string, number>;
    assert.deepEqual([fit.gpusPerGroup, fit.nodesPerGroup, fit.maxModelLen], [16, 2, 16384]);
    assert.ok(Math.abs(fit.weightsGiB! - 61.03) < 0.1, String(fit.weightsGiB));
    for (const value of Object.values(fit)) assert.ok(Number.isFinite(value));
  });
});

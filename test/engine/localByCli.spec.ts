import assert from "node:assert/strict";
import { engineRun } from "./support/engineRun";
import { eventually } from "./support/eventually";
import type { KubernetesObject } from "./support/kubernetesApi";
import { volumes } from "./support/volumes";
import { PulumiStack, summary } from "./support/pulumiCli";

// Proves that `pulumi up` of `local`, by the command line and the real engine, creates what it says and changes only what was changed, and
// that `pulumi destroy` leaves nothing. kwok plays the kubelet: no container runs, no model answers.

const namespace = "vllm-local";
const apiKey = "sk-engine-lane-4711";
const nextKey = "sk-engine-lane-4712";
const token = "hf_engine_lane_4711";

describe("local by the Pulumi CLI", function () {
  let stack: PulumiStack;
  const pods = () => engineRun().api.list("v1/Pod", namespace);
  const serving = async () => (await pods()).filter(({ metadata }) => metadata.labels?.["leaderworkerset.sigs.k8s.io/name"] === "vllm");
  const container = (pod: KubernetesObject) =>
    pod.spec.containers[0] as { image: string; args: string[]; env: { name: string; valueFrom?: any }[] };
  const uids = (all: KubernetesObject[]) => all.map(({ metadata }) => metadata.uid).sort();

  before(async () => {
    await volumes(engineRun().api, "local", 2);
    stack = new PulumiStack(engineRun(), "local");
    await stack.init();
    await stack.set(
      { "vllm-eks:cluster.kubeconfig": engineRun().kubeconfig },
      { "vllm-eks:apiKey": apiKey, "vllm-eks:huggingFaceToken": token },
    );
  });

  it("comes up with the weights first, then one ready pod; only then does the command return", async () => {
    const { steps } = stack.succeeded(await stack.up());
    const made = steps.filter(({ op }) => op === "create").map(({ name }) => name);
    assert.equal(steps.length, made.length);
    assert.ok(made.indexOf("weights-download") < made.indexOf("vllm-set"), made.join(" "));
    assert.ok(made.indexOf("vllm-leader") < made.indexOf("vllm-set"), made.join(" "));
    const [pod, ...others] = await serving();
    assert.equal(others.length, 0);
    assert.ok(pod!.status.conditions.some((each: { type: string; status: string }) => each.type === "Ready" && each.status === "True"));
  });

  it("changes nothing when nothing was changed", async () => {
    const before = uids(await pods());
    const { steps } = stack.succeeded(await stack.up("--expect-no-changes"));
    assert.deepEqual(summary(steps), []);
    assert.deepEqual(uids(await pods()), before);
  });

  it("finds no change in a refresh", async () => {
    stack.succeeded(await stack.refresh("--expect-no-changes"));
  });

  it("keeps key, token and the kubeconfig's token out of its state, history, backups and events", () => {
    const stored = stack.storedText();
    assert.match(stored, /vllm-set/);
    const [, kubeconfigToken] = /token: (\S+)/.exec(engineRun().kubeconfig)!;
    for (const secret of [apiKey, token, kubeconfigToken!])
      for (const form of [secret, Buffer.from(secret).toString("base64")]) assert.ok(!stored.includes(form), `${form} in clear text`);
  });

  /** One `up` after a change: its steps, and the pods that serve afterwards, all of them new. */
  async function rolledOut(
    settings: Record<string, string>,
    secrets: Record<string, string> = {},
  ): Promise<{ steps: string[]; pods: KubernetesObject[] }> {
    const before = uids(await serving());
    await stack.set(settings, secrets);
    const { steps } = stack.succeeded(await stack.up());
    const after = await eventually("the new pods", 30, async () => {
      const now = await serving();
      return now.length > 0 && now.every(({ metadata }) => !before.includes(metadata.uid) && !metadata.deletionTimestamp) && now;
    });
    return { steps: summary(steps), pods: after };
  }

  it("rolls its pods, and nothing else, for another image", async () => {
    const image = "docker.io/vllm/vllm-openai-cpu:v0.27.1-patched";
    const { steps, pods } = await rolledOut({ "vllm-eks:engine.image": image });
    assert.deepEqual(steps, ["update vllm-set"]);
    assert.deepEqual(
      pods.map((pod) => container(pod).image),
      [image],
    );
  });

  it("rolls its pods, and nothing else, for another argument", async () => {
    const { steps, pods } = await rolledOut({ "vllm-eks:engine.maxModelLen": "2048" });
    assert.deepEqual(steps, ["update vllm-set"]);
    assert.ok(container(pods[0]!).args.includes("2048"), container(pods[0]!).args.join(" "));
  });

  it("creates a Secret for a new key, rolls its pods to it, and deletes the old Secret last", async () => {
    const { steps, pods } = await rolledOut({}, { "vllm-eks:apiKey": nextKey });
    assert.deepEqual(steps, ["create-replacement api-key", "delete-replaced api-key", "replace api-key", "update vllm-set"]);
    const { api } = engineRun();
    const named = container(pods[0]!).env.find(({ name }) => name === "VLLM_API_KEY")!.valueFrom.secretKeyRef.name as string;
    const { data } = (await api.get("v1/Secret", named, namespace)) as unknown as { data: Record<string, string> };
    assert.equal(Buffer.from(data["api-key"]!, "base64").toString(), nextKey);
    const keys = (await api.list("v1/Secret", namespace)).filter(({ metadata }) => metadata.name.startsWith("api-key"));
    assert.deepEqual(
      keys.map(({ metadata }) => metadata.name),
      [named],
    );
  });

  it("adds a second group while the first goes on serving, and a disruption budget that keeps one of the two", async () => {
    const before = uids(await serving());
    await stack.set({ "vllm-eks:nodeCount": "2", "vllm-eks:replicas": "2" });
    const { steps } = stack.succeeded(await stack.up());
    assert.deepEqual(summary(steps), ["create vllm-budget", "update vllm", "update vllm-set"]);
    const now = await serving();
    assert.equal(now.length, 2);
    assert.deepEqual(
      now.map(({ metadata }) => metadata.uid).filter((uid) => before.includes(uid)),
      before,
    );

    const { api } = engineRun();
    await eventually("the budget's count of healthy pods", 30, async () => {
      const [budget] = await api.list("policy/v1/PodDisruptionBudget", namespace);
      return budget?.status?.currentHealthy === 2 && budget.status.disruptionsAllowed === 1;
    });
  });

  it("leaves no object after destroy", async () => {
    stack.succeeded(await stack.destroy());
    assert.deepEqual(await stack.resources(), []);
    const { api } = engineRun();
    assert.ok(!(await api.list("v1/Namespace")).some(({ metadata }) => metadata.name === namespace));
    for (const kind of [
      "v1/Pod",
      "v1/Service",
      "v1/Secret",
      "v1/ConfigMap",
      "v1/PersistentVolumeClaim",
      "batch/v1/Job",
      "apps/v1/StatefulSet",
    ])
      assert.deepEqual(
        (await api.list(kind)).filter(({ metadata }) => metadata.namespace === namespace),
        [],
        kind,
      );
    assert.deepEqual(await api.list("leaderworkerset.x-k8s.io/v1/LeaderWorkerSet"), []);
  });
});

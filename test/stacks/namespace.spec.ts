import assert from "node:assert/strict";
import { adoptedSettings, environmentOf, recordEnvironment } from "../support/environments";
import { comesBefore, ofType, only } from "../support/record";
import type { Recording } from "../../plan/recordingMonitor";

// Proves what the namespace allows and in which order its policies come. It does not prove that a cluster enforces them: the preflight asks
// an adopted one, and a created one has the network plugin's setting.

const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const serving = "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet";
const job = "kubernetes:batch/v1:Job";
interface PolicySpec {
  podSelector: { matchLabels?: Record<string, string> };
  policyTypes: string[];
  ingress?: unknown[];
  egress?: unknown[];
}
const specOf = (recording: Recording, name: string) => only(recording, policyType, name).inputs.spec as PolicySpec;

const stacks = {
  dev: ["dev"],
  prod: ["prod"],
  local: ["local"],
  "an adopted cluster": ["dev", ...adoptedSettings],
  "controller mode": ["dev", "ingress.mode=controller"],
} as const;

for (const [title, [stack, ...settings]] of Object.entries(stacks))
  for (const preview of [false, true])
    describe(`the namespace of ${title} ${preview ? "in a preview" : "in an update"}`, () => {
      let recording: Recording;
      before(async () => (recording = await recordEnvironment(environmentOf(stack, ...settings), { preview })));

      it("denies every connection of every pod, before any other object exists in it", () => {
        const deny = only(recording, policyType, "default-deny");
        assert.deepEqual(deny.inputs.spec, { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
        const namespace = only(recording, "kubernetes:core/v1:Namespace");
        const name = (namespace.inputs.metadata as { name: string }).name;
        const inside = recording.resources.filter(
          ({ inputs, urn }) => urn !== deny.urn && (inputs.metadata as { namespace?: string } | undefined)?.namespace === name,
        );
        assert.ok(inside.length >= 7, `${inside.length} objects in ${name}`);
        for (const each of inside) assert.ok(comesBefore(recording, deny, each), `${each.name} does not wait for the policy`);
      });

      // A preview does not record a list of dependencies that is not known yet.
      if (!preview)
        it("has the policies that let pods talk before those pods", () => {
          for (const policy of ofType(recording, policyType)) {
            const pods = policy.name === "weights-download" ? job : serving;
            assert.ok(comesBefore(recording, policy, only(recording, pods)), policy.name);
          }
        });

      it("keeps its name known, so that a new policy does not show as a replacement of everything", () => {
        for (const each of ofType(recording, serving))
          assert.match(String((each.inputs.metadata as { namespace: string }).namespace), /^vllm-\w+/);
      });
    });

describe("what the policies of dev allow", () => {
  it("is DNS, the group itself, the load balancer, and the download's way to the Hub and S3", async () => {
    const recording = await recordEnvironment(environmentOf("dev"));
    assert.deepEqual(
      ofType(recording, policyType)
        .map(({ name }) => name)
        .sort(),
      [...["default-deny", "vllm-clients", "vllm-group", "weights-download"]],
    );
    const group = specOf(recording, "vllm-group");
    assert.equal(group.ingress?.length, 1);
    assert.equal(group.egress?.length, 2);
    const download = JSON.stringify(specOf(recording, "weights-download").egress);
    assert.match(download, /"port":53/);
    assert.match(download, /"port":443/);
  });
});

describe("the Pod Security level of the namespace", () => {
  const levelOf = async (stack: string, ...settings: string[]) => {
    const recording = await recordEnvironment(environmentOf(stack, ...settings));
    const { labels } = only(recording, "kubernetes:core/v1:Namespace").inputs.metadata as { labels: Record<string, string> };
    return labels["pod-security.kubernetes.io/enforce"];
  };

  it("is privileged where pods add IPC_LOCK and mount a directory of the node", async () => {
    assert.equal(await levelOf("dev"), "privileged");
    assert.equal(await levelOf("prod"), "privileged");
  });

  it("is baseline on a local cluster, and for an engine that is not root", async () => {
    assert.equal(await levelOf("local"), "baseline");
    assert.equal(await levelOf("dev", "engine.runAsNonRoot=true"), "baseline");
  });

  for (const [stack, ...settings] of [["local"], ["dev", "engine.runAsNonRoot=true"]] as const)
    it(`admits every pod of ${[stack, ...settings].join(" ")}: no host path, host namespace, privilege or added capability`, async () => {
      const recording = await recordEnvironment(environmentOf(stack!, ...settings));
      const text = JSON.stringify([only(recording, serving).inputs, only(recording, job).inputs]);
      assert.doesNotMatch(text, /"hostPath"|"hostNetwork"|"hostPID"|"hostIPC"|"hostPort"|"privileged"|"add":|"Unconfined"|"procMount"/);
    });
});

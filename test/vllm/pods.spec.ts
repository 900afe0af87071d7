import assert from "node:assert/strict";
import { defaultVllmImage } from "../../catalog/images";
import { servingObjectsOf } from "../engine/rehearsal/servingObjects";
import { policyRules } from "./support/policyRules";
import { differences, withReplacements } from "./support/replacements";
import { versions } from "./versions.json";

// Proves what this lane changes in the pods of the manifests, word for word, and what it makes of their NetworkPolicies. Starts no process.

describe("the pods of this lane", () => {
  it("run the vLLM of the default image first, and a newer one", () => assert.equal(versions[0], defaultVllmImage.vllmVersion));

  it("differ from the manifests of dev in what two processors cannot do, and in nothing else", async () => {
    const objects = await servingObjectsOf("dev");
    const { set } = withReplacements(objects, { tensorParallelSize: 1, pipelineParallelSize: 2 });
    const ofContainer = [
      '/args/4: "8" -> "1"',
      '/env/VLLM_CPU_KVCACHE_SPACE: absent -> {"name":"VLLM_CPU_KVCACHE_SPACE","value":"1"}',
      '/env/VLLM_CPU_OMP_THREADS_BIND: absent -> {"name":"VLLM_CPU_OMP_THREADS_BIND","value":"nobind"}',
      '/env/OMP_NUM_THREADS: absent -> {"name":"OMP_NUM_THREADS","value":"1"}',
    ].map((line) => `/containers/vllm${line}`);
    const expected = [...ofContainer, '/volumes/shared-memory/emptyDir/sizeLimit: "16Gi" -> "512Mi"'];
    for (const template of ["leaderTemplate", "workerTemplate"] as const) {
      const [before, after] = [objects.set, set].map((each) => each.spec.leaderWorkerTemplate[template]);
      assert.deepEqual(
        differences(before, after, ""),
        expected.map((line) => `/spec${line}`),
        template,
      );
    }
    assert.deepEqual(differences({ ...objects.set, spec: "" }, { ...set, spec: "" }), []);
  });

  it("of local run the arguments of the manifest unchanged", async () => {
    const objects = await servingObjectsOf("local");
    const { set } = withReplacements(objects, { tensorParallelSize: 1, pipelineParallelSize: 1 });
    const words = [objects.set, set].map(({ spec }) => spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0]!.args);
    assert.deepEqual(words[0], words[1]);
  });

  it("are filtered by rules that follow from the policies alone", async () => {
    const { policies, set } = await servingObjectsOf("dev");
    const { namespace, name } = set.metadata;
    const pod = (index: number) => ({
      namespace,
      labels: { "leaderworkerset.sigs.k8s.io/name": name, "leaderworkerset.sigs.k8s.io/worker-index": String(index) },
      address: `10.0.64.1${index}`,
    });
    const dns = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, address: "10.0.64.53" };
    const all = [pod(0), pod(1), dns, { ...pod(0), namespace: "default", address: "10.0.64.99" }];
    const accepted = (index: number) =>
      policyRules(policies, pod(index), all, "10.0.64.1")
        .split("\n")
        .filter((line) => / ip [sd]addr /.test(line) || /; policy /.test(line))
        .map((line) => line.trim());
    const base = ["type filter hook input priority filter; policy drop;", "ip saddr 10.0.64.1 accept"];
    const group = "{ 10.0.64.10, 10.0.64.11 }";
    const egress = [
      "type filter hook output priority filter; policy drop;",
      `ip daddr ${group} accept`,
      ...["udp", "tcp"].map((protocol) => `ip daddr { 10.0.64.53 } ${protocol} dport 53 accept`),
    ];
    assert.deepEqual(accepted(1), [...base, `ip saddr ${group} accept`, ...egress]);
    const clients = "ip saddr { 10.0.33.0/27, 10.0.97.0/27, 10.0.161.0/27 } tcp dport 8000 accept";
    assert.deepEqual([...accepted(0)].sort(), [...base, `ip saddr ${group} accept`, clients, ...egress].sort());
  });
});

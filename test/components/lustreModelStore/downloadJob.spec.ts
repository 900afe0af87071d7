// Proves the manifests as values. Only a cluster can prove that an API server accepts them and that the pod mounts the volume.
import assert from "node:assert/strict";
import { downloadJobManifest, downloadNetworkPolicy, type DownloadJobArgs } from "../../../components/lustreModelStore/downloadJob";
import { modelDirectory } from "../../../components/modelDirectory";
import { downloadScripts } from "../../../components/lustreModelStore/downloadScript";

/* eslint-disable @typescript-eslint/no-explicit-any */
describe("download Job", () => {
  const args: DownloadJobArgs = {
    namespace: "inference",
    model: "Qwen/Qwen3-32B",
    revision: "9216db5781bf21249d130ec9da846c4624c16137",
    image: "python:3.13.7-slim-bookworm",
    claimName: "models-claim-1a2b3c4d",
    scriptConfigMapName: "models-scripts-1a2b3c4d",
    availabilityZone: "us-west-2b",
    huggingFaceTokenSecretName: "hugging-face",
  };
  const manifest = (changes: Partial<DownloadJobArgs> = {}) => downloadJobManifest({ ...args, ...changes }) as any;
  const pod = (changes: Partial<DownloadJobArgs> = {}) => manifest(changes).spec.template.spec;

  it("has the same name for the same arguments, and the name is a DNS label", () => {
    assert.equal(manifest().metadata.name, manifest().metadata.name);
    assert.match(manifest().metadata.name, /^download-[0-9a-f]{10}$/);
  });

  for (const [what, change] of Object.entries({
    model: { model: "Qwen/Qwen3-14B" },
    revision: { revision: "main" },
    image: { image: "python:3.14-slim" },
    claim: { claimName: "models-claim-ffffffff" },
    scripts: { scriptConfigMapName: "models-scripts-ffffffff" },
    zone: { availabilityZone: "us-west-2c" },
    "token's Secret": { huggingFaceTokenSecretName: "other" },
    "token's key": { huggingFaceTokenSecretKey: "other" },
    "permission for pickle": { allowPickleWeights: true },
    endpoint: { huggingFaceEndpoint: "https://hub.example.test" },
  })) {
    it(`has another name for another ${what}, so that the change runs a new download`, () => {
      assert.notEqual(manifest(change).metadata.name, manifest().metadata.name);
    });
  }

  it("keeps each revision in a separate directory under the model", () => {
    assert.equal(modelDirectory("Qwen/Qwen3-32B", "9216db5"), "/models/Qwen/Qwen3-32B/9216db5");
    assert.equal(modelDirectory("gpt2", "refs/pr/1"), "/models/gpt2/refs--pr--1");
  });

  it("runs the mounted script with an argument list and no shell", () => {
    const [container] = pod().containers;
    assert.deepEqual(container.command, ["python3", "-u", "/scripts/download.py"]);
    assert.deepEqual(container.args, [
      ...["--model", "Qwen/Qwen3-32B", "--revision", args.revision, "--target", `/models/Qwen/Qwen3-32B/${args.revision}`],
      ...["--endpoint", "https://huggingface.co"],
    ]);
    assert.deepEqual(container.volumeMounts, [
      { name: "models", mountPath: "/models" },
      { name: "scripts", mountPath: "/scripts", readOnly: true },
    ]);
    assert.deepEqual(Object.keys(downloadScripts), ["download.py", "content.py", "hub.py", "listing.py", "transfer.py"]);
  });

  it("tells the script to download pickle weights only if the setting says so", () => {
    const args = (changes: Partial<DownloadJobArgs>) => pod(changes).containers[0].args as string[];
    assert.ok(args({ allowPickleWeights: true }).includes("--allow-pickle"));
    for (const value of [undefined, false]) assert.ok(!args({ allowPickleWeights: value }).includes("--allow-pickle"));
  });

  it("imports only the standard library and its other files, so that any small Python image runs it", () => {
    const standard =
      "argparse collections.abc concurrent.futures errno fcntl hashlib http.client json os random re signal ssl stat sys threading time traceback typing";
    const known = new Set([
      ...standard.split(" "),
      ...["content", "hub", "listing", "transfer"],
      "email.message",
      "email.utils",
      "fnmatch",
      "urllib.error",
      "urllib.parse",
      "urllib.request",
    ]);
    const lines = Object.values(downloadScripts).flatMap((text) => text.match(/^(import|from) .*$/gm) ?? []);
    const imported = lines.flatMap((line) =>
      line
        .replace(/^(import|from) /, "")
        .replace(/ import .*$/, "")
        .split(", "),
    );
    assert.ok(imported.length > 10);
    assert.deepEqual(
      imported.filter((name) => !known.has(name)),
      [],
    );
  });

  it("takes only the token from the environment, and the token from its Secret", () => {
    assert.deepEqual(pod().containers[0].env, [{ name: "HF_TOKEN", valueFrom: { secretKeyRef: { name: "hugging-face", key: "token" } } }]);
    assert.deepEqual(pod({ huggingFaceTokenSecretName: undefined }).containers[0].env, []);
  });

  it("runs as root without capabilities, because a new Lustre file system belongs to root", () => {
    assert.deepEqual(pod().securityContext, { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: "RuntimeDefault" } });
    assert.deepEqual(pod().containers[0].securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.equal(pod().automountServiceAccountToken, false);
  });

  it("prefers the volume's zone but does not require it, and does not run on GPU nodes", () => {
    const { affinity, tolerations, nodeSelector } = pod();
    assert.deepEqual(Object.keys(affinity.nodeAffinity), ["preferredDuringSchedulingIgnoredDuringExecution"]);
    const [term] = affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    assert.deepEqual(term.preference.matchExpressions, [{ key: "topology.kubernetes.io/zone", operator: "In", values: ["us-west-2b"] }]);
    assert.deepEqual([tolerations, nodeSelector, pod({ availabilityZone: undefined }).affinity], [undefined, undefined, undefined]);
  });

  it("fails at once on the exit code for problems that a person must fix, and does not count drained nodes", () => {
    const { spec } = manifest();
    assert.equal(spec.backoffLimit, 6);
    assert.equal(spec.ttlSecondsAfterFinished, undefined);
    assert.equal(spec.template.spec.restartPolicy, "Never");
    assert.deepEqual(
      spec.podFailurePolicy.rules.map((rule: any) => [rule.action, rule.onExitCodes?.values ?? rule.onPodConditions[0].type]),
      [
        ["Ignore", "DisruptionTarget"],
        ["FailJob", [1]],
      ],
    );
  });

  it("is replaced by the next update after a failure", () => {
    assert.deepEqual(manifest().metadata.annotations, { "pulumi.com/replaceUnready": "true" });
  });

  describe("network policy", () => {
    it("selects the pods of the Job", () => {
      assert.deepEqual((downloadNetworkPolicy().podSelector as any).matchLabels, manifest().spec.template.metadata.labels);
    });

    it("lets nothing in, and out only to cluster DNS and to port 443", () => {
      const policy = downloadNetworkPolicy() as any;
      assert.deepEqual(policy.policyTypes, ["Ingress", "Egress"]);
      assert.equal(policy.ingress, undefined);
      assert.equal(policy.egress.length, 2);
      assert.deepEqual(policy.egress[0].to[0].podSelector.matchLabels, { "k8s-app": "kube-dns" });
      assert.deepEqual(policy.egress[0].ports, [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
      ]);
      assert.deepEqual(policy.egress[1], { ports: [{ protocol: "TCP", port: 443 }] });
    });

    it("opens the port of a mirror in addition to 443", () => {
      const ports = (endpoint: string) => (downloadNetworkPolicy(endpoint) as any).egress[1].ports.map(({ port }: any) => port);
      assert.deepEqual(ports("https://hub.example.test:8443"), [443, 8443]);
      assert.deepEqual(ports("http://hub.example.test"), [443, 80]);
    });
  });
});

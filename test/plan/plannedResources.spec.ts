import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { dryRun } from "../../plan/dryRun";
import { manifests } from "../../plan/manifests";

// Proves what a plan shows of a program. The engine lane proves that an API server accepts the manifests.
describe("dry run of a consumer's own program", () => {
  const program = () => {
    const provider = new k8s.Provider("kubernetes", { kubeconfig: pulumi.secret("clusters: []") });
    const options = { provider };
    const namespace = new k8s.core.v1.Namespace("models", { metadata: { name: "models-of-mine" } }, options);
    const metadata = { namespace: namespace.metadata.name };
    const secret = new k8s.core.v1.Secret("token", { metadata, stringData: { token: pulumi.secret("hf_hidden") } }, options);
    const encoded = new k8s.core.v1.Secret("encoded", { metadata, data: { key: pulumi.secret("aGlkZGVu") } }, options);
    const map = new k8s.core.v1.ConfigMap("settings", { metadata, data: { secretName: secret.metadata.name, list: "b,a" } }, options);
    new k8s.helm.v3.Release("chart", { chart: "thing", namespace: namespace.metadata.name, values: { second: 2, first: 1 } }, options);
    return { map: map.metadata.name, key: pulumi.secret("hidden"), encoded: encoded.metadata.name };
  };

  it("replaces secret values and keeps their keys", async () => {
    const { resources, outputs } = await dryRun(program);
    const inputs = (name: string) => resources.find((resource) => resource.name === name)?.inputs;
    assert.deepEqual(inputs("token")?.stringData, { token: "[secret]" });
    assert.equal(inputs("kubernetes")?.kubeconfig, "[secret]");
    assert.equal(outputs.key, "[secret]");
    assert.equal(/hf_hidden|aGlkZGVu|"hidden"/.test(JSON.stringify([resources, outputs])), false);
  });

  it("marks what is known only after deployment, and shows the names that the program gives", async () => {
    const { resources } = await dryRun(program);
    const settings = resources.find(({ name }) => name === "settings")?.inputs as { data: Record<string, string>; metadata: unknown };
    assert.equal(settings.data.secretName, "[output]");
    assert.deepEqual(settings.metadata, { namespace: "models-of-mine" });
  });

  it("throws the error that the program throws", async () => {
    await assert.rejects(
      dryRun(() => {
        throw new Error("mine");
      }),
      /mine/,
    );
  });

  it("writes one manifest for each object, named after kind and object, with sample names that refer to each other", async () => {
    const { recording } = await dryRun(program);
    const written = manifests(recording.resources);
    const sample = (kind: string) => written.find(({ file }) => file.startsWith(kind))!;
    assert.deepEqual(written.map(({ file }) => file.replace(/-[0-9a-f]{8}\./, "-#.")).sort(), [
      "configmap-settings-#.yaml",
      "namespace-models-of-mine.yaml",
      "releases/chart.yaml",
      "secret-encoded-#.yaml",
      "secret-token-#.yaml",
    ]);
    const { data, metadata } = sample("configmap").content as { data: Record<string, string>; metadata: { name: string } };
    assert.match(metadata.name, /^settings-[0-9a-f]{8}$/);
    assert.equal(sample("secret-token").file, `secret-${data.secretName}.yaml`);
  });

  it("keeps a manifest valid when a value is secret: text in stringData, base64 in data", async () => {
    const written = manifests((await dryRun(program)).recording.resources);
    const content = (name: string) => written.find(({ file }) => file.startsWith(`secret-${name}`))!.content;
    assert.deepEqual(content("token").stringData, { token: "[secret]" });
    assert.deepEqual(content("encoded").data, { key: Buffer.from("[secret]").toString("base64") });
  });

  it("orders the keys of a manifest: version, kind, metadata, then by name", async () => {
    const { recording } = await dryRun(program);
    const map = manifests(recording.resources).find(({ file }) => file.startsWith("configmap"))!.content;
    assert.deepEqual(Object.keys(map), ["apiVersion", "kind", "metadata", "data"]);
    assert.deepEqual(Object.keys(map.data as object), ["list", "secretName"]);
  });
});

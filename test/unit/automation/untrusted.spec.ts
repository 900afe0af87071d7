import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { configSchema, type EnvironmentConfiguration } from "../../../environment";
import { allowedAwsKeys, allowedKeys, checkUntrusted, refusedKeys } from "../../../automation/untrusted";

// Proves which keys a stranger may set. It does not prove that an allowed key is cheap: a tenant may ask for many nodes.

const at = (environment: object, more: object = {}) =>
  checkUntrusted({ environment: environment as EnvironmentConfiguration, ...more }).map(({ code, path: where }) => `${code} ${where}`);
const refused = (where: string) => [`untrusted-setting ${where}`];
const kubeconfig = (user: object, cluster: object = {}) => ({
  cluster: {
    kubeconfig: JSON.stringify({
      users: [{ name: "u", user }],
      clusters: [{ name: "c", cluster: { server: "https://k8s.acme.dev", ...cluster } }],
    }),
  },
});

describe("an untrusted environment", () => {
  it("may describe itself", () => {
    const cluster = { publicAccessCidrs: ["100.20.30.40/32"], version: "1.35" };
    const tags = { team: "ml", modelConfigFile: "x" };
    assert.deepEqual(at({ model: "Qwen/Qwen3-32B", nodeCount: 4, apiKey: "k", engine: { maxModelLen: 4096 }, cluster, tags }), []);
    assert.deepEqual(at({}, { aws: { region: "us-west-2", defaultTags: {} } }), []);
  });

  const cases: [what: string, environment: object, where: string][] = [
    ["a file of the host", { modelConfigFile: "/etc/passwd" }, "modelConfigFile"],
    ["the path of a kubeconfig", { cluster: { kubeconfig: "/root/.kube/config" } }, "cluster.kubeconfig"],
    ["a kubeconfig that is an object", { cluster: { kubeconfig: { users: [] } } }, "cluster.kubeconfig"],
    ["a program of a kubeconfig", kubeconfig({ exec: { command: "sh" } }), "cluster.kubeconfig"],
    ["an auth provider, which runs a program too", kubeconfig({ "auth-provider": { name: "gcp" } }), "cluster.kubeconfig"],
    ["a token file", kubeconfig({ tokenFile: "/var/run/token" }), "cluster.kubeconfig"],
    ["a key file", kubeconfig({ "client-key": "/root/key" }), "cluster.kubeconfig"],
    ["a certificate file", kubeconfig({ token: "t" }, { "certificate-authority": "/etc/passwd" }), "cluster.kubeconfig"],
    ["a proxy of a kubeconfig", kubeconfig({ token: "t" }, { "proxy-url": "http://10.0.0.1" }), "cluster.kubeconfig"],
    ["a server on the host", kubeconfig({ token: "t" }, { server: "https://127.0.0.1:6443" }), "cluster.kubeconfig"],
    ["a server on the host, in IPv6", kubeconfig({ token: "t" }, { server: "https://[::ffff:127.0.0.1]" }), "cluster.kubeconfig"],
    ["the metadata of the host", kubeconfig({ token: "t" }, { server: "https://169.254.169.254" }), "cluster.kubeconfig"],
    ["a server without TLS", kubeconfig({ token: "t" }, { server: "http://k8s.acme.dev" }), "cluster.kubeconfig"],
    ["the host's own kubeconfig", { instanceType: "cpu" }, "cluster.kubeconfig"],
    ["a mirror", { platform: { chartRepository: "oci://evil" } }, "platform.chartRepository"],
    ["arguments of vLLM", { engine: { extraArguments: [] } }, "engine.extraArguments"],
    ["an image", { engine: { image: "evil:1" } }, "engine.image"],
    ["a role", { cluster: { accessRoleArn: "arn:aws:iam::123456789012:role/x" } }, "cluster.accessRoleArn"],
    ["a cluster that exists", { cluster: { name: "other-tenant" } }, "cluster.name"],
    ["a section that is text", { cluster: "x" }, "cluster"],
    ["a key that does not exist", { surprise: 1 }, "surprise"],
  ];
  for (const [what, environment, where] of cases) it(`may not choose ${what}`, () => assert.deepEqual(at(environment), refused(where)));

  it("may not choose a stack file or settings of the AWS provider", () => {
    assert.deepEqual(at({}, { file: "Pulumi.dev.yaml" }), refused("file"));
    for (const key of ["profile", "assumeRoles", "endpoints", "customCaBundle"])
      assert.deepEqual(at({}, { aws: { [key]: "x" } }), refused(`aws.${key}`));
  });

  it("may choose its own cluster by a kubeconfig that holds everything", () => {
    assert.deepEqual(at({ instanceType: "cpu", ...kubeconfig({ token: "t" }, { "certificate-authority-data": "eA==" }) }), []);
  });

  it("knows only keys that exist, and the table of docs/programs.md has each of them", () => {
    const leaves = Object.entries(configSchema).flatMap(([key, { properties }]) =>
      properties ? Object.keys(properties).map((field) => `${key}.${field}`) : [key],
    );
    const page = fs.readFileSync(path.resolve(__dirname, "../../../docs/programs.md"), "utf8");
    for (const key of [...allowedKeys, ...Object.keys(refusedKeys)]) {
      assert.ok(leaves.includes(key), key);
      const name = key.startsWith("platform.") && key !== "platform.chartRepository" ? "platform.…" : key;
      assert.ok(page.includes(`\`${name}\``), `${name} is not in docs/programs.md`);
    }
    for (const key of allowedAwsKeys) assert.ok(page.includes(`\`${key}\``), key);
    assert.deepEqual(
      allowedKeys.filter((key) => key in refusedKeys),
      [],
    );
  });
});

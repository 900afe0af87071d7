import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { configSchema, type EnvironmentConfiguration } from "../../../environment";
import type { AutomationOptions } from "../../../automation";
import { soundOptions } from "../../../automation/refusal";
import { allowedAwsKeys, allowedKeys, checkUntrusted, refusedKeys } from "../../../automation/untrusted";

// Proves which keys a stranger may set. It does not prove that an allowed key is cheap: a tenant may ask for many nodes.

const at = (environment: object, more: object = {}) =>
  checkUntrusted({ environment: environment as EnvironmentConfiguration, ...more }).map(({ code, path: where }) => `${code} ${where}`);
const refused = (where: string) => [`untrusted-setting ${where}`];
const yaml = (...lines: string[]) => ({ cluster: { kubeconfig: lines.join("\n") } });
const server = "clusters: [{name: c, cluster: {server: 'https://k8s.acme.dev'}}]";
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
    [
      "a program behind a merge key",
      yaml("x: &x {exec: {command: sh}}", server, "users: [{name: u, user: {<<: *x}}]"),
      "cluster.kubeconfig",
    ],
    ["a program behind an alias", yaml("x: &x {exec: {command: sh}}", server, "users: [{name: u, user: *x}]"), "cluster.kubeconfig"],
    ["a token file", kubeconfig({ tokenFile: "/var/run/token" }), "cluster.kubeconfig"],
    ["a key file", kubeconfig({ "client-key": "/root/key" }), "cluster.kubeconfig"],
    ["a certificate file", kubeconfig({ token: "t" }, { "certificate-authority": "/etc/passwd" }), "cluster.kubeconfig"],
    ["a proxy of a kubeconfig", kubeconfig({ token: "t" }, { "proxy-url": "http://10.0.0.1" }), "cluster.kubeconfig"],
    ["a server on the host", kubeconfig({ token: "t" }, { server: "https://127.0.0.1:6443" }), "cluster.kubeconfig"],
    ["a server on the host, in IPv6", kubeconfig({ token: "t" }, { server: "https://[::ffff:127.0.0.1]" }), "cluster.kubeconfig"],
    ["a server on the host, in IPv6 digits", kubeconfig({ token: "t" }, { server: "https://[::ffff:7f00:1]" }), "cluster.kubeconfig"],
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

  it("may choose it by its address, by text with aliases, and by text of Windows", () => {
    for (const address of ["8.8.8.8", "[2600:1f14::7]", "[::ffff:8.8.8.8]"])
      assert.deepEqual(at(kubeconfig({ token: "t" }, { server: `https://${address}:6443` })), [], address);
    assert.deepEqual(at(yaml("x: &x {token: t}", server, "users: [{name: u, user: *x}] # mine", "")), []);
    assert.deepEqual(at({ cluster: { kubeconfig: `${server}\r\nusers: []\r\n` } }), []);
  });

  // What sigs.k8s.io/yaml 1.4.0, with which Kubernetes clients read, makes of the first is {"users":[{"name":"u","user":{"exec":…}}]}.
  for (const text of [
    `{${server}, users: [{name: u, user: {?exec: {command: sh}}}]}`,
    ...["\r", "\u0085", "\u2028", "\u2029"].map((end) => `${server} # ${end}users: [{name: u, user: {exec: {command: sh}}}]`),
    yaml(server, "x: &x {exec: {command: sh}}", 'users: [{name: u, user: {!!merge "<<": *x}}]').cluster.kubeconfig,
    yaml(server, "users: [{name: u, user: {!!binary ZXhlYw==: {command: sh}}}]").cluster.kubeconfig,
    yaml("clusters: [{name: c, cluster: {server: 'https://k8s.acme.dev', <<: {server: 'https://127.0.0.1'}}}]").cluster.kubeconfig,
  ])
    it(`reaches kubectl as the check read it, or is refused: ${JSON.stringify(text).slice(0, 160)}`, async () => {
      const options: AutomationOptions = { stackName: "acme", environment: { cluster: { kubeconfig: text } }, untrustedEnvironment: true };
      if (checkUntrusted(options).length > 0) return;
      const { environment } = await soundOptions(options, "outputs");
      const { users = [], clusters } = JSON.parse(environment!.cluster!.kubeconfig!) as {
        users?: { user: object }[];
        clusters: { cluster: object }[];
      };
      assert.ok(users.every(({ user }) => !("exec" in user)));
      assert.deepEqual(clusters[0]!.cluster, { server: "https://k8s.acme.dev" });
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
    const decided = [...allowedKeys, ...Object.keys(refusedKeys)].sort();
    assert.deepEqual(decided, [...leaves].sort(), "each key of the schema is in exactly one list");
  });
});

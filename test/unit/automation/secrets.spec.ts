import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { AutomationOptions } from "../../../automation";
import { childEnvironment } from "../../../automation/childEnvironment";
import { listenToEngine } from "../../../automation/engineListener";
import { explainFailure } from "../../../automation/failure";
import { redactionFor, secretsOf, secretVariables } from "../../../automation/redaction";
import { secretValues, stackFileText } from "../../../automation/stackFile";
import { problem } from "../../../sizing/problem";

// Proves with planted secrets, one for each place where an operation can know one, that none leaves in an error, a problem or a line of
// output, in any form. The engine lane looks at the state and at the events of the real engine.

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "planted-"));
const kubeconfig = path.join(folder, "config");
fs.writeFileSync(
  kubeconfig,
  "users:\n- name: u\n  user:\n    token: planted-kubeconfig-token\n    client-key-data: planted-kubeconfig-key\n",
);

const options: AutomationOptions = {
  stackName: "acme",
  environment: { apiKey: "planted-api-key\n", huggingFaceToken: 'hf-"planted"-token', cluster: { kubeconfig } },
  aws: { secretKey: "planted-secret-key", token: "planted-session-token", httpsProxy: "http://user:planted-proxy%21pw@proxy:3128" },
  backendUrl: "https://planted-backend-user@backend/?sig=planted-signature&region=us-west-2",
  passphrase: "planted-passphrase",
  environmentVariables: { GITHUB_TOKEN: "planted-github-token", HTTPS_PROXY: "http://u:planted-variable@proxy" },
};
const inherited = { PULUMI_ACCESS_TOKEN: "pul-planted-access-token", AWS_SESSION_TOKEN: "planted-aws-token" };
const secrets = [...secretsOf(options), ...Object.values(inherited)];
const forms = (secret: string) => [
  secret,
  secret.trim(),
  JSON.stringify(secret),
  encodeURIComponent(secret),
  Buffer.from(secret).toString("base64"),
];

describe("planted secrets", () => {
  after(() => fs.rmSync(folder, { recursive: true }));
  const redact = redactionFor(options, inherited);

  it("are all known: of the environment, a kubeconfig's file, the provider, the backend, proxies and variables", () => {
    const parts = [
      "api-key",
      'hf-"planted"',
      "kubeconfig-token",
      "kubeconfig-key",
      "secret-key",
      "session-token",
      "proxy!pw",
      "backend-user",
      "signature",
    ];
    for (const part of [...parts, "passphrase", "github-token", "variable"])
      assert.ok(
        secrets.some((secret) => secret.includes("planted") && secret.includes(part)),
        part,
      );
  });

  it("of variables are known wherever their name says so, and words of other variables are not", () => {
    const named = ["DB_PASSWORD_PROD", "TOKEN_HF", "MY_SECRET_VALUE", "HF_TOKEN_2", "db_password_prod", "TLS_PRIVATE_KEY_PEM"];
    for (const name of named) assert.deepEqual(secretVariables({ [name]: "planted" }), ["planted"], name);
    const others = [
      "AWS_WEB_IDENTITY_TOKEN_FILE",
      "SECRET_NAME",
      "TOKENIZERS_PARALLELISM",
      "MAX_TOKENS",
      "TOKEN_URL",
      "PASSWORD_STORE_DIR",
    ];
    for (const name of others) assert.deepEqual(secretVariables({ [name]: "planted" }), [], name);
    assert.deepEqual(secretVariables({ USE_TOKEN: "true" }), []);
  });

  for (const [index, secret] of secrets.entries()) {
    it(`do not leave in an error, a problem or the output, in any form: number ${index + 1}`, () => {
      const lines: string[] = [];
      const listener = listenToEngine(
        { operation: "deploy", resources: [], gpuUsdPerHour: null, gpuNodesRun: false },
        { onOutput: (line) => lines.push(line) },
        redact,
      );
      for (const form of forms(secret)) {
        const found = problem({
          code: "missing-value",
          path: form,
          message: `got ${form}`,
          fix: form,
          changes: [{ path: "x", value: form }],
        });
        const nothing = { resources: [], cancelled: false, billed: "", redact };
        const error = explainFailure({
          operation: "deploy",
          stackName: "acme",
          thrown: new Error(form),
          diagnostics: [`a ${form}`],
          problems: [found],
          ...nothing,
        });
        listener.onOutput(`  + ${form.slice(0, 5)}`);
        listener.onOutput(`${form.slice(5)} created\n`);
        const shown = JSON.stringify(error) + error.stack;
        for (const each of forms(secret)) assert.ok(!shown.includes(each) && !shown.includes(JSON.stringify(each).slice(1, -1)), shown);
      }
      listener.end();
      const printed = lines.join("\n");
      for (const form of forms(secret)) assert.ok(!printed.includes(form), printed);
    });
  }

  it("do not leave by half when a long message is cut", () => {
    const long = `${"x".repeat(390)} planted-passphrase`;
    const error = explainFailure({
      operation: "deploy",
      stackName: "a",
      thrown: long,
      diagnostics: [],
      resources: [],
      problems: [],
      cancelled: false,
      billed: "",
      redact,
    });
    assert.ok(!error.message.includes("planted"), error.message);
  });

  it("are not in the stack file: they are stored encrypted", () => {
    const inline = { ...options.environment, cluster: { kubeconfig: fs.readFileSync(kubeconfig, "utf8") } };
    const text = stackFileText({ environment: inline, aws: options.aws!, folder });
    assert.ok(!text.includes("planted"), text);
    const keys = [
      "vllm-eks:apiKey",
      "vllm-eks:huggingFaceToken",
      "vllm-eks:cluster.kubeconfig",
      "aws:secretKey",
      "aws:token",
      "aws:httpsProxy",
    ];
    assert.deepEqual(Object.keys(secretValues({ environment: inline, aws: options.aws! })), keys);
  });

  it("of other programs do not reach an operation's process", () => {
    const variables = {
      DATABASE_PASSWORD: "p",
      NODE_AUTH_TOKEN: "n",
      GOOGLE_CREDENTIALS: "g",
      STRIPE_KEY: "s",
      EXTRA_1: "e",
      UNSET: undefined,
    };
    const needed = {
      PATH: "/bin",
      HOME: "/root",
      http_proxy: "x",
      AWS_PROFILE: "dev",
      PULUMI_HOME: "h",
      NODE_OPTIONS: "o",
      KUBECONFIG: "k",
      LC_ALL: "C",
    };
    const all = { ...variables, ...needed };
    assert.deepEqual(childEnvironment({}, all), needed);
    assert.deepEqual(childEnvironment({ environmentVariables: { PATH: "/opt" } }, all), { ...needed, PATH: "/opt" });
    assert.deepEqual(childEnvironment({ inheritVariables: ["extra_*", "STRIPE_KEY"] }, all), { ...needed, EXTRA_1: "e", STRIPE_KEY: "s" });
    const file = path.join(folder, "Pulumi.acme.yaml");
    fs.writeFileSync(file, "secretsprovider: gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k\n");
    for (const place of [{ file }, { workingDirectory: folder, stackName: "org/acme" }])
      assert.deepEqual(childEnvironment(place, all), { ...needed, GOOGLE_CREDENTIALS: "g" });
    assert.deepEqual(childEnvironment({ file: "/does/not/exist.yaml" }, all), needed);
    assert.deepEqual(childEnvironment({ backendUrl: "gs://state" }, all), { ...needed, GOOGLE_CREDENTIALS: "g" });
  });
});

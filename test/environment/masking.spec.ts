import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { findSecrets, isSecretName, mask, maskedSetting, maskText } from "../../environment/masking";

// Proves that credentials are found by their place, in every shape in which this program meets them, and that nothing else is changed.

const kubeconfig = (user: unknown) => ({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "c", cluster: { server: "https://host:6443", "certificate-authority-data": "Y2VydA==" } }],
  users: [{ name: "u", user }],
  contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  "current-context": "x",
});

describe("credentials in a kubeconfig", () => {
  const users: [what: string, user: unknown, secrets: string[]][] = [
    ["a token, even of one letter", { token: "T" }, ["T"]],
    ["a private key", { "client-certificate-data": "cHVibGlj", "client-key-data": "cHJpdmF0ZQ==" }, ["cHJpdmF0ZQ=="]],
    ["a password", { username: "admin", password: "pw" }, ["pw"]],
    [
      "tokens of an auth provider",
      { "auth-provider": { name: "oidc", config: { "id-token": "I", "refresh-token": "R", "client-secret": "S" } } },
      ["I", "R", "S"],
    ],
    ["a variable of a program", { exec: { command: "x", env: [{ name: "AWS_SECRET_ACCESS_KEY", value: "V" }] } }, ["V"]],
    ["an argument of a program", { exec: { command: "x", args: ["login", "--token", "A", "--password=P"] } }, ["A", "P"]],
  ];
  for (const [what, user, secrets] of users) {
    it(`are ${what}: masked in JSON, in YAML and in an object, which stay what they are`, () => {
      const config = kubeconfig(user);
      const json = JSON.stringify(config);
      const yaml = `apiVersion: v1\n${Object.entries(config)
        .slice(1)
        .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
        .join("\n")}\n`;
      for (const found of [findSecrets(json), findSecrets(yaml), findSecrets(config)])
        assert.deepEqual(
          found.map(({ secret }) => secret),
          secrets,
        );
      const masked = mask(config);
      assert.deepEqual(JSON.parse(maskText(json)), masked);
      assert.deepEqual(parse(maskText(yaml)), masked);
      assert.deepEqual(findSecrets(masked), []);
      assert.match(JSON.stringify(masked), /"server":"https:\/\/host:6443"/);
    });
  }

  it("are masked in a text that is not valid YAML", () => {
    const broken = "users:\n- user:\n    token: planted-T0ken\n  broken: [\n";
    assert.equal(maskText(broken).includes("planted-T0ken"), false);
  });

  it("are not invented: a kubeconfig that fetches its token stays as it is, spelling included", () => {
    const text = JSON.stringify(
      kubeconfig({ exec: { command: "aws", args: ["eks", "get-token"], env: [{ name: "AWS_PROFILE", value: "dev" }] } }),
      null,
      3,
    );
    assert.equal(maskText(text), text);
  });
});

describe("credentials elsewhere", () => {
  const texts: [string, string][] = [
    ["http://user:pa@ss@proxy:3128", "http://[secret]@proxy:3128"],
    ["https://token@registry/charts", "https://[secret]@registry/charts"],
    ["cannot reach oci://u:p@host/charts?x=1, retry", "cannot reach oci://[secret]@host/charts?x=1, retry"],
    ["vllm serve --api-key hunter2 --port 8000", "vllm serve --api-key [secret] --port 8000"],
    ["--api_key=hunter2", "--api_key=[secret]"],
    ['--api-key="hunter 2" --port 8000', '--api-key="[secret]" --port 8000'],
    ["--token 'hunter 2'", "--token '[secret]'"],
    ['{"argument": "--password=\\"hunter2\\""', '{"argument": "--password=\\"[secret]\\""'],
    ['["--api-key","hunter2"]', '["--api-key","[secret]"]'],
    ['{"webIdentityToken":"W","roleArn":"r"}', '{"webIdentityToken":"[secret]","roleArn":"r"}'],
  ];
  for (const [text, masked] of texts) it(`are masked in ${text}`, () => assert.equal(maskText(text), masked));

  const unchanged = [
    "docker.io/vllm/vllm-openai@sha256:0123456789abcdef",
    "https://docs.vllm.ai/en/latest/usage/security/#a@b",
    "ARN arn:aws:iam::123456789012:role/x, user@example.org",
    '{"max_tokens": 64,   "secretName": "api-key"}',
    "--api-key $VLLM_API_KEY",
    '--api-key "$VLLM_API_KEY"',
    "pulumi config set -s dev --secret apiKey",
    "users: the people who use it: token by token",
  ];
  for (const text of unchanged) it(`are not seen in ${text}`, () => assert.equal(maskText(text), text));

  it("are masked in fields, variables and Secrets of a manifest, and the names of Secrets stay", () => {
    const container = {
      env: [
        { name: "VLLM_API_KEY", value: "v" },
        { name: "HF_TOKEN_2", value: "t" },
        { name: "HF_TOKEN", valueFrom: { secretKeyRef: { name: "n", key: "token" } } },
      ],
    };
    const object = { kind: "Secret", metadata: { name: "api-key" }, stringData: { "api-key": "s" }, data: { x: "d" } };
    assert.deepEqual(mask([container, object, { existingSecretName: "n", password: "p" }]), [
      { env: [{ name: "VLLM_API_KEY", value: "[secret]" }, { name: "HF_TOKEN_2", value: "[secret]" }, container.env[2]] },
      { ...object, stringData: { "api-key": "[secret]" }, data: { x: "[secret]" } },
      { existingSecretName: "n", password: "[secret]" },
    ]);
  });

  it("are called by names such as these, and not by names of places and counts", () => {
    const names = [
      "apiKey",
      "VLLM_API_KEY",
      "secretKey",
      "token",
      "aws:token",
      "AWS_SESSION_TOKEN",
      "PULUMI_CONFIG_PASSPHRASE",
      "client-key-data",
      "GPG_PRIVATE_KEY",
    ];
    const others = [
      "maxNumBatchedTokens",
      "secretName",
      "tokenFile",
      "AWS_ACCESS_KEY_ID",
      "accessKey",
      "key",
      "apiKeySecretKey",
      "httpTokens",
      "tokenizer",
    ];
    assert.deepEqual([names.filter((name) => !isSecretName(name.replace(/.*:/, ""))), others.filter(isSecretName)], [[], []]);
  });
});

describe("a setting in a printed command", () => {
  const settings: [string, string][] = [
    ["apiKey=hunter2", "apiKey=[secret]"],
    ["vllm-eks:apiKey=hunter2", "vllm-eks:apiKey=[secret]"],
    [" apiKey =a=b\nc", " apiKey =[secret]"],
    ["apiKey.x=hunter2", "apiKey.x=[secret]"],
    ["apikey=hunter2", "apikey=[secret]"],
    ["apiKey hunter2", "apiKey[secret]"],
    ["APIKEY:hunter2", "apiKey[secret]"],
    ["aws:secretKey hunter2", "aws:secretKey[secret]"],
    ["aws:token:hunter2", "aws:token[secret]"],
    ["aws:secretKey", "aws:secretKey"],
    ["aws:secretKey=hunter2", "aws:secretKey=[secret]"],
    ["aws:httpsProxy=http://u:p@host", "aws:httpsProxy=http://[secret]@host"],
    ['engine.extraArguments=["--api-key=hunter2"]', 'engine.extraArguments=["--api-key=[secret]"]'],
    ["engine.maxNumBatchedTokens=64", "engine.maxNumBatchedTokens=64"],
    ["nodeCount=1", "nodeCount=1"],
    ["nodeCount", "nodeCount"],
  ];
  for (const [setting, masked] of settings)
    it(`is ${masked} for ${JSON.stringify(setting)}`, () => assert.equal(maskedSetting(setting), masked));

  it("never holds the value of a secret key, whatever the value is", () => {
    const value = fc.string({ unit: "binary" }).map((text) => `Q7${text}`);
    fc.assert(
      fc.property(value, fc.constantFrom("apiKey", "huggingFaceToken", "aws:token"), (text, key) =>
        assert.equal(maskedSetting(`${key}=${text}`), `${key}=[secret]`),
      ),
    );
  });
});

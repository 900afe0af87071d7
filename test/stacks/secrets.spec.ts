import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError } from "../../components";
import type { Recording } from "../../plan/recordingMonitor";
import { deploy, type Secrets } from "../../stacks";
import { configuredProgram } from "../support/configuredProgram";
import { adoptedSettings, environmentOf } from "../support/environments";
import { only, recordProgram } from "../support/record";

// Proves what `pulumi up` does with secrets: their values are known to the program, which refuses one that cannot work before it registers
// anything, and hands credentials to the engine as secrets. The engine lane proves that the state holds none.

const key = "sk-planted-0815-4711";
const token = "planted-token-0815";
const kubeconfig = JSON.stringify({ users: [{ name: "u", user: { token } }], clusters: [], contexts: [] });
const cluster = { ...{ version: "1.35", publicAccessCidrs: ["100.20.30.40/32"] } };

const up = (config: Record<string, string>, encrypted: string[]): Promise<Recording> =>
  recordProgram(configuredProgram({ "vllm-eks:cluster": JSON.stringify(cluster), ...config }, encrypted));

async function refusal(run: Promise<unknown>): Promise<ConfigurationError> {
  const error: unknown = await run.then(
    () => assert.fail("It registered everything."),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConfigurationError, String(error));
  return error;
}
const codesOf = ({ problems }: ConfigurationError) => problems.map(({ code, path }) => `${code} ${path}`);

describe("a secret of a stack's configuration", () => {
  for (const [what, value] of [
    ["empty", ""],
    ["blank", " "],
    ["followed by CR", `${key}\r`],
    ["followed by LF", `${key}\n`],
    ["two lines", `${key}\n${key}`],
    ["interrupted by a control character", `${key}\u0007${key}`],
  ] as const) {
    it(`is refused before the first resource, and not shown, when it is ${what}`, async () => {
      for (const name of ["apiKey", "huggingFaceToken"]) {
        const others = name === "apiKey" ? {} : { "vllm-eks:apiKey": key };
        const error = await refusal(up({ ...others, [`vllm-eks:${name}`]: value }, ["vllm-eks:apiKey", `vllm-eks:${name}`]));
        assert.deepEqual(codesOf(error), [`secret-unusable ${name}`]);
        assert.ok(!error.message.includes(key));
      }
    });
  }

  it("is refused in clear text, as are credentials of the aws: configuration and of a kubeconfig", async () => {
    const adopted = JSON.stringify({ name: "shared", kubeconfig });
    const error = await refusal(up({ "vllm-eks:apiKey": key, "aws:secretKey": key, "vllm-eks:cluster": adopted }, []));
    const expected = ["secret-in-clear-text apiKey", "secret-in-clear-text aws:secretKey", "secret-in-clear-text cluster.kubeconfig"];
    assert.deepEqual(
      codesOf(error)
        .filter((code) => code.startsWith("secret-"))
        .sort(),
      expected,
    );
    assert.ok(!error.message.includes(key) && !error.message.includes(token));
  });

  it("deploys when it is encrypted and sound", async () => {
    const recording = await up({ "vllm-eks:apiKey": key, "aws:accessKey": "AKIAIOSFODNN7EXAMPLE", "aws:secretKey": token }, [
      "vllm-eks:apiKey",
      "aws:secretKey",
    ]);
    const { inputs, secretPaths } = only(recording, "kubernetes:core/v1:Secret");
    assert.deepEqual([inputs.stringData, secretPaths], [{ "api-key": key }, ["stringData"]]);
  });
});

describe("credentials that the engine stores", () => {
  it("are secrets: a kubeconfig that was encrypted inside its group, and a proxy with a password", async () => {
    const environment = environmentOf("dev", ...adoptedSettings);
    environment.aws!.configuration = { httpsProxy: `http://user:${token}@proxy:3128`, profile: "dev" };
    if (environment.aws!.cluster.kind === "adopt") environment.aws!.cluster.kubeconfig = kubeconfig;
    const recording = await recordProgram(() => deploy(environment, { apiKey: key }));
    const kubernetes = only(recording, "pulumi:providers:kubernetes");
    assert.deepEqual([kubernetes.inputs.kubeconfig, kubernetes.secretPaths], [kubeconfig, ["kubeconfig"]]);
    assert.deepEqual(only(recording, "pulumi:providers:aws").secretPaths, ["httpsProxy"]);
  });

  it("are read from an encrypted group as they are", async () => {
    const local = { "vllm-eks:instanceType": "cpu", "vllm-eks:model": "Qwen/Qwen3-0.6B", "vllm-eks:tensorParallelSize": "1" };
    const one = { "vllm-eks:pipelineParallelSize": "1", "vllm-eks:nodeCount": "1", "vllm-eks:apiKey": key };
    const engine = {
      "vllm-eks:engine": JSON.stringify({ image: "docker.io/vllm/vllm-openai-cpu:v0.27.1", vllmVersion: "0.27.1", maxModelLen: 2048 }),
    };
    const config = { ...local, ...one, ...engine, "vllm-eks:cluster": JSON.stringify({ kubeconfig }) };
    const recording = await up(config, ["vllm-eks:cluster", "vllm-eks:apiKey"]);
    assert.equal(only(recording, "pulumi:providers:kubernetes").inputs.kubeconfig, kubeconfig);
  });
});

describe("a secret that a program passes to deploy()", () => {
  it("is refused when it is known and cannot work", async () => {
    for (const apiKey of ["", `${key}\n`, pulumi.secret(`${key} `), Promise.resolve(" ")] as Secrets["apiKey"][]) {
      const error = await refusal(recordProgram(() => deploy(environmentOf("local"), apiKey === undefined ? {} : { apiKey })));
      assert.deepEqual(codesOf(error), ["secret-unusable apiKey"]);
    }
  });
});

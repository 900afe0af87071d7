import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { automate, automateInThisProcess, type AutomationError, type AutomationOptions } from "../../../automation";
import { checkOptions } from "../../../automation/checkOptions";
import { failureOf } from "./failureOf";

// Proves that names and configuration are refused before anything is written or started. No Pulumi CLI is needed: whatever gets further
// ends in `no-pulumi-cli`, because the options name a folder without one.

const key = "sk-planted-0815-4711";

describe("an operation of the Automation API", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "refusal-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const environment = { apiKey: key, cluster: { publicAccessCidrs: [] } };
  const options = (more: Partial<AutomationOptions>): AutomationOptions => {
    const own = { stackName: "acme", workingDirectory: path.join(folder, "work"), pulumi: { root: path.join(folder, "empty") } };
    return { ...own, aws: { region: "us-west-2" }, environment, passphrase: "planted-passphrase", ...more };
  };
  async function failure(run: Promise<unknown>): Promise<AutomationError> {
    const error = await failureOf(run);
    assert.ok(!JSON.stringify(error).includes("planted"), JSON.stringify(error));
    assert.deepEqual(fs.readdirSync(folder), [], "something was written");
    return error;
  }

  const names: [what: string, more: Partial<AutomationOptions>, at: string][] = [
    ["a stack that climbs out of the workspace", { stackName: "x/../../y" }, "stackName"],
    ["a stack called like a flag", { stackName: "--help" }, "stackName"],
    ["a stack in an organization called like a flag", { stackName: "--help/dev" }, "stackName"],
    ["an absolute path as a stack", { stackName: "/etc/passwd" }, "stackName"],
    ["a stack with a NUL", { stackName: "a\0b" }, "stackName"],
    ["an empty stack", { stackName: "" }, "stackName"],
    ["a very long stack", { stackName: "a".repeat(100_000) }, "stackName"],
    ["a stack of another project", { stackName: "acme/other/dev" }, "stackName"],
    ["a stack that is not text", { stackName: 7 as never }, "stackName"],
    ["a project that climbs", { projectName: "../x" }, "projectName"],
    ["a project called like a flag", { projectName: "--help" }, "projectName"],
    ["a project of dots", { projectName: ".." }, "projectName"],
    ["a very long project", { projectName: "p".repeat(101) }, "projectName"],
    ["a backend called like a flag", { backendUrl: "--help" }, "backendUrl"],
    ["a secrets provider with a line break", { secretsProvider: "awskms://x\n" }, "secretsProvider"],
    ["a variable with a NUL", { environmentVariables: { MARK: `${key}\0` } }, "environmentVariables.MARK"],
    ["a plugin called like a flag", { plugins: [{ name: "--help", version: "1.0.0" }] }, "plugins[0].name"],
    [
      "a file of this machine that a stranger names",
      { untrustedEnvironment: true, environment: { ...environment, modelConfigFile: "/etc/passwd" } },
      "modelConfigFile",
    ],
    [
      "a program in a stranger's kubeconfig",
      {
        untrustedEnvironment: true,
        environment: { ...environment, cluster: { kubeconfig: "x: &x {exec: {command: sh}}\nusers: [{user: {<<: *x}}]" } },
      },
      "cluster.kubeconfig",
    ],
  ];
  for (const [what, more, at] of names) {
    it(`refuses ${what}, in every operation, and writes nothing`, async () => {
      const stack = automateInThisProcess(options(more));
      for (const run of [stack.deploy(), stack.destroy(), stack.outputs(), automate(options(more)).refresh()]) {
        const { cause, problems, message } = await failure(run);
        assert.deepEqual([cause, problems.map((found) => found.path).includes(at)], ["invalid-configuration", true], message);
        assert.ok(message.length < 2000);
      }
    });
  }

  it("refuses no name by mistake, and no wrong one whatever it holds", () => {
    for (const stackName of ["dev", "acme/dev", "acme/vllm-eks/dev"]) assert.deepEqual(checkOptions({ stackName }), []);
    assert.deepEqual(
      checkOptions({ stackName: "acme/own.project_1/dev", projectName: "own.project_1", plugins: [{ name: "aws", version: "7.48.0" }] }),
      [],
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const sound = checkOptions({ stackName: text }).length === 0;
        if (sound) assert.match(text, /^([A-Za-z0-9_][A-Za-z0-9_.-]*\/){0,2}[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
      }),
    );
  });

  it("says of a variable whether its name or its value is wrong", () => {
    const messages = (environmentVariables: Record<string, string>) =>
      checkOptions({ stackName: "dev", environmentVariables }).map(({ message }) => message);
    assert.deepEqual(messages({ EMPTY: "", LINES: "a\nb", "-x": "-y" }), []);
    assert.match(messages({ "A B": "x" })[0]!, /^"A B" cannot be the environmentVariables\.A B: it is not empty and has no white space/);
    assert.deepEqual(messages({ MARK: "a\0b" }), [
      "The value of environmentVariables.MARK is text with a NUL character; a variable is text without NUL.",
    ]);
    assert.match(messages({ MARK: 7 as never })[0]!, /MARK is of the type number;/);
  });

  it("is named in full by the commands of its problems", async () => {
    const { problems } = await failure(automate(options({ stackName: "org/dev", environment: { cluster: {} } })).deploy());
    const commands = problems.map(({ fix }) => fix).filter((fix) => fix.includes("pulumi config"));
    assert.ok(commands.length >= 2 && commands.every((fix) => fix.includes("-s org/dev")), commands.join("\n"));
  });

  const configurations: [what: string, more: Partial<AutomationOptions>, code: string, cause?: string][] = [
    ["an empty key", { environment: { ...environment, apiKey: "" } }, "secret-unusable apiKey"],
    ["a key with a trailing CR", { environment: { ...environment, apiKey: `${key}\r` } }, "secret-unusable apiKey"],
    ["a key that is not text", { environment: { ...environment, apiKey: 4711 as never } }, "wrong-type apiKey"],
    ["a key of another name", { environment: { ...environment, apikey: key } as never }, "unknown-key apikey"],
    [
      "a wrong shape",
      { environment: { ...environment, tensorParallelSize: 16, pipelineParallelSize: 1 } },
      "heads-not-divisible tensorParallelSize",
    ],
    ["no key", { environment: { cluster: { publicAccessCidrs: [] } } }, "api-key-unset apiKey", "missing-configuration"],
    ["a file that does not exist", { file: "/does/not/exist.yaml" }, "missing-value file"],
  ];
  for (const [what, more, code, expected = "invalid-configuration"] of configurations) {
    it(`refuses ${what} where the program would run, and writes nothing`, async () => {
      const { cause, problems } = await failure(automate(options(more)).deploy());
      assert.equal(cause, expected);
      assert.ok(problems.map((found) => `${found.code} ${found.path}`).includes(code), JSON.stringify(problems));
    });
  }

  it("says that there is no Pulumi CLI and what to install, and writes nothing", async () => {
    for (const stack of [automateInThisProcess(options({})), automateInThisProcess(options({ stackName: "acme/vllm-eks/dev" }))]) {
      const { cause, advice, original } = await failure(stack.preview());
      assert.equal(cause, "no-pulumi-cli", original);
      assert.match(advice, /Install the Pulumi CLI \(https:\/\/www\.pulumi\.com\/docs\/install\/\)/);
    }
  });

  it("gets further with credentials in its options, which are stored encrypted", async () => {
    const kubeconfig = JSON.stringify({ users: [{ name: "u", user: { token: "planted-token-0815" } }] });
    const wide = { ...environment, cluster: { kubeconfig }, instanceType: "cpu", model: "Qwen/Qwen3-0.6B", nodeCount: 1 };
    const engine = { image: "docker.io/vllm/vllm-openai-cpu:v0.27.1", vllmVersion: "0.27.1", maxModelLen: 2048 };
    const local = options({
      environment: { ...wide, engine, tensorParallelSize: 1, pipelineParallelSize: 1 },
      aws: { secretKey: "planted-key" },
    });
    assert.equal((await failure(automateInThisProcess(local).deploy())).cause, "no-pulumi-cli");
  });
});

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { LocalWorkspace, PulumiCommand, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import { inferenceStack, pulumiConfiguration } from "../../stacks";
import { engineRun } from "./support/engineRun";
import { pulumiEnvironment } from "./support/pulumiCli";
import { repository } from "./support/tools";
import { volumes } from "./support/volumes";

// Proves that the environments work as an inline program of the Automation API, as the README shows it, on the real engine and cluster.
// As in the other specs no container runs.

describe("local by the Automation API", () => {
  const namespace = "vllm-embedded";
  let stack: Stack;
  const changes: string[] = [];
  const onEvent = ({ resOutputsEvent }: EngineEvent) => {
    const metadata = resOutputsEvent?.metadata;
    if (metadata && !["same", "read"].includes(metadata.op) && metadata.type !== "pulumi:pulumi:Stack")
      changes.push(`${metadata.op} ${metadata.urn.split("::").at(-1)}`);
  };
  const options = { onEvent, color: "never" } as const;

  before(async function () {
    this.timeout(60_000);
    const run = engineRun();
    await volumes(run.api, "embedded", 1);
    const folder = path.join(run.keeper.folder, "embedded");
    fs.mkdirSync(folder);
    const { config } = parse(fs.readFileSync(path.join(repository, "Pulumi.local.yaml"), "utf8")) as { config: Record<string, unknown> };
    const environment = pulumiEnvironment(run, folder); // puts `bin/pulumi` there
    stack = await LocalWorkspace.createStack(
      { stackName: "embedded", projectName: "vllm-eks", program: () => inferenceStack(pulumiConfiguration())() },
      {
        workDir: folder,
        pulumiCommand: await PulumiCommand.get({ root: run.keeper.folder }),
        envVars: { ...environment, PULUMI_ERROR_OUTPUT_STRING: "true" },
        projectSettings: { name: "vllm-eks", runtime: "nodejs", backend: { url: `file://${path.join(folder, "state")}` } },
      },
    );
    for (const [key, value] of Object.entries(config))
      if (!key.startsWith("pulumi:"))
        await stack.setConfig(key, { value: typeof value === "object" ? JSON.stringify(value) : String(value) });
    await stack.setConfig("vllm-eks:cluster", { value: JSON.stringify({ kubeconfig: run.kubeconfig }) });
    await stack.setConfig("vllm-eks:apiKey", { value: "sk-engine-lane-embedded", secret: true });
  });

  it("previews what it then makes, and gives its outputs", async () => {
    const preview = await stack.preview(options);
    const announced = preview.changeSummary.create;
    changes.length = 0;
    const { outputs, summary } = await stack.up(options);
    assert.equal(summary.resourceChanges?.create, announced);
    assert.equal(outputs.model!.value, "Qwen/Qwen3-0.6B");
    assert.match(outputs.portForward!.value as string, /--namespace vllm-embedded port-forward service\/vllm-leader 8000:8000/);
    assert.equal((await engineRun().api.list("leaderworkerset.x-k8s.io/v1/LeaderWorkerSet", namespace)).length, 1);
  });

  it("changes nothing the second time", async () => {
    changes.length = 0;
    await stack.up({ ...options, expectNoChanges: true });
    assert.deepEqual(changes, []);
  });

  it("is gone after destroy", async () => {
    await stack.destroy(options);
    const { deployment } = await stack.exportStack();
    assert.deepEqual((deployment as { resources?: unknown[] }).resources ?? [], []);
    assert.ok(!(await engineRun().api.list("v1/Namespace")).some(({ metadata }) => metadata.name === namespace));
  });
});

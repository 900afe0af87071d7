/** An environment as an inline program of the Automation API, as the README shows it: its own backend and folder inside the run's. */
import fs from "node:fs";
import path from "node:path";
import { LocalWorkspace, PulumiCommand, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import { inferenceStack, pulumiConfiguration } from "../../../stacks";
import { engineRun } from "./engineRun";
import { pulumiEnvironment } from "./pulumiCli";
import { repository } from "./tools";

export interface EmbeddedStack {
  stack: Stack;
  /** `create vllm-set`, …: what was carried out since the list was last emptied. */
  changes: string[];
  options: { onEvent: (event: EngineEvent) => void; color: "never" };
}

/** `settings`: whole values of keys, besides those of the environment's file. */
export async function embeddedStack(
  name: string,
  like: "local" | "dev",
  settings: Record<string, unknown>,
  environment: Record<string, string> = {},
): Promise<EmbeddedStack> {
  const run = engineRun();
  const folder = path.join(run.keeper.folder, name);
  fs.mkdirSync(folder);
  const { config } = parse(fs.readFileSync(path.join(repository, `Pulumi.${like}.yaml`), "utf8")) as { config: Record<string, unknown> };
  const envVars = { ...pulumiEnvironment(run, folder), PULUMI_ERROR_OUTPUT_STRING: "true", ...environment }; // puts `bin/pulumi` there
  const stack = await LocalWorkspace.createStack(
    { stackName: name, projectName: "vllm-eks", program: () => inferenceStack(pulumiConfiguration())() },
    {
      workDir: folder,
      pulumiCommand: await PulumiCommand.get({ root: run.keeper.folder }),
      envVars,
      projectSettings: { name: "vllm-eks", runtime: "nodejs", backend: { url: `file://${path.join(folder, "state")}` } },
    },
  );
  for (const [key, value] of Object.entries({ ...config, ...settings })) {
    if (!key.startsWith("pulumi:"))
      // A kubeconfig with a token is refused in clear text.
      await stack.setConfig(key, {
        value: typeof value === "object" ? JSON.stringify(value) : String(value),
        ...(key === "vllm-eks:cluster" && "kubeconfig" in Object(value) && { secret: true }),
      });
  }
  await stack.setConfig("vllm-eks:apiKey", { value: `sk-engine-lane-${name}`, secret: true });

  const changes: string[] = [];
  const onEvent = ({ resOutputsEvent }: EngineEvent) => {
    const metadata = resOutputsEvent?.metadata;
    if (metadata && !["same", "read"].includes(metadata.op) && metadata.type !== "pulumi:pulumi:Stack")
      changes.push(`${metadata.op} ${metadata.urn.split("::").at(-1)}`);
  };
  return { stack, changes, options: { onEvent, color: "never" } };
}

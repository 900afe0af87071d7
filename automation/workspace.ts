/** Prepares one operation: a folder with project and stack file, and the stack in its backend. */
import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { compareVersions } from "../sizing/versions";
import { given } from "../sizing/givenKeys";
import type { AutomationOptions, PulumiRequest } from "./options";
import { defaultProject, shortStackName } from "./checkOptions";
import { writtenStackFile } from "./configuration";
import { secretValues } from "./stackFile";

export interface OpenStack {
  stack: Stack;
  folder: string;
  projectName: string;
  /** Removes what was created only for this operation. */
  close(): Promise<void>;
}

/** Creates the stack if it does not exist, and sets its configuration and secrets. */
export async function openStack(options: AutomationOptions, program: PulumiFn): Promise<OpenStack> {
  const { workingDirectory, stackName, projectName = defaultProject } = options;
  const pulumiCommand = await findPulumi(options.pulumi); // before anything is written
  const folder = workingDirectory ?? (await fs.mkdtemp(path.join(os.tmpdir(), "vllm-eks-automation-")));
  const close = () => (workingDirectory === undefined ? fs.rm(folder, { recursive: true, force: true }) : Promise.resolve());
  try {
    await fs.mkdir(folder, { recursive: true });
    await writeStackFile(options, path.join(folder, `Pulumi.${shortStackName(stackName)}.yaml`));
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName, projectName, program },
      {
        workDir: folder,
        pulumiCommand,
        envVars: environmentOfCli(options),
        projectSettings: { name: projectName, runtime: "nodejs" },
        ...given(options, "secretsProvider"),
      },
    );
    for (const [key, value] of Object.entries(secretValues(options))) await setSecret(stack, folder, key, value);
    for (const { name, version } of options.plugins ?? []) await stack.workspace.installPlugin(name, `v${version}`);
    return { stack, folder, projectName, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function findPulumi({ root, minimumVersion }: PulumiRequest = {}): Promise<PulumiCommand> {
  const command = await PulumiCommand.get(given({ root }, "root")).catch((error: unknown) => {
    // The SDK gives the error of the process only as text: "code: -2", and the words of Node.
    if (/\b(ENOENT|EACCES|ENOTDIR)\b|code: -(2|13|20)\b/.test(String(error)))
      throw new Error(`There is no Pulumi CLI ${root === undefined ? "on PATH" : `at ${path.join(root, "bin", "pulumi")}`}.`);
    throw error;
  });
  const version = command.version?.version;
  if (minimumVersion !== undefined && version !== undefined && compareVersions(version, minimumVersion) < 0)
    throw new Error(`The Pulumi CLI ${command.command} is ${version}; install ${minimumVersion} or newer.`);
  return command;
}

async function writeStackFile(options: AutomationOptions, target: string): Promise<void> {
  const earlier = await fs.readFile(target, "utf8").catch(() => undefined);
  await fs.writeFile(target, await writtenStackFile(options, earlier), { mode: 0o600 });
}

function environmentOfCli({ environmentVariables, backendUrl, passphrase }: AutomationOptions): Record<string, string> {
  return {
    ...environmentVariables,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(backendUrl !== undefined && { PULUMI_BACKEND_URL: backendUrl }),
    ...(passphrase !== undefined && { PULUMI_CONFIG_PASSPHRASE: passphrase }),
  };
}

/** Passes the value on standard input: the SDK would put it on the command line, which every process of the machine can read. */
function setSecret({ workspace, name }: Stack, cwd: string, key: string, value: string): Promise<void> {
  const pulumi = workspace.pulumiCommand.command;
  const inGroup = key.includes(".") ? ["--path"] : [];
  const args = ["config", "set", key, ...inGroup, "--secret", "--stack", name, "--non-interactive", "--color", "never"];
  const child = spawn(pulumi, args, { cwd, env: { ...process.env, ...workspace.envVars }, stdio: ["pipe", "ignore", "pipe"] });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  child.stdin.on("error", () => {}); // the process ended before it read the value; its status says why
  child.stdin.end(value);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => (status === 0 ? resolve() : reject(new Error(`Pulumi could not set ${key}: ${complaint}`))));
  });
}

/** The Pulumi CLI on one stack: its backend, home and project folder lie in the run's scratch folder, so that nothing is left behind. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { EngineRun } from "./engineRun";
import { repository } from "./tools";
import { storedText } from "./storedText";

export interface Step {
  op: string;
  type: string;
  name: string;
}

export interface Operation {
  status: number;
  /** What the user reads. */
  text: string;
  /** In the order in which the engine finished them; `same` and provider bookkeeping left out. */
  steps: Step[];
  /** The engine's events, a line each. */
  events: string;
}

/** Environment of every engine in the run: nothing is fetched, nothing is asked, warnings about the surroundings are off. */
export function pulumiEnvironment({ keeper, tools }: EngineRun, folder: string): Record<string, string> {
  const home = path.join(keeper.folder, "pulumi-home");
  const [provider = ""] = tools.command("pulumi-resource-kubernetes");
  const plugin = path.join(home, "plugins", `resource-kubernetes-${tools.version("pulumi-resource-kubernetes")}`);
  if (!fs.existsSync(plugin)) {
    fs.mkdirSync(plugin, { recursive: true });
    fs.symlinkSync(provider, path.join(plugin, "pulumi-resource-kubernetes"));
    const bin = path.join(keeper.folder, "bin");
    fs.mkdirSync(bin);
    fs.symlinkSync(tools.command("pulumi")[0]!, path.join(bin, "pulumi"));
  }
  const state = path.join(folder, "state");
  fs.mkdirSync(state, { recursive: true });
  return {
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "engine-lane",
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true", // types are checked by `npm run types`
    PULUMI_DEBUG_COMMANDS: "true", // --event-log
    TMPDIR: keeper.folder,
  };
}

export interface StackOptions {
  /** The environment whose file is copied. @default the stack's own name */
  like?: string;
  environment?: Record<string, string>;
  /** Text of an index.ts. @default the repository's */
  program?: string;
  /** Folder of the program and of the environments' files. @default the repository */
  source?: string;
}

export class PulumiStack {
  readonly folder: string;
  private readonly environment: Record<string, string>;
  private calls = 0;
  private running?: ChildProcess;

  constructor(
    private readonly run: EngineRun,
    readonly name: string,
    { like = name, environment = {}, program, source = repository }: StackOptions = {},
  ) {
    this.folder = path.join(run.keeper.folder, `stack-${name}`);
    fs.mkdirSync(this.folder);
    // The program itself is the repository's; only what Pulumi writes to is a copy.
    const shared = ["tsconfig.json", "package.json", "node_modules"];
    for (const file of shared) fs.symlinkSync(path.join(repository, file), path.join(this.folder, file));
    if (program === undefined) this.runProgramOf(source);
    if (program !== undefined) fs.writeFileSync(path.join(this.folder, "index.ts"), program);
    fs.copyFileSync(path.join(source, "Pulumi.yaml"), path.join(this.folder, "Pulumi.yaml"));
    fs.copyFileSync(path.join(source, `Pulumi.${like}.yaml`), path.join(this.folder, `Pulumi.${name}.yaml`));
    this.environment = { ...pulumiEnvironment(run, this.folder), ...environment };
  }

  /** The next operations run the program of this folder, as after an update of the package. */
  runProgramOf(folder: string): void {
    const program = path.join(this.folder, "index.ts");
    fs.rmSync(program, { force: true });
    fs.symlinkSync(path.join(folder, "index.ts"), program);
  }

  async init(): Promise<void> {
    this.succeeded(await this.pulumi(["stack", "init", this.name]));
  }

  /** As a user sets it: `path=value` with `--path`; a secret by its own flag, and so a kubeconfig, which holds a token. */
  async set(settings: Record<string, string>, secrets: Record<string, string> = {}): Promise<void> {
    const flagOf = (key: string) => (key in secrets || key.endsWith(".kubeconfig") ? "--secret" : "--plaintext");
    const all = Object.entries({ ...settings, ...secrets }).flatMap(([key, value]) => [flagOf(key), `${key}=${value}`]);
    this.succeeded(await this.pulumi(["config", "set-all", "--path", ...all]));
  }

  up = (...args: string[]) => this.operation(["up", "--yes", "--skip-preview", ...args]);
  preview = (...args: string[]) => this.operation(["preview", ...args]);
  refresh = (...args: string[]) => this.operation(["refresh", "--yes", "--skip-preview", ...args]);
  destroy = (...args: string[]) => this.operation(["destroy", "--yes", "--skip-preview", ...args]);
  /** Resources on an unreachable cluster are removed from the state. */
  destroyUnreachable = () => this.operation(["destroy", "--yes", "--skip-preview"], { PULUMI_K8S_DELETE_UNREACHABLE: "true" });
  /** As a person types it. The engine refuses a protected resource in the preview; without one, only when its turn comes. */
  destroyAfterPreview = () => this.operation(["destroy", "--yes"]);

  /** As a person types it, without the word `pulumi`; its question is answered with yes. */
  typed = (words: readonly string[]) => this.pulumi([...words, ...(asksFirst.test(words.join(" ")) ? ["--yes"] : [])]);

  /** Kills the engine while it works; the processes of its program and providers go on. */
  kill(): void {
    this.running?.kill("SIGKILL");
  }

  /** Removes the lock that a dead engine left. */
  async cancel(): Promise<void> {
    this.succeeded(await this.pulumi(["cancel", "--yes"]));
  }

  /** The state as it lies in the backend, backups and history included, and the events of every operation. */
  storedText = (): string => storedText(this.folder);

  /** Resources that the backend still knows. */
  async resources(): Promise<string[]> {
    const { text } = this.succeeded(await this.pulumi(["stack", "export"]));
    const { deployment } = JSON.parse(text.slice(text.indexOf("{"))) as { deployment: { resources?: { urn: string }[] } };
    return (deployment.resources ?? []).map(({ urn }) => urn);
  }

  succeeded<Result extends { status: number; text: string }>(result: Result): Result {
    assert.equal(result.status, 0, result.text);
    return result;
  }

  private async operation(args: string[], environment: Record<string, string> = {}): Promise<Operation> {
    const log = path.join(this.folder, `events-${++this.calls}.jsonl`);
    const result = await this.pulumi([...args, "--event-log", log], environment);
    const events = fs.existsSync(log) ? fs.readFileSync(log, "utf8") : "";
    return { ...result, events, steps: stepsOf(events) };
  }

  private pulumi(args: string[], environment: Record<string, string> = {}): Promise<{ status: number; text: string }> {
    const { keeper, tools } = this.run;
    const command = [...tools.command("pulumi"), ...args, "--stack", this.name, "--non-interactive", "--color", "never"];
    if (args[0] === "stack" && args[1] === "init") command.splice(command.indexOf("--stack"), 2);
    const child = keeper.start(`pulumi-${this.name}`, command, {
      cwd: this.folder,
      env: { ...process.env, ...this.environment, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.running = child;
    let text = "";
    child.stdout!.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.stderr!.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => resolve({ status: status ?? -1, text }));
    });
  }
}

const asksFirst = /^(up|destroy|refresh|cancel|state unprotect|stack rm)\b/;

/** The steps that were carried out, from the engine's events. */
export function stepsOf(log: string): Step[] {
  interface Event {
    resOutputsEvent?: { metadata: { op: string; urn: string; type: string } };
  }
  return log
    .split("\n")
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as Event).resOutputsEvent?.metadata)
    .filter((metadata) => metadata !== undefined)
    .filter(({ op }) => !["same", "read"].includes(op))
    .map(({ op, urn, type }) => ({ op, type, name: urn.split("::").at(-1) ?? "" }));
}

/** `update vllm-set`, one line a step, sorted: what a person would say has changed. */
export const summary = (steps: readonly Step[]): string[] =>
  steps
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .map(({ op, name }) => `${op} ${name}`)
    .sort();

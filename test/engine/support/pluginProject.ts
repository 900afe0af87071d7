/** A project in another language than the package's: a copy of an example, and the real CLI with the language hosts of the lane. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { EngineRun } from "./engineRun";
import { pulumiEnvironment, stepsOf, type Step } from "./pulumiCli";
import { repository } from "./tools";

export interface Ended {
  status: number;
  out: string;
  /** Both streams, as a user reads them. */
  text: string;
}

export class PluginProject {
  readonly folder: string;
  private readonly environment: Record<string, string>;
  private calls = 0;

  constructor(
    private readonly lane: EngineRun,
    example: string,
    environment: Record<string, string>,
  ) {
    this.folder = path.join(lane.keeper.folder, `project-${path.basename(example)}`);
    fs.cpSync(example, this.folder, { recursive: true });
    this.edit("Pulumi.yaml", (text) => text.replace("vllm-eks: ../..", `vllm-eks: ${repository}`));
    const own = pulumiEnvironment(lane, this.folder);
    installedPlugins(own.PULUMI_HOME!);
    this.environment = { ...own, ...environment, PATH: [languageHosts(lane), process.env.PATH].join(path.delimiter) };
  }

  read = (file: string): string => fs.readFileSync(path.join(this.folder, file), "utf8");

  edit(file: string, change: (text: string) => string): void {
    const before = this.read(file);
    const after = change(before);
    assert.notEqual(after, before, `${file} has nothing to change`);
    fs.writeFileSync(path.join(this.folder, file), after);
  }

  async up(...args: string[]): Promise<{ steps: Step[] }> {
    const log = path.join(this.folder, `events-${++this.calls}.jsonl`);
    await this.succeeded("up", "--yes", "--skip-preview", "--event-log", log, ...args);
    return { steps: stepsOf(fs.readFileSync(log, "utf8")) };
  }

  async succeeded(...args: string[]): Promise<Ended> {
    const ended = await this.run(...args);
    assert.equal(ended.status, 0, ended.text);
    return ended;
  }

  run(...args: string[]): Promise<Ended> {
    const { keeper, tools } = this.lane;
    const child = keeper.start("pulumi-plugin", [...tools.command("pulumi"), ...args, "--non-interactive", "--color", "never"], {
      cwd: this.folder,
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let text = "";
    child.stdout!.setEncoding("utf8").on("data", (chunk: string) => ((out += chunk), (text += chunk)));
    child.stderr!.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => resolve({ status: status ?? -1, out, text }));
    });
  }
}

/** On PATH: the host of YAML looks there for the one of Node, and the engine for that of YAML. */
function languageHosts({ keeper, tools }: EngineRun): string {
  const folder = path.join(keeper.folder, "language-hosts");
  fs.mkdirSync(folder);
  const yaml = tools.command("pulumi-language-yaml").map((word) => JSON.stringify(word));
  fs.writeFileSync(path.join(folder, "pulumi-language-yaml"), `#!/bin/sh\nexec ${yaml.join(" ")} "$@"\n`, { mode: 0o755 });
  const node = path.join(tools.folder("pulumi"), "pulumi-language-nodejs");
  if (fs.existsSync(node)) fs.symlinkSync(node, path.join(folder, "pulumi-language-nodejs"));
  return folder;
}

/**
 * The CLI installs what a plugin's dependencies need before it loads the plugin. It only looks for a program of the right name, and does
 * not start it.
 */
function installedPlugins(home: string): void {
  // awsx brings a second docker, under another name: node_modules/docker-classic.
  const folders = ["node_modules", "node_modules/@pulumi"].map((folder) => path.join(repository, folder));
  for (const folder of folders.flatMap((each) => fs.readdirSync(each).map((name) => path.join(each, name)))) {
    const manifest = path.join(folder, "package.json");
    if (!fs.existsSync(manifest)) continue;
    const { name, version, pulumi } = JSON.parse(fs.readFileSync(manifest, "utf8")) as Manifest;
    if (!pulumi?.resource) continue;
    const provider = pulumi.name ?? path.basename(name);
    const plugin = path.join(home, "plugins", `resource-${provider}-v${version.replace(/^v/, "")}`);
    if (fs.existsSync(plugin)) continue;
    fs.mkdirSync(plugin, { recursive: true });
    fs.writeFileSync(path.join(plugin, `pulumi-resource-${provider}`), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  }
}

interface Manifest {
  name: string;
  version: string;
  pulumi?: { resource?: boolean; name?: string };
}

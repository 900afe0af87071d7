/** One stack of the benchmark, run by the Pulumi CLI; measures the seconds of each command. */
import fs from "node:fs";
import path from "node:path";
import type { EngineRun } from "../support/engineRun";
import { pulumiEnvironment } from "../support/pulumiCli";
import { repository } from "../support/tools";

export interface Measured {
  wall: number;
  /** Processor seconds of the command and of everything that it started and waited for: engine, language host, program. */
  cpu: number;
}

/** The parts of a resource in the state that are compared. */
export interface StoredResource {
  urn: string;
  type: string;
  custom: boolean;
  provider?: string;
  inputs?: unknown;
  dependencies?: string[];
  customTimeouts?: unknown;
  protect?: boolean;
  ignoreChanges?: string[];
}

export const operations = {
  preview: ["preview"],
  up: ["up", "--yes", "--skip-preview"],
  "no-op up": ["up", "--yes", "--skip-preview", "--expect-no-changes"],
  destroy: ["destroy", "--yes", "--skip-preview"],
} as const;
export type Operation = keyof typeof operations;

export interface BenchRun extends Pick<EngineRun, "keeper" | "tools"> {
  /** Port of the provider that answers for both clouds. */
  port: number;
  interrupted: AbortSignal;
}

export interface BenchedProgram {
  /** Of the stack. */
  name: string;
  /** The program: a file of this folder, called with `input`. */
  program: string;
  input: object;
  /** Stores the state after every step, as a folder backend does. Otherwise only at the end, nearer to Pulumi Cloud, which gets changes. */
  storeEveryStep: boolean;
}

/** The shell counts, because Node does not count its children's time. */
const counted = '"$0" "$@"; status=$?; times >&3; exit $status';

export class BenchedStack {
  private readonly name: string;
  private readonly folder: string;
  private readonly environment: Record<string, string>;

  constructor(
    private readonly run: BenchRun,
    { name, program, input, storeEveryStep }: BenchedProgram,
  ) {
    this.name = name;
    this.folder = path.join(run.keeper.folder, name);
    fs.mkdirSync(this.folder);
    for (const file of ["package.json", "node_modules"]) fs.symlinkSync(path.join(repository, file), path.join(this.folder, file));
    const write = (file: string, text: string) => fs.writeFileSync(path.join(this.folder, file), text);
    // Plain JavaScript, as a published package is: neither side pays for a compiler.
    write("Pulumi.yaml", "name: bench\nmain: index.js\nruntime: { name: nodejs, options: { typescript: false } }\n");
    write("input.json", JSON.stringify(input));
    write("index.js", `require(${JSON.stringify(path.join(__dirname, program))})(require("./input.json"));\n`);
    this.environment = {
      ...pulumiEnvironment(run as unknown as EngineRun, this.folder), // needs no control plane
      PULUMI_DEBUG_PROVIDERS: `aws:${run.port},kubernetes:${run.port}`,
      ...(!storeEveryStep && { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" }),
    };
  }

  init = () => this.pulumi(["stack", "init", this.name]);

  measure = (operation: Operation): Promise<Measured> => this.pulumi([...operations[operation], "--stack", this.name]);

  async resources(): Promise<StoredResource[]> {
    const { text } = await this.pulumi(["stack", "export", "--stack", this.name]);
    return (JSON.parse(text) as { deployment: { resources?: StoredResource[] } }).deployment.resources ?? [];
  }

  private pulumi(args: string[]): Promise<Measured & { text: string }> {
    const { keeper, tools, interrupted } = this.run;
    interrupted.throwIfAborted();
    const command = ["sh", "-c", counted, ...tools.command("pulumi"), ...args, "--non-interactive", "--color", "never"];
    const began = performance.now();
    const child = keeper.start(`pulumi-${this.name}`, command, {
      cwd: this.folder,
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    // Let the engine end its language host: the host is not in a process group that the keeper can end.
    const interrupt = () => process.kill(-child.pid!, "SIGINT");
    interrupted.addEventListener("abort", interrupt);
    const texts = [1, 2, 3].map((descriptor) => {
      const chunks: Buffer[] = [];
      child.stdio[descriptor]!.on("data", (chunk: Buffer) => chunks.push(chunk));
      return () => Buffer.concat(chunks).toString();
    });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => {
        interrupted.removeEventListener("abort", interrupt);
        const wall = (performance.now() - began) / 1000;
        const [text = "", errors = "", times = ""] = texts.map((read) => read());
        if (status === 0) resolve({ wall, cpu: processorSeconds(times), text });
        else reject(new Error(`pulumi ${args.join(" ")} ended with ${String(status)}:\n${text}${errors}`));
      });
    });
  }
}

/** Reads the output of `times`: a line for the shell, a line for its children; user and system, as `0m1.23s`. */
function processorSeconds(times: string): number {
  const children = times.trim().split("\n").at(-1) ?? "";
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}

/**
 * A pod with the real vLLM: processes in namespaces for network, mounts, processes, IPC and host name. The machine's root, with nothing
 * writable, stands in for the image's. User, capabilities, volumes, arguments, variables and process 1 are those of the manifest.
 */
import fs from "node:fs";
import path from "node:path";
import type { ChildProcess } from "node:child_process";
import type { Keeper } from "../../engine/support/keeper";
import { eventually } from "../../engine/support/eventually";
import { executed, type ProbedPod, type ProbeResult, terminated } from "../../engine/rehearsal/kubelet";
import { PodDescription } from "../../engine/rehearsal/podDescription";
import type { ServingObjects } from "../../engine/rehearsal/servingObjects";
import { prepareRoot, type ImageStandIn } from "./podRoot";

export interface VllmPodSettings {
  keeper: Keeper;
  objects: ServingObjects;
  image: ImageStandIn;
  address: string;
  /** Name of the network namespace. */
  space: string;
}

export interface PodEnd {
  /** 128 and the signal's number if one ended process 1. */
  code: number | null;
  at: number;
}

const containerScript = path.join(__dirname, "container.sh");

export class VllmPod extends PodDescription implements ProbedPod {
  readonly speed = 1;
  end: PodEnd | undefined;
  /** Whether the hook is over and process 1 got SIGTERM. */
  stopping = false;
  private readonly folder: string;
  private process: ChildProcess | undefined;
  /** Process 1 of the container, as this machine numbers it. */
  init = 0;

  constructor(
    index: number,
    private readonly settings: VllmPodSettings,
  ) {
    super(index, settings.objects, settings.address);
    this.folder = path.join(settings.keeper.folder, this.name);
    prepareRoot(this, this.folder, settings.image, settings.objects.set.metadata.namespace);
  }

  get log(): string {
    return fs.readFileSync(this.settings.keeper.logOf(this.name), "utf8");
  }

  /** Resolves when process 1 runs. */
  async start(): Promise<this> {
    const { keeper, space } = this.settings;
    const spaces = ["--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child"];
    const container = ["/bin/bash", containerScript, this.folder, this.name, ...this.privileges, "--", ...this.words];
    this.process = keeper.start(this.name, ["ip", "netns", "exec", space, "unshare", ...spaces, ...container], {
      env: this.processEnvironment,
    });
    this.process.on("exit", (code, signal) => (this.end = { code: code ?? (signal ? 128 : null), at: Date.now() }));
    const { pid } = this.process;
    this.init = await eventually(`process 1 of ${this.name}`, 10, async () => {
      if (this.end) throw new Error(this.log);
      return Number(fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim()) || undefined;
    });
    return this;
  }

  get processEnvironment(): Record<string, string> {
    const { programs } = this.settings.image;
    return { ...this.environment, PATH: `${programs}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` };
  }

  execute(command: string[], timeoutSeconds: number): Promise<ProbeResult> {
    const words = command.map((word) => this.expanded(word));
    const enter = ["nsenter", `--target=${this.init}`, "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd"];
    return executed([...enter, "setpriv", ...this.privileges, ...words], this.processEnvironment, timeoutSeconds);
  }

  endpoint = (port: number) => ({ host: this.address, port });

  terminate = () => terminated(this);

  async ended(seconds: number): Promise<boolean> {
    const deadline = Date.now() + seconds * 1000;
    while (!this.end && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    return this.end !== undefined;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.end) return;
    if (signal === "SIGTERM") this.stopping = true;
    process.kill(this.init, signal);
  }

  /** Stops every process of the container, as a hung driver call does, or lets them go on. */
  signalAll(signal: "SIGSTOP" | "SIGCONT"): void {
    for (const pid of this.processes()) process.kill(pid, signal);
  }

  /** Process ids of the container, as this machine numbers them. */
  processes(): number[] {
    const space = fs.readlinkSync(`/proc/${this.init}/ns/pid`);
    return fs
      .readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0 && spaceOf(pid) === space);
  }

  /** A process of root keeps no capability but those that the container adds, and cannot get more. */
  private get privileges(): string[] {
    const { runAsUser = 0, runAsGroup = 0 } = this.template.spec.securityContext;
    const { capabilities } = this.container.securityContext;
    const added = (capabilities.add ?? []).map((name) => `+${name.toLowerCase()}`);
    const dropped = capabilities.drop.map((name) => `-${name.toLowerCase()}`);
    return [
      ...[`--reuid=${runAsUser}`, `--regid=${runAsGroup}`, "--clear-groups", "--no-new-privs"],
      ...["--inh-caps=-all", `--bounding-set=${[...dropped, ...added].join(",")}`],
    ];
  }
}

function spaceOf(pid: number): string | undefined {
  try {
    return fs.readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined; // ended meanwhile
  }
}

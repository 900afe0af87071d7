/** A pod of a group as processes of this machine: command, arguments, environment, volumes and signals as its kubelet would have them. */
import fs from "node:fs";
import path from "node:path";
import type { ChildProcess } from "node:child_process";
import type { Keeper } from "../support/keeper";
import { executed, type ProbedPod, type ProbeResult, terminated } from "./kubelet";
import { PodDescription } from "./podDescription";
import type { PodNetwork } from "./podNetwork";
import type { ServingObjects } from "./servingObjects";

export interface PodSettings {
  keeper: Keeper;
  network: PodNetwork;
  objects: ServingObjects;
  /** Folder of the programs that stand in for those of the image. */
  programs: string;
  /** Waits of the manifests pass this many times faster. */
  speed: number;
  /** Settings of the stand-in, as environment. */
  standIn: Record<string, string>;
}

export interface PodEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export class Pod extends PodDescription implements ProbedPod {
  readonly folder: string;
  readonly speed: number;
  end: PodEnd | undefined;
  private process: ChildProcess | undefined;

  constructor(
    index: number,
    readonly settings: PodSettings,
  ) {
    super(index, settings.objects, settings.network.address(index));
    this.speed = settings.speed;
    this.folder = path.join(settings.keeper.folder, this.name);
    for (const [file, text] of this.files) settings.keeper.file(path.join(this.name, file), text);
  }

  get pid(): number {
    return this.process!.pid!;
  }
  get log(): string {
    return fs.readFileSync(this.settings.keeper.logOf(this.name), "utf8");
  }

  start(): this {
    const { keeper, speed, standIn, network } = this.settings;
    const { resources, volumeMounts } = this.container;
    const env = {
      ...this.processEnvironment,
      ...standIn,
      REHEARSAL_SPEED: String(speed),
      REHEARSAL_PORTS: JSON.stringify([...network.ports]),
      REHEARSAL_ADDRESSES: `${this.address},${network.loopback(this.index)}`,
      REHEARSAL_GPUS: resources.limits["nvidia.com/gpu"] ?? "0",
      REHEARSAL_MOUNTS: volumeMounts.map(({ mountPath }) => mountPath).join(","),
      REHEARSAL_NODE: process.execPath,
    };
    this.process = keeper.start(this.name, this.words, { env });
    const { pid } = this.process;
    this.process.on("exit", (code, signal) => {
      this.end = { code, signal };
      this.signal("SIGKILL", -pid!); // a container's other processes end with its first one
    });
    return this;
  }

  /** Variables of the container, and where programs are found. */
  get processEnvironment(): Record<string, string> {
    const { programs } = this.settings;
    return { TMPDIR: this.folder, ...this.environment, PATH: `${programs}:${process.env.PATH}`, PYTHONPATH: programs };
  }

  terminate = () => terminated(this);

  /** As an out-of-memory kill does. */
  kill = () => this.signal("SIGKILL");

  /** Whether the container ended within this number of seconds of the manifests. */
  async ended(seconds: number): Promise<boolean> {
    const deadline = Date.now() + (seconds * 1000) / this.settings.speed;
    while (!this.end && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    return this.end !== undefined;
  }

  /** Runs a command in the container, on this machine. */
  execute(command: string[], timeoutSeconds: number): Promise<ProbeResult> {
    const { network } = this.settings;
    const words = command.map((word) => network.word(this.onDisk(this.expanded(word)), this.index));
    return executed(words, this.processEnvironment, timeoutSeconds);
  }

  endpoint = (port: number) => ({ host: this.address, port: this.settings.network.ports.get(port) ?? port });

  /** A path inside the container, on this machine. */
  private onDisk = (word: string): string =>
    this.container.volumeMounts.some(({ mountPath }) => word.startsWith(`${mountPath}/`)) ? path.join(this.folder, word) : word;

  signal(signal: NodeJS.Signals, target = this.pid): void {
    try {
      process.kill(target, signal);
    } catch {
      // already ended
    }
  }
}

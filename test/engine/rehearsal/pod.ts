/** A pod of a group as processes of this machine: command, arguments, environment, volumes and signals as its kubelet would have them. */
import fs from "node:fs";
import path from "node:path";
import type { ChildProcess } from "node:child_process";
import type { Keeper } from "../support/keeper";
import { preStopped } from "./kubelet";
import type { PodNetwork } from "./podNetwork";
import type { Container, PodTemplate, ServingObjects } from "./servingObjects";

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

/** Labels and variables that the LeaderWorkerSet controller and its webhook add to a pod of the first group. */
const prefix = "leaderworkerset.sigs.k8s.io";

export class Pod {
  readonly name: string;
  readonly template: PodTemplate;
  readonly container: Container;
  readonly labels: Record<string, string>;
  readonly environment: Record<string, string>;
  readonly folder: string;
  end: PodEnd | undefined;
  private process: ChildProcess | undefined;

  constructor(
    readonly index: number,
    readonly settings: PodSettings,
  ) {
    const { set } = settings.objects;
    const { leaderTemplate, workerTemplate, size } = set.spec.leaderWorkerTemplate;
    this.template = index === 0 ? leaderTemplate : workerTemplate;
    this.container = this.template.spec.containers[0]!;
    this.name = index === 0 ? `${set.metadata.name}-0` : `${set.metadata.name}-0-${index}`;
    this.labels = { ...this.template.metadata.labels, [`${prefix}/name`]: set.metadata.name, [`${prefix}/worker-index`]: String(index) };
    this.folder = path.join(settings.keeper.folder, this.name);
    this.environment = this.variables({
      LWS_LEADER_ADDRESS: leaderAddress(settings.objects),
      LWS_GROUP_SIZE: String(size),
      LWS_WORKER_INDEX: String(index),
    });
    this.mount();
  }

  get address(): string {
    return this.settings.network.address(this.index);
  }
  get pid(): number {
    return this.process!.pid!;
  }
  get log(): string {
    return fs.readFileSync(this.settings.keeper.logOf(this.name), "utf8");
  }

  start(): this {
    const { keeper, speed, standIn, network } = this.settings;
    const { command, args, resources, volumeMounts } = this.container;
    const words = [...command, ...args].map((word) => this.expanded(word));
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
    this.process = keeper.start(this.name, words, { env });
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

  /** What a kubelet does when a pod is deleted: the hook, SIGTERM to process 1, and SIGKILL when the grace period is over. */
  async terminate(): Promise<void> {
    const { terminationGracePeriodSeconds } = this.template.spec;
    const began = Date.now();
    await preStopped(this);
    if (this.end) return;
    this.signal("SIGTERM");
    const hookSeconds = ((Date.now() - began) * this.settings.speed) / 1000;
    if (await this.ended(terminationGracePeriodSeconds - hookSeconds)) return;
    this.kill();
    await this.ended(600);
  }

  /** As an out-of-memory kill does. */
  kill = () => this.signal("SIGKILL");

  /** Whether the container ended within this number of seconds of the manifests. */
  async ended(seconds: number): Promise<boolean> {
    const deadline = Date.now() + (seconds * 1000) / this.settings.speed;
    while (!this.end && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    return this.end !== undefined;
  }

  /** `$(NAME)` as Kubernetes expands it: known names only, `$$` is a dollar. */
  expanded = (word: string): string =>
    word.replace(/\$\$|\$\(([\w.-]+)\)/g, (all, name?: string) => (name === undefined ? "$" : (this.environment[name] ?? all)));

  /** A path inside the container, on this machine. */
  onDisk = (word: string): string =>
    this.container.volumeMounts.some(({ mountPath }) => word.startsWith(`${mountPath}/`)) ? path.join(this.folder, word) : word;

  private signal(signal: NodeJS.Signals, target = this.pid): void {
    try {
      process.kill(target, signal);
    } catch {
      // already ended
    }
  }

  private variables(injected: Record<string, string>): Record<string, string> {
    const { secrets } = this.settings.objects;
    const all = { ...injected };
    for (const { name, value, valueFrom } of this.container.env) {
      if (name in injected) continue; // the webhook's values win
      const secret = valueFrom?.secretKeyRef;
      const known = secret
        ? secrets.get(secret.name)?.[secret.key]
        : valueFrom?.fieldRef?.fieldPath === "status.podIP"
          ? this.address
          : value;
      if (known === undefined) throw new Error(`CreateContainerConfigError: nothing gives ${name} a value.`);
      all[name] = known.replace(/\$\(([\w.-]+)\)/g, (whole, other: string) => all[other] ?? whole);
    }
    return all;
  }

  private mount(): void {
    for (const { name, configMap } of this.template.spec.volumes) {
      const mount = this.container.volumeMounts.find((each) => each.name === name);
      if (!configMap || !mount) continue;
      const files = this.settings.objects.configMaps.get(configMap.name);
      if (!files) throw new Error(`FailedMount: there is no ConfigMap ${configMap.name}.`);
      for (const [file, text] of Object.entries(files)) this.settings.keeper.file(path.join(this.name, mount.mountPath, file), text);
    }
  }
}

/** The name without the cluster's suffix: https://github.com/kubernetes-sigs/lws/blob/v0.9.0/pkg/utils/pod/pod_utils.go */
export const leaderAddress = ({ set }: ServingObjects) => `${set.metadata.name}-0.${set.metadata.name}.${set.metadata.namespace}`;

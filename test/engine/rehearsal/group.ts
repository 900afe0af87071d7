/** Runs a group of the set as processes, from its manifests, with a client that connects through its Service. */
import fs from "node:fs";
import path from "node:path";
import { eventually } from "../support/eventually";
import { Keeper } from "../support/keeper";
import { repository, Tools } from "../support/tools";
import { probed } from "./kubelet";
import { Pod } from "./pod";
import { leaderAddress } from "./podDescription";
import { PodNetwork } from "./podNetwork";
import { answered, type Answer, type Question } from "./question";
import type { ServingObjects } from "./servingObjects";

export interface GroupSettings {
  /**
   * Waits of the manifests (hooks, grace, periods, drain, load) pass this many times faster. Limits of a single probe do not. @default 20
   */
  speed?: number;
  /** How long the stand-in loads, seconds of the manifests. @default 0 */
  loadSeconds?: number;
  /** Milliseconds between two tokens of an answer. @default 0 */
  tokenMilliseconds?: number;
  /** What a process does when its peer has ended. @default "ends" */
  onLostPeer?: "ends" | "hangs";
}

export class Group {
  readonly leader: Pod;
  readonly worker: Pod;

  private constructor(
    private readonly keeper: Keeper,
    readonly network: PodNetwork,
    readonly objects: ServingObjects,
    settings: GroupSettings,
  ) {
    const { speed = 20, loadSeconds = 0, tokenMilliseconds = 0, onLostPeer = "ends" } = settings;
    const programs = path.join(keeper.folder, "programs");
    fs.mkdirSync(programs);
    network.programs(programs);
    fs.writeFileSync(path.join(programs, "vllm"), standIn, { mode: 0o755 });
    const standInSettings = {
      REHEARSAL_LOAD_SECONDS: String(loadSeconds),
      REHEARSAL_TOKEN_MS: String(tokenMilliseconds),
      REHEARSAL_ON_LOST_PEER: onLostPeer,
      REHEARSAL_SIMULATOR: new Tools().command("inference-sim")[0]!,
    };
    const pod = (index: number) => new Pod(index, { keeper, network, objects, programs, speed, standIn: standInSettings });
    [this.leader, this.worker] = [pod(0), pod(1)];
  }

  static async of(objects: ServingObjects, settings: GroupSettings = {}): Promise<Group> {
    const keeper = new Keeper();
    return new Group(keeper, await PodNetwork.of(keeper, objects), objects, settings);
  }

  /** Gives the leader's name its address. */
  publish(): void {
    this.network.publish(leaderAddress(this.objects), 0);
  }

  /** Starts both pods and waits until the start-up probe of the leader passes. */
  async serve(): Promise<this> {
    this.publish();
    for (const pod of [this.leader, this.worker]) pod.start();
    await this.serving();
    return this;
  }

  /** Fails at once, with the log, when a container ends before it serves. */
  async serving(): Promise<void> {
    let last = "";
    const probe = async () => {
      const dead = [this.leader, this.worker].find(({ end }) => end);
      if (dead) return { dead };
      const { ok, output } = await probed(this.leader, this.leader.container.startupProbe!);
      last = output;
      return ok && { dead };
    };
    const { dead } = await eventually("the start-up probe", 20, probe).catch((error: Error) => {
      throw new Error(`${error.message} ${last}\n${this.leader.log}`);
    });
    if (dead) throw new Error(`${dead.name} ended with status ${dead.end?.code}:\n${dead.log}`);
  }

  /** A connection to the Service reaches a pod that its selector matches, on its target port. */
  ask(question: Question): Promise<Answer> {
    const { selector, ports } = this.objects.service.spec;
    const pod = [this.leader, this.worker].find(({ labels }) => Object.entries(selector).every(([name, value]) => labels[name] === value));
    const port = this.network.ports.get(Number(ports[0]!.targetPort));
    if (!pod || port === undefined) throw new Error(`No endpoints: ${JSON.stringify({ selector, ports })}`);
    return answered({ host: pod.address, port }, question);
  }

  /** Ends every process and removes every file. */
  end = (): Promise<void> => this.keeper.end();
}

const standIn = `#!/bin/sh
export TS_NODE_PROJECT=${JSON.stringify(path.join(repository, "tsconfig.json"))}
exec "$REHEARSAL_NODE" --require ${JSON.stringify(path.join(repository, "test/support/environment.cjs"))} \\
  ${JSON.stringify(path.join(__dirname, "standIn/vllm.ts"))} "$@"
`;

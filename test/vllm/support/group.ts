/** A group of the set as pods with the real vLLM, under the NetworkPolicies of its namespace, with a kubelet that probes. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { eventually } from "../../engine/support/eventually";
import { Keeper } from "../../engine/support/keeper";
import { watch, type Watch } from "../../engine/rehearsal/kubelet";
import { leaderAddress } from "../../engine/rehearsal/podDescription";
import { answered, type Answer, type Question } from "../../engine/rehearsal/question";
import { servingObjectsOf, type ServingObjects } from "../../engine/rehearsal/servingObjects";
import { repository } from "../../support/environments";
import { addresses, Network } from "./network";
import { VllmPod } from "./pod";
import type { ImageStandIn } from "./podRoot";
import { type Endpoint, policyRules } from "./policyRules";
import { type Replacements, withReplacements } from "./replacements";
import { writeTinyModel } from "./tinyModel";

export interface GroupSettings extends Replacements {
  stack: string;
  /** As after `--set`. */
  settings?: string[];
  vllmVersion: string;
}

/** A start takes a minute on two free cores, two or three while it compiles kernels, and more on a busy machine. */
const startSeconds = 480;

export class VllmGroup {
  readonly pods: VllmPod[] = [];
  readonly watches: Watch[] = [];
  /** Whether a start was waited for in vain. */
  failed = false;
  /** Folder that the pods see as `/models`. */
  readonly modelStore: string;

  private constructor(
    private readonly keeper: Keeper,
    readonly network: Network,
    /** As the program registers them. */
    readonly registered: ServingObjects,
    readonly objects: ServingObjects,
    vllmVersion: string,
  ) {
    const image = imageStandIn(keeper, objects, vllmVersion);
    this.modelStore = image.modelStore;
    for (let index = 0; index < objects.set.spec.leaderWorkerTemplate.size; index++) {
      const space = network.host(`pod-${index}`, addresses.pods[index]!);
      this.pods.push(new VllmPod(index, { keeper, objects, image, address: addresses.pods[index]!, space }));
    }
    for (const pod of this.pods)
      network.filter(`pod-${pod.index}`, policyRules(objects.policies, this.endpoint(pod), this.endpoints, addresses.node));
  }

  static async of({ stack, settings = [], vllmVersion, ...replacements }: GroupSettings): Promise<VllmGroup> {
    const registered = await servingObjectsOf(stack, ...settings);
    const keeper = new Keeper();
    const network = await Network.of(keeper, loadBalancerAddress(registered));
    return new VllmGroup(keeper, network, registered, withReplacements(registered, replacements), vllmVersion);
  }

  get leader(): VllmPod {
    return this.pods[0]!;
  }
  get worker(): VllmPod {
    return this.pods[1]!;
  }

  publish(): void {
    this.network.publish(leaderAddress(this.objects), this.leader.address);
  }

  /** Starts a pod and its probes. */
  async start(pod: VllmPod): Promise<void> {
    await pod.start();
    this.watches[pod.index] = watch(pod);
  }

  /** Starts all pods in the order of their indexes, and waits until the kubelet finds every one of them ready. */
  async serve(): Promise<this> {
    this.publish();
    for (const pod of this.pods) await this.start(pod);
    await this.ready();
    return this;
  }

  async ready(): Promise<void> {
    const dead = () => this.pods.find(({ end }) => end);
    try {
      await eventually("all pods ready", startSeconds, async () => dead() ?? this.watches.every(({ ready }) => ready));
      if (dead()) throw new Error(`${dead()!.name} ended with status ${dead()!.end?.code}.`);
    } catch (error) {
      this.failed = true;
      throw new Error(`${(error as Error).message}\n${this.logs}`, { cause: error });
    }
  }

  get logs(): string {
    return this.pods.map(({ name, log }) => `--- ${name}\n${log}`).join("\n");
  }

  /** From the load balancer if there is one, otherwise from the node, as a port-forward comes. */
  ask(question: Question, localAddress = this.network.loadBalancer ?? addresses.node): Promise<Answer> {
    const { ports } = this.objects.service.spec;
    return answered({ host: this.leader.address, port: Number(ports[0]!.targetPort), localAddress }, question);
  }

  async end(): Promise<void> {
    await this.keeper.end();
    this.network.end();
  }

  private endpoint = ({ labels, address }: VllmPod): Endpoint => ({ namespace: this.objects.set.metadata.namespace, labels, address });

  private get endpoints(): Endpoint[] {
    const dns = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, address: addresses.dns };
    const stranger = { namespace: "default", labels: this.leader.labels, address: addresses.strangers[0] };
    return [dns, stranger, ...this.pods.map(this.endpoint)];
  }
}

/** The tenth address of the first range that the policy for clients names. */
function loadBalancerAddress({ policies }: ServingObjects): string | undefined {
  const peers = policies.flatMap(({ spec }) => (spec.ingress ?? []).flatMap(({ from }) => from ?? []));
  const cidr = peers.find(({ ipBlock }) => ipBlock)?.ipBlock?.cidr;
  return cidr?.replace(/\d+\/\d+$/, (last) => String(Number.parseInt(last) + 10));
}

function imageStandIn(keeper: Keeper, { set }: ServingObjects, vllmVersion: string): ImageStandIn {
  const environment = fs.realpathSync(path.join(repository, ".vllm", vllmVersion));
  const programs = path.join(environment, "bin");
  const prefix = execFileSync(path.join(programs, "python3"), ["-c", "import sys; print(sys.base_prefix)"], { encoding: "utf8" }).trim();
  const modelStore = path.join(keeper.folder, "model-store");
  const [modelPath = ""] = set.spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0]!.args;
  writeTinyModel(path.join(modelStore, modelPath.replace(/^\/models/, "")));
  // As on a node, what vLLM compiled is there when a group comes back, and at the next run.
  return { programs, folders: [environment, prefix], modelStore, nodeDisk: path.join(repository, ".vllm/nodes", vllmVersion) };
}

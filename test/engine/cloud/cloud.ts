/** The account behind the simulated provider: objects, what they refer to, what AWS allows with them, and faults by script. */
import { simulatedAccount } from "../../../plan/simulatedAccount";
import { childOutputs } from "./childOutputs";
import { differences } from "./differences";
import { Faults } from "./faults";
import { refusals } from "./inputChecks";
import { nodeRefusal } from "./nodeRefusal";
import { isRecord, typeRules } from "./typeRules";

type Values = Record<string, unknown>;

export interface CloudObject {
  id: string;
  type: string;
  name: string;
  inputs: Values;
  state: Values;
}

/** One call to the account, when it began and ended, in milliseconds of the run. */
export interface CloudCall {
  operation: "create" | "update" | "delete";
  type: string;
  name: string;
  began: number;
  ended: number;
}

/** What AWS answers instead of doing it. `halfway`: the object exists all the same. */
export class CloudError extends Error {
  constructor(
    message: string,
    readonly halfway?: { id: string; state: Values },
  ) {
    super(message);
  }
}

export interface Surroundings {
  /** Adds and removes the nodes of node groups, spread over the zones of their subnets. */
  nodesChanged(object: CloudObject, change: "created" | "deleted", zones: string[]): Promise<void>;
  /** The cluster is deleted, with everything in it. */
  clusterDeleted(object: CloudObject): Promise<void>;
  /** After every change of an object. */
  changed?(): void;
  /** How long a call takes: minutes of the catalog on the clock of the run. */
  duration(operation: CloudCall["operation"], type: string, name: string): number;
}

export class Cloud {
  readonly objects = new Map<string, CloudObject>();
  readonly calls: CloudCall[] = [];
  readonly faults = new Faults();
  /** Registered addresses, by target group. */
  readonly targets = new Map<string, string[]>();
  readonly diff = differences;
  private readonly account = simulatedAccount();
  private made: number;

  /** `objects`: the objects of an existing account. */
  constructor(
    private readonly surroundings: Surroundings,
    objects: readonly CloudObject[] = [],
  ) {
    for (const object of objects) this.objects.set(object.id, object);
    this.made = objects.length * 1000;
  }

  /** Why the provider or AWS refuses the inputs; throws for a type that is not in the table. */
  check(type: string, name: string, inputs: Values): string[] {
    if (!typeRules[type]) throw new Error(`The simulated account does not know the resource type ${type} (of "${name}").`);
    return refusals(type, name, inputs);
  }

  /** What a preview may know: the inputs. */
  planned = (type: string, name: string, inputs: Values): Values =>
    childOutputs(type, name, inputs, "") ? inputs : { ...this.account.create(type, name, inputs, true).state, ...inputs };

  async create(type: string, name: string, inputs: Values): Promise<CloudObject> {
    return this.timed("create", type, name, async () => {
      this.refuseUnlessPossible(type, inputs);
      const halfway = this.faults.failsHalfway("create", type);
      const { id, state } =
        childOutputs(type, name, inputs, `${++this.made}`) ?? this.account.create(type, `${name}-${++this.made}`, inputs, false);
      const object = { id: String(id), type, name, inputs, state: { ...state, ...inputs, ...readBack(type, state) } };
      this.objects.set(object.id, object);
      if (halfway) throw new CloudError(halfway, object);
      await this.surroundings.nodesChanged(object, "created", this.zonesOf(object));
      return object;
    });
  }

  async update(id: string, inputs: Values): Promise<CloudObject> {
    const before = this.found(id);
    return this.timed("update", before.type, before.name, async () => {
      this.refuse("update", before.type);
      const object = { ...before, inputs, state: { ...before.state, ...inputs, ...readBack(before.type, before.state) } };
      if (before.type === "aws:ec2/launchTemplate:LaunchTemplate") object.state.latestVersion = Number(before.state.latestVersion) + 1;
      this.objects.set(id, object);
      await this.surroundings.nodesChanged(object, "created", this.zonesOf(object));
      return object;
    });
  }

  async delete(id: string): Promise<void> {
    const object = this.objects.get(id);
    // NotFound counts as success.
    if (!object) return;
    await this.timed("delete", object.type, object.name, async () => {
      this.refuse("delete", object.type);
      const { refusedWhile } = typeRules[object.type] ?? {};
      const inTheWay =
        refusedWhile &&
        [...this.objects.values()].filter((other) => refusedWhile.types.includes(other.type) && this.refersTo(other, object));
      if (refusedWhile && inTheWay && inTheWay.length > 0) {
        throw new CloudError(`deleting ${object.type} (${id}): ${refusedWhile.error} (${inTheWay.map((other) => other.name).join(", ")})`);
      }
      if (object.inputs.enableDeletionProtection === true || object.inputs.deletionProtection === true) {
        throw new CloudError(`deleting ${object.type} (${id}): OperationNotPermitted: deletion protection is on`);
      }
      await this.surroundings.nodesChanged(object, "deleted", []);
      if (object.type === clusterType) await this.clusterDeleted(object);
      this.objects.delete(id);
    });
  }

  /** Deletes the object as a person would in the console: does not check what still refers to it. */
  forget(name: string): void {
    for (const { id } of [...this.objects.values()].filter((object) => object.name === name)) this.objects.delete(id);
  }

  read = (id: string): CloudObject | undefined => this.objects.get(id);

  call = (token: string, inputs: Values): Values => {
    if (token === "aws:index/getPartition:getPartition")
      return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
    const [cluster] = [...this.objects.values()].filter(({ type, state }) => type === clusterType && state.name === inputs.name);
    if (token === "aws:eks/getCluster:getCluster" && cluster) {
      const { certificateAuthority, ...facts } = cluster.state;
      return { ...facts, id: cluster.id, certificateAuthorities: [certificateAuthority] };
    }
    return this.account.call(token, inputs); // a cluster that is older than the account's first object
  };

  /** Add-ons, entries and associations vanish with their cluster. */
  private async clusterDeleted(cluster: CloudObject): Promise<void> {
    await this.surroundings.clusterDeleted(cluster);
    const inside = /^aws:eks\/(addon|accessEntry|accessPolicyAssociation|podIdentityAssociation):/;
    for (const other of [...this.objects.values()]) {
      if (inside.test(other.type) && other.inputs.clusterName === cluster.state.name) this.objects.delete(other.id);
    }
  }

  private refuse(operation: CloudCall["operation"], type: string): void {
    const message = this.faults.refusal(operation, type);
    if (message) throw new CloudError(message);
  }

  private refuseUnlessPossible(type: string, inputs: Values): void {
    this.refuse("create", type);
    const { unique } = typeRules[type] ?? {};
    if (unique) {
      const values = (object: Values) => JSON.stringify(unique.properties.map((property) => object[property] ?? null));
      const twin = [...this.objects.values()].find((other) => other.type === type && values(other.inputs) === values(inputs));
      if (twin) throw new CloudError(`creating ${type}: ${unique.error} (${twin.name})`);
    }
    const reason = type === "aws:eks/nodeGroup:NodeGroup" && nodeRefusal(inputs, this.objects, this.faults);
    if (reason) throw new CloudError(`creating ${type}: ${reason}`);
  }

  /** By id, ARN or name, in its own inputs or in those of the launch template that it uses. */
  private refersTo(object: CloudObject, target: CloudObject): boolean {
    const names = [target.id, target.state.arn, target.type.includes("/cluster:") ? target.state.name : undefined].filter(
      (value) => typeof value === "string",
    );
    const template = isRecord(object.inputs.launchTemplate) ? this.objects.get(String(object.inputs.launchTemplate.id)) : undefined;
    const text = JSON.stringify([object.inputs, template?.inputs]);
    return names.some((value) => text.includes(JSON.stringify(value)));
  }

  /** Zones of the subnets that this account created; older subnets are not known. */
  private zonesOf({ inputs }: CloudObject): string[] {
    const subnets = Array.isArray(inputs.subnetIds) ? inputs.subnetIds : [];
    return subnets.flatMap((id) => String(this.objects.get(String(id))?.inputs.availabilityZone ?? "") || []);
  }

  private found(id: string): CloudObject {
    const object = this.objects.get(id);
    if (!object) throw new CloudError(`NotFound: ${id} does not exist`);
    return object;
  }

  /** As the provider does: it retries with growing delays, and the engine sees nothing of it until the provider gives up. */
  private async untilNotThrottled(operation: CloudCall["operation"], type: string): Promise<void> {
    for (let attempt = 1; this.faults.throttles(operation, type); attempt++) {
      if (attempt === maxAttempts)
        throw new CloudError(
          `${operation} ${type}: exceeded maximum number of attempts, ${maxAttempts}, StatusCode: 400, ThrottlingException: Rate exceeded`,
        );
      await pause(attempt);
    }
  }

  private async timed<T>(operation: CloudCall["operation"], type: string, name: string, act: () => Promise<T>): Promise<T> {
    const began = Date.now();
    const milliseconds = this.surroundings.duration(operation, type, name) + this.faults.delay(operation, type);
    if (milliseconds > 0) await pause(milliseconds);
    try {
      await this.untilNotThrottled(operation, type);
      return await act();
    } finally {
      this.surroundings.changed?.();
      this.calls.push({ operation, type, name, began, ended: Date.now() });
    }
  }
}

/** The provider's own default: https://registry.terraform.io/providers/hashicorp/aws/latest/docs#max_retries-1 */
const maxAttempts = 25;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const clusterType = "aws:eks/cluster:Cluster";

/** Nested outputs that the inputs would hide: a cluster's own security group is inside `vpcConfig`. */
function readBack(type: string, state: Values): Values {
  return type === clusterType ? { vpcConfig: state.vpcConfig } : {};
}

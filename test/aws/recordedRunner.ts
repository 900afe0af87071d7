/** A runner that calls no program: it records the calls and gives the answers of a run in which everything goes well. */
import { instanceType } from "../../catalog/instanceTypes";
import { instanceTypeLabel, zoneLabel } from "../../components/gpuNodeScheduling";
import type { Deployment } from "./deployment";
import { expectedOfLoadBalancer } from "./endpoint";
import { efaResource, type Node, type Pod } from "./placement";
import { printed, type Command, type Result, type Runner } from "./runner";

/** What a program answers; a missing part is empty or 0. Undefined: ask the next one. */
export type Answer = (line: string) => Partial<Result> | undefined;

export class RecordedRunner implements Runner {
  readonly lines: string[] = [];
  /** Programs that were started and have not ended. */
  open = 0;
  /** Asked in order; the first one that has an answer gives it. */
  constructor(private readonly answers: readonly Answer[]) {}

  run(command: Command): Promise<Result> {
    const line = this.write(printed(command));
    const answer = this.answers.map((each) => each(line)).find((each) => each !== undefined);
    return Promise.resolve({ status: 0, stdout: "", stderr: "", ...answer });
  }

  start(command: Command) {
    this.write(`${printed(command)} &`);
    this.open += 1;
    return {
      end: () => {
        this.open -= 1;
        return Promise.resolve();
      },
    };
  }

  private write(line: string): string {
    this.lines.push(line);
    return line;
  }
}

/** An answer to every command line that begins with this text. */
export const answering =
  (start: string, answer: Partial<Result>): Answer =>
  (line) =>
    line.startsWith(start) ? answer : undefined;

/** Everything goes well, and nothing is left. `outputs` are those of the offline plan. */
export function successfulRun(deployment: Deployment, outputs: Record<string, unknown>): Answer[] {
  const { quota } = deployment;
  const says = (start: string, value: unknown) => answering(start, { stdout: JSON.stringify(value) });
  return [
    says("aws sts get-caller-identity", { Account: "111122223333", Arn: "arn:aws:iam::111122223333:user/nobody" }),
    says("aws service-quotas", { Quota: { Value: quota.vcpus } }),
    says("aws ec2 describe-instance-type-offerings", { InstanceTypeOfferings: [{}] }),
    says("pulumi stack output", outputs),
    says("kubectl get pods", { items: recordedPods(deployment) }),
    says("kubectl get nodes", { items: recordedNodes(deployment) }),
    says("kubectl run", expectedOfLoadBalancer),
    answering("curl --silent", { stdout: "401" }),
    says("sh -c", { choices: [{}] }),
    says("aws resourcegroupstaggingapi", []),
    says("aws ec2 describe-network-interfaces", []),
    says("aws logs describe-log-groups", []),
  ];
}

const indices = ({ nodeCount }: Deployment) => [...Array(nodeCount).keys()];
const interfaces = ({ instanceType: type }: Deployment) => ({ [efaResource]: String(instanceType(type).efaInterfaces) });

export const recordedPods = (deployment: Deployment): Pod[] =>
  indices(deployment).map((index) => ({
    metadata: { name: index === 0 ? "vllm-0" : `vllm-0-${index}` },
    spec: { nodeName: `node-${index}`, containers: [{ resources: { limits: interfaces(deployment) } }] },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  }));

export const recordedNodes = (deployment: Deployment): Node[] =>
  indices(deployment).map((index) => ({
    metadata: {
      name: `node-${index}`,
      labels: { [zoneLabel]: deployment.availabilityZone, [instanceTypeLabel]: deployment.instanceType },
    },
    status: { allocatable: interfaces(deployment) },
  }));

/** Faults of the account, by script. Each line is a fault, `<verb> <operation> <type>`, or a limit. */
import type { InstanceTypeFacts } from "../../../catalog/instanceTypes";

/**
 * - `refuse create T`: AWS refuses. `halfway create T`: the object exists, and AWS answers with an error.
 * - `slow delete T 3000`: takes that many milliseconds longer. `throttle create T 3`: the first three calls are throttled.
 * - `die create T`: the provider's process ends. `shut api-server`: the address of the cluster's API refuses connections.
 * - `join nodes`: groups are accepted and have no nodes. `lose N`: the object of that name was deleted by hand.
 * - `quota L-417A185B 64`: vCPUs. `capacity p4d.24xlarge 0`: nodes.
 */
export class Faults {
  private lines: string[] = [];
  private readonly throttled = new Map<string, number>();

  set(lines: readonly string[]): void {
    this.lines = [...lines];
    this.throttled.clear();
  }

  lost = (): string[] => this.lines.filter((line) => line.startsWith("lose ")).map((line) => line.slice("lose ".length));

  has = (line: string): boolean => this.lines.includes(line);

  /** The text of a refusal; undefined when the call is allowed. */
  refusal(operation: string, type: string): string | undefined {
    if (this.has(`die ${operation} ${type}`)) process.exit(1);
    if (this.has(`refuse ${operation} ${type}`))
      return `${operation.replace(/e$/, "ing")} ${type}: ${reasons[type] ?? "InternalFailure: try again later"}`;
    if (this.has("expired credentials")) return "ExpiredToken: The security token included in the request is expired";
    return undefined;
  }

  failsHalfway(operation: string, type: string): string | undefined {
    return this.has(`halfway ${operation} ${type}`) ? `waiting for ${type} ${operation}: unexpected state 'CREATE_FAILED'` : undefined;
  }

  delay = (operation: string, type: string): number => this.number(`slow ${operation} ${type}`) ?? 0;

  /** Whether this call, the next of its kind, is throttled. */
  throttles(operation: string, type: string): boolean {
    const line = `throttle ${operation} ${type}`;
    const before = this.throttled.get(line) ?? 0;
    this.throttled.set(line, before + 1);
    return before < (this.number(line) ?? 0);
  }

  shortage({ name, vcpus, vcpuQuotaCode }: InstanceTypeFacts, nodes: number, vcpusInUse: number): string | undefined {
    const limit = (kind: string, of: string) => this.number(`${kind} ${of}`) ?? Infinity;
    if (vcpusInUse + nodes * vcpus > limit("quota", vcpuQuotaCode ?? "none")) {
      return `VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of ${limit("quota", vcpuQuotaCode ?? "none")} allows for the instance bucket of ${name}`;
    }
    if (nodes > limit("capacity", name)) {
      return `InsufficientInstanceCapacity: We currently do not have sufficient ${name} capacity in the Availability Zone you requested`;
    }
    return undefined;
  }

  /** The value of the line that begins with this text. */
  private number(beginning: string): number | undefined {
    const line = this.lines.find((each) => each.startsWith(`${beginning} `));
    return line === undefined ? undefined : Number(line.split(" ").at(-1));
  }
}

const reasons: Record<string, string> = {
  "aws:eks/nodeGroup:NodeGroup": "InsufficientInstanceCapacity: there is no such capacity in the zone now",
  "aws:fsx/lustreFileSystem:LustreFileSystem": "ServiceLimitExceeded: the maximum storage of the account is reached",
};

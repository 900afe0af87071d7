/** When each resource of a recorded program starts and ends, what the first token waits for, and how long GPUs are billed before it. */

/** What the schedule needs to know about a registered resource. */
export interface TimelineNode {
  urn: string;
  type: string;
  name: string;
  parent?: string;
  dependsOn: readonly string[];
  /** `urn::id` of an explicit provider. */
  provider?: string;
  custom: boolean;
  /** Its children are not visible: it counts as one block and has outputs when the last child is done. */
  remote: boolean;
}

export interface Phase {
  label: string;
  seconds: number;
  /** Where the number comes from. */
  source: string;
  /** Neither computed nor recorded for this case. */
  assumed: boolean;
}

/** `phases`, if given, are its parts in order. They count instead of `seconds`, and the critical path shows them one by one. */
export interface Duration extends Phase {
  phases?: readonly Phase[];
}

export type DurationOf = (node: TimelineNode) => Duration;

interface ScheduledNode {
  startSeconds: number;
  endSeconds: number;
}

export interface PathEntry {
  name: string;
  startMinutes: number;
  endMinutes: number;
  source: string;
}

export interface Timeline {
  nodes: Map<string, ScheduledNode>;
  finishMinutes: number;
  toFirstTokenMinutes: number;
  /** From minute 0 to the first token without gaps; resources that take no time are left out. */
  criticalPath: PathEntry[];
  /** From the creation of the GPU nodes to the first token; 0 if the program creates none. */
  gpuBilledIdleMinutes: number;
  /** The entries of the critical path that are assumed. */
  assumptions: string[];
}

interface TimelineOptions {
  /** The resources that must be done before a first token can arrive. @default the engine and the path to it */
  servesFirstToken?: (node: TimelineNode) => boolean;
  /** The node groups that bill GPUs. @default those of EfaGpuNodeGroup */
  billsGpus?: (node: TimelineNode) => boolean;
}

const servingTypes: ReadonlySet<string> = new Set([
  "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet",
  "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding",
  "kubernetes:networking.k8s.io/v1:Ingress",
  "aws:lb/listener:Listener",
  "aws:lb/listenerRule:ListenerRule",
  "aws:route53/record:Record",
]);

/**
 * The rule of the Pulumi engine: a resource starts when everything it depends on is done and its parent is registered. A component is
 * registered when its own inputs and dependencies are done, and takes no time itself. Dependents wait for its children only if remote.
 */
export function timeline(resources: readonly TimelineNode[], durationOf: DurationOf, options: TimelineOptions = {}): Timeline {
  const graph = new Map(resources.map((node) => [node.urn, node]));
  const schedule = scheduleAll(graph, durationOf);
  const finish = latest(resources, schedule);

  const serves = options.servesFirstToken ?? ((node) => servingTypes.has(node.type));
  const serving = resources.filter(serves);
  const firstToken = latest(serving.length > 0 ? serving : resources, schedule);
  const entries = criticalPath(graph, schedule, durationOf, firstToken?.urn);

  const billsGpus = options.billsGpus ?? ((node) => isGpuNodeGroup(node, graph));
  const billedFrom = Math.min(...resources.filter(billsGpus).map((node) => schedule.get(node.urn)?.startSeconds ?? Infinity));
  const firstTokenSeconds = firstToken?.endSeconds ?? 0;
  return {
    nodes: schedule,
    finishMinutes: (finish?.endSeconds ?? 0) / 60,
    toFirstTokenMinutes: firstTokenSeconds / 60,
    criticalPath: entries.map(({ name, startMinutes, endMinutes, source }) => ({ name, startMinutes, endMinutes, source })),
    gpuBilledIdleMinutes: Math.max(0, firstTokenSeconds - billedFrom) / 60,
    assumptions: entries.filter((entry) => entry.assumed).map((entry) => `${entry.name}: ${entry.source}`),
  };
}

const isGpuNodeGroup = (node: TimelineNode, graph: ReadonlyMap<string, TimelineNode>) =>
  node.type === "aws:eks/nodeGroup:NodeGroup" && graph.get(node.parent ?? "")?.type === "vllm-eks:index:EfaGpuNodeGroup";

/**
 * Everything that must be done before this resource starts. What was not registered here (a read, an adopted resource) already exists.
 */
function predecessors(node: TimelineNode, graph: ReadonlyMap<string, TimelineNode>): TimelineNode[] {
  const provider = node.provider?.slice(0, node.provider.lastIndexOf("::"));
  const urns = new Set([...node.dependsOn, node.parent ?? "", provider ?? ""]);
  return [...urns].flatMap((urn) => graph.get(urn) ?? []);
}

function scheduleAll(graph: ReadonlyMap<string, TimelineNode>, durationOf: DurationOf): Map<string, ScheduledNode> {
  const schedule = new Map<string, ScheduledNode>();
  const underWay: string[] = [];

  const visit = (node: TimelineNode): number => {
    const known = schedule.get(node.urn);
    if (known) return known.endSeconds;
    const cycleStart = underWay.indexOf(node.urn);
    if (cycleStart >= 0)
      throw new Error(`The resources wait for each other: ${nameCycle([...underWay.slice(cycleStart), node.urn], graph)}.`);
    underWay.push(node.urn);
    const startSeconds = Math.max(0, ...predecessors(node, graph).map(visit));
    underWay.pop();
    const endSeconds = startSeconds + secondsOf(node, durationOf);
    schedule.set(node.urn, { startSeconds, endSeconds });
    return endSeconds;
  };

  for (const node of graph.values()) visit(node);
  return schedule;
}

const nameCycle = (urns: string[], graph: ReadonlyMap<string, TimelineNode>) => urns.map((urn) => graph.get(urn)?.name ?? urn).join(" → ");

/** A component of this program takes no time itself: its children are in the graph. */
const secondsOf = (node: TimelineNode, durationOf: DurationOf) =>
  node.custom || node.remote ? phasesOf(durationOf(node)).reduce((sum, phase) => sum + phase.seconds, 0) : 0;

const phasesOf = (duration: Duration): readonly Phase[] => duration.phases ?? [duration];

function latest(nodes: readonly TimelineNode[], schedule: ReadonlyMap<string, ScheduledNode>) {
  let last: { urn: string; endSeconds: number } | undefined;
  for (const { urn } of nodes) {
    const endSeconds = schedule.get(urn)?.endSeconds ?? 0;
    if (!last || endSeconds > last.endSeconds) last = { urn, endSeconds };
  }
  return last;
}

/** Walks back from the end: each resource is preceded by the one that it waited for. */
function criticalPath(
  graph: ReadonlyMap<string, TimelineNode>,
  schedule: ReadonlyMap<string, ScheduledNode>,
  durationOf: DurationOf,
  end: string | undefined,
): (PathEntry & { assumed: boolean })[] {
  const path: (PathEntry & { assumed: boolean })[] = [];
  let node = graph.get(end ?? "");
  while (node) {
    const times = schedule.get(node.urn);
    if (times && times.endSeconds > times.startSeconds) path.unshift(...phaseEntries(times.startSeconds, durationOf(node)));
    const binding = latest(predecessors(node, graph), schedule);
    node = graph.get(binding?.urn ?? "");
  }
  return path;
}

function phaseEntries(startSeconds: number, duration: Duration): (PathEntry & { assumed: boolean })[] {
  let from = startSeconds;
  return phasesOf(duration)
    .filter((phase) => phase.seconds > 0)
    .map(({ label, seconds, source, assumed }) => {
      const startMinutes = from / 60;
      from += seconds;
      return { name: label, startMinutes, endMinutes: from / 60, source, assumed };
    });
}

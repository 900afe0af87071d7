/** Minutes to the first token on the recorded graph: as configured, with the other GPU node start, and on other paths of the weights. */
import { timeline, type DurationOf, type PathEntry, type Timeline, type TimelineNode } from "../sizing/costAndTime/timeline";
import type { StoreRequest } from "../sizing/costAndTime/storage";
import type { AwsEnvironment, Environment } from "../environment/environment";
import { durationsOf, isDownloadJob, isEngine, isGpuNodeGroup, isOfStore } from "./durations";

interface Alternative {
  path: string;
  toFirstTokenMinutes: number;
  assumptions: string[];
}

interface GpuNodesStart {
  toFirstTokenMinutes: number;
  gpuBilledIdleMinutes: number;
}

export interface Schedule {
  toFirstTokenMinutes: number;
  criticalPath: PathEntry[];
  gpuBilledIdleMinutes: number;
  assumptions: string[];
  gpuNodesStart: { configured: "afterWeights" | "withCluster"; afterWeights: GpuNodesStart; withCluster: GpuNodesStart };
  /** The fastest path that can be deployed today, and its longest waits. */
  target: { from: string; minutes: number; bestPath: string; bestMinutes: number; longestPhases: LongPhase[] };
  alternatives: Alternative[];
}

interface LongPhase {
  name: string;
  minutes: number;
}

/** From an empty account to the first token. The AWS walk-through takes 60 to 90. */
const targetMinutes = 17;
/** At this capacity the fastest store tier is faster than a download from Hugging Face. */
const fastStore: StoreRequest = { deploymentType: "PERSISTENT_2", storageCapacityGiB: 4800, throughputMBpsPerTiB: 1000 };

export function schedule(environment: Environment, aws: AwsEnvironment, resources: readonly TimelineNode[]): Schedule {
  const durations = durationsOf(environment, "fromStore");
  const configured = timeline(resources, durations);
  const others = otherPaths(environment, aws, resources, durations);
  const deployable = [{ path: "as configured", timeline: configured }, ...others.filter(({ deployableNow }) => deployableNow)];
  const best = deployable.reduce((fastest, other) =>
    other.timeline.toFirstTokenMinutes < fastest.timeline.toFirstTokenMinutes ? other : fastest,
  );
  return {
    toFirstTokenMinutes: configured.toFirstTokenMinutes,
    criticalPath: configured.criticalPath,
    gpuBilledIdleMinutes: configured.gpuBilledIdleMinutes,
    assumptions: configured.assumptions,
    gpuNodesStart: {
      configured: aws.gpuNodes.start,
      afterWeights: startOf(timeline(afterWeights(resources), durations)),
      withCluster: startOf(timeline(withCluster(resources), durations)),
    },
    target: {
      from: aws.cluster.kind === "create" ? "an empty account" : "this cluster",
      minutes: targetMinutes,
      bestPath: best.path,
      bestMinutes: best.timeline.toFirstTokenMinutes,
      longestPhases: longestPhases(best.timeline),
    },
    alternatives: others.map(({ path, assumptions, timeline: other }) => ({
      path,
      toFirstTokenMinutes: other.toFirstTokenMinutes,
      assumptions: [...assumptions, ...other.assumptions],
    })),
  };
}

function longestPhases({ criticalPath }: Timeline): LongPhase[] {
  const phases = criticalPath.map(({ name, startMinutes, endMinutes }) => ({ name, minutes: endMinutes - startMinutes }));
  return phases.sort((a, b) => b.minutes - a.minutes).slice(0, 3);
}

const startOf = ({ toFirstTokenMinutes, gpuBilledIdleMinutes }: Timeline): GpuNodesStart => ({ toFirstTokenMinutes, gpuBilledIdleMinutes });

/** The two values of `gpuNodes.start` differ in one edge of the graph. */
function withCluster(resources: readonly TimelineNode[]): TimelineNode[] {
  const ofStore = new Set(resources.filter(isOfStore).map((node) => node.urn));
  return resources.map((node) => (isGpuNodeGroup(node) ? { ...node, dependsOn: node.dependsOn.filter((urn) => !ofStore.has(urn)) } : node));
}

function afterWeights(resources: readonly TimelineNode[]): TimelineNode[] {
  const jobs = resources.filter(isDownloadJob).map((node) => node.urn);
  return resources.map((node) => (isGpuNodeGroup(node) ? { ...node, dependsOn: [...new Set([...node.dependsOn, ...jobs])] } : node));
}

interface OtherPath {
  path: string;
  /** Whether the package can deploy this path from an empty account. */
  deployableNow: boolean;
  timeline: Timeline;
  assumptions: string[];
}

function otherPaths(environment: Environment, aws: AwsEnvironment, resources: readonly TimelineNode[], durations: DurationOf): OtherPath[] {
  const { storageCapacityGiB } = aws.store;
  const onStore = (store: StoreRequest, nodes: readonly TimelineNode[], suffix = ""): OtherPath => ({
    path: `modelStore ${storeName(store)}${suffix}`,
    deployableNow: true,
    timeline: timeline(nodes, durationsOf({ ...environment, aws: { ...aws, store } }, "fromStore")),
    assumptions: [],
  });
  const gpusWithCluster = withCluster(resources);
  return [
    onStore({ deploymentType: "SCRATCH_2", storageCapacityGiB }, resources),
    onStore({ deploymentType: "PERSISTENT_2", storageCapacityGiB, throughputMBpsPerTiB: 1000 }, resources),
    onStore(
      { ...fastStore, storageCapacityGiB: Math.max(storageCapacityGiB, fastStore.storageCapacityGiB) },
      gpusWithCluster,
      ", gpuNodes.start withCluster",
    ),
    {
      path: "weights streamed from S3 into GPU memory (not deployable yet)",
      deployableNow: false,
      timeline: timeline(
        gpusWithCluster.filter((node) => !isOfStore(node)),
        durationsOf(environment, "streamed"),
      ),
      assumptions: ["The weights are in a bucket of the same region already.", "GPU nodes start with the cluster."],
    },
    {
      path: "cluster and weights already there (resume after a pause, or another model already downloaded)",
      deployableNow: false,
      timeline: timeline(
        resources.filter((node) => isGpuNodeGroup(node) || isEngine(node)),
        durations,
      ),
      assumptions: ["The weights are read from the file system's disks, not from memory."],
    },
  ];
}

const storeName = ({ deploymentType, storageCapacityGiB, throughputMBpsPerTiB }: StoreRequest) =>
  `${deploymentType}, ${storageCapacityGiB} GiB${throughputMBpsPerTiB === undefined ? "" : ` at ${throughputMBpsPerTiB} MB/s per TiB`}`;

/** FSx for Lustre: which sizes and tiers exist, whether the weights fit, and how long every node takes to read them. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { problem, type Problem, type ProblemCode } from "../problem";
import { MBpsPerGbps, megabytesOf } from "../units";

export interface StoreRequest {
  deploymentType: "SCRATCH_2" | "PERSISTENT_2";
  storageCapacityGiB: number;
  throughputMBpsPerTiB?: number;
}

/** What a user wrote. The type may not exist. */
export interface UncheckedStoreRequest {
  deploymentType: string;
  storageCapacityGiB: number;
  throughputMBpsPerTiB?: number;
}

interface StoreThroughput {
  /** All clients together, from disk, without burst credits. */
  readMBps: number;
  /** All clients together, from the servers' memory, with network burst credits. */
  burstReadMBps: number;
  writeMBps: number;
  /** Memory of the servers for file data, GiB. */
  serverCacheGiB: number;
}

export interface LoadTime {
  /** Seconds until every node has read the weights from disk. */
  cold: number;
  /** The same from memory, when the weights were read shortly before. */
  warm: number;
  /** What a cold load waits for. */
  limitedBy: LoadLimit;
  source: "computed" | "assumed";
}

export type LoadLimit = "file system disks" | "file system network" | "client connections" | "node network" | "loader" | "local disk";

/** MB/s per TiB of capacity, by tier. https://docs.aws.amazon.com/fsx/latest/LustreGuide/ssd-storage.html */
interface StoreTier {
  networkMBps: number;
  networkBurstMBps: number;
  diskReadMBps: number;
  diskWriteMBps: number;
  cacheGiB: number;
}

const scratch: StoreTier = { networkMBps: 200, networkBurstMBps: 1300, diskReadMBps: 200, diskWriteMBps: 100, cacheGiB: 6.7 };
const persistent: Readonly<Record<number, StoreTier>> = {
  125: { networkMBps: 320, networkBurstMBps: 1300, diskReadMBps: 125, diskWriteMBps: 125, cacheGiB: 3.4 },
  250: { networkMBps: 640, networkBurstMBps: 1300, diskReadMBps: 250, diskWriteMBps: 250, cacheGiB: 6.8 },
  500: { networkMBps: 1300, networkBurstMBps: 1300, diskReadMBps: 500, diskWriteMBps: 500, cacheGiB: 13.7 },
  1000: { networkMBps: 2600, networkBurstMBps: 2600, diskReadMBps: 1000, diskWriteMBps: 1000, cacheGiB: 27.3 },
};
const persistentThroughputs = Object.keys(persistent).map(Number);

const smallestGiB = 1200;
const stepGiB = 2400;

/** A client without EFA: https://docs.aws.amazon.com/fsx/latest/LustreGuide/performance.html#throughput-clients */
const clientGbps = 100;
/** One client to one storage server, without EFA; we count one server for every 1200 GiB, the size of one storage target. */
const clientToServerGbps = 5;

/**
 * vLLM's default safetensors loader, one node: 64 GB in 29 s, recorded from S3. We assume the same rate for a file system.
 * https://docs.aws.amazon.com/eks/latest/userguide/ml-inference-fast-model-loading.html
 */
const loaderMBps = 2200;

/** Without a file system the weights are on an unknown disk. Assumed: a gp3 volume without extra throughput. */
const localDiskMBps = 125;

/** What the store must hold: every kept revision, and a tenth more for metadata and partial files of a download. */
export function neededStoreGiB(revisionsGiB: readonly number[]): number {
  return 1.1 * revisionsGiB.reduce((sum, revision) => sum + revision, 0);
}

/** The smallest capacity that FSx sells and that holds this: 1200 GiB, 2400 GiB or a larger multiple of 2400. */
export function nextStoreCapacityGiB(atLeastGiB: number): number {
  return atLeastGiB > smallestGiB ? Math.ceil(atLeastGiB / stepGiB) * stepGiB : smallestGiB;
}

/** `neededGiB` includes headroom: see `neededStoreGiB`. */
export function checkStore(request: UncheckedStoreRequest, neededGiB: number): Problem[] {
  return [...checkType(request), ...checkCapacity(request, neededGiB)];
}

function checkType({ deploymentType, throughputMBpsPerTiB }: UncheckedStoreRequest): Problem[] {
  switch (deploymentType) {
    case "SCRATCH_2":
      return throughputMBpsPerTiB === undefined ? [] : [scratchThroughput(throughputMBpsPerTiB)];
    case "PERSISTENT_2":
      return throughputMBpsPerTiB !== undefined && throughputMBpsPerTiB in persistent ? [] : [persistentThroughput(throughputMBpsPerTiB)];
    default:
      return [
        storeError(
          "store-type-unknown",
          "deploymentType",
          `"${deploymentType}" is not a deployment type that this package creates: SCRATCH_2 (fixed 200 MB/s per TiB, lost when a server fails) or PERSISTENT_2 (replicated).`,
          "Use PERSISTENT_2 to keep the weights, or SCRATCH_2 if another download costs less than replication.",
          "PERSISTENT_2",
        ),
      ];
  }
}

function scratchThroughput(given: number): Problem {
  return problem({
    code: "store-throughput-invalid",
    path: "throughputMBpsPerTiB",
    message: `throughputMBpsPerTiB is ${given}, but SCRATCH_2 has a fixed throughput of 200 MB/s per TiB: FSx refuses the setting.`,
    fix: "Remove throughputMBpsPerTiB, or use PERSISTENT_2.",
    changes: given in persistent ? [{ path: "deploymentType", value: "PERSISTENT_2" }] : [],
  });
}

function persistentThroughput(given: number | undefined): Problem {
  const legal = given === undefined ? 500 : (persistentThroughputs.find((throughput) => throughput >= given) ?? 1000);
  return storeError(
    "store-throughput-invalid",
    "throughputMBpsPerTiB",
    `throughputMBpsPerTiB is ${given ?? "not set"}; PERSISTENT_2 needs one of ${persistentThroughputs.join(", ")} MB/s per TiB.`,
    `Set throughputMBpsPerTiB to ${legal}.`,
    legal,
  );
}

function checkCapacity({ storageCapacityGiB: given }: UncheckedStoreRequest, neededGiB: number): Problem[] {
  const legal = nextStoreCapacityGiB(Math.max(Number.isFinite(given) ? given : 0, neededGiB));
  const fix = `Set storageCapacityGiB to ${legal}.`;
  const problems: Problem[] = [];
  if (given !== nextStoreCapacityGiB(given)) {
    const message = `FSx does not sell ${given} GiB. Choose 1200, 2400 or a larger multiple of 2400.`;
    problems.push(storeError("store-size-step", "storageCapacityGiB", message, fix, legal));
  }
  if (given < neededGiB) {
    const message = `${given} GiB is too small: the weights of every kept revision and 10 % headroom need ${neededGiB.toFixed(1)} GiB.`;
    problems.push(storeError("store-too-small", "storageCapacityGiB", message, fix, legal));
  }
  return problems;
}

function storeError(code: ProblemCode, path: string, message: string, fix: string, value?: string | number): Problem {
  return problem({ code, path, message, fix, changes: value === undefined ? [] : [{ path, value }] });
}

/** Throws for a request that `checkStore` refuses by type or throughput. */
export function storeThroughput(request: StoreRequest): StoreThroughput {
  const tier = request.deploymentType === "SCRATCH_2" ? scratch : persistent[request.throughputMBpsPerTiB ?? 0];
  if (!tier) throw new RangeError(`PERSISTENT_2 has no tier of ${request.throughputMBpsPerTiB ?? "unset"} MB/s per TiB.`);
  const tebibytes = request.storageCapacityGiB / 1024;
  return {
    readMBps: Math.min(tier.diskReadMBps, tier.networkMBps) * tebibytes,
    burstReadMBps: tier.networkBurstMBps * tebibytes,
    writeMBps: tier.diskWriteMBps * tebibytes,
    serverCacheGiB: tier.cacheGiB * tebibytes,
  };
}

/**
 * How long `nodes` nodes take to read all weights when they start together, limited by the slowest part of the path.
 *
 * Cold, the disks deliver every byte once (nodes of a group read the same files at the same time, and the servers' memory serves the
 * second reader) at their baseline: the download just before has used up their burst credits. The network of the file system
 * delivers every byte once per node, at its burst rate: its credits grow while the store is idle. `warm` applies if the weights fit the
 * servers' memory or half of a node's memory; otherwise a second load is as slow as the first.
 */
export function loadSeconds(request: { weightsGiB: number; nodes: number; type: InstanceTypeFacts; store?: StoreRequest }): LoadTime {
  const { weightsGiB, nodes, type, store } = request;
  const seconds = (MBps: number) => megabytesOf(weightsGiB) / MBps;
  if (!store) return { cold: seconds(localDiskMBps), warm: seconds(loaderMBps), limitedBy: "local disk", source: "assumed" };

  const { readMBps, burstReadMBps, serverCacheGiB } = storeThroughput(store);
  const fromMemory: [LoadLimit, number][] = [
    ["file system network", burstReadMBps / Math.max(1, nodes)],
    ["client connections", Math.ceil(store.storageCapacityGiB / smallestGiB) * clientToServerGbps * MBpsPerGbps],
    // The Lustre client uses the addresses of network card 0 only.
    ["node network", Math.min(clientGbps, type.networkGbps / type.networkCards) * MBpsPerGbps],
    ["loader", loaderMBps],
  ];
  const cold = slowest([["file system disks", readMBps], ...fromMemory]);
  const remembered = weightsGiB <= Math.max(serverCacheGiB, type.memoryGiB / 2);
  const warm = remembered ? slowest(fromMemory) : cold;
  return { cold: seconds(cold[1]), warm: seconds(warm[1]), limitedBy: cold[0], source: "computed" };
}

const slowest = (limits: [LoadLimit, number][]) => limits.reduce((slow, limit) => (limit[1] < slow[1] ? limit : slow));

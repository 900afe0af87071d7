/** Dollars an hour by part, and what is spent before the first token. These are list prices; a note says what a price does not cover. */
import { hoursPerMonth, lustrePriceItem, priceOf } from "../../catalog/prices";
import { findKubernetesVersion, KubernetesSupport, kubernetesSupportOn, kubernetesVersions } from "../../catalog/versions";
import { PriceList, type PriceToday } from "./priceList";
import type { UncheckedStoreRequest } from "./storage";
import { gigabytesPerGiB } from "../units";
import { compareVersions } from "../versions";

type CapacityType = "onDemand" | "spot" | "reservation" | "capacityBlock";

export interface HourlyCostRequest {
  region: string;
  /** `YYYY-MM-DD`; decides whether the control plane is in extended support. */
  today: string;
  instanceType: string;
  nodeCount: number;
  capacityType: CapacityType;
  /** Volume of each GPU node. If absent, no volume is counted. */
  rootVolume?: RootVolume;
  /** Absent on an adopted cluster: its nodes are already paid for. */
  systemNodes?: SystemNodes;
  /** False for an adopted cluster: its control plane is already paid for and counts 0. */
  createCluster: boolean;
  kubernetesVersion: string;
  store?: UncheckedStoreRequest;
  loadBalancer: boolean;
  natGateways: number;
  /** Public IPv4 addresses: of NAT gateways and of an internet-facing load balancer. */
  publicIps: number;
  /** Prices by instance type; the catalog prices the other types. */
  pricesToday?: Readonly<Record<string, PriceToday>>;
}

export interface RootVolume {
  sizeGiB: number;
  /** IOPS beyond 3000 cost extra. */
  iops?: number;
  /** Throughput beyond 125 MB/s costs extra. */
  throughputMBps?: number;
}

export interface SystemNodes {
  instanceType: string;
  count: number;
  /** @default 20, the disk EKS gives a Linux node */
  rootVolumeGiB?: number;
}

/** USD an hour. A part without a known price is `null`, and so is the total. */
export interface HourlyCost {
  gpuNodes: number | null;
  systemNodes: number | null;
  controlPlane: number;
  modelStore: number;
  loadBalancer: number;
  network: number;
  total: number | null;
  /** The GPU capacity is paid for whether or not nodes run on it. */
  gpuPaidWithoutNodes: boolean;
  notes: string[];
}

interface BeforeFirstTokenCost {
  /** Everything from minute 0 to the first token, as if all of it existed from minute 0. GPUs count from their own start. */
  total: number | null;
  idleGpu: number | null;
  dataTransfer: number;
  notes: string[];
}

const freeIops = 3000;
const freeThroughputMBps = 125;
const defaultDiskGiB = 20;

const capacityNotes: Readonly<Record<CapacityType, string | undefined>> = {
  onDemand: undefined,
  spot: "Spot GPUs are counted at the on-demand list price, which is the most they cost.",
  reservation: "The GPU reservation is billed at the on-demand list price from its start to its end, whether or not nodes run.",
  capacityBlock: "The GPU capacity block is paid in advance at its own price; the total uses the on-demand list price if there is one.",
};

/** What keeps costing money during a pause. */
const pausedNotes: Readonly<Record<CapacityType, string | undefined>> = {
  onDemand: undefined,
  spot: undefined,
  reservation: "The GPU reservation is billed during the pause; its instances are not in the total.",
  capacityBlock: "The GPU capacity block is paid in advance and is not in the total; a pause refunds nothing.",
};

export function hourlyCost(request: HourlyCostRequest): HourlyCost {
  const list = new PriceList(request.region, request.pricesToday);
  const { instanceType, nodeCount, systemNodes, capacityType, rootVolume } = request;
  const parts = {
    gpuNodes: nodes(list, instanceType, nodeCount, rootVolume),
    systemNodes: systemNodes
      ? nodes(list, systemNodes.instanceType, systemNodes.count, { sizeGiB: systemNodes.rootVolumeGiB ?? defaultDiskGiB })
      : 0,
    controlPlane: request.createCluster ? controlPlane(list, request.kubernetesVersion, request.today) : 0,
    modelStore: modelStore(list, request.store),
    // One capacity unit holds 25 new connections a second, 3,000 open ones or 1 GB an hour. We assume that text needs only one.
    loadBalancer: request.loadBalancer ? list.cost("applicationLoadBalancer", 1) + list.cost("loadBalancerCapacityUnit", 1) : 0,
    network: list.cost("natGateway", request.natGateways) + list.cost("publicIpv4Address", request.publicIps),
  };
  const capacityNote = (nodeCount > 0 ? capacityNotes : pausedNotes)[capacityType];
  return {
    ...parts,
    total: sum(Object.values(parts)),
    gpuPaidWithoutNodes: capacityType === "reservation" || capacityType === "capacityBlock",
    notes: [...(capacityNote ? [capacityNote] : []), ...egressNote(request), ...list.notes()],
  };
}

/** Only an internet-facing load balancer has addresses besides those of the NAT gateways. */
function egressNote({ region, publicIps, natGateways }: HourlyCostRequest): string[] {
  const { usd, unit } = priceOf("internetEgress", region);
  return publicIps > natGateways ? [`Answers to clients on the internet cost $${usd} per ${unit} on top of the total.`] : [];
}

function nodes(list: PriceList, instanceType: string, count: number, volume: RootVolume = { sizeGiB: 0 }): number | null {
  const { sizeGiB, iops = freeIops, throughputMBps = freeThroughputMBps } = volume;
  const monthly =
    list.cost("gp3Volume", count * sizeGiB) +
    list.cost("gp3Iops", count * Math.max(0, iops - freeIops)) +
    list.cost("gp3Throughput", count * Math.max(0, throughputMBps - freeThroughputMBps));
  return sum([list.instances(instanceType, count), monthly / hoursPerMonth]);
}

/** A version that the catalog does not list is older, so past standard support, or newer, so within it. */
function controlPlane(list: PriceList, kubernetesVersion: string, today: string): number {
  const row = findKubernetesVersion(kubernetesVersion);
  const support = row ? kubernetesSupportOn(row, today) : supportWithoutFacts(kubernetesVersion);
  const extended = support === KubernetesSupport.Extended || support === KubernetesSupport.Ended;
  return list.cost(extended ? "controlPlaneExtended" : "controlPlaneStandard", 1);
}

function supportWithoutFacts(version: string): KubernetesSupport {
  const older = kubernetesVersions.every((known) => compareVersions(version, known.version) < 0);
  return older ? KubernetesSupport.Ended : KubernetesSupport.Standard;
}

function modelStore(list: PriceList, store: UncheckedStoreRequest | undefined): number {
  const item = store && lustrePriceItem(store.deploymentType, store.throughputMBpsPerTiB);
  return store && item ? list.cost(item, store.storageCapacityGiB) / hoursPerMonth : 0;
}

/** What the time before the first answer costs: idle GPUs, everything else, and the model download through the NAT gateway. */
export function beforeFirstToken(request: {
  timeline: { toFirstTokenMinutes: number; gpuBilledIdleMinutes: number };
  hourly: HourlyCost;
  region: string;
  /** Size of the download from outside AWS. */
  downloadGiB: number;
  /** 0: the download does not pass a NAT gateway. */
  natGateways: number;
}): BeforeFirstTokenCost {
  const { timeline, hourly, region, downloadGiB, natGateways } = request;
  const list = new PriceList(region);
  const idleMinutes = hourly.gpuPaidWithoutNodes ? timeline.toFirstTokenMinutes : timeline.gpuBilledIdleMinutes;
  const idleGpu = hourly.gpuNodes === null ? null : (hourly.gpuNodes * idleMinutes) / 60;
  const { systemNodes, controlPlane, modelStore, loadBalancer, network } = hourly;
  const others = sum([systemNodes, controlPlane, modelStore, loadBalancer, network]);
  const dataTransfer = natGateways > 0 ? list.cost("natGatewayData", downloadGiB * gigabytesPerGiB) : 0;
  const total = sum([idleGpu, others === null ? null : (others * timeline.toFirstTokenMinutes) / 60, dataTransfer]);
  return { total, idleGpu, dataTransfer, notes: list.notes() };
}

/** `null` as soon as one part is unknown. */
const sum = (parts: readonly (number | null)[]) => parts.reduce((all, part) => (all === null || part === null ? null : all + part), 0);

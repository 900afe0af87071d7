/** The plan as one JSON object. Every section is always present, `null` when it cannot be computed; numbers are not rounded. */
import { currency, onDemandPriceOf, prices } from "../catalog/prices";
import { beforeFirstToken, type HourlyCost } from "../sizing/costAndTime/cost";
import type { GroupMemory } from "../sizing/memory/memory";
import { documentShape, type DocumentShape } from "../sizing/layout/parallelism";
import { hasErrors, type Problem } from "../sizing/problem";
import { storeThroughput } from "../sizing/costAndTime/storage";
import { hourlyCostOf, natGatewayCount } from "../environment/cost";
import type { AwsEnvironment, Environment } from "../environment/environment";
import type { CheckResult } from "../preflight/check";
import type { Preflight } from "../preflight/preflight";
import { loadTimeOf } from "../environment/timeouts";
import { documentModel, type DocumentModel } from "./documentModel";
import type { DryRun } from "./dryRun";
import { notCheckedOffline, type OpenQuestion } from "./notCheckedOffline";
import { documentDefaults, type DocumentDefaults } from "./pinnedDefaults";
import type { PlannedResource } from "./plannedResources";
import { documentRecovery, type DocumentRecovery } from "./recovery";
import type { KnownNumbers } from "../environment/resolveEnvironment";
import { schedule, type Schedule } from "./schedule";

export type Verdict = "deployable" | "refused";

export interface PlanDocument {
  schemaVersion: 1;
  environment: string;
  /** The day for which support dates and capacity blocks were judged. */
  asOf: string;
  verdict: Verdict;
  problems: Problem[];
  /** Values that only the user knows: `pulumi up` refuses until they are set. */
  requiredBeforeUp: RequiredValue[];
  notCheckedOffline: OpenQuestion[];
  /** `null` without `--live`. */
  preflight: DocumentPreflight | null;
  model: DocumentModel | null;
  shape: DocumentShape | null;
  memory: GroupMemory | null;
  storage: DocumentStorage | null;
  cost: DocumentCost | null;
  time: DocumentTime | null;
  /** Image and charts where the configuration names none. */
  defaults: DocumentDefaults | null;
  recovery: DocumentRecovery | null;
  resources: PlannedResource[] | null;
}

export interface DocumentPreflight {
  /** Why nothing was asked, for instance no credentials. `null` when the account was asked. */
  notAsked: string | null;
  milliseconds: number;
  checks: Omit<CheckResult, "problems">[];
}

interface RequiredValue {
  path: string;
  code: string;
  message: string;
  fix: string;
}

interface DocumentStorage {
  deploymentType: "SCRATCH_2" | "PERSISTENT_2";
  capacityGiB: number;
  readMBps: number;
  loadSecondsCold: number;
  loadSecondsWarm: number;
  /** The bottleneck of a cold load. */
  limitedBy: string;
}

interface DocumentCost {
  currency: string;
  region: string;
  /** Date of the GPU price list. */
  pricesAsOf: string;
  hourly: Omit<HourlyCost, "gpuPaidWithoutNodes" | "notes">;
  beforeFirstToken: { total: number | null; idleGpu: number | null; dataTransfer: number } | null;
  /** Assumed prices, and what a list price does not cover. */
  notes: string[];
}

export interface DocumentTime extends Omit<Schedule, "gpuNodesStart"> {
  /** Both settings of `gpuNodes.start`, in minutes and in dollars of idle GPUs. */
  gpuNodesStart: { configured: "afterWeights" | "withCluster"; afterWeights: StartChoice; withCluster: StartChoice };
}

interface StartChoice {
  toFirstTokenMinutes: number;
  gpuBilledIdleMinutes: number;
  idleGpuUsd: number | null;
}

interface Planned {
  /** Stack name. */
  name: string;
  today: string;
  problems: readonly Problem[];
  /** Absent when the configuration is refused. */
  environment?: Environment;
  /** The numbers that are known of a refused configuration. */
  known?: KnownNumbers;
  /** Absent when the program did not run, because it would refuse. */
  run?: DryRun;
  /** Absent when the account was not to be asked. */
  preflight?: Preflight;
}

export function planDocument({ name, today, environment, known, run, preflight, ...planned }: Planned): PlanDocument {
  const problems = [...planned.problems, ...(preflight && "checks" in preflight ? preflight.problems : [])];
  const { model, instance, layout, memory }: KnownNumbers = environment ?? known ?? {};
  const recorded = run?.recording.resources;
  const hourly = environment && hourlyCostOf(environment);
  const { nodeCount, replicas } = environment?.layout ?? { nodeCount: 0, replicas: 0 };
  const servesNothing = nodeCount === 0 || replicas === 0 || problems.some(({ code }) => code === "capacity-block-not-started");
  const time = environment?.aws && recorded && !servesNothing ? schedule(environment, environment.aws, recorded) : undefined;
  const priced = environment?.aws && hourly ? pricedPlan(environment, environment.aws, hourly, time) : { cost: null, time: null };
  return {
    schemaVersion: 1,
    environment: name,
    asOf: today,
    verdict: hasErrors(problems) ? "refused" : "deployable",
    problems,
    requiredBeforeUp: problems
      .filter(({ severity }) => severity === "setBeforeUp")
      .map(({ path, code, message, fix }) => ({ path, code, message, fix })),
    notCheckedOffline: notCheckedOffline(environment, recorded ?? [], preflight),
    preflight: preflight ? documentPreflight(preflight) : null,
    model: model ? documentModel(model) : null,
    shape: instance && layout ? documentShape(instance, layout) : null,
    memory: memory ?? null,
    storage: environment?.aws ? documentStorage(environment, environment.aws) : null,
    ...priced,
    defaults: environment ? documentDefaults(environment) : null,
    recovery: environment?.aws && !servesNothing ? documentRecovery(environment, environment.aws) : null,
    resources: run?.resources ?? null,
  };
}

function documentPreflight(found: Preflight): DocumentPreflight {
  if ("notAsked" in found) return { notAsked: found.notAsked, milliseconds: 0, checks: [] };
  const checks = found.checks.map(({ problems: _problems, ...check }) => check);
  return { notAsked: null, milliseconds: found.milliseconds, checks };
}

function documentStorage(environment: Environment, { store }: AwsEnvironment): DocumentStorage {
  const load = loadTimeOf(environment);
  return {
    deploymentType: store.deploymentType,
    capacityGiB: store.storageCapacityGiB,
    readMBps: storeThroughput(store).readMBps,
    loadSecondsCold: load.cold,
    loadSecondsWarm: load.warm,
    limitedBy: load.limitedBy,
  };
}

/** `time` is undefined when the program did not run, or creates no GPU nodes. */
function pricedPlan(environment: Environment, aws: AwsEnvironment, hourly: HourlyCost, time: Schedule | undefined) {
  const { region } = aws;
  const natGateways = natGatewayCount(aws);
  const spent = (timeline: { toFirstTokenMinutes: number; gpuBilledIdleMinutes: number }) =>
    beforeFirstToken({ timeline, hourly, region, downloadGiB: environment.model.downloadGiB, natGateways });
  const first = time && spent(time);
  const { gpuPaidWithoutNodes: _paid, notes, ...parts } = hourly;
  const cost: DocumentCost = {
    currency,
    region,
    pricesAsOf:
      environment.pricesToday?.[environment.instance.name]?.asOf ??
      (onDemandPriceOf(environment.instance.name, region) ?? prices[0])?.source.asOf ??
      "",
    hourly: parts,
    beforeFirstToken: first ? { total: first.total, idleGpu: first.idleGpu, dataTransfer: first.dataTransfer } : null,
    notes: [...new Set([...notes, ...(first?.notes ?? [])])],
  };
  // Capacity that is paid for without nodes is idle from minute 0, so the minutes match the dollars.
  const billed = <T extends { toFirstTokenMinutes: number; gpuBilledIdleMinutes: number }>(of: T): T =>
    hourly.gpuPaidWithoutNodes ? { ...of, gpuBilledIdleMinutes: of.toFirstTokenMinutes } : of;
  const priced = (choice: StartTimes): StartChoice => ({ ...billed(choice), idleGpuUsd: spent(choice).idleGpu });
  return { cost, time: time ? { ...billed(time), gpuNodesStart: choices(time.gpuNodesStart, priced) } : null };
}

type StartTimes = Schedule["gpuNodesStart"]["afterWeights"];

const choices = ({ configured, afterWeights, withCluster }: Schedule["gpuNodesStart"], priced: (choice: StartTimes) => StartChoice) => ({
  configured,
  afterWeights: priced(afterWeights),
  withCluster: priced(withCluster),
});

/** What the run will cost, from the plan of its configuration. */
import { instanceType } from "../../catalog/instanceTypes";
import type { PlanDocument } from "../../plan/document";

/** Minutes of the checks, including the second `up`. Assumed: they have not been run yet. */
export const checksMinutes = 10;

/**
 * `pulumi destroy`: group, GPU nodes, claim, control plane, network, one after the other. Assumed: it has not been run yet, and we found no
 * public record of such a stack.
 */
export const destroyMinutes = 25;

/** How much longer than expected `up` and checks may take before they are given up. */
const patience = 3;

export interface Estimate {
  usdPerHour: number;
  firstTokenMinutes: number;
  /** From the first resource to the last deletion. */
  totalMinutes: number;
  /** Transfer of weights and images through the NAT gateway. */
  dataUsd: number;
  /** Bills every resource for all minutes, although GPU nodes launch last and are deleted first: an upper bound. */
  totalUsd: number;
  quota: { code: string; vcpus: number };
}

/** Undefined when the plan is refused, or has no price or no time. */
export function estimateOf({ cost, time, shape }: PlanDocument): Estimate | undefined {
  const usdPerHour = cost?.hourly.total;
  if (!cost || !time || !shape || usdPerHour === null || usdPerHour === undefined) return undefined;
  const { vcpus, vcpuQuotaCode } = instanceType(shape.instanceType);
  const firstTokenMinutes = time.toFirstTokenMinutes;
  const totalMinutes = firstTokenMinutes + checksMinutes + destroyMinutes;
  const dataUsd = cost.beforeFirstToken?.dataTransfer ?? 0;
  return {
    usdPerHour,
    firstTokenMinutes,
    totalMinutes,
    dataUsd,
    totalUsd: (usdPerHour * totalMinutes) / 60 + dataUsd,
    quota: { code: vcpuQuotaCode ?? "none", vcpus: vcpus * shape.nodeCount },
  };
}

/** Minutes for `up` and checks: a few times the expected ones, but never so many that destroy would exceed the spending limit. */
export function limitMinutes({ usdPerHour, firstTokenMinutes, dataUsd }: Estimate, maximumUsd: number): number {
  const affordable = ((maximumUsd - dataUsd) / usdPerHour) * 60 - destroyMinutes;
  return Math.min(patience * (firstTokenMinutes + checksMinutes), affordable);
}

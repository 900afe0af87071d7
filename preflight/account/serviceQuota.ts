/** One quota: its value in the account, and the problem when the demand exceeds it. */
import type { QuotaFacts } from "../../catalog/quotas";
import { problem, type Problem } from "../../sizing/problem";
import { shellCommand } from "../../sizing/shellCommand";
import type { AccountApi, Operation } from "./account";
import { present, undefinedIfMissing } from "../unanswered";

export const quotaOperations = ["servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota"] as const satisfies Operation[];

/** A quota that was never changed in this account may have no value there: then AWS's default applies. */
export async function findQuotaValue(account: AccountApi, { serviceCode, quotaCode }: QuotaFacts): Promise<number> {
  const asked = { ServiceCode: serviceCode, QuotaCode: quotaCode };
  const changed = await undefinedIfMissing(account.call("servicequotas:GetServiceQuota", asked), "NoSuchResourceException");
  if (changed) return present(changed.Quota?.Value, "servicequotas:GetServiceQuota", `a value of ${quotaCode}`);
  const { Quota } = await account.call("servicequotas:GetAWSDefaultServiceQuota", asked);
  return present(Quota?.Value, "servicequotas:GetAWSDefaultServiceQuota", `a value of ${quotaCode}`);
}

export interface Demand {
  quota: QuotaFacts;
  region: string;
  value: number;
  /** What the quota must hold. */
  needed: number;
  /** The part that other stacks and users take. */
  used: number;
  path: string;
  /** What this stack adds, in words. */
  adds: string;
}

/** The answer of every quota check. */
export const quotaAnswer = ({ quota, value, needed, used }: Demand): string =>
  `${quota.name} (${quota.quotaCode}): ${value} ${quota.unit}, ${used} used by others, ${needed} needed in all`;

export function quotaProblems(demand: Demand): Problem[] {
  const { quota, region, value, needed, used, path, adds } = demand;
  if (needed <= value) return [];
  const request = shellCommand(
    ...["aws", "service-quotas", "request-service-quota-increase", "--service-code", quota.serviceCode],
    ...["--quota-code", quota.quotaCode, "--desired-value", String(needed), "--region", region],
  );
  return [
    problem({
      code: "quota-too-low",
      path,
      message: `The quota "${quota.name}" (${quota.quotaCode}) of ${region} is ${value} ${quota.unit}; ${used} are used and ${adds}: ${needed} are needed.`,
      fix: `Request an increase and wait until AWS grants it: ${request}`,
    }),
  ];
}

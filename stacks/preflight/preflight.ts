/** The whole preflight of an environment: who calls, then every question at once. */
import type { PriceToday } from "../../sizing/cost";
import type { Environment } from "../environmentTypes";
import { secretPlaceholder } from "../formCheck";
import { accountChecks } from "./accountChecks";
import { awsIdentity } from "./awsIdentity";
import { clusterChecks } from "./clusterChecks";
import { clusterOf } from "./clusterOf";
import { awsCredentials, NoCredentials, type CredentialProvider } from "./credentials";
import { nodeMachine } from "./nodeMachine";
import { pricesToday } from "./prices";
import { askedOnce, defaultBudgetMilliseconds, runPreflight, within, type PreflightReport } from "./run";
import { sdkAccount } from "./sdkAccount";

export type Preflight = AnsweredPreflight | { notAsked: string };

export interface AnsweredPreflight extends PreflightReport {
  /** On demand, today, by instance type. Empty where the list could not be asked. */
  prices: Record<string, PriceToday>;
}

/** Never rejects for what the account says or does not say: without credentials there is one reason instead of answers. */
export async function preflight(environment: Environment): Promise<Preflight> {
  const { aws } = environment;
  if (!aws) return { notAsked: `${environment.name} has no part in AWS` };
  const encrypted = Object.entries(aws.configuration).find(([, value]) => value === secretPlaceholder);
  if (encrypted) return { notAsked: `aws:${encrypted[0]} is encrypted, and a plan decrypts nothing: pulumi preview asks` };

  const credentials = awsCredentials(awsIdentity(aws));
  const reason = await withoutCredentials(credentials);
  if (reason !== undefined) return { notAsked: reason };
  const account = askedOnce(sdkAccount({ region: aws.region, credentials }));
  const surroundings = { environment, aws, account, cluster: clusterOf(aws, account), machine: nodeMachine() };
  const [report, prices] = await Promise.all([
    runPreflight(surroundings, [...accountChecks, ...clusterChecks]),
    within(defaultBudgetMilliseconds, pricesToday(surroundings)).catch(() => ({})), // why they could not be asked is a check's answer
  ]);
  return { ...report, prices };
}

async function withoutCredentials(credentials: CredentialProvider): Promise<string | undefined> {
  try {
    await credentials();
    return undefined;
  } catch (error) {
    if (error instanceof NoCredentials) return error.message;
    throw error;
  }
}

/** The whole preflight of an environment: who calls, then every question at once. */
import type { PriceToday } from "../sizing/costAndTime/priceList";
import type { Environment } from "../environment/environment";
import { secretPlaceholder } from "../environment/secrets";
import { accountChecks } from "./account/accountChecks";
import { awsIdentity } from "./account/awsIdentity";
import { clusterChecks } from "./cluster/clusterChecks";
import { clusterOf } from "./cluster/clusterOf";
import { awsCredentials, NoCredentials, type CredentialProvider } from "./account/credentials";
import { nodeMachine } from "./machine/nodeMachine";
import { pricesToday } from "./account/prices";
import { askedOnce, defaultBudgetMilliseconds, Late, runPreflight, within, type PreflightReport } from "./run";
import { sdkAccount } from "./account/sdkAccount";

export type Preflight = AnsweredPreflight | { notAsked: string };

export interface AnsweredPreflight extends PreflightReport {
  /** On demand, today, by instance type. Empty where the list could not be asked. */
  prices: Record<string, PriceToday>;
}

/** Never rejects for what the account says or does not say: without credentials there is one reason instead of answers. */
export async function preflight(environment: Environment, budgetMilliseconds = defaultBudgetMilliseconds): Promise<Preflight> {
  const { aws } = environment;
  if (!aws) return { notAsked: `${environment.name} has no part in AWS` };
  const encrypted = Object.entries(aws.configuration).find(([, value]) => value === secretPlaceholder);
  if (encrypted) return { notAsked: `aws:${encrypted[0]} is encrypted, and a plan decrypts nothing: pulumi preview asks` };

  const credentials = awsCredentials(awsIdentity(aws));
  const reason = await withoutCredentials(credentials, budgetMilliseconds);
  if (reason !== undefined) return { notAsked: reason };
  const account = askedOnce(sdkAccount({ region: aws.region, credentials }));
  const surroundings = { environment, aws, account, cluster: clusterOf(aws, account), machine: nodeMachine() };
  const [report, prices] = await Promise.all([
    runPreflight(surroundings, [...accountChecks, ...clusterChecks], budgetMilliseconds),
    within(budgetMilliseconds, pricesToday(surroundings)).catch(() => ({})), // why they could not be asked is a check's answer
  ]);
  return { ...report, prices };
}

/** A profile may name a program, or a sign-in, that takes its time. */
async function withoutCredentials(credentials: CredentialProvider, budgetMilliseconds: number): Promise<string | undefined> {
  try {
    await within(budgetMilliseconds, credentials());
    return undefined;
  } catch (error) {
    if (error instanceof NoCredentials) return error.message;
    if (error instanceof Late) return `the AWS credentials gave ${error.message}; aws sts get-caller-identity shows what they wait for`;
    throw error;
  }
}

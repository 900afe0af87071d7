/**
 * The whole preflight of an environment: first the credentials, then every question at once. It only reads.
 *
 * - `account/`: what the AWS account knows. `accountChecks.ts` lists its checks, `checks/` has one file for each, `sdkAccount.ts` asks.
 * - `machine/`: what the machine knows that Pulumi runs on. `machineChecks.ts` lists its checks, `nodeMachine.ts` asks.
 * - `cluster/`: what the Kubernetes API of an adopted cluster knows. `clusterChecks.ts` lists its checks, `kubeconfigCluster.ts` asks.
 * - `check.ts` says what a check is, `runChecks.ts` asks all of them within their time, `policy.ts` lists the AWS rights that they need.
 */
import type { PriceToday } from "../sizing/costAndTime/priceList";
import type { Environment } from "../environment/environment";
import { createRedaction, redactValue } from "../environment/redaction";
import { secretPlaceholder } from "../environment/secrets";
import { accountChecks } from "./account/accountChecks";
import type { Check } from "./check";
import { clusterChecks } from "./cluster/clusterChecks";
import { clusterOf } from "./cluster/clusterOf";
import { awsIdentityOf } from "../environment/awsIdentity";
import { awsCredentials, NoCredentials, type CredentialProvider } from "./account/credentials";
import { machineChecks } from "./machine/machineChecks";
import { nodeMachine } from "./machine/nodeMachine";
import { findPricesToday } from "./account/checks/prices";
import { askedOnce, defaultBudgetMilliseconds, Late, runChecks, type PreflightReport, within } from "./runChecks";
import { sdkAccount } from "./account/sdkAccount";

/** In the order in which a report lists them. */
export const preflightChecks: readonly Check[] = [...accountChecks, ...machineChecks, ...clusterChecks];

export type Preflight = AnsweredPreflight | { notAsked: string };

interface AnsweredPreflight extends PreflightReport {
  /** Today's on-demand prices by instance type. Empty if the price list gave no answer. */
  prices: Record<string, PriceToday>;
}

/** Never rejects because of what the account answers. Without credentials the result is one reason instead of answers. */
export async function runPreflight(environment: Environment, budgetMilliseconds = defaultBudgetMilliseconds): Promise<Preflight> {
  const { aws } = environment;
  if (!aws) return { notAsked: `${environment.name} does not use AWS` };
  const encrypted = Object.entries(aws.configuration).find(([, value]) => value === secretPlaceholder);
  if (encrypted)
    return { notAsked: `aws:${encrypted[0]} is encrypted, and plan does not decrypt values; run pulumi preview to ask the account` };

  const identity = awsIdentityOf(aws);
  const proxy = (["httpsProxy", "httpProxy"] as const).find((key) => identity.way[key] !== undefined);
  if (proxy) return { notAsked: `AWS is behind a proxy here (aws:${proxy}), and the preflight does not use proxies` };
  const credentials = awsCredentials(identity);
  const reason = await findMissingCredentials(credentials, budgetMilliseconds);
  if (reason !== undefined) return { notAsked: reason };
  const account = askedOnce(sdkAccount({ region: aws.region, credentials, way: identity.way }));
  const surroundings = { environment, aws, account, cluster: clusterOf(aws, account), machine: nodeMachine() };
  const [report, prices] = await Promise.all([
    runChecks(surroundings, preflightChecks, budgetMilliseconds),
    within(budgetMilliseconds, findPricesToday(surroundings)).catch(() => ({})), // the check `prices` says why
  ]);
  // A server can repeat in an error what it was sent, and the report is printed. These keys are in no setting that would be masked.
  const { secretAccessKey, sessionToken = "" } = await credentials();
  return redactValue({ ...report, prices }, createRedaction([secretAccessKey, sessionToken]));
}

/** A profile may name a program or a sign-in that is slow. */
async function findMissingCredentials(credentials: CredentialProvider, budgetMilliseconds: number): Promise<string | undefined> {
  try {
    await within(budgetMilliseconds, credentials());
    return undefined;
  } catch (error) {
    if (error instanceof NoCredentials) return error.message;
    if (error instanceof Late) return `the AWS credentials gave ${error.message}; aws sts get-caller-identity shows what they wait for`;
    throw error;
  }
}

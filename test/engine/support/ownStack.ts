/** An environment on AWS that makes its own network and cluster, on a simulated account of its own. */
import path from "node:path";
import { startAccount, type Account } from "../cloud/account";
import { engineRun } from "./engineRun";
import { PulumiStack } from "./pulumiCli";

/** What only a user has; no placeholder, and nobody's. Charts come from a folder of stand-ins instead of the internet. */
const ownSettings = {
  "vllm-eks:cluster.publicAccessCidrs[0]": "100.20.30.40/32",
  "vllm-eks:platform.chartRepository": path.join(__dirname, "../charts"),
};

export async function ownStack(
  name: string,
  like: "dev" | "prod",
  settings: Record<string, string> = {},
  { millisecondsPerMinute = 0, program }: { millisecondsPerMinute?: number; program?: string } = {},
): Promise<{ account: Account; stack: PulumiStack }> {
  const account = await startAccount(engineRun(), millisecondsPerMinute);
  return { account, stack: await stackIn(account, name, like, { ...ownSettings, ...settings }, program) };
}

/** One more stack in an account. */
export async function stackIn(
  account: Account,
  name: string,
  like: "dev" | "prod",
  settings: Record<string, string>,
  program?: string,
): Promise<PulumiStack> {
  const environment = { PULUMI_DEBUG_PROVIDERS: account.debugProviders };
  const stack = new PulumiStack(engineRun(), name, { like, environment, ...(program !== undefined && { program }) });
  await stack.init();
  await stack.set(settings, { "vllm-eks:apiKey": `sk-engine-lane-${name}` });
  return stack;
}

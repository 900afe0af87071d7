/** An environment on AWS that creates its own network and cluster, on its own simulated account. */
import path from "node:path";
import { startAccount, type Account } from "../cloud/account";
import { engineRun } from "./engineRun";
import { PulumiStack, type StackOptions } from "./pulumiCli";

/** Values that only a user has: not placeholders, and not real ones. Charts come from a folder of stand-ins instead of the internet. */
const ownSettings = {
  "vllm-eks:cluster.publicAccessCidrs[0]": "100.20.30.40/32",
  // The user of the lane may have credentials of an unrelated account; preflight.spec.ts asks an emulator.
  "vllm-eks:preflight": "false",
  "vllm-eks:platform.chartRepository": path.join(__dirname, "../charts"),
};

type StackMore = Pick<StackOptions, "environment" | "program" | "source">;

export async function ownStack(
  name: string,
  like: "dev" | "prod",
  settings: Record<string, string> = {},
  { millisecondsPerMinute = 0, ...more }: { millisecondsPerMinute?: number } & StackMore = {},
): Promise<{ account: Account; stack: PulumiStack }> {
  const account = await startAccount(engineRun(), millisecondsPerMinute);
  return { account, stack: await stackIn(account, name, like, { ...ownSettings, ...settings }, more) };
}

/** One more stack in an account. */
export async function stackIn(
  account: Account,
  name: string,
  like: "dev" | "prod",
  settings: Record<string, string>,
  { environment = {}, ...more }: StackMore = {},
): Promise<PulumiStack> {
  const debugged = { ...environment, PULUMI_DEBUG_PROVIDERS: account.debugProviders };
  const stack = new PulumiStack(engineRun(), name, { like, ...more, environment: debugged });
  await stack.init();
  await stack.set(settings, { "vllm-eks:apiKey": `sk-engine-lane-${name}` });
  return stack;
}

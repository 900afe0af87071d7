/** The run: ask, create, check, and destroy in every case. */
import { checks, type Check } from "./checks";
import type { Deployment } from "./deployment";
import { preflight } from "./preflight";
import { pulumiUp, setApiKey, stackInit } from "./pulumi";
import { removal } from "./removal";
import type { Runner } from "./runner";
import { session } from "./session";
import { teardown, type Ending } from "./teardown";

/** Wrong usage is status 64, as everywhere in this project. */
export const statuses = { passed: 0, failed: 1, refused: 2, left: 3, usage: 64 } as const;

export interface World {
  runner: Runner;
  say(line: string): void;
  /** Aborts when the user interrupts the run. */
  interrupted: AbortSignal;
  /** Aborts after so many minutes. */
  expires(minutes: number): AbortSignal;
  pause(minutes: number): Promise<void>;
  /** Minutes since a fixed moment. */
  clock(): number;
}

export interface Limits {
  /** For everything before destroy. */
  minutes: number;
  /** What the plan says, for comparison. */
  firstTokenMinutes: number;
}

export async function lane(deployment: Deployment, limits: Limits, world: World): Promise<number> {
  const { runner, say } = world;
  const { stack, apiKey } = deployment;
  const limit = world.expires(limits.minutes);
  const inside = session(runner, AbortSignal.any([world.interrupted, limit]));
  const why = (error: unknown) => {
    if (world.interrupted.aborted) return "interrupted";
    return limit.aborted ? `not done after ${limits.minutes.toFixed(0)} minutes, the limit` : (error as Error).message;
  };

  try {
    say("\nBefore anything is made");
    await preflight(deployment, inside, say);
    await inside.run(stackInit(stack));
    await inside.run(setApiKey(stack, apiKey));
  } catch (error) {
    say(`FAILED before anything was made: ${why(error)}`);
    return statuses.failed;
  }

  let failure: string | undefined;
  const done: Check[] = [];
  try {
    say("\nUp");
    const started = world.clock();
    await inside.run(pulumiUp(stack));
    say(`  up took ${(world.clock() - started).toFixed(1)} min; the plan said ${limits.firstTokenMinutes.toFixed(1)} min.`);
    say("\nChecks");
    await checks(deployment, inside, done);
  } catch (error) {
    failure = why(error);
    say(`FAILED: ${failure}`);
  }
  say("\nDestroy");
  const ending = await teardown(deployment, runner, (minutes) => world.pause(minutes), say);
  return verdict(deployment, done, failure, ending, say);
}

function verdict(
  { region }: Deployment,
  done: readonly Check[],
  failure: string | undefined,
  { destroyed, left, unknown }: Ending,
  say: (line: string) => void,
): number {
  say("\nResult");
  for (const { what, failure: reason } of done) say(reason === undefined ? `  ok      ${what}` : `  FAILED  ${what}: ${reason}`);
  if (failure !== undefined) say(`  FAILED  ${failure}`);
  if (!destroyed) say("  FAILED  pulumi destroy: what it could not delete is billed until it is gone.");
  if (unknown !== undefined) say(`  UNKNOWN what is left: ${unknown}`);
  for (const each of left) say(`  LEFT    ${each}\n          remove: ${removal(each, region)}`);
  if (!destroyed || unknown !== undefined || left.length > 0) return statuses.left;
  say("  Nothing is left in AWS by tag. IAM roles cost nothing and are not listed by tag: `pulumi destroy` has reported them deleted.");
  return failure !== undefined || done.some((check) => check.failure !== undefined) ? statuses.failed : statuses.passed;
}

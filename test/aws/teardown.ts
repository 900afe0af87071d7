/** The end of every run: destroy, once more if it has to be, and then a look at what is left. Nothing interrupts it. */
import type { Deployment } from "./deployment";
import { leftovers } from "./leftovers";
import { pulumiCancel, pulumiDestroy, pulumiRefresh } from "./pulumi";
import type { Runner } from "./runner";
import { session, type Session } from "./session";

export interface Ending {
  destroyed: boolean;
  left: string[];
  /** Why nobody knows what is left; undefined when AWS has answered. */
  unknown?: string;
}

/** Deletions take minutes to be seen by tag. */
const looks = 10;

export async function teardown(
  deployment: Deployment,
  runner: Runner,
  pause: (minutes: number) => Promise<void>,
  say: (line: string) => void,
): Promise<Ending> {
  const inside = session(runner, new AbortController().signal);
  const destroyed = await destroy(deployment.stack, inside, say);
  await removeLogs(deployment, inside);
  try {
    let left = await leftovers(deployment, inside);
    // What a failed destroy has left does not go by itself.
    for (let look = 1; destroyed && left.length > 0 && look < looks; look++) {
      say(`  ${left.length} still listed; looking again in a minute.`);
      await pause(1);
      left = await leftovers(deployment, inside);
    }
    return { destroyed, left };
  } catch (error) {
    return { destroyed, left: [], unknown: (error as Error).message };
  }
}

/** As docs/operations.md says for a destroy that stopped half way: look at what is there, then again, past what refuses to go. */
async function destroy(stack: string, inside: Session, say: (line: string) => void): Promise<boolean> {
  const works = async (...commands: Parameters<Session["run"]>) =>
    inside.run(...commands).then(
      () => true,
      (error: Error) => {
        say(`  ${error.message}`);
        return false;
      },
    );
  if (await works(pulumiDestroy(stack))) return true;
  await works(pulumiCancel(stack));
  await works(pulumiRefresh(stack));
  return works(pulumiDestroy(stack, "--continue-on-error"));
}

/** EKS makes the group when it writes the first line and keeps it for ever (docs/operations.md): nobody else will remove it. */
async function removeLogs({ cluster, region }: Deployment, { runner, signal }: Session): Promise<void> {
  const args = ["logs", "delete-log-group", "--log-group-name", `/aws/eks/${cluster}/cluster`, "--region", region];
  await runner.run({ program: "aws", args }, signal); // fails where there is none; the look that follows says so
}

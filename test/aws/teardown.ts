/** The end of every run: destroy, a second destroy if necessary, and then a look at what is left. Nothing interrupts it. */
import type { Deployment } from "./deployment";
import { leftovers } from "./leftovers";
import { pulumiCancel, pulumiDestroy, pulumiRefresh } from "./pulumi";
import type { Runner } from "./runner";
import { session, type Session } from "./session";

export interface Ending {
  destroyed: boolean;
  left: string[];
  /** Why it is unknown what is left; undefined when AWS has answered. */
  unknown?: string;
}

/** A deletion takes minutes to show in a query by tag. */
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
    // What a failed destroy has left does not disappear by itself.
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

/** What docs/operations.md says for a destroy that stopped half way: cancel, refresh, then destroy again past errors. */
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

/** EKS creates the group when it writes the first line and keeps it forever (docs/operations.md): only this call removes it. */
async function removeLogs({ cluster, region }: Deployment, { runner, signal }: Session): Promise<void> {
  const args = ["logs", "delete-log-group", "--log-group-name", `/aws/eks/${cluster}/cluster`, "--region", region];
  await runner.run({ program: "aws", args }, signal); // fails when there is no group; the look that follows reports what is left
}

/** The simulated account: a process of its own, as a plugin is. */
import path from "node:path";
import type { EngineRun } from "./engineRun";

export interface Account {
  /** For `PULUMI_DEBUG_PROVIDERS`: engines that were told of it ask it instead of starting plugins. */
  debugProviders: string;
  /** `create gpu-nodes`, `delete weights-fs`, …: what was really done, in order. */
  calls: string[];
  /** What goes wrong from now on: `create aws:eks/nodeGroup:NodeGroup` is refused, with `join nodes` groups are accepted and have no nodes. */
  fail(operations: string[]): Promise<void>;
}

export async function startAccount({ keeper, kubeconfig }: EngineRun): Promise<Account> {
  const child = keeper.start("account", [process.execPath, path.join(__dirname, "accountProcess.cjs")], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, ACCOUNT_KUBECONFIG: kubeconfig },
  });
  const calls: string[] = [];
  child.on("message", (message: { call?: string }) => message.call && calls.push(message.call));
  const told = <Key extends string>(key: Key) =>
    new Promise<Record<Key, unknown>>((resolve, reject) => {
      const listen = (message: Record<Key, unknown>) => key in message && (child.off("message", listen), resolve(message));
      child.on("message", listen);
      child.once("exit", (status) => reject(new Error(`The simulated account ended with status ${String(status)}.`)));
    });
  const { port } = await told("port");
  return {
    debugProviders: ["aws", "awsx", "eks"].map((name) => `${name}:${String(port)}`).join(","),
    calls,
    async fail(operations) {
      const done = told("done");
      child.send({ fail: operations });
      await done;
    },
  };
}

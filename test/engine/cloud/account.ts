/** The simulated account as the specs see it. It outlives the commands of a run, as an account does. */
import type { ChildProcess } from "node:child_process";
import path from "node:path";
import type { EngineRun } from "../support/engineRun";
import type { CloudCall } from "./cloud";

export interface AccountObject {
  id: string;
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

export interface Account {
  /** For `PULUMI_DEBUG_PROVIDERS`: engines with this setting use it instead of starting plugins. */
  debugProviders: string;
  /** `create gpu-nodes`, `delete weights-fs`, …: the calls that really came, in order. */
  calls: string[];
  /** Faults from now on, as lines of `faults.ts`. With an empty list nothing fails. */
  fail(faults: string[]): Promise<void>;
  objects(): Promise<AccountObject[]>;
  /** Starts the same account at the same address after its process has died. */
  restart(): Promise<void>;
  /** Addresses that are registered with a target group. */
  targets(): Promise<string[]>;
  /** Calls with the time that they took. */
  timedCalls(): Promise<CloudCall[]>;
}

export async function startAccount({ keeper, kubeconfig }: EngineRun, millisecondsPerMinute = 0): Promise<Account> {
  const calls: string[] = [];
  const record = path.join(keeper.folder, `account-${++accounts}.json`);
  /** An address outlives its process. */
  let ports = { port: 0, doorPort: 0 };
  const startProcess = async () => {
    const child = keeper.start("account", [process.execPath, path.join(__dirname, "cloudProcess.cjs")], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: {
        ...process.env,
        ...{ ACCOUNT_KUBECONFIG: kubeconfig, ACCOUNT_MS_PER_MINUTE: String(millisecondsPerMinute) },
        ...{ ACCOUNT_RECORD: record, ACCOUNT_PORT: String(ports.port), ACCOUNT_DOOR_PORT: String(ports.doorPort) },
      },
    });
    child.on("message", (message: { call?: string }) => message.call && calls.push(message.call));
    ports = await told<typeof ports>(child, (message) => message.port !== undefined);
    return child;
  };
  let child = await startProcess();
  let last = 0;
  const ask = async (message: object): Promise<unknown> => {
    const id = ++last;
    const answer = told<{ id?: number; answer?: unknown }>(child, (reply) => reply.id === id);
    child.send({ id, ...message });
    return (await answer).answer;
  };
  return {
    debugProviders: ["aws", "awsx", "eks"].map((name) => `${name}:${String(ports.port)}`).join(","),
    calls,
    fail: async (faults) => void (await ask({ faults })),
    objects: async () => (await ask({ ask: "objects" })) as AccountObject[],
    targets: async () => (await ask({ ask: "targets" })) as string[],
    timedCalls: async () => (await ask({ ask: "calls" })) as CloudCall[],
    async restart() {
      if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve));
      child = await startProcess();
    },
  };
}

let accounts = 0;

/** The next message of the process that matches; throws if the process ends first. */
const told = <Message extends object>(child: ChildProcess, matches: (message: Message) => boolean) =>
  new Promise<Message>((resolve, reject) => {
    const ended = (status: number | null) => reject(new Error(`The simulated account ended with status ${String(status)}.`));
    const listen = (message: Message) => {
      if (!matches(message)) return;
      child.off("message", listen);
      child.off("exit", ended);
      resolve(message);
    };
    child.on("message", listen);
    child.once("exit", ended);
  });

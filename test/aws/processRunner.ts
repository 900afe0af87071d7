/** The runner of a real run: programs as child processes, in the folder and environment of the stack. */
import { spawn, type ChildProcess } from "node:child_process";
import type { Background, Command, Result, Runner } from "./runner";

export interface Surroundings {
  folder: string;
  /** Variables added to this process's environment. */
  environment: Record<string, string>;
  show(text: string): void;
  /** How long a program may take to end after SIGINT before it is killed. */
  graceSeconds: (program: Command["program"]) => number;
}

/** Pulumi finishes its current step and writes its state; if it is killed earlier, it forgets resources that AWS then bills. */
export const graceSeconds = (program: Command["program"]): number => (program === "pulumi" ? 900 : 10);

export function processRunner(surroundings: Surroundings): Runner {
  return {
    run: (command, signal) => run(command, signal, surroundings),
    start: (command) => start(command, surroundings),
  };
}

/** A separate process group: Ctrl-C in a terminal reaches a whole group, and must not end `pulumi destroy`. */
function launch({ program, args }: Command, { folder, environment }: Surroundings): ChildProcess {
  // This strict setting is for the project's own tests (test/support/environment.cjs), not for the plugins of the EKS and VPC components.
  const { PULUMI_ERROR_OUTPUT_STRING: _, ...own } = process.env;
  const env = { ...own, ...environment };
  return spawn(program, args, { cwd: folder, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
}

function run(command: Command, signal: AbortSignal, surroundings: Surroundings): Promise<Result> {
  const child = launch(command, surroundings);
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]!.setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
      if (command.shown) surroundings.show(text);
    });
  child.stdin!.on("error", () => undefined); // a program that does not read its input closes the pipe
  child.stdin!.end(command.stdin?.text ?? "");

  let killing: NodeJS.Timeout | undefined;
  const end = () => {
    child.kill("SIGINT");
    killing = setTimeout(() => signalGroup(child, "SIGKILL"), surroundings.graceSeconds(command.program) * 1000);
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });

  return new Promise((resolve) => {
    const finish = (result: Result) => {
      signal.removeEventListener("abort", end);
      clearTimeout(killing);
      resolve(result);
    };
    child.on("error", (error) => finish({ status: 127, stdout: "", stderr: error.message }));
    child.on("close", (status) => finish({ status: status ?? -1, ...said }));
  });
}

function start(command: Command, surroundings: Surroundings): Background {
  const child = launch(command, surroundings);
  child.stdin!.end();
  child.stdout!.resume();
  child.stderr!.setEncoding("utf8").on("data", surroundings.show);
  const ended = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      surroundings.show(`${error.message}\n`);
      resolve();
    });
    child.on("close", () => resolve());
  });
  return {
    end: async () => {
      signalGroup(child, "SIGTERM");
      await ended;
    },
  };
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The process has already ended.
  }
}

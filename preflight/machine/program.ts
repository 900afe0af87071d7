/** Runs a program that only reads: no shell, no terminal, a time limit, and an answer of bounded size. */
import { spawn } from "node:child_process";

interface ProgramOptions {
  /** Added to the environment of this process. */
  environment?: Record<string, string>;
  limitMilliseconds?: number;
}

/** A run of the AWS CLI takes 0.5 to 1 s, longer with a role. Below `defaultBudgetMilliseconds`, so that the report has the reason. */
const programLimitMilliseconds = 3000;
/** An answer of the AWS CLI takes some kilobytes. */
const outputLimitBytes = 1024 * 1024;

/** The program ran and failed; `message` is what it said. */
export class ProgramFailure extends Error {}

/** Standard output. Rejects with Node's error (ENOENT) if there is no such program. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const { environment = {}, limitMilliseconds = programLimitMilliseconds } = options;
  const windows = process.platform === "win32";
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      // A new session has no terminal: on a terminal the AWS CLI would ask for a second factor, and leave echo off when it is killed.
      detached: !windows,
      windowsHide: true,
    });
    const abort = (reason: Error) => {
      clearTimeout(timer);
      // Also kill what it started: a wrapper's child would keep the pipes open.
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) kill(windows ? child.pid : -child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
      reject(reason);
    };
    const timer = setTimeout(() => abort(new Error(`${program} gave no answer in ${limitMilliseconds / 1000} s`)), limitMilliseconds);
    const collect = (stream: NodeJS.ReadableStream) => {
      const chunks: Buffer[] = [];
      let size = 0;
      stream.on("data", (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > outputLimitBytes) abort(new Error(`${program} printed more than ${outputLimitBytes} bytes`));
      });
      return () => Buffer.concat(chunks).toString();
    };
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.on("error", abort);
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      if (status === 0) resolve(stdout());
      else reject(new ProgramFailure(lastWords(program, stderr(), signal ?? `status ${String(status)}`)));
    });
  });
}

function kill(processOrGroup: number): void {
  try {
    process.kill(processOrGroup, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

/** The AWS CLI prints its reason last, sometimes followed by details. A traceback before it does not help the reader. */
function lastWords(program: string, stderr: string, ending: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const line = lines.findLast((each) => /error|denied|unable|could not|not found|expired/i.test(each)) ?? lines.at(-1);
  return line ? `${program}: ${line}` : `${program} ended with ${ending}`;
}

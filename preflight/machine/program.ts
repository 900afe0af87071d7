/** Runs a program that is only asked for something: no shell, no terminal, a time limit, and an answer of bounded size. */
import { spawn } from "node:child_process";

interface ProgramOptions {
  /** Added to this process's own. */
  environment?: Record<string, string>;
  limitMilliseconds?: number;
}

/** A run of the AWS CLI takes 0.5 to 1 s, with a role to assume one call more. Below `defaultBudgetMilliseconds`, so that the reason is read. */
const programLimitMilliseconds = 3000;
/** An answer of the AWS CLI has some kilobytes. */
const outputLimitBytes = 1024 * 1024;

/** The program ran and did not do what it was asked for; `message` is what it said. */
export class ProgramFailure extends Error {}

/** Standard output. Rejects with Node's own error (ENOENT) where there is no such program. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const { environment = {}, limitMilliseconds = programLimitMilliseconds } = options;
  const windows = process.platform === "win32";
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      // A session of its own has no terminal: the AWS CLI would ask there for a second factor, and leave the echo off when it is ended.
      detached: !windows,
      windowsHide: true,
    });
    const abort = (reason: Error) => {
      clearTimeout(timer);
      // Together with what it started: a wrapper's child would hold the pipes open.
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
    // It ended by itself in this moment.
  }
}

/** The AWS CLI ends with its reason, at times with details after it; a traceback before it says nothing to a person. */
function lastWords(program: string, stderr: string, ending: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const line = lines.findLast((each) => /error|denied|unable|could not|not found|expired/i.test(each)) ?? lines.at(-1);
  return line ? `${program}: ${line}` : `${program} ended with ${ending}`;
}

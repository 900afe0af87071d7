/** One way to provoke one problem of a plan, through the command line. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Problem, ProblemCode, Severity } from "../../../sizing/problem";
import { root, run } from "../commandLine";

export interface Provoked {
  code: ProblemCode;
  severity: Severity;
  path: string;
  /** Settings as typed after `--set`, added to the environment. */
  settings?: string[];
  /** @default dev */
  stack?: string;
  asOf?: string;
  /** Files beside Pulumi.yaml, including the environment's own file, in a temporary folder. */
  files?: Record<string, string>;
  /** Parts of the message: the value given and the rule's numbers. */
  says: string[];
  /** @default 2 for an error, else 0 */
  status?: number;
  /** Proposed changes; each must solve the problem when tried. @default none are proposed */
  proposes?: string[];
}

interface Answer {
  status: number;
  stderr: string;
  problems: Problem[];
  verdict: string;
  requiredBeforeUp: { code: string; path: string }[];
}

const answers = new Map<string, Promise<Answer>>();

/** Several cases look at the same plan, so it is made once. */
export function planOf(provoked: Provoked, changes: string[] = []): Promise<Answer> {
  const { stack = "dev", settings = [], asOf, files } = provoked;
  const set = [...settings, ...changes].flatMap((setting) => ["--set", setting]);
  const argv = ["plan", "--json", "--stack", stack, ...set, ...(asOf ? ["--as-of", asOf] : [])];
  const key = JSON.stringify([argv, files]);
  const known = answers.get(key) ?? (files ? inFolder(files, argv) : answer(argv));
  answers.set(key, known);
  return known;
}

async function inFolder(files: Record<string, string>, argv: string[]): Promise<Answer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "problems-"));
  try {
    for (const name of ["Pulumi.yaml", "Pulumi.dev.yaml"]) fs.copyFileSync(path.join(root, name), path.join(folder, name));
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
    return await answer([...argv, "--directory", folder]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function answer(argv: string[]): Promise<Answer> {
  const frames = Error.stackTraceLimit;
  Error.stackTraceLimit = 3; // as the command does, because Pulumi records a trace for every promise
  const { code: status, out, err: stderr } = await run(...argv).finally(() => (Error.stackTraceLimit = frames));
  const { problems, verdict, requiredBeforeUp } = JSON.parse(out || "{}") as Omit<Answer, "status" | "stderr">;
  return { status, stderr, problems, verdict, requiredBeforeUp };
}

export const shown = (text: string) => `config:\n  aws:region: us-west-2\n${text.replace(/^/gm, "  ")}\n`;

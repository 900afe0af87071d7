/** The only way to call other programs: the `Runner` that the lane gets decides whether anything is really called. */
import { quoted } from "../../sizing/shellCommand";

export interface Command {
  program: "pulumi" | "aws" | "kubectl" | "curl" | "sh";
  args: readonly string[];
  /** What the program reads. Keys are passed this way, so only `called` is ever printed. */
  stdin?: { text: string; called: string };
  /** Output is shown while the program runs: for programs that take minutes. */
  shown?: boolean;
}

export interface Result {
  /** 127: the program does not exist. */
  status: number;
  stdout: string;
  stderr: string;
}

/** A program that runs until it is stopped. */
export interface Background {
  end(): Promise<void>;
}

export interface Runner {
  /** Ends the program when `signal` aborts, and then returns its output so far. */
  run(command: Command, signal: AbortSignal): Promise<Result>;
  start(command: Command): Background;
}

/** The command as a user would type it. */
export function printed({ program, args, stdin }: Command): string {
  return [program, ...args].map(quoted).join(" ") + (stdin ? ` < (${stdin.called})` : "");
}

/** Prints every command before it runs. */
export function announced(runner: Runner, say: (line: string) => void): Runner {
  return {
    run(command, signal) {
      say(`$ ${printed(command)}`);
      return runner.run(command, signal);
    },
    start(command) {
      say(`$ ${printed(command)} &`);
      return runner.start(command);
    },
  };
}

/** A command that the stack printed for a user, without quotes or expansions. */
export function commandFrom(output: string, program: Command["program"]): Command {
  const [first, ...args] = output.split(" ");
  if (first !== program) throw new Error(`"${output}" is not a command of ${program}.`);
  return { program, args };
}

/** What failed, in the program's words: the lines that it marks as errors, otherwise its last lines. */
export function succeeded(command: Command, { status, stdout, stderr }: Result): Result {
  if (status === 0) return { status, stdout, stderr };
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trim());
  const errors = [...new Set(lines.filter((line) => /\berror: /i.test(line)))];
  const words = errors.length > 0 ? errors.slice(0, 3) : lines.filter(Boolean).slice(-3);
  throw new Error(`${command.program} ${command.args[0] ?? ""} ended with status ${status}: ${words.join(" ")}`);
}

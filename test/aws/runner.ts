/** The one way to programs outside: whoever gives the lane a `Runner` decides whether anything is really called. */
import { quoted } from "../../components/configCommand";

export interface Command {
  program: "pulumi" | "aws" | "kubectl" | "curl" | "sh";
  args: readonly string[];
  /** What the program reads. Keys go this way, so only `called` is ever printed. */
  stdin?: { text: string; called: string };
  /** Shown while it runs: for what takes minutes. */
  shown?: boolean;
}

export interface Result {
  /** 127: no such program. */
  status: number;
  stdout: string;
  stderr: string;
}

/** A program that goes on until it is ended. */
export interface Background {
  end(): Promise<void>;
}

export interface Runner {
  /** Ends the program when `signal` aborts, and then returns what it said until then. */
  run(command: Command, signal: AbortSignal): Promise<Result>;
  start(command: Command): Background;
}

/** As one would type it. */
export function printed({ program, args, stdin }: Command): string {
  return [program, ...args].map(quoted).join(" ") + (stdin ? ` < (${stdin.called})` : "");
}

/** Says every command before it runs. */
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

/** A command that the stack printed for a person, without quotes or expansions in it. */
export function commandFrom(output: string, program: Command["program"]): Command {
  const [first, ...args] = output.split(" ");
  if (first !== program) throw new Error(`"${output}" is no command of ${program}.`);
  return { program, args };
}

/** What failed, in the program's own words: its errors where it marks them as such, else the last it said. */
export function succeeded(command: Command, { status, stdout, stderr }: Result): Result {
  if (status === 0) return { status, stdout, stderr };
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trim());
  const errors = [...new Set(lines.filter((line) => /\berror: /i.test(line)))];
  const words = errors.length > 0 ? errors.slice(0, 3) : lines.filter(Boolean).slice(-3);
  throw new Error(`${command.program} ${command.args[0] ?? ""} ended with status ${status}: ${words.join(" ")}`);
}

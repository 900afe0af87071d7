/** Runs one command after the other, until the user or a limit ends the session. */
import { succeeded, type Command, type Result, type Runner } from "./runner";

export interface Session {
  /** Throws when the program fails, or when the session has ended meanwhile. */
  run(command: Command): Promise<Result>;
  runner: Runner;
  signal: AbortSignal;
}

export function session(runner: Runner, signal: AbortSignal): Session {
  return {
    runner,
    signal,
    async run(command) {
      signal.throwIfAborted();
      const result = await runner.run(command, signal);
      signal.throwIfAborted();
      return succeeded(command, result);
    },
  };
}

/** JSON that a program printed; its shape is not checked. */
export async function json<Shape>(inside: Session, command: Command): Promise<Shape> {
  const { stdout } = await inside.run(command);
  try {
    return JSON.parse(stdout) as Shape;
  } catch {
    throw new Error(`${command.program} ${command.args[0] ?? ""} printed no JSON: ${stdout.slice(0, 200)}`);
  }
}

/**
 * A scratch folder and the processes that work in it. A small shell, in a separate session, holds the other end of a pipe: when this
 * process ends, in whatever way, the pipe closes, and the shell ends every process group that is written down, every program that lies in
 * the folder (an engine that was killed leaves its providers, in separate groups), and removes the folder.
 */
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const endAll = `
while read -r _; do :; done
cd "$1/processes" && for group in *; do [ "$group" = "*" ] || kill -KILL "-$group" 2>/dev/null; done
command -v pkill >/dev/null && pkill -KILL -f "^$1/"
[ -n "$2" ] || { sleep 0.2; rm -rf "$1" || { sleep 1; rm -rf "$1"; }; }
`;

export class Keeper {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "vllm-eks-engine-"));
  private readonly shell: ChildProcess;
  private readonly processes = path.join(this.folder, "processes");

  /** ENGINE_KEEP=1 leaves the folder, with its logs, for a look. */
  constructor() {
    fs.mkdirSync(this.processes);
    this.shell = spawn("sh", ["-c", endAll, "keeper", this.folder, process.env.ENGINE_KEEP ?? ""], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
  }

  /** Starts a process that does not outlive this one; its output goes to `<name>.log` unless `stdio` says otherwise. */
  start(name: string, [program = "", ...args]: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const log = fs.openSync(this.logOf(name), "a");
    const child = spawn(program, args, { cwd: this.folder, stdio: ["ignore", log, log], ...options, detached: true });
    fs.closeSync(log);
    if (child.pid === undefined) throw new Error(`${program} did not start.`);
    const note = path.join(this.processes, String(child.pid));
    fs.writeFileSync(note, name);
    child.on("exit", () => fs.rmSync(note, { force: true }));
    return child;
  }

  logOf = (name: string) => path.join(this.folder, `${name}.log`);

  file(name: string, content: string): string {
    const file = path.join(this.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode: 0o600 });
    return file;
  }

  /** Resolves when everything is gone. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      this.shell.on("exit", () => resolve());
      this.shell.stdin!.end();
    });
  }
}

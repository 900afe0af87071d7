/** Remembers on disk which deployments exist, so that a service that restarts finds them. It holds names and states, no environments. */
import fs from "node:fs";
import path from "node:path";
import type { Deployment } from "./deployments";

export type Remembered = Pick<Deployment, "id" | "stackName" | "state">;

export interface Journal {
  read(): Remembered[];
  write(all: readonly Remembered[]): void;
}

/** Writes beside the file and renames: a crash leaves the old list or the new one, never half of one. */
export function fileJournal(file: string): Journal {
  return {
    read: () => (fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Remembered[]) : []),
    write(all) {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(`${file}.new`, JSON.stringify(all.map(({ id, stackName, state }) => ({ id, stackName, state }))), { mode: 0o600 });
      fs.renameSync(`${file}.new`, file);
    },
  };
}

/** For tests: nothing outlives the process. */
export function memoryJournal(all: readonly Remembered[] = []): Journal {
  let kept = [...all];
  return { read: () => kept, write: (now) => void (kept = [...now]) };
}

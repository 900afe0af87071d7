import fs from "node:fs";
import path from "node:path";

/**
 * What Pulumi wrote into the folder of a stack: its state with backups and history, and the events of every operation. Without debug
 * messages: Pulumi's SDK puts each answer of a provider into them, and the engine masks in them only the plain form of a secret
 * (docs/security.md).
 */
export function storedText(folder: string): string {
  const entries = fs.readdirSync(path.join(folder, "state"), { recursive: true, withFileTypes: true });
  const state = entries.flatMap((entry) => (entry.isFile() ? [fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8")] : []));
  const logs = fs.readdirSync(folder).filter((name) => name.startsWith("events-"));
  const events = logs.flatMap((name) => fs.readFileSync(path.join(folder, name), "utf8").split("\n"));
  return [...state, ...events.filter((line) => !isDebugEvent(line))].join("\n");
}

const isDebugEvent = (line: string) => /^\{[^{]*"diagnosticEvent":\{"prefix":"debug: "/.test(line);

/**
 * Engine events of `dev` on the simulated account (0.7 s a minute), without the many small resources: security group rules, routes,
 * attachments. The stack was called dev. Recorded with Pulumi's CLI 3.259.
 */
import fs from "node:fs";
import path from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";

const folder = path.join(__dirname, "../../data/automation");

export const recordedEvents = (name: "deploy" | "destroy" | "noCapacity"): EngineEvent[] =>
  fs
    .readFileSync(path.join(folder, `${name}.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as EngineEvent);

/** Stretches the seconds of the simulated account to those of a real account. */
export function atRealSpeed(events: readonly EngineEvent[]): EngineEvent[] {
  const [first] = events;
  return events.map((event) => ({ ...event, timestamp: first!.timestamp + ((event.timestamp - first!.timestamp) * 60) / 0.7 }));
}

/** Runs components and programs against the recording monitor and asks questions of what they registered. */
import assert from "node:assert/strict";
import type { RecordedResource } from "../../plan/recordedResource";
import { record, type Recording } from "../../plan/recordingMonitor";
import { simulatedAccount, type SimulatedAccount } from "../../plan/simulatedAccount";

export interface ProgramOptions {
  /** @default an account that has everything */
  account?: SimulatedAccount;
  stack?: string;
  preview?: boolean;
  config?: Record<string, string>;
}

/** Registers what `program` creates, on a simulated account. */
export const recordProgram = (program: () => unknown, options: ProgramOptions = {}): Promise<Recording> =>
  record(program, { project: "vllm-eks", stack: "dev", account: simulatedAccount(), ...options });

export const ofType = (recording: Recording, type: string): RecordedResource[] =>
  recording.resources.filter((resource) => resource.type === type);

/** The one resource of a type (and name, if given); fails when there are none or several. */
export function only(recording: Recording, type: string, name?: string): RecordedResource {
  const found = ofType(recording, type).filter((resource) => name === undefined || resource.name === name);
  assert.equal(
    found.length,
    1,
    `${found.length} resources of type ${type}${name ? ` named ${name}` : ""}: ${found.map((r) => r.name).join(", ")}`,
  );
  return found[0]!;
}

/** Everything that must exist before `resource`: dependencies and parents, transitively. */
export function ancestors(recording: Recording, resource: RecordedResource): Set<string> {
  const byUrn = new Map(recording.resources.map((each) => [each.urn, each]));
  const seen = new Set<string>();
  const visit = (urn: string | undefined) => {
    const found = urn === undefined ? undefined : byUrn.get(urn.split("::").slice(0, 4).join("::"));
    if (!found || seen.has(found.urn)) return;
    seen.add(found.urn);
    edges(found).forEach(visit);
  };
  edges(resource).forEach(visit);
  return seen;
}

/** A component registers only after all its providers, and its children register after it. */
const edges = ({ dependsOn, parent, provider, providers }: RecordedResource) => [
  ...dependsOn,
  parent,
  provider,
  ...Object.values(providers),
];

/** True when the engine creates `first` before `second`, and so deletes `second` before `first`. */
export const comesBefore = (recording: Recording, first: RecordedResource, second: RecordedResource): boolean =>
  ancestors(recording, second).has(first.urn);

/** Paths of inputs that show a mistake: a value that was never known, or an Output converted to a string. */
export function suspectInputs(recording: Recording): string[] {
  const suspects: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (value === undefined || value === null) suspects.push(`${path}: ${String(value)}`);
    else if (typeof value === "string" && /\bundefined\b|\[object Object\]|Calling \[toString\]/.test(value))
      suspects.push(`${path}: ${value}`);
    else if (typeof value === "object") for (const [key, item] of Object.entries(value)) walk(item, `${path}.${key}`);
  };
  for (const resource of recording.resources) walk(resource.inputs, resource.name);
  return suspects;
}

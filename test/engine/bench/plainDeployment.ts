/**
 * One deployment without the package: the custom resources that it registers, as a list, with every value that another resource answers
 * replaced by a reference to it. Derived, so that it follows the package; `sameResources.ts` compares what the engine makes of both.
 */
import type { RecordedResource } from "../../../plan/recordedResource";
import { record } from "../../../plan/recordingMonitor";
import { simulatedAccount, type SimulatedAccount } from "../../../plan/simulatedAccount";

type Values = Record<string, unknown>;
type Options = Pick<RecordedResource, "customTimeouts" | "deleteBeforeReplace" | "protect" | "ignoreChanges">;

/** Placeholder in names and texts for the label of a deployment. */
export const anyLabel = "anylabel";

/** A value that is known when another resource is made: its place in the list, and the path of the output. */
export interface Reference {
  $resource: number;
  path: string[];
}

/** A text that contains such values. */
export interface Joined {
  $text: (string | Reference)[];
}

export interface PlainResource {
  type: string;
  name: string;
  inputs: Values;
  /** Places of the resources that it waits for without using their outputs. */
  dependsOn: number[];
  options: Partial<Options>;
}

export async function plainDeployment(program: (labels: string[]) => void): Promise<PlainResource[]> {
  const { account, marks } = markingAccount();
  const { resources } = await record(() => program([anyLabel]), { project: "bench", stack: "plain", account });
  const own = resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:providers:"));
  const placeOf = (matches: (resource: RecordedResource) => boolean) => {
    const place = own.findIndex(matches);
    if (place < 0) throw new Error("Something depends on a resource that was not recorded.");
    return place;
  };
  return own.map((resource) => {
    const { type, name, secretPaths } = resource;
    if (secretPaths.length > 0) throw new Error(`${name} has secrets: the plain program would store them as text.`);
    const used = new Set<number>();
    const inputs = withReferences(resource.inputs, marks, ({ type, name, path }) => {
      const place = placeOf((other) => other.type === type && other.name === name);
      used.add(place);
      return { $resource: place, path };
    });
    const awaited = resource.dependsOn.map((urn) => placeOf((other) => other.urn === urn)).filter((place) => !used.has(place));
    return { type, name, inputs: inputs as Values, dependsOn: awaited, options: optionsOf(resource) };
  });
}

/** Hooks are left out: only the package has them. */
function optionsOf({ customTimeouts, deleteBeforeReplace, protect, ignoreChanges }: RecordedResource): Partial<Options> {
  return {
    ...(customTimeouts && { customTimeouts }),
    ...(deleteBeforeReplace !== undefined && { deleteBeforeReplace }),
    ...(protect && { protect }),
    ...(ignoreChanges.length > 0 && { ignoreChanges }),
  };
}

interface Mark {
  type: string;
  name: string;
  path: string[];
  isNumber: boolean;
}

/** Answers every text and number of a new resource with a mark, so that whatever turns up in another's inputs says where it is from. */
function markingAccount(): { account: SimulatedAccount; marks: Mark[] } {
  const usual = simulatedAccount();
  const marks: Mark[] = [];
  const marked = (value: unknown, type: string, name: string, path: string[]): unknown => {
    if (typeof value === "boolean" || value === null || value === undefined) return value;
    if (typeof value !== "object") return `<<${marks.push({ type, name, path, isNumber: typeof value === "number" }) - 1}>>`;
    const entries = Object.entries(value).map(([key, item]) => [key, marked(item, type, name, [...path, key])] as const);
    return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
  };
  const account: SimulatedAccount = {
    ...usual,
    create(type, name, inputs, preview) {
      const { id, state } = usual.create(type, name, inputs, preview);
      if (/^(vllm-eks|pulumi):/.test(type)) return { ...(id !== undefined && { id }), state };
      return { id: marked(id, type, name, ["id"]) as string, state: marked(state, type, name, []) as Values };
    },
  };
  return { account, marks };
}

/** A number among the marks has become text, or its mark would not be an input: it stays text. */
function withReferences(value: unknown, marks: readonly Mark[], reference: (mark: Mark) => Reference): unknown {
  if (typeof value === "string") {
    const [before, first, ...rest] = value.split(/<<(\d+)>>/);
    if (first === undefined) return value;
    const only = marks[Number(first)]!;
    if (before === "" && rest.join("") === "" && !only.isNumber) return reference(only);
    const parts = [before, first, ...rest].map((part, index) => (index % 2 ? reference(marks[Number(part)]!) : part!));
    return { $text: parts.filter((part) => part !== "") } satisfies Joined;
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withReferences(item, marks, reference));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withReferences(item, marks, reference)]));
}

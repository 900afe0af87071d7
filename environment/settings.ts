/** The configuration as the program reads it: typed, with every default of the schema filled in. */
import type { Problem } from "../sizing/problem";
import { configSchema } from "./configSchema";
import { findFormMistakes } from "./formCheck";
import type { Path } from "./schemaPath";
import type { Settings } from "./settingTypes";
import type { ValueSchema } from "./valueSchema";

type Values = Record<string, unknown>;

/**
 * Checks the form and fills in defaults. A value of the wrong form is reported and then treated as absent, so that the other rules can
 * still be checked and the user sees every mistake at once.
 */
export function readSettings(values: Values, stack?: string): { settings: Settings; problems: Problem[] } {
  const sound = withNumbers(values, configSchema);
  const mistakes = findFormMistakes(sound, stack);
  for (const { at, problem } of mistakes) if (problem.code !== "secret-in-clear-text") removeAt(sound, at);
  return { settings: withDefaults(sound, configSchema) as Settings, problems: mistakes.map(({ problem }) => problem) };
}

/** Pulumi stores a fraction as text by default, so "0.9" becomes a number where the schema needs one. */
function withNumbers(values: Values, properties: Readonly<Record<string, ValueSchema>>): Values {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const schema = properties[key];
      if (schema?.type === "number" && typeof value === "string" && /^\d*\.?\d+$/.test(value)) return [key, Number(value)];
      return [key, schema?.properties && isValues(value) ? withNumbers(value, schema.properties) : structuredClone(value)];
    }),
  );
}

/**
 * Replaces ajv's `useDefaults`, because it must also leave out unknown keys and keep the order of the schema. Values of the wrong form are
 * already removed.
 */
function withDefaults(values: Values, properties: Readonly<Record<string, ValueSchema>>): Values {
  const complete: Values = {};
  for (const [key, schema] of Object.entries(properties)) {
    const value = values[key];
    if (schema.type === "object")
      complete[key] = schema.properties ? withDefaults((value as Values) ?? {}, schema.properties) : (value ?? {});
    else if (value !== undefined) complete[key] = value;
    else if (schema.default !== undefined) complete[key] = schema.default;
  }
  return complete;
}

/** Removes the value at a path. For an entry of a list, `engine.extraArguments[0]`, it removes the whole list. */
function removeAt(values: Values, at: Path): void {
  const index = at.findIndex((part) => typeof part === "number");
  const keys = at.slice(0, index < 0 ? at.length : index).map(String);
  const last = keys.pop() ?? "";
  let parent: unknown = values;
  for (const key of keys) parent = isValues(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
  if (isValues(parent)) delete parent[last];
}

const isValues = (value: unknown): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);

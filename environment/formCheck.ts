/** The form of a configuration: keys that exist, values of the right type and range. Every mistake at once. */
import Ajv, { type ErrorObject } from "ajv";
import { closest, distance } from "fastest-levenshtein";
import type { Change, Problem } from "../sizing/problem";
import { configSchema, type ValueSchema } from "./configSchema";

/** Stands for a value that is stored encrypted: present, and never read. */
export const secretPlaceholder = "[secret]";

type Values = Record<string, unknown>;

const validate = lazily(() => {
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
  return ajv.compile(jsonSchema({ type: "object", description: "", properties: configSchema }));
});

export function checkForm(values: Values): Problem[] {
  const check = validate();
  if (check(values)) return clearTextSecrets(values);
  return [...firstOfEachPath((check.errors ?? []).map(problemOf)), ...clearTextSecrets(values)];
}

/** Empty text is too short and of the wrong form, an object is no text and none of the words: one of the two is enough, a wrong type first. */
function firstOfEachPath(problems: Problem[]): Problem[] {
  const ordered = [...problems].sort((a, b) => Number(b.code === "wrong-type") - Number(a.code === "wrong-type"));
  return problems.filter((problem) => ordered.find(({ path }) => path === problem.path) === problem);
}

/** The schema in JSON Schema's words; `patternHint` and `secret` are ours and stay behind. */
function jsonSchema(schema: ValueSchema): Values {
  const { description, patternHint: _hint, secret: _secret, items, properties, additionalProperties, default: _default, ...rules } = schema;
  return {
    ...rules,
    description,
    ...(items && { items: jsonSchema(items) }),
    ...(properties && { properties: mapValues(properties, jsonSchema), additionalProperties: false }),
    ...(additionalProperties && { additionalProperties: jsonSchema(additionalProperties) }),
  };
}

function problemOf(error: ErrorObject): Problem {
  const path = configPath(error.instancePath);
  const base = { severity: "error" as const, path: path || "configuration" };
  switch (error.keyword) {
    case "additionalProperties":
      return unknownKey(path, String(error.params.additionalProperty));
    case "type":
      return {
        ...base,
        code: "wrong-type",
        message: `${shown(path, error.data)} is ${typeName(error.data)}; ${article(String(error.params.type))} is needed.`,
        fix: `Give ${article(String(error.params.type))}.`,
        changes: sameValueTyped(path, error),
      };
    case "enum": {
      const allowed = error.params.allowedValues as string[];
      const near = typeof error.data === "string" ? nearest(error.data, allowed) : undefined;
      return {
        ...base,
        code: "out-of-range",
        message: `${show(error.data)} is none of ${allowed.join(", ")}.`,
        fix: near ? `Did you mean ${near}?` : "Choose one of them.",
        changes: near ? [{ path, value: near }] : [],
      };
    }
    case "minimum":
    case "maximum": {
      const limit = error.params.limit as number;
      return {
        ...base,
        code: "out-of-range",
        message: `${show(error.data)} is ${error.keyword === "minimum" ? "below the least" : "above the greatest"} allowed value, ${limit}.`,
        fix: `Give ${error.keyword === "minimum" ? "at least" : "at most"} ${limit}.`,
        changes: [{ path, value: limit }],
      };
    }
    case "maxLength": {
      const rule = `at most ${String(error.params.limit)} characters`;
      const message = `${show(error.data)} has ${String(error.data).length} characters; ${rule} are allowed.`;
      return { ...base, code: "out-of-range", message, fix: `Give ${rule}.`, changes: [] };
    }
    default: {
      const hint = schemaAt(path)?.patternHint ?? "a value that is not empty";
      return { ...base, code: "out-of-range", message: `${show(error.data)} is not ${hint}.`, fix: `Give ${hint}.`, changes: [] };
    }
  }
}

function unknownKey(parent: string, key: string): Problem {
  const name = key.trim() === "" ? `"${key}"` : key;
  const path = parent ? `${parent}.${name}` : name;
  const known = Object.keys((parent ? schemaAt(parent)?.properties : configSchema) ?? {});
  const where = parent ? `${parent} has` : "the configuration has";
  return {
    code: "unknown-key",
    severity: "error",
    path,
    message: `${show(key)} is not a key; ${where} ${known.join(", ")}.`,
    fix: fixOfUnknownKey(parent, key, nearest(key, known)),
    changes: [],
  };
}

function fixOfUnknownKey(parent: string, key: string, near: string | undefined): string {
  if (near) return `Did you mean ${parent ? `${parent}.` : ""}${near}?`;
  // `pulumi config set engine.maxModelLen` without --path makes one key with a dot in its name.
  if (!parent && key.includes(".") && schemaAt(key)) return `Set it with --path: pulumi config set --path ${key} <value>`;
  return `Remove it: pulumi config rm ${parent ? `--path ${parent}.${key}` : key}`;
}

/** A secret that stands readable in the file; `Pulumi.<stack>.yaml` is committed. */
function clearTextSecrets(values: Values): Problem[] {
  return Object.entries(configSchema)
    .filter(([key, schema]) => schema.secret && typeof values[key] === "string" && values[key] !== secretPlaceholder)
    .map(([key]) => ({
      code: "secret-in-clear-text",
      severity: "error",
      path: key,
      message: `${key} stands in clear text; it would end up in version control.`,
      fix: `Store it encrypted: pulumi config set --secret ${key}`,
      changes: [],
    }));
}

/** `/engine/extraArguments/0` → `engine.extraArguments[0]` */
const configPath = (pointer: string) =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part), "");

function schemaAt(path: string): ValueSchema | undefined {
  let schema: ValueSchema | undefined = { type: "object", description: "", properties: configSchema };
  for (const part of path.split(/[.[]/)) {
    schema = part.endsWith("]") ? schema?.items : (schema?.properties?.[part] ?? schema?.additionalProperties);
  }
  return schema;
}

/** The nearest allowed word, when a slip of a few letters explains the difference. */
function nearest(word: string, allowed: readonly string[]): string | undefined {
  if (allowed.length === 0) return undefined;
  const candidate = closest(word, [...allowed]);
  return distance(word.toLowerCase(), candidate.toLowerCase()) <= Math.max(2, Math.floor(candidate.length / 3)) ? candidate : undefined;
}

/** "8" where 8 is needed: offer the number. */
function sameValueTyped(path: string, error: ErrorObject): Change[] {
  const wanted = String(error.params.type);
  const data: unknown = error.data;
  if ((wanted === "integer" || wanted === "number") && typeof data === "string" && data.trim() !== "" && Number.isFinite(Number(data)))
    return [{ path, value: wanted === "integer" ? Math.round(Number(data)) : Number(data) }];
  if (wanted === "integer" && typeof data === "number" && Number.isFinite(data)) return [{ path, value: Math.round(data) }];
  if (wanted === "boolean" && (data === "true" || data === "false")) return [{ path, value: data === "true" }];
  return [];
}

/** A secret stays out of the message, which ends in logs. */
const shown = (path: string, value: unknown) => (schemaAt(path)?.secret ? "The value" : show(value));

function show(value: unknown): string {
  const text = typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? typeof value);
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
}
/** Enough to recognise a value by; a kubeconfig pasted as an object shows no credentials yet. */
const longestShown = 100;

const typeName = (value: unknown) =>
  value === null ? "null" : Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : article(typeof value);
const article = (type: string) => (type === "array" ? "a list" : `${/^[aeio]/.test(type) ? "an" : "a"} ${type}`);

const mapValues = <T, R>(record: Record<string, T>, map: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

/** Compiling the schema takes longer than checking it: only the first caller pays. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

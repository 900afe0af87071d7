/** Checks the form of a configuration: keys exist, values have the right type and range. It reports every mistake at once. */
import Ajv, { type ErrorObject } from "ajv";
import { problem, type Change, type Problem } from "../sizing/problem";
import { configSchema } from "./configSchema";
import { jsonSchema } from "./jsonSchema";
import { mask, maskText } from "./masking";
import { nearest } from "./nearest";
import { schemaAt, wholeSchema } from "./schemaPath";
import { secretKeys, secretPlaceholder } from "./secrets";

type Values = Record<string, unknown>;

const validate = lazily(() => {
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
  return ajv.compile(jsonSchema(wholeSchema));
});

export function checkForm(values: Values): Problem[] {
  const check = validate();
  if (check(values)) return clearTextSecrets(values);
  return [...firstOfEachPath((check.errors ?? []).map(problemOf)), ...clearTextSecrets(values)];
}

/**
 * Keeps one problem for each path, preferably the wrong type: empty text is both too short and of the wrong form, and an object instead of
 * a word is both of the wrong type and not one of the words.
 */
function firstOfEachPath(problems: Problem[]): Problem[] {
  const ordered = [...problems].sort((a, b) => Number(b.code === "wrong-type") - Number(a.code === "wrong-type"));
  return problems.filter((problem) => ordered.find(({ path }) => path === problem.path) === problem);
}

function problemOf({ keyword, params, data, instancePath }: ErrorObject): Problem {
  const path = configPath(instancePath);
  const at = path || "configuration";
  switch (keyword) {
    case "additionalProperties":
      return unknownKey(path, String(params.additionalProperty));
    case "type": {
      const wanted = article(String(params.type));
      const message = `${shown(path, data)} is ${typeName(data)}; expected ${wanted}.`;
      return problem({
        code: "wrong-type",
        path: at,
        message,
        fix: `Give ${wanted}.`,
        changes: sameValueTyped(path, String(params.type), data),
      });
    }
    case "enum": {
      const allowed = params.allowedValues as string[];
      const near = typeof data === "string" ? nearest(data, allowed) : undefined;
      const fix = near ? `Did you mean ${near}?` : "Choose one of them.";
      return outOfRange(at, `${show(data)} is not one of ${allowed.join(", ")}.`, fix, near);
    }
    case "minimum":
      return outOfRange(
        at,
        `${show(data)} is below the minimum, ${params.limit}.`,
        `Give at least ${params.limit}.`,
        params.limit as number,
      );
    case "maximum":
      return outOfRange(
        at,
        `${show(data)} is above the maximum, ${params.limit}.`,
        `Give at most ${params.limit}.`,
        params.limit as number,
      );
    case "maxLength": {
      const rule = `at most ${String(params.limit)} characters`;
      return outOfRange(at, `${show(data)} has ${String(data).length} characters; ${rule} are allowed.`, `Give ${rule}.`);
    }
    default: {
      const hint = schemaOf(path)?.patternHint ?? "a value that is not empty";
      return outOfRange(at, `${shown(path, data)} is not ${hint}.`, `Give ${hint}.`);
    }
  }
}

const outOfRange = (path: string, message: string, fix: string, value?: string | number): Problem =>
  problem({ code: "out-of-range", path, message, fix, changes: value === undefined ? [] : [{ path, value }] });

function unknownKey(parent: string, key: string): Problem {
  const name = key.trim() === "" ? `"${key}"` : key;
  const path = parent ? `${parent}.${name}` : name;
  const known = Object.keys((parent ? schemaOf(parent)?.properties : configSchema) ?? {});
  const where = parent ? `${parent} has` : "the configuration has";
  return problem({
    code: "unknown-key",
    path,
    message: `${show(key)} is not a key; ${where} ${known.join(", ")}.`,
    fix: fixOfUnknownKey(parent, key, nearest(key, known)),
  });
}

function fixOfUnknownKey(parent: string, key: string, near: string | undefined): string {
  if (near) return `Did you mean ${parent ? `${parent}.` : ""}${near}?`;
  // `pulumi config set engine.maxModelLen` without --path makes one key with a dot in its name.
  if (!parent && key.includes(".") && schemaOf(key)) return `Set it with --path: pulumi config set --path ${key} <value>`;
  return `Remove it: pulumi config rm ${parent ? `--path ${parent}.${key}` : key}`;
}

/** Refuses secrets in clear text, because `Pulumi.<stack>.yaml` is committed. */
function clearTextSecrets(values: Values): Problem[] {
  return secretKeys
    .filter((key) => typeof values[key] === "string" && values[key] !== secretPlaceholder)
    .map((key) =>
      problem({
        code: "secret-in-clear-text",
        path: key,
        message: `${key} is in clear text and would end up in version control.`,
        fix: `Store it encrypted: pulumi config set --secret ${key}`,
      }),
    );
}

/** `/engine/extraArguments/0` → `engine.extraArguments[0]` */
const configPath = (pointer: string) =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part), "");

/** `engine.extraArguments[0]` → engine, extraArguments, 0 */
const schemaOf = (path: string) => schemaAt(path.split(/[.[]/).map((part) => (part.endsWith("]") ? Number(part.slice(0, -1)) : part)));

/** For "8" where 8 is needed, proposes the number. */
function sameValueTyped(path: string, wanted: string, data: unknown): Change[] {
  if ((wanted === "integer" || wanted === "number") && typeof data === "string" && data.trim() !== "" && Number.isFinite(Number(data)))
    return [{ path, value: wanted === "integer" ? Math.round(Number(data)) : Number(data) }];
  if (wanted === "integer" && typeof data === "number" && Number.isFinite(data)) return [{ path, value: Math.round(data) }];
  if (wanted === "boolean" && (data === "true" || data === "false")) return [{ path, value: data === "true" }];
  return [];
}

/** Messages end up in logs, so they do not show a secret. */
const shown = (path: string, value: unknown) => (schemaOf(path)?.secret ? "The value" : show(value));

function show(value: unknown): string {
  const text = typeof value === "string" ? `"${maskText(value)}"` : (JSON.stringify(mask(value)) ?? typeof value);
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
}
/** Long enough to recognise a value, and too short to show the credentials in a kubeconfig that was pasted as an object. */
const longestShown = 100;

const typeName = (value: unknown) =>
  value === null ? "null" : Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : article(typeof value);
const article = (type: string) => (type === "array" ? "a list" : `${/^[aeio]/.test(type) ? "an" : "a"} ${type}`);

/** Compiling the schema takes longer than a check, so only the first caller does it. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

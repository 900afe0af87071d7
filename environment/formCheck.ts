/** Checks the form of a configuration: keys exist, values have the right type and range. It reports every mistake at once. */
import Ajv, { type ErrorObject } from "ajv";
import { problem, type Change, type Problem } from "../sizing/problem";
import { configRemove, configRemoveKey, configSecret, configSet, shellCommand } from "../sizing/shellCommand";
import { isVisible } from "../sizing/visibleText";
import { configSchema } from "./configSchema";
import { jsonSchema } from "./jsonSchema";
import { mask, maskText } from "./masking";
import { nearest } from "./nearest";
import { pathText, schemaAt, wholeSchema, type Path } from "./schemaPath";
import { secretKeys, secretPlaceholder } from "./secrets";

type Values = Record<string, unknown>;

const validate = lazily(() => {
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
  return ajv.compile(jsonSchema(wholeSchema));
});

/** A problem, and where it is: a path as text cannot always be read back. */
export interface FormMistake {
  at: Path;
  problem: Problem;
}

/** `stack`: named in the commands that fix a problem. */
export const checkForm = (values: Values, stack?: string): Problem[] => findFormMistakes(values, stack).map(({ problem }) => problem);

export function findFormMistakes(values: Values, stack?: string): FormMistake[] {
  const check = validate();
  const mistakes = check(values) ? [] : (check.errors ?? []).map((error) => mistakeOf(error, stack));
  return [...firstOfEachPath(mistakes), ...clearTextSecrets(values, stack)];
}

/**
 * Keeps one problem for each path, preferably the wrong type: empty text is both too short and of the wrong form, and an object instead of
 * a word is both of the wrong type and not one of the words.
 */
function firstOfEachPath(mistakes: FormMistake[]): FormMistake[] {
  const isType = ({ problem: { code } }: FormMistake) => Number(code === "wrong-type");
  const ordered = [...mistakes].sort((a, b) => isType(b) - isType(a));
  return mistakes.filter((mistake) => ordered.find(({ problem: { path } }) => path === mistake.problem.path) === mistake);
}

function mistakeOf(error: ErrorObject, stack: string | undefined): FormMistake {
  const parent = pathOf(error.instancePath);
  if (error.keyword !== "additionalProperties") return { at: parent, problem: problemOf(error, parent) };
  const at = [...parent, String(error.params.additionalProperty)];
  return { at, problem: unknownKey(at, stack) };
}

function problemOf({ keyword, params, data }: ErrorObject, at: Path): Problem {
  const path = pathText(at) || "configuration";
  switch (keyword) {
    case "type": {
      const wanted = article(String(params.type));
      const message = `${shown(at, data)} is ${typeName(data)}; expected ${wanted}.`;
      return problem({
        code: "wrong-type",
        path,
        message,
        fix: `Give ${wanted}.`,
        changes: sameValueTyped(path, String(params.type), data),
      });
    }
    case "enum": {
      const allowed = params.allowedValues as string[];
      const near = typeof data === "string" ? nearest(data, allowed) : undefined;
      const fix = near ? `Did you mean ${near}?` : "Choose one of them.";
      return outOfRange(path, `${show(data)} is not one of ${allowed.join(", ")}.`, fix, near);
    }
    case "minimum":
      return outOfRange(
        path,
        `${show(data)} is below the minimum, ${params.limit}.`,
        `Give at least ${params.limit}.`,
        params.limit as number,
      );
    case "maximum":
      return outOfRange(
        path,
        `${show(data)} is above the maximum, ${params.limit}.`,
        `Give at most ${params.limit}.`,
        params.limit as number,
      );
    case "maxLength": {
      const rule = `at most ${String(params.limit)} characters`;
      return outOfRange(path, `${show(data)} has ${String(data).length} characters; ${rule} are allowed.`, `Give ${rule}.`);
    }
    default: {
      const hint = schemaAt(at)?.patternHint ?? "a value that is not empty";
      return outOfRange(path, `${shown(at, data)} is not ${hint}.`, `Give ${hint}.`);
    }
  }
}

const outOfRange = (path: string, message: string, fix: string, value?: string | number): Problem =>
  problem({ code: "out-of-range", path, message, fix, changes: value === undefined ? [] : [{ path, value }] });

function unknownKey(at: Path, stack: string | undefined): Problem {
  const parent = at.slice(0, -1);
  const key = String(at.at(-1));
  const known = Object.keys((parent.length > 0 ? schemaAt(parent)?.properties : configSchema) ?? {});
  const where = parent.length > 0 ? `${pathText(parent)} has` : "the configuration has";
  return problem({
    code: "unknown-key",
    path: pathText(at),
    message: `${show(key)} is not a key; ${where} ${known.join(", ")}.`,
    fix: fixOfUnknownKey(at, nearest(key, known), stack),
  });
}

function fixOfUnknownKey(at: Path, near: string | undefined, stack: string | undefined): string {
  const key = String(at.at(-1));
  if (near) return `Did you mean ${pathText([...at.slice(0, -1), near])}?`;
  if (!isVisible(key) || key.trim() === "") return "Remove it from the stack's file.";
  // `pulumi config set engine.maxModelLen` without --path makes one key with a dot in its name.
  if (at.length === 1 && key.includes(".") && schemaAt(key.split(".")))
    return `Set it with --path: ${shellCommand(...configSet(stack, key, "<value>"))}`;
  return `Remove it: ${shellCommand(...(at.length === 1 ? configRemoveKey(stack, key) : configRemove(stack, pathText(at))))}`;
}

/** Refuses secrets in clear text, because `Pulumi.<stack>.yaml` is committed. */
function clearTextSecrets(values: Values, stack: string | undefined): FormMistake[] {
  return secretKeys
    .filter((key) => typeof values[key] === "string" && values[key] !== secretPlaceholder)
    .map((key) => ({
      at: [key],
      problem: problem({
        code: "secret-in-clear-text",
        path: key,
        message: `${key} is in clear text and would end up in version control.`,
        fix: `Store it encrypted: ${shellCommand(...configSecret(stack, key))}`,
      }),
    }));
}

/** `/engine/extraArguments/0` → engine, extraArguments, 0. Whether a number is an index or a key, the schema knows. */
function pathOf(pointer: string): Path {
  const parts: (string | number)[] = [];
  for (const written of pointer.split("/").slice(1)) {
    const part = written.replace(/~1/g, "/").replace(/~0/g, "~");
    parts.push(schemaAt(parts)?.items && /^\d+$/.test(part) ? Number(part) : part);
  }
  return parts;
}

/** For "8" where 8 is needed, proposes the number. */
function sameValueTyped(path: string, wanted: string, data: unknown): Change[] {
  if ((wanted === "integer" || wanted === "number") && typeof data === "string" && data.trim() !== "" && Number.isFinite(Number(data)))
    return [{ path, value: wanted === "integer" ? Math.round(Number(data)) : Number(data) }];
  if (wanted === "integer" && typeof data === "number" && Number.isFinite(data)) return [{ path, value: Math.round(data) }];
  if (wanted === "boolean" && (data === "true" || data === "false")) return [{ path, value: data === "true" }];
  return [];
}

/** Messages end up in logs, so they do not show a secret. */
const shown = (at: Path, value: unknown) => (schemaAt(at)?.secret ? "The value" : show(value));

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

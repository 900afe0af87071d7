/** Placeholders in stack files, for values that only the user has. The plan accepts them, `pulumi up` refuses them. */
import { problem, type Problem } from "../sizing/problem";
import { configSet, shellCommand } from "../sizing/shellCommand";
import { configSchema } from "./configSchema";
import { pathText, type Path } from "./schemaPath";

type Values = Record<string, unknown>;

/** IPv4 ranges reserved for documentation (RFC 5737), AWS's example account, words in angle brackets, example domains. */
const placeholder = /^<[^>]+>$|^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}\/\d{1,2}$|:111122223333:|(^|\.)example\.(com|net|org)$/;

export function checkPlaceholders(values: Values, stack: string): Problem[] {
  // The form check refuses unknown keys, so do not ask for their values.
  const known = Object.fromEntries(Object.entries(values).filter(([key]) => Object.hasOwn(configSchema, key)));
  return placeholderPaths(known, []).map(([path, value]) =>
    problem({
      code: "placeholder-left",
      severity: "setBeforeUp",
      path,
      message: `"${value}" is a placeholder for a value that only you have.`,
      fix: `Set your own: ${shellCommand(...configSet(stack, path, "<value>"))}`,
    }),
  );
}

function placeholderPaths(value: unknown, at: Path): [path: string, value: string][] {
  if (typeof value === "string") return placeholder.test(value) ? [[pathText(at), value]] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => placeholderPaths(item, [...at, index]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => placeholderPaths(item, [...at, key]));
}

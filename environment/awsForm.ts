/**
 * The form of the `aws:` configuration: every key is one of the provider, and every value has its form. Messages do not show a value that
 * is stored encrypted.
 */
import { awsArguments, type AwsForm, type AwsObject, type AwsText } from "../catalog/awsProvider";
import { fieldPath } from "../sizing/fieldPath";
import { configRemove, configSecret, configSet, shellCommand } from "../sizing/shellCommand";
import { problem, type Problem } from "../sizing/problem";
import type { AwsConfiguration } from "./environment";
import { unknownAwsKey } from "./awsKey";
import { findSecrets } from "./masking";
import { nearest } from "./nearest";
import { secretPlaceholder } from "./secrets";

interface Place {
  /** `aws:assumeRoles[0].roleArn` */
  path: string;
  stack: string;
  /** The value is stored encrypted. */
  hidden: boolean;
}

/** `encrypted`: keys whose value is stored encrypted, or cannot be read here because it is. */
export function checkAwsForm(configuration: AwsConfiguration, encrypted: readonly string[], stack: string): Problem[] {
  return Object.entries(configuration).flatMap(([key, value]) => {
    const place = { path: `aws:${key}`, stack, hidden: encrypted.includes(key) };
    const argument = Object.hasOwn(awsArguments, key) ? awsArguments[key] : undefined;
    if (!argument) return [unknownAwsKey(key, value, stack)];
    if (value === secretPlaceholder) return [];
    return [...checkValue(value, argument.form, place), ...(place.hidden ? [] : clearText(value, argument.form, place))];
  });
}

function checkValue(value: unknown, form: AwsForm, place: Place): Problem[] {
  switch (form.type) {
    case "text":
      return checkText(value, form, place);
    case "flag":
      return typeof value === "boolean" ? [] : [wrongType(value, "true or false", place, setCommand(place))];
    case "number":
      return typeof value === "number" && Number.isInteger(value) && value >= 0
        ? []
        : [wrongType(value, "a whole number, 0 or more", place, setCommand(place))];
    case "list":
      if (!Array.isArray(value)) return [wrongType(value, `a list, such as ${exampleOf(form)}`, place)];
      return [
        ...tooMany(value.length, form.atMost, place),
        ...value.flatMap((item, index) => checkValue(item, form.of, entry(place, index))),
      ];
    case "map":
      if (!isObject(value)) return [wrongType(value, "an object of texts", place)];
      return [
        ...tooMany(Object.keys(value).length, form.atMost, place),
        ...Object.entries(value).flatMap(([key, item]) => checkText(item, form.of, within(place, key))),
      ];
    case "object":
      return isObject(value)
        ? checkFields(value, form, place)
        : [wrongType(value, `an object with ${shortList(Object.keys(form.fields))}`, place)];
  }
}

function checkFields(value: Record<string, unknown>, { fields, required = [], renamed = {} }: AwsObject, place: Place): Problem[] {
  const missing = required.filter((key) => value[key] === undefined).map((key) => missingField(key, place));
  const found = Object.entries(value).flatMap(([key, item]) => {
    const form = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (form) return checkValue(item, form, within(place, key));
    const { path } = within(place, key);
    const near = (Object.hasOwn(renamed, key) ? renamed[key] : undefined) ?? nearest(key, Object.keys(fields));
    const only = Object.keys(fields).length === 1 ? Object.keys(fields)[0] : undefined;
    const fix =
      near !== undefined
        ? `Did you mean ${place.path}.${near}?`
        : only !== undefined
          ? `Write it inside ${place.path}.${only}.`
          : `Remove it: ${shellCommand(...configRemove(place.stack, path))}`;
    const message = `"${key}" is not a field of ${place.path}, which has ${shortList(Object.keys(fields))}. The provider would ignore it.`;
    return [problem({ code: "unknown-key", path, message, fix })];
  });
  return [...missing, ...found];
}

const missingField = (key: string, { path, stack }: Place): Problem =>
  problem({
    code: "missing-value",
    path: `${path}.${key}`,
    message: `${path} has no ${key}, so the provider would not know which role it means.`,
    fix: `Set it: ${shellCommand(...configSet(stack, `${path}.${key}`, "<value>"))}`,
  });

function checkText(value: unknown, { pattern, hint = "a text that is not empty", secret }: AwsText, place: Place): Problem[] {
  const set = setCommand(place, secret);
  if (typeof value === "number" || typeof value === "bigint") return [wrongType(value, `${hint}, in quotes`, place, set)];
  if (typeof value !== "string") return [wrongType(value, hint, place, set)];
  if (pattern === undefined ? value !== "" : new RegExp(`^(${pattern})$`, "u").test(value)) return [];
  const shown = secret || place.hidden || holdsCredentials(value) ? "The value" : value === "" ? "An empty text" : `"${shorten(value)}"`;
  return [problem({ code: "out-of-range", path: place.path, message: `${shown} is not ${hint}.`, fix: `Give ${hint}: ${set}` })];
}

/** A value that decides who acts and is readable in a committed file. */
function clearText(value: unknown, form: AwsForm, place: Place): Problem[] {
  if (form.type === "list")
    return Array.isArray(value) ? value.flatMap((item, index) => clearText(item, form.of, entry(place, index))) : [];
  if (form.type === "object")
    return isObject(value)
      ? Object.entries(value).flatMap(([key, item]) => (form.fields[key] ? clearText(item, form.fields[key], within(place, key)) : []))
      : [];
  if (form.type !== "text" || typeof value !== "string" || (!form.secret && !holdsCredentials(value))) return [];
  return [
    problem({
      code: "secret-in-clear-text",
      path: place.path,
      message: `${place.path} ${form.secret ? "is" : "contains credentials"} in clear text and would end up in version control.`,
      fix: `Store it encrypted; Pulumi asks for it: ${shellCommand(...configSecret(place.stack, place.path))}`,
    }),
  ];
}

/** An address such as `http://user:password@proxy:3128` or `http://token@proxy`. */
export const holdsCredentials = (value: string): boolean => findSecrets(value).length > 0;

/** Pulumi asks for a value that is stored encrypted. */
const setCommand = ({ path, stack, hidden }: Place, secret?: true): string =>
  shellCommand(...(secret || hidden ? configSecret(stack, path) : configSet(stack, path, "<value>")));

/** `set`: the command, where one command sets the whole value. */
const wrongType = (value: unknown, wanted: string, { path }: Place, set?: string): Problem =>
  problem({
    code: "wrong-type",
    path,
    message: `The value is ${kindOf(value)}; expected ${wanted}.`,
    fix: set === undefined ? `Give ${wanted}.` : `Give ${wanted}: ${set}`,
  });

const tooMany = (count: number, atMost: number | undefined, { path }: Place): Problem[] =>
  atMost === undefined || count <= atMost
    ? []
    : [
        problem({
          code: "out-of-range",
          path,
          message: `It has ${count} entries; AWS takes at most ${atMost}.`,
          fix: `Give at most ${atMost} entries.`,
        }),
      ];

const kindOf = (value: unknown): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : isObject(value)
        ? "an object"
        : typeof value === "string"
          ? "text"
          : `a ${typeof value}`;

const exampleOf = ({ of }: { of: AwsForm }): string =>
  of.type === "object" ? `[{"${of.required?.[0] ?? Object.keys(of.fields)[0]}": "…"}]` : '["…"]';
const shortList = (names: readonly string[]): string =>
  names.length <= 12 ? names.join(", ") : `${names.slice(0, 8).join(", ")} and ${names.length - 8} others`;
const shorten = (text: string): string => (text.length <= 100 ? text : `${text.slice(0, 100)}…`);
const entry = (place: Place, index: number): Place => ({ ...place, path: `${place.path}[${index}]` });
const within = (place: Place, key: string): Place => ({ ...place, path: fieldPath(place.path, key) });
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

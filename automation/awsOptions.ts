/** The `aws` option of an operation: which of its values are stored encrypted, and paths that mean the same in another folder. */
import path from "node:path";
import { awsArguments } from "../catalog/awsProvider";
import { awsConfiguration } from "../environment/awsConfiguration";
import { holdsCredentials } from "../environment/awsForm";

type Values = Readonly<Record<string, unknown>>;

/** Values that must not be written in clear text, by key of the namespace `aws`. */
export function secretAwsValues(aws: Values): Record<string, string> {
  const secret = Object.entries(aws).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && (isSecretKey(entry[0]) || holdsCredentials(entry[1])),
  );
  return Object.fromEntries(secret);
}

function isSecretKey(key: string): boolean {
  const form = Object.hasOwn(awsArguments, key) ? awsArguments[key]?.form : undefined;
  return form?.type === "text" && form.secret === true;
}

/** The program and the providers run in other folders, so paths become absolute. A leading `~` stays: they all replace it. */
export function withAbsolutePaths(aws: Values, folder: string): Record<string, unknown> {
  const absolute = (file: unknown) =>
    typeof file === "string" && file !== "" && !/^~(\/|$)/.test(file) ? path.resolve(folder, file) : file;
  const each = (files: unknown) => (Array.isArray(files) ? files.map(absolute) : files);
  const inObject = (value: unknown) =>
    typeof value === "object" && value !== null && "webIdentityTokenFile" in value
      ? { ...value, webIdentityTokenFile: absolute(value.webIdentityTokenFile) }
      : value;
  const changes: Record<string, (value: unknown) => unknown> = {
    sharedConfigFiles: each,
    sharedCredentialsFiles: each,
    customCaBundle: absolute,
    assumeRoleWithWebIdentity: inObject,
  };
  const read = awsConfiguration(aws); // a list may be the text of its JSON
  return Object.fromEntries(
    Object.entries(aws).map(([key, value]) => [key, Object.hasOwn(changes, key) ? changes[key]?.(read[key]) : value]),
  );
}

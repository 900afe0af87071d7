/** What to say about a key of `aws:` that the provider does not have. */
import { awsArguments, renamedAwsArguments } from "../catalog/awsProvider";
import { configRemoveKey, configSecret, configSet, shellCommand } from "../sizing/shellCommand";
import { problem, type Problem } from "../sizing/problem";
import { nearest } from "./nearest";

/** `value`: what the key has, which the right key would get. */
export function unknownAwsKey(key: string, value: unknown, stack: string): Problem {
  const path = `aws:${key}`;
  const ignored = "The provider ignores a key that it does not know, so calls could be made with other credentials or in another place.";
  const remove = shellCommand(...configRemoveKey(stack, path));
  const renamed = Object.hasOwn(renamedAwsArguments, key) ? renamedAwsArguments[key] : undefined;
  if (renamed) {
    const since =
      renamed.since === undefined
        ? `The provider's name for it is aws:${renamed.key}`
        : `Since version ${renamed.since} of the provider the key is aws:${renamed.key}`;
    const form = renamed.nowList ? `${since}, a list` : since;
    return problem({
      code: "unknown-key",
      path,
      message: `"${key}" is not a key of aws:. ${form}. ${ignored}`,
      fix: `${replacement(renamed.key, value, stack)} Then remove the other key: ${remove}`,
    });
  }
  // `pulumi config set 'aws:assumeRoles[0].roleArn'` without --path makes one key with this name.
  const inside = /^([^.[]+)[.[]/.exec(key)?.[1];
  if (inside !== undefined && Object.hasOwn(awsArguments, inside)) {
    const set = shellCommand(...configSet(stack, path, isRole(value) ? value : "<value>"));
    return problem({
      code: "unknown-key",
      path,
      message: `"${key}" is not a key of aws:, which has ${inside}. ${ignored}`,
      fix: `Set it with --path: ${set}. Then remove the other key: ${remove}`,
    });
  }
  const near = nearest(key, Object.keys(awsArguments));
  const fix =
    near === undefined
      ? `Remove it: ${remove}`
      : `Did you mean aws:${near}? ${replacement(near, value, stack)} Then remove the other key: ${remove}`;
  return problem({ code: "unknown-key", path, message: `"${key}" is not a key of aws:. ${ignored}`, fix });
}

/** The command that sets the right key. It repeats only a role's ARN and a region: other values may be secret. */
function replacement(key: string, value: unknown, stack: string): string {
  const set = (path: string, given = "<value>") => shellCommand(...configSet(stack, path, given));
  if (key === "assumeRoles") {
    const arn: unknown = typeof value === "object" && value !== null ? (value as { roleArn?: unknown }).roleArn : value;
    return `Set its entries: ${set("aws:assumeRoles[0].roleArn", isRole(arn) ? arn : "<role ARN>")}, and so on for its other fields.`;
  }
  const form = awsArguments[key]?.form;
  if (form?.type === "list") return `Set its entries: ${set(`aws:${key}[0]`)}.`;
  if (form?.type === "text" && form.secret) return `Set it; Pulumi asks for it: ${shellCommand(...configSecret(stack, `aws:${key}`))}.`;
  return `Set it: ${set(`aws:${key}`, key === "region" && typeof value === "string" ? value : "<value>")}.`;
}

const isRole = (value: unknown): value is string => typeof value === "string" && /^arn:[\w:+=,.@/-]+$/.test(value);

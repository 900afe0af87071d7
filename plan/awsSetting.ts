/** `--set aws:key=value` and `--set aws:assumeRoles[0].roleArn=value`. */
import { awsArguments } from "../catalog/awsProvider";
import { secretPlaceholder } from "../environment/secrets";
import { parsePath, setAt } from "./settingPath";

type Tree = Record<string, unknown>;

/** Returns the obstacle in words if there is one. `key`: without the namespace. */
export function applyAwsSetting(key: string, text: string, aws: Tree): string | undefined {
  const parts = parsePath(key);
  if (!parts) return `"${key}" is not a path; paths look like region or assumeRoles[0].roleArn`;
  const [first] = parts as [string];
  const form = Object.hasOwn(awsArguments, first) ? awsArguments[first]?.form : undefined;
  // A plan does not need the value, and must not encourage secrets in shell histories.
  if (parts.length === 1) aws[first] = form?.type === "text" && form.secret ? secretPlaceholder : text;
  else {
    if (typeof aws[first] === "string") aws[first] = parsed(aws[first]);
    return setAt(aws, parts, /^\s*[[{]/.test(text) ? parsed(text) : text);
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What a caller may write as names: checked before anything is written or started, because names become parts of paths and commands. */
import { problem, type Problem } from "../sizing/problem";
import { checkStackName } from "../environment/stackName";
import type { AutomationOptions } from "./options";

export const defaultProject = "vllm-eks";

/** The stack's own name: `acme` of `org/project/acme`. */
export const shortStackName = (stackName: string): string => stackName.slice(stackName.lastIndexOf("/") + 1);

/** https://www.pulumi.com/docs/iac/concepts/projects/#project-naming; a dot at the start would be a hidden file, or a folder above. */
const pulumiName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;
const pluginName = /^[a-z][a-z0-9-]{0,99}$/;
const pluginVersion = /^\d+\.\d+\.\d+[0-9A-Za-z.+-]*$/;

export function checkOptions(options: AutomationOptions): Problem[] {
  const { projectName = defaultProject, stackName, environmentVariables = {}, plugins = [], pulumi = {} } = options;
  const texts = { ...pick(options), "pulumi.root": pulumi.root };
  return [
    ...checkStack(stackName, projectName),
    ...(matches(projectName, pulumiName) ? [] : [badName("projectName", projectName, `${letters}, and begins with none of the last two`)]),
    ...Object.entries(texts).flatMap(([path, text]) => (text === undefined || isLine(text) ? [] : [notALine(path)])),
    ...Object.entries(environmentVariables).flatMap(([name, value]) => checkVariable(name, value)),
    ...plugins.flatMap(({ name, version }, index) => [
      ...(matches(name, pluginName) ? [] : [badName(`plugins[${index}].name`, name, "has lower-case letters, digits and hyphens")]),
      ...(matches(version, pluginVersion) ? [] : [badName(`plugins[${index}].version`, version, "is a version such as 7.48.0")]),
    ]),
  ];
}

const letters = "has 1 to 100 letters, digits, underscores, hyphens and dots";

const pick = ({ file, backendUrl, secretsProvider, workingDirectory }: AutomationOptions): Record<string, unknown> => ({
  ...{ file, backendUrl, secretsProvider, workingDirectory },
});

/** `stack`, `org/stack` or `org/project/stack`, as the Pulumi CLI takes them. */
function checkStack(stackName: unknown, projectName: unknown): Problem[] {
  if (typeof stackName !== "string") return [badName("stackName", stackName, "is text")];
  const parts = stackName.split("/");
  const [organization, project] = parts.length === 3 ? parts : parts.length === 2 ? [parts[0]] : [];
  const owners = [organization, project].filter((part) => part !== undefined);
  if (parts.length > 3 || !owners.every((part) => pulumiName.test(part)))
    return [badName("stackName", stackName, "is stack, organization/stack or organization/project/stack")];
  const otherProject = project !== undefined && project !== projectName;
  return [
    ...checkStackName(shortStackName(stackName)).map((found) => ({
      ...found,
      path: "stackName",
      message: printable(found.message),
      fix: chooseAnother,
    })),
    ...(otherProject ? [badName("stackName", stackName, `names the project of projectName, ${printable(projectName)}`)] : []),
  ];
}

const chooseAnother =
  "Choose a name of lower-case letters, digits and hyphens, at most 58 characters, that begins and ends with a letter or digit.";

const matches = (value: unknown, pattern: RegExp) => typeof value === "string" && pattern.test(value);
const isLine = (value: unknown) => typeof value === "string" && value !== "" && !/\p{Cc}/u.test(value) && !value.startsWith("-");

/** A name in a message: on one line and short, whatever it holds. */
export const printable = (value: unknown) => {
  const text = (typeof value === "string" ? value : typeof value).replace(/\p{Cc}/gu, "\ufffd");
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};

const badName = (path: string, value: unknown, rule: string): Problem =>
  problem({ code: "out-of-range", path, message: `"${printable(value)}" cannot be the ${path}: it ${rule}.`, fix: "Choose another name." });

/** The value is not shown. */
function checkVariable(name: string, value: unknown): Problem[] {
  const path = `environmentVariables.${printable(name)}`;
  if (!/^[^=\0\s]+$/.test(name)) return [badName(path, name, "is not empty and has no white space, equals sign or NUL")];
  if (typeof value === "string" && !value.includes("\0")) return [];
  const message = `The value of ${path} is ${typeof value === "string" ? "text with a NUL character" : `of the type ${typeof value}`}; a variable is text without NUL.`;
  return [problem({ code: "out-of-range", path, message, fix: `Pass text without NUL as ${path}, or leave it out.` })];
}

/** The value may hold credentials, so it is not shown. */
const notALine = (path: string): Problem =>
  problem({
    code: "out-of-range",
    path,
    message: `${path} is not one line of text: it is empty, begins with a hyphen, or has a control character.`,
    fix: `Pass text without control characters as ${path}, or leave it out.`,
  });

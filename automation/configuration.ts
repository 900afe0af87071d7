/** The configuration of an operation, read in memory and checked before anything is written or started. */
import fs from "node:fs/promises";
import path from "node:path";
import { resolveEnvironment, type ResolvedEnvironment } from "../environment/resolveEnvironment";
import { isSecret, checkSecret, secretPlaceholder } from "../environment/secrets";
import { configurationOf } from "../plan/configuration";
import { parseYaml } from "../plan/stackFiles";
import { given } from "../sizing/givenKeys";
import { problem, type Problem } from "../sizing/problem";
import { defaultProject, shortStackName } from "./checkOptions";
import type { AutomationOptions } from "./options";
import { secretValues, stackFileText } from "./stackFile";

/** Text of `Pulumi.<stack>.yaml`; `earlier`: the text that an earlier operation left in the same folder. */
export async function writtenStackFile(options: AutomationOptions, earlier?: string): Promise<string> {
  const { file } = options;
  return stackFileText({
    folder: process.cwd(),
    ...given({ ...options, earlier }, "environment", "aws", "secretsProvider", "earlier"),
    ...(file !== undefined && { source: { text: await fs.readFile(file, "utf8"), folder: path.dirname(path.resolve(file)) } }),
  });
}

/** What the program will resolve, with placeholders for the values that are stored encrypted. */
export async function resolveOptions(options: AutomationOptions, now: Date): Promise<ResolvedEnvironment> {
  const { environment = {}, projectName = defaultProject } = options;
  const stack = shortStackName(options.stackName);
  const problems: Problem[] = [];
  const stackFile = `Pulumi.${stack}.yaml`;
  const text = await writtenStackFile(options).catch((error: unknown) => void problems.push(unreadableFile(options.file, error)));
  const tree = text === undefined ? {} : parseYaml(stackFile, text, problems);
  const { unreadable, ...configuration } = configurationOf({ name: projectName }, tree, {
    directory: process.cwd(),
    stack: options.stackName,
    stackFile,
    problems,
  });
  if (unreadable) return { known: {}, problems: configuration.problems };
  const { values, aws } = configuration;
  for (const key of Object.keys(secretValues({ ...given({ environment, aws: options.aws }, "environment", "aws") }))) {
    const [namespace, keys = ""] = key.split(":");
    setPlaceholder(namespace === "aws" ? aws : values, keys.split("."));
  }
  // The form check says that a secret of another type than text is not text.
  const secrets = Object.entries(environment).filter(([key, value]) => isSecret(key) && value !== undefined);
  for (const [key, value] of secrets) if (typeof value !== "string") values[key] = value;
  const wrong = secrets.flatMap(([key, value]) =>
    isSecret(key) && typeof value === "string" ? checkSecret(key, value, options.stackName) : [],
  );
  const moment = now.toISOString();
  return resolveEnvironment({
    stack,
    reference: options.stackName,
    today: moment.slice(0, 10),
    now: moment,
    ...configuration,
    problems: [...configuration.problems, ...wrong],
  });
}

function setPlaceholder(values: Record<string, unknown>, keys: readonly string[]): void {
  const [first = "", ...rest] = keys;
  if (rest.length === 0) values[first] = secretPlaceholder;
  else setPlaceholder((values[first] ??= {}) as Record<string, unknown>, rest);
}

const unreadableFile = (file: string | undefined, error: unknown): Problem =>
  problem({
    code: "missing-value",
    path: "file",
    message: `"${file ?? ""}" cannot be read as a stack file${(error as NodeJS.ErrnoException).code === "ENOENT" ? ": it does not exist" : ""}.`,
    fix: "Pass the path of a Pulumi.<stack>.yaml, or leave file out.",
  });

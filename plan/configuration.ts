/** Reads the configuration of one environment from the files that `pulumi up` reads, and merges them as the Pulumi CLI does. */
import path from "node:path";
import { awsConfiguration, configNamespace, configSchema, secretPlaceholder, type ValueSchema } from "../environment";
import { checkClearText } from "../environment/clearText";
import type { AwsConfiguration } from "../environment/environment";
import { checkNamespaces, splitKey } from "../environment/namespaces";
import { given } from "../sizing/givenKeys";
import { readModelConfigFile } from "../stacks/modelConfigFile";
import { problem, type Problem } from "../sizing/problem";
import { visible } from "../sizing/visibleText";
import { applySetting, parseJson, UsageError } from "./setting";
import { isTree, projectFile, readYaml, stackFileOf, type Tree } from "./stackFiles";

export interface ConfigurationRequest {
  /** Folder of Pulumi.yaml. */
  directory: string;
  /** `dev`, or with its organisation `org/dev`, or `org/project/dev`, as after `pulumi -s`. */
  stack: string;
  /** `key=value`, as typed after `--set`; settings override the files. */
  settings?: readonly string[];
}

export interface Configuration {
  /** Typed values of the namespace `vllm-eks`; an encrypted value is `secretPlaceholder`. */
  values: Record<string, unknown>;
  region?: string;
  /** The rest of the namespace `aws`; an encrypted value is `secretPlaceholder`. */
  aws: AwsConfiguration;
  modelConfigJson?: string;
  /** A file is not valid YAML, so the values mean nothing. */
  unreadable: boolean;
  problems: Problem[];
}

export function readConfiguration(request: ConfigurationRequest): Configuration {
  const { directory, stack } = request;
  const problems: Problem[] = [];
  const project = readYaml(projectFile(directory), problems);
  const stackFile = stackFileOf(directory, project, stackNameOf(stack, project));
  const environment = readYaml(stackFile, problems);
  return configurationOf(project, environment, { ...request, stackFile: path.basename(stackFile), problems });
}

interface ParsedFiles extends ConfigurationRequest {
  stackFile: string;
  /** What was wrong with the files. */
  problems: readonly Problem[];
}

/** The configuration that the contents of `Pulumi.yaml` and `Pulumi.<stack>.yaml` give. */
export function configurationOf(
  project: Tree,
  environment: Tree,
  { directory, stack, settings = [], ...files }: ParsedFiles,
): Configuration {
  const problems = [...files.problems];
  const unreadable = problems.length > 0;
  if (environment.environment !== undefined) problems.push(notResolvedOffline(files.stackFile));

  const projectName = typeof project.name === "string" ? project.name : configNamespace;
  const merged = { ...projectDefaults(project, projectName), ...namespaced(environment.config, projectName) };
  const { values, aws } = splitNamespaces(merged);
  for (const setting of settings) problems.push(...applySetting(setting, values, aws, stack));
  const otherKeys = takeOtherNamespaces(values);
  problems.push(...checkNamespaces({ keys: [...Object.keys(merged), ...otherKeys], project: projectName, stack }));

  const modelConfig = readModelConfigFile(values.modelConfigFile, directory);
  return {
    values,
    ...(aws.region !== undefined && { region: String(aws.region) }),
    aws: awsConfiguration(aws),
    ...given(modelConfig, "modelConfigJson"),
    unreadable,
    problems: [...problems, ...checkClearText({ values, stack }), ...modelConfig.problems],
  };
}

/** The name in a reference. A project that is named must be that of the folder: otherwise the plan would be of another stack. */
export function stackNameOf(reference: string, project?: Tree): string {
  const parts = reference.split("/");
  if (parts.length > 3 || !parts.every((part) => /^[\w.-]{1,100}$/.test(part) && !part.startsWith("-") && !/^\.+$/.test(part)))
    throw new UsageError(`"${visible(reference)}" is not the name of a stack: write dev, org/dev or org/project/dev.`);
  const named = parts.length === 3 ? parts[1] : undefined;
  if (project && named !== undefined && named !== project.name)
    throw new UsageError(`${reference} is of the project ${named}, but Pulumi.yaml here is of ${String(project.name)}.`);
  return parts.at(-1) ?? reference;
}

/** Pulumi.yaml gives a value for each key that the stack file leaves out; a key of the stack file replaces it whole. */
function projectDefaults(project: Tree, projectName: string): Tree {
  const declared = namespaced(project.config, projectName);
  const entries = Object.entries(declared).map(([key, declaration]) => [
    key,
    isTree(declaration) ? (declaration.value ?? declaration.default) : declaration,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Tree;
}

function namespaced(config: unknown, projectName: string): Tree {
  if (!isTree(config)) return {};
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.includes(":") ? splitKey(key).join(":") : `${projectName}:${key}`, value]),
  );
}

function splitNamespaces(config: Tree): { values: Tree; aws: Tree } {
  const ofNamespace = (name: string) =>
    Object.entries(config).flatMap(([key, value]): [string, unknown][] =>
      key.startsWith(`${name}:`) && value !== null ? [[key.slice(name.length + 1), value]] : [],
    );
  const values = ofNamespace(configNamespace).map(([key, value]) => [
    key,
    typed(withPlaceholders(value, configSchema[key]), configSchema[key]),
  ]);
  return {
    values: Object.fromEntries(values) as Tree,
    aws: Object.fromEntries(ofNamespace("aws").map(([key, value]) => [key, withPlaceholders(value, undefined)])),
  };
}

/** Where a group has values that may be encrypted, only they are replaced; elsewhere the whole key, as Pulumi treats it. */
function withPlaceholders(value: unknown, schema: ValueSchema | undefined): unknown {
  if (!holdsSecret(value)) return value;
  const fields = isTree(value) ? Object.entries(value) : [];
  const mayHold = (key: string) => schema?.properties?.[key]?.encryptable === true;
  if (isCiphertext(value) || !fields.every(([key, item]) => !holdsSecret(item) || (mayHold(key) && isCiphertext(item))))
    return secretPlaceholder;
  return Object.fromEntries(fields.map(([key, item]) => [key, holdsSecret(item) ? secretPlaceholder : item]));
}

/** Removes what `--set` put there for another namespace, and returns its keys. */
function takeOtherNamespaces(values: Tree): string[] {
  const keys = Object.keys(values).filter((key) => key.includes(":"));
  for (const key of keys) delete values[key];
  return keys;
}

/** `{ secure: … }` is ciphertext, which a plan does not decrypt. Pulumi treats a whole key as secret when any value inside it is. */
function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isTree(value) && (isCiphertext(value) || Object.values(value).some(holdsSecret));
}

const isCiphertext = (value: unknown) => isTree(value) && typeof value.secure === "string" && Object.keys(value).length === 1;

/** Pulumi stores values of top-level keys as text (`"4"`, `'["a"]'`), and the program reads them by type. */
function typed(value: unknown, schema: ValueSchema | undefined): unknown {
  if (schema?.type === "string") return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  const parsed = typeof value === "string" && schema ? parseJson(value) : undefined;
  return parsed === undefined ? value : parsed;
}

const notResolvedOffline = (file: string): Problem =>
  problem({
    code: "not-resolved-offline",
    severity: "warning",
    path: "environment",
    message: `${file} takes values from Pulumi ESC, which a plan does not read offline: keys set only there count as not set.`,
    fix: "Pass the keys that matter to the plan with --set key=value.",
  });

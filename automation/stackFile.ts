/** Writes the stack's configuration file from a file and typed values. It never contains secrets in clear text: they are set afterwards. */
import path from "node:path";
import { isMap, isScalar, parseDocument, type Document } from "yaml";
import { configNamespace } from "../environment/configSchema";
import { findSecrets } from "../environment/masking";
import { isSecret, secretKeys } from "../environment/secrets";
import { secretAwsValues, withAbsolutePaths } from "./awsOptions";
import type { AutomationOptions } from "./options";

export interface StackFileRequest extends Pick<AutomationOptions, "environment" | "aws" | "secretsProvider"> {
  /** Text and folder of the file that `file` names. */
  source?: { text: string; folder: string };
  /** Text of the file that an earlier operation left in the same folder: it holds the key that decrypts. */
  earlier?: string;
  /** `environment.modelConfigFile` is relative to this folder. */
  folder: string;
}

/** Keys by which Pulumi decrypts encrypted values. */
const encryption = ["secretsprovider", "encryptedkey", "encryptionsalt"];
/** Every Kubernetes object names its provider, so that none reaches the cluster of the machine's current kubectl context. */
const disabledProviders = "pulumi:disable-default-providers";

/** Text of `Pulumi.<stack>.yaml`. */
export function stackFileText({ environment = {}, aws = {}, secretsProvider, source, earlier = "", folder }: StackFileRequest): string {
  const document = source ? parseDocument(source.text, { merge: true }) : parseDocument("config: {}\n");
  if (!document.hasIn(["config"])) document.set("config", document.createNode({}));
  const known = parseDocument(earlier).toJS() as Record<string, unknown> | null;
  for (const key of encryption) if (!document.has(key) && known?.[key] !== undefined) document.set(key, known[key]);
  if (secretsProvider !== undefined && !document.has("secretsprovider")) document.set("secretsprovider", secretsProvider);

  keepSpelling(document);
  if (source) resolvePaths(document, source.folder);
  if (!document.hasIn(["config", disabledProviders])) document.setIn(["config", disabledProviders], ["kubernetes"]);
  for (const [key, value] of Object.entries(environment)) {
    if (value === undefined) continue;
    document.deleteIn(["config", key]); // the same key in the namespace of a project with this name
    if (isSecret(key)) document.deleteIn(["config", `${configNamespace}:${key}`]);
    else document.setIn(["config", `${configNamespace}:${key}`], document.createNode(value));
  }
  for (const [key, value] of Object.entries(withAbsolutePaths(aws, folder)))
    if (value !== undefined) document.setIn(["config", `aws:${key}`], document.createNode(value));
  for (const key of Object.keys(secretValues({ environment, aws }))) document.deleteIn(["config", ...key.split(".")]);
  if (environment.modelConfigFile !== undefined) resolveModelConfigFile(document, folder);
  return document.toString();
}

/**
 * The values to store encrypted, by full key or path: the keys and tokens, a kubeconfig with credentials, and arguments of the AWS provider
 * with credentials.
 */
export function secretValues({ environment = {}, aws = {} }: Pick<AutomationOptions, "environment" | "aws">): Record<string, string> {
  const own = secretKeys.map((key): [string, unknown] => [`${configNamespace}:${key}`, environment[key]]);
  const kubeconfig: unknown = environment.cluster?.kubeconfig;
  const inCluster = findSecrets(kubeconfig).length > 0 ? [[`${configNamespace}:cluster.kubeconfig`, kubeconfig]] : [];
  const inAws = Object.entries(secretAwsValues(aws)).map(([key, value]) => [`aws:${key}`, value]);
  const all = [...own, ...inCluster, ...inAws].filter(([, value]) => typeof value === "string");
  return Object.fromEntries(all) as Record<string, string>;
}

/** Pulumi reads a plain number directly under `config` as text: a commit with only digits, or 1.40. */
function keepSpelling(document: Document.Parsed): void {
  const config: unknown = document.get("config");
  if (!isMap(config)) return;
  for (const { value } of config.items)
    if (isScalar(value) && typeof value.value === "number" && value.source !== undefined) value.value = value.source;
}

/** Paths in the file are relative to its folder. */
function resolvePaths(document: Document.Parsed, folder: string): void {
  resolveModelConfigFile(document, folder);
  const { config } = (document.toJS() ?? {}) as { config?: unknown };
  if (typeof config !== "object" || config === null) return;
  const aws = Object.entries(config).flatMap(([key, value]) => (key.startsWith("aws:") ? [[key.slice(4), value] as const] : []));
  const values: Record<string, unknown> = Object.fromEntries(aws);
  for (const [key, value] of Object.entries(withAbsolutePaths(values, folder)))
    if (JSON.stringify(value) !== JSON.stringify(values[key])) document.setIn(["config", `aws:${key}`], document.createNode(value));
}

/** Makes the path absolute, because the program runs in another folder. */
function resolveModelConfigFile(document: Document.Parsed, folder: string): void {
  const key = ["config", `${configNamespace}:modelConfigFile`];
  const file: unknown = document.getIn(key);
  if (typeof file === "string") document.setIn(key, path.resolve(folder, file));
}

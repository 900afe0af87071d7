/** The stack's configuration file, from a file and typed values. Secrets never stand in it in clear text: they are set afterwards. */
import path from "node:path";
import { isMap, isScalar, parseDocument, type Document } from "yaml";
import { configNamespace } from "../environment/configSchema";
import { isSecret, secretKeys } from "../environment/secrets";
import type { EnvironmentConfiguration } from "../environment/settingTypes";
import type { AutomationOptions } from "./options";

export interface StackFileRequest extends Pick<AutomationOptions, "environment" | "aws" | "secretsProvider"> {
  /** Text of the file that `file` names, and its folder. */
  source?: { text: string; folder: string };
  /** Text of the file that an earlier operation left in the same place: it holds what decrypts. */
  earlier?: string;
  /** Folder that `environment.modelConfigFile` is relative to. */
  folder: string;
}

/** How Pulumi finds the key of encrypted values. */
const encryption = ["secretsprovider", "encryptedkey", "encryptionsalt"];
/** Every Kubernetes object names its provider: none may slip to the cluster of the machine's own kubectl context. */
const disabledProviders = "pulumi:disable-default-providers";

/** Text of `Pulumi.<stack>.yaml`. */
export function stackFileText({ environment = {}, aws = {}, secretsProvider, source, earlier = "", folder }: StackFileRequest): string {
  const document = source ? parseDocument(source.text, { merge: true }) : parseDocument("config: {}\n");
  if (!document.hasIn(["config"])) document.set("config", document.createNode({}));
  const known = parseDocument(earlier).toJS() as Record<string, unknown> | null;
  for (const key of encryption) if (!document.has(key) && known?.[key] !== undefined) document.set(key, known[key]);
  if (secretsProvider !== undefined && !document.has("secretsprovider")) document.set("secretsprovider", secretsProvider);

  keepSpelling(document);
  if (source) resolveModelConfigFile(document, source.folder);
  if (!document.hasIn(["config", disabledProviders])) document.setIn(["config", disabledProviders], ["kubernetes"]);
  for (const [key, value] of Object.entries(environment)) {
    if (value === undefined) continue;
    document.deleteIn(["config", key]); // the same key, in the namespace of a project of this name
    if (isSecret(key)) document.deleteIn(["config", `${configNamespace}:${key}`]);
    else document.setIn(["config", `${configNamespace}:${key}`], document.createNode(value));
  }
  for (const [key, value] of Object.entries(aws)) document.setIn(["config", `aws:${key}`], document.createNode(value));
  if (environment.modelConfigFile !== undefined) resolveModelConfigFile(document, folder);
  return document.toString();
}

/** What is to be stored encrypted, by full key. */
export function secretValues(environment: EnvironmentConfiguration = {}): Record<string, string> {
  const given = secretKeys.filter((key) => typeof environment[key] === "string");
  return Object.fromEntries(given.map((key) => [`${configNamespace}:${key}`, String(environment[key])]));
}

/** A plain number directly under `config` is text to Pulumi: a commit of digits alone, or 1.40. */
function keepSpelling(document: Document.Parsed): void {
  const config: unknown = document.get("config");
  if (!isMap(config)) return;
  for (const { value } of config.items)
    if (isScalar(value) && typeof value.value === "number" && value.source !== undefined) value.value = value.source;
}

/** The program reads it from another folder. */
function resolveModelConfigFile(document: Document.Parsed, folder: string): void {
  const key = ["config", `${configNamespace}:modelConfigFile`];
  const file: unknown = document.getIn(key);
  if (typeof file === "string") document.setIn(key, path.resolve(folder, file));
}

/** The text of a kubeconfig, read as client-go reads it. https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
import fs from "node:fs";
import { parse } from "yaml";
import { mask } from "../../environment/masking";
import { ClusterUnreachable } from "./clusterErrors";

export interface ExecPlugin {
  apiVersion?: string;
  command?: string;
  args?: string[] | null;
  env?: { name: string; value: string }[] | null;
  interactiveMode?: string;
  provideClusterInfo?: boolean;
}

/** How to reach a cluster, and with which credentials. */
export interface KubeconfigAccess {
  server: URL;
  /** PEM; undefined means the authorities that this machine trusts. */
  ca: string | undefined;
  tlsServerName: string | undefined;
  skipCertificateCheck: boolean;
  user: KubeconfigUser;
}

export type KubeconfigUser =
  | { kind: "anonymous" }
  | { kind: "token"; token: string }
  | { kind: "certificate"; certificate: string; key: string }
  | { kind: "exec"; plugin: ExecPlugin };

type Fields = Record<string, unknown>;

/** Paths in it are relative to the working directory, as for the Kubernetes provider, which gets the text and not its path. */
export function readKubeconfig(text: string, context?: string): KubeconfigAccess {
  const config = parseKubeconfig(text);
  const contextName = context ?? config["current-context"];
  if (typeof contextName !== "string" || contextName === "") throw mistake("has no current-context, and no context is set");
  const chosen = findEntry(config, "contexts", "context", contextName);
  const cluster = findEntry(config, "clusters", "cluster", chosen.cluster);
  const user = chosen.user === undefined ? {} : findEntry(config, "users", "user", chosen.user);
  refuseUnsupported("cluster", cluster, ["proxy-url"]);
  refuseUnsupported("user", user, ["auth-provider", "as", "as-uid", "as-groups", "as-user-extra", "username", "password"]);
  return {
    server: readServer(cluster),
    ca: readDataOrFile(cluster, "certificate-authority"),
    tlsServerName: textOf(cluster["tls-server-name"]),
    skipCertificateCheck: cluster["insecure-skip-tls-verify"] === true,
    user: readUser(user),
  };
}

function parseKubeconfig(text: string): Fields {
  try {
    const config: unknown = parse(text, { merge: true }); // Kubernetes clients read YAML 1.1, which has merge keys
    if (typeof config === "object" && config !== null && !Array.isArray(config)) return config as Fields;
  } catch {
    // A parser's error quotes the line, which may contain credentials: it is not repeated.
  }
  throw mistake("is neither the YAML or JSON of a kubeconfig nor the path of such a file");
}

function findEntry(config: Fields, list: string, field: string, name: unknown): Fields {
  const entries = Array.isArray(config[list]) ? (config[list] as Fields[]) : [];
  const fields = entries.find((each) => each?.name === name)?.[field];
  if (typeof fields !== "object" || fields === null) throw mistake(`has no ${field} named ${JSON.stringify(name)}`);
  return fields as Fields;
}

function readServer(cluster: Fields): URL {
  const server = textOf(cluster.server) ?? "";
  if (!URL.canParse(server)) throw mistake(`has no server address: ${JSON.stringify(mask(cluster.server))}`);
  const url = new URL(server);
  if (url.protocol !== "https:")
    throw new Error(`the preflight asks only over https, and the kubeconfig names ${url.protocol}//${url.host}`);
  return url;
}

function readUser(user: Fields): KubeconfigUser {
  const certificate = readDataOrFile(user, "client-certificate");
  const key = readDataOrFile(user, "client-key");
  if (certificate !== undefined && key !== undefined) return { kind: "certificate", certificate, key };
  const token = textOf(user.token) ?? (textOf(user.tokenFile) && readFile("tokenFile", user.tokenFile as string).trim());
  if (token !== undefined) return { kind: "token", token };
  if (typeof user.exec === "object" && user.exec !== null) return { kind: "exec", plugin: user.exec as ExecPlugin };
  return { kind: "anonymous" };
}

/** `certificate-authority-data` holds base64, `certificate-authority` a path; the data wins. */
function readDataOrFile(fields: Fields, name: string): string | undefined {
  const data = textOf(fields[`${name}-data`]);
  if (data !== undefined) return Buffer.from(data, "base64").toString();
  const file = textOf(fields[name]);
  return file === undefined ? undefined : readFile(name, file);
}

function readFile(field: string, file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    throw mistake(`names ${file} as ${field}, but that file cannot be read`);
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

function refuseUnsupported(kind: string, fields: Fields, names: readonly string[]): void {
  const used = names.find((name) => fields[name] !== undefined);
  if (used) throw new Error(`the ${kind} in this kubeconfig has ${used}, which the preflight does not support`);
}

const mistake = (what: string) => new ClusterUnreachable("kubeconfig", `the kubeconfig ${what}`);

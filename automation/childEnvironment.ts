/** The environment variables of an operation's process: a list, because a service has more secrets than an operation needs. */
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { shortStackName } from "./checkOptions";
import type { AutomationOptions } from "./options";

/** What programs need to start, to find their files and to write text. */
const system = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TMP", "TEMP", "TZ", "LANG", "LANGUAGE", "LC_*", "XDG_*"],
  // Windows
  ...["SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA"],
  ...["PROGRAMDATA", "PROGRAMFILES", "USERNAME"],
];
const network = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"],
];
/** By name: NODE_AUTH_TOKEN publishes packages. */
const node = ["NODE_OPTIONS", "NODE_PATH", "NODE_EXTRA_CA_CERTS", "NODE_USE_ENV_PROXY", "NODE_V8_COVERAGE"];
/** Pulumi and its providers; the AWS SDK and CLI; kubectl's configuration, also of a pod; Helm's registries. */
const tools = ["PULUMI_*", "AWS_*", "KUBECONFIG", "KUBERNETES_SERVICE_*", "HELM_*", "DOCKER_CONFIG"];

/** Backends and secrets providers outside AWS read their own variables: https://www.pulumi.com/docs/iac/concepts/state-and-backends/ */
const ofScheme: readonly (readonly [RegExp, string[]])[] = [
  [/^(gs|gcpkms):/, ["GOOGLE_*", "CLOUDSDK_*"]],
  [/^(azblob|azurekeyvault):/, ["AZURE_*", "ARM_*"]],
  [/^hashivault:/, ["VAULT_*"]],
];

type Variables = Readonly<Record<string, string | undefined>>;
type Inheritance = Partial<AutomationOptions>;

/** The caller's file, and the one that an earlier operation left. */
const stackFiles = ({ file, workingDirectory, stackName = "" }: Inheritance): string[] => [
  ...(file === undefined ? [] : [file]),
  ...(workingDirectory === undefined ? [] : [path.join(workingDirectory, `Pulumi.${shortStackName(stackName)}.yaml`)]),
];

function secretsProviderOf(file: string): string[] {
  try {
    const { secretsprovider } = Object(parse(fs.readFileSync(file, "utf8"))) as { secretsprovider?: unknown };
    return typeof secretsprovider === "string" ? [secretsprovider] : [];
  } catch {
    return []; // the operation says so if it needs the file
  }
}

/** Names are compared as Windows does, without case: `http_proxy` and `Path` have two spellings. */
export function childEnvironment(options: Inheritance, variables: Variables): Record<string, string> {
  const { inheritVariables = [], environmentVariables = {}, secretsProvider = "" } = options;
  const backend = options.backendUrl ?? environmentVariables.PULUMI_BACKEND_URL ?? variables.PULUMI_BACKEND_URL ?? "";
  const places = [backend, secretsProvider, ...stackFiles(options).flatMap(secretsProviderOf)];
  const elsewhere = ofScheme.flatMap(([scheme, names]) => (places.some((place) => scheme.test(place)) ? names : []));
  const patterns = [...system, ...network, ...node, ...tools, ...elsewhere, ...inheritVariables].map((name) => name.toUpperCase());
  const passes = (name: string) =>
    patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
  const inherited = Object.entries(variables).filter(([name, value]) => value !== undefined && passes(name.toUpperCase()));
  return { ...(Object.fromEntries(inherited) as Record<string, string>), ...environmentVariables };
}

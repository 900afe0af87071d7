/** Gets credentials from a program that a kubeconfig names. https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
import { ClusterUnreachable } from "./clusterErrors";
import type { ExecPlugin } from "./kubeconfig";
import { given } from "../../sizing/givenKeys";
import { runProgram, ProgramFailure } from "../machine/program";

export interface ExecCredential {
  token?: string;
  certificate?: string;
  key?: string;
}

const knownVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

export async function runExecPlugin(plugin: ExecPlugin): Promise<ExecCredential> {
  const { apiVersion = "", command = "", args, env } = plugin;
  if (!knownVersions.includes(apiVersion))
    throw new Error(`the preflight supports ${knownVersions.join(" and ")}, not ${apiVersion || "an exec without apiVersion"}`);
  if (plugin.provideClusterInfo)
    throw new Error(`the kubeconfig sets provideClusterInfo for ${command}, which the preflight does not support`);
  if (plugin.interactiveMode === "Always")
    throw new Error(`${command} of this kubeconfig needs input from a person, and the preflight has no terminal`);
  // The AWS CLI answers in this version, and in v1beta1 without it.
  const information = { kind: "ExecCredential", apiVersion, spec: { interactive: false } };
  const environment = {
    ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(information),
  };
  return readCredential(command, apiVersion, await runPlugin(command, args ?? [], environment));
}

async function runPlugin(command: string, args: readonly string[], environment: Record<string, string>): Promise<string> {
  try {
    return await runProgram(command, args, { environment });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (missing) throw new ClusterUnreachable("credentials", `${command}, which fetches the token, is not on PATH`);
    if (error instanceof ProgramFailure) throw new ClusterUnreachable("credentials", `no token: ${error.message}`);
    throw error; // late: the Kubernetes provider waits longer
  }
}

/** A message never repeats the answer: it contains the token. */
function readCredential(command: string, apiVersion: string, output: string): ExecCredential {
  const { status, ...answer } = parseAnswer(output);
  const { token, clientCertificateData: certificate, clientKeyData: key } = status ?? {};
  const complete = token !== undefined || (certificate !== undefined && key !== undefined);
  if (answer.kind !== "ExecCredential" || !complete)
    throw new ClusterUnreachable("credentials", `${command} printed no ExecCredential with a token or a certificate`);
  if (answer.apiVersion !== apiVersion)
    throw new ClusterUnreachable(
      "credentials",
      `${command} answered in ${String(answer.apiVersion)}, but the kubeconfig says ${apiVersion}`,
    );
  return given({ token, certificate, key }, "token", "certificate", "key");
}

interface Answer {
  kind?: string;
  apiVersion?: string;
  status?: { token?: string; clientCertificateData?: string; clientKeyData?: string };
}

function parseAnswer(output: string): Answer {
  try {
    return (JSON.parse(output) as Answer | null) ?? {};
  } catch {
    return {};
  }
}

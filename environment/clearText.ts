/** Refuses credentials in clear text in a configuration: `Pulumi.<stack>.yaml` is committed, and a command stays in the shell's history. */
import { configSecret, configSet, shellCommand } from "../sizing/shellCommand";
import { problem, type Problem } from "../sizing/problem";
import { configSchema } from "./configSchema";
import { findSecrets } from "./masking";
import { isSecret } from "./secrets";

interface ClearText {
  /** Values of the namespace `vllm-eks` that are not encrypted; an encrypted one is left out or replaced by `secretPlaceholder`. */
  values: Record<string, unknown>;
  stack: string;
}

/**
 * The form check refuses `apiKey` and `huggingFaceToken` in clear text, awsForm.ts keys of `aws:`, and the rules for arguments a key in
 * `engine.extraArguments`.
 */
export function checkClearText({ values, stack }: ClearText): Problem[] {
  const own = Object.entries(values).filter(([key]) => Object.hasOwn(configSchema, key) && !isSecret(key) && key !== "tags");
  const found = own.flatMap(([key, value]) => findSecrets(value, key)).map(({ path }) => path);
  const kubeconfig = found.some((path) => path.startsWith(kubeconfigPath)) ? [kubeconfigInClearText(stack)] : [];
  const urls = found.filter((path) => !path.startsWith(kubeconfigPath) && !path.startsWith("engine.extraArguments"));
  return [...kubeconfig, ...[...new Set(urls)].map(urlInClearText)];
}

const kubeconfigPath = "cluster.kubeconfig";

function kubeconfigInClearText(stack: string): Problem {
  const encrypt = `${shellCommand(...configSecret(stack, kubeconfigPath))} < kubeconfig.yaml`;
  return problem({
    code: "secret-in-clear-text",
    path: kubeconfigPath,
    message: "The kubeconfig holds credentials (a token, a password or a private key) in clear text and would end up in version control.",
    fix: `Store it encrypted (${encrypt}), or set the path of the file (${shellCommand(...configSet(stack, kubeconfigPath, "kubeconfig.yaml"))}).`,
  });
}

const urlInClearText = (path: string): Problem =>
  problem({
    code: "secret-in-clear-text",
    path,
    message: `${path} holds credentials in clear text and would end up in version control.`,
    fix: "Remove them from the value. Sign in to a registry on the machine that runs Pulumi (helm registry login) instead.",
  });

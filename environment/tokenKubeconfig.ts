/** A kubeconfig for an EKS cluster that stores no token: it fetches a short-lived one at every use. */
import type { TokenCommand } from "./tokenCommand";

export interface TokenKubeconfig {
  /** Name of the EKS cluster. */
  name: string;
  /** Address of the Kubernetes API, `https://…`. */
  server: string;
  /** Certificate of the authority that signs the API's certificate, base64. */
  certificateAuthorityData: string;
  /** What fetches the token. */
  token: TokenCommand;
}

/** Returns JSON, which every YAML parser accepts. */
export function tokenKubeconfig({ name, server, certificateAuthorityData, token }: TokenKubeconfig): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": certificateAuthorityData } }],
    users: [{ name, user: { exec: execOf(token) } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

/**
 * The kubeconfig of `eks.Cluster` with another command for its token: the component knows only a profile, as a variable that keys of the
 * environment win over, and one role, and it leaves the region to the environment.
 */
export function withTokenCommand(kubeconfigJson: string, token: TokenCommand): string {
  const { users = [], ...kubeconfig } = JSON.parse(kubeconfigJson) as { users?: { name: string; user?: { exec?: object } }[] };
  return JSON.stringify({
    ...kubeconfig,
    users: users.map((each) => (each.user?.exec ? { ...each, user: { exec: execOf(token) } } : each)),
  });
}

const execOf = ({ command, args, env }: TokenCommand) => ({
  apiVersion: "client.authentication.k8s.io/v1beta1",
  command,
  args,
  ...(Object.keys(env).length > 0 && { env: Object.entries(env).map(([name, value]) => ({ name, value })) }),
});

/** A kubeconfig for an EKS cluster that stores no secret: it fetches a short-lived token at every use. */

export interface TokenKubeconfig {
  /** Name of the EKS cluster. */
  name: string;
  region: string;
  /** Address of the Kubernetes API, `https://…`. */
  server: string;
  /** Certificate of the authority that signs the API's certificate, base64. */
  certificateAuthorityData: string;
  /** AWS profile that fetches the token. @default the one in the environment variables */
  profile?: string;
  /** Role that fetches the token. @default the caller */
  roleArn?: string;
}

/** Returns JSON, which every YAML parser accepts. */
export function tokenKubeconfig({ name, region, server, certificateAuthorityData, profile, roleArn }: TokenKubeconfig): string {
  const token = ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"];
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: roleArn ? [...token, "--role-arn", roleArn] : token,
    ...(profile && { env: [{ name: "AWS_PROFILE", value: profile }] }),
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": certificateAuthorityData } }],
    users: [{ name, user: { exec } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

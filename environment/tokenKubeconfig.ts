/** How an EKS cluster is reached without a stored secret: a kubeconfig that fetches a short-lived token at every use. */

export interface TokenKubeconfig {
  /** Name of the cluster, as EKS knows it. */
  name: string;
  region: string;
  /** Address of the Kubernetes API, `https://…`. */
  server: string;
  /** The certificate that its own are signed by, base64. */
  certificateAuthorityData: string;
  /** Profile of the AWS configuration that the token is fetched with. @default that of the surroundings */
  profile?: string;
  /** Role that the token is fetched as. @default the caller */
  roleArn?: string;
}

/** JSON, which every reader of YAML takes. */
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

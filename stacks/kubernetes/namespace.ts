/** The namespace that everything of one environment lives in, and its secrets. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { fieldManager } from "../../components/names";
import { namespaceOf } from "../../environment/stackName";

export interface Secrets {
  /** Key that clients must send. */
  apiKey?: pulumi.Input<string>;
  /** Token of the download Job. */
  huggingFaceToken?: pulumi.Input<string>;
}

export interface InferenceNamespace {
  name: pulumi.Output<string>;
  apiKeySecretName: pulumi.Output<string> | undefined;
  huggingFaceTokenSecretName: pulumi.Output<string> | undefined;
}

/** Key inside each Secret; components refer to it. */
export const secretKeys = { apiKey: "api-key", huggingFaceToken: "token" } as const;

/** `deletedWith`: if the cluster is deleted too, its contents need no delete call. */
export function createNamespace(
  environment: string,
  secrets: Secrets,
  provider: k8s.Provider,
  deletedWith?: pulumi.Resource,
): InferenceNamespace {
  const options = { provider, ...(deletedWith && { deletedWith }) };
  const namespace = new k8s.core.v1.Namespace(
    "namespace",
    {
      metadata: {
        name: namespaceOf(environment),
        annotations: fieldManager,
        labels: {
          // Pods of later roll-outs are ready only when the load balancer sees them; the label must exist before the pods.
          "elbv2.k8s.aws/pod-readiness-gate-inject": "enabled",
          // IPC_LOCK (EFA pins memory) and the node-local compile cache are outside every stricter level.
          "pod-security.kubernetes.io/enforce": "privileged",
          "pod-security.kubernetes.io/warn": "baseline",
        },
      },
    },
    options,
  );
  const name = namespace.metadata.name;

  // Pulumi names the Secrets: a new key gives a new name and so a roll-out. With a fixed name, running pods would keep the old key.
  const createSecret = (logicalName: string, key: string, value: pulumi.Input<string> | undefined) =>
    value === undefined
      ? undefined
      : new k8s.core.v1.Secret(logicalName, { metadata: { namespace: name }, stringData: { [key]: value } }, options).metadata.name;

  return {
    name,
    apiKeySecretName: createSecret("api-key", secretKeys.apiKey, secrets.apiKey),
    huggingFaceTokenSecretName: createSecret("hugging-face-token", secretKeys.huggingFaceToken, secrets.huggingFaceToken),
  };
}

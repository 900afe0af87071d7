/** The namespace that everything of one environment lives in, the policy that closes it, and its secrets. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { fieldManager } from "../../components/names";
import { ConfigurationError } from "../../components/problems";
import type { Environment } from "../../environment/environment";
import { checkSecret } from "../../environment/secrets";
import type { SecretKey } from "../../environment/settingTypes";
import { namespaceOf } from "../../environment/stackName";
import { hasErrors } from "../../sizing/problem";

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

/** Levels of https://kubernetes.io/docs/concepts/security/pod-security-standards/ that an environment needs. */
type PodSecurityLevel = "privileged" | "baseline";

/**
 * The strictest level that the pods of an environment fit. Serving pods on GPUs need `privileged`, although none is a privileged container:
 * `baseline` forbids the capability IPC_LOCK, with which EFA pins memory, and the compile cache on the node's disk. Pods that run as
 * another user have neither. `restricted` fits none: the download Job is root, the only user who can write to a new file system.
 */
export const podSecurityLevel = ({ target, engine }: Pick<Environment, "target" | "engine">): PodSecurityLevel =>
  target === "aws" && !engine.runAsNonRoot ? "privileged" : "baseline";

/**
 * Selects every pod of the namespace and allows nothing: a pod may talk only as another policy of the namespace says.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic
 */
export const denyEverything: k8s.types.input.networking.v1.NetworkPolicySpec = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };

/** `deletedWith`: if the cluster is deleted too, its contents need no delete call. */
export function createNamespace(
  environment: Environment,
  secrets: Secrets,
  provider: k8s.Provider,
  deletedWith?: pulumi.Resource,
): InferenceNamespace {
  const options = { provider, ...(deletedWith && { deletedWith }) };
  const namespace = new k8s.core.v1.Namespace(
    "namespace",
    {
      metadata: {
        name: namespaceOf(environment.name),
        annotations: fieldManager,
        labels: {
          // Pods of later roll-outs are ready only when the load balancer sees them; the label must exist before the pods.
          "elbv2.k8s.aws/pod-readiness-gate-inject": "enabled",
          "pod-security.kubernetes.io/enforce": podSecurityLevel(environment),
          "pod-security.kubernetes.io/warn": "baseline",
        },
      },
    },
    options,
  );
  const deny = new k8s.networking.v1.NetworkPolicy(
    "default-deny",
    { metadata: { namespace: namespace.metadata.name }, spec: denyEverything },
    options,
  );
  // Everything that uses the name waits for the policy, so no object of the namespace, and no pod, exists before it. A URN is known in
  // every preview; another output of the policy could be unknown there, and the name with it.
  const name = pulumi.all([namespace.metadata.name, deny.urn]).apply(([known]) => known);

  // Pulumi names the Secrets: a new key gives a new name and so a roll-out. With a fixed name, running pods would keep the old key.
  const createSecret = (logicalName: string, key: SecretKey) => {
    const value = secrets[key];
    if (value === undefined) return undefined;
    const stringData = { [secretKeys[key]]: usable(environment.name, key, value) };
    return new k8s.core.v1.Secret(logicalName, { metadata: { namespace: name }, stringData }, options).metadata.name;
  };

  return {
    name,
    apiKeySecretName: createSecret("api-key", "apiKey"),
    huggingFaceTokenSecretName: createSecret("hugging-face-token", "huggingFaceToken"),
  };
}

/** Refuses a value that a program passes and that is known only now; the value of a stack's configuration was checked before. */
const usable = (environment: string, key: SecretKey, value: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi.secret(value).apply((text) => {
    const problems = checkSecret(key, text, environment);
    if (hasErrors(problems)) throw new ConfigurationError(`The stack ${environment}`, problems);
    return text;
  });

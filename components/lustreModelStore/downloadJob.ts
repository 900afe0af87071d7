/** The Job that puts the weights on the volume once, so that no serving pod ever talks to Hugging Face. */
import { createHash } from "node:crypto";
import type * as k8s from "@pulumi/kubernetes";
import { zoneLabel } from "../gpuNodeScheduling";
import { modelDirectory, modelMountPath } from "../modelDirectory";
import { refusedExitCode } from "./downloadScript";

type Metadata = k8s.types.input.meta.v1.ObjectMeta;
type JobSpec = k8s.types.input.batch.v1.JobSpec;
type PodSpec = k8s.types.input.core.v1.PodSpec;

export const defaultHuggingFaceEndpoint = "https://huggingface.co";
export const defaultTokenKey = "token";

const containerName = "download";
const scriptPath = "/scripts";
const podLabels = { "app.kubernetes.io/name": "vllm-eks", "app.kubernetes.io/component": "model-download" };

/** Everything that decides what the Job does: a change of any of it is another Job. */
export interface DownloadJobArgs {
  namespace: string;
  /** Hugging Face id. */
  model: string;
  /** Commit, tag or branch. */
  revision: string;
  image: string;
  claimName: string;
  /** ConfigMap with the texts of `downloadScripts`. */
  scriptConfigMapName: string;
  /** Zone that is nearest to the volume. */
  availabilityZone?: string | undefined;
  huggingFaceTokenSecretName?: string | undefined;
  huggingFaceTokenSecretKey?: string | undefined;
  huggingFaceEndpoint?: string | undefined;
}

export interface DownloadJobManifest {
  metadata: Metadata & { name: string };
  spec: JobSpec;
}

export function downloadJobManifest(args: DownloadJobArgs): DownloadJobManifest {
  const spec = jobSpec(args);
  return {
    metadata: {
      // A pod template cannot change: the name follows from it, and a change makes a new Job while the old one's record remains until then.
      name: `download-${createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 10)}`,
      namespace: args.namespace,
      labels: podLabels,
      // A Job that failed stays failed: without this the next `pulumi up` would only read its failure again.
      // https://github.com/pulumi/pulumi-kubernetes/issues/856
      annotations: { "pulumi.com/replaceUnready": "true" },
    },
    spec,
  };
}

/** No time to live after completion: Pulumi would miss the Job and run it again. */
function jobSpec(args: DownloadJobArgs): JobSpec {
  return {
    backoffLimit: 6,
    podFailurePolicy: {
      rules: [
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }, // a drained node is nobody's mistake
        { action: "FailJob", onExitCodes: { containerName, operator: "In", values: [refusedExitCode] } },
      ],
    },
    template: { metadata: { labels: podLabels }, spec: podSpec(args) },
  };
}

function podSpec(args: DownloadJobArgs): PodSpec {
  return {
    // Not OnFailure: it deletes the pod with its log at the last failure, restarts on the same node, and excludes podFailurePolicy.
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // A new Lustre file system belongs to root, mode 0755, and fsGroup does not reach it: the first writer must be root. It owns what it
    // writes, so it needs no capability at all; files are readable for everyone, and serving pods are not root.
    securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: "RuntimeDefault" } },
    ...(args.availabilityZone !== undefined && { affinity: preferZone(args.availabilityZone) }),
    containers: [
      {
        name: containerName,
        image: args.image,
        command: ["python3", "-u", `${scriptPath}/download.py`],
        args: [
          ...["--model", args.model, "--revision", args.revision, "--target", modelDirectory(args.model, args.revision)],
          ...["--endpoint", args.huggingFaceEndpoint ?? defaultHuggingFaceEndpoint],
        ],
        env: tokenEnvironment(args),
        // What the script said last becomes the reason of the failure that Pulumi prints.
        terminationMessagePolicy: "FallbackToLogsOnError",
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
        // TLS and SHA-256 of eight streams want a core; the memory limit leaves room for pages not yet written.
        resources: { requests: { cpu: "1", memory: "512Mi" }, limits: { memory: "2Gi" } },
        volumeMounts: [
          { name: "models", mountPath: modelMountPath },
          { name: "scripts", mountPath: scriptPath, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "models", persistentVolumeClaim: { claimName: args.claimName } },
      { name: "scripts", configMap: { name: args.scriptConfigMapName } },
    ],
  };
}

/** Preferred and not required: another zone mounts the file system too, slower, and a full zone must not stop the deployment. */
const preferZone = (availabilityZone: string): k8s.types.input.core.v1.Affinity => ({
  nodeAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 100, preference: { matchExpressions: [{ key: zoneLabel, operator: "In", values: [availabilityZone] }] } },
    ],
  },
});

function tokenEnvironment(args: DownloadJobArgs): k8s.types.input.core.v1.EnvVar[] {
  const { huggingFaceTokenSecretName: name, huggingFaceTokenSecretKey: key = defaultTokenKey } = args;
  return name === undefined ? [] : [{ name: "HF_TOKEN", valueFrom: { secretKeyRef: { name, key } } }];
}

/**
 * The Job resolves names and fetches over TLS (or the endpoint's own port); nobody reaches it. Lustre is the node's traffic, not the pod's.
 */
export function downloadNetworkPolicy(huggingFaceEndpoint = defaultHuggingFaceEndpoint): k8s.types.input.networking.v1.NetworkPolicySpec {
  const { protocol, port } = new URL(huggingFaceEndpoint);
  const endpointPort = port ? Number(port) : protocol === "http:" ? 80 : 443;
  const clusterDns = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
    podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
  };
  return {
    podSelector: { matchLabels: podLabels },
    policyTypes: ["Ingress", "Egress"],
    egress: [
      { to: [clusterDns], ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 })) },
      // 443 always: files come from a content network by redirect.
      { ports: [...new Set([443, endpointPort])].map((port) => ({ protocol: "TCP", port })) },
    ],
  };
}

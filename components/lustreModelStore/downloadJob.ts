/** The Job that downloads the weights to the volume once, so that serving pods never talk to Hugging Face. */
import { createHash } from "node:crypto";
import type * as k8s from "@pulumi/kubernetes";
import { zoneLabel } from "../gpuNodeScheduling";
import { modelDirectory, modelMountPath } from "../modelDirectory";
import { refusedExitCode } from "./downloadScript";

type Metadata = k8s.types.input.meta.v1.ObjectMeta;
type JobSpec = k8s.types.input.batch.v1.JobSpec;
type PodSpec = k8s.types.input.core.v1.PodSpec;

const defaultHuggingFaceEndpoint = "https://huggingface.co";
const defaultTokenKey = "token";

const containerName = "download";
const scriptPath = "/scripts";
const podLabels = { "app.kubernetes.io/name": "vllm-eks", "app.kubernetes.io/component": "model-download" };

/** Everything that decides what the Job does. Any change makes a new Job. */
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
  /** Zone of the volume. */
  availabilityZone?: string | undefined;
  huggingFaceTokenSecretName?: string | undefined;
  huggingFaceTokenSecretKey?: string | undefined;
  huggingFaceEndpoint?: string | undefined;
  allowPickleWeights?: boolean | undefined;
}

interface DownloadJobManifest {
  metadata: Metadata & { name: string };
  spec: JobSpec;
}

export function downloadJobManifest(args: DownloadJobArgs): DownloadJobManifest {
  const spec = jobSpec(args);
  return {
    metadata: {
      // A Job's pod template cannot change. The name is a hash of it, so a change makes a new Job and Pulumi keeps the old one until then.
      name: `download-${createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 10)}`,
      namespace: args.namespace,
      labels: podLabels,
      // A failed Job stays failed: without this annotation the next `pulumi up` would only report the old failure.
      // https://github.com/pulumi/pulumi-kubernetes/issues/856
      annotations: { "pulumi.com/replaceUnready": "true" },
    },
    spec,
  };
}

/** The Job has no time to live after completion: if Kubernetes deleted it, Pulumi would run it again. */
function jobSpec(args: DownloadJobArgs): JobSpec {
  return {
    backoffLimit: 6,
    podFailurePolicy: {
      rules: [
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }, // a drained node is not a failure
        { action: "FailJob", onExitCodes: { containerName, operator: "In", values: [refusedExitCode] } },
      ],
    },
    template: { metadata: { labels: podLabels }, spec: podSpec(args) },
  };
}

function podSpec(args: DownloadJobArgs): PodSpec {
  return {
    // OnFailure would delete the pod and its log at the last failure, restart on the same node, and exclude podFailurePolicy.
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // A new Lustre file system belongs to root, mode 0755, and fsGroup does not change that: the first writer must be root. It owns what it
    // writes, so it does not need capabilities. The files are readable for all users, whichever user the engine runs as.
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
          ...(args.allowPickleWeights ? ["--allow-pickle"] : []),
        ],
        env: tokenEnvironment(args),
        // The last output of the script becomes the reason of the failure that Pulumi prints.
        terminationMessagePolicy: "FallbackToLogsOnError",
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
        // TLS and SHA-256 of eight streams, or of eight files that are there already, need a core. The memory limit leaves room for pages
        // not yet written. The files go to the volume: on the node's disk there is only the log, which the kubelet rotates at 50 MiB.
        resources: {
          requests: { cpu: "1", memory: "512Mi", "ephemeral-storage": "128Mi" },
          limits: { memory: "2Gi", "ephemeral-storage": "1Gi" },
        },
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

/** A preference only: pods in another zone can mount the file system, slower, and a full zone must not stop the deployment. */
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
 * The Job may resolve names and download over TLS (or the port of the endpoint); nothing may connect to it. Lustre traffic belongs to the
 * node, not to the pod.
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
      // Always 443: the Hub redirects to a content network for files.
      { ports: [...new Set([443, endpointPort])].map((port) => ({ protocol: "TCP", port })) },
    ],
  };
}

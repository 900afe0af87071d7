/** What the program of an environment registers about serving, as an API server would hand it to controllers and kubelets. */
import { manifests } from "../../../plan/manifests";
import type { Recording } from "../../../plan/recordingMonitor";
import { environmentOf, recordEnvironment } from "../../support/environments";
import { ofType } from "../../support/record";

export interface Probe {
  exec?: { command: string[] };
  httpGet?: { path: string; port: number | string };
  periodSeconds: number;
  timeoutSeconds: number;
  failureThreshold: number;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: { fieldRef?: { fieldPath: string }; secretKeyRef?: { name: string; key: string } };
}

export interface Container {
  command: string[];
  args: string[];
  env: EnvVar[];
  ports?: { name: string; containerPort: number }[];
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  lifecycle?: { preStop?: { sleep?: { seconds: number }; exec?: { command: string[] } } };
  resources: { limits: Record<string, string> };
  securityContext: { readOnlyRootFilesystem: boolean; capabilities: { drop: string[]; add?: string[] } };
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}

export interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: {
    containers: Container[];
    volumes: {
      name: string;
      configMap?: { name: string };
      hostPath?: { path: string };
      emptyDir?: { medium?: string; sizeLimit?: string };
    }[];
    securityContext: { runAsUser?: number; runAsGroup?: number };
    terminationGracePeriodSeconds: number;
  };
}

export interface ServingObjects {
  recording: Recording;
  set: {
    metadata: { name: string; namespace: string };
    spec: {
      startupPolicy: string;
      leaderWorkerTemplate: { size: number; restartPolicy: string; leaderTemplate: PodTemplate; workerTemplate: PodTemplate };
    };
  };
  service: { spec: { selector: Record<string, string>; ports: { port: number; targetPort: number | string }[] } };
  /** By name: files of a ConfigMap, values of a Secret. */
  configMaps: Map<string, Record<string, string>>;
  secrets: Map<string, Record<string, string>>;
  policies: NetworkPolicy[];
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
}

export interface PolicyPeer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string };
}

export interface PolicyPort {
  protocol: string;
  port: number;
}

export interface NetworkPolicy {
  metadata: { name: string; namespace: string };
  spec: {
    podSelector: LabelSelector;
    policyTypes: string[];
    ingress?: { from?: PolicyPeer[]; ports?: PolicyPort[] }[];
    egress?: { to?: PolicyPeer[]; ports?: PolicyPort[] }[];
  };
}

export const servingObjects = (...settings: string[]): Promise<ServingObjects> => servingObjectsOf("dev", ...settings);

export async function servingObjectsOf(stack: string, ...settings: string[]): Promise<ServingObjects> {
  const recording = await recordEnvironment(environmentOf(stack, ...settings));
  const all = manifests(recording.resources).map(({ content }) => content as any);
  const one = (kind: string) => {
    const found = all.filter((object) => object.kind === kind);
    if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind}.`);
    return found[0];
  };
  const named = (objects: any[], field: string) => new Map(objects.map((object) => [object.metadata.name, object[field]]));
  // Manifests of a plan hide what a Secret holds; the recorder unwrapped it.
  const secrets = ofType(recording, "kubernetes:core/v1:Secret").map(({ id = "", inputs }) => ({
    metadata: { name: id.slice(id.lastIndexOf("/") + 1) },
    stringData: inputs.stringData,
  }));
  return {
    recording,
    set: one("LeaderWorkerSet"),
    service: one("Service"),
    configMaps: named(
      all.filter(({ kind }) => kind === "ConfigMap"),
      "data",
    ),
    secrets: named(secrets, "stringData"),
    policies: all.filter(({ kind }) => kind === "NetworkPolicy"),
  };
}

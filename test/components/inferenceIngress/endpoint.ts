/** A cluster, a network and a Service, reduced to what an endpoint uses. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { RecordedResource } from "../../../plan/recordedResource";
import type { Recording } from "../../../plan/recordingMonitor";
import { InferenceIngress, type InferenceIngressArgs } from "../../../components/inferenceIngress/inferenceIngress";
import { recordProgram } from "../../support/record";

/** Replaces an EKS cluster: its outputs are known only after it exists. */
class Cluster extends pulumi.CustomResource {
  declare readonly securityGroupId: pulumi.Output<string>;
  constructor(name: string) {
    super("vllm-eks:test:Cluster", name, { securityGroupId: "sg-0c1u57e4" });
  }
}

export type Overrides = Partial<InferenceIngressArgs>;

/** Registers one endpoint named `llm`, with a cluster and the controller's Release. */
export function recordEndpoint(
  overrides: Overrides = {},
  options: { preview?: boolean; deletedWithCluster?: boolean } = {},
): Promise<Recording> {
  return recordProgram(
    () => {
      const cluster = new Cluster("cluster");
      const controller = new k8s.helm.v3.Release("controller", { chart: "aws-load-balancer-controller", namespace: "kube-system" });
      const serving = new k8s.core.v1.Service("engine", { metadata: { name: "engine", namespace: "inference" } });
      // In parallel with the endpoint, as in a deployment: neither waits for the other.
      new k8s.apiextensions.CustomResource("engine", {
        apiVersion: "leaderworkerset.x-k8s.io/v1",
        kind: "LeaderWorkerSet",
        metadata: { name: "engine", namespace: serving.metadata.namespace },
      });
      const ingress = new InferenceIngress(
        "llm",
        {
          inboundCidrs: ["10.0.0.0/16"],
          serviceName: serving.metadata.name,
          namespace: serving.metadata.namespace,
          targetSecurityGroupId: cluster.securityGroupId,
          vpcId: "vpc-0a1b2c3d4e5f60718",
          subnetIds: ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0bbbbbbbbbbbbbbb2"],
          startAfter: [controller.status.name],
          ...overrides,
        },
        options.deletedWithCluster ? { deletedWith: cluster } : {},
      );
      return { url: ingress.url, hostname: ingress.hostname };
    },
    { preview: options.preview ?? false },
  );
}

const outside = new Set(["cluster", "controller", "engine"]);

/** The children of the endpoint as `type name`, sorted; the type is without package and module. */
export const children = (recording: Recording): string[] =>
  recording.resources
    .filter((resource) => !outside.has(resource.name) && resource.custom)
    .map((resource) => `${shortType(resource)} ${resource.name}`)
    .sort();

export const shortType = (resource: RecordedResource) => resource.type.split(":").at(-1)!;

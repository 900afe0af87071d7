import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { EfaGpuNodeGroup, InferenceIngress, LustreModelStore, VllmLeaderWorkerSet } from "../../components";
import { recordProgram } from "../support/record";
import { twoNodes } from "./vllmLeaderWorkerSet/servingSamples";

// Proves that waiting does not change inputs. The specs of the components prove that the late children wait, and only they.

type StartAfter = { startAfter?: pulumi.Input<string>[] };

const network = { vpcId: "vpc-0", clusterSecurityGroupId: "sg-cluster", subnetId: "subnet-gpu" };

const components: Record<string, (late: StartAfter) => pulumi.ComponentResource> = {
  EfaGpuNodeGroup: (late) =>
    new EfaGpuNodeGroup("gpu", { ...network, clusterName: "serving", instanceType: "p4d.24xlarge", nodeCount: 2, ...late }),
  LustreModelStore: (late) =>
    new LustreModelStore("store", {
      ...network,
      ...{ deploymentType: "SCRATCH_2", storageCapacityGiB: 1200, clientCidrBlocks: ["10.0.0.0/19"], namespace: "inference" },
      ...{ model: "acme/large", modelRevision: "a".repeat(40), neededGiB: 62, availabilityZone: "us-west-2b" },
      ...late,
    }),
  VllmLeaderWorkerSet: (late) => new VllmLeaderWorkerSet("vllm", { ...twoNodes, ...late }),
  "InferenceIngress in direct mode": (late) => endpoint("direct", late),
  "InferenceIngress in controller mode": (late) => endpoint("controller", late),
};

const endpoint = (mode: "direct" | "controller", late: StartAfter) =>
  new InferenceIngress("llm", {
    ...{ mode, vpcId: "vpc-0", targetSecurityGroupId: "sg-cluster", subnetIds: ["subnet-a", "subnet-b"] },
    ...{ inboundCidrs: ["10.0.0.0/16"], serviceName: "vllm-leader", namespace: "inference" },
    ...late,
  });

describe("startAfter", () => {
  for (const [title, make] of Object.entries(components))
    it(`keeps every input of ${title} known in a preview; an unknown one would show as a replacement`, async () => {
      const inputsOf = async (waiting: boolean) => {
        const recording = await recordProgram(
          () => {
            // In a preview its ARN is unknown.
            const gate = new aws.ec2.PlacementGroup("gate", { strategy: "cluster" });
            make(waiting ? { startAfter: [gate.arn] } : {});
          },
          { preview: true },
        );
        return new Map(recording.resources.map(({ urn, inputs }) => [urn, inputs]));
      };
      assert.deepEqual(await inputsOf(true), await inputsOf(false));
    });
});

/** Minutes that AWS takes to create a resource: the same as in the plan, so that a run on the clock can be compared with it. */
import { durationsByType, gpuNodeGroupDuration } from "../../../sizing/costAndTime/durations";

/** The plan counts a remote component as one block; here one of its children takes the whole time. */
const blocks: Readonly<Record<string, string>> = { "aws:eks/cluster:Cluster": "eks:index:Cluster", "aws:ec2/vpc:Vpc": "awsx:ec2:Vpc" };
const inBlocks = /^aws:ec2\/(subnet|internetGateway|routeTable|routeTableAssociation|vpcEndpoint):/;

const byType = durationsByType();

export function minutesToCreate(type: string, name: string): number {
  if (inBlocks.test(type) || /^(network|cluster)-/.test(name)) return blocks[type] === undefined ? 0 : minutesOf(blocks[type], name);
  return name === "gpu-nodes" ? gpuNodeGroupDuration().seconds / 60 : minutesOf(blocks[type] ?? type, name);
}

const minutesOf = (type: string, name: string) =>
  byType({ urn: name, type, name, dependsOn: [], custom: true, remote: false }).seconds / 60;

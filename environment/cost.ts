/** What this environment costs per hour. */
import { hourlyCost, type HourlyCost } from "../sizing/costAndTime/cost";
import { defaultRootVolumeGiB, rootVolume } from "../components/efaGpuNodeGroup/rootVolume";
import type { InstanceTypeFacts } from "../catalog/instanceTypes";
import { type AwsEnvironment, type Environment, systemNodeCount, systemNodeVolumeGiB } from "./environment";

/** Undefined outside AWS, because the catalog has only AWS prices. */
export function hourlyCostOf({ aws, today, instance, layout, pricesToday }: Environment): HourlyCost | undefined {
  if (!aws) return undefined;
  const { cluster, network, capacity, gpuNodes, ingress } = aws;
  const created = cluster.kind === "create" ? cluster : undefined;
  const natGateways = natGatewayCount(aws);
  const balancerSubnets = network.kind === "create" ? aws.availabilityZones.length : network.loadBalancerSubnetIds.length;
  const publicBalancer = ingress.mode !== "none" && ingress.scheme === "internet-facing";
  return hourlyCost({
    region: aws.region,
    today,
    ...(pricesToday && { pricesToday }),
    instanceType: instance.name,
    nodeCount: layout.nodeCount,
    capacityType: capacity.type,
    rootVolume: rootVolumeOf(instance, gpuNodes.rootVolumeGiB),
    ...(created && {
      systemNodes: { instanceType: created.systemInstanceType, count: systemNodeCount, rootVolumeGiB: systemNodeVolumeGiB },
    }),
    createCluster: created !== undefined,
    kubernetesVersion: created?.version ?? "",
    store: aws.store,
    loadBalancer: ingress.mode !== "none",
    natGateways,
    // A NAT gateway has one; an internet-facing load balancer has one in each subnet.
    publicIps: natGateways + (publicBalancer ? balancerSubnets : 0),
  });
}

/** The owner of an adopted network pays for its NAT gateways. */
export function natGatewayCount({ network, availabilityZones }: AwsEnvironment): number {
  if (network.kind === "adopt") return 0;
  return network.natGateways === "onePerZone" ? availabilityZones.length : 1;
}

function rootVolumeOf(instance: InstanceTypeFacts, sizeGiB = defaultRootVolumeGiB) {
  const { iops, throughput } = rootVolume(instance, sizeGiB);
  return { sizeGiB, ...(iops && { iops }), ...(throughput && { throughputMBps: throughput }) };
}

/** The VPC: created for this stack, or an existing one. In both cases the rest of the program gets the same few ids. */
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { AdoptedNetwork, CreatedNetwork } from "../../environment/environment";
import { subnetSpecs, type SubnetName } from "../../environment/subnets";
import type { Site } from "./site";

export interface Network {
  vpcId: pulumi.Input<string>;
  /** The one subnet of GPU nodes and file system. */
  gpuSubnetId: pulumi.Input<string>;
  /** In two zones if there are two, the GPU zone first: the download runs on a system node, best in the zone of the file system. */
  systemSubnetIds: pulumi.Input<string>[];
  controlPlaneSubnetIds: pulumi.Input<string>[];
  loadBalancerSubnetIds: pulumi.Input<string>[];
  /** Known when private subnets reach the internet: a node that starts earlier cannot pull an image. */
  routesReady: pulumi.Input<string>[];
}

export function createNetwork(site: Site): Network {
  const { network: settings } = site.settings;
  return settings.kind === "create" ? createVpc(site, settings) : adoptNetwork(settings);
}

const adoptNetwork = ({ vpcId, nodeSubnetId, loadBalancerSubnetIds }: AdoptedNetwork): Network => ({
  vpcId,
  gpuSubnetId: nodeSubnetId,
  systemSubnetIds: [nodeSubnetId],
  controlPlaneSubnetIds: [...new Set([nodeSubnetId, ...loadBalancerSubnetIds])],
  loadBalancerSubnetIds,
  routesReady: [],
});

function createVpc(site: Site, settings: CreatedNetwork): Network {
  const { availabilityZones, availabilityZone, region, ingress } = site.settings;
  const { tags, provider } = site;
  const vpc = new awsx.ec2.Vpc(
    "network",
    {
      cidrBlock: settings.cidrBlock,
      availabilityZoneNames: availabilityZones,
      subnetStrategy: "Auto",
      subnetSpecs: subnetSpecs(settings.cidrBlock, availabilityZones.length).map((spec) => ({
        ...spec,
        tags: loadBalancerRoles[spec.name],
      })),
      // NAT gateways inside the component would make its outputs, and so the control plane, wait for minutes.
      natGateways: { strategy: "None" },
      enableDnsHostnames: true,
      enableDnsSupport: true,
      vpcEndpointSpecs: [{ serviceName: `com.amazonaws.${region}.s3` }],
      // With the default strategy the endpoint gets no routes: image layers from S3 would then pay for NAT by the gigabyte.
      vpcEndpointStrategy: "Auto",
      tags,
    },
    { provider },
  );

  const zoneIndexes = availabilityZones.map((_, index) => index + 1);
  const subnet = (name: SubnetName, zone: number) => idByName(name === "public" ? vpc.publicSubnets : vpc.privateSubnets, name, zone);
  const gpuZone = availabilityZones.indexOf(availabilityZone) + 1;
  const gpuZoneFirst = [gpuZone, ...zoneIndexes.filter((zone) => zone !== gpuZone)];
  const loadBalancerSubnet: SubnetName = ingress.scheme === "internet-facing" ? "public" : "load-balancer";

  return {
    vpcId: vpc.vpcId,
    gpuSubnetId: subnet("nodes", gpuZone),
    systemSubnetIds: gpuZoneFirst.slice(0, 2).map((zone) => subnet("nodes", zone)),
    controlPlaneSubnetIds: zoneIndexes.map((zone) => subnet("nodes", zone)),
    loadBalancerSubnetIds: zoneIndexes.map((zone) => subnet(loadBalancerSubnet, zone)),
    routesReady:
      settings.natGateways === "single"
        ? createNatRoutes(site, vpc, "nat", subnet("public", gpuZone), zoneIndexes)
        : zoneIndexes.flatMap((zone) => createNatRoutes(site, vpc, `nat-zone-${zone}`, subnet("public", zone), [zone])),
  };
}

/** A NAT gateway, and through it the default route of the node subnets of these zones. */
function createNatRoutes(
  { tags, provider }: Site,
  vpc: awsx.ec2.Vpc,
  name: string,
  subnetId: pulumi.Input<string>,
  zones: number[],
): pulumi.Output<string>[] {
  const named = { ...tags, Name: name };
  const address = new aws.ec2.Eip(name, { domain: "vpc", tags: named }, { provider, dependsOn: vpc });
  const gateway = new aws.ec2.NatGateway(name, { allocationId: address.allocationId, subnetId, tags: named }, { provider });
  return zones.map((zone) => {
    const routeTableId = idByName(vpc.routeTables, "nodes", zone);
    const args = { routeTableId, destinationCidrBlock: "0.0.0.0/0", natGatewayId: gateway.id };
    return new aws.ec2.Route(`nat-${zone}`, args, { provider }).id;
  });
}

/** The load balancer controller finds subnets by these tags; they do no harm if Pulumi names the subnets. */
const loadBalancerRoles: Record<SubnetName, Record<string, string>> = {
  nodes: {},
  public: { "kubernetes.io/role/elb": "1" },
  "load-balancer": { "kubernetes.io/role/internal-elb": "1" },
};

/** awsx has no output by name. The URN ends in `network-<spec>-<zone>`, which stays the same when a spec is added. */
function idByName(resources: pulumi.Output<pulumi.CustomResource[]>, name: SubnetName, zone: number): pulumi.Output<string> {
  const suffix = `::network-${name}-${zone}`;
  return resources
    .apply((all) => pulumi.all(all.map((resource) => pulumi.all([resource.urn, resource.id]))))
    .apply((pairs) => {
      const [, id] = pairs.find(([urn]) => urn.endsWith(suffix)) ?? [];
      if (id === undefined) throw new pulumi.RunError(`The VPC has no resource with a URN that ends in ${suffix}.`);
      return id;
    });
}

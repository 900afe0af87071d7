/**
 * The two remote components, with the children that the released ones register for the arguments of this package: names, parents, inputs
 * and order as seen on a real engine with pulumi-awsx 3.8 and pulumi-eks 4.3. Arguments that the package does not use are refused, not
 * guessed.
 */
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

type Values = Record<string, unknown>;

export interface Constructed {
  urn: pulumi.Output<string>;
  state: Values;
}

export type Construct = (name: string, args: Values, options: pulumi.ComponentResourceOptions) => Constructed;

interface SubnetSpec {
  type: "Public" | "Private";
  name: string;
  cidrMask: number;
  tags?: Record<string, string>;
}

interface VpcArgs {
  cidrBlock: string;
  availabilityZoneNames: string[];
  subnetStrategy: string;
  subnetSpecs: SubnetSpec[];
  natGateways: { strategy: string };
  enableDnsHostnames: boolean;
  enableDnsSupport: boolean;
  vpcEndpointSpecs: { serviceName: string }[];
  vpcEndpointStrategy: string;
  tags?: Record<string, string>;
}

const vpcArguments = [
  "cidrBlock",
  "availabilityZoneNames",
  "subnetStrategy",
  "subnetSpecs",
  "natGateways",
  "enableDnsHostnames",
  "enableDnsSupport",
];
const endpointArguments = ["vpcEndpointSpecs", "vpcEndpointStrategy", "tags"];

export const vpc: Construct = (name, values, options) => {
  onlyKnown("awsx.ec2.Vpc", values, [...vpcArguments, ...endpointArguments]);
  const args = values as unknown as VpcArgs;
  if (args.natGateways.strategy !== "None") throw new Error("Only a network that makes no NAT gateways is simulated.");
  const component = new pulumi.ComponentResource("awsx:ec2:Vpc", name, {}, options);
  const tagged = (own: string, more: Record<string, string> = {}) => ({ ...args.tags, ...more, Name: own });
  const { cidrBlock, enableDnsHostnames, enableDnsSupport } = args;
  const made = new aws.ec2.Vpc(name, { cidrBlock, enableDnsHostnames, enableDnsSupport, tags: tagged(name) }, { parent: component });
  const inside = { parent: made };
  const gateway = new aws.ec2.InternetGateway(name, { vpcId: made.id, tags: tagged(name) }, inside);
  const blocks = cidrBlocks(args);
  const subnets = args.availabilityZoneNames.flatMap((availabilityZone, zone) =>
    args.subnetSpecs.map((spec) => {
      const own = `${name}-${spec.name}-${zone + 1}`;
      const isPublic = spec.type === "Public";
      const tags = { ...spec.tags, ...tagged(own, { SubnetType: spec.type }) };
      const cidr = blocks[`${zone}/${spec.name}`]!;
      const subnet = new aws.ec2.Subnet(
        own,
        { vpcId: made.id, cidrBlock: cidr, availabilityZone, mapPublicIpOnLaunch: isPublic, assignIpv6AddressOnCreation: false, tags },
        inside,
      );
      const table = new aws.ec2.RouteTable(own, { vpcId: made.id, tags: tagged(own, { SubnetType: spec.type }) }, { parent: subnet });
      new aws.ec2.RouteTableAssociation(own, { routeTableId: table.id, subnetId: subnet.id }, { parent: table });
      if (isPublic)
        new aws.ec2.Route(own, { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id }, { parent: table });
      return { isPublic, subnet, table };
    }),
  );
  for (const { serviceName } of args.vpcEndpointSpecs) {
    const routeTableIds = args.vpcEndpointStrategy === "Auto" ? subnets.map(({ table }) => table.id) : undefined;
    new aws.ec2.VpcEndpoint(
      serviceName,
      { serviceName, vpcId: made.id, ...(routeTableIds && { routeTableIds }), tags: tagged(serviceName) },
      inside,
    );
  }
  const of = (isPublic: boolean) => subnets.filter((each) => each.isPublic === isPublic).map(({ subnet }) => subnet);
  return {
    urn: component.urn,
    state: {
      vpcId: made.id,
      vpc: made,
      publicSubnets: of(true),
      privateSubnets: of(false),
      publicSubnetIds: of(true).map(({ id }) => id),
      privateSubnetIds: of(false).map(({ id }) => id),
      subnets: subnets.map(({ subnet }) => subnet),
      routeTables: subnets.map(({ table }) => table),
      internetGateway: gateway,
    },
  };
};

/** Strategy Auto: a block for each zone, inside it the specs in order, each aligned to its own size. Overlaps are refused. */
function cidrBlocks({ cidrBlock, availabilityZoneNames: zones, subnetSpecs }: VpcArgs): Record<string, string> {
  const [base = "", mask = ""] = cidrBlock.split("/");
  const start = base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const blockSize = 2 ** (32 - Number(mask) - Math.ceil(Math.log2(zones.length)));
  const taken: [from: number, to: number, owner: string][] = [];
  const blocks: Record<string, string> = {};
  zones.forEach((_, zone) => {
    let next = start + zone * blockSize;
    for (const { name, cidrMask } of subnetSpecs) {
      const size = 2 ** (32 - cidrMask);
      const from = Math.ceil(next / size) * size;
      const clash = taken.find(([low, high]) => from < high && from + size > low);
      if (clash) throw new Error(`subnets overlap: ${name} of zone ${zone + 1} and ${clash[2]}`);
      taken.push([from, from + size, `${name} of zone ${zone + 1}`]);
      blocks[`${zone}/${name}`] = `${[24, 16, 8, 0].map((shift) => Math.floor(from / 2 ** shift) % 256).join(".")}/${cidrMask}`;
      next = from + size;
    }
  });
  return blocks;
}

interface ClusterArgs {
  name: string;
  version: string;
  accessEntries?: Record<
    string,
    { principalArn: string; accessPolicies: Record<string, { policyArn: string; accessScope: { type: string } }> }
  >;
  privateSubnetIds: string[];
  endpointPrivateAccess: boolean;
  endpointPublicAccess: boolean;
  publicAccessCidrs?: string[];
  enabledClusterLogTypes: string[];
  bootstrapSelfManagedAddons: boolean;
  deletionProtection: boolean;
  upgradePolicy: { supportType: string };
  tags?: Record<string, string>;
}

const clusterArguments = [
  ...[
    "name",
    "version",
    "authenticationMode",
    "accessEntries",
    "vpcId",
    "privateSubnetIds",
    "endpointPrivateAccess",
    "endpointPublicAccess",
  ],
  ...["publicAccessCidrs", "enabledClusterLogTypes", "skipDefaultNodeGroup", "skipDefaultSecurityGroups", "createOidcProvider", "tags"],
  ...[
    "bootstrapSelfManagedAddons",
    "useDefaultVpcCni",
    "kubeProxyAddonOptions",
    "corednsAddonOptions",
    "deletionProtection",
    "upgradePolicy",
  ],
  "providerCredentialOpts",
];

/** `kubeconfig`: of the test API server, which every simulated cluster hands out. */
export const cluster =
  (kubeconfig: string): Construct =>
  (name, values, options) => {
    onlyKnown("eks.Cluster", values, clusterArguments);
    const args = values as unknown as ClusterArgs;
    const component = new pulumi.ComponentResource("eks:index:Cluster", name, {}, options);
    const child = { parent: component };
    const role = serviceRole(`${name}-eksRole`, args.tags, child);
    const { endpointPrivateAccess, endpointPublicAccess, publicAccessCidrs } = args;
    const made = new aws.eks.Cluster(
      `${name}-eksCluster`,
      {
        name: args.name,
        version: args.version,
        roleArn: role.arn,
        accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
        bootstrapSelfManagedAddons: args.bootstrapSelfManagedAddons,
        vpcConfig: {
          subnetIds: args.privateSubnetIds,
          endpointPrivateAccess,
          endpointPublicAccess,
          ...(publicAccessCidrs && { publicAccessCidrs }),
        },
        enabledClusterLogTypes: args.enabledClusterLogTypes,
        deletionProtection: args.deletionProtection,
        upgradePolicy: args.upgradePolicy,
        tags: { ...args.tags, Name: `${name}-eksCluster` },
      },
      {
        ...child,
        dependsOn: role.attachment,
        ignoreChanges: ["bootstrapSelfManagedAddons", "accessConfig.bootstrapClusterCreatorAdminPermissions"],
      },
    );
    for (const [key, { principalArn, accessPolicies }] of Object.entries(args.accessEntries ?? {})) {
      const entry = new aws.eks.AccessEntry(`${name}-${key}`, { clusterName: made.name, principalArn }, child);
      for (const [policy, { policyArn, accessScope }] of Object.entries(accessPolicies)) {
        const association = { clusterName: made.name, principalArn, policyArn, accessScope };
        new aws.eks.AccessPolicyAssociation(`${name}-${key}-${policy}`, association, { parent: entry, dependsOn: entry });
      }
    }
    const kubeconfigJson = made.endpoint.apply(() => kubeconfig);
    new k8s.Provider(`${name}-eks-k8s`, { kubeconfig: kubeconfigJson }, child);
    return {
      urn: component.urn,
      state: {
        eksCluster: made,
        kubeconfig: kubeconfigJson.apply((text) => JSON.parse(text) as unknown),
        kubeconfigJson,
        clusterSecurityGroupId: made.vpcConfig.clusterSecurityGroupId,
        nodeSecurityGroupId: made.vpcConfig.clusterSecurityGroupId,
        oidcProviderArn: "",
      },
    };
  };

function serviceRole(name: string, tags: Record<string, string> | undefined, options: pulumi.CustomResourceOptions) {
  const component = new pulumi.ComponentResource("eks:index:ServiceRole", name, {}, options);
  const assumeRolePolicy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Principal: { Service: "eks.amazonaws.com" } }],
  });
  const role = new aws.iam.Role(`${name}-role`, { assumeRolePolicy, ...(tags && { tags }) }, { parent: component });
  const policyArn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy";
  const attachment = new aws.iam.RolePolicyAttachment(`${name}-4b490823`, { role: role.name, policyArn }, { parent: component });
  return { arn: role.arn, attachment };
}

function onlyKnown(component: string, args: Values, known: readonly string[]): void {
  const unknown = Object.keys(args).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${component}: ${unknown.join(", ")} of it are not simulated.`);
}

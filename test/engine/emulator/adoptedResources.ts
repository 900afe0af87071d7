/** What an account has before a stack adopts it: created in the emulator through the SDK. */
import { ACMClient, ImportCertificateCommand } from "@aws-sdk/client-acm";
import * as ec2 from "@aws-sdk/client-ec2";
import { CreateClusterCommand, EKSClient } from "@aws-sdk/client-eks";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";

export interface AdoptedResources {
  vpcId: string;
  nodeSubnetId: string;
  loadBalancerSubnetIds: string[];
  hostedZoneId: string;
  certificateArn: string;
}

/** AWS's ids begin with this, moto's do not. */
export const zoneIdPrefix = "Z";

export interface AdoptionRequest {
  endpoint: string;
  cluster: string;
  /** Zone of the node subnet, and one more for the load balancer. */
  zones: [string, string];
  domain: string;
  /** PEM. */
  certificate: string;
  key: string;
}

export async function adoptedResources({ endpoint, cluster, zones, domain, ...pem }: AdoptionRequest): Promise<AdoptedResources> {
  const settings = { endpoint, region: "us-west-2", credentials: { accessKeyId: "testing", secretAccessKey: "testing" } };
  const client = new ec2.EC2Client(settings);
  const { Vpc } = await client.send(new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const vpcId = Vpc!.VpcId!;
  await client.send(new ec2.ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
  const subnet = async (CidrBlock: string, AvailabilityZone: string) =>
    (await client.send(new ec2.CreateSubnetCommand({ VpcId: vpcId, CidrBlock, AvailabilityZone }))).Subnet!.SubnetId!;
  const [nodeSubnetId, ...loadBalancerSubnetIds] = [
    await subnet("10.0.0.0/20", zones[0]),
    await subnet("10.0.32.0/24", zones[0]),
    await subnet("10.0.33.0/24", zones[1]),
  ];
  await routeThroughNat(client, vpcId, nodeSubnetId!);
  await new EKSClient(settings).send(
    new CreateClusterCommand({
      name: cluster,
      roleArn: "arn:aws:iam::123456789012:role/cluster",
      resourcesVpcConfig: { subnetIds: loadBalancerSubnetIds },
    }),
  );
  const { HostedZone } = await new Route53Client(settings).send(new CreateHostedZoneCommand({ Name: domain, CallerReference: domain }));
  const { CertificateArn } = await new ACMClient(settings).send(
    new ImportCertificateCommand({ Certificate: Buffer.from(pem.certificate), PrivateKey: Buffer.from(pem.key) }),
  );
  return {
    vpcId,
    nodeSubnetId: nodeSubnetId!,
    loadBalancerSubnetIds,
    hostedZoneId: HostedZone!.Id!.replace("/hostedzone/", zoneIdPrefix),
    certificateArn: CertificateArn!,
  };
}

async function routeThroughNat(client: ec2.EC2Client, vpcId: string, subnetId: string): Promise<void> {
  const { AllocationId } = await client.send(new ec2.AllocateAddressCommand({ Domain: "vpc" }));
  const { NatGateway } = await client.send(new ec2.CreateNatGatewayCommand({ SubnetId: subnetId, AllocationId }));
  const { RouteTable } = await client.send(new ec2.CreateRouteTableCommand({ VpcId: vpcId }));
  const table = { RouteTableId: RouteTable!.RouteTableId };
  await client.send(new ec2.CreateRouteCommand({ ...table, DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: NatGateway!.NatGatewayId }));
  await client.send(new ec2.AssociateRouteTableCommand({ ...table, SubnetId: subnetId }));
}

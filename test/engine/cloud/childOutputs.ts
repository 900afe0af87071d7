/**
 * What AWS answers for the types that only the remote components register (`awsx.ec2.Vpc`, `eks.Cluster`). Ids carry the order of creation.
 */
import { accountId, digits } from "../../../plan/simulatedOutputs";

type Values = Record<string, unknown>;

const region = "us-west-2";
const prefixes: Record<string, string> = {
  "aws:ec2/vpc:Vpc": "vpc",
  "aws:ec2/subnet:Subnet": "subnet",
  "aws:ec2/internetGateway:InternetGateway": "igw",
  "aws:ec2/routeTable:RouteTable": "rtb",
  "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
};

/** Undefined for the types that the program itself registers. */
export function childOutputs(type: string, name: string, inputs: Values, seed: string): { id: string; state: Values } | undefined {
  const prefix = prefixes[type];
  const unique = (field: string) => digits(`${type}/${name}/${seed}/${field}`, 17);
  if (prefix !== undefined) {
    const id = `${prefix}-${unique("id")}`;
    const arn = `arn:aws:ec2:${region}:${accountId}:${prefix}/${id}`;
    return {
      id,
      state: {
        arn,
        ...(prefix === "vpc" && { mainRouteTableId: `rtb-${unique("main")}`, defaultSecurityGroupId: `sg-${unique("default")}` }),
      },
    };
  }
  const cluster = String(inputs.clusterName);
  switch (type) {
    case "aws:eks/cluster:Cluster": {
      const clusterName = String(inputs.name ?? `${name}-${digits(seed, 7)}`);
      const issuer = `https://oidc.eks.${region}.amazonaws.com/id/${unique("issuer").toUpperCase()}`;
      return {
        id: clusterName,
        state: {
          name: clusterName,
          arn: `arn:aws:eks:${region}:${accountId}:cluster/${clusterName}`,
          endpoint: `https://${unique("endpoint").toUpperCase()}.gr7.${region}.eks.amazonaws.com`,
          certificateAuthority: { data: "Q0VSVElGSUNBVEU=" },
          identities: [{ oidcs: [{ issuer }] }],
          status: "ACTIVE",
          platformVersion: "eks.1",
          vpcConfig: { ...(inputs.vpcConfig as Values), clusterSecurityGroupId: `sg-${unique("cluster group")}` },
        },
      };
    }
    case "aws:eks/accessEntry:AccessEntry":
      return {
        id: `${cluster}:${String(inputs.principalArn)}`,
        state: { accessEntryArn: `arn:aws:eks:${region}:${accountId}:access-entry/${unique("entry")}` },
      };
    case "aws:eks/accessPolicyAssociation:AccessPolicyAssociation":
      return { id: `${cluster}#${String(inputs.principalArn)}#${String(inputs.policyArn)}`, state: {} };
    default:
      return undefined;
  }
}

/** Gives plausible answers of AWS, Kubernetes and the remote components, so that a program can run to its end without them. */
import {
  accountId,
  clusterOutputs,
  currentDefinition,
  digits,
  existingCluster,
  kubernetesObject,
  vpcOutputs,
  type SimulatedResource,
  type Values,
} from "./simulatedOutputs";

export interface SimulatedAccount {
  /** The state of a new resource. Throws for an unknown type, because a guess would hide a mistake. */
  create(type: string, name: string, inputs: Values, preview: boolean): SimulatedResource;
  /** The state of an existing resource, by its id. Throws for a type that the account does not have. */
  read(type: string, id: string): SimulatedResource;
  /** The result of a function call. Throws for an unknown function. */
  call(token: string, inputs: Values): Values;
  /** Every returned value that AWS or Kubernetes would choose, so that a report can mark it. */
  readonly inventedValues: ReadonlySet<string>;
}

export function simulatedAccount(region = "us-west-2"): SimulatedAccount {
  const inventedValues = new Set<string>();
  const invent = (value: string): string => {
    inventedValues.add(value);
    return value;
  };

  const outputsOf = (type: string, name: string, inputs: Values): SimulatedResource => {
    const seed = `${type}/${name}`;
    const ec2Id = (prefix: string, field = "") => invent(`${prefix}-0${digits(seed + field, 16)}`);
    const arn = (service: string, path: string) => invent(`arn:aws:${service}:${region}:${accountId}:${path}`);
    const autoName = () => (typeof inputs.name === "string" ? inputs.name : invent(`${name}-${digits(seed, 7)}`));

    if (type.startsWith("kubernetes:")) return kubernetesObject(type, name, inputs, seed, invent);
    if (type.startsWith("vllm-eks:") || type.startsWith("pulumi:")) return { id: `${name}-id`, state: inputs };

    switch (type) {
      case "awsx:ec2:Vpc":
        return { state: { ...inputs, ...vpcOutputs(name, inputs, seed, invent) } };
      case "eks:index:Cluster":
        return { state: { ...inputs, ...clusterOutputs(name, inputs, seed, region, invent) } };
      case "aws:ec2/launchTemplate:LaunchTemplate": {
        const id = ec2Id("lt");
        return { id, state: { name: autoName(), latestVersion: 1, defaultVersion: 1, arn: arn("ec2", `launch-template/${id}`) } };
      }
      case "aws:cloudwatch/logGroup:LogGroup":
        return { id: String(inputs.name), state: { arn: arn("logs", `log-group:${String(inputs.name)}`) } };
      case "aws:ec2/placementGroup:PlacementGroup": {
        const groupName = autoName();
        return {
          id: groupName,
          state: { name: groupName, placementGroupId: ec2Id("pg"), arn: arn("ec2", `placement-group/${groupName}`) },
        };
      }
      case "aws:ec2/securityGroup:SecurityGroup": {
        const id = ec2Id("sg");
        return { id, state: { name: autoName(), arn: arn("ec2", `security-group/${id}`) } };
      }
      case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
      case "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
        const id = ec2Id("sgr");
        return { id, state: { securityGroupRuleId: id, arn: arn("ec2", `security-group-rule/${id}`) } };
      }
      case "aws:ec2/eip:Eip":
        return { id: ec2Id("eipalloc"), state: { allocationId: ec2Id("eipalloc"), publicIp: invent("203.0.113.10") } };
      case "aws:ec2/natGateway:NatGateway":
        return { id: ec2Id("nat"), state: { networkInterfaceId: ec2Id("eni"), publicIp: invent("203.0.113.10") } };
      case "aws:ec2/route:Route":
        return { id: invent(`r-rtb-0${digits(seed, 16)}`), state: {} };
      case "aws:eks/nodeGroup:NodeGroup": {
        const nodeGroupName = typeof inputs.nodeGroupName === "string" ? inputs.nodeGroupName : invent(`${name}-${digits(seed, 7)}`);
        const autoscalingGroups = [{ name: invent(`eks-${nodeGroupName}-${digits(seed, 12)}`) }];
        return {
          id: invent(`${String(inputs.clusterName)}:${nodeGroupName}`),
          state: {
            nodeGroupName,
            arn: arn("eks", `nodegroup/${nodeGroupName}`),
            status: "ACTIVE",
            releaseVersion: "1.35.0-20260714",
            resources: [{ autoscalingGroups, remoteAccessSecurityGroupId: "" }],
          },
        };
      }
      case "aws:eks/addon:Addon":
        return { id: invent(`${String(inputs.clusterName)}:${String(inputs.addonName)}`), state: { arn: arn("eks", `addon/${name}`) } };
      case "aws:eks/podIdentityAssociation:PodIdentityAssociation":
        return { id: invent(`a-${digits(seed, 17)}`), state: { associationId: invent(`a-${digits(seed, 17)}`) } };
      case "aws:fsx/lustreFileSystem:LustreFileSystem": {
        const id = ec2Id("fs");
        const dnsName = invent(`${id}.fsx.${region}.amazonaws.com`);
        return { id, state: { dnsName, mountName: invent(digits(`${seed}/mount`, 8)), arn: arn("fsx", `file-system/${id}`) } };
      }
      case "aws:iam/role:Role": {
        const roleName = autoName();
        return { id: roleName, state: { name: roleName, arn: invent(`arn:aws:iam::${accountId}:role/${roleName}`) } };
      }
      case "aws:iam/policy:Policy": {
        const policyArn = invent(`arn:aws:iam::${accountId}:policy/${autoName()}`);
        return { id: policyArn, state: { arn: policyArn } };
      }
      case "aws:iam/rolePolicy:RolePolicy":
      case "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
        return { id: invent(`${String(inputs.role)}:${name}`), state: {} };
      case "aws:lb/loadBalancer:LoadBalancer": {
        const dnsName = invent(`internal-${name}-${digits(seed, 9)}.${region}.elb.amazonaws.com`);
        const loadBalancerArn = arn("elasticloadbalancing", `loadbalancer/app/${name}/${digits(seed, 16)}`);
        return { id: loadBalancerArn, state: { arn: loadBalancerArn, dnsName, zoneId: invent(`Z${digits(seed, 13).toUpperCase()}`) } };
      }
      case "aws:lb/targetGroup:TargetGroup": {
        const targetGroupArn = arn("elasticloadbalancing", `targetgroup/${name}/${digits(seed, 16)}`);
        return { id: targetGroupArn, state: { arn: targetGroupArn, name: autoName() } };
      }
      case "aws:lb/listener:Listener":
      case "aws:lb/listenerRule:ListenerRule": {
        const listenerArn = arn("elasticloadbalancing", `listener/app/${name}/${digits(seed, 16)}`);
        return { id: listenerArn, state: { arn: listenerArn } };
      }
      case "aws:acm/certificate:Certificate": {
        const certificateArn = arn("acm", `certificate/${digits(seed, 12)}`);
        const record = { domainName: inputs.domainName, resourceRecordType: "CNAME" };
        const names = {
          resourceRecordName: invent(`_${digits(seed, 12)}.example.test.`),
          resourceRecordValue: invent(`_${digits(seed + "v", 12)}.acm.test.`),
        };
        return { id: certificateArn, state: { arn: certificateArn, domainValidationOptions: [{ ...record, ...names }] } };
      }
      case "aws:acm/certificateValidation:CertificateValidation":
        return { id: invent(`validated-${digits(seed, 8)}`), state: {} };
      case "aws:route53/record:Record":
        return { id: invent(`record-${digits(seed, 8)}`), state: { fqdn: inputs.name } };
      default:
        throw new Error(`The simulated account does not know the resource type ${type} (of "${name}").`);
    }
  };

  return {
    inventedValues,
    create(type, name, inputs, preview) {
      const { id, state } = outputsOf(type, name, inputs);
      // In a preview the engine knows only the inputs.
      if (preview) return { state: type.startsWith("kubernetes:") ? { ...inputs, ...state } : inputs }; // the provider chooses object names already in a preview
      return { ...(id !== undefined && { id }), state: { ...inputs, ...state } };
    },
    read(type, id) {
      if (type === "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition") return { id, state: currentDefinition(id) };
      throw new Error(`The simulated account has no ${type} "${id}".`);
    },
    call(token, inputs) {
      if (token === "aws:eks/getCluster:getCluster") return existingCluster(String(inputs.name), region, invent);
      if (token === "pulumi:pulumi:readStackOutputs") return { ...inputs, outputs: {} }; // a new stack
      throw new Error(`The simulated account does not know the function ${token}.`);
    },
  };
}

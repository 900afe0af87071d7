/** Plausible answers of AWS, Kubernetes and the remote components, so that a program can run to its end without any of them. */
import { createHash } from "node:crypto";

type Values = Record<string, unknown>;

export interface SimulatedResource {
  id?: string;
  state: Values;
}

export interface SimulatedAccount {
  /** The state of a new resource. Throws on a type it does not know: a guess would hide a mistake. */
  create(type: string, name: string, inputs: Values, preview: boolean): SimulatedResource;
  /** The result of a function call; throws on a function it does not know. */
  call(token: string, inputs: Values): Values;
  /** Every value handed out that AWS or Kubernetes would choose, so that a report can mark it. */
  readonly inventedValues: ReadonlySet<string>;
}

const accountId = "111122223333";

/** Hexadecimal digits that depend on the resource alone: two runs agree, two resources or fields differ. */
const digits = (seed: string, length: number) => createHash("sha256").update(seed).digest("hex").slice(0, length);

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
      // In a preview the engine knows the inputs and nothing else.
      if (preview) return { state: type.startsWith("kubernetes:") ? { ...inputs, ...state } : inputs }; // object names are chosen in preview already
      return { ...(id !== undefined && { id }), state: { ...inputs, ...state } };
    },
    call(token, inputs) {
      if (token === "aws:eks/getCluster:getCluster") return existingCluster(String(inputs.name), region, invent);
      throw new Error(`The simulated account does not know the function ${token}.`);
    },
  };
}

/** A Kubernetes object is its manifest; an object without a name gets one, as the provider would give it. */
function kubernetesObject(type: string, name: string, inputs: Values, seed: string, invent: (value: string) => string): SimulatedResource {
  if (type === "kubernetes:helm.sh/v3:Release") {
    const release = typeof inputs.name === "string" ? inputs.name : invent(`${name}-${digits(seed, 8)}`);
    const namespace = typeof inputs.namespace === "string" ? inputs.namespace : "default";
    return { id: invent(`${namespace}/${release}`), state: { name: release, status: { name: release, namespace, status: "deployed" } } };
  }
  if (type === "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition") return existingDefinition(inputs);
  const metadata = (inputs.metadata ?? {}) as Values;
  const given = typeof metadata.name === "string" ? metadata.name : undefined;
  const objectName = given ?? invent(`${name}-${digits(seed, 8)}`);
  const namespace = typeof metadata.namespace === "string" ? metadata.namespace : undefined;
  const state: Values = { metadata: { ...metadata, name: objectName } };
  if (type === "kubernetes:networking.k8s.io/v1:Ingress") {
    const hostname = invent(`internal-k8s-${objectName}-${digits(seed, 9)}.elb.amazonaws.com`);
    state.status = { loadBalancer: { ingress: [{ hostname }] } };
  }
  const id = namespace ? `${namespace}/${objectName}` : objectName;
  return { id: given === undefined ? invent(id) : id, state };
}

/** What a cluster that was there before knows of a kind: the one that is looked for, of a release that serves. */
function existingDefinition(inputs: Values): SimulatedResource {
  const name = "leaderworkersets.leaderworkerset.x-k8s.io";
  const restartPolicy = { type: "string", enum: ["RecreateGroupOnPodRestart", "RecreateGroupAfterStart", "None"] };
  return { id: name, state: { ...inputs, metadata: { name }, spec: { versions: [{ name: "v1", schema: { restartPolicy } }] } } };
}

/** Outputs of awsx.ec2.Vpc: one subnet a spec and zone, URNs and ids in the component's own order. */
function vpcOutputs(name: string, inputs: Values, seed: string, invent: (value: string) => string): Values {
  const zones = (inputs.availabilityZoneNames ?? []) as string[];
  const specs = (inputs.subnetSpecs ?? []) as { name: string; type: string }[];
  const id = (prefix: string, field: string) => invent(`${prefix}-0${digits(`${seed}/${field}`, 16)}`);
  const subnets = (kind: string) =>
    zones.flatMap((availabilityZone, index) =>
      specs
        .filter((spec) => (spec.type === "Public") === (kind === "public"))
        .map((spec) => {
          const logicalName = `${name}-${spec.name}-${index + 1}`;
          return { id: id("subnet", logicalName), urn: `urn:subnet::${logicalName}`, availabilityZone, tags: { Name: logicalName } };
        }),
    );
  const routeTables = zones.flatMap((_, index) =>
    specs.map((spec) => {
      const logicalName = `${name}-${spec.name}-${index + 1}`;
      return { id: id("rtb", logicalName), urn: `urn:routeTable::${logicalName}` };
    }),
  );
  const publicSubnets = subnets("public");
  const privateSubnets = subnets("private");
  return {
    vpcId: id("vpc", "vpc"),
    publicSubnets,
    privateSubnets,
    publicSubnetIds: publicSubnets.map((subnet) => subnet.id),
    privateSubnetIds: privateSubnets.map((subnet) => subnet.id),
    subnets: [...publicSubnets, ...privateSubnets],
    routeTables,
  };
}

/** Outputs of eks.Cluster. The two security groups differ: the component's own is not the one that nodes carry. */
function clusterOutputs(name: string, inputs: Values, seed: string, region: string, invent: (value: string) => string): Values {
  const clusterName = typeof inputs.name === "string" ? inputs.name : invent(`${name}-eksCluster-${digits(seed, 7)}`);
  const endpoint = invent(`https://${digits(`${seed}/endpoint`, 32).toUpperCase()}.gr7.${region}.eks.amazonaws.com`);
  const group = (field: string) => invent(`sg-0${digits(`${seed}/${field}`, 16)}`);
  const eksCluster = {
    name: clusterName,
    arn: invent(`arn:aws:eks:${region}:${accountId}:cluster/${clusterName}`),
    endpoint,
    certificateAuthority: { data: invent("Q0VSVElGSUNBVEU=") },
    vpcConfig: { clusterSecurityGroupId: group("eks-made-group") },
  };
  const kubeconfig = { apiVersion: "v1", kind: "Config", clusters: [{ name: clusterName, cluster: { server: endpoint } }] };
  return {
    eksCluster,
    kubeconfig,
    kubeconfigJson: invent(JSON.stringify(kubeconfig)),
    clusterSecurityGroupId: group("component-group"),
    oidcProviderArn: "",
  };
}

/** A cluster that was there before, as its name finds it. */
function existingCluster(name: string, region: string, invent: (value: string) => string): Values {
  const { eksCluster } = clusterOutputs("existing", { name }, `existing/${name}`, region, invent) as { eksCluster: Values };
  const { certificateAuthority, ...facts } = eksCluster;
  return { ...facts, certificateAuthorities: [certificateAuthority], version: "1.35", id: name };
}

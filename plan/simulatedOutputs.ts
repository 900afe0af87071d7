/** Answers of Kubernetes and the remote components in a simulated account. Every value derives from the resource's name. */
import { createHash } from "node:crypto";

export type Values = Record<string, unknown>;

export interface SimulatedResource {
  id?: string;
  state: Values;
}

export const accountId = "111122223333";

/** Hexadecimal digits that depend only on the resource: two runs agree, two resources or fields differ. */
export const digits = (seed: string, length: number) => createHash("sha256").update(seed).digest("hex").slice(0, length);

/** A Kubernetes object's state is its manifest. An object without a name gets one, as from the provider. */
export function kubernetesObject(
  type: string,
  name: string,
  inputs: Values,
  seed: string,
  invent: (value: string) => string,
): SimulatedResource {
  if (type === "kubernetes:helm.sh/v3:Release") {
    const release = typeof inputs.name === "string" ? inputs.name : invent(`${name}-${digits(seed, 8)}`);
    const namespace = typeof inputs.namespace === "string" ? inputs.namespace : "default";
    return { id: invent(`${namespace}/${release}`), state: { name: release, status: { name: release, namespace, status: "deployed" } } };
  }
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

/** Outputs of awsx.ec2.Vpc: one subnet for each spec and zone, with URNs and ids in the component's order. */
export function vpcOutputs(name: string, inputs: Values, seed: string, invent: (value: string) => string): Values {
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

/** Outputs of eks.Cluster. The two security groups differ: nodes carry the one that EKS creates, not the component's. */
export function clusterOutputs(name: string, inputs: Values, seed: string, region: string, invent: (value: string) => string): Values {
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
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: ["eks", "get-token", "--cluster-name", clusterName],
  };
  const kubeconfig = {
    ...{ apiVersion: "v1", kind: "Config", clusters: [{ name: clusterName, cluster: { server: endpoint } }] },
    users: [{ name: "aws", user: { exec } }],
  };
  return {
    eksCluster,
    kubeconfig,
    kubeconfigJson: invent(JSON.stringify(kubeconfig)),
    clusterSecurityGroupId: group("component-group"),
    oidcProviderArn: "",
  };
}

/** A custom resource definition of the controller's current release, with the fields that the program reads. */
export function currentDefinition(name: string): Values {
  const restartPolicy = { type: "string", enum: ["Default", "RecreateGroupOnPodRestart", "RecreateGroupAfterStart", "None"] };
  return { metadata: { name }, spec: { versions: [{ name: "v1", schema: { openAPIV3Schema: { properties: { restartPolicy } } } }] } };
}

/** An existing cluster, looked up by its name. */
export function existingCluster(name: string, region: string, invent: (value: string) => string): Values {
  const { eksCluster } = clusterOutputs("existing", { name }, `existing/${name}`, region, invent) as { eksCluster: Values };
  const { certificateAuthority, ...facts } = eksCluster;
  return { ...facts, certificateAuthorities: [certificateAuthority], version: "1.35", id: name };
}

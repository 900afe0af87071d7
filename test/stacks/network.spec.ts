import assert from "node:assert/strict";
import type { RecordedResource } from "../../plan/recordedResource";
import type { Recording } from "../../plan/recordingMonitor";
import { simulatedAccount } from "../../plan/simulatedAccount";
import { environmentOf, recordEnvironment } from "../support/environments";
import { ofType, only } from "../support/record";

// Proves what the VPC component gets and where its subnets are used. The layout of awsx is computed here, not observed.

const nodeGroup = "aws:eks/nodeGroup:NodeGroup";

/** Subnets and route tables of the VPC component by id: `nodes-2` is the node subnet of the second zone. */
function namesOf(recording: Recording): (id: unknown) => string | undefined {
  const { type, name, inputs } = only(recording, "awsx:ec2:Vpc");
  const { subnets, routeTables } = simulatedAccount().create(type, name, inputs, false).state as Record<
    string,
    { id: string; urn: string }[]
  >;
  const names = new Map([...subnets!, ...routeTables!].map(({ id, urn }) => [id, urn.split(`::${name}-`)[1]!]));
  return (id) => names.get(String(id));
}

const listOf = ({ inputs }: RecordedResource, key: string) => inputs[key] as unknown[];

describe("the network", () => {
  it("asks awsx for the largest subnets first, no NAT gateways, DNS, and routes for the S3 endpoint", async () => {
    const { inputs } = only(await recordEnvironment(environmentOf("dev")), "awsx:ec2:Vpc");
    const specs = inputs.subnetSpecs as { name: string; cidrMask: number }[];
    assert.deepEqual(
      specs.map(({ name, cidrMask }) => [name, cidrMask]),
      [
        ["nodes", 19],
        ["public", 24],
        ["load-balancer", 27],
      ],
    );
    assert.deepEqual(
      [inputs.natGateways, inputs.vpcEndpointStrategy, inputs.enableDnsHostnames, inputs.enableDnsSupport, inputs.subnetStrategy],
      [{ strategy: "None" }, "Auto", true, true, "Auto"],
    );
    assert.deepEqual(inputs.availabilityZoneNames, ["us-west-2a", "us-west-2b", "us-west-2c"]);
  });

  it("puts the load balancer into the ranges that the network policy admits, including the GPU zone", async () => {
    const environment = environmentOf("dev");
    const recording = await recordEnvironment(environment);
    const policy = only(recording, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "vllm-clients");
    assert.deepEqual(environment.aws?.network.loadBalancerCidrs, ["10.0.33.0/27", "10.0.97.0/27", "10.0.161.0/27"]);
    for (const cidr of environment.aws!.network.loadBalancerCidrs) assert.ok(JSON.stringify(policy.inputs).includes(cidr), cidr);
    assert.equal((only(recording, "aws:lb/loadBalancer:LoadBalancer").inputs.subnets as string[]).length, 3);
  });

  it("uses public subnets, and their ranges, for an internet-facing endpoint", () => {
    const environment = environmentOf("prod", "ingress.scheme=internet-facing", 'ingress.inboundCidrs=["198.51.100.0/24"]', "apiKey=x");
    assert.deepEqual(environment.aws?.network.loadBalancerCidrs, ["10.0.32.0/24", "10.0.96.0/24", "10.0.160.0/24"]);
  });

  it("has an endpoint for S3 in its region, so that image layers do not pay for NAT", async () => {
    const { inputs } = only(await recordEnvironment(environmentOf("dev", "availabilityZone=us-west-2b")), "awsx:ec2:Vpc");
    assert.deepEqual(inputs.vpcEndpointSpecs, [{ serviceName: "com.amazonaws.us-west-2.s3" }]);
  });

  it("tags the subnets by the roles under which the load balancer controller looks for them", async () => {
    const { inputs } = only(await recordEnvironment(environmentOf("dev")), "awsx:ec2:Vpc");
    assert.deepEqual(
      (inputs.subnetSpecs as { name: string; tags: unknown }[]).map(({ name, tags }) => [name, tags]),
      [
        ["nodes", {}],
        ["public", { "kubernetes.io/role/elb": "1" }],
        ["load-balancer", { "kubernetes.io/role/internal-elb": "1" }],
      ],
    );
  });

  describe("with the GPUs in its second zone", () => {
    let recording: Recording;
    let nameOf: (id: unknown) => string | undefined;
    before(async () => {
      const zones = 'network.availabilityZones=["us-west-2a","us-west-2b","us-west-2c"]';
      recording = await recordEnvironment(environmentOf("dev", "availabilityZone=us-west-2b", zones));
      nameOf = namesOf(recording);
    });

    it("puts GPU nodes and file system into the node subnet of the GPU zone", () => {
      assert.deepEqual(listOf(only(recording, nodeGroup, "gpu-nodes"), "subnetIds").map(nameOf), ["nodes-2"]);
      assert.equal(nameOf(only(recording, "aws:fsx/lustreFileSystem:LustreFileSystem").inputs.subnetIds), "nodes-2");
    });

    it("spreads the system nodes over two zones, the GPU zone first, beside the file system that the download writes to", () => {
      assert.deepEqual(listOf(only(recording, nodeGroup, "system-nodes"), "subnetIds").map(nameOf), ["nodes-2", "nodes-1"]);
    });

    it("requires the GPU zone of leader and workers, and prefers it for the download", () => {
      const zonesOf = (type: string, rule: string) => {
        const text = JSON.stringify(only(recording, type).inputs);
        return [...text.matchAll(new RegExp(`"${rule}DuringSchedulingIgnoredDuringExecution":.*?"values":\\["([^"]+)"\\]`, "g"))].map(
          ([, zone]) => zone,
        );
      };
      assert.deepEqual(zonesOf("kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet", "required"), ["us-west-2b", "us-west-2b"]);
      assert.deepEqual(zonesOf("kubernetes:batch/v1:Job", "preferred"), ["us-west-2b"]);
    });

    it("gives the control plane a node subnet and the load balancer a separate subnet in every zone", () => {
      const controlPlane = listOf(only(recording, "eks:index:Cluster"), "privateSubnetIds");
      assert.deepEqual(controlPlane.map(nameOf), ["nodes-1", "nodes-2", "nodes-3"]);
      const balancer = listOf(only(recording, "aws:lb/loadBalancer:LoadBalancer"), "subnets");
      assert.deepEqual(balancer.map(nameOf), ["load-balancer-1", "load-balancer-2", "load-balancer-3"]);
    });

    it("puts the NAT gateway into the public subnet of the GPU zone, and the default route of every node subnet through it", () => {
      const gateway = only(recording, "aws:ec2/natGateway:NatGateway");
      assert.equal(nameOf(gateway.inputs.subnetId), "public-2");
      const routes = ofType(recording, "aws:ec2/route:Route").map(({ inputs }) => inputs);
      assert.deepEqual(routes.map(({ routeTableId }) => nameOf(routeTableId)).sort(), ["nodes-1", "nodes-2", "nodes-3"]);
      for (const { destinationCidrBlock, natGatewayId } of routes)
        assert.deepEqual([destinationCidrBlock, natGatewayId], ["0.0.0.0/0", gateway.id]);
    });

    it("admits only the node subnets to the file system", () => {
      const cidrs = ofType(recording, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter(({ name, inputs }) => name.startsWith("weights-") && inputs.cidrIpv4)
        .map(({ inputs }) => inputs.cidrIpv4);
      assert.deepEqual([...new Set(cidrs)].sort(), ["10.0.0.0/19", "10.0.128.0/19", "10.0.64.0/19"]);
    });
  });

  it("puts an internet-facing load balancer into the public subnets", async () => {
    const open = ["ingress.scheme=internet-facing", 'ingress.inboundCidrs=["198.51.100.0/24"]'];
    const named = ["ingress.certificateArn=arn:aws:acm:us-west-2:444455556666:certificate/1", "ingress.hostname=llm.example.com"];
    const recording = await recordEnvironment(environmentOf("dev", ...open, ...named, "apiKey=x"));
    const balancer = listOf(only(recording, "aws:lb/loadBalancer:LoadBalancer"), "subnets");
    assert.deepEqual(balancer.map(namesOf(recording)), ["public-1", "public-2", "public-3"]);
  });
});

import assert from "node:assert/strict";
import type { RecordedResource } from "../../plan/recordedResource";
import type { Recording } from "../../plan/recordingMonitor";
import { adoptedSettings, environmentOf, recordEnvironment } from "../support/environments";
import { ancestors, comesBefore, ofType, only } from "../support/record";

// Proves the order that the program asks for, on the recorded graph. The engine lane shows that AWS and the engine keep to it.

const nodeGroup = "aws:eks/nodeGroup:NodeGroup";
const release = "kubernetes:helm.sh/v3:Release";
const leaderWorkerSet = "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet";
const job = "kubernetes:batch/v1:Job";
const claim = "kubernetes:core/v1:PersistentVolumeClaim";
const addon = "aws:eks/addon:Addon";

/** The control plane, and with it every Kubernetes object, exists before `resource`. */
const waitsForCluster = (recording: Recording, resource: RecordedResource) =>
  comesBefore(recording, only(recording, "eks:index:Cluster"), resource);

describe("order of the dev stack", () => {
  let recording: Recording;
  before(async () => (recording = await recordEnvironment(environmentOf("dev"))));

  const before_ = (first: RecordedResource, second: RecordedResource) =>
    assert.ok(comesBefore(recording, first, second), `${first.name} does not come before ${second.name}`);
  const independent = (one: RecordedResource, other: RecordedResource) => {
    assert.ok(!comesBefore(recording, one, other), `${other.name} waits for ${one.name}`);
    assert.ok(!comesBefore(recording, other, one), `${one.name} waits for ${other.name}`);
  };

  it("creates load balancer, target group, listener and file system without waiting for the control plane", () => {
    for (const type of [
      "aws:lb/loadBalancer:LoadBalancer",
      "aws:lb/targetGroup:TargetGroup",
      "aws:lb/listener:Listener",
      "aws:lb/listenerRule:ListenerRule",
      "aws:fsx/lustreFileSystem:LustreFileSystem",
    ])
      assert.ok(!waitsForCluster(recording, only(recording, type)), type);
  });

  it("creates identity, EFA group and placement group of the GPU nodes without waiting for the control plane", () => {
    for (const [type, name] of [
      ["aws:iam/role:Role", "gpu-node"],
      ["aws:ec2/securityGroup:SecurityGroup", "gpu-fabric"],
      ["aws:ec2/placementGroup:PlacementGroup", "gpu-placement"],
    ] as const)
      assert.ok(!waitsForCluster(recording, only(recording, type, name)), name);
  });

  it("starts the control plane without waiting for the NAT gateway, and node groups only after its routes", () => {
    const cluster = only(recording, "eks:index:Cluster");
    independent(only(recording, "aws:ec2/natGateway:NatGateway"), cluster);
    for (const route of ofType(recording, "aws:ec2/route:Route")) {
      before_(route, only(recording, nodeGroup, "system-nodes"));
      before_(route, only(recording, nodeGroup, "gpu-nodes"));
    }
  });

  it("installs network plugin, proxy and identity agent before any node, and CoreDNS, CSI driver and metrics after the system nodes", () => {
    for (const name of ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"])
      for (const nodes of ofType(recording, nodeGroup)) before_(only(recording, addon, name), nodes);
    for (const name of ["coredns", "aws-fsx-csi-driver", "metrics-server", "eks-node-monitoring-agent"])
      before_(only(recording, nodeGroup, "system-nodes"), only(recording, addon, name));
  });

  it("binds the claim and starts the download after the CSI driver and CoreDNS", () => {
    for (const name of ["aws-fsx-csi-driver", "coredns"]) {
      before_(only(recording, addon, name), only(recording, claim));
      before_(only(recording, addon, name), only(recording, job));
    }
  });

  it("launches GPU nodes on demand only after the weights are on the file system", () => {
    before_(only(recording, job), only(recording, nodeGroup, "gpu-nodes"));
  });

  it("starts the engine after weights, GPU nodes and the LeaderWorkerSet controller", () => {
    const engine = only(recording, leaderWorkerSet);
    before_(only(recording, job), engine);
    before_(only(recording, nodeGroup, "gpu-nodes"), engine);
    before_(only(recording, release, "leader-worker-set"), engine);
  });

  it("creates the Service first, then TargetGroupBinding and LeaderWorkerSet in parallel", () => {
    const service = only(recording, "kubernetes:core/v1:Service");
    const binding = only(recording, "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding");
    const engine = only(recording, leaderWorkerSet);
    before_(service, binding);
    before_(service, engine);
    independent(binding, engine);
    for (const awaited of [only(recording, job), only(recording, nodeGroup, "gpu-nodes")]) independent(awaited, binding);
  });

  it("creates the namespace, with the label that pods need, before every object in it", () => {
    const namespace = only(recording, "kubernetes:core/v1:Namespace");
    for (const type of [leaderWorkerSet, job, "kubernetes:core/v1:Service"]) before_(namespace, only(recording, type));
  });

  it("installs every controller and device plugin after system nodes and CoreDNS, which their pods need", () => {
    for (const each of ofType(recording, release)) {
      before_(only(recording, nodeGroup, "system-nodes"), each);
      before_(only(recording, addon, "coredns"), each);
    }
  });

  it("launches system nodes after their rights exist, and removes the rights after the nodes", () => {
    const rights = ofType(recording, "aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    const own = rights.filter(({ name }) => name.startsWith("system-node-"));
    assert.equal(own.length, 3);
    for (const right of own) before_(right, only(recording, nodeGroup, "system-nodes"));
  });

  it("gives the load balancer controller its identity before its Release, and binds targets after it", () => {
    const controller = only(recording, release, "aws-load-balancer-controller");
    before_(only(recording, "aws:eks/podIdentityAssociation:PodIdentityAssociation"), controller);
    before_(only(recording, "aws:iam/rolePolicy:RolePolicy"), controller);
    before_(controller, only(recording, "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"));
  });

  it("destroys LeaderWorkerSet before claim before CSI driver, and LeaderWorkerSet before GPU nodes before the cluster", () => {
    // The engine deletes in the reverse of creation.
    before_(only(recording, claim), only(recording, leaderWorkerSet));
    before_(only(recording, addon, "aws-fsx-csi-driver"), only(recording, claim));
    before_(only(recording, nodeGroup, "gpu-nodes"), only(recording, leaderWorkerSet));
    before_(only(recording, "eks:index:Cluster"), only(recording, nodeGroup, "gpu-nodes"));
    before_(only(recording, "awsx:ec2:Vpc"), only(recording, "eks:index:Cluster"));
  });

  it("makes no delete call for a binding, Release, namespace or add-on of a created cluster", () => {
    const cluster = only(recording, "eks:index:Cluster").urn;
    const dying = ["kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding", release, "kubernetes:core/v1:Namespace", addon].flatMap((type) =>
      ofType(recording, type),
    );
    assert.equal(dying.length, 1 + 4 + 1 + 7);
    for (const resource of dying) assert.equal(resource.deletedWith, cluster, resource.name);
  });

  it("never drops resources outside the cluster together with it", () => {
    for (const resource of recording.resources.filter(({ type }) => /^aws:(lb|fsx|ec2|iam|vpc|acm|route53)/.test(type)))
      assert.equal(resource.deletedWith, undefined, resource.name);
  });

  it("makes no resource depend on a whole component: none waits for the last child of another", () => {
    for (const resource of recording.resources)
      for (const urn of resource.dependsOn) assert.doesNotMatch(urn, /vllm-eks:index:\w+::/, `${resource.name} depends on ${urn}`);
  });
});

describe("order of other environments", () => {
  it("launches GPU nodes of a paid reservation as soon as nodes may join, beside the download", async () => {
    const recording = await recordEnvironment(environmentOf("prod"));
    const gpu = only(recording, nodeGroup, "gpu-nodes");
    assert.ok(!comesBefore(recording, only(recording, job), gpu));
    assert.ok(comesBefore(recording, only(recording, addon, "vpc-cni"), gpu));
  });

  it("starts the engine after the weights although the GPU nodes of a reservation do not wait for them", async () => {
    const recording = await recordEnvironment(environmentOf("prod"));
    assert.ok(comesBefore(recording, only(recording, job), only(recording, leaderWorkerSet)));
  });

  it("launches GPU nodes after the weights on spot too, and with the cluster on a capacity block", () => {
    const startOf = (...settings: string[]) => environmentOf("dev", ...settings).aws?.gpuNodes.start;
    assert.equal(startOf("capacity.type=onDemand"), "afterWeights");
    assert.equal(startOf("capacity.type=spot"), "afterWeights");
    const reservationId = "capacity.reservationId=cr-0123456789abcdef0";
    assert.equal(startOf("capacity.type=reservation", reservationId), "withCluster");
    assert.equal(startOf("capacity.type=capacityBlock", reservationId), "withCluster");
  });

  it("launches GPU nodes with the cluster when gpuNodes.start says so", async () => {
    const recording = await recordEnvironment(environmentOf("dev", "gpuNodes.start=withCluster"));
    assert.ok(!comesBefore(recording, only(recording, job), only(recording, nodeGroup, "gpu-nodes")));
  });

  it("keeps the Ingress of controller mode until its controller has removed the load balancer", async () => {
    const recording = await recordEnvironment(environmentOf("dev", "ingress.mode=controller"));
    const ingress = only(recording, "kubernetes:networking.k8s.io/v1:Ingress");
    assert.equal(ingress.deletedWith, undefined);
    assert.ok(comesBefore(recording, only(recording, release, "aws-load-balancer-controller"), ingress));
  });

  it("deletes everything that it created on an adopted cluster", async () => {
    const recording = await recordEnvironment(environmentOf("dev", ...adoptedSettings));
    assert.deepEqual(
      recording.resources.filter(({ deletedWith }) => deletedWith !== undefined).map(({ name }) => name),
      [],
    );
  });

  it("has no cycle", async () => {
    for (const stack of ["dev", "prod", "local"]) {
      const recording = await recordEnvironment(environmentOf(stack));
      for (const resource of recording.resources) assert.ok(!ancestors(recording, resource).has(resource.urn), resource.name);
    }
  });
});

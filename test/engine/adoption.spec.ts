import assert from "node:assert/strict";
import type { Account } from "./cloud/account";
import { engineRun } from "./support/engineRun";
import { eventually } from "./support/eventually";
import { impatient } from "./support/impatient";
import { scaleLoadBalancerControllers } from "./support/loadBalancerControllers";
import { ownStack, stackIn } from "./support/ownStack";
import { type PulumiStack, summary } from "./support/pulumiCli";

// Proves that a stack can use the network and the cluster of another stack without changing either, and what happens to both stacks when
// the load balancer controller is dead. AWS and the controller are simulated (test/engine/cloud): the controller's finalizers and targets,
// not its webhook.

const ingressKind = "networking.k8s.io/v1/Ingress";
const bindingKind = "elbv2.k8s.aws/v1beta1/TargetGroupBinding";

describe("a stack on the cluster and in the network of another", () => {
  let account: Account;
  let owner: PulumiStack;
  let guest: PulumiStack;
  let ownersObjects: string[];
  const kube = () => engineRun().api;
  const ids = async () => (await account.objects()).map(({ id }) => id).sort();
  const idOf = async (type: string, name: string) =>
    (await account.objects()).find((object) => object.type.includes(type) && object.name === name)!.id;

  /** The most expensive resources must be deleted even when another resource cannot be. */
  const gpuNodes = async (zone?: string) =>
    (await kube().list("v1/Node")).filter(
      ({ metadata: { labels } }) =>
        labels?.["eks.amazonaws.com/nodegroup"]?.includes("gpu-nodes") && (!zone || labels["topology.kubernetes.io/zone"] === zone),
    ).length;

  before(async () => {
    ({ account, stack: owner } = await ownStack(
      "owner",
      "dev",
      { "vllm-eks:ingress.mode": "controller" },
      { program: impatient("delete", ":Ingress") },
    ));
  });

  it("starts after the other stack, whose controller has made a load balancer for an Ingress", async () => {
    owner.succeeded(await owner.up());
    const [ingress] = await kube().list(ingressKind, "vllm-owner");
    const balancers = (await account.objects()).filter(({ type }) => type.includes("loadBalancer"));
    assert.equal(balancers.length, 1);
    assert.match(ingress!.status.loadBalancer.ingress[0].hostname as string, new RegExp(`^internal-${balancers[0]!.name}-`));
    ownersObjects = await ids();
  });

  it("creates nothing that the other stack has: no network, no cluster, no add-on, no controller", async () => {
    guest = await stackIn(
      account,
      "guest",
      "dev",
      {
        "vllm-eks:cluster.name": "vllm-eks-owner",
        "vllm-eks:cluster.kubeconfig": engineRun().kubeconfig,
        "vllm-eks:availabilityZone": "us-west-2b",
        "vllm-eks:network.vpcId": await idOf("ec2/vpc", "network"),
        "vllm-eks:network.nodeSubnetId": await idOf("ec2/subnet", "network-nodes-2"),
        "vllm-eks:network.loadBalancerSubnetIds[0]": await idOf("ec2/subnet", "network-load-balancer-1"),
        "vllm-eks:network.loadBalancerSubnetIds[1]": await idOf("ec2/subnet", "network-load-balancer-2"),
        "vllm-eks:network.loadBalancerCidrs[0]": "10.0.8.0/22",
      },
      { program: impatient("delete", ":TargetGroupBinding") },
    );
    guest.succeeded(await guest.up());
    const made = (await account.objects()).filter(({ id }) => !ownersObjects.includes(id));
    assert.equal(made.length, 30);
    assert.deepEqual(
      made.filter(({ type }) => /eks\/(cluster|addon)|ec2\/(vpc|subnet|routeTable|natGateway)/.test(type)),
      [],
    );
    assert.equal(await gpuNodes(), 4);
    assert.equal(await gpuNodes("us-west-2b"), 2);
  });

  it("has only its leader registered with its own load balancer, by the controller of the other stack", async () => {
    const leader = await kube().get("v1/Pod", "vllm-0", "vllm-guest");
    await eventually("the leader's address", 20, async () => (await account.targets()).join() === leader.status.podIP);
  });

  it("changes nothing for the other stack", async () => {
    assert.deepEqual(summary(owner.succeeded(await owner.up("--expect-no-changes")).steps), []);
  });

  it("says what holds its binding while the controller is dead, and is destroyed when the controller runs again", async () => {
    await scaleLoadBalancerControllers(0);
    const { status, text } = await guest.destroy();
    assert.notEqual(status, 0);
    assert.match(text, /endpoint-binding.*finalizers might be preventing deletion \(elbv2\.k8s\.aws\/resources\)/);
    assert.equal(await gpuNodes(), 2);
    assert.equal((await kube().list(bindingKind, "vllm-guest")).length, 1);
    await scaleLoadBalancerControllers(2);
    guest.succeeded(await guest.destroy());
    assert.deepEqual(await guest.resources(), []);
    assert.deepEqual(await ids(), ownersObjects);
  });

  it("leaves the Ingress's load balancer to the other stack while the controller is dead; both go when it runs again", async () => {
    await scaleLoadBalancerControllers(0);
    const { status, text } = await owner.destroy();
    assert.notEqual(status, 0);
    assert.match(text, /endpoint-ingress.*finalizers might be preventing deletion \(ingress\.k8s\.aws\/resources\)/);
    assert.equal(await gpuNodes(), 0);
    assert.equal((await account.objects()).filter(({ type }) => type.includes("loadBalancer")).length, 1);
    await scaleLoadBalancerControllers(2);
    owner.succeeded(await owner.destroy());
    assert.deepEqual(await account.objects(), []);
    assert.deepEqual(await owner.resources(), []);
  });
});

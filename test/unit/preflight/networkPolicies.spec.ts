import assert from "node:assert/strict";
import fc from "fast-check";
import { networkPolicies } from "../../../preflight/cluster/checks/networkPolicies";
import { environmentOf } from "../../support/environments";
import { daemonSet, daemonSetsPath, list } from "./clusterObjects";
import { adopted, asked, denied, good, never, notAsked, seen } from "./clusterSurroundings";

// Proves how the check reads a cluster, with objects shortened from the plugins' charts. It does not prove that a plugin really drops a
// packet: only two pods can.

const switchPath = "/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni";
const switched = (value?: string) => ({
  [switchPath]: { kind: "ConfigMap", data: value === undefined ? {} : { "enable-network-policy-controller": value } },
});

/** The plugin of EKS: its second container enforces policies. */
function awsNode(...agentArguments: string[]): object {
  const workload = daemonSet("aws-node", { desired: 3 });
  const agent = { name: "aws-eks-nodeagent", image: "registry.example/agent:v1", args: ["--enable-ipv6=false", ...agentArguments] };
  const containers = [{ name: "aws-node", image: "registry.example/cni:v1" }, ...(agentArguments.length > 0 ? [agent] : [])];
  return { ...workload, spec: { template: { spec: { ...workload.spec.template.spec, containers } } } };
}

const ask = (daemonSets: object[], more: Record<string, unknown> = {}) =>
  asked(networkPolicies, adopted(), { cluster: { [daemonSetsPath]: list("DaemonSetList", daemonSets), ...more } });
const warned = (answer: string) => ({
  outcome: "warning",
  answer,
  problems: [{ code: "cluster-part-missing", severity: "warning", path: "cluster.name", changes: [] }],
});

describe("the question whether an adopted cluster enforces NetworkPolicies", () => {
  it("does not arise for a cluster that the stack makes", async () => {
    assert.equal(await asked(networkPolicies, environmentOf("dev"), {}), undefined);
  });

  it("is answered yes by the VPC CNI with its agent and its controller switched on", async () => {
    for (const flag of ["--enable-network-policy=true", "--enable-network-policy"])
      assert.deepEqual(seen(await ask([awsNode(flag)], switched("true"))), good("kube-system/aws-node enforces them"), flag);
  });

  for (const name of ["cilium", "calico-node", "antrea-agent"])
    it(`is answered yes by ${name}, beside a VPC CNI that does not`, async () => {
      const result = await ask([awsNode("--enable-network-policy=false"), daemonSet(name, { desired: 3 })], switched("false"));
      assert.deepEqual(seen(result), good(`kube-system/${name} enforces them`));
    });

  it("is answered no by the VPC CNI as EKS installs it", async () => {
    const result = await ask([awsNode("--enable-network-policy=false")], switched("false"));
    assert.deepEqual(seen(result), warned("kube-system/aws-node does not: its agent has --enable-network-policy=false"));
    const [problem] = result!.problems;
    assert.match(problem!.message, /^shared seems not to enforce NetworkPolicies .*: then every pod of the cluster reaches the ports /);
    assert.match(problem!.fix, /enableNetworkPolicy: "true"/);
  });

  it("is answered no when only one half of the VPC CNI is on", async () => {
    const on = "--enable-network-policy=true";
    const config = "enable-network-policy-controller in the ConfigMap kube-system/amazon-vpc-cni";
    assert.deepEqual(seen(await ask([awsNode(on)], switched("false"))), warned(`kube-system/aws-node does not: ${config} is false`));
    assert.deepEqual(seen(await ask([awsNode(on)], switched())), warned(`kube-system/aws-node does not: ${config} is not set`));
    assert.deepEqual(seen(await ask([awsNode(on)])), warned(`kube-system/aws-node does not: ${config} is not set`));
    assert.deepEqual(
      seen(await ask([awsNode()], switched("true"))),
      warned("kube-system/aws-node does not: its agent for policies is missing"),
    );
  });

  it("is answered no by a plugin whose pods are all down, and by a cluster without a known plugin", async () => {
    const down = daemonSet("calico-node", { desired: 3, ready: 0 });
    assert.deepEqual(seen(await ask([down])), warned("kube-system/calico-node does not: 0 of 3 pods are ready"));
    for (const name of ["flannel", "calico-node-exporter", "cilium-envoy"])
      assert.deepEqual(seen(await ask([daemonSet(name)])), warned("no network plugin that is known to enforce them"), name);
  });

  it("is not answered when the cluster does not answer", async () => {
    const cluster = (answer: unknown) => asked(networkPolicies, adopted(), { cluster: { [daemonSetsPath]: answer } });
    assert.deepEqual(
      seen(await cluster(denied("daemonsets"))),
      notAsked('Forbidden: daemonsets is forbidden: User "deployer" cannot list resource "daemonsets"'),
    );
    assert.deepEqual(seen(await cluster(never)), notAsked("no answer in 0.2 s"));
    assert.deepEqual(seen(await cluster({})), notAsked("GET /apis/apps/v1/daemonsets answered without a list"));
  });

  it("is never answered yes by any value of the flag besides true", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 12 }), async (value) => {
        fc.pre(value !== "true");
        const result = await ask([awsNode(`--enable-network-policy=${value}`)], switched("true"));
        assert.equal(result?.outcome, "warning");
      }),
      { numRuns: 40 },
    );
  });
});

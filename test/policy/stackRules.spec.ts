import assert from "node:assert/strict";
import { checkResources, type CheckedResource, type RuleSettings } from "../../policy";
import { changed, resourcesOf, type Inputs, type StackTitle, without } from "./judgedStacks";

// Proves that each rule about several resources reports a violation, by values and in a preview, where ids and ARNs are unknown. It does
// not prove that a load balancer is reachable, or that EFA traffic flows.

const messages = (resources: readonly CheckedResource[], settings?: RuleSettings) =>
  checkResources(resources, settings).map(({ rule, message }) => `${rule}: ${message}`);

const loadBalancer = "LoadBalancer endpoint-lb";
const environmentOf = (inputs: Inputs) => inputs.spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0].env;
const removeKey = (inputs: Inputs) =>
  environmentOf(inputs).splice(
    environmentOf(inputs).findIndex(({ name }: { name: string }) => name === "VLLM_API_KEY"),
    1,
  );

const closeFix = "Set ingress.hostname and ingress.hostedZoneId, or ingress.certificateArn, or make the endpoint internal.";
const noListener = "an internet-facing load balancer needs a listener for HTTPS or TLS";
const readable = "a listener of an internet-facing load balancer must be encrypted or only redirect to HTTPS";
const closed =
  "an internet-facing Ingress must be encrypted and redirect plain HTTP. Set ingress.certificateArn, or make the endpoint internal.";

for (const preview of [false, true]) {
  const seen = preview ? "in a preview" : "by its values";

  describe(`the policy public-endpoint-tls, ${seen},`, () => {
    it("sees an internet-facing load balancer without a certificate, and its plain listener", async () => {
      const resources = await resourcesOf("dev", preview);
      for (const [open, value] of [
        [(inputs: Inputs) => (inputs.internal = false), "false"],
        [(inputs: Inputs) => delete inputs.internal, "not set"],
      ] as const)
        assert.deepEqual(messages(changed(resources, loadBalancer, open)), [
          `public-endpoint-tls: endpoint-lb: internal is ${value}; ${noListener}. ${closeFix}`,
          `public-endpoint-tls: endpoint-http: protocol is "HTTP"; ${readable}. Give it a certificate, or a redirect as its only action.`,
        ]);
    });

    it("sees an open endpoint without its encrypted listener, and one without its certificate", async () => {
      const resources = await resourcesOf("an open endpoint", preview);
      assert.deepEqual(messages(without(resources, "Listener endpoint-https")), [
        `public-endpoint-tls: endpoint-lb: internal is false; ${noListener}. ${closeFix}`,
      ]);
      assert.deepEqual(messages(changed(resources, "Listener endpoint-https", (inputs) => delete inputs.certificateArn)), [
        "public-endpoint-tls: endpoint-https: certificateArn is not set; a TLS listener needs a certificate. Set certificateArn.",
      ]);
    });

    it("sees a plain listener that serves beside the encrypted one", async () => {
      const resources = await resourcesOf("an open endpoint", preview);
      const serves = changed(resources, "Listener endpoint-http", (inputs) => (inputs.defaultActions = [{ type: "forward" }]));
      assert.deepEqual(messages(serves), [
        `public-endpoint-tls: endpoint-http: protocol is "HTTP"; ${readable}. Give it a certificate, or a redirect as its only action.`,
      ]);
    });

    it("sees an open Ingress without certificate or redirect", async () => {
      const resources = await resourcesOf("an open endpoint in controller mode", preview);
      for (const name of ["certificate-arn", "ssl-redirect"]) {
        const annotation = `alb.ingress.kubernetes.io/${name}`;
        const broken = changed(resources, "Ingress endpoint-ingress", ({ metadata }) => delete metadata.annotations[annotation]);
        assert.deepEqual(messages(broken), [
          `public-endpoint-tls: endpoint-ingress: metadata.annotations["${annotation}"] is not set; ${closed}`,
        ]);
      }
    });
  });

  describe(`the policy public-endpoint-key, ${seen},`, () => {
    const path = "spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0].env";
    const opened: [StackTitle, string, string][] = [
      ["an open endpoint", "endpoint-lb", "prod"],
      ["an open endpoint in controller mode", "endpoint-ingress", "dev"],
    ];
    for (const [title, name, stack] of opened)
      it(`sees ${title} with an engine without a key or with a readable key, and does not repeat the key`, async () => {
        const resources = await resourcesOf(title, preview);
        const fix = `Run pulumi config set -s ${stack} --secret apiKey, or make the endpoint internal.`;
        const rule = `${name} is internet-facing, so its engine must take VLLM_API_KEY from a Secret`;
        assert.deepEqual(messages(changed(resources, "LeaderWorkerSet vllm-set", removeKey)), [
          `public-endpoint-key: vllm-set: ${path} VLLM_API_KEY is not set; ${rule}. ${fix}`,
        ]);
        const written = changed(resources, "LeaderWorkerSet vllm-set", (inputs) => {
          removeKey(inputs);
          environmentOf(inputs).unshift({ name: "VLLM_API_KEY", value: "sk-readable" });
        });
        assert.deepEqual(messages(written), [`public-endpoint-key: vllm-set: ${path}[0] VLLM_API_KEY is "readable text"; ${rule}. ${fix}`]);
      });

    it("lets an engine without a key pass if only the VPC reaches it", async () => {
      assert.deepEqual(messages(changed(await resourcesOf("dev", preview), "LeaderWorkerSet vllm-set", removeKey)), []);
    });
  });

  describe(`the policy efa-security-group, ${seen},`, () => {
    const rule = "EFA needs one group that admits all protocols from and to itself";
    const lacks = (direction: "ingress" | "egress") => {
      const kind = direction === "ingress" ? "SecurityGroupIngressRule" : "SecurityGroupEgressRule";
      const fix = `Add a rule of type ${kind} with ipProtocol -1 and the group itself as referencedSecurityGroupId.`;
      return `efa-security-group: gpu-fabric: ${direction} is not set; ${rule}, and gpu-template carries this group. ${fix}`;
    };
    const fabricRules = { ingress: "SecurityGroupIngressRule gpu-fabric-ingress", egress: "SecurityGroupEgressRule gpu-fabric-egress" };

    for (const direction of ["ingress", "egress"] as const)
      it(`sees ${direction} missing, narrowed to a protocol, or open to addresses only`, async () => {
        const resources = await resourcesOf("dev", preview);
        assert.deepEqual(messages(without(resources, fabricRules[direction])), [lacks(direction)]);
        const narrowed = changed(resources, fabricRules[direction], (inputs) => (inputs.ipProtocol = "tcp"));
        assert.deepEqual(messages(narrowed), [lacks(direction)]);
        const byAddress = changed(resources, fabricRules[direction], (inputs) => {
          delete inputs.referencedSecurityGroupId;
          inputs.cidrIpv4 = "10.0.0.0/16";
        });
        assert.deepEqual(messages(byAddress), [lacks(direction)]);
      });

    it("sees a rule that admits another group instead", async () => {
      const resources = await resourcesOf("dev", preview);
      const other = resources.find(({ name, type }) => name === "weights-lustre" && type.endsWith(":SecurityGroup"));
      assert.ok(other);
      const toAnother = resources.map((each) =>
        each.name === "gpu-fabric-egress" ? { ...each, dependsOn: [...each.dependsOn, other.urn] } : each,
      );
      assert.deepEqual(messages(toAnother), [lacks("egress")]);
      const byId = changed(resources, fabricRules.egress, (inputs) =>
        Object.assign(inputs, { securityGroupId: "sg-1", referencedSecurityGroupId: "sg-2" }),
      );
      assert.deepEqual(messages(byId), [lacks("egress")]);
    });

    it("sees a template with interfaces that carry no group of the stack", async () => {
      const resources = (await resourcesOf("dev", preview)).map((each) =>
        each.name === "gpu-template" ? { ...each, dependsOn: each.dependsOn.filter((urn) => !urn.endsWith("::gpu-fabric")) } : each,
      );
      assert.deepEqual(messages(resources), [
        `efa-security-group: gpu-template: networkInterfaces[].securityGroups is not set; ${rule}. Add a security ` +
          `group of this stack to every interface.`,
      ]);
    });

    it("accepts rules inside the group like separate rules", async () => {
      const bare = without(without(await resourcesOf("dev", preview), fabricRules.ingress), fabricRules.egress);
      const itself = [{ protocol: "-1", self: true, fromPort: 0, toPort: 0 }];
      const inside = changed(bare, "SecurityGroup gpu-fabric", (inputs) => Object.assign(inputs, { ingress: itself, egress: itself }));
      assert.deepEqual(messages(inside), []);
    });
  });
}

describe("the policy gpu-spend-ceiling", () => {
  const ceiling = (usdPerHour: number) => ({ "gpu-spend-ceiling": { usdPerHour } });
  const fix = "Lower nodeCount, choose a smaller instanceType, or raise gpu-spend-ceiling.usdPerHour.";
  const two = 2 * 21.957642;

  it("counts the nodes of dev: a ceiling at their price passes, a cent less does not", async () => {
    const resources = await resourcesOf("dev");
    assert.deepEqual(messages(resources, ceiling(two)), []);
    assert.deepEqual(messages(resources, ceiling(43.9)), [
      'gpu-spend-ceiling: gpu-nodes: scalingConfig.desiredSize is "2 × p4d.24xlarge at $21.96"; $43.92 an hour is more than the ceiling of ' +
        `$43.9. ${fix}`,
    ]);
  });

  it("adds up groups and names the most expensive one; it does not count nodes without GPUs", async () => {
    const resources = await resourcesOf("dev");
    const nodes = resources.find(({ name }) => name === "gpu-nodes");
    assert.ok(nodes);
    const second = structuredClone(nodes);
    Object.assign(second, { urn: `${nodes.urn}-2`, name: "more-nodes" });
    Object.assign(second.inputs, { instanceTypes: ["p5en.48xlarge"], scalingConfig: { desiredSize: 1 } });
    assert.deepEqual(messages([...resources, second], ceiling(100)), [
      'gpu-spend-ceiling: more-nodes: scalingConfig.desiredSize is "2 × p4d.24xlarge at $21.96 + 1 × p5en.48xlarge at $63.30"; ' +
        `$107.21 an hour is more than the ceiling of $100. ${fix}`,
    ]);
    assert.deepEqual(messages(without(resources, "NodeGroup gpu-nodes"), ceiling(0)), []);
  });

  it("finds the type of a capacity block in its launch template, and says when there is no price", async () => {
    const resources = await resourcesOf("a capacity block");
    assert.match(messages(resources, ceiling(1))[0] ?? "", /"2 × p5\.48xlarge at \$\d+\.\d\d"/);
    const unknown = changed(resources, "LaunchTemplate gpu-template", (inputs) => (inputs.instanceType = "p9.48xlarge"));
    assert.deepEqual(messages(unknown, ceiling(1000)), [
      'gpu-spend-ceiling: gpu-nodes: instanceTypes is "2 × p9.48xlarge"; the ceiling is $1000 an hour, and the catalog has no on-demand price ' +
        "for this type. Use a type with a price, or leave gpu-spend-ceiling.usdPerHour out.",
    ]);
  });

  it("reports nothing without a ceiling, or for a paused group", async () => {
    assert.deepEqual(messages(await resourcesOf("prod")), []);
    assert.deepEqual(messages(await resourcesOf("a paused environment"), ceiling(0)), []);
  });
});

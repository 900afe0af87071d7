import assert from "node:assert/strict";
import fc from "fast-check";
import type { CheckedResource, RuleSettings } from "../../policy";
import { halves, rangeTexts, type NumericRange } from "../support/rangeCuts";
import { broken, resource, rulesBroken } from "./ownResources";

// Proves that a rule sees what it forbids in whatever resource it is written. It does not prove that there is no other resource: the table
// of docs/policy.md says what a policy cannot see.

describe("an API or a security group that is open to the world", () => {
  const world = ["open-to-the-world"];
  const off: RuleSettings = { "required-tags": "disabled" };
  const judge = (...resources: CheckedResource[]) => rulesBroken(resources, off);
  const cluster = (vpcConfig: object) => resource("aws:eks/cluster:Cluster", { vpcConfig });
  const group = resource("aws:ec2/securityGroup:SecurityGroup", {}, "group");
  const rule = (name: string, inputs: object) =>
    resource(
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      { securityGroupId: "[output]", ipProtocol: "tcp", fromPort: 22, toPort: 22, ...inputs },
      name,
      [group.urn],
    );

  it("is seen in a cluster: by default, by every address, and by two halves", () => {
    for (const open of [
      {},
      { endpointPublicAccess: true },
      { publicAccessCidrs: ["0.0.0.0/0"] },
      { publicAccessCidrs: ["0.0.0.0/1", "128.0.0.0/1"] },
    ])
      assert.deepEqual(judge(cluster(open)), world, JSON.stringify(open));
    assert.deepEqual(judge(resource("eks:index:Cluster", { name: "c" })), world);
    for (const closed of [{ endpointPublicAccess: false }, { publicAccessCidrs: ["198.51.100.0/24"] }, { publicAccessCidrs: "[output]" }])
      assert.deepEqual(judge(cluster(closed)), [], JSON.stringify(closed));
  });

  it("is seen in a group: inline, as a rule, in IPv6, and over several rules", () => {
    const inline = (ingress: object) => resource("aws:ec2/securityGroup:SecurityGroup", { ingress: [ingress] });
    for (const resources of [
      [inline({ cidrBlocks: ["0.0.0.0/0"] })],
      [inline({ ipv6CidrBlocks: ["::/0"] })],
      [resource("aws:ec2/securityGroupRule:SecurityGroupRule", { type: "ingress", cidrBlocks: ["0.0.0.0/0"] })],
      [group, rule("one", { cidrIpv4: "0.0.0.0/0" })],
      [group, rule("one", { cidrIpv6: "::/0" })],
      [group, rule("one", { cidrIpv4: "0.0.0.0/2" }), rule("two", { cidrIpv4: "64.0.0.0/2" })],
      [resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", { ingress: [{ cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] }] })],
    ])
      assert.deepEqual(judge(...resources), world, JSON.stringify(resources.at(-1)?.inputs));
  });

  it("is not seen in ranges of clients, in egress, or on a port that a setting allows", () => {
    assert.deepEqual(judge(group, rule("one", { cidrIpv4: "10.0.0.0/8" }), rule("two", { cidrIpv4: "198.51.100.0/24" })), []);
    assert.deepEqual(judge(resource("aws:ec2/securityGroupRule:SecurityGroupRule", { type: "egress", cidrBlocks: ["0.0.0.0/0"] })), []);
    const open = rule("one", { cidrIpv4: "0.0.0.0/0", fromPort: 443, toPort: 443 });
    assert.deepEqual(rulesBroken([group, open], { ...off, "open-to-the-world": { allowedPorts: ["443"] } }), []);
    assert.deepEqual(
      rulesBroken([group, rule("one", { cidrIpv4: "0.0.0.0/0", fromPort: 1, toPort: 443 })], {
        ...off,
        "open-to-the-world": { allowedPorts: ["443"] },
      }),
      world,
    );
  });

  it("is seen in a rule for all protocols, where AWS ignores the ports", () => {
    const settings = { ...off, "open-to-the-world": { allowedPorts: ["443"] } };
    const ports = { fromPort: 443, toPort: 443 };
    assert.deepEqual(rulesBroken([group, rule("one", { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1", ...ports })], settings), world);
    const inline = { ingress: [{ protocol: "all", cidrBlocks: ["0.0.0.0/0"], ...ports }] };
    assert.deepEqual(rulesBroken([resource("aws:ec2/securityGroup:SecurityGroup", inline)], settings), world);
    assert.deepEqual(rulesBroken([group, rule("one", { cidrIpv4: "0.0.0.0/0", fromPort: undefined, toPort: undefined })], settings), world);
  });

  it("does not depend on how the world is cut, in which order, or how often a part is listed", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), fc.nat(), (cuts, seed) => {
        let ranges: NumericRange[] = [[0, 0]];
        for (const cut of cuts) {
          const at = cut % ranges.length;
          ranges = ranges.flatMap((range, index) => (index === at ? halves(range) : [range]));
        }
        const shuffled = ranges.map((range, index) => ({ range, order: (index * 7919 + seed) % 104729 })).sort((a, b) => a.order - b.order);
        const texts = rangeTexts(shuffled.map(({ range }) => range));
        assert.deepEqual(judge(cluster({ publicAccessCidrs: [...texts, ...texts.slice(0, 2)] })), world);
        const small = texts.filter((text) => Number(text.split("/")[1]) > 8).slice(0, 4);
        assert.deepEqual(judge(cluster({ publicAccessCidrs: ["10.0.0.0/8", "192.168.0.0/16", ...small] })), []);
      }),
    );
  });
});

describe("rights of an administrator", () => {
  const role = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
  const text = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  const rights = ["administrator-rights"];
  const off: RuleSettings = { "required-tags": "disabled" };
  const cases: Record<string, [string, Record<string, unknown>]> = {
    "AWS's own policy": [role, { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }],
    "AWS's own policy in China, in the role": [
      "aws:iam/role:Role",
      { managedPolicyArns: ["arn:aws-cn:iam::aws:policy/AdministratorAccess"] },
    ],
    "every action": ["aws:iam/policy:Policy", { policy: text({ Action: "*", Resource: "*" }) }],
    "every action of IAM in an inline policy": [
      "aws:iam/role:Role",
      { inlinePolicies: [{ policy: text({ Action: ["iam:*"], Resource: ["*"] }) }] },
    ],
    "every action but one": ["aws:iam/rolePolicy:RolePolicy", { policy: text({ NotAction: "s3:DeleteBucket", Resource: "*" }) }],
    "every action, with more stars": ["aws:iam/policy:Policy", { policy: text({ Action: "**", Resource: "**" }) }],
    "every action on all but one bucket": ["aws:iam/policy:Policy", { policy: text({ Action: "*", NotResource: "arn:aws:s3:::b" }) }],
    "every action of IAM in every account": ["aws:iam/policy:Policy", { policy: text({ Action: "iam:*", Resource: "arn:aws:iam::*:*" }) }],
    "every action of IAM on every role of an account": [
      "aws:iam/policy:Policy",
      { policy: text({ Action: "iam:**", Resource: "arn:aws-cn:iam::111122223333:role/*" }) },
    ],
    "a role for everyone": ["aws:iam/role:Role", { assumeRolePolicy: text({ Action: "sts:AssumeRole", Principal: "*" }) }],
    "a role for every account": ["aws:iam/role:Role", { assumeRolePolicy: text({ Action: "sts:AssumeRole", Principal: { AWS: ["*"] } }) }],
    "a bucket for everyone": [
      "aws:s3/bucketPolicy:BucketPolicy",
      { policy: text({ Action: "s3:GetObject", Principal: { AWS: "*" }, Resource: "arn:aws:s3:::b/*" }) },
    ],
    "a binding to everyone": [
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
      { subjects: [{ kind: "Group", name: "system:unauthenticated" }] },
    ],
  };
  for (const [what, [type, inputs]] of Object.entries(cases))
    it(`are seen as ${what}`, () => assert.deepEqual(broken(type, inputs, off), rights));

  it("are not seen in a list of actions, a service's trust, or a principal with a condition", () => {
    for (const statement of [
      { Action: ["ec2:DescribeSubnets"], Resource: "*" },
      { Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } },
      { Action: "sts:AssumeRole", Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } },
      { Action: "s3:*", Resource: "arn:aws:s3:::b/*" },
      { Action: "iam:*", Resource: "arn:aws:iam::111122223333:role/vllm-*" },
    ])
      assert.deepEqual(broken("aws:iam/role:Role", { assumeRolePolicy: text(statement), policy: text(statement) }, off), []);
  });

  it("are not seen in the policy of a VPC endpoint, which only narrows what callers may do already", () => {
    const policy = text({ Action: "*", Principal: "*", Resource: "arn:aws:s3:::b/*" });
    assert.deepEqual(broken("aws:ec2/vpcEndpoint:VpcEndpoint", { policy }, off), []);
    assert.deepEqual(broken("aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy", { policy }, off), []);
  });
});

import assert from "node:assert/strict";
import { loadBalancerOwnerPolicy, podIdentityTrust, targetRegistrationPolicy } from "../../stacks/aws/loadBalancerControllerPolicy";
import { adoptedSettings, environmentOf, recordEnvironment } from "../support/environments";
import { only } from "../support/record";

// Proves what the policies say, but not that IAM grants the controller all that it asks for, or refuses the rest.

const registers = /:(De)?[rR]egisterTargets$/;
const clusterTag = "elbv2.k8s.aws/cluster";

describe("the policy of a controller that owns load balancers", () => {
  const { Statement: statements } = loadBalancerOwnerPolicy("us-west-2", "vllm-dev");

  it("lets the controller tag a load balancer or target group as its own only while it creates it", () => {
    const tagging = statements.filter(
      ({ Action, Resource }) =>
        Action.some((action) => /:(Add|Remove)Tags$/.test(action)) && /:(loadbalancer\/app|targetgroup)\//.test(Resource),
    );
    assert.equal(tagging.length, 4);
    for (const { Condition } of tagging) {
      const whileCreating = Condition?.StringEquals?.["elasticloadbalancing:CreateAction"] !== undefined;
      if (whileCreating) assert.equal(Condition.StringEquals?.[`aws:RequestTag/${clusterTag}`], "vllm-dev");
      else {
        assert.equal(Condition?.Null?.[`aws:RequestTag/${clusterTag}`], "true");
        assert.equal(Condition?.StringEquals?.[`aws:ResourceTag/${clusterTag}`], "vllm-dev");
      }
    }
  });

  it("reaches only what carries the tag of its own cluster: the tag of another cluster's controller is not enough", () => {
    const limited = statements.filter(({ Condition }) => JSON.stringify(Condition ?? {}).includes(`Tag/${clusterTag}`));
    assert.equal(limited.length, 9);
    for (const { Condition } of limited) assert.match(JSON.stringify(Condition?.StringEquals), /Tag\/elbv2\.k8s\.aws\/cluster":"vllm-dev"/);
    const deleting = statements.find(({ Action }) => Action.includes("elasticloadbalancing:DeleteTargetGroup"));
    assert.ok(deleting && limited.includes(deleting));
  });

  it("registers pods only with target groups of its own cluster", () => {
    const [statement, ...others] = statements.filter(({ Action }) => Action.some((action) => registers.test(action)));
    assert.deepEqual(others, []);
    assert.deepEqual(statement?.Condition, { StringEquals: { [`aws:ResourceTag/${clusterTag}`]: "vllm-dev" } });
  });

  it("stays within what an inline policy of a role may have, 10,240 characters", () => {
    const longest = loadBalancerOwnerPolicy("ap-southeast-1", "c".repeat(100));
    assert.ok(JSON.stringify(longest).length < 10_240, String(JSON.stringify(longest).length));
  });
});

describe("the policy of a controller that only registers targets", () => {
  const changing = (action: string) => !/:Describe/.test(action);

  it("changes nothing but the target groups of its stack", () => {
    const { Statement: statements } = targetRegistrationPolicy("us-west-2", "dev");
    const writing = statements.filter(({ Action }) => Action.some(changing));
    assert.deepEqual(writing, [
      {
        Effect: "Allow",
        Action: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
        Resource: "arn:aws:elasticloadbalancing:us-west-2:*:targetgroup/*",
        Condition: { StringEquals: { "aws:ResourceTag/vllm-eks/environment": "dev" } },
      },
    ]);
  });

  for (const settings of [[], ["tags.team=ml"], ["platform.loadBalancerController=install", ...adoptedSettings]])
    it(`names the tag that the target group really carries (${settings.join(" ").slice(0, 40) || "dev"})`, async () => {
      const recording = await recordEnvironment(environmentOf("dev", ...settings));
      const { policy } = only(recording, "aws:iam/rolePolicy:RolePolicy").inputs as { policy: string };
      const { tags } = only(recording, "aws:lb/targetGroup:TargetGroup").inputs as { tags: Record<string, string> };
      const [key, value] = /"aws:ResourceTag\/([^"]+)":"([^"]+)"/.exec(policy)?.slice(1) ?? [];
      assert.ok(key && value, policy);
      assert.equal(tags[key], value);
    });
});

describe("the trust of a role for Pod Identity", () => {
  const clusterArn = "arn:aws-cn:eks:cn-north-1:111122223333:cluster/vllm-dev";
  const trust = podIdentityTrust({ clusterArn, namespace: "kube-system", serviceAccount: "controller" });

  it("names the account, the cluster, the namespace and the service account", () => {
    assert.deepEqual(trust.Statement[0]?.Condition, {
      StringEquals: {
        "aws:SourceAccount": "111122223333",
        "aws:RequestTag/kubernetes-namespace": "kube-system",
        "aws:RequestTag/kubernetes-service-account": "controller",
      },
      ArnEquals: { "aws:SourceArn": clusterArn },
    });
  });

  for (const settings of [[], ["platform.loadBalancerController=install", ...adoptedSettings]])
    it(`is the controller's, on ${settings.length > 0 ? "an adopted" : "a created"} cluster`, async () => {
      const recording = await recordEnvironment(environmentOf("dev", ...settings));
      const { assumeRolePolicy } = only(recording, "aws:iam/role:Role", "load-balancer-controller").inputs as { assumeRolePolicy: string };
      const { namespace, serviceAccount } = only(recording, "aws:eks/podIdentityAssociation:PodIdentityAssociation").inputs;
      const condition = (JSON.parse(assumeRolePolicy) as typeof trust).Statement[0]!.Condition;
      assert.match(condition.ArnEquals["aws:SourceArn"], /^arn:aws:eks:us-west-2:\d{12}:cluster\/\S+$/);
      assert.match(condition.StringEquals["aws:SourceAccount"], /^\d{12}$/);
      assert.equal(condition.StringEquals["aws:RequestTag/kubernetes-namespace"], namespace);
      assert.equal(condition.StringEquals["aws:RequestTag/kubernetes-service-account"], serviceAccount);
    });

  it("leaves no role of the stack that Pod Identity may hand out without these conditions", async () => {
    for (const stack of ["dev", "prod"]) {
      const { resources } = await recordEnvironment(environmentOf(stack));
      const trusting = resources.filter(({ inputs }) => String(inputs.assumeRolePolicy).includes("pods.eks.amazonaws.com"));
      assert.ok(trusting.length > 0);
      for (const { inputs } of trusting) assert.match(String(inputs.assumeRolePolicy), /"aws:SourceAccount":"\d{12}".*"aws:SourceArn"/);
    }
  });
});

import assert from "node:assert/strict";
import { loadBalancerOwnerPolicy } from "../../stacks/aws/loadBalancerControllerPolicy";

// Proves what the policy says, but not that IAM grants the controller all that it asks for.

describe("the policy of a controller that owns load balancers", () => {
  const { Statement: statements } = loadBalancerOwnerPolicy("us-west-2");

  it("lets the controller tag a load balancer or target group as its own only while it creates it", () => {
    const tagging = statements.filter(
      ({ Action, Resource }) =>
        Action.some((action) => /:(Add|Remove)Tags$/.test(action)) && /:(loadbalancer\/app|targetgroup)\//.test(Resource),
    );
    assert.equal(tagging.length, 4);
    for (const { Condition } of tagging) {
      const whileCreating = Condition?.StringEquals?.["elasticloadbalancing:CreateAction"] !== undefined;
      assert.equal(Condition?.Null?.["aws:RequestTag/elbv2.k8s.aws/cluster"], whileCreating ? "false" : "true");
      if (!whileCreating) assert.equal(Condition.Null["aws:ResourceTag/elbv2.k8s.aws/cluster"], "false");
    }
  });

  it("stays within what an inline policy of a role may have, 10,240 characters", () => {
    assert.ok(JSON.stringify({ Statement: statements }).length < 10_000);
  });
});

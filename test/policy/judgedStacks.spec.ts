import assert from "node:assert/strict";
import { checkResources, rules } from "../../policy";
import { taggedTypes } from "../../policy/rules/requiredTags";
import { resourcesOf, stacks, type StackTitle } from "./judgedStacks";

// Proves that what this repository deploys violates none of its policies. It does not see what Helm charts and remote components create.

describe("the policies", () => {
  for (const title of Object.keys(stacks) as StackTitle[])
    for (const preview of [false, true])
      it(`find nothing wrong with ${title}, as ${preview ? "a preview" : "an update"} registers it`, async () => {
        assert.deepEqual(checkResources(await resourcesOf(title, preview)), []);
      });

  it("judge the tags of every AWS resource that this package tags, except rules of security groups", async () => {
    const all = [...(await resourcesOf("dev")), ...(await resourcesOf("prod"))];
    const tagged = new Set(all.filter(({ inputs }) => inputs.tags !== undefined).map(({ type }) => type));
    const notRequired = [...tagged].filter((type) => !taggedTypes.includes(type));
    assert.deepEqual(notRequired.sort(), [
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ]);
    // Remote components create these two, and only the engine shows them.
    const neverMade = taggedTypes.filter((type) => !tagged.has(type));
    assert.deepEqual(neverMade, ["aws:ec2/vpc:Vpc", "aws:eks/cluster:Cluster"]);
  });

  it("have different names, reasons, and a source on the web", () => {
    assert.equal(new Set(rules.map(({ name }) => name)).size, 11);
    for (const { name, description, source } of rules) {
      assert.match(name, /^[a-z]+(-[a-z]+)*$/);
      assert.match(description, /: .+\.$/s, name);
      assert.match(source, /^https:\/\//, name);
    }
  });

  it("can be switched off one by one, but not by a name that does not exist", async () => {
    const resources = await resourcesOf("dev");
    assert.equal(checkResources(resources, { "gpu-spend-ceiling": { usdPerHour: 1 } }).length, 1);
    assert.deepEqual(checkResources(resources, { "gpu-spend-ceiling": "disabled" }), []);
    assert.throws(
      () => checkResources(resources, { "spend-ceiling": "disabled" }),
      /There is no rule spend-ceiling\. The rules are encryption, /,
    );
  });
});

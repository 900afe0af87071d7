import assert from "node:assert/strict";
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { rules, type CheckedResource } from "../../policy";
import { createEnginePolicies } from "../../policy/enginePolicies";
import { changed, resourcesOf } from "./judgedStacks";

// Proves that a policy gives the engine what its rule finds, with the SDK's own proxies around the inputs. test/engine/policy.spec.ts
// proves that the engine asks, and stops at a violation.

/* eslint-disable @typescript-eslint/no-require-imports */
const { unknownCheckingProxy, unknownStringValue } = require("@pulumi/policy/proxy") as {
  unknownCheckingProxy: (inputs: object) => Record<string, unknown>;
  unknownStringValue: string;
};
/* eslint-enable */

type ResourceArgs = Parameters<Extract<ResourceValidationPolicy["validateResource"], (...args: never[]) => unknown>>[0];
type StackArgs = Parameters<StackValidationPolicy["validateStack"]>[0];

const policies = createEnginePolicies(rules);
const named = (name: string) => policies.find((policy) => policy.name === name);

/** The engine does not know values that the recorder masks. */
const unmasked = (inputs: object) => JSON.parse(JSON.stringify(inputs).replaceAll("[output]", unknownStringValue)) as object;
const asEngine = ({ urn, type, name, inputs }: CheckedResource) => ({ urn, type, name, props: unknownCheckingProxy(unmasked(inputs)) });

function judgeOne(name: string, resource: CheckedResource, config: object = {}): string[] {
  const { validateResource } = named(name) as ResourceValidationPolicy;
  assert.ok(typeof validateResource === "function");
  const said: string[] = [];
  void validateResource({ ...asEngine(resource), getConfig: () => config } as ResourceArgs, (message) => said.push(message));
  return said;
}

function judgeAll(name: string, resources: readonly CheckedResource[], config: object = {}): [string, string | undefined][] {
  const known = resources.map((each) => ({ ...asEngine(each), dependencies: [] as object[] }));
  for (const [index, { dependsOn }] of resources.entries()) known[index]!.dependencies = known.filter(({ urn }) => dependsOn.includes(urn));
  const said: [string, string | undefined][] = [];
  const args = { resources: known, getConfig: () => config } as unknown as StackArgs;
  void (named(name) as StackValidationPolicy).validateStack(args, (message, urn) => said.push([message, urn]));
  return said;
}

describe("the policies of the engine", () => {
  it("are the rules, all mandatory, each with its source and the settings it takes", () => {
    assert.deepEqual(
      policies.map(({ name, enforcementLevel, url, configSchema }) => [name, enforcementLevel, url, configSchema?.properties ?? {}]),
      rules.map(({ name, source, settings }) => [name, "mandatory", source, settings]),
    );
    for (const [index, rule] of rules.entries()) assert.equal("validateStack" in policies[index]!, rule.scope === "stack", rule.name);
  });

  it("find nothing in dev, although most of its ids are unknown", async () => {
    const resources = await resourcesOf("dev");
    for (const { name, scope } of rules)
      assert.deepEqual(scope === "stack" ? judgeAll(name, resources) : resources.flatMap((each) => judgeOne(name, each)), [], name);
  });

  it("judge known values beside an unknown one", async () => {
    const broken = changed(await resourcesOf("dev"), "LaunchTemplate gpu-template", (inputs) => {
      inputs.metadataOptions = { httpTokens: "[output]", httpPutResponseHopLimit: 3 };
    });
    const template = broken.find(({ name }) => name === "gpu-template");
    assert.ok(template);
    assert.deepEqual(judgeOne("instance-metadata", template), [
      "gpu-template: metadataOptions.httpPutResponseHopLimit is 3; at most 1 is allowed. Set metadataOptions.httpPutResponseHopLimit to 1.",
    ]);
    assert.deepEqual(judgeOne("instance-metadata", template, { maximumHopLimit: 3 }), []);
  });

  it("name the one resource that violates the rule", async () => {
    const resources = await resourcesOf("dev");
    const [[message, urn] = []] = judgeAll("gpu-spend-ceiling", resources, { usdPerHour: 1 });
    assert.match(message ?? "", /^gpu-nodes: /);
    assert.equal(urn, resources.find(({ name }) => name === "gpu-nodes")?.urn);
  });

  it("do not swallow their own errors", () => {
    const inputs = {
      get tags(): never {
        throw new Error("broken");
      },
    };
    const { validateResource } = named("required-tags") as ResourceValidationPolicy;
    assert.ok(typeof validateResource === "function");
    const args = { urn: "urn", type: "aws:ec2/eip:Eip", name: "nat", props: inputs, getConfig: () => ({}) } as unknown as ResourceArgs;
    assert.throws(() => validateResource(args, () => undefined), /^Error: broken$/);
  });
});

// Proves what docs/policy.md says that a policy cannot see: for each row, resources of that kind with something forbidden inside pass. A
// row that a rule learns to see must leave the table, and a new row needs its example. It does not prove that the list is complete.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { CheckedResource, RuleSettings } from "../../policy";
import { container, resource, rulesBroken } from "../policy/ownResources";
import { root } from "./documents";

const text = fs.readFileSync(path.join(root, "docs/policy.md"), "utf8");
const section = text.slice(text.indexOf("## What a policy cannot see"), text.indexOf("## Configuration"));
const rows = section
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(1)
  .map((line) => line.split("|")[1]!.trim());

const privileged = { ...container, securityContext: { privileged: true } };
const narrow = (Action: string) => JSON.stringify({ Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
const open = resource("aws:lb/loadBalancer:LoadBalancer", { internal: false, tags: { "vllm-eks/environment": "dev" } }, "lb");
const ceiling: RuleSettings = { "gpu-spend-ceiling": { usdPerHour: 1 } };

interface Example {
  resources: CheckedResource[];
  settings?: RuleSettings;
}

/** By the beginning of the row. A text says why there is nothing to show. */
const examples: Record<string, Example | string> = {
  "objects that a Helm chart makes": {
    resources: [resource("kubernetes:helm.sh/v3:Release", { chart: "c", version: "1.2.3", values: { pod: { containers: [privileged] } } })],
  },
  "text of `yaml` in a ConfigGroup": {
    resources: [resource("kubernetes:yaml/v2:ConfigGroup", { yaml: `kind: Pod\nspec: { containers: [${JSON.stringify(privileged)}] }` })],
  },
  "what a component of a plugin makes": { resources: [resource("mine:index:Engine", { containers: [privileged] })] },
  "what a controller makes later": {
    resources: [
      resource("kubernetes:karpenter.sh/v1:NodePool", {
        spec: { template: { spec: { requirements: [{ key: "node.kubernetes.io/instance-type", values: ["p5.48xlarge"] }] } } },
      }),
    ],
    settings: ceiling,
  },
  "values that only the deployment yields": {
    resources: [resource("kubernetes:core/v1:Pod", { spec: { containers: [{ ...container, image: "[output]" }] } })],
  },
  "what exists already": "it is not a resource of the program",
  "ranges behind a managed prefix list": {
    resources: [
      resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", { ipProtocol: "-1", prefixListId: "pl-0123456789abcdef0" }),
    ],
  },
  "public ways in without a load balancer": {
    resources: [
      resource("aws:apigatewayv2/api:Api", { protocolType: "HTTP" }),
      resource("kubernetes:core/v1:Service", { spec: { type: "NodePort", ports: [{ port: 8000 }] } }),
    ],
  },
  "whether an engine other than vLLM": {
    resources: [
      open,
      resource("kubernetes:apps/v1:Deployment", {
        spec: { template: { spec: { containers: [{ image: "registry.example/tgi:3.0.1" }] } } },
      }),
    ],
    settings: { "public-endpoint-tls": "disabled" },
  },
  "instances without accelerators": {
    resources: [
      resource("aws:autoscaling/group:Group", {
        maxSize: 500,
        mixedInstancesPolicy: { launchTemplate: { overrides: [{ instanceType: "m6i.large" }] } },
      }),
      resource("aws:sagemaker/endpointConfiguration:EndpointConfiguration", { productionVariants: [{ instanceType: "ml.p5.48xlarge" }] }),
    ],
    settings: ceiling,
  },
  "an instance type chosen by attributes": {
    resources: [
      resource("aws:autoscaling/group:Group", {
        ...{
          maxSize: 5,
          mixedInstancesPolicy: { launchTemplate: { overrides: [{ instanceRequirements: { acceleratorCount: { min: 8 } } }] } },
        },
      }),
    ],
    settings: ceiling,
  },
  "a tag that moves although": {
    resources: [resource("kubernetes:core/v1:Pod", { spec: { containers: [{ ...container, image: "registry.example/vllm:0.27" }] } })],
  },
  "rights that several narrow policies": {
    resources: ["iam:PassRole", "ec2:RunInstances"].map((action) => resource("aws:iam/policy:Policy", { policy: narrow(action) }, action)),
  },
  "a policy that is switched off": {
    resources: [resource("kubernetes:core/v1:Pod", { spec: { containers: [privileged] } })],
    settings: { "pod-security": "disabled" },
  },
};

describe("what a policy cannot see", () => {
  it("is shown here row by row", () => {
    const of = (row: string) => Object.keys(examples).filter((start) => row.startsWith(start)).length;
    assert.deepEqual(
      rows.filter((row) => of(row) !== 1),
      [],
    );
    assert.equal(rows.length, Object.keys(examples).length);
  });

  for (const [start, example] of Object.entries(examples)) {
    if (typeof example === "string") continue;
    it(`is ${start}`, () => assert.deepEqual(rulesBroken(example.resources, example.settings), []));
  }
});

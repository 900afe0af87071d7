// Proves what Pulumi's analyzer reads from the sources. It does not prove that `pulumi package add` then makes an SDK in each language.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as publicSurface from "../../components";
import { foreignName } from "../../plugin/foreignNames";
import { packageJson, packageName, packageSchema, root } from "./packageSchema";
import { schemaChanges, type Component, type PackageSchema } from "./schemaChanges";

const goldenFile = path.join(root, "test", "golden", "schema.json");

/** Exactly what a user must give. Another name here would break every program that uses the component. */
const requiredInputs = {
  EfaGpuNodeGroup: ["clusterName", "clusterSecurityGroupId", "instanceType", "nodeCount", "subnetId", "vpcId"],
  InferenceIngress: ["inboundCidrs", "namespace", "serviceName", "subnetIds", "targetSecurityGroupId", "vpcId"],
  LustreModelStore: [
    "availabilityZone",
    "clientCidrBlocks",
    "clusterSecurityGroupId",
    "deploymentType",
    "model",
    "namespace",
    "neededGiB",
    "storageCapacityGiB",
    "subnetId",
    "vpcId",
  ],
  VllmLeaderWorkerSet: [
    "image",
    "instanceType",
    "loadBalancerCidrs",
    "model",
    "modelClaimName",
    "modelPath",
    "namespace",
    "pipelineParallelSize",
    "replicas",
    "tensorParallelSize",
  ],
};
type ComponentName = keyof typeof requiredInputs;
const componentNames = Object.keys(requiredInputs) as ComponentName[];

describe("the package", () => {
  it("exports at run time only the four components, their enums and the error that they throw", () => {
    const exported = Object.keys(publicSurface).sort();
    assert.deepEqual(
      exported,
      [...componentNames, "CapacityType", "ConfigurationError", "IngressMode", "IngressScheme", "StoreDeploymentType"].sort(),
    );
  });

  it("registers each component under its token in the schema: another would replace everything when a program changes language", () => {
    for (const name of componentNames) {
      const source = publicSurface[name].toString();
      assert.deepEqual(source.match(/"vllm-eks:[^"]*"/g), [`"${packageName}:index:${name}"`], name);
    }
  });

  it("is a plugin that Pulumi runs with Node, starting with the host of the components and not with the program", () => {
    const plugin = readFileSync(path.join(root, "PulumiPlugin.yaml"), "utf8");
    assert.match(plugin, /^runtime: nodejs$/m);
    assert.equal(packageJson.main, "./plugin/index");
    assert.equal(packageJson.name, packageName);
  });

  describe("as every Pulumi language sees it", function () {
    this.timeout(180_000); // the TypeScript compiler reads the types of every provider
    let schema: ReturnType<typeof packageSchema>;
    before(() => {
      schema = packageSchema(componentNames);
    });
    const component = (name: ComponentName) => schema.resources[`${packageName}:index:${name}`] as unknown as Component;

    it("offers exactly the four components", () => {
      assert.deepEqual(Object.keys(schema.resources).sort(), componentNames.map((name) => `${packageName}:index:${name}`).sort());
    });

    it("asks for exactly the required inputs", () => {
      for (const name of componentNames) assert.deepEqual(component(name).requiredInputs, requiredInputs[name].map(foreignName), name);
    });

    it("describes every input and output", () => {
      for (const name of componentNames) {
        const { inputProperties, properties } = component(name);
        const bare = Object.entries({ ...inputProperties, ...properties }).filter(([, property]) => !property.description);
        assert.deepEqual(
          bare.map(([key]) => `${name}.${key}`),
          [],
        );
      }
    });

    it("takes startAfter as wiring, and takes plain values for arguments that it checks before deployment", () => {
      const plain = (name: ComponentName, input: string) => component(name).inputProperties[input]!.plain === true;
      const topology: [ComponentName, string][] = [
        ["EfaGpuNodeGroup", "instanceType"],
        ["EfaGpuNodeGroup", "nodeCount"],
        ["LustreModelStore", "storageCapacityGib"],
        ["VllmLeaderWorkerSet", "tensorParallelSize"],
        ["InferenceIngress", "inboundCidrs"],
      ];
      for (const [name, input] of topology) assert.equal(plain(name, input), true, `${name}.${input}`);
      const wiring: [ComponentName, string][] = [
        ["EfaGpuNodeGroup", "clusterName"],
        ["LustreModelStore", "subnetId"],
        ["VllmLeaderWorkerSet", "modelPath"],
        ["InferenceIngress", "certificateArn"],
        ["InferenceIngress", "idleTimeoutSeconds"],
      ];
      for (const [name, input] of wiring) assert.equal(plain(name, input), false, `${name}.${input}`);
      for (const name of componentNames) assert.ok(component(name).inputProperties.startAfter, `${name}.startAfter`);
    });

    // Every line of the difference says whether it breaks programs. UPDATE_GOLDEN=1 records the new contract;
    // CHANGELOG.md says what a change means.
    it("keeps the contract recorded in test/golden/schema.json, and calls each difference breaking or additive", () => {
      const text = `${JSON.stringify(schema, null, 2)}\n`;
      if (process.env.UPDATE_GOLDEN === "1") writeFileSync(goldenFile, text);
      const recorded = readFileSync(goldenFile, "utf8");
      const changes = schemaChanges(JSON.parse(recorded) as PackageSchema, JSON.parse(text) as PackageSchema);
      assert.deepEqual(changes, [], `${changes.join("\n")}\nCHANGELOG.md says what each means for the version.`);
      assert.equal(text, recorded, "Only words differ: update test/golden/schema.json with UPDATE_GOLDEN=1.");
    });

    it("breaks programs of 0.1 only by the changes that CHANGELOG.md lists", () => {
      const before = JSON.parse(readFileSync(path.join(root, "test/golden/schema-0.1.json"), "utf8")) as PackageSchema;
      const now = JSON.parse(readFileSync(goldenFile, "utf8")) as PackageSchema;
      const breaking = schemaChanges(before, now).filter((change) => change.startsWith("breaking"));
      if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path.join(root, "test/golden/schema-breaking.txt"), `${breaking.join("\n")}\n`);
      const changelog = readFileSync(path.join(root, "CHANGELOG.md"), "utf8");
      const listed = changelog.split("### Changed")[1]?.split("\n### ")[0] ?? "";
      const missing = breaking.filter(
        (change) => !listed.includes(`\`${/(?:input|output|type|component|field) (\S+)/.exec(change)?.[1] ?? change}\``),
      );
      assert.deepEqual(missing, []);
      assert.deepEqual(breaking, readFileSync(path.join(root, "test/golden/schema-breaking.txt"), "utf8").trimEnd().split("\n"));
    });
  });
});

// Proves that the comparison of two schemas describes every change correctly: a developer reads it when test/golden/schema.json and the
// sources disagree. It does not prove that the changelog then mentions the change.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { repository } from "../support/environments";
import { schemaChanges, type Component, type NamedType, type PackageSchema } from "./schemaChanges";

const recorded = fs.readFileSync(path.join(repository, "test/golden/schema.json"), "utf8");
const schema = () => JSON.parse(recorded) as PackageSchema;
const token = (name: string) => `vllm-eks:index:${name}`;

/** What the comparison says about the recorded schema after `change`. */
function changes(change: (after: PackageSchema) => void): string[] {
  const after = schema();
  change(after);
  return schemaChanges(schema(), after);
}
const ofComponent = (name: string, change: (component: Component) => void) => changes(({ resources }) => change(resources[token(name)]!));
const ofType = (name: string, change: (type: NamedType) => void) => changes(({ types }) => change(types[token(name)]!));
const without = (all: string[], name: string) => all.filter((each) => each !== name);

describe("a change of the schema", () => {
  it("is not reported when only words differ", () => {
    const found = ofComponent("EfaGpuNodeGroup", ({ inputProperties }) => (inputProperties.nodeCount!.description = "Other words."));
    assert.deepEqual(found, []);
  });

  it("is breaking when the type of an input changes", () => {
    const found = ofComponent("EfaGpuNodeGroup", ({ inputProperties }) => (inputProperties.nodeCount!.type = "string"));
    assert.deepEqual(found, ["breaking: input EfaGpuNodeGroup.nodeCount was plain number and is plain string"]);
  });

  it("is breaking when a plain input becomes wiring, because generated SDKs write it differently", () => {
    const found = ofComponent("EfaGpuNodeGroup", ({ inputProperties }) => delete inputProperties.nodeCount!.plain);
    assert.deepEqual(found, ["breaking: input EfaGpuNodeGroup.nodeCount was plain number and is number"]);
  });

  it("is breaking when an input is renamed: the old name is gone, and the new one is required", () => {
    const found = ofComponent("EfaGpuNodeGroup", (component) => {
      const { nodeCount, ...others } = component.inputProperties;
      component.inputProperties = { ...others, nodes: nodeCount! };
      component.requiredInputs = [...without(component.requiredInputs, "nodeCount"), "nodes"];
    });
    assert.deepEqual(found, [
      "breaking: input EfaGpuNodeGroup.nodeCount was removed or renamed",
      "breaking: input EfaGpuNodeGroup.nodes is now required",
      "additive, update the golden file: input EfaGpuNodeGroup.nodes is new",
    ]);
  });

  it("is breaking when an optional input becomes required, and additive the other way round", () => {
    const stricter = ofComponent("EfaGpuNodeGroup", ({ requiredInputs }) => requiredInputs.push("capacity"));
    assert.deepEqual(stricter, ["breaking: input EfaGpuNodeGroup.capacity is now required"]);
    const looser = ofComponent(
      "EfaGpuNodeGroup",
      (component) => (component.requiredInputs = without(component.requiredInputs, "nodeCount")),
    );
    assert.deepEqual(looser, ["additive, update the golden file: input EfaGpuNodeGroup.nodeCount is now optional"]);
  });

  it("is additive when an optional input is added", () => {
    const found = ofComponent("LustreModelStore", ({ inputProperties }) => (inputProperties.backup = { type: "boolean", optional: true }));
    assert.deepEqual(found, ["additive, update the golden file: input LustreModelStore.backup is new"]);
  });

  it("is breaking when an output is removed, changes its type or becomes optional, and additive when one is added", () => {
    const gone = ofComponent("InferenceIngress", (component) => {
      delete component.properties.url;
      component.required = without(component.required, "url");
    });
    assert.deepEqual(gone, ["breaking: output InferenceIngress.url was removed or renamed"]);
    const retyped = ofComponent("InferenceIngress", ({ properties }) => (properties.url!.type = "number"));
    assert.deepEqual(retyped, ["breaking: output InferenceIngress.url was string and is number"]);
    const absent = ofComponent("InferenceIngress", (component) => (component.required = without(component.required, "url")));
    assert.deepEqual(absent, ["breaking: output InferenceIngress.url may now be absent"]);
    const more = ofComponent("InferenceIngress", ({ properties }) => (properties.port = { type: "number" }));
    assert.deepEqual(more, ["additive, update the golden file: output InferenceIngress.port is new"]);
  });

  it("is breaking when a component or a type is removed, and additive when one is added", () => {
    const found = changes((after) => {
      after.resources[token("Store")] = after.resources[token("LustreModelStore")]!;
      delete after.resources[token("LustreModelStore")];
      delete after.types[token("ResourceTimeouts")];
    });
    assert.deepEqual(found, [
      "breaking: component LustreModelStore was removed or renamed",
      "breaking: type ResourceTimeouts was removed or renamed",
      "additive, update the golden file: component Store is new",
    ]);
  });

  it("is found inside nested types and enums too", () => {
    const field = ofType("CapacityArgs", ({ properties }) => (properties!.startsAt!.type = "number"));
    assert.deepEqual(field, ["breaking: field CapacityArgs.startsAt was plain string and is plain number"]);
    const demanded = ofType("CapacityArgs", ({ required }) => required!.push("startsAt"));
    assert.deepEqual(demanded, ["breaking: field CapacityArgs.startsAt is now required"]);
    const value = ofType("IngressMode", (type) => (type.enum = [...type.enum!.slice(1), { value: "gateway" }]));
    assert.deepEqual(value, [
      'breaking: value "direct" of IngressMode was removed or renamed',
      'additive, update the golden file: value "gateway" of IngressMode is new',
    ]);
  });
});

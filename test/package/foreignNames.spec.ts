// Proves that names and values go to other languages and back without loss, and how Python's generator spells the names. The engine lane
// shows that the real generator agrees: it checks examples/python against a generated SDK.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError } from "../../components";
import { foreignName, foreignProperties, type NamedSchema } from "../../plugin/foreignNames";
import { foreignError } from "../../plugin/provider";
import { Translation } from "../../plugin/translation";
import { repository } from "../support/environments";
import { ownSchema } from "./packageSchema";

const golden = JSON.parse(readFileSync(path.join(repository, "test/golden/schema.json"), "utf8")) as NamedSchema;

const namesIn = ({ resources, types }: NamedSchema): string[] => [
  ...Object.values(resources).flatMap(({ inputProperties, properties }) => [...Object.keys(inputProperties), ...Object.keys(properties)]),
  ...Object.values(types).flatMap(({ properties }) => Object.keys(properties ?? {})),
];

/** `PyName` of Pulumi's generator (pkg/codegen/python/python.go): a run of capitals is a word; its last capital begins the next word. */
const pyName = (name: string): string =>
  name
    .replaceAll(/([A-Z]+)([A-Z][a-rt-z])/g, "$1_$2")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase();

describe("names in other languages", () => {
  it("are words in Python: a unit is not cut into letters", () => {
    assert.equal(pyName("storageCapacityGiB"), "storage_capacity_gi_b");
    assert.equal(pyName("readMBps"), "read_m_bps");
    assert.equal(pyName(foreignName("throughputMBpsPerTiB")), "throughput_mbps_per_tib");
    const cut = namesIn(golden).filter((name) =>
      pyName(name)
        .split("_")
        .some((word) => word.length === 1),
    );
    assert.deepEqual(cut, []);
  });

  it("are those of the package except for units", () => {
    assert.deepEqual(
      ["storageCapacityGiB", "readMBps", "hugePagesMiB", "maxModelLen", "kvBytesPerToken", "MBaseTotal", "model"].map(foreignName),
      ["storageCapacityGib", "readMbps", "hugePagesMib", "maxModelLen", "kvBytesPerToken", "MBaseTotal", "model"],
    );
  });

  it("are refused if two would become the same", () => {
    assert.throws(() => foreignProperties({ sizeGiB: 1, sizeGib: 2 }), /Two of these would have the same name/);
  });
});

describe("values of other languages", function () {
  this.timeout(180_000); // the TypeScript compiler reads the types of every provider
  const store = "vllm-eks:index:LustreModelStore";
  const set = "vllm-eks:index:VllmLeaderWorkerSet";
  let schema: NamedSchema;
  let translation: Translation;
  before(() => {
    schema = ownSchema(["EfaGpuNodeGroup", "InferenceIngress", "LustreModelStore", "VllmLeaderWorkerSet"]);
    translation = new Translation(schema);
  });

  it("reach the constructor under its names, and keys that a user chose stay", () => {
    const own = Object.values(schema.resources).flatMap(({ inputProperties }) => Object.keys(inputProperties));
    assert.equal(new Set(own.map(foreignName)).size, new Set(own).size);
    const names = Object.keys(schema.resources[store]!.inputProperties);
    fc.assert(
      fc.property(fc.subarray(names), (given) => {
        const foreign = Object.fromEntries(given.map((name) => [foreignName(name), name]));
        assert.deepEqual(translation.inputs(store, foreign), Object.fromEntries(given.map((name) => [name, name])));
      }),
    );
    const tags = { sizeGiB: "1", sizeGib: "2" };
    assert.deepEqual(translation.inputs(store, { tags, storageCapacityGib: 1200 }), { tags, storageCapacityGiB: 1200 });
  });

  it("come out under the names of other languages, inside Outputs too", async () => {
    const fit = pulumi.output({ parameters: 1, weightsGiB: 61, gpusPerGroup: 16, nodesPerGroup: 2 });
    const serviceName = pulumi.output("vllm-leader");
    const state = translation.outputs(set, { fitSummary: fit, serviceName });
    assert.equal(state.serviceName, serviceName);
    const known = await new Promise((resolve) => (state.fitSummary as pulumi.Output<object>).apply(resolve));
    assert.deepEqual(known, { parameters: 1, weightsGib: 61, gpusPerGroup: 16, nodesPerGroup: 2 });
  });

  it("have the names in errors that the user gave", () => {
    const reason =
      "[store-size-step] FSx does not sell 1300 GiB. Choose 1200, 2400 or a larger multiple of 2400. Set storageCapacityGiB to 2400.";
    const error = new ConfigurationError('LustreModelStore "weights"', [], [{ propertyPath: "storageCapacityGiB", reason }]);
    const { errors } = foreignError(store, error, translation);
    assert.deepEqual(errors, [
      { propertyPath: "storageCapacityGib", reason: reason.replace("Set storageCapacityGiB", "Set storageCapacityGib") },
    ]);
  });
});

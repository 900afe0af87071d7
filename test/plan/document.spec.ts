import Ajv, { type ValidateFunction } from "ajv";
import assert from "node:assert/strict";
import fitSchema from "../../plan/fitSchema.json";
import planSchema from "../../plan/planSchema.json";
import type { PlanDocument } from "../../plan/document";
import { planStack } from "../../plan/planner";
import { adoptedSettings } from "../support/environments";
import { remembered } from "../support/remembered";
import { root, run } from "./commandLine";

// Proves form and consistency of the document. The specs of sizing and catalog prove the numbers.
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const plan = (stack: string, ...settings: string[]): Promise<PlanDocument> =>
  remembered(
    ["document", stack, settings],
    async () => (await planStack({ directory: root, stack, settings, today: "2026-11-24" })).document,
  );

const block = ["capacity.type=capacityBlock", "capacity.reservationId=cr-0123456789abcdef0", "availabilityZone=us-west-2a"];
const blockOfH200 = [...block, "capacity.startsAt=2026-11-20T00:00:00Z", "instanceType=p5e.48xlarge"];

function conforms(validate: ValidateFunction, document: unknown): void {
  assert.ok(validate(JSON.parse(JSON.stringify(document))), JSON.stringify(validate.errors, null, 2));
}

describe("plan document", () => {
  let dev: PlanDocument;
  before(async () => (dev = await plan("dev")));

  describe("keeps to its schema", () => {
    const validPlan = ajv.compile(planSchema);
    const cases: [what: string, stack: string, settings: string[]][] = [
      ["of dev", "dev", []],
      ["of prod", "prod", []],
      ["of local, without AWS", "local", []],
      ["of a paused stack", "dev", ["nodeCount=0", "replicas=0"]],
      ["of a type without an on-demand price", "dev", blockOfH200],
      ["of a refused configuration", "dev", ["nodeCount=1", "engine.maxModelLen=4000000", "unknown=1"]],
      ["of a configuration with nonsense values", "dev", ["model=x", "instanceType=y", "nodeCount=many"]],
      ["of a Capacity Block that has not begun", "dev", [...block, "capacity.startsAt=2026-12-24T00:00:00Z"]],
    ];
    for (const [what, stack, settings] of cases) it(what, async () => conforms(validPlan, await plan(stack, ...settings)));

    const validFit = ajv.compile(fitSchema);
    for (const argv of [
      ["--model", "Qwen/Qwen3-32B"],
      ["--model", "Qwen/Qwen3-32B", "--instance-type", "p5.48xlarge", "--explain"],
      ["--model", "Qwen/Qwen3-32B", "--instance-type", "p5.48xlarge", "--tensor-parallel-size", "7"],
      ["--model", "nobody/nothing"],
    ]) {
      it(`of fit ${argv.join(" ")}`, async () => conforms(validFit, JSON.parse((await run("fit", ...argv, "--json")).out)));
    }
  });

  it("has every section for every environment, null when it cannot be computed", async () => {
    const local = await plan("local");
    const refused = await plan("dev", "model=x");
    assert.deepEqual(Object.keys(local), Object.keys(dev));
    assert.deepEqual(Object.keys(refused), Object.keys(dev));
    const nulls = (document: PlanDocument) => Object.entries(document).flatMap(([section, value]) => (value === null ? [section] : []));
    // Without --live the account is not asked.
    assert.deepEqual(nulls(dev), ["preflight"]);
    assert.deepEqual(nulls(local), ["preflight", "storage", "cost", "time", "recovery"]);
    assert.deepEqual(nulls(refused), [
      "preflight",
      "model",
      "shape",
      "memory",
      "storage",
      "cost",
      "time",
      "defaults",
      "recovery",
      "resources",
    ]);
  });

  it("stays deployable while values that only the user knows are missing, and lists them", () => {
    assert.equal(dev.verdict, "deployable");
    assert.deepEqual(dev.requiredBeforeUp.map(({ path }) => path).sort(), ["apiKey", "cluster.publicAccessCidrs"]);
  });

  it("shows the numbers of a model that does not fit", async () => {
    const refused = await plan("dev", "instanceType=g6.8xlarge", "tensorParallelSize=1");
    assert.equal(refused.verdict, "refused");
    assert.equal(refused.memory?.ranks.length, 2);
    assert.ok((refused.memory?.ranks[1]?.kvCacheGiB ?? 0) < 0);
  });

  it("says that a price is unknown instead of leaving it out of the total", async () => {
    const { cost, verdict } = await plan("dev", ...blockOfH200);
    assert.equal(verdict, "deployable");
    assert.deepEqual([cost?.hourly.gpuNodes, cost?.hourly.total], [null, null]);
  });

  it("adds up: parts of the cost to its total, and the critical path to the minutes", () => {
    const { total, ...parts } = dev.cost!.hourly;
    assert.ok(Math.abs(Object.values(parts).reduce((sum: number, part) => sum + part!, 0) - total!) < 1e-9);
    const path = dev.time!.criticalPath;
    assert.equal(path[0]!.startMinutes, 0);
    for (const [index, entry] of path.slice(1).entries()) assert.ok(Math.abs(entry.startMinutes - path[index]!.endMinutes) < 1e-9);
    assert.equal(path.at(-1)!.endMinutes, dev.time!.toFirstTokenMinutes);
  });

  it("counts the idle minutes of a reservation as its dollars: from minute 0", async () => {
    const { time, cost } = await plan("prod");
    const { afterWeights, withCluster } = time!.gpuNodesStart;
    for (const { gpuBilledIdleMinutes, toFirstTokenMinutes, idleGpuUsd } of [afterWeights, withCluster]) {
      assert.equal(gpuBilledIdleMinutes, toFirstTokenMinutes);
      assert.ok(Math.abs(idleGpuUsd! - (cost!.hourly.gpuNodes! * gpuBilledIdleMinutes) / 60) < 1e-9);
    }
    assert.equal(time!.gpuBilledIdleMinutes, withCluster.gpuBilledIdleMinutes);
  });

  it("gives no time to a first token when no group serves", async () => {
    assert.equal((await plan("dev", "replicas=0")).time, null);
  });

  it("refers only to resources that it lists, and lists each once", () => {
    const urns = dev.resources!.map(({ urn }) => urn);
    assert.equal(new Set(urns).size, urns.length);
    const stack = "urn:pulumi:dev::vllm-eks::pulumi:pulumi:Stack::vllm-eks-dev";
    const references = dev.resources!.flatMap(({ parent, dependsOn }) => [...(parent ? [parent] : []), ...dependsOn]);
    assert.deepEqual(
      references.filter((urn) => urn !== stack && !urns.includes(urn)),
      [],
    );
  });

  it("is the same in every run", async () => assert.deepEqual(await plan("dev"), dev));

  it("depends on the day only when a date decides", async () => {
    const { document } = await planStack({ directory: root, stack: "dev", today: "2026-12-24" });
    assert.deepEqual({ ...document, asOf: dev.asOf }, dev);
  });

  it("leaves open what only the account knows, and asks about a reservation only if there is one", async () => {
    const asked = (document: PlanDocument) =>
      document.notCheckedOffline.filter(({ answeredBy }) => answeredBy === "account").map(({ what }) => what);
    assert.deepEqual(asked(dev), ["identity", "AWS CLI", "quota", "zone offering", "zones"]);
    assert.deepEqual(asked(await plan("prod")), ["identity", "AWS CLI", "reservation", "zone offering", "zones"]);
    assert.deepEqual(asked(await plan("prod", "nodeCount=0", "replicas=0")), ["identity", "AWS CLI", "zone offering", "zones"]);
    assert.deepEqual(asked(await plan("dev", ...adoptedSettings)), ["identity", "AWS CLI", "quota", "zone offering", "network", "cluster"]);
  });
});

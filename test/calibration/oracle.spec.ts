import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { architectureNames, architectureOf } from "../../sizing/model/architectureLookup";
import { configFolder, configShape } from "./models";
import { computed, groupedBy, isRefusal, layoutOf, nameOf, oracle, tokenBytes, type OracleRow } from "./oracle";
import { differenceOf, differences } from "./oracleDifferences";

// Compares weights, towers and cache with what vLLM's own classes make of the same config.json. Says nothing about what kernels add after
// loading, nor about activations.
const byModel = groupedBy(oracle.rows, ({ model }) => model);
// Compared by oracleModels.spec.ts: their layers keep pages of different sizes.
const recent = (JSON.parse(fs.readFileSync(path.join(__dirname, "../data/oracle-models.json"), "utf8")) as { rows: { model: string }[] })
  .rows;
const percent = (computed: number, theirs: number) => `${((computed / theirs - 1) * 100).toFixed(3)} %`;

/** What the package computes otherwise, as a line each. */
function differing(row: OracleRow): string[] {
  const ours = computed(row);
  if (!ours) return ["refused by the package"];
  const { quantization } = configShape(row.model).weights;
  const tolerance = quantization ? 0.005 : 0.001;
  const stages = row.stages.flatMap(({ weightBytes, towerBytes = 0 }, index) => {
    const stage = ours.stages[index]!;
    const isOff = Math.abs(stage.weightBytes / weightBytes - 1) > tolerance;
    const towers = stage.towerBytes ?? 0;
    return [
      ...(isOff ? [`weights of stage ${index} ${percent(stage.weightBytes, weightBytes)}`] : []),
      ...(towers !== towerBytes ? [`towers of stage ${index}: ${towers} instead of ${towerBytes}`] : []),
    ];
  });
  const tokens = tokenBytes(row);
  return [
    ...stages,
    ...(tokens.computed === tokens.oracle ? [] : [`bytes of a token: ${tokens.computed} instead of ${tokens.oracle}`]),
    ...(["runner", "inFlightTokens", "groups", "blocks", "concurrency"] as const).flatMap((key) =>
      // The oracle rounds the concurrency to four digits.
      Math.abs(ours[key] - row[key]) < 1e-3 ? [] : [`${key}: ${ours[key]} instead of ${row[key]}`],
    ),
  ];
}

describe(`weights and cache as vLLM ${oracle.vllm} computes them`, () => {
  for (const [model, rows] of byModel) {
    it(`${model}, ${rows.length} splits`, () => {
      const unexplained = rows.flatMap((row) => {
        const known = differenceOf(row);
        return differing(row)
          .filter((text) => !known.some(({ what }) => text.startsWith(what)))
          .map((text) => `${nameOf(row)}: ${text}`);
      });
      assert.deepEqual(unexplained, []);
    });
  }

  it("covers every architecture of the package and every config.json of the tests, in at least 120 splits", () => {
    const shapes = fs.readdirSync(configFolder).map((name) => name.replace("--", "/").replace(/\.json$/, ""));
    const answered = new Set([...oracle.rows, ...oracle.withoutAnswer, ...recent].map(({ model }) => model));
    assert.deepEqual(
      shapes.filter((model) => !answered.has(model)),
      [],
    );
    const covered = new Set(
      [...byModel.keys(), ...recent.map(({ model }) => model)].map((model) => architectureOf(configShape(model).architecture)),
    );
    assert.deepEqual(
      architectureNames.filter((name) => !covered.has(architectureOf(name))),
      [],
    );
    assert.ok(oracle.rows.length >= 120, `${oracle.rows.length}`);
  });

  it("lists a difference only as long as there is one", () => {
    const found = oracle.rows.map((row) => ({ row, texts: differing(row) }));
    const stale = differences.filter(
      (each) => !found.some(({ row, texts }) => differenceOf(row).includes(each) && texts.some((text) => text.startsWith(each.what))),
    );
    assert.deepEqual(stale, []);
  });
});

describe("splits that vLLM refuses", () => {
  const refused = oracle.withoutAnswer.filter(({ error }) => isRefusal(error));
  for (const split of refused) {
    it(`are refused by the package: ${nameOf(split)}`, () => assert.equal(layoutOf(configShape(split.model), split).layout, undefined));
  }
});

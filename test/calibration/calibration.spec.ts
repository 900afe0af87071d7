import assert from "node:assert/strict";
import { spreadOfMemory } from "../../sizing/memory/uncertainty";
import { predict, type Comparison, type Prediction } from "./predict";
import { calibrationRows } from "./rows";

// Proves that the arithmetic reproduces published start-up logs of vLLM.
// A row compares only what its source gives, and says why the rest is missing.
const predictions = calibrationRows.map(predict);
const of = (kinds: string[]) => predictions.filter(({ row }) => kinds.includes(row.kind));
const present = (all: Prediction[], key: "weights" | "kvCache" | "tokens" | "concurrency") =>
  all.flatMap((each) => (each[key] ? [{ row: each.row.row, ...each[key] }] : []));
const off = (all: (Comparison & { row: string })[], percent: number) =>
  all.filter(({ errorPercent }) => Math.abs(errorPercent) > percent).map(({ row, errorPercent }) => `${row}: ${errorPercent.toFixed(2)} %`);
const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

describe("calibration against published logs", () => {
  it("finds the KV cache within 1 % at the median and 3 % in nine of ten logs, and is nowhere more than 5 % too hopeful", () => {
    const compared = present(predictions, "kvCache").filter(({ logged }) => logged > 0);
    assert.equal(compared.length, 31);
    const errors = compared.map(({ errorPercent }) => Math.abs(errorPercent)).sort((a, b) => a - b);
    assert.ok(median(errors) <= 1, `median ${median(errors)} %`);
    assert.ok(errors[Math.floor(errors.length * 0.9)]! <= 3, `nine of ten within ${errors[Math.floor(errors.length * 0.9)]} %`);
    assert.deepEqual(
      compared.filter(({ errorPercent }) => errorPercent > 5).map(({ row }) => row),
      [],
    );
  });

  it("states a ± that holds for nine of ten logs", () => {
    const stated = predictions.flatMap(({ row, kvCache, uncertaintyPercent = 0 }) =>
      kvCache && kvCache.logged > 0
        ? [{ row: row.row, isInside: Math.abs(kvCache.predicted - kvCache.logged) <= (kvCache.predicted * uncertaintyPercent) / 100 }]
        : [],
    );
    const outside = stated.filter(({ isInside }) => !isInside).map(({ row }) => row);
    assert.ok(outside.length <= stated.length / 10, outside.join());
  });

  it("finds the weights of dense models within 1 %", () => {
    const compared = present(of(["dense"]), "weights").filter(({ row }) => row !== "17");
    assert.equal(compared.length, 16);
    assert.deepEqual(off(compared, 1), []);
  });

  it("finds the weights of mixtures and mixed formats within 3 %", () => {
    const compared = present(
      predictions.filter(({ row }) => row.kind !== "dense" || row.row === "17"),
      "weights",
    );
    assert.equal(compared.length, 17);
    assert.deepEqual(off(compared, 3), []);
  });

  it("finds the KV cache of dense models within 3 % at the median and 4 % at most, of mixtures and hybrids within 10 %", () => {
    const dense = present(of(["dense"]), "kvCache").filter(({ logged }) => logged > 0);
    assert.equal(dense.length, 18);
    assert.ok(median(dense.map(({ errorPercent }) => Math.abs(errorPercent))) < 1);
    assert.deepEqual(off(dense, 4), []);
    const others = present(of(["experts", "hybrid"]), "kvCache");
    assert.equal(others.length, 14);
    assert.deepEqual(off(others, 10), []);
  });

  it("converts a cache in GiB to the printed number of tokens within 0.3 %, with windows and states", () => {
    const compared = present(predictions, "tokens");
    assert.equal(compared.length, 32);
    assert.deepEqual(off(compared, 0.3), []);
    // H7 ran FlashMLA's blocks of 64 tokens, by which a request of 10,000 takes half a block more.
    assert.deepEqual(off(present(predictions, "concurrency"), 0.5), []);
  });

  it("predicts which engines started and which did not", () => {
    const compared = predictions.filter(({ starts }) => starts);
    assert.equal(compared.length, 39);
    assert.deepEqual(
      compared.filter(({ starts }) => starts!.predicted !== starts!.logged).map(({ row }) => row.row),
      [],
    );
  });

  it("states an uncertainty of twice the spread of these rows", () => {
    for (const [kinds, stated] of [
      [["dense"], spreadOfMemory.dense],
      [["experts", "hybrid"], spreadOfMemory.others],
    ] as const) {
      const shares = of([...kinds]).flatMap(({ row, kvCache }) =>
        kvCache && row.gpu ? [(kvCache.predicted - kvCache.logged) / row.gpu.cudaMemoryGiB] : [],
      );
      const twice = 2 * Math.sqrt(shares.reduce((sum, share) => sum + share ** 2, 0) / shares.length);
      assert.ok(twice <= stated && stated < twice + 0.01, `${kinds.join()}: ${twice} beside ${stated}`);
    }
  });
});

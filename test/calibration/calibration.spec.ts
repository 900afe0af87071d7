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
  it("finds the weights of dense models within 1 %", () => {
    const compared = present(of(["dense"]), "weights").filter(({ row }) => row !== "17");
    assert.equal(compared.length, 15);
    assert.deepEqual(off(compared, 1), []);
  });

  it("finds the weights of mixtures and mixed formats within 3 %", () => {
    const compared = present(
      predictions.filter(({ row }) => row.kind !== "dense" || row.row === "17"),
      "weights",
    );
    assert.equal(compared.length, 13);
    assert.deepEqual(off(compared, 3), []);
  });

  it("finds the KV cache of dense models within 3 % at the median and 4 % at most, of mixtures and hybrids within 10 %", () => {
    const dense = present(of(["dense"]), "kvCache").filter(({ logged }) => logged > 0);
    assert.equal(dense.length, 17);
    assert.ok(median(dense.map(({ errorPercent }) => Math.abs(errorPercent))) < 1);
    assert.deepEqual(off(dense, 4), []);
    const others = present(of(["experts", "hybrid"]), "kvCache");
    assert.equal(others.length, 11);
    assert.deepEqual(off(others, 10), []);
  });

  it("converts a cache in GiB to the printed number of tokens within 0.3 %, with windows and states", () => {
    const compared = present(predictions, "tokens");
    assert.equal(compared.length, 27);
    assert.deepEqual(off(compared, 0.3), []);
    // H7 ran FlashMLA's blocks of 64 tokens, by which a request of 10,000 takes half a block more.
    assert.deepEqual(off(present(predictions, "concurrency"), 0.5), []);
  });

  it("predicts which engines started and which did not", () => {
    const compared = predictions.filter(({ starts }) => starts);
    assert.equal(compared.length, 34);
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

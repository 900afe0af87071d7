import assert from "node:assert/strict";
import fc from "fast-check";
import { instanceType } from "../../../catalog/instanceTypes";
import {
  checkStore,
  loadSeconds,
  neededStoreGiB,
  nextStoreCapacityGiB,
  storeThroughput,
  type StoreRequest,
} from "../../../sizing/costAndTime/storage";

// Proves the sizes and the arithmetic on published rates. Only a deployment proves what a file
// system delivers on a given day, and that FSx accepts a request.

const scratch: StoreRequest = { deploymentType: "SCRATCH_2", storageCapacityGiB: 1200 };
const persistent = (throughputMBpsPerTiB: number, storageCapacityGiB = 1200): StoreRequest => ({
  deploymentType: "PERSISTENT_2",
  storageCapacityGiB,
  throughputMBpsPerTiB,
});
/** 65 GB, the bytes of a 32B model in bfloat16. */
const weightsGiB = 65e9 / 1024 ** 3;
const p4d = instanceType("p4d.24xlarge");
const load = (store: StoreRequest, nodes = 1, type = p4d) => loadSeconds({ weightsGiB, nodes, type, store });
const rounded = ({ cold, warm, limitedBy }: ReturnType<typeof load>) => [Math.round(cold), Math.round(warm), limitedBy];

describe("model store", () => {
  describe("when ordered", () => {
    for (const storageCapacityGiB of [1200, 2400, 4800, 7200, 9600]) {
      it(`accepts ${storageCapacityGiB} GiB of both types`, () => {
        assert.deepEqual(checkStore({ ...scratch, storageCapacityGiB }, 1000), []);
        assert.deepEqual(checkStore(persistent(250, storageCapacityGiB), 1000), []);
      });
    }

    for (const [given, legal] of [
      [0, 1200],
      [1000, 1200],
      [1201, 2400],
      [3600, 4800],
      [4801, 7200],
      [NaN, 1200],
    ] as const) {
      it(`refuses ${given} GiB and proposes ${legal}`, () => {
        const problems = checkStore({ ...scratch, storageCapacityGiB: given }, 0);
        assert.deepEqual(
          problems.map(({ code, severity, path, changes }) => ({ code, severity, path, changes })),
          [
            {
              code: "store-size-step",
              severity: "error",
              path: "storageCapacityGiB",
              changes: [{ path: "storageCapacityGiB", value: legal }],
            },
          ],
        );
        assert.ok(problems[0]!.message.startsWith(`FSx does not sell ${given} GiB.`));
      });
    }

    it("refuses a store that holds the weights of kept revisions but not a tenth more", () => {
      const needed = neededStoreGiB([600, 550]);
      assert.equal(Math.round(needed), 1265);
      const [problem, ...others] = checkStore(scratch, needed);
      assert.deepEqual(others, []);
      assert.equal(problem!.code, "store-too-small");
      assert.equal(problem!.message, "1200 GiB is too small: the weights of every kept revision and 10 % headroom need 1265.0 GiB.");
      assert.deepEqual(problem!.changes, [{ path: "storageCapacityGiB", value: 2400 }]);
    });

    it("fixes a size that is both illegal and too small with one value", () => {
      const problems = checkStore({ ...scratch, storageCapacityGiB: 1300 }, 5000);
      assert.deepEqual(
        problems.map(({ code, changes }) => [code, changes[0]!.value]),
        [
          ["store-size-step", 7200],
          ["store-too-small", 7200],
        ],
      );
    });

    it("refuses a throughput for SCRATCH_2 and proposes the type that has one", () => {
      const [problem, ...others] = checkStore({ ...scratch, throughputMBpsPerTiB: 250 }, 0);
      assert.deepEqual(others, []);
      assert.equal(problem!.code, "store-throughput-invalid");
      assert.equal(problem!.path, "throughputMBpsPerTiB");
      assert.deepEqual(problem!.changes, [{ path: "deploymentType", value: "PERSISTENT_2" }]);
      assert.deepEqual(checkStore({ ...scratch, throughputMBpsPerTiB: 200 }, 0)[0]!.changes, []);
    });

    for (const [given, legal] of [
      [undefined, 500],
      [50, 125],
      [200, 250],
      [750, 1000],
      [2000, 1000],
    ] as const) {
      it(`refuses ${given ?? "no"} MB/s per TiB for PERSISTENT_2 and proposes ${legal}`, () => {
        const problems = checkStore(
          { deploymentType: "PERSISTENT_2", storageCapacityGiB: 1200, ...(given && { throughputMBpsPerTiB: given }) },
          0,
        );
        assert.deepEqual(
          problems.map(({ code, changes }) => [code, changes]),
          [["store-throughput-invalid", [{ path: "throughputMBpsPerTiB", value: legal }]]],
        );
      });
    }

    it("refuses a type that the package does not create, and its size as well", () => {
      const problems = checkStore({ deploymentType: "SCRATCH_1", storageCapacityGiB: 3600 }, 0);
      assert.deepEqual(
        problems.map(({ code, path }) => [code, path]),
        [
          ["store-type-unknown", "deploymentType"],
          ["store-size-step", "storageCapacityGiB"],
        ],
      );
    });

    it("always proposes the smallest accepted size", () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 100_000 }), (neededGiB) => {
          const proposed = nextStoreCapacityGiB(neededGiB);
          assert.deepEqual(checkStore({ ...scratch, storageCapacityGiB: proposed }, neededGiB), []);
          const smaller = proposed === 2400 ? 1200 : proposed - 2400;
          assert.ok(smaller < 1200 || smaller < neededGiB);
        }),
      );
    });
  });

  describe("when read", () => {
    it("gives 1200 GiB of SCRATCH_2 234 MB/s from disk, 1523 from memory, and half the disk rate for writing", () => {
      const { readMBps, burstReadMBps, writeMBps, serverCacheGiB } = storeThroughput(scratch);
      assert.deepEqual([readMBps, burstReadMBps, writeMBps].map(Math.round), [234, 1523, 117]);
      assert.equal(serverCacheGiB.toFixed(2), "7.85");
    });

    it("gives 4800 GiB of PERSISTENT_2-1000 4.7 GB/s from disk and 12.2 from memory", () => {
      const { readMBps, burstReadMBps } = storeThroughput(persistent(1000, 4800));
      assert.deepEqual([readMBps, burstReadMBps].map(Math.round), [4688, 12188]);
    });

    it("throws for a tier that does not exist", () => {
      assert.throws(() => storeThroughput(persistent(300)), /PERSISTENT_2 has no tier of 300 MB\/s per TiB/);
    });
  });

  describe("when nodes load from it", () => {
    it("takes 4.6 min for 65 GB from the smallest SCRATCH_2, limited by its disks", () => {
      assert.deepEqual(rounded(load(scratch)), [277, 104, "file system disks"]);
    });

    it("takes 7.4, 3.7 and 1.8 min from 1200 GiB of PERSISTENT_2-125, -250 and -500", () => {
      const minutes = [125, 250, 500].map((tier) => (load(persistent(tier)).cold / 60).toFixed(1));
      assert.deepEqual(minutes, ["7.4", "3.7", "1.8"]);
    });

    it("waits for the connection to the only server if disks are faster than 5 Gbit/s", () => {
      assert.deepEqual(rounded(load(persistent(1000))), [104, 104, "client connections"]);
    });

    it("waits for the file system's network if many nodes share it", () => {
      assert.deepEqual(rounded(load(persistent(1000, 4800), 8)), [43, 43, "file system network"]);
    });

    it("waits for the node's own network on a small node", () => {
      const store = persistent(1000, 12_000);
      assert.equal(load(store, 1, { ...p4d, networkGbps: 10, networkCards: 1 }).limitedBy, "node network");
    });

    it("waits for the loader if everything else is faster", () => {
      assert.deepEqual(rounded(load(persistent(1000, 12_000))), [30, 30, "loader"]);
    });

    it("is not faster the second time if neither servers nor nodes can cache the weights", () => {
      const small = { ...p4d, memoryGiB: 100 };
      assert.deepEqual(rounded(load(scratch, 1, small)), [277, 277, "file system disks"]);
    });

    it("assumes a plain disk without a store and says so", () => {
      const { cold, warm, limitedBy, source } = loadSeconds({ weightsGiB: 1, nodes: 1, type: p4d });
      assert.deepEqual([cold.toFixed(1), warm.toFixed(1), limitedBy, source], ["8.6", "0.5", "local disk", "assumed"]);
    });

    it("never loads faster with more nodes, more weights or a smaller store, nor slower warm than cold", () => {
      const tier = fc.constantFrom(125, 250, 500, 1000);
      const nodes = fc.integer({ min: 1, max: 64 });
      const steps = fc.integer({ min: 1, max: 20 });
      fc.assert(
        fc.property(tier, nodes, steps, fc.integer({ min: 1, max: 2000 }), (throughput, count, step, GiB) => {
          const store = persistent(throughput, 2400 * step);
          const base = loadSeconds({ weightsGiB: GiB, nodes: count, type: p4d, store });
          assert.ok(base.warm <= base.cold);
          assert.ok(loadSeconds({ weightsGiB: GiB, nodes: count + 1, type: p4d, store }).cold >= base.cold);
          assert.ok(loadSeconds({ weightsGiB: GiB + 1, nodes: count, type: p4d, store }).cold >= base.cold);
          assert.ok(
            loadSeconds({ weightsGiB: GiB, nodes: count, type: p4d, store: persistent(throughput, 2400 * (step + 1)) }).cold <= base.cold,
          );
        }),
      );
    });
  });
});

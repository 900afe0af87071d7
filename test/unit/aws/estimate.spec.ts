import assert from "node:assert/strict";
import fc from "fast-check";
import { checksMinutes, destroyMinutes, limitMinutes, type Estimate } from "../../aws/estimate";

// Proves the arithmetic of the limit. Does not prove that AWS bills these prices.

describe("the minutes that a cloud run may take", () => {
  const positive = (max: number) => fc.double({ min: 0.01, max, noNaN: true });

  it("leave money for destroy, suffice for the expected run, and are never more than three times that", () => {
    fc.assert(
      fc.property(
        positive(200),
        positive(120),
        positive(10),
        fc.double({ min: 0, max: 500, noNaN: true }),
        (usdPerHour, first, dataUsd, spare) => {
          const totalMinutes = first + checksMinutes + destroyMinutes;
          const totalUsd = (usdPerHour * totalMinutes) / 60 + dataUsd;
          const quota = { code: "L-DB2E81BA", vcpus: 64 };
          const estimate: Estimate = { usdPerHour, firstTokenMinutes: first, totalMinutes, dataUsd, totalUsd, quota };
          const limit = limitMinutes(estimate, totalUsd + spare);
          const expected = first + checksMinutes;
          const spent = (usdPerHour * (limit + destroyMinutes)) / 60 + dataUsd;
          assert.ok(limit >= expected - 1e-6 && limit <= 3 * expected + 1e-6, `${limit} of ${expected}`);
          assert.ok(spent <= totalUsd + spare + 1e-6, `${spent} of ${totalUsd + spare}`);
        },
      ),
    );
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { downloadTime } from "../../../sizing/costAndTime/download";

// Proves the arithmetic. Does not prove what Hugging Face and a network deliver on a given day.
describe("download time", () => {
  const scratch1200 = { deploymentType: "SCRATCH_2", storageCapacityGiB: 1200 } as const;
  const persistent4800 = { deploymentType: "PERSISTENT_2", storageCapacityGiB: 4800, throughputMBpsPerTiB: 1000 } as const;

  it("is limited by the file system's disks on the smallest scratch store: 61 GiB at 117 MB/s take 9 minutes", () => {
    const { seconds, limitedBy } = downloadTime({ downloadGiB: 61.03, store: scratch1200, systemInstanceType: "m6i.large" });
    assert.equal(limitedBy, "file system writes");
    assert.ok(Math.abs(seconds - 559) < 1, String(seconds));
  });

  it("is limited by Hugging Face if the file system writes faster", () => {
    const { seconds, limitedBy } = downloadTime({ downloadGiB: 100, store: persistent4800 });
    assert.equal(limitedBy, "Hugging Face");
    assert.ok(Math.abs(seconds - 358) < 1, String(seconds));
  });

  it("is limited to the node's baseline after 15 minutes of network credits", () => {
    const { seconds, limitedBy } = downloadTime({ downloadGiB: 958.5, store: persistent4800, systemInstanceType: "m6i.large" });
    assert.equal(limitedBy, "node network");
    assert.ok(Math.abs(seconds - 8676) < 10, String(seconds));
  });

  it("never shrinks when there is more to download", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 5000, noNaN: true }), fc.double({ min: 0, max: 500, noNaN: true }), (downloadGiB, more) => {
        const time = (size: number) => downloadTime({ downloadGiB: size, store: scratch1200, systemInstanceType: "m6i.large" }).seconds;
        return time(downloadGiB + more) >= time(downloadGiB) - 1e-6;
      }),
    );
  });
});

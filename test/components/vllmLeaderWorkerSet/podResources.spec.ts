import assert from "node:assert/strict";
import { instanceTypes } from "../../../catalog/instanceTypes";
import { podResources } from "../../../components/vllmLeaderWorkerSet/podResources";

// Proves how quantities are written, for every instance type. That the controller's webhook writes them so, and that an update of a set
// which says otherwise finds a change each time, was seen in the engine lane, which repeats an update of `dev`.

describe("quantities of a serving pod", () => {
  const written = instanceTypes.flatMap((type) =>
    [0, 5128, 6144].map((hugePagesMiB) => {
      const { requests, limits, sharedMemory } = podResources(type, 62, hugePagesMiB);
      return [requests, limits, { sharedMemory }].flatMap((group) => Object.values(group));
    }),
  );

  it("are in the form to which Kubernetes brings them itself", () => {
    for (const quantity of written.flat()) {
      const [, amount = "", unit = ""] = /^(\d+)(m|Mi|Gi|Ti)?$/.exec(quantity) ?? [];
      assert.notEqual(amount, "", quantity);
      if (unit === "m") assert.notEqual(Number(amount) % 1000, 0, quantity);
      if (unit === "Mi" || unit === "Gi") assert.notEqual(Number(amount) % 1024, 0, quantity);
    }
  });

  it("are 16 GiB of shared memory on a node with GPUs, in those words", () => {
    const p4d = instanceTypes.find(({ name }) => name === "p4d.24xlarge")!;
    assert.equal(podResources(p4d, 62, 0).sharedMemory, "16Gi");
    assert.equal(podResources(p4d, 62, 6144).requests["hugepages-2Mi"], "6Gi");
  });
});

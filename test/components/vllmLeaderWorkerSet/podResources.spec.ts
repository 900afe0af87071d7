import assert from "node:assert/strict";
import { instanceTypes } from "../../../catalog/instanceTypes";
import { podResources } from "../../../components/vllmLeaderWorkerSet/podResources";

// Proves the form of quantities for every instance type. The engine lane, which repeats an update of `dev`, showed that the controller's
// webhook writes this form, and that with another form every update finds a change.

describe("quantities of a serving pod", () => {
  const written = instanceTypes.flatMap((type) =>
    [0, 5128, 6144].map((hugePagesMiB) => {
      const { requests, limits, sharedMemory } = podResources(type, 62, hugePagesMiB);
      return [requests, limits, { sharedMemory }].flatMap((group) => Object.values(group));
    }),
  );

  it("have the form that Kubernetes itself writes", () => {
    for (const quantity of written.flat()) {
      const [, amount = "", unit = ""] = /^(\d+)(m|Mi|Gi|Ti)?$/.exec(quantity) ?? [];
      assert.notEqual(amount, "", quantity);
      if (unit === "m") assert.notEqual(Number(amount) % 1000, 0, quantity);
      if (unit === "Mi" || unit === "Gi") assert.notEqual(Number(amount) % 1024, 0, quantity);
    }
  });

  it("give 16Gi of shared memory on a node with GPUs", () => {
    const p4d = instanceTypes.find(({ name }) => name === "p4d.24xlarge")!;
    assert.equal(podResources(p4d, 62, 0).sharedMemory, "16Gi");
    assert.equal(podResources(p4d, 62, 6144).requests["hugepages-2Mi"], "6Gi");
  });
});

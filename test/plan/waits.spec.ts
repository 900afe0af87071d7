import assert from "node:assert/strict";
import { planStack } from "../../plan/planner";
import { longestWaits } from "../../plan/waits";
import { timeoutsOf } from "../../environment/timeouts";
import { environmentOf, repository, today } from "../support/environments";

// Proves that the plan prints the waits that the program registers. It does not prove how long AWS really takes.

describe("longest waits", () => {
  it("are those of file system, download, GPU nodes, engine, Releases, add-ons and load balancer, computed in one place and printed in the plan", async () => {
    const { document } = await planStack({ directory: repository, stack: "dev", today });
    const { fileSystem, downloadJob, nodeGroup, leaderWorkerSet, release, addon, loadBalancer } = timeoutsOf(environmentOf("dev"));
    assert.deepEqual(longestWaits(document.resources ?? []), [
      { what: "file system", ...fileSystem },
      { what: "download of the weights", ...downloadJob },
      { what: "GPU nodes", ...nodeGroup },
      { what: "engine", ...leaderWorkerSet },
      { what: "each Helm release", ...release },
      { what: "each EKS add-on", ...addon },
      { what: "load balancer", ...loadBalancer },
    ]);
  });

  it("are empty when nothing waits long", () => assert.deepEqual(longestWaits([]), []));
});

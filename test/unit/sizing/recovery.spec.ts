import assert from "node:assert/strict";
import { recoveries, type RecoveryRequest } from "../../../sizing/costAndTime/recovery";
import { servingTimeouts } from "../../../sizing/costAndTime/timeouts";

// Proves how the rows follow from the waits. What vLLM does after a fault was seen with its CPU build; only a deployment shows nodes.
const request: RecoveryRequest = {
  timeouts: servingTimeouts({ loadSecondsCold: 300 }),
  load: { cold: 300, warm: 100, limitedBy: "file system disks", source: "computed" },
  ...{ imagePull: "parallel", groupSize: 2, loadBalanced: true, spot: false, reserved: false },
};
const byFault = (changes: Partial<RecoveryRequest> = {}) =>
  new Map(recoveries({ ...request, ...changes }).map((row) => [row.noticedBy, row] as const));

describe("recovery of a group", () => {
  it("adds up, and reads the weights in each row", () => {
    for (const { noticedSeconds, stoppedSeconds, nodeSeconds, startSeconds, totalSeconds } of recoveries(request)) {
      assert.equal(noticedSeconds + stoppedSeconds + nodeSeconds + startSeconds, totalSeconds);
      assert.ok(startSeconds > request.load.cold);
    }
  });

  it("waits for vLLM's limit where a step hangs, and for the probe where only the engine is silent", () => {
    const rows = byFault();
    assert.equal(rows.get("vLLM's limit for a step")!.noticedSeconds, 305);
    assert.equal(rows.get("the liveness probe")!.noticedSeconds, request.timeouts.stalledSeconds);
    const longer = byFault({ timeouts: servingTimeouts({ loadSecondsCold: 300, stepTimeoutSeconds: 900 }) });
    assert.equal(longer.get("vLLM's limit for a step")!.noticedSeconds, 905);
  });

  it("is shortest after a crash of the leader, whose pods do not drain", () => {
    const rows = byFault();
    const crash = rows.get("vLLM in the leader")!;
    assert.ok(crash.stoppedSeconds < 15);
    for (const row of rows.values()) assert.ok(row.totalSeconds >= crash.totalSeconds, row.fault);
    assert.equal(rows.get("vLLM in the worker")!.stoppedSeconds, 60 + 120);
  });

  it("pulls the image only on a new node, and waits for that node where capacity has no room for a second one", () => {
    const rows = byFault();
    const [crash, drain] = [rows.get("vLLM in the leader")!, rows.get("the group drains")!];
    assert.ok(drain.startSeconds > crash.startSeconds + 30);
    assert.equal(drain.nodeSeconds, 0);
    assert.ok(byFault({ reserved: true }).get("the group drains")!.nodeSeconds > 100);
  });

  it("has no worker in a group of one, and a spot interruption only on spot", () => {
    assert.equal(byFault({ groupSize: 1 }).has("vLLM in the worker"), false);
    assert.equal(byFault().has("AWS's notice"), false);
    assert.equal(byFault({ spot: true }).get("AWS's notice")!.stoppedSeconds, 120);
  });
});

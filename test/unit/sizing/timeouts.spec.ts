import assert from "node:assert/strict";
import fc from "fast-check";
import { phaseDurations } from "../../../catalog/durations";
import { deploymentTimeouts, drainExceedsUpdate, livenessProbe, servingTimeouts } from "../../../sizing/costAndTime/timeouts";

// Proves how the waits relate to each other. Only a deployment proves that AWS and the engine keep within them.

const minutesOf = (text: string) => {
  assert.match(text, /^[1-9]\d*m$/);
  return Number.parseInt(text, 10);
};
const loads = fc.integer({ min: 0, max: 20_000 });

describe("timeouts of a serving pod", () => {
  it("have these values for a load of 277 s with defaults for the rest", () => {
    assert.deepEqual(servingTimeouts({ loadSecondsCold: 277 }), {
      startupProbeSeconds: 1380,
      engineReadySeconds: 1440,
      idleTimeoutSeconds: 600,
      keepAliveSeconds: 615,
      deregistrationDelaySeconds: 180,
      preStopSeconds: 60,
      shutdownTimeoutSeconds: 120,
      workerPreStopSeconds: 195,
      terminationGracePeriodSeconds: 210,
      stepTimeoutSeconds: 300,
      stalledSeconds: 360,
      distributedTimeoutSeconds: 2580,
    });
  });

  it("wait before SIGTERM for as long as a load balancer may still send requests, and shorter without one", () => {
    const { targetDeregistered } = phaseDurations;
    assert.ok(servingTimeouts({ loadSecondsCold: 1 }).preStopSeconds >= targetDeregistered.seconds);
    assert.ok(targetDeregistered.seconds > 40, "502 were seen with waits of 15 and 40 s");
    assert.equal(servingTimeouts({ loadSecondsCold: 1, loadBalanced: false }).preStopSeconds, 15);
  });

  it("wait for a step as long as the longest one and a compilation may take, within 300 and 1800 s, or as the user says", () => {
    const of = (answerSeconds: number, stepTimeoutSeconds?: number) =>
      servingTimeouts({
        ...{ loadSecondsCold: 1, step: { seconds: answerSeconds / 3, answerSeconds, promptSeconds: 500 } },
        ...(stepTimeoutSeconds !== undefined && { stepTimeoutSeconds }),
      });
    assert.deepEqual(
      [5, 61, 400, 5000].map((seconds) => of(seconds).stepTimeoutSeconds),
      [300, 360, 660, 1800],
    );
    assert.equal(of(400, 90).stepTimeoutSeconds, 90);
    for (const { stepTimeoutSeconds, stalledSeconds } of [of(5), of(400), of(400, 90)])
      assert.ok(stalledSeconds >= stepTimeoutSeconds + 500 + 60);
  });

  it("let a silence of the engine last longer than all tries of the liveness probe", () => {
    const { periodSeconds, failureThreshold } = livenessProbe;
    const { stalledSeconds } = servingTimeouts({ loadSecondsCold: 1, stepTimeoutSeconds: 30 });
    assert.ok(stalledSeconds > periodSeconds * failureThreshold);
  });

  it("never kill a starting pod before 15 min, even if its computed load is fast", () => {
    assert.equal(servingTimeouts({ loadSecondsCold: 1 }).startupProbeSeconds, 900);
  });

  it("let a load take three times the computed duration before the pod is killed or the API server gives up", () => {
    fc.assert(
      fc.property(loads, (loadSecondsCold) => {
        const { startupProbeSeconds, engineReadySeconds } = servingTimeouts({ loadSecondsCold });
        assert.ok(startupProbeSeconds >= 3 * loadSecondsCold && startupProbeSeconds >= 900);
        assert.ok(engineReadySeconds >= startupProbeSeconds);
      }),
    );
  });

  it("keep connections open at the server for longer than at the load balancer, and pods alive for longer than they drain", () => {
    const settings = fc.record({ idleTimeoutSeconds: fc.integer({ min: 1, max: 4000 }), drainSeconds: fc.integer({ min: 0, max: 3000 }) });
    fc.assert(
      fc.property(loads, settings, (loadSecondsCold, { idleTimeoutSeconds, drainSeconds }) => {
        const timeouts = servingTimeouts({ loadSecondsCold, idleTimeoutSeconds, drainSeconds });
        assert.equal(timeouts.idleTimeoutSeconds, idleTimeoutSeconds);
        assert.ok(timeouts.keepAliveSeconds > idleTimeoutSeconds);
        assert.equal(timeouts.shutdownTimeoutSeconds, drainSeconds);
        assert.ok(timeouts.deregistrationDelaySeconds >= timeouts.preStopSeconds + drainSeconds);
        assert.ok(timeouts.workerPreStopSeconds >= timeouts.preStopSeconds + drainSeconds + 10);
        assert.ok(timeouts.workerPreStopSeconds <= timeouts.terminationGracePeriodSeconds - 10);
        assert.ok(timeouts.terminationGracePeriodSeconds >= timeouts.preStopSeconds + timeouts.shutdownTimeoutSeconds + 30);
      }),
    );
  });
});

describe("timeouts of a deployment", () => {
  const request = { loadSecondsCold: 277, downloadSeconds: 600, terminationGracePeriodSeconds: 165, storageCapacityGiB: 1200 };

  it("have these values for a 32B model on the smallest store", () => {
    assert.deepEqual(deploymentTimeouts(request), {
      fileSystem: { create: "46m", update: "150m", delete: "45m" },
      downloadJob: { create: "60m", update: "60m", delete: "10m" },
      leaderWorkerSet: { create: "48m", update: "51m", delete: "13m" },
      nodeGroup: { create: "60m", update: "60m", delete: "63m" },
      release: { create: "15m", update: "15m", delete: "10m" },
      addon: { create: "20m", update: "20m", delete: "40m" },
      loadBalancer: { create: "15m", update: "15m", delete: "15m" },
    });
  });

  it("wait for the LeaderWorkerSet longer than its pods may take to start", () => {
    fc.assert(
      fc.property(loads, (loadSecondsCold) => {
        const { leaderWorkerSet } = deploymentTimeouts({ ...request, loadSecondsCold });
        assert.ok(minutesOf(leaderWorkerSet.create) * 60 > servingTimeouts({ loadSecondsCold }).startupProbeSeconds + 20 * 60);
      }),
    );
  });

  it("give the download Job three times the computed download and room to start", () => {
    assert.equal(deploymentTimeouts({ ...request, downloadSeconds: 3600 }).downloadJob.create, "195m");
  });

  it("count every group of a roll-out and every node of an update, which happen one after the other", () => {
    const { leaderWorkerSet, nodeGroup } = deploymentTimeouts({ ...request, replicas: 3, nodes: 6 });
    assert.deepEqual([leaderWorkerSet.update, nodeGroup.update], ["153m", "180m"]);
  });

  it("never wait for less than the AWS provider does by default", () => {
    const providerMinutes = { fileSystem: [30, 30, 30], nodeGroup: [60, 60, 60], addon: [20, 20, 40], loadBalancer: [10, 10, 10] };
    const timeouts = deploymentTimeouts({ loadSecondsCold: 0, downloadSeconds: 0, terminationGracePeriodSeconds: 0 });
    for (const [part, [create, update, remove]] of Object.entries(providerMinutes)) {
      const given = timeouts[part as keyof typeof providerMinutes];
      assert.ok(minutesOf(given.create) >= create! && minutesOf(given.update) >= update! && minutesOf(given.delete) >= remove!, part);
    }
  });

  it("are whole minutes for a paused deployment too", () => {
    for (const { create, update, delete: remove } of Object.values(deploymentTimeouts({ ...request, replicas: 0, nodes: 0 }))) {
      for (const text of [create, update, remove]) minutesOf(text);
    }
  });
});

describe("draining against a node group update", () => {
  it("is a problem with two or more groups if draining and loading take more than 15 min", () => {
    const [problem, ...others] = drainExceedsUpdate({ loadSecondsCold: 800, terminationGracePeriodSeconds: 165, replicas: 2 });
    assert.deepEqual(others, []);
    assert.deepEqual([problem!.code, problem!.severity, problem!.path], ["drain-exceeds-update", "warning", "engine"]);
    assert.match(problem!.message, /^Draining \(2\.8 min\) and loading again \(13\.3 min\) take 16\.1 min for each of 2 groups/);
  });

  it("is not a problem at exactly 15 min, or with one group, which has no budget to wait for", () => {
    assert.deepEqual(drainExceedsUpdate({ loadSecondsCold: 735, terminationGracePeriodSeconds: 165, replicas: 2 }), []);
    assert.deepEqual(drainExceedsUpdate({ loadSecondsCold: 8000, terminationGracePeriodSeconds: 165, replicas: 1 }), []);
  });
});

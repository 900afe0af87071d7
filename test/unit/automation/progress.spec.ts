import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { expectOperation } from "../../../automation/expected";
import { phaseOf } from "../../../automation/phases";
import { progressOf, type ExpectedResource, type Progress, type ExpectedProgress } from "../../../automation/progress";
import { repository } from "../../support/environments";
import { atRealSpeed, recordedEvents } from "./recordedEvents";

// Proves the progress for events that a real engine sent with a simulated account. It does not prove that the durations match AWS.

const urnsOf = (events: readonly EngineEvent[]) => new Set(events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata.urn ?? []));

describe("progress of a deployment", () => {
  const events = atRealSpeed(recordedEvents("deploy"));
  const start = events[0]!.timestamp;
  const end = events.at(-1)!.timestamp;
  let expected: ExpectedProgress;
  let course: Progress[];

  before(async () => {
    const request = { stackName: "dev", projectName: "vllm-eks", folder: repository, state: [], now: new Date("2026-11-24T12:00:00Z") };
    const { progress } = await expectOperation({ operation: "deploy", ...request });
    // The recording leaves small resources out, so the expectation must do so too.
    const recorded = urnsOf(events);
    expected = { ...progress, resources: progress.resources.filter(({ urn }) => recorded.has(urn)) };
    course = events.map((_, index) => progressOf(events.slice(0, index + 1), expected));
  });

  const at = (name: string, kind: "resourcePreEvent" | "resOutputsEvent") =>
    events.findIndex((event) => event[kind]?.metadata.urn.endsWith(`::${name}`));

  it("has the program's own resources, each with a duration", () => {
    assert.equal(expected.resources.filter(({ custom, remote }) => custom || remote).length, 47);
    assert.ok(expected.resources.every(({ seconds }) => seconds !== null));
    assert.deepEqual([expected.gpuUsdPerHour!.toFixed(2), expected.gpuNodesRun], ["43.96", false]);
  });

  it("begins at zero with the minutes of the plan", () => {
    assert.equal(course[0]!.percent, 0);
    assert.equal(course[0]!.expectedMinutes!.toFixed(1), "35.5");
    assert.equal(course[0]!.phase, "network");
  });

  it("never falls, and ends at 100 percent with nothing left", () => {
    const percents = course.map(({ percent }) => percent);
    assert.deepEqual(
      percents,
      [...percents].sort((a, b) => a - b),
    );
    assert.ok(percents.slice(0, -1).every((percent) => percent < 100));
    const { state, percent, phase, running, done, total, elapsedMinutes } = course.at(-1)!;
    assert.deepEqual(
      { state, percent, phase, running, done, total },
      { state: "succeeded", percent: 100, phase: null, running: [], done: 47, total: 47 },
    );
    assert.equal(elapsedMinutes, (end - start) / 60);
  });

  it("goes through the phases in order", () => {
    const phases = course.flatMap(({ phase }) => phase ?? []);
    assert.deepEqual([...new Set(phases)], ["network", "cluster", "platform", "weights", "gpuNodes", "engine"]);
  });

  it("names running resources with their seconds, the longest-running first", () => {
    const began = at("weights-file-system", "resourcePreEvent");
    const { running } = progressOf(events.slice(0, began + 1), expected, events[began]!.timestamp + 90);
    const store = running.find(({ name }) => name === "weights-file-system")!;
    assert.deepEqual(
      [store.phase, store.action, store.seconds, store.type],
      ["weights", "create", 90, "aws:fsx/lustreFileSystem:LustreFileSystem"],
    );
    const seconds = running.map((resource) => resource.seconds);
    assert.deepEqual(
      seconds,
      [...seconds].sort((a, b) => b - a),
    );
  });

  it("expects the rest of a running resource's duration, and nothing more from one that is overdue", () => {
    const began = at("cluster-eksCluster", "resourcePreEvent");
    const upTo = events.slice(0, began + 1);
    const time = events[began]!.timestamp;
    const early = progressOf(upTo, expected, time + 60).expectedMinutes!;
    assert.equal(progressOf(upTo, expected, time + 120).expectedMinutes!.toFixed(6), early.toFixed(6));
    const late = progressOf(upTo, expected, time + 3600).expectedMinutes!;
    assert.equal((progressOf(upTo, expected, time + 3660).expectedMinutes! - late).toFixed(6), "1.000000");
  });

  it("does not count a remote component as done when the engine reports it, minutes before its control plane", () => {
    const reported = at("cluster", "resOutputsEvent");
    assert.ok(reported < at("cluster-eksCluster", "resOutputsEvent"));
    // The recording is older than a role that waits for the control plane, which is worth three minutes. A control plane that counts as
    // done would be worth ten.
    assert.ok(course[reported]!.expectedMinutes! > course[0]!.expectedMinutes! - 5, String(course[reported]!.expectedMinutes));
  });

  it("counts GPU dollars from the second when the creation of the nodes began", () => {
    const began = at("gpu-nodes", "resourcePreEvent");
    assert.equal(course[began - 1]!.gpuUsd, 0);
    const later = progressOf(events.slice(0, began + 1), expected, events[began]!.timestamp + 1800);
    assert.equal(later.gpuUsd!.toFixed(3), (expected.gpuUsdPerHour! / 2).toFixed(3));
  });

  it("counts nodes of an earlier deployment from the beginning, and gives no dollars when no price is known", () => {
    const beginning = events.slice(0, 1);
    assert.equal(
      progressOf(beginning, { ...expected, gpuNodesRun: true }, start + 3600).gpuUsd!.toFixed(6),
      expected.gpuUsdPerHour!.toFixed(6),
    );
    assert.equal(progressOf(beginning, { ...expected, gpuUsdPerHour: null }, start + 3600).gpuUsd, null);
  });

  it("ends in seconds when nothing changes", () => {
    const same = recordedEvents("deploy").map((event) => ({ ...event, timestamp: start }));
    const before = progressOf(same.slice(0, -1), expected, start + 3);
    assert.ok(before.expectedMinutes! < 0.06, String(before.expectedMinutes));
  });

  it("keeps its percentage when it fails, and names what failed", () => {
    const failing = atRealSpeed(recordedEvents("noCapacity"));
    const { state, percent, failed, phase, running } = progressOf(failing, expected);
    assert.deepEqual({ state, failed, phase, running }, { state: "failed", failed: ["gpu-nodes"], phase: "gpuNodes", running: [] });
    assert.ok(percent > 50 && percent < 90, String(percent));
  });
});

describe("progress of a destroy", () => {
  const events = recordedEvents("destroy");
  const resources = [...urnsOf(events)].map((urn): ExpectedResource => {
    const custom = events.find(({ resourcePreEvent }) => resourcePreEvent?.metadata.urn === urn)!.resourcePreEvent!.metadata.old!.custom!;
    return {
      urn,
      type: urn.split("::")[2]!.split("$").at(-1)!,
      name: urn.split("::").at(-1)!,
      dependsOn: [],
      custom,
      remote: false,
      seconds: null,
    };
  });
  const expected: ExpectedProgress = { operation: "destroy", resources, gpuUsdPerHour: 36, gpuNodesRun: true };

  it("counts resources, because no record says how long deletions take, and goes through the phases backwards", () => {
    const course = events.map((_, index) => progressOf(events.slice(0, index + 1), expected));
    assert.ok(course.slice(0, -2).every(({ expectedMinutes }) => expectedMinutes === null));
    const percents = course.map(({ percent }) => percent);
    assert.deepEqual(
      percents,
      [...percents].sort((a, b) => a - b),
    );
    assert.equal(course[0]!.phase, "endpoint");
    assert.deepEqual([course.at(-1)!.percent, course.at(-1)!.phase], [100, null]);
  });

  it("stops counting dollars when the GPU nodes are gone", () => {
    const gone = events.findIndex(({ resOutputsEvent }) => resOutputsEvent?.metadata.urn.endsWith("::gpu-nodes"));
    const seconds = events[gone]!.timestamp - events[0]!.timestamp;
    assert.equal(progressOf(events, expected, events.at(-1)!.timestamp + 7200).gpuUsd!.toFixed(6), (seconds / 100).toFixed(6));
  });
});

describe("the phase of a resource", () => {
  const cases: [string, string][] = [
    ["awsx:ec2:Vpc$aws:ec2/vpc:Vpc::network", "network"],
    ["aws:ec2/natGateway:NatGateway::nat", "network"],
    ["eks:index:Cluster$aws:eks/cluster:Cluster::cluster-eksCluster", "cluster"],
    ["aws:eks/nodeGroup:NodeGroup::system-nodes", "cluster"],
    ["aws:ec2/launchTemplate:LaunchTemplate::system-template", "cluster"],
    ["aws:eks/addon:Addon::coredns", "platform"],
    ["kubernetes:helm.sh/v3:Release::leader-worker-set", "platform"],
    ["vllm-eks:index:LustreModelStore$aws:ec2/securityGroup:SecurityGroup::weights-lustre", "weights"],
    ["vllm-eks:index:EfaGpuNodeGroup$aws:eks/nodeGroup:NodeGroup::gpu-nodes", "gpuNodes"],
    ["vllm-eks:index:VllmLeaderWorkerSet$kubernetes:core/v1:Service::vllm-leader", "engine"],
    ["vllm-eks:index:InferenceIngress$aws:lb/loadBalancer:LoadBalancer::endpoint-lb", "endpoint"],
  ];
  for (const [resource, phase] of cases)
    it(`${phase}: ${resource}`, () => assert.equal(phaseOf(`urn:pulumi:dev::vllm-eks::${resource}`), phase));
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { timeline, type Duration, type TimelineNode } from "../../../sizing/costAndTime/timeline";

// Proves the schedule of a given graph. Does not prove that the durations are true, or that the engine has enough workers to
// start everything that may start.

const node = (urn: string, dependsOn: string[] = [], more: Partial<TimelineNode> = {}): TimelineNode => ({
  urn,
  type: "test:index:Thing",
  name: urn,
  dependsOn,
  custom: true,
  remote: false,
  ...more,
});
const component = (urn: string, dependsOn: string[] = [], more: Partial<TimelineNode> = {}) =>
  node(urn, dependsOn, { custom: false, type: "test:index:Component", ...more });

const lasting =
  (seconds: Record<string, number>, assumed: string[] = []) =>
  ({ urn }: TimelineNode): Duration => ({
    label: urn,
    seconds: seconds[urn] ?? 0,
    source: `record of ${urn}`,
    assumed: assumed.includes(urn),
  });

const startsAndEnds = (resources: TimelineNode[], seconds: Record<string, number>) =>
  Object.fromEntries(
    [...timeline(resources, lasting(seconds)).nodes].map(([urn, { startSeconds, endSeconds }]) => [urn, [startSeconds, endSeconds]]),
  );

describe("timeline of a recorded program", () => {
  it("starts a resource when the last of its dependencies is done", () => {
    const resources = [node("a"), node("b"), node("c", ["a", "b"])];
    assert.deepEqual(startsAndEnds(resources, { a: 10, b: 30, c: 5 }), { a: [0, 10], b: [0, 30], c: [30, 35] });
  });

  it("holds children back until their component is registered, after the component's dependencies", () => {
    const resources = [node("slow"), component("group", ["slow"]), node("child", [], { parent: "group" })];
    assert.deepEqual(startsAndEnds(resources, { slow: 60, child: 1 }), { slow: [0, 60], group: [60, 60], child: [60, 61] });
  });

  it("does not wait for the children of a component if the dependency is only on its URN", () => {
    const resources = [component("group"), node("child", [], { parent: "group" }), node("after", ["group"])];
    assert.deepEqual(startsAndEnds(resources, { child: 60, after: 1 }).after, [0, 1]);
  });

  it("counts a remote component as one block for everything that uses its outputs", () => {
    const resources = [component("cluster", [], { remote: true }), node("nodes", ["cluster"])];
    assert.deepEqual(startsAndEnds(resources, { cluster: 600, nodes: 180 }).nodes, [600, 780]);
  });

  it("gives a component of the program no time, even if the duration table has one", () => {
    assert.deepEqual(startsAndEnds([component("group")], { group: 99 }).group, [0, 0]);
  });

  it("waits for an explicit provider, although its reference has an id after the URN", () => {
    const urn = "urn:pulumi:dev::vllm-eks::pulumi:providers:kubernetes::k8s";
    const resources = [node(urn), node("job", [], { provider: `${urn}::4c9f` })];
    assert.deepEqual(startsAndEnds(resources, { [urn]: 7, job: 1 }).job, [7, 8]);
  });

  it("treats resources that this program did not register as existing", () => {
    assert.deepEqual(startsAndEnds([node("a", ["read elsewhere"])], { a: 3 }).a, [0, 3]);
  });

  it("names the resources that wait for each other instead of running forever", () => {
    const resources = [node("a", ["c"]), node("b", ["a"]), node("c", ["b"])];
    assert.throws(() => timeline(resources, lasting({})), /^Error: The resources wait for each other: a → c → b → a\.$/);
  });

  it("returns zeros for a program that registers nothing", () => {
    const { nodes, ...rest } = timeline([], lasting({}));
    assert.equal(nodes.size, 0);
    assert.deepEqual(rest, { finishMinutes: 0, toFirstTokenMinutes: 0, criticalPath: [], gpuBilledIdleMinutes: 0, assumptions: [] });
  });

  describe("for a served model", () => {
    const resources = [
      component("cluster", [], { remote: true }),
      node("fileSystem"),
      node("downloadJob", ["cluster", "fileSystem"]),
      component("gpu", [], { type: "vllm-eks:index:EfaGpuNodeGroup" }),
      node("gpuNodes", ["cluster", "downloadJob"], { type: "aws:eks/nodeGroup:NodeGroup", parent: "gpu" }),
      node("systemNodes", ["cluster"], { type: "aws:eks/nodeGroup:NodeGroup" }),
      node("engine", ["gpuNodes"], { type: "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet" }),
      node("alarm", ["engine"]),
    ];
    const seconds = { cluster: 600, fileSystem: 480, downloadJob: 300, gpuNodes: 180, systemNodes: 120, engine: 240, alarm: 600 };
    const phases = [
      { label: "image pull", seconds: 60, source: "recorded", assumed: true },
      { label: "weights", seconds: 0, source: "computed", assumed: false },
      { label: "engine start", seconds: 180, source: "recorded", assumed: false },
    ];
    const durationOf = (of: TimelineNode): Duration => ({ ...lasting(seconds)(of), ...(of.urn === "engine" && { phases }) });
    const result = timeline(resources, durationOf);

    it("ends the time to first token with the engine, and the program later", () => {
      assert.equal(result.toFirstTokenMinutes, 22);
      assert.equal(result.finishMinutes, 32);
    });

    it("lists the waits from minute 0 to the first token phase by phase, without gaps or resources that take no time", () => {
      assert.deepEqual(result.criticalPath, [
        { name: "cluster", startMinutes: 0, endMinutes: 10, source: "record of cluster" },
        { name: "downloadJob", startMinutes: 10, endMinutes: 15, source: "record of downloadJob" },
        { name: "gpuNodes", startMinutes: 15, endMinutes: 18, source: "record of gpuNodes" },
        { name: "image pull", startMinutes: 18, endMinutes: 19, source: "recorded" },
        { name: "engine start", startMinutes: 19, endMinutes: 22, source: "recorded" },
      ]);
    });

    it("bills idle GPUs from the creation of the GPU node group, not of the system nodes", () => {
      assert.equal(result.gpuBilledIdleMinutes, 7);
    });

    it("bills more idle GPU time when GPU nodes start with the cluster instead of after the weights", () => {
      const early = resources.map((of) =>
        of.urn === "gpuNodes"
          ? { ...of, dependsOn: ["cluster"] }
          : of.urn === "engine"
            ? { ...of, dependsOn: ["gpuNodes", "downloadJob"] }
            : of,
      );
      const { toFirstTokenMinutes, gpuBilledIdleMinutes } = timeline(early, durationOf);
      assert.deepEqual({ toFirstTokenMinutes, gpuBilledIdleMinutes }, { toFirstTokenMinutes: 19, gpuBilledIdleMinutes: 9 });
    });

    it("computes the same graph with other durations, and lists the assumptions of its critical path", () => {
      const streamed = (of: TimelineNode) => (of.urn === "downloadJob" ? { ...durationOf(of), seconds: 0 } : durationOf(of));
      const { toFirstTokenMinutes, assumptions } = timeline(resources, streamed);
      assert.deepEqual({ toFirstTokenMinutes, assumptions }, { toFirstTokenMinutes: 17, assumptions: ["image pull: recorded"] });
    });
  });

  describe("for every acyclic graph", () => {
    const names = Array.from({ length: 12 }, (_, index) => `r${index}`);
    /** Edges point to earlier resources only, so there is no cycle. */
    const graphs = fc
      .array(
        fc.record({
          seconds: fc.nat(900),
          edges: fc.array(fc.nat(11), { maxLength: 4 }),
          parent: fc.option(fc.nat(11)),
          custom: fc.boolean(),
        }),
        {
          minLength: 2,
          maxLength: 12,
        },
      )
      .map((rows) => ({
        seconds: Object.fromEntries(rows.map((row, index) => [names[index]!, row.seconds])),
        resources: rows.map((row, index) =>
          node(
            names[index]!,
            row.edges.filter((edge) => edge < index).map((edge) => names[edge]!),
            { custom: row.custom, ...(row.parent !== null && row.parent < index && { parent: names[row.parent]! }) },
          ),
        ),
      }));
    const waitsFor = (of: TimelineNode) => [...of.dependsOn, ...(of.parent ? [of.parent] : [])];

    it("starts a resource only after everything it waits for has ended", () => {
      fc.assert(
        fc.property(graphs, ({ resources, seconds }) => {
          const { nodes } = timeline(resources, lasting(seconds));
          for (const of of resources) {
            for (const urn of waitsFor(of)) assert.ok(nodes.get(of.urn)!.startSeconds >= nodes.get(urn)!.endSeconds);
          }
        }),
      );
    });

    it("finishes exactly with the longest chain of waits", () => {
      fc.assert(
        fc.property(graphs, ({ resources, seconds }) => {
          const byUrn = new Map(resources.map((of) => [of.urn, of]));
          const chain = (of: TimelineNode): number =>
            (of.custom ? seconds[of.urn]! : 0) + Math.max(0, ...waitsFor(of).map((urn) => chain(byUrn.get(urn)!)));
          const ends = [...timeline(resources, lasting(seconds)).nodes.values()].map(({ endSeconds }) => endSeconds);
          assert.equal(Math.max(...ends), Math.max(...resources.map(chain)));
        }),
      );
    });

    it("never finishes earlier for one more wait", () => {
      fc.assert(
        fc.property(graphs, fc.nat(11), fc.nat(11), ({ resources, seconds }, one, other) => {
          const from = Math.min(one, other) % resources.length;
          const to = Math.max(one, other) % resources.length;
          fc.pre(from < to);
          const before = timeline(resources, lasting(seconds)).finishMinutes;
          const more = resources.map((of, index) => (index === to ? { ...of, dependsOn: [...of.dependsOn, names[from]!] } : of));
          assert.ok(timeline(more, lasting(seconds)).finishMinutes >= before);
        }),
      );
    });

    it("covers the whole time to first token with its critical path", () => {
      fc.assert(
        fc.property(graphs, ({ resources, seconds }) => {
          const { criticalPath, toFirstTokenMinutes } = timeline(resources, lasting(seconds));
          let reached = 0;
          for (const { startMinutes, endMinutes } of criticalPath) {
            assert.equal(startMinutes, reached);
            reached = endMinutes;
          }
          assert.equal(reached, toFirstTokenMinutes);
        }),
      );
    });
  });
});

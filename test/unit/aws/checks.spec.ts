import assert from "node:assert/strict";
import { answering, recordedNodes, recordedPods, type Answer } from "../../aws/recordedRunner";
import type { Node, Pod } from "../../aws/placement";
import { deployment, expectedOfLoadBalancer, outputs, rehearsedLane } from "./rehearsal";

// Proves that each check, and only that check, fails on an answer that is wrong in one place. Does not prove that a real cluster gives such
// answers.

const failures = (said: string) => said.split("\n").flatMap((line) => (line.startsWith("  FAILED  ") ? [line.slice(10)] : []));
const says = (start: string, value: unknown): Answer => answering(start, { stdout: JSON.stringify(value) });

async function onlyFailure(...answers: Answer[]): Promise<string> {
  const { status, said } = await rehearsedLane({ answers });
  const [failure, ...others] = failures(said);
  assert.deepEqual({ status, others }, { status: 1, others: [] }, said);
  return failure ?? "";
}

const pods = (change: (pods: Pod[]) => unknown): Answer => {
  const items = recordedPods(deployment);
  change(items);
  return says("kubectl get pods", { items });
};
const nodes = (change: (nodes: Node[]) => unknown): Answer => {
  const items = recordedNodes(deployment);
  change(items);
  return says("kubectl get nodes", { items });
};

describe("the checks of a cloud run", () => {
  it("fail on outputs that are missing or differ from the plan", async () => {
    const { tryIt: _, ...without } = outputs;
    assert.match(await onlyFailure(says("pulumi stack output", without)), /every output: outputs missing: tryIt$/);
    assert.match(await onlyFailure(says("pulumi stack output", { ...outputs, replicas: 0 })), /outputs are .*"replicas":0/);
  });

  it("fail on pods that share a node, wait, or are too few", async () => {
    const placement = "the group's pods are ready, each on a separate node, in one zone: ";
    const shared = pods((all) => (all[1]!.spec.nodeName = "node-0"));
    assert.equal(await onlyFailure(shared), `${placement}the pods are on node-0 instead of 2 nodes`);
    const waiting = pods((all) => (all[1]!.status.conditions![0]!.status = "False"));
    assert.equal(await onlyFailure(waiting), `${placement}not ready: vllm-0-1`);
  });

  it("fail on nodes in two zones, or in a different zone from the requested one", async () => {
    const zone = "topology.kubernetes.io/zone";
    assert.match(await onlyFailure(nodes((all) => (all[1]!.metadata.labels[zone] = "us-west-2b"))), /in us-west-2a, us-west-2b instead/);
    const elsewhere = nodes((all) => all.forEach(({ metadata }) => (metadata.labels[zone] = "us-west-2b")));
    assert.match(await onlyFailure(elsewhere), /the nodes are in us-west-2b instead of us-west-2a$/);
  });

  it("fail on a node that offers no EFA interface, and on a pod that holds none", async () => {
    const efa = "vpc.amazonaws.com/efa";
    const offered = nodes((all) => delete all[1]!.status.allocatable[efa]);
    assert.match(await onlyFailure(offered), /^EFA interfaces .* of the g6\.8xlarge nodes: 1, none instead of 1, 1$/);
    const held = pods((all) => delete all[0]!.spec.containers[0]!.resources!.limits![efa]);
    assert.match(await onlyFailure(held), /of the pods: none, 1 instead of 1, 1$/);
  });

  it("fail on a load balancer that answers /health, serves without the key, or does not serve", async () => {
    for (const [answer, status] of [
      ["health", 200],
      ["withoutKey", 200],
      ["withKey", 503],
    ] as const) {
      const failure = await onlyFailure(says("kubectl run", { ...expectedOfLoadBalancer, [answer]: status }));
      assert.match(failure, new RegExp(`^the load balancer serves .* answered .*"${answer}":${status}`));
    }
  });

  it("fail on an answer that is not a completion, and end the port-forward", async () => {
    assert.match(await onlyFailure(says("sh -c", { error: { message: "no" } })), /^portForward and tryIt .*: tryIt printed \{"error"/);
    assert.match(await onlyFailure(answering("sh -c", { stdout: "<html>" })), /^portForward and tryIt give one completion: /);
  });

  it("fail on a second up that changes something", async () => {
    let ups = 0;
    const second: Answer = (line) => (line.startsWith("pulumi up") && ++ups === 2 ? { status: 255, stderr: "error: changes" } : undefined);
    assert.equal(await onlyFailure(second), "a second up changes nothing: pulumi up ended with status 255: error: changes");
  });
});

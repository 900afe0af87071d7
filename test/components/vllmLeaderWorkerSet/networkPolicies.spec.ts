import assert from "node:assert/strict";
import { clientPolicy, groupPolicy } from "../../../components/vllmLeaderWorkerSet/networkPolicies";

// Proves the rules as written. That the CNI enforces them is proved only on a cluster; EFA traffic passes no network policy at all.
describe("network policies", () => {
  const set = { matchLabels: { "leaderworkerset.sigs.k8s.io/name": "vllm" } };

  it("let pods of the set talk to each other on every port, and out of it only to cluster DNS", () => {
    assert.deepEqual(groupPolicy("vllm"), {
      podSelector: set,
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: set }] }],
      egress: [
        { to: [{ podSelector: set }] },
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
              podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
            },
          ],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
      ],
    });
  });

  it("let the load balancer and the metrics namespace reach port 8000 of leaders, and no other pod or port", () => {
    assert.deepEqual(clientPolicy("vllm", ["10.0.96.0/24"], "monitoring"), {
      podSelector: { matchLabels: { ...set.matchLabels, "leaderworkerset.sigs.k8s.io/worker-index": "0" } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            { ipBlock: { cidr: "10.0.96.0/24" } },
            { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } },
          ],
          ports: [{ protocol: "TCP", port: 8000 }],
        },
      ],
    });
  });

  it("let nobody in from outside when there is neither: an empty list of clients would mean everybody", () => {
    assert.equal(clientPolicy("vllm", []), undefined);
  });
});

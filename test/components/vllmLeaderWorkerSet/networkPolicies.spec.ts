import assert from "node:assert/strict";
import { clientPolicy, groupPolicy } from "../../../components/vllmLeaderWorkerSet/networkPolicies";

// Proves the rules as written. Only a cluster can prove that the CNI enforces them. Network policies do not apply to EFA traffic.
describe("network policies", () => {
  const set = { matchLabels: { "leaderworkerset.sigs.k8s.io/name": "vllm" } };

  it("let pods of the set talk to each other on every port, and outside the set only to cluster DNS", () => {
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

  it("do not let any client in without load balancer and metrics: an empty list of clients would let all of them in", () => {
    assert.equal(clientPolicy("vllm", []), undefined);
  });
});

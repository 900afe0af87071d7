/** Who may talk to the pods of a set: the set itself, the load balancer, and a namespace for metrics. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { groupLabels, leaderLabels } from "./podLabels";
import { servingPort } from "./engineArguments";

type Policy = k8s.types.input.networking.v1.NetworkPolicySpec;
type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;

/**
 * Pods of the set reach each other on every port, and outside the set only DNS. vLLM's traffic between nodes is not encrypted and contains
 * pickled objects on random ports: anyone who reaches such a port can run code (https://docs.vllm.ai/en/latest/usage/security.html). Pods
 * do not need other egress, because weights and tokenizer are on the model store. Without it, a prompt with a URL cannot make the server
 * fetch credentials of the node. EFA is not IP traffic and passes every policy: its boundary is the security group of the nodes.
 */
export function groupPolicy(name: string): Policy {
  const group: Peer = { podSelector: { matchLabels: groupLabels(name) } };
  return {
    podSelector: { matchLabels: groupLabels(name) },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [group] }],
    egress: [{ to: [group] }, { to: [clusterDns], ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 })) }],
  };
}

const clusterDns: Peer = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
  podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
};

/** Clients reach only the leader's API port. Without load balancer and metrics there are no clients, and no policy. */
export function clientPolicy(name: string, loadBalancerCidrs: string[], metricsNamespace?: string): Policy | undefined {
  const clients: Peer[] = loadBalancerCidrs.map((cidr) => ({ ipBlock: { cidr } }));
  if (metricsNamespace !== undefined)
    clients.push({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": metricsNamespace } } });
  if (clients.length === 0) return undefined;
  return {
    podSelector: { matchLabels: leaderLabels(name) },
    policyTypes: ["Ingress"],
    ingress: [{ from: clients, ports: [{ protocol: "TCP", port: servingPort }] }],
  };
}

/** The arguments of a serving set that say who may talk to its pods. */
interface PolicyArgs {
  namespace: pulumi.Input<string>;
  loadBalancerCidrs: string[];
  metricsNamespace?: string;
}

export interface Policies {
  groupPolicy: k8s.networking.v1.NetworkPolicy;
  clientPolicy: k8s.networking.v1.NetworkPolicy | undefined;
}

export function createPolicies(name: string, args: PolicyArgs, child: pulumi.CustomResourceOptions): Policies {
  const metadata = { namespace: args.namespace };
  const clients = clientPolicy(name, args.loadBalancerCidrs, args.metricsNamespace);
  return {
    groupPolicy: new k8s.networking.v1.NetworkPolicy(`${name}-group`, { metadata, spec: groupPolicy(name) }, child),
    clientPolicy: clients && new k8s.networking.v1.NetworkPolicy(`${name}-clients`, { metadata, spec: clients }, child),
  };
}

/**
 * NetworkPolicies as rules of nftables for the network namespace of one pod, as a network plugin enforces them at its interface:
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import type { LabelSelector, NetworkPolicy, PolicyPeer, PolicyPort } from "../../engine/rehearsal/servingObjects";

export interface Endpoint {
  namespace: string;
  labels: Record<string, string>;
  address: string;
}

/** The rules of `pod`; `all` are the pods of the cluster, it among them. A node always reaches its pods, for probes. */
export function policyRules(policies: NetworkPolicy[], pod: Endpoint, all: Endpoint[], node: string): string {
  const own = policies.filter(({ metadata, spec }) => metadata.namespace === pod.namespace && selects(spec.podSelector, pod.labels));
  const isolated = (type: string) => own.some(({ spec }) => spec.policyTypes.includes(type));
  const ingress = own.flatMap(({ spec }) =>
    (spec.ingress ?? []).flatMap(({ from, ports }) => allowed("saddr", addressesOf(from, pod.namespace, all), ports)),
  );
  const egress = own.flatMap(({ spec }) =>
    (spec.egress ?? []).flatMap(({ to, ports }) => allowed("daddr", addressesOf(to, pod.namespace, all), ports)),
  );
  return `table inet policies {
${chain("input", "iifname", isolated("Ingress"), [`ip saddr ${node} accept`, ...ingress])}
${chain("output", "oifname", isolated("Egress"), egress)}
}
`;
}

/** Answers pass both ways, and a pod always reaches itself. */
const chain = (hook: string, device: string, isolated: boolean, rules: string[]) => `  chain ${hook} {
    type filter hook ${hook} priority filter; policy ${isolated ? "drop" : "accept"};
    ct state established,related accept
    ${device} lo accept
${rules.map((rule) => `    ${rule}\n`).join("")}  }`;

const selects = ({ matchLabels = {} }: LabelSelector, labels: Record<string, string>) =>
  Object.entries(matchLabels).every(([name, value]) => labels[name] === value);

/** No peers at all means every address. */
function addressesOf(peers: PolicyPeer[] | undefined, namespace: string, all: Endpoint[]): string[] {
  return (peers ?? [{ ipBlock: { cidr: "0.0.0.0/0" } }]).flatMap(({ ipBlock, podSelector = {}, namespaceSelector }) => {
    if (ipBlock) return [ipBlock.cidr];
    const inNamespace = (name: string) =>
      namespaceSelector ? selects(namespaceSelector, { "kubernetes.io/metadata.name": name }) : name === namespace;
    return all.filter((each) => inNamespace(each.namespace) && selects(podSelector, each.labels)).map(({ address }) => address);
  });
}

function allowed(side: "saddr" | "daddr", addresses: string[], ports: PolicyPort[] | undefined): string[] {
  if (addresses.length === 0) return [];
  const match = `ip ${side} { ${addresses.join(", ")} }`;
  if (!ports) return [`${match} accept`];
  return ports.map(({ protocol, port }) => `${match} ${protocol.toLowerCase()} dport ${port} accept`);
}

/** What a stranger's kubeconfig could do on this machine. */
import net from "node:net";
import { parse } from "yaml";

type Fields = Record<string, unknown>;

/** Reasons to refuse it; none for the text of a kubeconfig that only says how to reach a cluster. */
export function risksOfKubeconfig(kubeconfig: unknown): string[] {
  const config = typeof kubeconfig === "string" ? parsed(kubeconfig) : undefined;
  return config ? riskOf(config) : ["is not the text of a kubeconfig: a path reads a file of this machine"];
}

/**
 * What the check read, as JSON. Kubernetes clients read YAML 1.1, in which the same text can have other fields: `{?exec: …}`, or a comment
 * that ends at NEL. JSON is the same to both.
 */
export const rewrittenKubeconfig = (kubeconfig: string): string => JSON.stringify(parsed(kubeconfig));

function parsed(text: string): Fields | undefined {
  try {
    const config: unknown = JSON.parse(JSON.stringify(parse(text, { merge: true, logLevel: "error" })));
    return typeof config === "object" && config !== null && !Array.isArray(config) ? (config as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** Fields by which a kubeconfig runs a program, reads a file, or sends this machine's requests elsewhere, in any entry. */
function riskOf(config: Fields): string[] {
  const entries = (list: string, field: string) =>
    (Array.isArray(config[list]) ? (config[list] as unknown[]) : []).map(
      (entry) => Object((entry as Fields | null)?.[field] ?? {}) as Fields,
    );
  const users = entries("users", "user");
  const clusters = entries("clusters", "cluster");
  const has = (fields: Fields[], ...names: string[]) => names.find((name) => fields.some((each) => each[name] !== undefined));
  const program = has(users, "exec", "auth-provider");
  const file = has(users, "tokenFile", "client-certificate", "client-key") ?? has(clusters, "certificate-authority");
  const proxy = has(clusters, "proxy-url");
  const servers = clusters.map(({ server }) => server);
  return [
    ...(program ? [`has ${program}, which runs a program on this machine`] : []),
    ...(file ? [`has ${file}, which reads a file of this machine`] : []),
    ...(proxy ? [`has ${proxy}, which sends requests of this machine elsewhere`] : []),
    ...(servers.every(isElsewhere) ? [] : ["names a server that is not an https address outside this machine"]),
  ];
}

/** The machine itself, and the link-local addresses at which clouds give credentials. Node compares `::ffff:7f00:1` as 127.0.0.1. */
const near = new net.BlockList();
for (const [address, bits] of [
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["0.0.0.0", 8],
] as const)
  near.addSubnet(address, bits);
for (const [address, bits] of [
  ["::1", 128],
  ["::", 128],
  ["fe80::", 10],
  ["fd00:ec2::", 32],
] as const)
  near.addSubnet(address, bits, "ipv6");

function isElsewhere(server: unknown): boolean {
  if (typeof server !== "string" || !URL.canParse(server)) return false;
  const { protocol, hostname } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, "");
  const family = net.isIP(host);
  const isNear = family === 0 ? /(^|\.)localhost\.?$/i.test(host) : near.check(host, family === 6 ? "ipv6" : "ipv4");
  return protocol === "https:" && !isNear;
}

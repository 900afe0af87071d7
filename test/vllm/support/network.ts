/**
 * The VPC of a run: a bridge in the run's own network namespace. Each pod is a namespace with an `eth0` on it. The run itself has the
 * addresses of a node, of a load balancer and of strangers on the bridge. Cluster DNS is a small server with its own address.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { Keeper } from "../../engine/support/keeper";
import { eventually } from "../../engine/support/eventually";

/** Outside the ranges of the load balancer, which the manifests name. */
export const addresses = {
  pods: ["10.0.64.10", "10.0.64.11"],
  node: "10.0.64.1",
  dns: "10.0.64.53",
  /** A pod of another namespace, and a computer of the VPC. */
  strangers: ["10.0.64.99", "10.0.200.9"],
} as const;
const prefix = 16;

/** Where a kubelet makes pods of this namespace look for short names. */
export const resolverFile = (namespace: string) =>
  `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver ${addresses.dns}\noptions ndots:5\n`;

const ip = (...words: string[]) => execFileSync("ip", words, { stdio: ["ignore", "ignore", "inherit"] });

export class Network {
  private readonly records: string;
  private readonly spaces: string[] = [];

  private constructor(
    private readonly keeper: Keeper,
    readonly loadBalancer: string | undefined,
  ) {
    this.records = keeper.file("dns-records", "");
    ip("link", "add", "name", "vpc", "type", "bridge");
    for (const address of [addresses.node, ...addresses.strangers, ...(loadBalancer ? [loadBalancer] : [])])
      ip("address", "add", `${address}/${prefix}`, "dev", "vpc");
    ip("link", "set", "vpc", "up");
  }

  /** `loadBalancer`: its address, if there is one. */
  static async of(keeper: Keeper, loadBalancer?: string): Promise<Network> {
    const network = new Network(keeper, loadBalancer);
    const space = network.host("dns", addresses.dns);
    keeper.start("dns", ["ip", "netns", "exec", space, process.execPath, path.join(__dirname, "clusterDns.mjs"), network.records]);
    await eventually("cluster DNS", 10, async () => fs.readFileSync(keeper.logOf("dns"), "utf8").includes("answers"));
    return network;
  }

  /** Returns the name of a new namespace whose `eth0` has this address. */
  host(name: string, address: string): string {
    this.spaces.push(name);
    ip("netns", "add", name);
    ip("link", "add", "name", `to-${name}`, "type", "veth", "peer", "name", "eth0", "netns", name);
    ip("link", "set", `to-${name}`, "master", "vpc", "up");
    ip("-n", name, "address", "add", `${address}/${prefix}`, "dev", "eth0");
    for (const device of ["lo", "eth0"]) ip("-n", name, "link", "set", device, "up");
    return name;
  }

  /** Loads rules of nftables, which replace earlier ones. */
  filter(space: string, rules: string): void {
    execFileSync("ip", ["netns", "exec", space, "nft", "-f", "-"], {
      input: `flush ruleset\n${rules}`,
      stdio: ["pipe", "ignore", "inherit"],
    });
  }

  /** A headless Service that publishes pods before they are ready does this as soon as a pod has an address. */
  publish(name: string, address: string): void {
    fs.appendFileSync(this.records, `${name}.svc.cluster.local ${address}\n`);
  }

  end(): void {
    for (const space of this.spaces) ip("netns", "delete", space);
    ip("link", "delete", "vpc");
  }
}

/** What runs on the cluster before the first model: nodes for controllers, add-ons, controllers, device plugins. */
import type * as pulumi from "@pulumi/pulumi";
import { installAddonsBeforeNodes, installAddonsOnNodes, installPodIdentityAgent } from "./addons";
import type { Cluster } from "./cluster";
import { installControllers } from "./controllers";
import type { Network } from "./network";
import type { Site } from "./site";
import { createSystemNodes } from "./systemNodes";

type StartAfter = pulumi.Input<string>[];

/** Each list is known when its members are ready; late resources wait for it. */
export interface Platform {
  /** A node may join: network plugin, proxy and routes exist. */
  nodesMayJoin: StartAfter;
  /** A claim on the file system can be mounted, and its pods can look up names. */
  storageReady: StartAfter;
  leaderWorkerSetReady: StartAfter;
  loadBalancerControllerReady: StartAfter;
}

export function createPlatform(site: Site, cluster: Cluster, network: Network): Platform {
  const created = site.settings.cluster.kind === "create" ? site.settings.cluster : undefined;
  const identityReady = installPodIdentityAgent(site, cluster);
  const pluginsReady = created ? installAddonsBeforeNodes(site, created, cluster) : [];
  const nodesMayJoin = [...pluginsReady, ...identityReady, ...network.routesReady];
  const systemNodesReady = created ? [createSystemNodes(site, created, cluster, network, nodesMayJoin)] : [];
  const { dnsReady, storageReady } = installAddonsOnNodes(site, cluster, systemNodesReady);
  const controllers = installControllers(site, cluster, network, [...identityReady, ...systemNodesReady, ...dnsReady]);
  return { nodesMayJoin, storageReady: [...dnsReady, ...storageReady], ...controllers };
}

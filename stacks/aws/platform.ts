/** What runs on the cluster before the first model: nodes for controllers, add-ons, controllers, device plugins. */
import type * as pulumi from "@pulumi/pulumi";
import { addonsBeforeNodes, addonsOnNodes, podIdentityAgent } from "./addons";
import type { Cluster } from "./cluster";
import { controllers } from "./controllers";
import type { Network } from "./network";
import type { Site } from "./site";
import { systemNodes } from "./systemNodes";

type StartAfter = pulumi.Input<string>[];

/** Each list is known when what it names is ready; late resources wait for it. */
export interface Platform {
  /** A node may join: network plugin, proxy and routes are there. */
  nodesMayJoin: StartAfter;
  /** A claim on the file system can be mounted, and its pods can look up names. */
  storageReady: StartAfter;
  leaderWorkerSetReady: StartAfter;
  loadBalancerControllerReady: StartAfter;
}

export function platform(here: Site, made: Cluster, net: Network): Platform {
  const { cluster: plan } = here.settings;
  const identityReady = podIdentityAgent(here, made);
  const nodesMayJoin = [...(plan.kind === "create" ? addonsBeforeNodes(here, plan, made) : []), ...identityReady, ...net.routesReady];
  const systemReady = plan.kind === "create" ? [systemNodes(here, plan, made, net, nodesMayJoin)] : [];
  const { dnsReady, storageReady } = addonsOnNodes(here, made, systemReady);
  const ready = controllers(here, made, net, [...identityReady, ...systemReady, ...dnsReady]);
  return { nodesMayJoin, storageReady: [...dnsReady, ...storageReady], ...ready };
}

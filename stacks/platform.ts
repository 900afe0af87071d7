/** What runs on the cluster before the first model: nodes for controllers, add-ons, controllers, device plugins. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { addonsBeforeNodes, addonsOnNodes } from "./addons";
import type { Cluster } from "./cluster";
import { controllers } from "./controllers";
import type { AwsEnvironment } from "./environmentTypes";
import type { Network } from "./network";
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

export function platform(
  environment: AwsEnvironment,
  made: Cluster,
  net: Network,
  tags: Record<string, string>,
  provider: aws.Provider,
): Platform {
  const { cluster: plan } = environment;
  const nodesMayJoin = [...(plan.kind === "create" ? addonsBeforeNodes(plan, made, tags, provider) : []), ...net.routesReady];
  const systemReady = plan.kind === "create" ? [systemNodes(plan, made, net, nodesMayJoin, tags, provider)] : [];
  const { dnsReady, storageReady } = addonsOnNodes(environment, made, systemReady, tags, provider);
  const ready = controllers(environment, made, net, [...systemReady, ...dnsReady], tags, provider);
  return { nodesMayJoin, storageReady: [...dnsReady, ...storageReady], ...ready };
}

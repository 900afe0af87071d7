/** Names of the platform's parts: the program sets them and the preflight looks for them. */
import { addons } from "../catalog/versions";
import type { PlatformPart } from "./settingTypes";

/** The resource with which this package installs each part of the platform: an EKS add-on under its name, or a Helm release. */
export const platformPartNames = {
  loadBalancerController: "aws-load-balancer-controller",
  leaderWorkerSet: "leader-worker-set",
  nvidiaDevicePlugin: "nvidia-device-plugin",
  efaDevicePlugin: "efa-device-plugin",
  fsxCsiDriver: addons.fsxCsiDriver.name,
  metricsServer: addons.metricsServer.name,
  nodeMonitoringAgent: addons.nodeMonitoringAgent.name,
  podIdentityAgent: addons.podIdentityAgent.name,
} as const satisfies Record<PlatformPart, string>;

/** The EKS add-ons whose version `cluster.addonVersions` may name: those that a created cluster always has, and parts of the platform. */
export const installedAddons: readonly string[] = [
  ...[addons.vpcCni.name, addons.kubeProxy.name, addons.coreDns.name, addons.podIdentityAgent.name],
  ...[addons.fsxCsiDriver.name, addons.metricsServer.name, addons.nodeMonitoringAgent.name],
];

/** What serves the model: weights, GPU nodes, engine, endpoint. The rest of the program exists for these four calls. */
import { EfaGpuNodeGroup, InferenceIngress, LustreModelStore, VllmLeaderWorkerSet } from "../../components";
import { blockNotStarted } from "../../components/efaGpuNodeGroup/capacity";
import { downloadTimeoutSeconds, minutes } from "../../sizing/costAndTime/timeouts";
import type { Cluster } from "./cluster";
import { secretKeys, type InferenceNamespace } from "../kubernetes/namespace";
import { downloadTimeOf, readRateOf } from "../../environment/timeouts";
import { given } from "../../sizing/givenKeys";
import { failureAdvice, withFailureAdviceBelow } from "../failureAdvice";
import type { Network } from "./network";
import type { Platform } from "./platform";
import type { Site } from "./site";

export interface Inference {
  engine: VllmLeaderWorkerSet;
  /** Undefined if only the cluster can reach the model. */
  endpoint: InferenceIngress | undefined;
}

export function createInference(
  site: Site,
  cluster: Cluster,
  network: Network,
  platform: Platform,
  namespace: InferenceNamespace,
): Inference {
  const { environment, settings, provider, tags, timeouts } = site;
  const { model, layout, instance, engine } = environment;
  const { capacity, gpuNodes, store, ingress, availabilityZone, network: networkSettings } = settings;
  const options = { providers: [provider, cluster.kubernetes] };
  const onceGpuNodesMayRun = withFailureAdviceBelow(failureAdvice(environment, "gpuNodesMayRun"));
  const downloadTimeout = minutes(downloadTimeoutSeconds(downloadTimeOf(environment).seconds));

  const weights = new LustreModelStore(
    "weights",
    {
      ...store,
      model: model.id,
      ...(model.revision && { modelRevision: model.revision }),
      ...(model.allowPickleWeights && { allowPickleWeights: true }),
      neededGiB: model.downloadGiB,
      availabilityZone,
      clientCidrBlocks: networkSettings.kind === "create" ? networkSettings.nodeCidrs : [networkSettings.cidrBlock],
      protect: environment.protect,
      vpcId: network.vpcId,
      subnetId: network.gpuSubnetId,
      clusterSecurityGroupId: cluster.securityGroupId,
      ...given(settings, "kmsKeyArn"),
      namespace: namespace.name,
      ...(namespace.huggingFaceTokenSecretName && { huggingFaceTokenSecretName: namespace.huggingFaceTokenSecretName }),
      huggingFaceTokenSecretKey: secretKeys.huggingFaceToken,
      startAfter: platform.storageReady,
      downloadTimeouts: { create: downloadTimeout, update: downloadTimeout },
      tags,
    },
    { ...options, ...withFailureAdviceBelow(failureAdvice(environment, "beforeGpuNodes")) },
  );

  const gpu = new EfaGpuNodeGroup(
    "gpu",
    {
      instanceType: instance.name,
      nodeCount: layout.nodeCount,
      capacity,
      ...gpuNodes,
      asOf: environment.now,
      clusterName: cluster.name,
      clusterSecurityGroupId: cluster.securityGroupId,
      vpcId: network.vpcId,
      subnetId: network.gpuSubnetId,
      // The GPU nodes cost most: they launch last, unless a reservation is billed anyway.
      startAfter: [...platform.nodesMayJoin, ...(gpuNodes.start === "afterWeights" ? [weights.modelPath] : [])],
      ...given(settings, "kmsKeyArn"),
      timeouts: timeouts.nodeGroup,
      tags,
    },
    { provider, ...onceGpuNodesMayRun }, // with the Kubernetes provider, role, groups and template would wait for the cluster
  );

  const served = new VllmLeaderWorkerSet(
    "vllm",
    {
      model: model.id,
      ...(model.configJson !== undefined && { modelConfigJson: model.configJson }),
      tensorParallelSize: layout.tensorParallelSize,
      pipelineParallelSize: layout.pipelineParallelSize,
      // Before a capacity block starts, its node group has no nodes. Pulumi would wait for a set with replicas until the update fails.
      replicas: blockNotStarted(capacity, environment.now) ? 0 : layout.replicas,
      instanceType: instance.name,
      availabilityZone,
      engine,
      hugePagesMiB: gpuNodes.hugePagesMiB,
      readMBps: readRateOf(environment),
      idleTimeoutSeconds: ingress.idleTimeoutSeconds,
      loadBalancerCidrs: ingress.mode === "none" ? [] : networkSettings.loadBalancerCidrs,
      image: engine.image,
      namespace: namespace.name,
      modelClaimName: weights.claimName,
      modelPath: weights.modelPath,
      ...(namespace.apiKeySecretName && { apiKeySecretName: namespace.apiKeySecretName }),
      apiKeySecretKey: secretKeys.apiKey,
      startAfter: [weights.modelPath, gpu.nodeGroupName, ...platform.leaderWorkerSetReady],
    },
    { ...options, ...onceGpuNodesMayRun },
  );

  if (ingress.mode === "none") return { engine: served, endpoint: undefined };
  const { hostname, hostedZoneId, certificateArn } = ingress;
  const endpoint = new InferenceIngress(
    "endpoint",
    {
      mode: ingress.mode,
      scheme: ingress.scheme,
      inboundCidrs: ingress.inboundCidrs,
      idleTimeoutSeconds: served.idleTimeoutSeconds,
      drainSeconds: served.drainSeconds,
      authenticated: namespace.apiKeySecretName !== undefined,
      ...(hostname && { hostname }),
      ...(hostedZoneId && { hostedZoneId }),
      ...(certificateArn && { certificateArn }),
      serviceName: served.serviceName,
      servicePort: served.servicePort,
      namespace: namespace.name,
      vpcId: network.vpcId,
      subnetIds: network.loadBalancerSubnetIds,
      targetSecurityGroupId: cluster.securityGroupId,
      startAfter: platform.loadBalancerControllerReady,
      // Waiting for a controller's Ingress is different; the component has the limits for it.
      ...(ingress.mode === "direct" && { timeouts: timeouts.loadBalancer }),
      tags,
    },
    { ...options, ...(cluster.owned && ingress.mode === "direct" && { deletedWith: cluster.owned }) },
  );
  return { engine: served, endpoint };
}

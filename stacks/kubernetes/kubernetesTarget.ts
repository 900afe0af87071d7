/** The same engine on any Kubernetes cluster, without AWS: a claim of the default storage class, the same download, a small model. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { downloadImage } from "../../catalog/images";
import { defaultRevision } from "../../catalog/models";
import { VllmLeaderWorkerSet } from "../../components";
import { downloadJobManifest, downloadNetworkPolicy } from "../../components/lustreModelStore/downloadJob";
import { modelDirectory } from "../../components/modelDirectory";
import { downloadScripts } from "../../components/lustreModelStore/downloadScript";
import { type StackOutputs, kubernetesOutputs } from "../outputs";
import type { Environment } from "../../environment/environment";
import { requireLeaderWorkerSet } from "./existingLeaderWorkerSet";
import { createNamespace, type InferenceNamespace, type Secrets } from "./namespace";
import { createKubernetesProvider } from "./provider";
import { clusterNameOf } from "../../environment/stackName";
import { timeoutsOf } from "../../environment/timeouts";

export function deployOnKubernetes(environment: Environment, secrets: Secrets): StackOutputs {
  const { name, model, layout, instance, engine, kubernetes } = environment;
  const provider = createKubernetesProvider({ ...kubernetes, clusterIdentifier: clusterNameOf(name) });
  const namespace = createNamespace(name, secrets, provider);
  const weights = claimedWeights(environment, namespace, provider);

  const served = new VllmLeaderWorkerSet(
    "vllm",
    {
      model: model.id,
      ...(model.configJson !== undefined && { modelConfigJson: model.configJson }),
      tensorParallelSize: layout.tensorParallelSize,
      pipelineParallelSize: layout.pipelineParallelSize,
      replicas: layout.replicas,
      instanceType: instance.name,
      engine,
      loadBalancerCidrs: [],
      image: engine.image,
      namespace: namespace.name,
      modelClaimName: weights.claimName,
      modelPath: weights.modelPath,
      ...(namespace.apiKeySecretName && { apiKeySecretName: namespace.apiKeySecretName }),
      startAfter: [weights.modelPath, requireLeaderWorkerSet(provider)],
    },
    { providers: [provider] },
  );
  return kubernetesOutputs(environment, namespace, served);
}

interface Weights {
  claimName: pulumi.Output<string>;
  /** Known when the download is complete. */
  modelPath: pulumi.Output<string>;
}

function claimedWeights(environment: Environment, namespace: InferenceNamespace, provider: k8s.Provider): Weights {
  const { model } = environment;
  const options = { provider };
  const metadata = { namespace: namespace.name };
  const storage = `${Math.ceil(model.downloadGiB * 1.1 + 1)}Gi`;
  const claim = new k8s.core.v1.PersistentVolumeClaim(
    "weights-claim",
    {
      // The default class often binds when the first pod comes: waiting for the claim would wait for a pod that waits for the claim.
      metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
    },
    options,
  );
  const scripts = new k8s.core.v1.ConfigMap("weights-scripts", { metadata, immutable: true, data: downloadScripts }, options);
  const policy = new k8s.networking.v1.NetworkPolicy("weights-download", { metadata, spec: downloadNetworkPolicy() }, options);
  const revision = model.revision ?? defaultRevision;
  const { metadata: jobMetadata, spec } = pulumi
    .output({
      namespace: namespace.name,
      model: model.id,
      revision,
      image: downloadImage.uri,
      claimName: claim.metadata.name,
      scriptConfigMapName: scripts.metadata.name,
      huggingFaceTokenSecretName: namespace.huggingFaceTokenSecretName,
    })
    .apply(downloadJobManifest);
  const job = new k8s.batch.v1.Job(
    "weights-download",
    { metadata: jobMetadata, spec },
    { ...options, dependsOn: policy, customTimeouts: timeoutsOf(environment).downloadJob },
  );
  return { claimName: claim.metadata.name, modelPath: job.metadata.apply(() => modelDirectory(model.id, revision)) };
}

/** The same engine on any Kubernetes cluster, without AWS: a claim of the default storage class, the same download, a small model. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { defaultRevision } from "../../catalog/models";
import { VllmLeaderWorkerSet } from "../../components";
import { downloadWeights } from "../../components/lustreModelStore/weightsDownload";
import { type StackOutputs, kubernetesOutputs } from "../outputs";
import type { Environment } from "../../environment/environment";
import { clusterNameOf } from "../../environment/stackName";
import { requireLeaderWorkerSet } from "./existingLeaderWorkerSet";
import { createNamespace, secretKeys, type InferenceNamespace, type Secrets } from "./namespace";
import { createKubernetesProvider } from "./provider";
import { timeoutsOf } from "../../environment/timeouts";

export function deployOnKubernetes(environment: Environment, secrets: Secrets): StackOutputs {
  const { name, model, layout, instance, engine, kubernetes } = environment;
  const provider = createKubernetesProvider({ ...kubernetes, clusterIdentifier: clusterNameOf(name) });
  const namespace = createNamespace(environment, secrets, provider);
  const weights = createWeights(environment, namespace, provider);

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
      apiKeySecretKey: secretKeys.apiKey,
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

function createWeights(environment: Environment, namespace: InferenceNamespace, provider: k8s.Provider): Weights {
  const { model } = environment;
  const options = { provider };
  const storage = `${Math.ceil(model.downloadGiB * 1.1 + 1)}Gi`;
  const claim = new k8s.core.v1.PersistentVolumeClaim(
    "weights-claim",
    {
      // The default class often binds the claim for its first pod: to wait for the claim would be to wait for a pod that waits for it.
      metadata: { namespace: namespace.name, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
    },
    options,
  );
  const download = {
    ...{ namespace: namespace.name, claimName: claim.metadata.name, model: model.id, revision: model.revision ?? defaultRevision },
    ...(model.allowPickleWeights && { allowPickleWeights: true }),
    huggingFaceTokenSecretName: namespace.huggingFaceTokenSecretName,
    huggingFaceTokenSecretKey: secretKeys.huggingFaceToken,
    timeouts: timeoutsOf(environment).downloadJob,
  };
  return { claimName: claim.metadata.name, modelPath: downloadWeights("weights", download, options).modelPath };
}

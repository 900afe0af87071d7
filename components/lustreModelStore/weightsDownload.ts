/** One download of weights to the volume of a claim: its scripts, its network policy and its Job. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { downloadImage } from "../../catalog/images";
import type { DeploymentTimeout } from "../../sizing/costAndTime/timeouts";
import { modelDirectory } from "../modelDirectory";
import { downloadJobManifest, downloadNetworkPolicy } from "./downloadJob";
import { downloadScripts } from "./downloadScript";

interface WeightsDownload {
  namespace: pulumi.Input<string>;
  claimName: pulumi.Input<string>;
  /** Hugging Face id. */
  model: string;
  /** Commit, tag or branch. */
  revision: string;
  image?: pulumi.Input<string> | undefined;
  availabilityZone?: string | undefined;
  huggingFaceTokenSecretName?: pulumi.Input<string> | undefined;
  huggingFaceTokenSecretKey?: string | undefined;
  huggingFaceEndpoint?: string | undefined;
  /** Download pickle weights where there are no safetensors. */
  allowPickleWeights?: boolean | undefined;
  timeouts: DeploymentTimeout;
}

interface DownloadedWeights {
  job: k8s.batch.v1.Job;
  /** Known after the download is complete. */
  modelPath: pulumi.Output<string>;
}

/** `startAfter`: what the Job needs besides its network policy, such as security group rules. */
export function downloadWeights(
  name: string,
  download: WeightsDownload,
  options: pulumi.CustomResourceOptions,
  startAfter: pulumi.Input<pulumi.Resource[]> = [],
): DownloadedWeights {
  const { timeouts, image = downloadImage.uri, ...what } = download;
  const metadata = { namespace: download.namespace };
  const scripts = new k8s.core.v1.ConfigMap(`${name}-scripts`, { metadata, immutable: true, data: downloadScripts }, options);
  const policySpec = downloadNetworkPolicy(download.huggingFaceEndpoint);
  const policy = new k8s.networking.v1.NetworkPolicy(`${name}-download`, { metadata, spec: policySpec }, options);
  const manifest = pulumi.output({ ...what, image, scriptConfigMapName: scripts.metadata.name }).apply(downloadJobManifest);
  const job = new k8s.batch.v1.Job(
    `${name}-download`,
    { metadata: manifest.metadata, spec: manifest.spec },
    { ...options, dependsOn: pulumi.output(startAfter).apply((others) => [policy, ...others]), customTimeouts: timeouts },
  );
  return { job, modelPath: job.metadata.apply(() => modelDirectory(download.model, download.revision)) };
}

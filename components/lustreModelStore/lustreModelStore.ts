/** Model weights on FSx for Lustre: the file system, its volume in the cluster, and the Job that fills it once. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { downloadImage } from "../../catalog/images";
import { withFailureAdvice } from "../failureAdvice";
import { refuseErrors } from "../problems";
import { downloadJobManifest, downloadNetworkPolicy } from "./downloadJob";
import { downloadScripts } from "./downloadScript";
import { reachableFileSystem } from "./fileSystem";
import { splitOptions } from "../splitOptions";
import { StoreDeploymentType } from "./storeDeploymentType";
import { resolveStore } from "./resolveStore";
import { storeProblems } from "./storeProblems";
import { lustreClaim, lustreVolume } from "./volumes";

export { StoreDeploymentType };

export interface LustreModelStoreArgs {
  /** How the weights are kept. Must be known before deployment; a change replaces the file system and downloads everything again. */
  deploymentType: StoreDeploymentType;
  /**
   * Size in GiB: 1200, 2400, then steps of 2400. Throughput grows with it, so a store that merely holds the weights loads them slowly. It can
   * grow later; a smaller one replaces the file system.
   */
  storageCapacityGiB: number;
  /** MB/s per TiB of a PERSISTENT_2 store: 125, 250, 500 or 1000. Refused with SCRATCH_2, which has 200. @default none: PERSISTENT_2 needs one */
  throughputMBpsPerTiB?: number;
  /**
   * IPv4 ranges of the subnets in which nodes run, for example `10.0.0.0/19`. Mounts from elsewhere hang. Ranges instead of the nodes'
   * security group, so that the file system is made while the control plane still is.
   */
  clientCidrBlocks: string[];
  /** Refuses to delete or replace the file system. To destroy: unset it, `pulumi up`, then destroy. @default false */
  protectFileSystem?: boolean;
  /** Hugging Face id, for example `Qwen/Qwen3-32B`. A change downloads the new model beside the old one. */
  model: string;
  /**
   * Commit of the model's repository. A tag or branch is resolved by the first download and kept to, which leaves open what it will be.
   * @default the catalog's commit for a model of the catalog that has one, else `main`
   */
  modelRevision?: string;
  /** What must fit, in GiB, without headroom: the download, and the revisions that stay on the file system beside it. */
  neededGiB: number;
  /** Zone of the file system, for example `us-west-2b`. The download prefers its nodes; from another zone it is slower and costs $0.02 a GB. */
  availabilityZone: string;
  /**
   * Seconds, at least 60, that `pulumi up` waits for the download. Too few end the update in the middle; the next one continues it.
   * @default three times the estimate by size and write throughput, at least an hour
   */
  downloadTimeoutSeconds?: number;
  /** Printed when making the file system or the download fails: for instance what is still billed and how to stop it. @default nothing */
  failureAdvice?: string;
  /** Key in the token's Secret. @default token */
  huggingFaceTokenSecretKey?: string;
  /** Base address of a mirror that speaks as the Hugging Face Hub does. The download may leave by its port. @default https://huggingface.co */
  huggingFaceEndpoint?: string;
  /** The one subnet of the file system, in `availabilityZone`. A change replaces it. */
  subnetId: pulumi.Input<string>;
  /** VPC of the subnet. */
  vpcId: pulumi.Input<string>;
  /**
   * Security group that EKS made for the cluster: it lets the file system's callbacks in. Without them mounts hang when a lock is called
   * back.
   */
  clusterSecurityGroupId: pulumi.Input<string>;
  /** Namespace of the claim and the download, the same as the engine's: a claim serves pods of its own namespace alone. */
  namespace: pulumi.Input<string>;
  /** Secret with a Hugging Face token, for gated models and higher rate limits. Only the download gets it. @default none */
  huggingFaceTokenSecretName?: pulumi.Input<string>;
  /** Image with Python 3.11 or newer as `python3`; nothing is installed into it. @default the catalog's pinned Python */
  downloadImage?: pulumi.Input<string>;
  /**
   * What must exist before the volume can be mounted, such as the CSI driver's add-on. Claim and download wait; the file system does not. On
   * destroy these outlive the claim. @default nothing
   */
  startAfter?: pulumi.Input<string>[];
  /** Added to every resource that takes tags. @default none */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * Creates: security group with rules for ports 988 and 1018–1023, file system (5–10 minutes, without waiting for the cluster), the way back in
 * the cluster's security group, volume and claim, network policy, scripts, download Job. Whoever uses `modelPath` starts after the download.
 *
 * @example Weights of one model, from $0.23 an hour
 *     const store = new LustreModelStore("models", {
 *       deploymentType: StoreDeploymentType.Scratch2, storageCapacityGiB: 1200, clientCidrBlocks: ["10.0.0.0/19"], model: "Qwen/Qwen3-32B",
 *       neededGiB: 62, availabilityZone, subnetId, vpcId, clusterSecurityGroupId, namespace,
 *     }, { providers: [awsProvider, kubernetesProvider] });
 */
export class LustreModelStore extends pulumi.ComponentResource {
  /** Id of the file system, `fs-…`. */
  public readonly fileSystemId: pulumi.Output<string>;
  /** DNS name of the file system. */
  public readonly dnsName: pulumi.Output<string>;
  /** Name under which the file system is mounted; random. */
  public readonly mountName: pulumi.Output<string>;
  /** Claim in the given namespace, `ReadWriteMany`. Pods mount it at `/models`. */
  public readonly claimName: pulumi.Output<string>;
  /** Directory of the weights in a pod with the claim at `/models`. Known when the download is complete. */
  public readonly modelPath: pulumi.Output<string>;
  /** Throughput in MB/s that all clients together read with from disk, without bursts. */
  public readonly readMBps: pulumi.Output<number>;

  constructor(name: string, args: LustreModelStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseErrors("LustreModelStore", name, storeProblems(args));
    const plan = resolveStore(args);
    const { own, inCluster } = splitOptions(opts);
    super("vllm-eks:index:LustreModelStore", name, plan.summary, own);
    const late = { parent: this, ...inCluster };
    const mountable = pulumi.all(args.startAfter ?? []);
    const { namespace } = args;

    const { fileSystem, callbacks } = reachableFileSystem(name, args, plan, { parent: this });

    const { id: fileSystemId, dnsName, mountName } = fileSystem;
    const volumeArgs = lustreVolume({ fileSystemId, dnsName, mountName });
    const volume = new k8s.core.v1.PersistentVolume(`${name}-volume`, volumeArgs, late);
    const claimArgs = lustreClaim({ namespace, volumeName: volume.metadata.name });
    const claim = new k8s.core.v1.PersistentVolumeClaim(`${name}-claim`, claimArgs, { ...late, dependsOn: mountable.apply(() => []) });

    const scripts = new k8s.core.v1.ConfigMap(`${name}-scripts`, { metadata: { namespace }, immutable: true, data: downloadScripts }, late);
    const policySpec = downloadNetworkPolicy(args.huggingFaceEndpoint);
    const policy = new k8s.networking.v1.NetworkPolicy(`${name}-download`, { metadata: { namespace }, spec: policySpec }, late);

    const { metadata, spec } = pulumi
      .output({
        namespace,
        model: args.model,
        revision: plan.revision,
        image: args.downloadImage ?? downloadImage.uri,
        claimName: claim.metadata.name,
        scriptConfigMapName: scripts.metadata.name,
        availabilityZone: args.availabilityZone,
        huggingFaceTokenSecretName: args.huggingFaceTokenSecretName,
        huggingFaceTokenSecretKey: args.huggingFaceTokenSecretKey,
        huggingFaceEndpoint: args.huggingFaceEndpoint,
      })
      .apply(downloadJobManifest);
    const job = new k8s.batch.v1.Job(
      `${name}-download`,
      { metadata, spec },
      {
        ...late,
        dependsOn: mountable.apply(() => [policy, ...callbacks]),
        customTimeouts: plan.timeouts.downloadJob,
        ...withFailureAdvice(`${name}-download`, args.failureAdvice),
      },
    );

    this.fileSystemId = fileSystemId;
    this.dnsName = dnsName;
    this.mountName = mountName;
    this.claimName = claim.metadata.name;
    this.modelPath = job.metadata.apply(() => plan.modelPath);
    this.readMBps = pulumi.output(plan.readMBps);
    const { claimName, modelPath, readMBps } = this;
    this.registerOutputs({ fileSystemId, dnsName, mountName, claimName, modelPath, readMBps });
  }
}

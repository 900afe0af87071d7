/** Model weights on FSx for Lustre: the file system, its volume in the cluster, and the Job that downloads the weights once. */
import * as pulumi from "@pulumi/pulumi";
import { given } from "../../sizing/givenKeys";
import { refuseErrors } from "../problems";
import { checkComponentTags } from "../tags";
import { splitOptions } from "../splitOptions";
import { keyProblems } from "./encryptionKey";
import { createFileSystem } from "./fileSystem";
import { storeChildren, type LustreModelStoreNodes } from "./nodes";
import { resolveStore } from "./resolveStore";
import { storeProblems, type LustreModelStoreOptions } from "./storeProblems";
import { createVolume } from "./volumes";
import { downloadWeights } from "./weightsDownload";

export interface LustreModelStoreArgs extends LustreModelStoreOptions {
  /** The one subnet of the file system, in `availabilityZone`. A change replaces the file system. */
  subnetId: pulumi.Input<string>;
  /** VPC of the subnet. */
  vpcId: pulumi.Input<string>;
  /**
   * Security group that EKS created for the cluster. The component opens it to callbacks from the file system; without them mounts hang
   * when the file system calls back a lock.
   */
  clusterSecurityGroupId: pulumi.Input<string>;
  /** Namespace of the claim and the download. It must be the engine's, because only pods of the same namespace can use a claim. */
  namespace: pulumi.Input<string>;
  /** Secret with a Hugging Face token, for gated models and higher rate limits. Only the download Job gets it. @default none */
  huggingFaceTokenSecretName?: pulumi.Input<string>;
  /** Image with Python 3.11 or newer as `python3`; the Job installs nothing. @default the catalog's pinned Python */
  downloadImage?: pulumi.Input<string>;
  /**
   * What must exist before pods can mount the volume, such as the CSI driver's add-on. Claim and download wait; the file system does not.
   * On destroy Pulumi deletes these after the claim. @default nothing
   */
  startAfter?: pulumi.Input<string>[];
  /**
   * ARN of the KMS key that encrypts a PERSISTENT_2 file system, in its region. Refused with SCRATCH_2. A change replaces the file system
   * and downloads everything again. @default the key of FSx that AWS manages
   */
  kmsKeyArn?: pulumi.Input<string>;
  /** Added to every resource that takes tags. @default none */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * Creates: security group with rules for ports 988 and 1018–1023, file system (5–10 minutes, without waiting for the cluster), rules for
 * its callbacks in the cluster's security group, volume and claim, network policy, scripts, download Job. A resource that uses `modelPath`
 * starts after the download.
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
  /** Name under which clients mount the file system; AWS chooses it. */
  public readonly mountName: pulumi.Output<string>;
  /** Name of the claim in the given namespace, `ReadWriteMany`. Pods mount it at `/models`. */
  public readonly claimName: pulumi.Output<string>;
  /** Directory of the weights in a pod that mounts the claim at `/models`. Known after the download is complete. */
  public readonly modelPath: pulumi.Output<string>;
  /** Security group of the file system. */
  public readonly securityGroupId: pulumi.Output<string>;
  /** MB/s at which all clients together can read from disk, without bursts. */
  public readonly readMBps: pulumi.Output<number>;

  constructor(name: string, args: LustreModelStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseErrors("LustreModelStore", name, [...storeProblems(args), ...keyProblems(args), ...checkComponentTags(args.tags)]);
    const resolved = resolveStore(args);
    const { own, inCluster } = splitOptions(opts);
    super("vllm-eks:index:LustreModelStore", name, resolved.summary, own);
    const late = { parent: this, ...inCluster };
    const mountable = pulumi.all(args.startAfter ?? []);
    const { namespace, model, availabilityZone, downloadImage: image } = args;

    const { fileSystem, group, callbacks } = createFileSystem(name, args, resolved, { parent: this });
    const { volume, claim } = createVolume(
      name,
      namespace,
      fileSystem,
      late,
      mountable.apply(() => []),
    );
    const download = {
      ...{ namespace, claimName: claim.metadata.name, model, revision: resolved.revision, image, availabilityZone },
      ...given(args, "huggingFaceTokenSecretName", "huggingFaceTokenSecretKey", "huggingFaceEndpoint", "allowPickleWeights"),
      timeouts: resolved.timeouts.downloadJob,
    };
    const { job, modelPath } = downloadWeights(
      name,
      download,
      late,
      mountable.apply(() => callbacks),
    );

    storeChildren.keep(this, { fileSystem, securityGroup: group, volume, claim, download: job });
    this.fileSystemId = fileSystem.id;
    this.dnsName = fileSystem.dnsName;
    this.mountName = fileSystem.mountName;
    this.claimName = claim.metadata.name;
    this.modelPath = modelPath;
    this.securityGroupId = group.id;
    this.readMBps = pulumi.output(resolved.readMBps);
    const { fileSystemId, dnsName, mountName, claimName, securityGroupId, readMBps } = this;
    this.registerOutputs({ fileSystemId, dnsName, mountName, claimName, modelPath, securityGroupId, readMBps });
  }

  /** The children, for programs in TypeScript. */
  get nodes(): LustreModelStoreNodes {
    return storeChildren.of(this);
  }
}

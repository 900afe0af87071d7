/** Computes from the arguments of a model store its file system, the directory of the weights, and the timeouts. */
import type * as aws from "@pulumi/aws";
import { defaultRevision, findModel } from "../../catalog/models";
import { requirements } from "../../catalog/versions";
import { downloadTime } from "../../sizing/costAndTime/download";
import { storeThroughput, type StoreRequest } from "../../sizing/costAndTime/storage";
import { deploymentTimeouts, type DeploymentTimeout } from "../../sizing/costAndTime/timeouts";
import { modelDirectory } from "../modelDirectory";
import { rootSquashConfiguration } from "./rootSquash";
import type { LustreModelStoreOptions } from "./storeProblems";

export interface ResolvedStore {
  revision: string;
  modelPath: string;
  readMBps: number;
  fileSystem: Omit<aws.fsx.LustreFileSystemArgs, "subnetIds" | "securityGroupIds" | "tags">;
  timeouts: { fileSystem: DeploymentTimeout; downloadJob: DeploymentTimeout };
  /** The component's registered inputs: plain values only. */
  summary: Record<string, string | number>;
}

export function resolveStore(options: LustreModelStoreOptions): ResolvedStore {
  const { deploymentType, storageCapacityGiB, model, neededGiB } = options;
  const request: StoreRequest = options;
  const { readMBps } = storeThroughput(request);
  const revision = options.modelRevision ?? findModel(model)?.revision ?? defaultRevision;
  const modelPath = modelDirectory(model, revision);
  const squash = rootSquashConfiguration(options);
  const downloadSeconds = downloadTime({ downloadGiB: neededGiB, store: request }).seconds;
  const limits = deploymentTimeouts({ loadSecondsCold: 0, terminationGracePeriodSeconds: 0, downloadSeconds, storageCapacityGiB });
  return {
    revision,
    modelPath,
    readMBps,
    fileSystem: { ...fileSystem(request), ...(squash && { rootSquashConfiguration: squash }) },
    timeouts: {
      fileSystem: { ...limits.fileSystem, ...options.timeouts },
      downloadJob: { ...limits.downloadJob, ...options.downloadTimeouts },
    },
    summary: { deploymentType, storageCapacityGiB, model, revision, modelPath },
  };
}

function fileSystem({ deploymentType, storageCapacityGiB, throughputMBpsPerTiB }: StoreRequest): ResolvedStore["fileSystem"] {
  return {
    deploymentType,
    storageType: "SSD",
    storageCapacity: storageCapacityGiB,
    fileSystemTypeVersion: requirements.fsxLustre.version,
    // FSx refuses both settings on SCRATCH_2.
    ...(deploymentType === "PERSISTENT_2" && {
      ...(throughputMBpsPerTiB !== undefined && { perUnitStorageThroughput: throughputMBpsPerTiB }),
      metadataConfiguration: { mode: "AUTOMATIC" },
    }),
    // The files can be downloaded again. A backup would stay after destroy and cost money.
    skipFinalBackup: true,
  };
}

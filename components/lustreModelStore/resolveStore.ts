/** What the arguments of a model store amount to: its file system, where the weights lie, and how long each wait may last. */
import type * as aws from "@pulumi/aws";
import { defaultRevision, findModel } from "../../catalog/models";
import { requirements } from "../../catalog/versions";
import { downloadTime } from "../../sizing/costAndTime/download";
import { storeThroughput, type StoreRequest } from "../../sizing/costAndTime/storage";
import { deploymentTimeouts, minutes, type DeploymentTimeout } from "../../sizing/costAndTime/timeouts";
import { modelDirectory } from "../modelDirectory";
import type { StoreTopology } from "./storeProblems";

export interface ResolvedStore {
  revision: string;
  modelPath: string;
  readMBps: number;
  fileSystem: Omit<aws.fsx.LustreFileSystemArgs, "subnetIds" | "securityGroupIds" | "tags">;
  timeouts: { fileSystem: DeploymentTimeout; downloadJob: DeploymentTimeout };
  /** Plain facts about the store, kept with the component. */
  summary: Record<string, string | number>;
}

export function resolveStore(topology: StoreTopology): ResolvedStore {
  const { deploymentType, storageCapacityGiB, model, neededGiB } = topology;
  const request: StoreRequest = topology;
  const { readMBps } = storeThroughput(request);
  const revision = topology.modelRevision ?? findModel(model)?.revision ?? defaultRevision;
  const modelPath = modelDirectory(model, revision);
  const downloadSeconds = downloadTime({ downloadGiB: neededGiB, store: request }).seconds;
  const limits = deploymentTimeouts({ loadSecondsCold: 0, terminationGracePeriodSeconds: 0, downloadSeconds, storageCapacityGiB });
  return {
    revision,
    modelPath,
    readMBps,
    fileSystem: fileSystem(request),
    timeouts: { fileSystem: limits.fileSystem, downloadJob: downloadTimeout(limits.downloadJob, topology.downloadTimeoutSeconds) },
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
    // What is stored can be downloaded again; a backup would stay behind, and be paid for, after destroy.
    skipFinalBackup: true,
  };
}

function downloadTimeout(computed: DeploymentTimeout, seconds: number | undefined): DeploymentTimeout {
  return seconds === undefined ? computed : { ...computed, create: minutes(seconds), update: minutes(seconds) };
}

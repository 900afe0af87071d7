/** Cases about instance types and counts, zones, capacity, file system and versions. */
import { adoptedSettings } from "../../support/environments";
import type { Provoked } from "./provoked";

const [error, warning] = [{ severity: "error" }, { severity: "warning" }] as const;
const reservation = "capacity.reservationId=cr-0123456789abcdef0";
const block = ["capacity.type=capacityBlock", reservation, "capacity.startsAt=2026-12-01T11:30:00Z"];
const deployer = "arn:aws:iam::123456789012:role/deployer";
const twoGroups = [
  "model=Qwen/Qwen3-235B-A22B",
  "instanceType=g7e.48xlarge",
  "pipelineParallelSize=1",
  "modelStore.storageCapacityGiB=2400",
];

const hardwareCases: Provoked[] = [
  {
    ...{ ...error, code: "instance-type-unknown", path: "instanceType", settings: ["instanceType=p4d.24xlarg"] },
    ...{ says: ['"p4d.24xlarg"'], proposes: ["instanceType=p4d.24xlarge"] },
  },
  {
    ...error,
    code: "instance-type-unsupported",
    path: "instanceType",
    settings: ["instanceType=g7.8xlarge"],
    says: ["g7.8xlarge", "595", "580"],
  },
  {
    ...{ ...error, code: "too-few-nodes", path: "nodeCount", settings: ["nodeCount=1"] },
    ...{ says: ["1 node ", "TP 8 × PP 2", "2 nodes"], proposes: ["nodeCount=2"] },
  },
  { ...warning, code: "idle-nodes", path: "nodeCount", settings: ["nodeCount=3"], says: ["1 of 3", "$21.96"], proposes: ["nodeCount=2"] },
  {
    ...{ ...warning, code: "idle-gpus", path: "tensorParallelSize" },
    ...{ settings: ["tensorParallelSize=4", "pipelineParallelSize=1", "nodeCount=1"], says: ["4 of its 8", "$10.98"] },
  },
  {
    ...{ ...warning, code: "fewer-nodes-suffice", path: "nodeCount", says: ["1 of 2 nodes", "$21.96"] },
    proposes: ["tensorParallelSize=8", "pipelineParallelSize=1", "nodeCount=1"],
  },
  {
    ...{ ...error, code: "too-many-replicas", path: "replicas", settings: ["replicas=2"] },
    ...{ says: ["2 groups", "4 nodes", "nodeCount is 2"], proposes: ["replicas=1"] },
  },
  { ...warning, code: "paused", path: "nodeCount", settings: ["nodeCount=0"], says: ["0"] },
  { ...warning, code: "drain-exceeds-update", path: "engine", settings: twoGroups, says: ["16.7 min", "20.2 min", "2 groups", "15 min"] },
];

const zoneCases: Provoked[] = [
  {
    ...{ ...error, code: "availability-zone-invalid", path: "aws:region", settings: ["aws:region=us-west-9"] },
    ...{ says: ['"us-west-9"'], proposes: ["aws:region=us-west-1"] },
  },
  {
    ...{ ...error, code: "availability-zone-invalid", path: "network.availabilityZones" },
    ...{ settings: ['network.availabilityZones=["us-west-2a"]'], says: ["1 zone", "2 or 3"] },
  },
  {
    ...{ ...error, code: "availability-zone-mismatch", path: "availabilityZone", settings: ["availabilityZone=us-east-1a"] },
    ...{ says: ["us-east-1a", "us-west-2"], proposes: ["availabilityZone=us-west-2a"] },
  },
  {
    ...{ ...error, code: "availability-zone-mismatch", path: "network.availabilityZones" },
    settings: ["availabilityZone=us-west-2c", 'network.availabilityZones=["us-west-2a","us-west-2b"]'],
    says: ["us-west-2a, us-west-2b", "us-west-2c"],
  },
];

const ownKey = "kmsKeyArn=arn:aws:kms:us-west-2:210987654321:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const capacityCases: Provoked[] = [
  {
    ...{ ...error, code: "store-feature-conflict", path: "kmsKeyArn", settings: [ownKey], says: ["SCRATCH_2", "PERSISTENT_2"] },
    proposes: ["modelStore.deploymentType=PERSISTENT_2", "modelStore.throughputMBpsPerTiB=125"],
  },
  {
    ...{ ...error, code: "capacity-conflict", path: "capacity.type", says: ["g6e.48xlarge", "does not sell"] },
    settings: ["capacity.type=capacityBlock", reservation, "instanceType=g6e.48xlarge"],
  },
  { ...error, code: "reservation-missing", path: "capacity.reservationId", settings: ["capacity.type=reservation"], says: ["reservation"] },
  {
    ...{ ...error, code: "capacity-conflict", path: "capacity.reservationId", settings: [reservation] },
    ...{ says: ["onDemand"], proposes: ["capacity.type=reservation"] },
  },
  {
    ...{ ...error, code: "capacity-conflict", path: "capacity.type", says: ["p4d.24xlarge", "us-east-2", "eu-west-1"] },
    settings: [...block, "aws:region=eu-west-1", "availabilityZone=eu-west-1a"],
    asOf: "2026-12-02",
  },
  {
    ...{ ...error, code: "capacity-conflict", path: "gpuNodes.placementGroup" },
    settings: ["capacity.type=reservation", reservation, "gpuNodes.placementGroup=true"],
    ...{ says: ["reservation"], proposes: ["gpuNodes.placementGroup=false"] },
  },
  {
    ...{ ...warning, code: "capacity-block-not-started", path: "capacity.startsAt", settings: block, asOf: "2026-11-30" },
    says: ["2026-12-01T11:30:00Z", "2026-11-30"],
  },
];

const storeCases: Provoked[] = [
  {
    ...{ ...error, code: "store-size-step", path: "modelStore.storageCapacityGiB", settings: ["modelStore.storageCapacityGiB=1300"] },
    ...{ says: ["1300 GiB", "1200, 2400"], proposes: ["modelStore.storageCapacityGiB=2400"] },
  },
  {
    ...{ ...error, code: "store-throughput-invalid", path: "modelStore.throughputMBpsPerTiB" },
    settings: ["modelStore.deploymentType=PERSISTENT_2", "modelStore.throughputMBpsPerTiB=300"],
    ...{ says: ["300", "125, 250, 500, 1000"], proposes: ["modelStore.throughputMBpsPerTiB=500"] },
  },
  {
    ...{ ...error, code: "store-too-small", path: "modelStore.storageCapacityGiB", stack: "prod" },
    settings: ["modelStore.storageCapacityGiB=600"],
    ...{ says: ["600 GiB", "1054.3 GiB", "10 %"], proposes: ["modelStore.storageCapacityGiB=1200"] },
  },
  {
    ...{ ...warning, code: "store-holds-one-revision", path: "modelStore.storageCapacityGiB", stack: "prod" },
    settings: ["modelStore.storageCapacityGiB=1200"],
    ...{ says: ["1200 GiB", "2109 GiB"], proposes: ["modelStore.storageCapacityGiB=2400"] },
  },
];

const versionCases: Provoked[] = [
  {
    ...{ ...error, code: "kubernetes-unsupported", path: "cluster.version", settings: ["cluster.version=1.31"], asOf: "2026-11-24" },
    ...{ says: ["1.31", "2025-11-26", "$0.60/h"], proposes: ["cluster.version=1.35"] },
  },
  { ...error, code: "kubernetes-unsupported", path: "cluster.version", asOf: "2028-12-01", says: ["1.35", "2028-03-27"] },
  {
    ...{ ...error, code: "kubernetes-unsupported", path: "cluster.version", asOf: "2027-05-01" },
    ...{ says: ["1.35", "2027-03-27", "$0.60/h"], proposes: ["cluster.version=1.36"] },
  },
  {
    ...{ ...warning, code: "support-ends", path: "cluster.version", settings: ["cluster.version=1.34"], asOf: "2026-11-30" },
    ...{ says: ["1.34", "2026-12-02", "in 2 days"], proposes: ["cluster.version=1.35"] },
  },
  {
    ...{ ...warning, code: "support-ends", path: "defaults", settings: ["defaults=2026-08"] },
    ...{ says: ["0.27.1-gpu-py312-cu130-ubuntu22.04-ec2", "2026-04-28"], proposes: ["defaults=2026-11"] },
  },
  {
    ...{ ...warning, code: "kernel-unproven", path: "cluster.version", settings: ["cluster.version=1.36"] },
    ...{ says: ["1.36", "6.18"], proposes: ["cluster.version=1.35"] },
  },
  {
    ...{ ...error, code: "out-of-range", path: 'cluster.addonVersions["vpc-cni"]' },
    ...{ settings: ['cluster.addonVersions={"vpc-cni":"v1.18.4-eksbuild.1"}'], says: ["v1.18.4-eksbuild.1", "1.18.5"] },
    proposes: ['cluster.addonVersions["vpc-cni"]=v1.18.5-eksbuild.1'],
  },
  { ...error, code: "driver-too-old", path: "engine.image", settings: ["engine.cudaVersion=14.0"], says: ["14.0", "13.0", "580.159.03"] },
  {
    ...{ ...error, code: "engine-version-unsupported", path: "engine.vllmVersion", settings: ["engine.vllmVersion=0.9.2"] },
    says: ["0.9.2", "2 nodes", "0.13.0"],
  },
  { ...warning, code: "model-revision-unpinned", path: "modelRevision", settings: ["modelRevision=main"], says: ['"main"'] },
];

const adoptionCases: Provoked[] = [
  {
    ...{ ...warning, code: "setting-ignored", path: "platform.chartRepository", says: ["no Helm chart"] },
    settings: [...adoptedSettings, "platform.chartRepository=oci://mirror.example.com/charts"],
  },
  {
    ...{ ...warning, code: "setting-ignored", path: "cluster.administrators", says: ["cluster.name", "cluster.administrators"] },
    settings: [...adoptedSettings, `cluster.administrators=["${deployer}"]`],
  },
  {
    ...{ ...warning, code: "kubernetes-unsupported", path: "cluster.version", says: ["1.33", "$0.60/h"], asOf: "2026-11-24" },
    settings: [...adoptedSettings, "cluster.version=1.33"],
  },
];

export const placeCases = [...hardwareCases, ...zoneCases, ...capacityCases, ...storeCases, ...versionCases, ...adoptionCases];

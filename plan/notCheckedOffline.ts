/** What a plan without an account cannot know, and what answers it. */
import { chartDigests, pinned } from "../catalog/digests";
import { downloadImage } from "../catalog/images";
import type { AwsEnvironment, Environment } from "../environment/environment";
import type { Preflight } from "../preflight/preflight";
import type { RecordedResource } from "./recordedResource";

export interface OpenQuestion {
  what: string;
  detail: string;
  /** `account`: your account knows and can be asked before. `creation`: AWS or Kubernetes shows it during creation. */
  answeredBy: "account" | "creation";
}

/** With `preflight` the account was asked, and its own table shows which questions it answered. */
export function notCheckedOffline(
  environment: Environment | undefined,
  resources: readonly RecordedResource[],
  preflight?: Preflight,
): OpenQuestion[] {
  if (!environment) return [];
  if (!environment.aws) return [clusterQuestion(environment)];
  return preflight && "checks" in preflight ? leftToCreation(environment, resources) : accountQuestions(environment, resources);
}

function accountQuestions(environment: Environment, resources: readonly RecordedResource[]): OpenQuestion[] {
  const { aws, instance, layout } = environment;
  if (!aws) return [];
  const { capacity, cluster } = aws;
  const vcpus = layout.nodeCount * instance.vcpus;
  const questions: OpenQuestion[] = [
    ask("identity", "who calls AWS, that `aws eks get-token` gives the same principal, and that `cluster.administrators` does not name it"),
    ask("AWS CLI", "version 2.7 or newer on PATH: eks.Cluster and the kubeconfig call it, in previews too"),
  ];
  const launches = layout.nodeCount > 0;
  if (launches && !isReserved(capacity))
    questions.push(
      ask(
        "quota",
        `${vcpus} vCPUs of ${instance.name}${instance.vcpuQuotaCode ? ` (quota ${instance.vcpuQuotaCode})` : ""} in ${aws.region}`,
      ),
    );
  if (launches && isReserved(capacity))
    questions.push(
      ask(
        "reservation",
        `that ${capacity.reservationId ?? capacity.reservationGroupArn ?? "it"} is active, of ${instance.name}, in ${aws.availabilityZone}, with ${layout.nodeCount} free instances`,
      ),
    );
  questions.push(ask("zone offering", `that ${aws.availabilityZone} offers ${instance.name} and FSx for Lustre`));
  if (aws.zonesAssumed && aws.network.kind === "create")
    questions.push(
      ask("zones", `that the account may use ${aws.availabilityZones.join(", ")}; the plan assumes the region's usual letters`),
    );
  if (aws.network.kind === "adopt")
    questions.push(ask("network", `subnets of ${aws.network.vpcId}: zones, free addresses, routes to the internet`));
  if (cluster.kind === "adopt") questions.push(ask("cluster", `version, access and installed parts of ${cluster.name}`));
  return [...questions, ...leftToCreation(environment, resources)];
}

function leftToCreation(environment: Environment, resources: readonly RecordedResource[]): OpenQuestion[] {
  const addons = resources
    .filter(({ type, inputs }) => type === "aws:eks/addon:Addon" && !inputs.addonVersion)
    .map(({ inputs }) => String(inputs.addonName));
  const questions: OpenQuestion[] = [];
  if (addons.length > 0) questions.push(atCreation("add-on versions", `${addons.join(", ")}: EKS's default for the cluster's version`));
  if (!environment.aws?.gpuNodes.releaseVersion)
    questions.push(atCreation("AMI release", "the newest of that day; pin it with gpuNodes.releaseVersion"));
  if (environment.aws && environment.layout.nodeCount > 0 && !isReserved(environment.aws.capacity))
    questions.push(
      atCreation(
        "free capacity",
        `${environment.layout.nodeCount} × ${environment.instance.name} at the moment of launch; only a reservation guarantees it`,
      ),
    );
  if (environment.model.revision === undefined)
    questions.push(atCreation("model revision", "the commit that `main` stands for when the download runs"));
  const byTag = namedByTag(environment, resources);
  if (byTag.length > 0) questions.push(atCreation("digests", `not pinned by digest, so a tag decides: ${byTag.join(", ")}`));
  return questions;
}

/** The images and charts of this environment for which there is no digest. Helm itself compares no digest of a chart. */
function namedByTag({ aws, engine, defaults }: Environment, resources: readonly RecordedResource[]): string[] {
  const fileOf = (chart: unknown) => String(chart).split("/").at(-1);
  const releases = new Set(
    resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release").map(({ inputs }) => fileOf(inputs.chart)),
  );
  const installed = Object.values(defaults.charts).filter(({ chart }) => releases.has(fileOf(chart)));
  const images = [engine.image, ...(aws ? [downloadImage.uri] : []), ...installed.map(({ image }) => pinned(image))];
  const archives = installed.map(({ chart, version }) => `${chart} ${version}`).filter((chart) => !chartDigests[chart]);
  return [...images.filter((image) => !image.includes("@sha256:")), ...archives.map((chart) => `chart ${chart}`)];
}

const isReserved = ({ type }: AwsEnvironment["capacity"]) => type === "reservation" || type === "capacityBlock";

const clusterQuestion = (environment: Environment): OpenQuestion =>
  ask(
    "cluster",
    `that the context ${environment.kubernetes.context ?? "in use"} answers and has the LeaderWorkerSet controller and a default StorageClass`,
  );

const ask = (what: string, detail: string): OpenQuestion => ({ what, detail, answeredBy: "account" });
const atCreation = (what: string, detail: string): OpenQuestion => ({ what, detail, answeredBy: "creation" });

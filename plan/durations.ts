/** How long each recorded resource takes, on the configured path of the weights and on other paths. */
import { phaseDurations } from "../catalog/durations";
import type { InstanceTypeFacts } from "../catalog/instanceTypes";
import { downloadJobDuration, durationsByType, engineDuration, gpuNodeGroupDuration, recorded } from "../sizing/costAndTime/durations";
import type { Duration, DurationOf, Phase, TimelineNode } from "../sizing/costAndTime/timeline";
import type { Environment } from "../environment/environment";
import { downloadTimeOf, loadTimeOf } from "../environment/timeouts";
import { megabytesOf } from "../sizing/units";

/** `fromStore`: downloaded to the file system and read from there. `streamed`: read from S3 directly into GPU memory. */
type WeightsPath = "fromStore" | "streamed";

const engineType = "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet";
/** The Run:ai streamer reads 64 GB from S3 in 12 s on one node. */
const streamed = { MBps: 5300, source: "https://docs.aws.amazon.com/eks/latest/userguide/ml-inference-fast-model-loading.html" };

export function durationsOf(environment: Environment, weights: WeightsPath): DurationOf {
  const byType = durationsByType();
  const special: [(node: TimelineNode) => boolean, Duration][] = [
    [isGpuNodeGroup, gpuNodeGroupDuration()],
    [isDownloadJob, downloadJobDuration(downloadTimeOf(environment))],
    [isEngine, engine(environment, weights)],
  ];
  return (node) => {
    const found = special.find(([applies]) => applies(node));
    if (found) return found[1];
    const duration = byType(node);
    return { ...duration, label: `${duration.label} (${node.name})` };
  };
}

const typeOfParent = (node: TimelineNode) => node.parent?.split("::")[2]?.split("$").pop();

export const isOfStore = (node: TimelineNode) => typeOfParent(node) === "vllm-eks:index:LustreModelStore";
export const isDownloadJob = (node: TimelineNode) => node.type === "kubernetes:batch/v1:Job" && isOfStore(node);
export const isEngine = (node: TimelineNode) => node.type === engineType;
export const isGpuNodeGroup = (node: TimelineNode) =>
  node.type === "aws:eks/nodeGroup:NodeGroup" && typeOfParent(node) === "vllm-eks:index:EfaGpuNodeGroup";

/** From the pods' creation to an answer through the endpoint. The nodes of a group run each step in parallel. */
function engine(environment: Environment, weights: WeightsPath): Duration {
  const { instance, model, aws } = environment;
  const load = loadTimeOf(environment);
  const started = engineDuration({ load, imagePull: imagePullOf(instance) });
  const phases = (started.phases ?? []).map((phase) =>
    weights === "streamed" && phase.seconds === load.cold ? streamedLoad(model.weightsGiB) : phase,
  );
  if (aws && aws.ingress.mode !== "none") phases.push(recorded(phaseDurations.targetHealthy));
  return { ...started, phases, seconds: phases.reduce((sum, { seconds }) => sum + seconds, 0) };
}

/** The processor limits unpacking: the records of parallel pull come from nodes with 48 vCPUs or more. */
export const imagePullOf = ({ vcpus }: InstanceTypeFacts) => (vcpus >= 48 ? "parallel" : "sequential");

const streamedLoad = (weightsGiB: number): Phase => ({
  label: "weights from S3 to GPUs",
  seconds: megabytesOf(weightsGiB) / streamed.MBps,
  source: streamed.source,
  assumed: false,
});

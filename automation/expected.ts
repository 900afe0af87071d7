/** Predicts what an operation touches: a deployment the program's resources, with the durations of `plan`; others those of the state. */
import { hourlyCostOf } from "../environment/cost";
import { deploy, resolveEnvironment } from "../stacks";
import type { Environment } from "../environment/environment";
import { readConfiguration } from "../plan/configuration";
import { dryRun } from "../plan/dryRun";
import { durationsOf } from "../plan/durations";
import type { RecordedResource } from "../plan/recordedResource";
import type { DurationOf } from "../sizing/costAndTime/timeline";
import { given } from "../sizing/givenKeys";
import { shortStackName } from "./checkOptions";
import { isGpuNodeGroup, nameOf } from "./phases";
import type { ExpectedResource, Operation, ExpectedProgress } from "./progress";
import type { StateResource } from "./protection";

export interface ExpectedOperation {
  progress: ExpectedProgress;
  /** Absent when the configuration is refused; the program says why. */
  environment?: Environment;
}

interface ExpectationRequest {
  operation: Operation;
  /** Folder of Pulumi.yaml and Pulumi.<stack>.yaml. */
  folder: string;
  stackName: string;
  projectName: string;
  state: readonly StateResource[];
  /** The time by which support dates and capacity blocks are judged. */
  now: Date;
}

/** Runs the program against the recorder of `plan`, without an account or an engine. */
export async function expectOperation({
  operation,
  folder,
  stackName,
  projectName,
  state,
  now,
}: ExpectationRequest): Promise<ExpectedOperation> {
  const environment = readEnvironment(folder, stackName, now);
  const createsResources = operation === "deploy" || operation === "preview";
  const resources = createsResources ? environment && (await recordProgram(environment, projectName)) : state.map(expectFromState);
  const hourly = environment && hourlyCostOf(environment);
  return {
    progress: {
      operation,
      resources: resources ?? [],
      gpuUsdPerHour: hourly?.gpuNodes ?? (environment && !environment.aws ? 0 : null),
      gpuNodesRun: state.some(({ urn }) => isGpuNodeGroup(urn)),
    },
    ...given({ environment }, "environment"),
  };
}

function readEnvironment(directory: string, stackName: string, now: Date): Environment | undefined {
  const stack = shortStackName(stackName);
  const { unreadable, ...configuration } = readConfiguration({ directory, stack });
  if (unreadable) return undefined;
  const moment = now.toISOString();
  return resolveEnvironment({ stack, today: moment.slice(0, 10), now: moment, ...configuration }).environment;
}

/** Undefined when a component refuses its arguments; the program will say so. */
async function recordProgram(environment: Environment, project: string): Promise<ExpectedResource[] | undefined> {
  const { apiKey, huggingFaceToken } = environment.secretsGiven;
  // Resources depend on whether a secret is set, not on its value.
  const sample = { ...(apiKey && { apiKey: "sample" }), ...(huggingFaceToken && { huggingFaceToken: "sample" }) };
  try {
    const region = environment.aws && { region: environment.aws.region };
    const { recording } = await dryRun(() => deploy(environment, sample), { project, stack: environment.name, ...region });
    const durations = environment.aws && durationsOf(environment, "fromStore");
    return recording.resources.map((resource) => expectFromProgram(resource, durations));
  } catch {
    return undefined;
  }
}

/** A program without AWS has no durations: its resources are counted, not timed. */
function expectFromProgram(resource: RecordedResource, durations: DurationOf | undefined): ExpectedResource {
  const { urn, type, name, dependsOn, custom, remote } = resource;
  const node = {
    urn,
    type,
    name,
    dependsOn,
    custom,
    remote,
    ...given(resource, "parent", "provider"),
  };
  if (!durations) return { ...node, seconds: null };
  const { phases, seconds } = durations(resource);
  return { ...node, seconds: phases ? phases.reduce((sum, phase) => sum + phase.seconds, 0) : seconds };
}

const expectFromState = ({ urn, type, custom = false }: StateResource): ExpectedResource => ({
  urn,
  type,
  name: nameOf(urn),
  dependsOn: [],
  custom,
  remote: false,
  seconds: null,
});

/** Configuration → Environment: every default filled in and every rule checked, or every problem at once. */
import { findInstanceType, type InstanceTypeFacts } from "../catalog/instanceTypes";
import { nodeGroupProblems } from "../components/efaGpuNodeGroup/nodeGroupProblems";
import { checkEngineArguments } from "../components/vllmLeaderWorkerSet/argumentRules";
import { imagePatchesEnd } from "../sizing/supportEnds";
import type { GroupMemory } from "../sizing/memory/memory";
import type { ParallelLayout } from "../sizing/layout/parallelLayout";
import { hasErrors, problem, type Problem } from "../sizing/problem";
import { configSecret, shellCommand } from "../sizing/shellCommand";
import { readAwsConfiguration, resolveAws } from "./awsSettings";
import { inConfiguration } from "./configurationPaths";
import { resolveDefaults } from "./defaultSettings";
import { resolveEngine } from "./engineSettings";
import type { Environment, EnvironmentEngine, EnvironmentModel } from "./environment";
import { given } from "../sizing/givenKeys";
import { fitModel, type ModelFit } from "./modelFit";
import { resolveServedModel } from "./modelSettings";
import { checkPlaceholders } from "./placeholders";
import { isGiven } from "./secrets";
import { readSettings } from "./settings";
import type { Settings } from "./settingTypes";
import { referenceOf, type ConfigurationInput } from "./configurationInput";
import { checkStackName } from "./stackName";
import { checkLoadAndDrain } from "./timeouts";

export interface ResolvedEnvironment {
  /** Absent if any problem is an error. */
  environment?: Environment;
  /** The numbers that could be computed. They help to understand why a configuration is refused. */
  known: KnownNumbers;
  problems: Problem[];
}

export interface KnownNumbers {
  model?: EnvironmentModel;
  instance?: InstanceTypeFacts;
  layout?: ParallelLayout;
  memory?: GroupMemory;
}

/** The instance type for any node without GPUs, and so for a cluster outside AWS. */
const cpuInstanceType = "cpu";

export function resolveEnvironment(input: ConfigurationInput): ResolvedEnvironment {
  const { settings, problems: formProblems } = readSettings(input.values, referenceOf(input));
  const target = settings.instanceType === cpuInstanceType ? ("kubernetes" as const) : ("aws" as const);
  const instance = findInstanceType(settings.instanceType);
  const { model, problems: modelProblems } = resolveServedModel(settings, input);
  const { defaults, problems: defaultsProblems } = resolveDefaults(settings, input);
  const engine = resolveEngine(settings, target, input.region, defaults);
  const fit: ModelFit = model && instance && usable(instance) ? fitModel(model, instance, settings, engine.engine) : { problems: [] };
  const { sound, problems: awsFormProblems } = readAwsConfiguration(input);
  const aws: ReturnType<typeof resolveAws> = target === "aws" ? resolveAws(settings, { ...input, aws: sound }, model) : { problems: [] };

  const problems = [
    ...(input.problems ?? []),
    ...checkStackName(input.stack, referenceOf(input)),
    ...formProblems,
    ...defaultsProblems,
    ...modelProblems,
    ...engine.problems,
    ...(target === "aws" ? imagePatchesEnd(engine.engine.image, input.today, settings.engine.image === undefined) : []),
    ...checkArguments(engine.engine, model, fit.layout),
    ...(target === "aws" ? checkNodeGroup(settings, input.now ?? input.today) : []),
    ...fit.problems,
    ...awsFormProblems,
    ...aws.problems,
    ...checkApiKey(settings, referenceOf(input)),
    ...checkPreflight(settings, target),
    ...checkPlaceholders(input.values, referenceOf(input)),
  ];
  const unique = withoutDuplicates(problems);
  const { layout, memory } = fit;
  const known: KnownNumbers = {
    ...(model && { model }),
    ...(instance && { instance }),
    ...(layout && { layout }),
    ...(memory && { memory }),
  };
  if (hasErrors(unique) || !model || !instance || !layout || !memory || (target === "aws" && !aws.environment))
    return { known, problems: unique };

  const environment: Environment = {
    name: input.stack,
    target,
    today: input.today,
    now: input.now ?? input.today,
    protect: settings.protect,
    preflight: settings.preflight,
    tags: settings.tags,
    defaults,
    model,
    instance,
    layout,
    memory,
    engine: engine.engine,
    secretsGiven: { apiKey: isGiven(settings.apiKey), huggingFaceToken: isGiven(settings.huggingFaceToken) },
    aws: aws.environment,
    kubernetes: given(settings.cluster, "kubeconfig", "context"),
  };
  return { environment, known, problems: [...unique, ...checkLoadAndDrain(environment)] };
}

/** Applies the rules of the serving set; while the layout is unknown, those for one node. */
function checkArguments(engine: EnvironmentEngine, model: EnvironmentModel | undefined, layout: ParallelLayout | undefined): Problem[] {
  const settings = { engine, vllmVersion: engine.vllmVersion, groupSize: layout?.nodesPerGroup ?? 1 };
  return inConfiguration("VllmLeaderWorkerSet", checkEngineArguments(settings, model?.resolved.catalog?.minimumVllmVersion));
}

/** Applies the rules of the node group and reports them at the paths of the configuration. */
function checkNodeGroup(settings: Settings, asOf: string): Problem[] {
  const { start: _start, ...gpuNodes } = settings.gpuNodes;
  const options = { ...given(settings, "instanceType", "nodeCount", "capacity"), ...gpuNodes, asOf };
  return inConfiguration("EfaGpuNodeGroup", nodeGroupProblems("gpu", options));
}

const usable = (type: InstanceTypeFacts) => type.unsupportedReason === undefined;

function checkApiKey(settings: Settings, stack: string): Problem[] {
  const { mode, scheme } = settings.ingress;
  // For an internet-facing endpoint, a missing key is the error public-without-auth.
  if (isGiven(settings.apiKey) || mode === "none" || scheme === "internet-facing") return [];
  return [
    problem({
      code: "api-key-unset",
      severity: "setBeforeUp",
      path: "apiKey",
      message: "No API key is set: anyone who can reach the endpoint can use it.",
      fix: `Choose one and store it encrypted; Pulumi asks for it: ${shellCommand(...configSecret(stack, "apiKey"))}`,
    }),
  ];
}

function checkPreflight({ preflight }: Settings, target: Environment["target"]): Problem[] {
  if (preflight || target !== "aws") return [];
  return [
    problem({
      code: "preflight-off",
      severity: "warning",
      path: "preflight",
      message:
        "The preflight is off: a low quota, a zone without the instance type or a second principal shows only when AWS refuses a resource.",
      fix: "Set preflight to true: it lists questions that your credentials may not ask, and they do not block the deployment.",
      changes: [{ path: "preflight", value: true }],
    }),
  ];
}

/** Two rules may find the same problem; report it once. */
function withoutDuplicates(problems: Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, path, message }) => {
    const key = `${code} ${path} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

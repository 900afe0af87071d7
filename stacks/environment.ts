/** Configuration → Environment: every default filled in and every rule checked, or every problem at once. */
import { findInstanceType, type InstanceTypeFacts } from "../catalog/instanceTypes";
import { nodeGroupProblems } from "../components/efaGpuNodeGroup/nodeGroupProblems";
import type { ModelShape } from "../catalog/modelShape";
import { checkEngineArguments } from "../components/vllmLeaderWorkerSet/argumentRules";
import { engineMemorySettings } from "../components/vllmLeaderWorkerSet/engineMemory";
import { cheaperAlternative } from "../sizing/fit";
import { planMemory, type EngineMemorySettings, type MemoryPlan } from "../sizing/memory";
import { planParallelism, type ParallelLayout } from "../sizing/parallelism";
import { hasErrors, type Problem } from "../sizing/problem";
import { resolveAws } from "./awsSettings";
import { resolveEngine } from "./engineSettings";
import type { Environment, EnvironmentEngine, EnvironmentModel } from "./environmentTypes";
import { given } from "./givenKeys";
import { resolveServedModel } from "./modelSettings";
import { checkPlaceholders } from "./placeholders";
import { isGiven, readSettings, type Settings } from "./settings";
import { checkStackName } from "./stackName";
import { checkLoadAndDrain } from "./timeouts";

export interface ConfigurationInput {
  /** dev, prod, local or the user's own. */
  stack: string;
  /** Values by key, without namespace; an encrypted value stands as `secretPlaceholder`. */
  values: Record<string, unknown>;
  /** `aws:region`. @default derived from `availabilityZone` */
  region?: string;
  /** Text of the file that `modelConfigFile` names. */
  modelConfigJson?: string;
  /** Support dates and capacity blocks are judged by this day, `YYYY-MM-DD`. */
  today: string;
  /** Found while the files were read. */
  problems?: Problem[];
}

export interface ResolvedEnvironment {
  /** Absent when a problem is an error. */
  environment?: Environment;
  problems: Problem[];
}

/** The instance type that stands for any node without GPUs, and so for a cluster outside AWS. */
const cpuInstanceType = "cpu";

export function resolveEnvironment(input: ConfigurationInput): ResolvedEnvironment {
  const { settings, problems: formProblems } = readSettings(input.values);
  const target = settings.instanceType === cpuInstanceType ? ("kubernetes" as const) : ("aws" as const);
  const instance = findInstanceType(settings.instanceType);
  const { model, problems: modelProblems } = resolveServedModel(settings, input.modelConfigJson);
  const engine = resolveEngine(settings, target, input.region);
  const sized: Sized = model && instance && usable(instance) ? size(model, instance, settings, engine.engine) : { problems: [] };
  const aws: ReturnType<typeof resolveAws> = target === "aws" ? resolveAws(settings, input, model) : { problems: [] };

  const problems = [
    ...(input.problems ?? []),
    ...checkStackName(input.stack),
    ...formProblems,
    ...modelProblems,
    ...engine.problems,
    ...checkArguments(engine.engine, model, sized.layout),
    ...(target === "aws" ? checkNodeGroup(settings, input.today) : []),
    ...sized.problems,
    ...aws.problems,
    ...checkApiKey(settings),
    ...checkPlaceholders(input.values),
  ];
  const unique = withoutDuplicates(problems);
  if (hasErrors(unique) || !model || !instance || !sized.layout || (target === "aws" && !aws.environment)) return { problems: unique };

  const environment: Environment = {
    name: input.stack,
    target,
    today: input.today,
    protect: settings.protect,
    tags: settings.tags,
    model,
    instance,
    layout: sized.layout,
    memory: sized.memory,
    engine: engine.engine,
    secretsGiven: { apiKey: isGiven(settings.apiKey), huggingFaceToken: isGiven(settings.huggingFaceToken) },
    aws: aws.environment,
    kubernetes: given(settings.cluster, "kubeconfig", "context"),
  };
  return { environment, problems: [...unique, ...checkLoadAndDrain(environment)] };
}

interface Sized {
  layout?: ParallelLayout;
  /** Absent on nodes without GPUs. */
  memory?: MemoryPlan;
  problems: Problem[];
}

function size(model: EnvironmentModel, instance: InstanceTypeFacts, settings: Settings, engine: EnvironmentEngine): Sized {
  const { tensorParallelSize, pipelineParallelSize, nodeCount, replicas } = settings;
  const { shape } = model.resolved;
  const { enableExpertParallel } = engine;
  const { layout, problems } = planParallelism(shape, instance, {
    tensorParallelSize,
    pipelineParallelSize,
    nodeCount,
    enableExpertParallel,
    ...(replicas !== undefined && { replicas }),
  });
  if (!layout || !instance.gpu) return { ...(layout && { layout }), problems };
  const settled = memorySettings(engine, model);
  const fit = planMemory(shape, instance, layout, settled);
  const spare = fit.memory ? checkSpareNodes(shape, instance, layout, settled) : [];
  return { layout, ...(fit.memory && { memory: fit.memory }), problems: [...problems, ...fit.problems, ...spare] };
}

/** More nodes than the model needs are allowed, at a price that should be known. */
function checkSpareNodes(shape: ModelShape, instance: InstanceTypeFacts, layout: ParallelLayout, engine: EngineMemorySettings): Problem[] {
  const smaller = cheaperAlternative(shape, instance, layout, engine);
  if (!smaller || layout.replicas === 0) return [];
  const { tensorParallelSize, pipelineParallelSize, nodesPerGroup } = smaller.layout;
  const nodeCount = nodesPerGroup * layout.replicas;
  const saved = smaller.usdSavedPerHour === undefined ? "" : `, which saves $${smaller.usdSavedPerHour.toFixed(2)} an hour`;
  const { kvCacheTokens, maxConcurrency, maxModelLen } = smaller.memory;
  return [
    {
      code: "fewer-nodes-suffice",
      severity: "warning",
      path: "nodeCount",
      message: `${nodesPerGroup} of ${layout.nodesPerGroup} nodes would do for a group${saved}: ${kvCacheTokens.toLocaleString("en-US")} tokens of KV cache, ${maxConcurrency.toFixed(1)} requests of ${maxModelLen} tokens at once.`,
      fix: `Run tensor parallel ${tensorParallelSize} × pipeline parallel ${pipelineParallelSize} on ${nodeCount} ${nodeCount === 1 ? "node" : "nodes"}, unless you want the larger cache.`,
      changes: [
        { path: "tensorParallelSize", value: tensorParallelSize },
        { path: "pipelineParallelSize", value: pipelineParallelSize },
        { path: "nodeCount", value: nodeCount },
      ],
    },
  ];
}

/** As the component computes it: arguments of the model and the user's own count too. */
function memorySettings(engine: EnvironmentEngine, { resolved }: EnvironmentModel): EngineMemorySettings {
  return engineMemorySettings({ engine, vllmVersion: engine.vllmVersion, modelArguments: resolved.catalog?.engineArguments ?? [] });
}

/** The serving set's own rules; before a layout is known, those of one node. */
function checkArguments(engine: EnvironmentEngine, model: EnvironmentModel | undefined, layout: ParallelLayout | undefined): Problem[] {
  const settings = { engine, vllmVersion: engine.vllmVersion, groupSize: layout?.nodesPerGroup ?? 1 };
  return checkEngineArguments(settings, model?.resolved.catalog?.minimumVllmVersion);
}

/** The node group's own rules, with the paths of the configuration. */
function checkNodeGroup(settings: Settings, today: string): Problem[] {
  const { start: _start, ...gpuNodes } = settings.gpuNodes;
  return nodeGroupProblems("gpu", { ...given(settings, "instanceType", "nodeCount", "capacity"), ...gpuNodes, asOf: today }, "gpuNodes.");
}

const usable = (type: InstanceTypeFacts) => type.unsupportedReason === undefined;

function checkApiKey(settings: Settings): Problem[] {
  if (isGiven(settings.apiKey) || settings.ingress.mode === "none") return [];
  return [
    {
      code: "api-key-unset",
      severity: "setBeforeUp",
      path: "apiKey",
      message: "Nobody is asked for a key: whoever reaches the endpoint can use it.",
      fix: "Choose one and store it encrypted: pulumi config set --secret apiKey <value>",
      changes: [],
    },
  ];
}

/** Two rules may find the same thing; a person wants it once. */
function withoutDuplicates(problems: Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, path, message }) => {
    const key = `${code} ${path} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

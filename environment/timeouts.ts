/** How long this environment takes to load, download and drain, and the timeouts of the deployment that follow from it. */
import { engineMemorySettings } from "../components/vllmLeaderWorkerSet/engineMemory";
import { downloadTime } from "../sizing/costAndTime/download";
import type { Problem } from "../sizing/problem";
import { given } from "../sizing/givenKeys";
import { longestStep } from "../sizing/costAndTime/longestStep";
import { loadSeconds, type LoadTime } from "../sizing/costAndTime/storage";
import {
  deploymentTimeouts,
  drainExceedsUpdate,
  servingTimeouts,
  type DeploymentTimeout,
  type WaitedOn,
} from "../sizing/costAndTime/timeouts";
import type { Environment } from "./environment";

/** Every node reads the whole checkpoint, because each rank keeps a shard of every file. */
export function loadTimeOf(environment: Environment): LoadTime {
  const { model, layout, instance, aws } = environment;
  const nodes = Math.max(1, layout.nodesPerGroup * layout.replicas);
  return loadSeconds({ weightsGiB: model.weightsGiB, nodes, type: instance, ...(aws && { store: aws.store }) });
}

/** The real read rate of all nodes together, in MB/s, whatever limits it. The engine's start-up budget follows from it. */
export function readRateOf(environment: Environment): number {
  const megabytes = (environment.model.weightsGiB * 1024 ** 3) / 1e6;
  return megabytes / loadTimeOf(environment).cold;
}

export function downloadTimeOf({ model, aws }: Environment) {
  const systemInstanceType = aws?.cluster.kind === "create" ? aws.cluster.systemInstanceType : undefined;
  return downloadTime({
    downloadGiB: model.downloadGiB,
    ...(aws && { store: aws.store }),
    ...(systemInstanceType && { systemInstanceType }),
  });
}

export function longestStepOf({ model, instance, layout, memory, engine }: Environment) {
  const { shape, catalog } = { ...model.resolved };
  const modelArguments = catalog?.engineArguments ?? [];
  return longestStep(shape, instance, layout, memory, engineMemorySettings({ engine, vllmVersion: engine.vllmVersion, modelArguments }));
}

export function servingTimeoutsOf(environment: Environment) {
  const { aws, engine } = environment;
  const idleTimeoutSeconds = aws?.ingress.idleTimeoutSeconds;
  return servingTimeouts({
    loadSecondsCold: loadTimeOf(environment).cold,
    step: longestStepOf(environment),
    loadBalanced: aws !== undefined && aws.ingress.mode !== "none",
    ...(idleTimeoutSeconds !== undefined && { idleTimeoutSeconds }),
    ...given(engine, "stepTimeoutSeconds"),
  });
}

export function timeoutsOf(environment: Environment): Record<WaitedOn, DeploymentTimeout> {
  const { layout, aws } = environment;
  return deploymentTimeouts({
    loadSecondsCold: loadTimeOf(environment).cold,
    downloadSeconds: downloadTimeOf(environment).seconds,
    terminationGracePeriodSeconds: servingTimeoutsOf(environment).terminationGracePeriodSeconds,
    replicas: layout.replicas,
    nodes: layout.nodeCount,
    ...(aws && { storageCapacityGiB: aws.store.storageCapacityGiB }),
  });
}

export function checkLoadAndDrain(environment: Environment): Problem[] {
  if (environment.target === "kubernetes") return [];
  return drainExceedsUpdate({
    loadSecondsCold: loadTimeOf(environment).cold,
    terminationGracePeriodSeconds: servingTimeoutsOf(environment).terminationGracePeriodSeconds,
    replicas: environment.layout.replicas,
  });
}
